//! THE table of readings, and of the few commands beside the acts.
//!
//! A row says where something is read, what it is called, which parameters it takes
//! and what it answers; the handlers stand beside, one file for each kind of thing.

mod accounts;
mod cases;
mod documents;
mod extract;
mod feed;
mod history;
mod issues;
mod letter;
mod log;
mod plumbing;
mod readers;
mod registry;
mod status;
mod table_accounts;
mod table_cases;
mod table_log;
mod table_service;
mod table_whole;
mod tokens;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::routing::MethodRouter;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::Api;
use super::openapi::components;

/// Whether a reading needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: without a token, what was published.
    Public,
    /// Somebody signed in.
    SignedIn,
}

/// A row of the table.
pub struct Read {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path below `/api/v1`.
    pub path: &'static str,
    /// The `operationId`.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// A few lines.
    pub description: &'static str,
    /// Who may call.
    pub access: Access,
    /// Parameters of the address.
    pub parameters: fn() -> Vec<Value>,
    /// What it answers, and what it takes.
    pub answer: fn(&mut BTreeMap<String, Value>) -> Answer,
    /// The handler.
    pub route: fn() -> MethodRouter<Arc<Api>>,
}

/// What a row answers, for the API document.
pub struct Answer {
    /// The status of success.
    pub status: u16,
    /// When it is given.
    pub description: &'static str,
    /// The content by media type.
    pub content: Value,
    /// The body it takes.
    pub request: Option<Value>,
    /// Statuses of refusal beside the common ones.
    pub problems: &'static [u16],
}

impl Answer {
    /// A JSON representation of a type.
    pub fn of<T: ToSchema + PartialSchema>(
        name: &str,
        components: &mut BTreeMap<String, Value>,
    ) -> Self {
        components::add::<T>(name, components);
        Self::json(name)
    }

    fn json(name: &str) -> Self {
        Self {
            status: 200,
            description: "What was asked for.",
            content: json!({"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{name}")},
            }}),
            request: None,
            problems: &[],
        }
    }

    /// The same, as CSV too.
    #[must_use]
    pub fn or_csv(mut self) -> Self {
        if let Value::Object(content) = &mut self.content {
            content.insert(
                "text/csv".into(),
                json!({"schema": {"type": "string", "maxLength": 10_000_000}}),
            );
        }
        self
    }

    /// Content of other media types.
    pub fn media(description: &'static str, media: &[&str]) -> Self {
        let content: Map<String, Value> = media
            .iter()
            .map(|media| {
                (
                    (*media).to_owned(),
                    json!({"schema": {"type": "string", "maxLength": 30_000_000}}),
                )
            })
            .collect();
        Self {
            status: 200,
            description,
            content: Value::Object(content),
            request: None,
            problems: &[],
        }
    }

    /// The same with a body.
    #[must_use]
    pub fn taking(mut self, request: Value, problems: &'static [u16]) -> Self {
        self.request = Some(request);
        self.problems = problems;
        self
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// No parameters.
pub fn none() -> Vec<Value> {
    Vec::new()
}

/// The parameters of a moment, and no others.
pub fn dated() -> Vec<Value> {
    and_dated(Vec::new())
}

/// Parameters, and those of a moment.
pub fn and_dated(mut parameters: Vec<Value>) -> Vec<Value> {
    parameters.extend(super::moment::parameters());
    parameters
}

/// The schema of a body, by the type that carries it.
fn body<T: ToSchema + PartialSchema>(
    name: &str,
    components: &mut BTreeMap<String, Value>,
) -> Value {
    components::add::<T>(name, components);
    json!({"required": true, "description": "What is asked for.", "content": {"application/json": {
        "schema": {"$ref": format!("#/components/schemas/{name}")},
    }}})
}

/// What a list answers: for those signed in, and for the public.
fn two<A: ToSchema + PartialSchema, B: ToSchema + PartialSchema>(
    names: [&str; 2],
    components: &mut BTreeMap<String, Value>,
) -> Answer {
    components::add::<B>(names[1], components);
    let mut answer = Answer::of::<A>(names[0], components);
    // An empty list is both.
    answer.content["application/json"]["schema"] = json!({"anyOf": [
        {"$ref": format!("#/components/schemas/{}", names[0])},
        {"$ref": format!("#/components/schemas/{}", names[1])},
    ]});
    answer
}

/// Every reading, and every command beside the acts.
pub fn all() -> impl Iterator<Item = &'static Read> {
    table_cases::READS
        .iter()
        .chain(table_whole::READS)
        .chain(table_log::READS)
        .chain(table_service::READS)
        .chain(table_accounts::READS)
}
