//! `events/` is what this version writes, and what was published stays.

use std::collections::{BTreeMap, BTreeSet};

use quesito::codec::{self, Metadata, schemas};
use quesito::privacy::sha256_hex;
use serde_json::Value;

use crate::documents::{canonical, contracts, folder, on_disk};

const MEND: &str = "run `QUESITO_BLESS=1 cargo test --test contracts` and read the difference";

#[test]
fn the_files_are_what_this_version_writes() {
    let found = on_disk();
    for (name, content) in schemas::files() {
        let same = found.get(&name) == Some(&content);
        assert!(same, "events/{name} is missing or out of date: {MEND}");
    }
}

#[test]
fn every_type_has_one_file_and_every_file_a_type() {
    let frozen = schemas::frozen(&folder()).unwrap();
    let now: BTreeSet<_> = schemas::files().into_keys().collect();
    for (_, kind) in schemas::event_types() {
        assert!(now.contains(&format!("{}.json", kind.stored)), "{} has no file", kind.stored);
    }
    for name in on_disk().keys() {
        assert!(
            now.contains(name) || frozen.contains_key(name),
            "events/{name} describes no type of this version and was never published: delete it"
        );
    }
}

#[test]
fn what_was_published_never_changes() {
    let found = on_disk();
    for (name, sum) in schemas::frozen(&folder()).unwrap() {
        let now = found.get(&name).map(|content| sha256_hex(content.as_bytes()));
        assert_eq!(
            now,
            Some(sum),
            "events/{name} is published and must stay as it is. Restore the file with \
             `git checkout` and give the event a new version: see \"A new version\" in \
             events/README.md"
        );
    }
}

#[test]
fn a_published_file_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let count = schemas::files().len();
    assert_eq!(schemas::write_all(folder.path()).unwrap(), count);
    assert_eq!(schemas::write_all(folder.path()).unwrap(), 0, "made again, they are the same");

    let name = "note-added.v1.json";
    std::fs::write(folder.path().join(schemas::FROZEN), format!("{}  {name}\n", "0".repeat(64)))
        .unwrap();
    std::fs::write(folder.path().join("norm-cited.v1.json"), "older").unwrap();
    let refused = schemas::write_all(folder.path()).unwrap_err().to_string();
    assert!(refused.contains(name) && refused.contains("new version"), "{refused}");
    let untouched = std::fs::read_to_string(folder.path().join("norm-cited.v1.json")).unwrap();
    assert_eq!(untouched, "older");
}

#[test]
fn a_type_means_the_same_in_every_stream_it_stands_in() {
    let mut meanings = BTreeMap::new();
    for (category, kind) in schemas::event_types() {
        let mut parts = BTreeMap::new();
        let schema = schemas::clear_schema(kind, &mut parts);
        let meaning = (schema, parts, kind.occurred_on);
        let first = meanings.entry(kind.stored).or_insert_with(|| meaning.clone());
        assert_eq!(*first, meaning, "{} means something else in {category}", kind.stored);
    }
}

#[test]
fn every_example_is_valid_and_read_and_written_again_byte_for_byte() {
    for contract in contracts() {
        let stem = &contract.stem;
        let example = contract.example();
        assert_eq!(contract.objections(example), Vec::<String>::new(), "{stem}");
        let bytes = canonical(example);
        if contract.is_event() {
            assert!(schemas::event_type(stem).is_none_or(|kind| kind.stored == stem));
            let again = codec::rewrite(stem, &bytes).unwrap();
            // An older version comes back as the newest; it only has to load.
            if schemas::event_type(stem).is_some() {
                assert_eq!(text(&again), text(&bytes), "{stem}");
            }
        } else if stem == "metadata.v1" {
            let metadata: Metadata = serde_json::from_slice(&bytes).unwrap();
            let again = codec::canonical(&metadata, stem).unwrap();
            assert_eq!(text(&again), text(&bytes));
        }
    }
}

#[test]
fn the_worked_leaf_hashes_as_it_says() {
    let all = contracts();
    let find = |stem: &str| all.iter().find(|contract| contract.stem == stem).unwrap();
    let leaf = find("leaf.v1");
    let worked = |name: &str| leaf.schema["x-worked"][name].as_str().unwrap();

    assert_eq!(worked("data").as_bytes(), canonical(find("issue-reported.v1").example()));
    assert_eq!(worked("metadata").as_bytes(), canonical(find("metadata.v1").example()));
    assert_eq!(worked("leaf").as_bytes(), canonical(leaf.example()));
    assert_eq!(leaf.example()["data_sha256"], sha256_hex(worked("data").as_bytes()));
    assert_eq!(leaf.example()["meta_sha256"], sha256_hex(worked("metadata").as_bytes()));
    let hashed = [b"\0", worked("leaf").as_bytes()].concat();
    assert_eq!(worked("leaf_hash"), sha256_hex(&hashed));
}

#[test]
fn everything_in_a_contract_has_a_class_a_bound_and_a_meaning() {
    for contract in contracts() {
        let mut faults = Vec::new();
        judge(&contract.schema, "", &mut faults);
        for (name, part) in contract.schema["$defs"].as_object().into_iter().flatten() {
            judge(part, &format!("/$defs/{name}"), &mut faults);
        }
        assert_eq!(faults, Vec::<String>::new(), "{}", contract.stem);
        assert_eq!(contract.schema["title"], *contract.stem);
        if contract.is_event() {
            let date = contract.schema["x-occurred-on"].as_str().unwrap();
            assert!(date.starts_with("the "), "{}: which date is `{date}`?", contract.stem);
        }
    }
}

/// What a schema leaves open that it must not.
fn judge(schema: &Value, path: &str, faults: &mut Vec<String>) {
    let mut fault = |what: &str| faults.push(format!("{path}: {what}"));
    let has = |key: &str| schema.get(key).is_some();
    match schema["type"].as_str() {
        Some("string") => {
            // Class 1 (contact data of persons) never stands in an event.
            if schema["x-class"] != 0 {
                fault("a string without class 0; a text is an object of class 2");
            }
            if !has("enum") && (!has("maxLength") || !has("pattern")) {
                fault("a string without bounds");
            }
        }
        Some("integer") => {
            if !["minimum", "maximum", "format"].into_iter().all(has) {
                fault("an integer without bounds or format");
            }
        }
        Some("array") => {
            if !has("maxItems") {
                fault("an array without `maxItems`");
            }
            judge(&schema["items"], &format!("{path}/items"), faults);
        }
        Some("object") => {
            if schema["additionalProperties"] != false {
                fault("an open object");
            }
            for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                if member["description"].as_str().is_none_or(str::is_empty)
                    && !member["enum"].is_array()
                {
                    faults.push(format!("{path}/{name}: without a meaning"));
                }
                judge(member, &format!("{path}/{name}"), faults);
            }
        }
        Some("boolean") => {}
        Some(other) => fault(&format!("a {other}, which events do not have")),
        None => match (schema["oneOf"].as_array(), schema["$ref"].as_str()) {
            (Some(options), _) => {
                for (index, option) in options.iter().enumerate() {
                    judge(option, &format!("{path}/{index}"), faults);
                }
            }
            (None, Some(target)) if target.starts_with("#/$defs/") => {}
            (None, _) => fault("neither a type nor a reference within the file"),
        },
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
