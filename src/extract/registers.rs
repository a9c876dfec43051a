//! What an extract lists apart: norms, documents, answers with their three dates.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::gather::{Case, Thing};
use super::lines::norm_text;
use crate::clock::instant_text;
use crate::domain::from_json;
use crate::domain::norm::NormRef;
use crate::projections::things::Kind;

/// The norms cited, as people read them, each once.
pub(super) fn norms(case: &Case) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for event in case.events() {
        visit(&event.shown, &mut |members| {
            let value = Value::Object(members.clone());
            if let Ok(norm) = from_json::<NormRef>(&value) {
                found.insert(norm_text(&norm), value);
            }
        });
    }
    found
}

/// The documents referred to, by their hash, each with the streams that refer to it.
pub(super) fn documents(case: &Case) -> Vec<Value> {
    let mut found: BTreeMap<String, (Map<String, Value>, BTreeSet<String>)> = BTreeMap::new();
    for thing in &case.things {
        for event in &thing.events {
            visit(&event.shown, &mut |members| {
                if let (Some(hash), true) = (
                    members.get("sha256").and_then(Value::as_str),
                    members.contains_key("media_type"),
                ) {
                    let entry = found.entry(hash.to_owned());
                    let (_, referrers) =
                        entry.or_insert_with(|| (members.clone(), BTreeSet::new()));
                    referrers.insert(thing.stream.to_string());
                }
            });
        }
    }
    found
        .into_values()
        .map(|(mut members, referrers)| {
            members.insert("referred_to_by".into(), json!(referrers));
            Value::Object(members)
        })
        .collect()
}

/// An answer: its last dates, whatever corrected them.
pub(super) struct AnswerDates {
    /// Its reference.
    pub reference: String,
    /// What was last said of it.
    pub data: Map<String, Value>,
    /// When it was first recorded.
    pub recorded_at: String,
}

/// The answers of a case with their three dates: of the document, received, recorded.
pub(super) fn answers(case: &Case) -> Vec<AnswerDates> {
    case.things.iter().filter(|thing| thing.kind == Kind::Answer).filter_map(dates).collect()
}

fn dates(thing: &Thing) -> Option<AnswerDates> {
    let first = thing.events.first()?;
    let mut data = Map::new();
    for event in &thing.events {
        let name = event.stored.stored_type.split('.').next().unwrap_or_default();
        if matches!(name, "answer-received" | "answer-corrected")
            && let Value::Object(members) = &event.shown
        {
            for member in ["authors", "form", "document_date", "received_on"] {
                if let Some(value) = members.get(member) {
                    data.insert(member.into(), value.clone());
                }
            }
        }
    }
    Some(AnswerDates {
        reference: thing.reference.clone()?,
        data,
        recorded_at: instant_text(first.metadata.recorded_at.0),
    })
}

fn visit(value: &Value, each: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            each(members);
            members.values().for_each(|member| visit(member, each));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
