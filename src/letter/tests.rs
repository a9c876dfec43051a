//! What a letter says, it says in both forms.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Adhesion, Issue, Letter, Reading, docx, html};

fn letter() -> Letter {
    Letter {
        from: "ANCI Emilia-Romagna".into(),
        reference: "Q-2026/0003".into(),
        text_version: 2,
        dated: "2026-03-08".parse().unwrap(),
        registration: None,
        signed_as: Some("presidente".into()),
        to: vec!["Servizi demografici (per il tramite di ANCI nazionale)".into()],
        subject: "Iscrizione <anagrafica> & ricevuta".into(),
        background: "Due letture.\nSeconda riga.\n\nAltro capoverso\u{1}.".into(),
        norms: vec!["art. 5-bis, d.lgs. 142/2015".into()],
        points: vec!["Se basti la ricevuta.".into(), "Entro quale termine.".into()],
        proposed_reading: None,
        adhesions: vec![Adhesion {
            body: "Comune di Parma".into(),
            speaks_for: String::new(),
            role: "sindaco".into(),
            text_version: 1,
            signed_on: "2026-03-07".parse().unwrap(),
            note: "al testo precedente".into(),
        }],
        issues: vec![Issue {
            reference: "S-2026/0001".into(),
            title: "Basta la ricevuta?".into(),
            readings: vec![Reading {
                office: "Questura (BO)".into(),
                reading: "Non basta.".into(),
                form: "Prassi, dal 15/01/2024".into(),
            }],
        }],
        text_sha256: Some("ab".repeat(32)),
    }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn both_forms_say_the_same_and_nothing_typed_is_markup() {
    let letter = letter();
    let page = html(&letter);
    let document = part(&docx(&letter).unwrap(), "word/document.xml");
    for words in [
        "ANCI Emilia-Romagna",
        "Prot. n. ____________ del ____________",
        "Quesito collettivo Q-2026/0003 – testo 2 dell'8 marzo 2026",
        "Oggetto: Iscrizione &lt;anagrafica&gt; &amp; ricevuta",
        "Servizi demografici (per il tramite di ANCI nazionale)",
        "Entro quale termine.",
        "art. 5-bis, d.lgs. 142/2015",
        "Comune di Parma",
        "al testo precedente",
        "Questura (BO)",
        "Prassi, dal 15/01/2024",
        "07/03/2026",
        "presidente",
        "Impronta del testo (SHA-256): ",
        "abababab",
    ] {
        assert!(page.contains(words), "{words}: {page}");
        assert!(document.contains(words), "{words}: {document}");
    }
    assert!(!document.contains('\u{1}'), "XML cannot hold it");
}

#[test]
fn the_document_is_whole_and_the_same_twice() {
    let bytes = docx(&letter()).unwrap();
    assert_eq!(bytes, docx(&letter()).unwrap());
    for name in [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/_rels/document.xml.rels",
        "word/styles.xml",
        "word/numbering.xml",
        "word/document.xml",
    ] {
        let text = part(&bytes, name);
        assert!(balanced(&text), "{name}: {text}");
    }
    let document = part(&bytes, "word/document.xml");
    assert_eq!(
        document.matches("<w:tblHeader/>").count(),
        2,
        "each table says what its columns are"
    );
}

/// Whether every element that begins also ends, in order.
fn balanced(xml: &str) -> bool {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(1).filter_map(|part| part.split('>').next()) {
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            None if !tag.starts_with('?') && !tag.ends_with('/') => {
                open.extend(tag.split(' ').next());
            }
            Some(_) | None => {}
        }
    }
    open.is_empty()
}

#[test]
fn a_registered_letter_says_under_which_number() {
    let registered =
        Letter { registration: Some("SIM n. 0000042 del 20 novembre 2026".into()), ..letter() };
    assert!(html(&registered).contains("Prot. SIM n. 0000042 del 20 novembre 2026"));
}
