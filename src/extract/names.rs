//! The names of bodies, authorities and themes as the registry had them at an instant.
//!
//! Read from the streams themselves, so that a later renaming changes nothing of what was
//! shown for an earlier instant.
//!
//! Depends on: `codec`, `event_store`, `domain::registry`.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::gather::Included;
use crate::codec::{Codec, CodecError};
use crate::domain::registry::{Authority, Body, Theme};
use crate::domain::{Decider, Recorded};
use crate::event_store::{EventStore, StreamName};

/// Events read at once: a registry entry has few.
const PAGE: usize = 500;

/// The names that were asked for.
pub struct Names {
    store: Arc<dyn EventStore>,
    codec: Arc<Codec>,
    as_of: Timestamp,
    known: HashMap<String, String>,
}

impl Names {
    /// No names yet.
    pub fn at(store: Arc<dyn EventStore>, codec: Arc<Codec>, as_of: Timestamp) -> Self {
        Self { store, codec, as_of, known: HashMap::new() }
    }

    /// Looks up every code that an event mentions.
    pub(super) async fn learn(&mut self, event: &Included) -> Result<(), CodecError> {
        self.learn_in(&event.shown).await?;
        let actor = &event.metadata.actor;
        for body in [Some(&actor.body_id), actor.on_behalf_of.as_ref()].into_iter().flatten() {
            self.name(body.as_str()).await?;
        }
        Ok(())
    }

    /// Looks up every code in a document.
    ///
    /// # Errors
    ///
    /// [`CodecError`] when the registry cannot be read.
    pub async fn learn_in(&mut self, value: &Value) -> Result<(), CodecError> {
        let mut codes = Vec::new();
        strings(value, &mut codes);
        for code in codes {
            self.name(&code).await?;
        }
        Ok(())
    }

    /// The name of a code, looked up.
    ///
    /// # Errors
    ///
    /// [`CodecError`] when the registry cannot be read.
    pub async fn name(&mut self, code: &str) -> Result<String, CodecError> {
        if let Some(name) = self.known.get(code) {
            return Ok(name.clone());
        }
        let mut name = code.to_owned();
        if let Some(body) = self.load::<Body>(code).await?
            && let Some(found) = body.names.latest()
        {
            name = found.to_string();
        }
        if let Some(authority) = self.load::<Authority>(code).await?
            && let Some(found) = authority.offices.latest()
        {
            name = format!("{found} ({code})");
        }
        if let Some(theme) = self.load::<Theme>(code).await?
            && let Some(found) = theme.labels.latest()
        {
            name = found.to_string();
        }
        self.known.insert(code.to_owned(), name.clone());
        Ok(name)
    }

    /// The name of a code that was looked up before; else the code.
    pub fn of(&self, code: &str) -> String {
        self.known.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    async fn load<D: Decider>(&self, code: &str) -> Result<Option<D::State>, CodecError> {
        let Ok(stream) = StreamName::new(format!("{}-{code}", D::CATEGORY)) else {
            return Ok(None);
        };
        let mut state = D::State::default();
        let mut from = 0;
        loop {
            let page = self.store.read_stream(&stream, from, PAGE).await?;
            for stored in &page {
                let fact: Recorded<D::Event> = self.codec.read(stored)?;
                if fact.recorded_at <= self.as_of {
                    D::evolve(&mut state, &fact);
                }
                from = stored.revision + 1;
            }
            if page.len() < PAGE {
                return Ok((from > 0).then_some(state));
            }
        }
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
