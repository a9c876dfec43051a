//! The shape of a file of cases (schema `quesito-cases-2`), and what can be said
//! against one before any of it is recorded.
//!
//! A file is a registry and a list of cases, each with its timeline. `order` runs
//! over all of them and gives the sequence in which everything is created before it
//! is referred to; streams and ids are symbolic.
//!
//! Depends on: `domain`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::ImportError;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day};

/// The schema this version reads.
pub const SCHEMA: &str = "quesito-cases-2";

/// A file of cases, in the order in which its events are recorded.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// What is to be shown wherever its contents are shown.
    pub disclaimer_it: Option<String>,
    /// Every event, by its place in the order.
    pub events: Vec<FileEvent>,
    /// Tells the file apart from others: the SHA-256 of its bytes.
    pub digest: String,
}

/// One event of a file.
#[derive(Debug, Clone, Deserialize)]
pub struct FileEvent {
    /// Its place.
    pub order: u32,
    /// The symbolic name of its stream, such as `issue:PUB-001`.
    pub stream: String,
    /// Its type without a version, such as `issue-reported`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The date of what was recorded.
    pub occurred_on: Day,
    /// The day on which it was recorded.
    pub recorded_on: Day,
    /// Who recorded it.
    pub actor: FileActor,
    /// On whose behalf.
    pub on_behalf_of: Option<BodyId>,
    /// What was recorded, with symbolic references.
    pub data: Map<String, Value>,
}

/// Who recorded an event.
#[derive(Debug, Clone, Deserialize)]
pub struct FileActor {
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    disclaimer_it: Option<String>,
    #[serde(default)]
    registry: Vec<FileEvent>,
    #[serde(default)]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    timeline: Vec<FileEvent>,
}

impl CaseFile {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ImportError`] when it is not of this schema, two events share a place, or the
    /// days of recording decrease along the order.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImportError> {
        let document: Document = serde_json::from_slice(bytes)
            .map_err(|why| ImportError::Unreadable(why.to_string()))?;
        if document.schema != SCHEMA {
            return Err(ImportError::Schema(document.schema));
        }
        let timelines = document.cases.into_iter().flat_map(|case| case.timeline);
        let mut events: Vec<_> = document.registry.into_iter().chain(timelines).collect();
        events.sort_by_key(|event| event.order);
        for (before, after) in events.iter().zip(events.iter().skip(1)) {
            if before.order == after.order {
                return Err(ImportError::SamePlace(after.order));
            }
            if after.recorded_on < before.recorded_on {
                return Err(ImportError::Decreasing {
                    order: after.order,
                    day: after.recorded_on,
                    before: before.recorded_on,
                });
            }
        }
        let digest = crate::privacy::sha256_hex(bytes);
        Ok(Self { disclaimer_it: document.disclaimer_it, events, digest })
    }

    /// The cases of the demonstration, which are compiled into the program.
    ///
    /// # Errors
    ///
    /// [`ImportError`] never in practice: a test reads them.
    pub fn demonstration() -> Result<Self, ImportError> {
        Self::parse(include_bytes!("../data/cases.json"))
    }
}
