//! From the schema of what a client writes to the contract of what is stored.
//!
//! A contract stands alone: what it refers to is among its own `$defs`. A text is
//! there as it is stored, sealed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::clear_schema;
use crate::domain::EventType;

/// The schema of a stored event's data, with its example as stored.
pub(super) fn contract(kind: &EventType, streams: &[&str], example: &Value) -> Value {
    let mut components = BTreeMap::new();
    let schema = clear_schema(kind, &mut components);
    let mut document = document(&format!("event:{}", kind.stored), schema, &components);
    document.insert("title".into(), kind.stored.into());
    document.insert("x-occurred-on".into(), kind.occurred_on.into());
    document.insert("x-streams".into(), json!(streams));
    document.insert("examples".into(), json!([example]));
    Value::Object(document)
}

/// A schema with everything it refers to.
pub(super) fn document(
    id: &str,
    schema: Value,
    components: &BTreeMap<String, Value>,
) -> Map<String, Value> {
    let mut wanted = BTreeSet::new();
    let mut own = stored_form(schema, &mut wanted);
    let mut defs = Map::new();
    while let Some(name) = wanted.pop_first() {
        if defs.contains_key(&name) {
            continue;
        }
        let clear = components.get(&name).cloned().unwrap_or_default();
        let stored = if clear.get("x-class") == Some(&json!(2)) {
            sealed(&clear)
        } else {
            narrowed(&name, stored_form(clear, &mut wanted))
        };
        defs.insert(name, stored);
    }
    own.remove("examples");
    own.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    own.insert("$id".into(), format!("urn:quesito:{id}").into());
    if !defs.is_empty() {
        own.insert("$defs".into(), Value::Object(defs));
    }
    own
}

/// The same schema with its references pointing into `$defs`, and with what is
/// known of ids, dates and words once they are stored.
fn stored_form(schema: Value, wanted: &mut BTreeSet<String>) -> Map<String, Value> {
    let mut schema = schema;
    localise(&mut schema, wanted);
    match schema {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn localise(value: &mut Value, wanted: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                let name = target.rsplit('/').next().unwrap_or_default().to_owned();
                *target = format!("#/$defs/{name}");
                wanted.insert(name);
            }
            // Examples of parts show what a client writes, not what is stored.
            members.remove("examples");
            for (name, member) in members.iter_mut() {
                if name != "enum" && name != "default" {
                    localise(member, wanted);
                }
            }
            mark(members);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| localise(item, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Marks strings whose form alone makes them class 0: ids, and words of a closed
/// list. An id and a date have one spelling once they are stored.
fn mark(members: &mut Map<String, Value>) {
    if members.get("type").is_none_or(|kind| kind != "string") {
        return;
    }
    let format = members.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    match format.as_str() {
        "uuid" => {
            members.insert(
                "pattern".into(),
                "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$".into(),
            );
            members.insert("maxLength".into(), json!(36));
            members.insert("x-class".into(), json!(0));
        }
        "date" => {
            members.insert(
                "pattern".into(),
                "^(186[1-9]|18[7-9][0-9]|19[0-9]{2}|2[0-9]{3})-[0-9]{2}-[0-9]{2}$".into(),
            );
        }
        _ if members.contains_key("enum") => {
            members.insert("x-class".into(), json!(0));
        }
        _ => {}
    }
}

/// What is known of two types once they are stored and a client need not know: a
/// URN has been made canonical, and the list of kinds of reference grows without a
/// new version of the events that hold one.
fn narrowed(name: &str, mut schema: Map<String, Value>) -> Value {
    match name {
        "Urn" => {
            schema.insert("pattern".into(), "^urn:nir:[a-z0-9.:;~!@=+'/-]+$".into());
        }
        "RefKind" => {
            let known = schema.remove("enum").unwrap_or_default();
            schema.insert("x-known".into(), known);
            schema.insert("pattern".into(), "^[a-z][a-z_]*$".into());
            schema.insert("maxLength".into(), json!(40));
        }
        _ => {}
    }
    Value::Object(schema)
}

/// The schema of a text as it is stored.
fn sealed(clear: &Value) -> Value {
    let part = |description: &str, pattern: &str, max: u64| {
        json!({"type": "string", "description": description, "pattern": pattern,
               "maxLength": max, "x-class": 0})
    };
    let most = clear.get("maxLength").and_then(Value::as_u64).unwrap_or_default();
    // Four bytes for a character at the most, salt and tag of 16 each; base64url.
    let ciphertext = ((most * 4 + 32) * 4).div_ceil(3);
    json!({
        "type": "object",
        "description": format!("Free text of at most {most} characters, sealed."),
        "x-class": 2,
        "x-max-length": most,
        "additionalProperties": false,
        "required": ["alg", "commitment", "ct", "key_id", "nonce"],
        "properties": {
            "alg": part("XChaCha20-Poly1305.", "^XC20P$", 5),
            "commitment": part("Binds the ciphertext to one key; base64url.",
                               "^[A-Za-z0-9_-]{43}$", 43),
            "ct": part("Salt and text, encrypted; base64url.", "^[A-Za-z0-9_-]+$", ciphertext),
            "key_id": part("Ring and slot of the wrapped key.", "^[0-9a-z]+\\.[0-9]+$", 24),
            "nonce": part("The nonce; base64url.", "^[A-Za-z0-9_-]{32}$", 32),
        }
    })
}
