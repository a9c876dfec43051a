//! Schema and decoder judge alike: what one refuses, the other refuses.

use quesito::codec::{self, Metadata};
use serde_json::{Value, json};

use crate::documents::{Contract, canonical, contracts};

/// Strings that are nobody's code, or only somebody's.
const STRINGS: &[&str] = &[
    "",
    " ",
    "\n",
    "a",
    "A",
    "0",
    "-",
    "_a",
    "c_a944",
    "a b",
    "a\n",
    " a",
    "a/b",
    "/a",
    "/a/0",
    "/",
    "BO",
    "B0",
    "bo",
    "IT",
    "08",
    "A944",
    "12-25",
    "13-25",
    "easter",
    "easter+1",
    "easter1",
    "037006",
    "32011L0095",
    "È",
    "ž",
    "città",
    "a\u{7f}",
    "a.b-c_d/e:f",
    "application/pdf",
    "quesito/9.9.9",
    "art. 5, 6",
    "2024-02-30",
    "2024-13-01",
    "null",
];

const NUMBERS: &[f64] = &[-1.0, 0.5];
const WHOLE: &[u64] = &[
    0,
    1,
    1860,
    1861,
    2999,
    3000,
    9_999,
    10_000,
    1_000_000,
    1_000_001,
    26_214_400,
    26_214_401,
    1 << 40,
];

/// Whether whoever reads such a document from the store takes it.
fn decoder_takes(contract: &Contract, document: &Value) -> bool {
    let bytes = canonical(document);
    if contract.is_event() {
        codec::rewrite(&contract.stem, &bytes).is_ok()
    } else {
        serde_json::from_slice::<Metadata>(&bytes).is_ok()
    }
}

fn judged() -> impl Iterator<Item = &'static Contract> {
    contracts().iter().filter(|contract| contract.is_event() || contract.stem == "metadata.v1")
}

/// The pointers of everything in a document, the document itself last.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found.push(at.to_owned());
}

/// Visits every value of every document to judge, with the way to exchange it.
fn each_place(contract: &Contract, mut visit: impl FnMut(&str, &Value, &dyn Fn(Value) -> Value)) {
    for document in contract.documents() {
        let mut found = Vec::new();
        places(document, "", &mut found);
        for place in found {
            let exchanged = |value: Value| {
                let mut mutant = document.clone();
                *mutant.pointer_mut(&place).unwrap() = value;
                mutant
            };
            visit(&place, document.pointer(&place).unwrap(), &exchanged);
        }
    }
}

fn both_refuse(contract: &Contract, mutant: &Value, what: &str) {
    let stem = &contract.stem;
    assert!(!contract.takes(mutant), "{stem}: the schema takes {what}");
    assert!(!decoder_takes(contract, mutant), "{stem}: the decoder takes {what}");
}

fn both_agree(contract: &Contract, mutant: &Value, what: &str) {
    let (schema, decoder) = (contract.takes(mutant), decoder_takes(contract, mutant));
    assert_eq!(schema, decoder, "{}: schema and decoder differ over {what}", contract.stem);
}

#[test]
fn a_document_with_every_member_is_taken_by_both() {
    for contract in judged() {
        for document in contract.documents() {
            assert_eq!(contract.objections(document), Vec::<String>::new(), "{}", contract.stem);
            assert!(decoder_takes(contract, document), "{}: {document:#}", contract.stem);
        }
    }
}

#[test]
fn a_document_without_a_required_member_is_refused_by_both() {
    for contract in judged() {
        for name in contract.schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            let mut mutant = contract.example().clone();
            mutant.as_object_mut().unwrap().remove(name).unwrap();
            both_refuse(contract, &mutant, &format!("an event without `{name}`"));
        }
        each_place(contract, |place, value, exchanged| {
            for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
                let mut less = value.clone();
                less.as_object_mut().unwrap().remove(name);
                let mutant = exchanged(less);
                both_agree(contract, &mutant, &format!("the absence of {place}/{name}"));
            }
        });
    }
}

#[test]
fn an_unknown_member_is_refused_by_both_at_any_depth() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            if value.is_object() {
                let mut more = value.clone();
                more["unheard_of"] = json!(1);
                let mutant = exchanged(more);
                both_refuse(contract, &mutant, &format!("an unknown member in {place}"));
            }
        });
    }
}

#[test]
fn a_value_of_another_type_is_refused_by_both_at_any_depth() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            let other = match value {
                Value::Null | Value::String(_) | Value::Object(_) => json!(7),
                Value::Bool(_) => json!("true"),
                Value::Number(_) => json!("7"),
                Value::Array(_) => json!(true),
            };
            let mutant = exchanged(other);
            both_refuse(contract, &mutant, &format!("another type at {place}"));
        });
    }
}

#[test]
fn both_draw_the_same_line_between_good_and_bad_strings() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            // What is inside a sealed text is judged by opening it; a URN is made
            // canonical and a kind of reference widened only in what is stored.
            let inside_sealed = ["/alg", "/commitment", "/ct", "/key_id", "/nonce"];
            let elsewhere = inside_sealed.iter().any(|end| place.ends_with(end))
                || place.ends_with("/urn")
                || (place.ends_with("/kind") && value != "nir" && place.matches('/').count() > 1);
            if !value.is_string() || elsewhere {
                return;
            }
            let long = "a".repeat(301);
            for string in STRINGS.iter().copied().chain([long.as_str()]) {
                let mutant = exchanged(json!(string));
                both_agree(contract, &mutant, &format!("{string:?} at {place}"));
            }
        });
    }
}

#[test]
fn both_draw_the_same_line_between_good_and_bad_numbers() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            if value.is_number() {
                for number in WHOLE {
                    let mutant = exchanged(json!(number));
                    both_agree(contract, &mutant, &format!("{number} at {place}"));
                }
                for number in NUMBERS {
                    let mutant = exchanged(json!(number));
                    both_refuse(contract, &mutant, &format!("{number} at {place}"));
                }
            }
        });
    }
}

#[test]
fn both_count_the_items_of_a_list() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            let Some(first) = value.as_array().and_then(|items| items.first()) else { return };
            // The members of a network are the one long list.
            let long = if place == "/members" { [2000, 2001] } else { [200, 201] };
            for count in [0, 1, 10, 11, 20, 21, 30, 31, 50, 51, 100, 101].into_iter().chain(long) {
                let mutant = exchanged(json!(vec![first; count]));
                let what = format!("{count} items at {place}");
                if count == 0 && decoder_takes(contract, &mutant) {
                    // "At least one" may be a decider's rule, which gives a reason of its
                    // own; then no empty list is ever stored.
                    continue;
                }
                both_agree(contract, &mutant, &what);
            }
        });
    }
}

#[test]
fn a_text_in_the_clear_is_no_stored_event() {
    for contract in judged() {
        each_place(contract, |place, value, exchanged| {
            if value.get("commitment").is_some() {
                let mutant = exchanged(json!("In chiaro."));
                assert!(!contract.takes(&mutant), "{}: clear text at {place}", contract.stem);
            }
        });
    }
}
