//! The schemas of stored events, derived from the types that carry them.
//!
//! Each event type has one file in `events/`: JSON Schema 2020-12 of its data, with
//! the meaning of `occurred_on`, the class of every string and an example as it is
//! stored. The files are the public contract and are checked in; a test compares
//! them with what this module derives.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::access::tokens::TokenEvent;
use crate::domain::answer::AnswerEvent;
use crate::domain::communication::CommunicationEvent;
use crate::domain::document::DocumentEvent;
use crate::domain::issue::IssueEvent;
use crate::domain::question::QuestionEvent;
use crate::domain::registry::{
    AuthorityEvent, BodyEvent, CalendarEvent, FormEvent, NormEvent, PersonEvent, ReservationEvent,
    ThemeEvent,
};
use crate::domain::solution::SolutionEvent;
use crate::domain::{EventSet, EventType};

/// Every event type, with the category of the streams it stands in.
pub fn event_types() -> Vec<(&'static str, &'static EventType)> {
    fn of<E: EventSet>(category: &'static str) -> Vec<(&'static str, &'static EventType)> {
        E::TYPES.iter().map(|kind| (category, kind)).collect()
    }

    [
        of::<IssueEvent>("issue"),
        of::<QuestionEvent>("question"),
        of::<AnswerEvent>("answer"),
        of::<SolutionEvent>("solution"),
        of::<CommunicationEvent>("communication"),
        of::<NormEvent>("norm"),
        of::<BodyEvent>("body"),
        of::<AuthorityEvent>("authority"),
        of::<ThemeEvent>("theme"),
        of::<FormEvent>("form"),
        of::<CalendarEvent>("calendar"),
        of::<PersonEvent>("person"),
        of::<ReservationEvent>("registration"),
        of::<TokenEvent>("op"),
        of::<DocumentEvent>("op"),
    ]
    .concat()
}

/// The schema of an event's data as a client writes it: texts are strings.
///
/// Schemas it refers to are added to `components`, by name.
pub fn clear_schema(kind: &EventType, components: &mut BTreeMap<String, Value>) -> Value {
    let mut collected = Vec::new();
    let own = (kind.schema)(&mut collected);
    add_components(collected, components);
    tidy(&own)
}

/// Adds collected schemas to components, tidied.
pub fn add_components(
    collected: Vec<(String, RefOr<Schema>)>,
    components: &mut BTreeMap<String, Value>,
) {
    for (name, schema) in collected {
        components.entry(name).or_insert_with(|| tidy(&schema));
    }
}

/// A schema as JSON, in the manner of our contracts: nothing is ever null, objects
/// are closed, examples are lists.
pub fn tidy(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    tidy_value(&mut value);
    value
}

fn tidy_value(value: &mut Value) {
    match value {
        Value::Object(members) => tidy_object(members),
        Value::Array(items) => items.iter_mut().for_each(tidy_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tidy_object(members: &mut Map<String, Value>) {
    let is_null = |value: &Value| value.get("type").is_some_and(|kind| kind == "null");
    for choice in ["oneOf", "anyOf"] {
        let Some(Value::Array(options)) = members.get_mut(choice) else { continue };
        options.retain(|option| !is_null(option));
        if let [only] = options.as_slice()
            && let Value::Object(only) = only.clone()
        {
            members.remove(choice);
            for (name, member) in only {
                members.entry(name).or_insert(member);
            }
        }
    }
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            members.insert("type".into(), only);
        }
    }
    if let Some(example) = members.remove("example") {
        members.insert("examples".into(), json!([example]));
    }
    if members.contains_key("properties") && !members.contains_key("additionalProperties") {
        members.insert("additionalProperties".into(), false.into());
    }
    for (name, member) in members.iter_mut() {
        // Examples are data, not schemas.
        if name == "properties" {
            if let Value::Object(properties) = member {
                properties.values_mut().for_each(tidy_value);
            }
        } else if name != "examples" && name != "default" && name != "enum" {
            tidy_value(member);
        }
    }
}

/// The contract of one event type, as its file in `events/` holds it.
///
/// `example` is the data of such an event as stored.
pub fn contract(kind: &EventType, example: &Value) -> Value {
    let mut components = BTreeMap::new();
    let mut schema = clear_schema(kind, &mut components);
    let title = kind.stored;
    seal(&mut schema, &components);
    let Value::Object(mut members) = schema else { return schema };
    members.remove("examples");
    members.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    members.insert("$id".into(), format!("urn:quesito:event:{title}").into());
    members.insert("title".into(), title.into());
    members.insert("x-occurred-on".into(), kind.occurred_on.into());
    members.insert("examples".into(), json!([example]));
    Value::Object(members)
}

/// Puts the schema of a sealed text where a text stands, and every other component
/// where it is referred to, so that a contract stands alone.
fn seal(value: &mut Value, components: &BTreeMap<String, Value>) {
    match value {
        Value::Object(members) => {
            let target = members
                .get("$ref")
                .and_then(Value::as_str)
                .map(|reference| reference.rsplit('/').next().unwrap_or_default().to_owned());
            if let Some(target) = target {
                let description = members.get("description").cloned();
                let mut inlined = components.get(&target).cloned().unwrap_or_default();
                if inlined.get("x-class") == Some(&json!(2)) {
                    inlined = sealed(&inlined);
                }
                seal(&mut inlined, components);
                if let (Value::Object(inlined), Some(description)) = (&mut inlined, description) {
                    inlined.insert("description".into(), description);
                }
                *value = inlined;
                mark(value);
                return;
            }
            if members.get("x-class") == Some(&json!(2)) {
                *value = sealed(value);
                return;
            }
            members.remove("examples");
            for member in members.values_mut() {
                seal(member, components);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| seal(item, components)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    mark(value);
}

/// Marks strings whose form alone makes them class 0: ids, and words of a closed list.
fn mark(value: &mut Value) {
    let Value::Object(members) = value else { return };
    let string = members.get("type").is_some_and(|kind| kind == "string");
    let closed = members.contains_key("enum")
        || members.contains_key("const")
        || members.get("format").is_some_and(|format| format == "uuid");
    if string && closed && !members.contains_key("x-class") {
        members.insert("x-class".into(), json!(0));
    }
}

fn sealed(text: &Value) -> Value {
    let part = |description: &str, pattern: &str, max: u32| {
        json!({"type": "string", "description": description, "pattern": pattern,
               "maxLength": max, "x-class": 0})
    };
    let max = text.get("maxLength").and_then(Value::as_u64).unwrap_or_default();
    json!({
        "type": "object",
        "description": text.get("description").cloned().unwrap_or_default(),
        "x-class": 2,
        "x-max-length": max,
        "additionalProperties": false,
        "required": ["alg", "commitment", "ct", "key_id", "nonce"],
        "properties": {
            "alg": part("XChaCha20-Poly1305.", "^XC20P$", 5),
            // Four bytes for a character at the most, salt and tag; base64url.
            "ct": part("Salt and text, encrypted.", "^[A-Za-z0-9_-]+$",
                       u32::try_from((max * 4 + 32).div_ceil(3) * 4).unwrap_or(u32::MAX)),
            "commitment": part("Binds the key.", "^[A-Za-z0-9_-]{43}$", 43),
            "key_id": part("Ring and slot of the wrapped key.", "^[0-9a-z]+\\.[0-9]+$", 24),
            "nonce": part("The nonce.", "^[A-Za-z0-9_-]{32}$", 32),
        }
    })
}
