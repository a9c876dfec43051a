//! What must hold for every text.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::search::synonyms::Synonyms;
use crate::search::{analyse, index_terms};

/// The same question in two spellings.
#[track_caller]
fn same(one: &str, other: &str) {
    assert_eq!(analyse(one), analyse(other), "{one:?} and {other:?}");
}

#[test]
fn accents_are_optional() {
    same("l'età della città", "l'eta della citta");
    same("eta'", "età");
    same("vulnerabilità identità ospitalità", "vulnerabilita identita ospitalita");
    same("perché", "perche");
}

#[test]
fn case_does_not_matter() {
    same("RICHIEDENTI ASILO", "richiedenti asilo");
}

#[test]
fn apostrophes_separate_in_every_shape() {
    same("dell'ospite", "ospite");
    same("dell’ospite", "ospite");
    same("l'ufficio d'anagrafe", "ufficio anagrafe");
}

#[test]
fn invisible_characters_are_ignored() {
    same("resi\u{200B}denza\u{FEFF} \u{202E}anagra\u{00AD}fica\u{202C}", "residenza anagrafica");
}

#[test]
fn ligatures_and_wide_digits_of_pasted_text_are_plain() {
    same("\u{FB01}rma dell’art. ５", "firma art. 5");
}

#[test]
fn emoji_are_harmless() {
    same("residenza 🏠👨‍👩‍👧 negata ⚠️", "residenza negata");
    assert!(analyse("🏠👨‍👩‍👧").is_empty());
}

#[test]
fn inflection_does_not_matter() {
    same("l'iscrizione", "iscriversi");
    same("iscritti", "iscrivono");
    same("conversioni", "convertire");
    same("convertibili", "convertito");
    same("accoglienza", "accolti");
    same("ricongiungimenti", "ricongiunto");
    same("proroghe", "prorogata");
    same("tutela", "tutrice");
    same("residenti", "residenza");
}

#[test]
fn synonyms_meet() {
    same("MSNA", "minori stranieri non accompagnati");
    same("msna", "minore non accompagnato");
    same("PdS", "permessi di soggiorno");
    same("commissioni territoriali", "CT");
    same("SPRAR", "S.A.I.");
    same("SIPROIMI", "sistema accoglienza integrazione");
    same("testo unico immigrazione", "d.lgs. 286/1998");
    same("TUI", "D.Lgs. 25 luglio 1998, n. 286");
    same("CIE", "carta d’identità");
    same("servizio sanitario nazionale", "SSN");
    same("C.F.", "codici fiscali");
    same("UTG", "prefetture");
    same("diciotto anni", "18 anni");
    same("co-progettazione", "coprogettare");
    same("32016R0679", "regolamento generale sulla protezione dei dati");
}

#[test]
fn acronyms_are_not_met_by_words_with_their_stem() {
    assert_ne!(analyse("CAS"), analyse("casi"));
    assert_ne!(analyse("CT"), analyse("città"));
    assert_ne!(analyse("legge"), analyse("leggere"));
}

#[test]
fn citations_meet_in_every_form() {
    for form in [
        "d.lgs. 142/2015",
        "D.Lgs. 18 agosto 2015, n. 142",
        "dlgs 142/15",
        "dlgs n. 142 del 2015",
        "decreto legislativo 142 del 18/8/2015",
        "decreto accoglienza",
    ] {
        assert_eq!(analyse(form), ["_decreto_accoglienza"], "{form}");
    }
    same("D.P.R. 394/1999", "dpr 31 agosto 1999, n. 394");
    same("legge 184/1983", "L. 4 maggio 1983, n. 184");
    same("legge 184 1983", "l.184/83");
    same("art. 5-bis", "art 5 bis");
    same("articolo 5bis", "art.5-bis");
    same("artt. 9 e 11", "art. 9, art. 11");
    same("c. 2", "comma 2");
    same("2011/95/UE", "32011L0095");
    assert_eq!(analyse("S-2026/0042"), ["s-2026/42"]);
}

#[test]
fn parts_of_codes_are_indexed_behind_the_text() {
    let terms = index_terms("Rif. S-2026/0042, DPR 394/1999 art. 5-bis");
    for part in ["2026/42", "42", "394", "1999", "5-bis"] {
        assert!(terms.split(' ').any(|term| term == part), "{part} in {terms}");
    }
    assert!(terms.starts_with("rif s-2026/42 _dpr 394/1999 art.5-bis "), "{terms}");
}

#[test]
fn full_forms_of_synonyms_are_indexed_as_parts() {
    let minor = analyse("minorenne").concat();
    assert!(index_terms("un MSNA").split(' ').any(|term| term == minor));
}

#[test]
fn stop_words_leave_nothing() {
    assert_eq!(index_terms("e di che per la, del? E n. c. l'"), "");
}

#[test]
fn stems_stay_as_they_were_indexed() {
    // A change here means that `TERMS_VERSION` must rise.
    let terms =
        analyse("notifiche educatori sportello quietanza sussidiaria territoriale").join(" ");
    assert_eq!(terms, "notif educ sportell quietanz sussidiar territorial");
}

#[test]
fn no_form_belongs_to_two_groups() {
    let mut owner: HashMap<String, &str> = HashMap::new();
    for (name, form) in Synonyms::members() {
        let terms = analyse(form);
        assert_eq!(terms.len(), 1, "{form} is {terms:?}");
        if let Some(other) = owner.insert(terms.concat(), name) {
            assert_eq!(other, name, "{form}");
        }
    }
    let groups: HashSet<&str> = Synonyms::members().map(|(name, _)| name).collect();
    assert!(groups.len() >= 60);
}

#[test]
fn a_long_text_is_fine() {
    let text = "accoglienza ".repeat(10_000 / 12);
    assert_eq!(analyse(&text).len(), 833);
    assert!(index_terms(&"x".repeat(10_000)).len() <= 64);
    assert!(index_terms(&"1/".repeat(5_000)).len() <= 200);
}

proptest! {
    #[test]
    fn composed_and_decomposed_text_are_the_same(text in any::<String>()) {
        let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(index_terms(&nfc), index_terms(&nfd));
    }

    #[test]
    fn italian_letters_without_accents_are_the_same(text in "[a-zàèéìòù' ]{0,60}") {
        let bare: String = text.nfd().filter(char::is_ascii).collect();
        prop_assert_eq!(analyse(&text), analyse(&bare));
    }

    #[test]
    fn terms_survive_the_tokenizer(text in any::<String>()) {
        for term in index_terms(&text).split(' ') {
            prop_assert!(term.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || "_-/.".contains(c) || !c.is_ascii()
            }), "{}", term);
        }
    }
}
