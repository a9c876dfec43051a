//! One event as a paragraph of the timeline, in Italian.
//!
//! Depends on: the library.

use std::collections::HashMap;

use jiff::Timestamp;
use quesito::app::Engine;
use quesito::clock::civil_date;
use quesito::domain::italian::italian_date;
use quesito::domain::norm::NormRef;
use quesito::domain::registry::{Authority, Body, Theme};
use quesito::domain::values::Day;
use quesito::event_store::StreamName;
use quesito::operations::Operations;
use serde_json::{Map, Value};

use super::super::{Failure, say};
use super::{Shown, words};

/// The names of bodies, authorities and themes, as the registry has them today.
pub struct Names {
    operations: Operations,
    known: HashMap<String, String>,
}

impl Names {
    /// No names yet.
    pub fn new(engine: &Engine) -> Self {
        Self { operations: engine.operations(), known: HashMap::new() }
    }

    /// Looks up every code that an event mentions.
    async fn learn(&mut self, value: &Value) -> Result<(), Failure> {
        let mut codes = Vec::new();
        strings(value, &mut codes);
        for code in codes {
            self.name(&code).await?;
        }
        Ok(())
    }

    async fn name(&mut self, code: &str) -> Result<String, Failure> {
        if let Some(name) = self.known.get(code) {
            return Ok(name.clone());
        }
        let handler = &self.operations.handler;
        let mut name = code.to_owned();
        if let Ok(stream) = StreamName::new(format!("body-{code}")) {
            let body = handler.load::<Body>(&stream).await?;
            if let Some(found) = body.state.names.latest() {
                name = found.to_string();
            }
        }
        if let Ok(stream) = StreamName::new(format!("authority-{code}")) {
            let authority = handler.load::<Authority>(&stream).await?;
            if let Some(found) = authority.state.offices.latest() {
                name = format!("{found} ({code})");
            }
        }
        if let Ok(stream) = StreamName::new(format!("theme-{code}")) {
            let theme = handler.load::<Theme>(&stream).await?;
            if let Some(found) = theme.state.labels.latest() {
                name = found.to_string();
            }
        }
        self.known.insert(code.to_owned(), name.clone());
        Ok(name)
    }

    fn of(&self, code: &str) -> String {
        self.known.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}

/// The strings of a document that may be codes.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() <= 80 && !text.contains(' ') => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A moment in Italy: "il 12 febbraio 2024 alle 09:00:00".
pub fn moment(at: Timestamp) -> String {
    let zoned = at.in_tz("Europe/Rome").map(|zoned| zoned.strftime("%H:%M:%S").to_string());
    format!("il {} alle {}", italian_date(civil_date(at)), zoned.unwrap_or_default())
}

/// Prints an event.
pub async fn event(one: &Shown, names: &mut Names) -> Result<(), Failure> {
    let stored = &*one.event.stored_type;
    let kind = stored.rsplit_once('.').map_or(stored, |(kind, _)| kind);
    let metadata = &one.metadata;
    let actor = &metadata.actor;
    names.learn(&one.data).await?;
    let who = names.name(actor.body_id.as_str()).await?;
    let whom = match &actor.on_behalf_of {
        Some(body) => format!(", per conto di {}", names.name(body.as_str()).await?),
        None => String::new(),
    };
    let on = italian_date(metadata.occurred_on.date());
    say(format_args!("\n{on}  {}", words::happened(kind)));
    let at = moment(metadata.recorded_at.0);
    say(format_args!("    registrato {at} da {who} ({}){whom}", actor.subject));
    if let Value::Object(data) = &one.data {
        members(data, 1, names);
    }
    Ok(())
}

/// The members of a document, one on a line, those first that a reader looks for.
fn members(data: &Map<String, Value>, depth: usize, names: &Names) {
    let place = |name: &str| {
        words::FIRST.iter().position(|first| *first == name).unwrap_or(words::FIRST.len())
    };
    let mut found: Vec<_> = data.iter().filter(|(name, _)| !words::silent(name)).collect();
    found.sort_by_key(|(name, _)| place(name));
    let indent = "    ".repeat(depth);
    for (name, member) in found {
        let label = words::member(name);
        if let Some(line) = line(member, names) {
            say(format_args!("{indent}{label}: {line}"));
            continue;
        }
        match member {
            Value::Object(inner) => {
                say(format_args!("{indent}{label}:"));
                members(inner, depth + 1, names);
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let number = index + 1;
                    match (line(item, names), item) {
                        (Some(line), _) => say(format_args!("{indent}{label}, {number}: {line}")),
                        (None, Value::Object(inner)) => {
                            say(format_args!("{indent}{label}, {number}:"));
                            members(inner, depth + 1, names);
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
fn line(value: &Value, names: &Names) -> Option<String> {
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
            let items: Vec<_> = items.iter().filter_map(|item| line(item, names)).collect();
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
            let norm: NormRef = serde_json::from_value(value.clone()).ok()?;
            let text = norm.text_in_force_on();
            let text = text.map(|day| format!(", testo in vigore il {}", italian_date(day.date())));
            Some(format!("{}{}", norm.label_it(), text.unwrap_or_default()))
        }
    }
}
