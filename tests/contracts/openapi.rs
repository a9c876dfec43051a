//! The API document: checked in, whole, and in the manners of the house.

use serde_json::Value;

use quesito::codec::schemas::event_types;
use quesito::http::acts::{ACTS, internal};
use quesito::http::{openapi, reads};

/// The address in the document that is checked in.
const SERVER: &str = "https://quesito.example";

fn document() -> Value {
    openapi::document(SERVER)
}

fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .iter()
                .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

#[test]
fn the_document_checked_in_is_the_one_generated() {
    let mut text = serde_json::to_string_pretty(&document()).unwrap();
    text.push('\n');
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/quesito.v1.json");
    if std::env::var_os("QUESITO_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        known == text,
        "openapi/quesito.v1.json is stale: run `QUESITO_BLESS=1 cargo test --test contracts openapi`"
    );
}

#[test]
fn every_row_of_the_tables_is_documented_once_and_nothing_else_is() {
    let document = document();
    let mut documented: Vec<_> = operations(&document)
        .iter()
        .map(|(path, method, operation)| {
            format!("{method} {path} {}", operation["operationId"].as_str().unwrap())
        })
        .collect();
    let acts = ACTS.iter().map(|act| format!("post {} {}", act.path, act.id));
    let reads = reads::all().map(|read| format!("{} {} {}", read.method, read.path, read.id));
    let mut rows: Vec<_> = acts.chain(reads).collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows);
}

#[test]
fn every_event_type_is_reached_by_exactly_one_operation_of_its_category_or_is_internal() {
    for (category, kind) in event_types() {
        let rows =
            ACTS.iter().filter(|act| act.category == category && act.event == kind.stored).count();
        let internal = internal(category, kind.stored).is_some();
        assert_eq!(rows, usize::from(!internal), "{category} {}", kind.stored);
    }
}

#[test]
fn every_operation_says_who_may_call_and_what_may_go_wrong() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(operation["security"].is_array(), "{place}: security");
        assert!(operation["summary"].is_string(), "{place}: summary");
        let responses = operation["responses"].as_object().unwrap();
        for status in ["400", "401", "404", "405", "406", "429", "500", "503"] {
            assert!(responses.contains_key(status), "{place}: {status}");
        }
        let success = responses.iter().filter(|(status, _)| status.starts_with('2')).count();
        assert_eq!(success, 1, "{place}: one success");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                members.values().for_each(|member| walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, document)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn nothing_in_a_schema_is_unbounded_open_or_null() {
    fn walk(place: &str, value: &Value, faults: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
                let has = |name: &str| members.contains_key(name);
                let format = members.get("format").and_then(Value::as_str).unwrap_or_default();
                let closed = ["uuid", "date", "date-time"].contains(&format);
                let fault = match kind {
                    "string" => !(has("maxLength") || has("enum") || has("const") || closed),
                    "integer" | "number" => !(has("format") && has("minimum") && has("maximum")),
                    "array" => !has("maxItems"),
                    "object" => !has("additionalProperties") && has("properties"),
                    "null" => true,
                    _ => members.get("type").is_some_and(Value::is_array),
                };
                if fault {
                    faults.push(format!("{place}: {kind}"));
                }
                for (name, member) in members {
                    if !matches!(name.as_str(), "examples" | "example" | "default") {
                        walk(&format!("{place}/{name}"), member, faults);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(&format!("{place}/{index}"), item, faults);
                }
            }
            _ => {}
        }
    }
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        walk(name, schema, &mut faults);
    }
    for (path, method, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().unwrap() {
            walk(&format!("{method} {path}"), &parameter["schema"], &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
