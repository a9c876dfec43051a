//! Ids of norms, and what an amendment touches.

use jiff::civil::date;
use uuid::uuid;

use super::urn;
use crate::norm::{Amendment, Celex, CelexError, Ecli, norm_id, other_document, touches};

#[test]
fn the_id_of_a_norm_never_changes() {
    // Stored events hold these ids: a change here is a change of history.
    assert_eq!(
        norm_id("urn:nir:stato:decreto.legislativo:2015-08-18;142"),
        uuid!("abdeffa6-3884-5162-9ff5-8994b52c5f0d")
    );
    assert_eq!(norm_id("celex:32013L0033"), uuid!("2f7fa417-3b1f-519b-b032-c3a627d2c454"));
    assert_eq!(
        norm_id("other:servizio centrale sai|manuale|||2024"),
        uuid!("7810626f-992a-5f38-bc19-761396ada4f5")
    );
}

#[test]
fn every_way_to_the_id_of_a_norm_agrees() {
    let cited = urn("urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis!vig=2019-06-30");
    assert_eq!(cited.norm_id(), norm_id("urn:nir:stato:decreto.legislativo:2015-08-18;142"));
    let directive = Celex::parse("32013L0033").expect("a valid number");
    assert_eq!(directive.norm_id(), norm_id("celex:32013L0033"));
}

#[test]
fn an_annex_is_a_norm_of_its_own() {
    let code = urn("urn:nir:stato:regio.decreto:1942-03-16;262:2~art116");
    assert_ne!(code.norm_id(), norm_id("urn:nir:stato:regio.decreto:1942-03-16;262"));
}

#[test]
fn another_document_is_identified_by_its_first_page() {
    let manual = other_document(" Servizio centrale SAI", "Manuale ", None, "", "2024");
    assert_eq!(manual, "other:servizio centrale sai|manuale|||2024");
    let circular =
        other_document("Ministero|Interno", "circolare", Some(date(2024, 5, 29)), "0049449", "");
    assert_eq!(circular, "other:ministero%7cinterno|circolare|2024-05-29|0049449|");
}

#[test]
fn a_celex_number_is_refused_with_its_reason() {
    assert_eq!(Celex::parse("32013X0033"), Err(CelexError::Kind));
    assert_eq!(Celex::parse("92013L0033"), Err(CelexError::Kind));
    assert_eq!(Celex::parse("31900L0033"), Err(CelexError::Year));
    assert_eq!(Celex::parse("32013l0033"), Err(CelexError::Shape));
    assert_eq!(Celex::parse("3è13L0033"), Err(CelexError::Shape));
    assert_eq!(Celex::parse(""), Err(CelexError::Shape));
}

#[test]
fn an_address_that_the_number_does_not_tell_is_not_invented() {
    let eli = |text| Celex::parse(text).expect("a valid number").eli();
    assert_eq!(eli("32020D0001"), None);
    assert_eq!(eli("62014CJ0309"), None);
}

#[test]
fn a_malformed_ecli_is_refused() {
    for text in [
        "ECLI:IT:COST:2020",
        "ECLI:IT:COST:20:186",
        "ecli:it:cost:2020:186",
        "ECLI:IT:COST:2020:186:1",
    ] {
        assert!(Ecli::parse(text).is_err(), "{text}");
    }
}

/// D.L. 133/2023 on D.Lgs. 142/2015.
fn amendment() -> Amendment {
    Amendment { articles: vec!["19".to_owned(), "19bis".to_owned()], from: date(2023, 10, 6) }
}

#[test]
fn an_amendment_touches_the_articles_it_names_and_no_others() {
    let before = date(2023, 10, 5);
    for article in ["19", "19bis", "19-bis", "Art. 19-bis", "~art19-com3bis", "19, comma 3"] {
        assert!(touches(&amendment(), Some(article), before), "{article}");
    }
    for article in ["1", "9", "190", "19ter", "20"] {
        assert!(!touches(&amendment(), Some(article), before), "{article}");
    }
}

#[test]
fn a_text_read_on_or_after_the_day_of_the_amendment_is_already_the_new_one() {
    assert!(touches(&amendment(), Some("19"), date(2023, 10, 5)));
    assert!(!touches(&amendment(), Some("19"), date(2023, 10, 6)));
    assert!(!touches(&amendment(), Some("19"), date(2024, 1, 1)));
    assert!(!touches(&amendment(), None, date(2023, 10, 6)));
}

#[test]
fn an_amendment_without_articles_touches_the_whole_act() {
    for articles in [vec![], vec![" ".to_owned()]] {
        let whole = Amendment { articles, from: date(2023, 10, 6) };
        assert!(touches(&whole, Some("7"), date(2020, 1, 1)));
        assert!(touches(&whole, None, date(2020, 1, 1)));
    }
}

#[test]
fn a_citation_without_article_is_touched_by_any_amendment() {
    assert!(touches(&amendment(), None, date(2023, 10, 5)));
    assert!(touches(&amendment(), Some(" "), date(2023, 10, 5)));
}

#[test]
fn the_article_of_a_citation_can_be_passed_as_it_reads() {
    let cited = urn("urn:nir:stato:decreto.legislativo:2015-08-18;142~art19bis-com1");
    assert!(touches(&amendment(), cited.article().as_deref(), date(2020, 1, 1)));
}
