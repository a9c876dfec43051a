//! Refusals with their proposals, and the traps that are not refused.

use super::urn;
use crate::norm::partition::latin_suffix;
use crate::norm::{LATIN_SUFFIXES, NirUrn, UrnErrorCode};

fn refused(text: &str) -> (&'static str, Option<String>) {
    let error = NirUrn::parse(text).expect_err(text);
    (error.code.as_str(), error.hint)
}

#[track_caller]
fn proposes(text: &str, code: &str, hint: &str) {
    assert_eq!(refused(text), (code, Some(hint.to_owned())), "{text}");
}

#[test]
fn a_slip_that_can_be_mended_is_proposed_mended() {
    let law = "urn:nir:stato:legge:2017-04-07;47";
    proposes("nir:stato:legge:2017-04-07;47", "E_PREFIX", law);
    proposes("si veda urn:nir:stato:legge:2017-04-07;47 e altro", "E_PREFIX", law);
    proposes("urn:lex:it:stato:legge:2017-04-07;47", "E_LEX_NAMESPACE", law);
    proposes("urn:nir:stato:legge:2017-04-07 ; 47", "E_WHITESPACE", law);
    proposes("urn:nir:stato:legge:07-04-2017;47", "E_DATE", law);
    proposes("urn:nir:stato:legge:2017-04-07/47", "E_DATE", law);
    proposes("urn:nir:stato:legge:2017/4/7;47", "E_DATE", law);
    proposes("urn:nir:stato:legge:2017-04-07;047", "E_NUMBER", law);
    proposes("urn:nir:.stato:legge:2017-04-07;47", "E_AUTHORITY", law);

    let decree = "urn:nir:stato:decreto.legge:2023-03-10;20";
    proposes("urn:nir:stato:decreto-legge:2023-03-10;20", "E_TYPE", decree);
    proposes("urn:nir:stato:decreto..legge:2023-03-10;20", "E_TYPE", decree);
    proposes("urn:nir:stato:decreto legge:2023-03-10;20", "E_WHITESPACE", decree);

    let article = "urn:nir:stato:legge:2017-04-07;47~art13";
    proposes("urn:nir:stato:legge:2017-04-07;47#art13", "E_FRAGMENT_HASH", article);
    proposes("urn:nir:stato:legge:2017-04-07;47:art13", "E_PARTITION_COLON", article);
    proposes(
        "urn:nir:artigianato:legge:2017-04-07;47:art13-com2",
        "E_PARTITION_COLON",
        "urn:nir:artigianato:legge:2017-04-07;47~art13-com2",
    );
    proposes("urn:nir:stato:legge:2017-04-07;47~articolo13", "E_PARTITION", article);

    proposes(
        "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5-bis",
        "E_ARTICLE_SUFFIX_HYPHEN",
        "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
    );
    proposes(
        "urn:nir:stato:legge:2017-04-07;47~art13-com2-bis-letd-ter",
        "E_ARTICLE_SUFFIX_HYPHEN",
        "urn:nir:stato:legge:2017-04-07;47~art13-com2bis-letdter",
    );
    proposes(
        "urn:nir:stato:legge:2017-04-07;47!vig",
        "E_VERSION",
        "urn:nir:stato:legge:2017-04-07;47!vig=",
    );
}

#[test]
fn two_slips_in_one_urn_are_mended_together() {
    proposes(
        "urn:nir:stato:decreto-legislativo:2015-08-18;142#art5-bis",
        "E_FRAGMENT_HASH",
        "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
    );
}

#[test]
fn what_only_the_person_knows_is_not_proposed() {
    for text in [
        "urn:nir:stato:legge:2017;47",
        "urn:nir:stato:legge:2017-02-30;47",
        "urn:nir:stato:legge:2017-04-07",
        "urn:nir:stato:legge:2017-04-07;47~com2",
        "urn:nir:stato:legge:2017-04-07;47@originale!vig=2020-01-01",
        "dlgs142/2015",
        "",
    ] {
        assert_eq!(refused(text).1, None, "{text}");
    }
}

#[test]
fn traps_that_look_wrong_are_valid() {
    for (text, article, paragraph) in [
        ("urn:nir:stato:decreto.legislativo:1998-07-25;286~art19-com1.1", "19", Some("1.1")),
        ("urn:nir:stato:decreto.legge:2023-03-10;20~art01", "01", None),
        (
            "urn:nir:stato:decreto.legislativo:1998-07-25;286~art22-com12quater",
            "22",
            Some("12-quater"),
        ),
        (
            "urn:nir:stato:decreto.legislativo:1993-09-01;385~art126noviesdecies",
            "126-noviesdecies",
            None,
        ),
        (
            "urn:nir:stato:decreto.legislativo:2001-06-08;231~art25duodevicies",
            "25-duodevicies",
            None,
        ),
        ("urn:nir:stato:decreto.legislativo:1993-09-01;385~art5bis.1", "5-bis.1", None),
    ] {
        let urn = urn(text);
        assert_eq!(urn.canonical(), text);
        assert_eq!(urn.article().as_deref(), Some(article));
        assert_eq!(urn.paragraph().as_deref(), paragraph);
    }
}

