//! From the symbolic names of a file to real ids.
//!
//! Every id follows from the command that creates the thing, so that a name is known
//! before its event is recorded, and an event may refer to what it creates itself.
//!
//! Depends on: `codec`, `domain`.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use uuid::Uuid;

use super::registry;
use crate::codec;
use crate::domain::values::RefKind;

/// The names of a file, as far as it was read.
pub(super) struct Names {
    digest: String,
    /// Ids of streams by their symbolic names, such as `issue:PUB-001`.
    streams: HashMap<String, String>,
    /// Ids of things inside a stream, such as `P-1` of `issue:PUB-001`.
    inner: HashMap<(String, String), Uuid>,
    bodies: HashSet<String>,
    /// Entries of the catalogue that are known only by their label.
    labels: HashMap<String, Uuid>,
}

impl Names {
    /// No names but those of the shipped registry.
    pub(super) fn new(digest: &str) -> Self {
        Self {
            digest: digest.to_owned(),
            streams: registry::norm_streams(),
            inner: HashMap::new(),
            bodies: registry::body_ids(),
            labels: registry::labelled_norms(),
        }
    }

    /// The command that records the event in a place.
    pub(super) fn command(&self, order: u32, part: &str) -> Uuid {
        super::command_id(&format!("/import/{}", self.digest), &format!("{order}{part}"))
    }

    /// The id of a stream, under which it may be referred to from now on.
    ///
    /// Things of the registry are named by their code, cases by the command that
    /// begins them.
    pub(super) fn stream(&mut self, symbol: &str, category: &str, command: Uuid) -> String {
        if let Some(id) = self.streams.get(symbol) {
            return id.clone();
        }
        let code = symbol.split_once(':').map_or(symbol, |(_, code)| code);
        let id = match category {
            "issue" | "question" | "answer" | "solution" | "communication" | "norm" => {
                codec::new_stream_id(command).to_string()
            }
            _ => code.to_owned(),
        };
        if category == "body" {
            self.bodies.insert(id.clone());
        }
        self.streams.insert(symbol.to_owned(), id.clone());
        id
    }

    /// Whether a stream was named before.
    pub(super) fn knows(&self, symbol: &str) -> bool {
        self.streams.contains_key(symbol)
    }

    /// Names a thing inside a stream.
    pub(super) fn add(&mut self, stream: &str, symbol: &str, id: Uuid) {
        self.inner.insert((stream.to_owned(), symbol.to_owned()), id);
    }

    /// Whether a thing inside a stream was named before.
    pub(super) fn has(&self, stream: &str, symbol: &str) -> bool {
        self.inner.contains_key(&(stream.to_owned(), symbol.to_owned()))
    }

    /// The catalogue entry that bears a label.
    pub(super) fn labelled(&self, label: &str) -> Option<Uuid> {
        self.labels.get(label).copied()
    }

    /// Replaces every symbolic name in a document.
    pub(super) fn resolve(&self, stream: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(id) = self.resolved(stream, text) {
                    *text = id;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.resolve(stream, item)),
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.resolve(stream, member));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn resolved(&self, stream: &str, text: &str) -> Option<String> {
        // No name is longer; a text that a person typed is not looked up.
        if text.len() > 80 || text.contains(' ') {
            return None;
        }
        if let Some(id) = self.inner.get(&(stream.to_owned(), text.to_owned())) {
            return Some(id.to_string());
        }
        if let Some(id) = self.streams.get(text) {
            return Some(id.clone());
        }
        let (kind, code) = text.split_once(':')?;
        matches!(kind, "authority" | "addressee" | "person").then(|| code.to_owned())
    }

    /// A reference with its kind, from `answer:A-01`, `authority:inps` or a bare code.
    pub(super) fn reference(&self, text: &str) -> Value {
        let (kind, code) = match text.split_once(':') {
            Some(("addressee", code)) => ("authority", code),
            Some((kind, code)) => (kind, code),
            None if self.bodies.contains(text) => (RefKind::Body.category(), text),
            None => (RefKind::Authority.category(), text),
        };
        let id = self.streams.get(text).map_or(code, String::as_str);
        json!({"kind": kind, "id": id})
    }
}
