//! Bounds that the schema of a body states and serde does not check: how many items,
//! how large a number.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::acts::ACTS;
use super::openapi;
use crate::operations::FieldFault;

/// The schemas of all bodies, and of what they refer to.
fn schemas() -> &'static BTreeMap<String, Value> {
    static SCHEMAS: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let mut schemas = BTreeMap::new();
        for act in ACTS {
            openapi::acts::operation(act, &mut schemas);
        }
        schemas
    })
}

/// Checks a body against the bounds of its schema.
pub fn check(schema: &str, data: &Map<String, Value>) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let Some(schema) = schemas().get(schema) else { return faults };
    for (name, member) in data {
        if let Some(schema) = schema.pointer(&format!("/properties/{name}")) {
            walk(schema, member, &mut format!("/{name}"), &mut faults);
        }
    }
    faults
}

fn walk(schema: &Value, value: &Value, path: &mut String, faults: &mut Vec<FieldFault>) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap_or_default();
            match schemas().get(name) {
                Some(schema) => schema,
                None => return,
            }
        }
        None => schema,
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
    match value {
        Value::Array(items) => {
            let count = items.len() as u64;
            if bound("maxItems").is_some_and(|most| count > most) {
                let most = bound("maxItems").unwrap_or_default();
                faults.push(fault(path, "too_many", format!("Al massimo {most} elementi.")));
            }
            if bound("minItems").is_some_and(|least| count < least) {
                let least = bound("minItems").unwrap_or_default();
                let detail = match least {
                    1 => "Serve almeno un elemento.".to_owned(),
                    _ => format!("Servono almeno {least} elementi."),
                };
                faults.push(fault(path, "too_few", detail));
            }
            if let Some(of) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    inside(path, &index.to_string(), |path| walk(of, item, path, faults));
                }
            }
        }
        Value::Object(members) => {
            let options = schema.get("oneOf").and_then(Value::as_array);
            // A tagged union: the option whose `kind` is this one.
            let schema = options
                .and_then(|options| {
                    options.iter().find(|option| {
                        option.pointer("/properties/kind/enum/0") == members.get("kind")
                    })
                })
                .unwrap_or(schema);
            for (name, member) in members {
                if let Some(of) = schema.pointer(&format!("/properties/{name}")) {
                    inside(path, name, |path| walk(of, member, path, faults));
                }
            }
        }
        Value::Number(number) => {
            let Some(number) = number.as_u64() else { return };
            let most = bound("maximum").is_some_and(|most| number > most);
            let least = bound("minimum").is_some_and(|least| number < least);
            if most || least {
                faults.push(fault(path, "out_of_range", "Numero fuori dai limiti.".into()));
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn inside(path: &mut String, segment: &str, check: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(segment);
    check(path);
    path.truncate(length);
}

fn fault(path: &str, kind: &'static str, detail: String) -> FieldFault {
    FieldFault { pointer: path.to_owned(), kind, detail, hint: None }
}
