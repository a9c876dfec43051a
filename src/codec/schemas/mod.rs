//! The schemas of stored events, derived from the types that carry them.
//!
//! Each event type has one file in `events/`: JSON Schema 2020-12 of its data, with
//! the meaning of `occurred_on`, the class of every string and an example as it is
//! stored. The files are the public contract and are checked in; a test compares
//! them with what this module derives.
//!
//! Deliberately absent: schemas of older versions. Once published they are files
//! like any other, kept as they are and held by `events/FROZEN`.
//!
//! Depends on: `domain`, `access` (the events of tokens, readings, accounts, sessions),
//! `privacy`, `clock`.

mod contract;
mod envelopes;
mod examples;
mod flatten;
mod publish;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

pub use flatten::flatten;
pub use publish::{FROZEN, files, frozen, write_all};

use crate::access::accounts::{AccountEvent, DirectoryEvent};
use crate::access::reads::ReadEvent;
use crate::access::sessions::SessionEvent;
use crate::access::tokens::TokenEvent;
use crate::domain::answer::AnswerEvent;
use crate::domain::communication::CommunicationEvent;
use crate::domain::document::DocumentEvent;
use crate::domain::issue::IssueEvent;
use crate::domain::notice::{NoticeEvent, RunEvent};
use crate::domain::question::QuestionEvent;
use crate::domain::registry::{
    AuthorityEvent, BodyEvent, CalendarEvent, FormEvent, NormEvent, PersonEvent, ReservationEvent,
    ThemeEvent,
};
use crate::domain::solution::SolutionEvent;
use crate::domain::{EventSet, EventType};

/// The events of one category of streams.
struct Category {
    name: &'static str,
    types: &'static [EventType],
    example: fn(&str, &EventType) -> examples::Example,
}

fn categories() -> [Category; 21] {
    fn of<E: EventSet>(name: &'static str) -> Category {
        Category { name, types: E::TYPES, example: examples::example::<E> }
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
        of::<NoticeEvent>("notices"),
        of::<TokenEvent>("op"),
        of::<ReadEvent>("op"),
        of::<AccountEvent>("op"),
        of::<DirectoryEvent>("op"),
        of::<SessionEvent>("op"),
        of::<DocumentEvent>("op"),
        of::<RunEvent>("op"),
    ]
}

/// Every event type, with the category of the streams it stands in; a type that
/// stands in streams of several categories is named once for each.
pub fn event_types() -> Vec<(&'static str, &'static EventType)> {
    categories()
        .iter()
        .flat_map(|category| category.types.iter().map(|kind| (category.name, kind)))
        .collect()
}

/// The event type of that name, whatever streams it stands in.
pub fn event_type(stored: &str) -> Option<&'static EventType> {
    static BY_NAME: LazyLock<HashMap<&str, &EventType>> =
        LazyLock::new(|| event_types().into_iter().map(|(_, kind)| (kind.stored, kind)).collect());
    BY_NAME.get(stored).copied()
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

/// As [`tidy`], of a schema that is JSON already.
pub fn tidy_value(value: &mut Value) {
    match value {
        Value::Object(members) => tidy_object(members),
        Value::Array(items) => items.iter_mut().for_each(tidy_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How long a label in a list may be, in characters.
const LONGEST_LABEL: u32 = 1000;

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
    if let Some(Value::String(text)) = members.get_mut("description") {
        // Links between Rust items mean nothing outside the sources.
        *text = text.replace("[`", "`").replace("`]", "`");
    }
    // Labels in lists; a list of anything longer says so itself.
    if let Some(Value::Object(items)) = members.get_mut("items") {
        let bounded =
            ["maxLength", "enum", "format", "$ref"].iter().any(|name| items.contains_key(*name));
        if !bounded && items.get("type").is_some_and(|kind| kind == "string") {
            items.insert("maxLength".into(), LONGEST_LABEL.into());
        }
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