#[test]
fn an_annex_follows_the_number_and_is_cited() {
    let code = urn("urn:nir:stato:regio.decreto:1942-03-16;262:2~art116");
    assert_eq!(code.annexes(), ["2"]);
    assert_eq!(code.citation_it(), "R.D. 16 marzo 1942, n. 262, all. 2, art. 116");
    assert_eq!(
        code.normattiva_url(),
        "https://www.normattiva.it/uri-res/N2Ls?urn:nir:stato:regio.decreto:1942-03-16;262:2~art116"
    );
}

#[test]
fn letter_and_item_are_cited_with_their_brackets() {
    let place = urn("urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis-com2-letdbis-num1");
    assert_eq!(
        place.citation_it(),
        "D.Lgs. 18 agosto 2015, n. 142, art. 5-bis, c. 2, lett. d-bis), n. 1)"
    );
    assert_eq!(place.item().as_deref(), Some("1"));
}

#[test]
fn an_item_stands_under_a_paragraph_or_a_letter() {
    urn("urn:nir:stato:legge:2017-04-07;47~art13-com1-num1");
    urn("urn:nir:stato:legge:2017-04-07;47~art13-leta-num1");
    assert_eq!(refused("urn:nir:stato:legge:2017-04-07;47~art13-num1").0, "E_PARTITION_ORDER");
}

#[test]
fn no_act_is_older_than_the_kingdom() {
    urn("urn:nir:stato:regio.decreto:1861-03-17;1");
    assert_eq!(refused("urn:nir:stato:regio.decreto:1861-03-16;1").0, "E_DATE");
}

#[test]
fn a_hyphen_or_an_apostrophe_is_tolerated_in_the_authority_only() {
    urn("urn:nir:ministero.dell'interno:decreto:2019-11-18;nir-1");
    urn("urn:nir:regione.emilia-romagna:legge:2004-03-24;5");
    assert_eq!(refused("urn:nir:stato:legge'quadro:2017-04-07;47").0, "E_TYPE");
}

#[test]
fn a_number_is_positive_and_nir_stands_for_none() {
    for number in ["0", "047", "nir-", "nir-0", "nir-x", "4 7", "-4", ";"] {
        let text = format!("urn:nir:stato:legge:2017-04-07;{number}");
        assert!(matches!(refused(&text).0, "E_NUMBER" | "E_WHITESPACE"), "{text}");
    }
    urn("urn:nir:agenzia.entrate:risoluzione:2022-06-07;25/e");
}

#[test]
fn a_text_is_as_long_as_the_limit_or_refused() {
    let act = |digits: usize| format!("urn:nir:stato:legge:2017-04-07;{}", "9".repeat(digits));
    assert!(NirUrn::parse(&act(481)).is_ok());
    assert_eq!(refused(&act(482)).0, "E_TOO_LONG");
}

#[test]
fn every_code_tells_the_user_something_of_its_own() {
    let mut messages: Vec<_> = UrnErrorCode::ALL.iter().map(|code| code.message_it()).collect();
    messages.sort_unstable();
    messages.dedup();
    assert_eq!(messages.len(), UrnErrorCode::ALL.len());
    let error = NirUrn::parse("urn:nir:stato:legge:2017;47").expect_err("only a year");
    assert_eq!(error.to_string(), "la data deve essere completa (anno-mese-giorno)");
}

#[test]
fn a_letter_and_its_suffix_can_be_told_apart() {
    // `-letdbis` is read as the shortest letter that leaves a suffix; that is
    // the only reading as long as no suffix is a letter and another suffix.
    for suffix in LATIN_SUFFIXES {
        let shorter = suffix.split_at_checked(1).map_or("", |(_, rest)| rest);
        assert_eq!(latin_suffix(shorter), None, "{suffix}");
    }
}

#[test]
fn a_reference_is_stored_as_its_canonical_text() {
    let cited = urn("URN:NIR:stato:legge:2017-04-07;47!vig=2020-01-01~art5");
    let stored = serde_json::to_string(&cited).expect("a string");
    assert_eq!(stored, r#""urn:nir:stato:legge:2017-04-07;47~art5!vig=2020-01-01""#);
    assert_eq!(serde_json::from_str::<NirUrn>(&stored).expect("the same string"), cited);
    assert!(serde_json::from_str::<NirUrn>(r#""urn:nir:stato""#).is_err());
}
