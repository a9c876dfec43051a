//! The shared vectors, `tests/data/urn-vectors.json`, every field of every row.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::urn;
use crate::norm::{Celex, Ecli, NirUrn, UrnErrorCode, Version};

#[derive(Deserialize)]
struct Vectors {
    valid: Vec<Valid>,
    equivalent: Vec<Equivalent>,
    invalid: Vec<Invalid>,
    other_identifiers: Others,
}

#[derive(Deserialize)]
struct Valid {
    input: String,
    canonical: String,
    authority: String,
    #[serde(rename = "type")]
    act_type: String,
    date: String,
    number: Option<String>,
    annex: Option<String>,
    article: Option<String>,
    paragraph: Option<String>,
    letter: Option<String>,
    item: Option<String>,
    version_kind: Option<String>,
    version_date: Option<String>,
    normattiva_url: String,
    citation_it: String,
}

#[derive(Deserialize)]
struct Equivalent {
    input: String,
    canonical: String,
    why: String,
}

#[derive(Deserialize)]
struct Invalid {
    input: String,
    error: String,
}

#[derive(Deserialize)]
struct Others {
    celex_valid: Vec<String>,
    celex_invalid: Vec<String>,
    eli_eu: BTreeMap<String, String>,
    ecli_valid: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../../tests/data/urn-vectors.json"))
        .expect("the vectors are valid JSON")
}

#[test]
fn every_valid_vector_is_read_field_by_field() {
    for row in vectors().valid {
        let urn = urn(&row.input);
        let of = &row.input;
        assert_eq!(urn.canonical(), row.canonical, "{of}");
        assert_eq!(urn.authority(), row.authority, "{of}");
        assert_eq!(urn.act_type(), row.act_type, "{of}");
        assert_eq!(urn.date().to_string(), row.date, "{of}");
        assert_eq!(urn.number(), row.number.as_deref(), "{of}");
        assert_eq!(urn.annexes(), row.annex.into_iter().collect::<Vec<_>>(), "{of}");
        assert_eq!(urn.article(), row.article, "{of}");
        assert_eq!(urn.paragraph(), row.paragraph, "{of}");
        assert_eq!(urn.letter(), row.letter, "{of}");
        assert_eq!(urn.item(), row.item, "{of}");
        assert_eq!(urn.version().map(Version::kind), row.version_kind.as_deref(), "{of}");
        let version_date = urn.version().and_then(Version::date).map(|date| date.to_string());
        assert_eq!(version_date, row.version_date, "{of}");
        assert_eq!(urn.normattiva_url(), row.normattiva_url, "{of}");
        assert_eq!(urn.citation_it(), row.citation_it, "{of}");
    }
}

#[test]
fn every_equivalent_vector_has_the_canonical_form_stated() {
    for row in vectors().equivalent {
        assert_eq!(urn(&row.input).canonical(), row.canonical, "{}", row.why);
    }
}

#[test]
fn every_invalid_vector_is_refused_with_its_code() {
    for row in vectors().invalid {
        let error = NirUrn::parse(&row.input).expect_err(&row.input);
        assert_eq!(error.code.as_str(), row.error, "{}", row.input);
    }
}

#[test]
fn the_codes_are_exactly_those_of_the_vectors() {
    let stated: BTreeSet<String> = vectors().invalid.into_iter().map(|row| row.error).collect();
    let ours: BTreeSet<String> =
        UrnErrorCode::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(ours, stated);
}

#[test]
fn celex_numbers_are_accepted_and_refused_as_stated() {
    let others = vectors().other_identifiers;
    for text in others.celex_valid {
        assert_eq!(Celex::parse(&text).as_ref().map(Celex::as_str), Ok(text.as_str()));
    }
    for text in others.celex_invalid {
        assert!(Celex::parse(&text).is_err(), "{text:?}");
    }
}

#[test]
fn the_address_of_an_act_of_the_union_is_the_one_stated() {
    for (number, address) in vectors().other_identifiers.eli_eu {
        let celex = Celex::parse(&number).expect("the vectors cite valid numbers");
        assert_eq!(celex.eli(), Some(address));
    }
}

#[test]
fn ecli_of_the_vectors_are_accepted() {
    for text in vectors().other_identifiers.ecli_valid {
        assert_eq!(Ecli::parse(&text).as_ref().map(Ecli::as_str), Ok(text.as_str()));
    }
}
