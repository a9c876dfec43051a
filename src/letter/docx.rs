//! The letter as a document (Office Open XML, ISO/IEC 29500): a ZIP of a few XML files.
//!
//! Headings, lists and the first rows of tables are marked as what they are, and the
//! language is Italian, so that whoever listens to the document finds the way. Nothing in
//! it says when it was made: the same letter gives the same bytes.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{Letter, paragraphs, short};

/// The media type.
pub const MEDIA: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>"#;

const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Liberation Serif" w:hAnsi="Liberation Serif" w:cs="Liberation Serif"/><w:sz w:val="22"/><w:lang w:val="it-IT"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="200"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:sz w:val="24"/></w:rPr></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>"#;

/// Two lists: bullets, and the numbers of the points.
const NUMBERING: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="–"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="283"/></w:pPr></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="567" w:hanging="425"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#;

/// Bullets.
const BULLETS: u8 = 1;

/// Numbers.
const NUMBERS: u8 = 2;

/// The bytes of the document.
///
/// # Errors
///
/// [`ZipError`] when it cannot be packed.
pub fn docx(letter: &Letter) -> Result<Vec<u8>, ZipError> {
    let core = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>{}\
         </dc:creator><dc:language>it-IT</dc:language></cp:coreProperties>",
        escaped(&format!("{} – {}", letter.reference, letter.subject)),
        escaped(&letter.from),
    );
    let files = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("docProps/core.xml", &core),
        ("word/_rels/document.xml.rels", PARTS),
        ("word/styles.xml", STYLES),
        ("word/numbering.xml", NUMBERING),
        ("word/document.xml", &Body::of(letter)),
    ];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, options)?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The body, as it is written.
struct Body(String);

impl Body {
    fn of(letter: &Letter) -> String {
        let mut body = Self(String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document \
             xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>",
        ));
        body.text(&letter.from);
        body.text(&letter.protocol());
        body.text(&letter.about());
        body.paragraph("<w:pPr><w:keepNext/></w:pPr>", "A:");
        for to in &letter.to {
            body.item(BULLETS, to);
        }
        body.heading(1, &format!("Oggetto: {}", letter.subject));
        body.text(&letter.background);
        if !letter.norms.is_empty() {
            body.heading(2, "Norme in questione");
            for norm in &letter.norms {
                body.item(BULLETS, norm);
            }
        }
        body.heading(2, "Si chiede");
        for point in &letter.points {
            body.item(NUMBERS, point);
        }
        if let Some(reading) = &letter.proposed_reading {
            body.heading(2, "Lettura proposta");
            body.text(reading);
        }
        if let Some(role) = &letter.signed_as {
            body.paragraph(
                "<w:pPr><w:spacing w:before=\"480\"/><w:jc w:val=\"right\"/></w:pPr>",
                role,
            );
        }
        body.annexes(letter);
        if let Some(hash) = &letter.text_sha256 {
            body.text(&format!("Impronta del testo (SHA-256): {hash}"));
        }
        // A4, two centimetres of margin.
        body.0.push_str(
            "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" \
             w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" \
             w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
        );
        body.0
    }

    fn annexes(&mut self, letter: &Letter) {
        self.paragraph(
            "<w:pPr><w:pStyle w:val=\"Heading2\"/><w:pageBreakBefore/></w:pPr>",
            "Allegato 1 – Adesioni",
        );
        if letter.adhesions.is_empty() {
            self.text("Nessuna adesione registrata.");
        } else {
            let head = ["Ente", "Per conto di", "Firmatario", "Testo", "Data", "Nota"];
            self.table(
                head,
                [2300, 1750, 1750, 850, 1350, 1638],
                letter.adhesions.iter().map(|one| {
                    let (text, day) = (one.text_version.to_string(), short(one.signed_on));
                    [&*one.body, &*one.speaks_for, &*one.role, &text, &day, &*one.note]
                        .map(str::to_owned)
                }),
            );
        }
        self.heading(2, "Allegato 2 – Segnalazioni e interpretazioni");
        let head = ["Codice", "Segnalazione", "Ufficio", "Come legge la norma", "Forma"];
        // Codes and titles stand in each row: a table without joined cells reads aloud well.
        let rows = letter.issues.iter().flat_map(|issue| {
            let row = |office: &str, reading: &str, form: &str| {
                [&*issue.reference, &*issue.title, office, reading, form].map(str::to_owned)
            };
            match issue.readings.as_slice() {
                [] => vec![row("", "", "")],
                some => some.iter().map(|one| row(&one.office, &one.reading, &one.form)).collect(),
            }
        });
        self.table(head, [1500, 2200, 1800, 2738, 1400], rows);
    }

    fn heading(&mut self, level: u8, text: &str) {
        self.paragraph(&format!("<w:pPr><w:pStyle w:val=\"Heading{level}\"/></w:pPr>"), text);
    }

    fn item(&mut self, list: u8, text: &str) {
        let style = format!(
            "<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>"
        );
        // One point is one number, however many lines it has.
        self.paragraph(&style, text);
    }

    /// A text, paragraph by paragraph.
    fn text(&mut self, text: &str) {
        for lines in paragraphs(text) {
            self.lines("", lines);
        }
    }

    fn paragraph(&mut self, style: &str, text: &str) {
        self.lines(style, text.lines());
    }

    fn lines<'t>(&mut self, style: &str, lines: impl Iterator<Item = &'t str>) {
        let _ = write!(self.0, "<w:p>{style}<w:r>");
        for (at, line) in lines.enumerate() {
            let line_break = if at > 0 { "<w:br/>" } else { "" };
            let _ =
                write!(self.0, "{line_break}<w:t xml:space=\"preserve\">{}</w:t>", escaped(line));
        }
        self.0.push_str("</w:r></w:p>");
    }

    /// A table with a first row that is repeated on each page.
    fn table<const COLUMNS: usize>(
        &mut self,
        head: [&str; COLUMNS],
        widths: [u16; COLUMNS],
        rows: impl Iterator<Item = [String; COLUMNS]>,
    ) {
        self.0.push_str("<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>");
        for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
            let _ = write!(self.0, "<w:{side} w:val=\"single\" w:sz=\"4\" w:color=\"808080\"/>");
        }
        self.0.push_str(
            "</w:tblBorders><w:tblLook w:firstRow=\"1\" w:val=\"0020\"/></w:tblPr><w:tblGrid>",
        );
        for width in widths {
            let _ = write!(self.0, "<w:gridCol w:w=\"{width}\"/>");
        }
        self.0.push_str("</w:tblGrid>");
        self.row("<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>", widths, head);
        for row in rows {
            let cells = std::array::from_fn(|at| row[at].as_str());
            self.row("<w:trPr><w:cantSplit/></w:trPr>", widths, cells);
        }
        self.0.push_str("</w:tbl><w:p/>");
    }

    fn row<const COLUMNS: usize>(
        &mut self,
        style: &str,
        widths: [u16; COLUMNS],
        cells: [&str; COLUMNS],
    ) {
        let _ = write!(self.0, "<w:tr>{style}");
        for (width, cell) in widths.into_iter().zip(cells) {
            let _ =
                write!(self.0, "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>");
            self.lines("", cell.lines());
            self.0.push_str("</w:tc>");
        }
        self.0.push_str("</w:tr>");
    }
}

/// A text as XML has it; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}
