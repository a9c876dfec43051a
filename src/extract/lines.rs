//! The data of an event as labelled lines in Italian, those first that a reader looks for.
//!
//! Depends on: `domain`.

use serde_json::{Map, Value};

use super::{Names, words};
use crate::domain::from_json;
use crate::domain::italian::italian_date;
use crate::domain::norm::NormRef;
use crate::domain::values::Day;

/// A line: how far it is indented, what it is called, what it says. A line that says nothing
/// heads those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1 for a member of the event itself.
    pub depth: usize,
    /// What it is called.
    pub label: String,
    /// What it says.
    pub text: Option<String>,
}

/// The lines of a document.
pub fn lines(data: &Value, names: &Names) -> Vec<Line> {
    let mut found = Vec::new();
    if let Value::Object(data) = data {
        members(data, 1, names, &mut found);
    }
    found
}

fn members(data: &Map<String, Value>, depth: usize, names: &Names, found: &mut Vec<Line>) {
    let place = |name: &str| {
        words::FIRST.iter().position(|first| *first == name).unwrap_or(words::FIRST.len())
    };
    let mut sorted: Vec<_> = data.iter().filter(|(name, _)| !words::silent(name)).collect();
    sorted.sort_by_key(|(name, _)| place(name));
    for (name, member) in sorted {
        let label = words::member(name).to_owned();
        if let Some(text) = text(member, names) {
            found.push(Line { depth, label, text: Some(text) });
            continue;
        }
        match member {
            Value::Object(inner) => {
                found.push(Line { depth, label, text: None });
                members(inner, depth + 1, names, found);
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let label = format!("{label}, {}", index + 1);
                    match (text(item, names), item) {
                        (Some(text), _) => found.push(Line { depth, label, text: Some(text) }),
                        (None, Value::Object(inner)) => {
                            found.push(Line { depth, label, text: None });
                            members(inner, depth + 1, names, found);
                        }
                        (None, _) => {}
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// A value that fits on a line.
fn text(value: &Value, names: &Names) -> Option<String> {
    match value {
        Value::String(text) => Some(match text.parse::<Day>() {
            Ok(day) => italian_date(day.date()),
            Err(_) => names.of(words::word(text)),
        }),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("sì".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Null => None,
        Value::Array(items) if items.iter().any(Value::is_object) => None,
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| text(item, names)).collect();
            Some(items.join(", "))
        }
        Value::Object(members) => {
            let part = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
            if members.contains_key("level") && members.contains_key("code") {
                return Some(part("code").to_owned());
            }
            if members.contains_key("id") && members.contains_key("kind") {
                let thing = words::member(part("kind"));
                return Some(format!("{thing} {}", names.of(part("id"))));
            }
            let norm: NormRef = from_json(value).ok()?;
            Some(norm_text(&norm))
        }
    }
}

/// A norm, with the text it is read in.
pub(super) fn norm_text(norm: &NormRef) -> String {
    let text = norm.text_in_force_on();
    let text = text.map(|day| format!(", testo in vigore il {}", italian_date(day.date())));
    format!("{}{}", norm.label_it(), text.unwrap_or_default())
}
