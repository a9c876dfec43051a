//! The letter as markup: as a page that stands alone, and as a piece of one of ours.

use maud::{DOCTYPE, Markup, html as markup};

use super::{Letter, paragraphs, short};

/// A page that stands alone.
pub fn html(letter: &Letter) -> String {
    let page = markup! {
        (DOCTYPE)
        html lang="it" {
            head {
                meta charset="utf-8";
                title { (letter.reference) " – " (letter.subject) }
            }
            body { main { (body(letter)) } }
        }
    };
    page.into_string()
}

/// The letter itself, from its `h1` down.
pub fn body(letter: &Letter) -> Markup {
    markup! {
        article.letter {
            p { strong { (letter.from) } br; (letter.protocol()) br; (letter.about()) }
            p { "A:" }
            ul { @for to in &letter.to { li { (to) } } }
            h1 { "Oggetto: " (letter.subject) }
            (prose(&letter.background))
            @if !letter.norms.is_empty() {
                h2 { "Norme in questione" }
                ul { @for norm in &letter.norms { li { (norm) } } }
            }
            h2 { "Si chiede" }
            ol { @for point in &letter.points { li { (prose(point)) } } }
            @if let Some(reading) = &letter.proposed_reading {
                h2 { "Lettura proposta" }
                (prose(reading))
            }
            @if let Some(role) = &letter.signed_as { p.signature { (role) } }
            section.annex {
                h2 { "Allegato 1 – Adesioni" }
                @if letter.adhesions.is_empty() {
                    p { "Nessuna adesione registrata." }
                } @else {
                    (scrolling("Allegato 1 – Adesioni", &adhesions(letter)))
                }
            }
            section.annex {
                h2 { "Allegato 2 – Segnalazioni e interpretazioni" }
                @if letter.issues.is_empty() {
                    p { "Nessuna segnalazione." }
                } @else {
                    (scrolling("Allegato 2 – Segnalazioni e interpretazioni", &issues(letter)))
                }
            }
            @if let Some(hash) = &letter.text_sha256 {
                p { "Impronta del testo (SHA-256): " code { (hash) } }
            }
        }
    }
}

/// On a narrow screen a table scrolls by itself, also with the keyboard.
fn scrolling(label: &str, table: &Markup) -> Markup {
    markup! { section.scrolling aria-label=(label) tabindex="0" { (table) } }
}

fn adhesions(letter: &Letter) -> Markup {
    markup! {
        table {
            thead { tr {
                th scope="col" { "Ente" } th scope="col" { "Per conto di" }
                th scope="col" { "Firmatario" } th scope="col" { "Testo" }
                th scope="col" { "Data" } th scope="col" { "Nota" }
            } }
            tbody {
                @for one in &letter.adhesions {
                    tr {
                        th scope="row" { (one.body) } td { (one.speaks_for) } td { (one.role) }
                        td { (one.text_version) } td { (short(one.signed_on)) } td { (one.note) }
                    }
                }
            }
        }
    }
}

/// From which reports it comes, and who reads the rule how: the positions table.
fn issues(letter: &Letter) -> Markup {
    markup! {
        table {
            thead { tr {
                th scope="col" { "Segnalazione" } th scope="col" { "Ufficio" }
                th scope="col" { "Come legge la norma" } th scope="col" { "Forma" }
            } }
            @for issue in &letter.issues {
                @let rows = issue.readings.len().max(1);
                tbody {
                    @for at in 0..rows {
                        tr {
                            @if at == 0 {
                                th scope="rowgroup" rowspan=(rows) { (issue.reference) br; (issue.title) }
                            }
                            @match issue.readings.get(at) {
                                Some(one) => { td { (one.office) } td { (prose(&one.reading)) } td { (one.form) } }
                                None => td colspan="3" { "Nessuna interpretazione sostenuta oggi." },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn prose(text: &str) -> Markup {
    markup! {
        @for lines in paragraphs(text) {
            p {
                @for (at, line) in lines.enumerate() {
                    @if at > 0 { br; }
                    (line)
                }
            }
        }
    }
}
