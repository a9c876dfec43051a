//! THE table of readings, and of the few commands beside the acts.
//!
//! A row says where something is read, what it is called, which parameters it takes
//! and what it answers; the handlers stand beside, one file for each kind of thing.

mod documents;
mod history;
mod issues;
mod plumbing;
mod status;
mod tokens;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::routing::MethodRouter;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::Api;
use super::openapi::components;
use super::params::describe;
use crate::projections::issues::{
    IssueDetail, IssueFacets, IssueList, PublicIssueList, PublicIssueRow,
};

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
    answer.content["application/json"]["schema"] = json!({"oneOf": [
        {"$ref": format!("#/components/schemas/{}", names[0])},
        {"$ref": format!("#/components/schemas/{}", names[1])},
    ]});
    answer
}

/// The history of a kind of thing.
macro_rules! history {
    ($path:literal, $id:literal, $route:path) => {
        Read {
            method: "get",
            path: $path,
            id: $id,
            summary: "Read the history of a thing",
            description: "Every event in the order of recording, with who recorded it, its two dates, its data as the reader may see them, and a sentence in Italian.",
            access: Access::SignedIn,
            parameters: none,
            answer: |all| Answer::of::<history::EventHistory>("EventHistory", all).or_csv(),
            route: $route,
        }
    };
}

/// Every reading, and every command beside the acts.
pub const READS: &[Read] = &[
    Read {
        method: "get",
        path: "/status",
        id: "show_status",
        summary: "Whether the service is well",
        description: "How far the views and the search index are behind the store, and which streams they cannot follow.",
        access: Access::Public,
        parameters: none,
        answer: |all| Answer::of::<status::ServiceStatus>("ServiceStatus", all),
        route: status::one,
    },
    Read {
        method: "get",
        path: "/issues",
        id: "list_issues",
        summary: "List issues",
        description: "What the caller may see, filtered, found by words, a page at a time; without a token, the published abstracts.",
        access: Access::Public,
        parameters: || describe::<issues::IssueParams>(),
        answer: |all| Answer {
            problems: &[422],
            ..two::<IssueList, PublicIssueList>(["IssueList", "PublicIssueList"], all).or_csv()
        },
        route: issues::collection,
    },
    Read {
        method: "get",
        path: "/issue-facets",
        id: "count_issues",
        summary: "Count issues by facet",
        description: "How many of the issues that the list would show have each status, norm, theme, kind of authority, province and year.",
        access: Access::SignedIn,
        parameters: || describe::<issues::IssueParams>(),
        answer: |all| Answer { problems: &[422], ..Answer::of::<IssueFacets>("IssueFacets", all) },
        route: issues::facets,
    },
    Read {
        method: "get",
        path: "/issues/{issue_id}",
        id: "show_issue",
        summary: "Show an issue",
        description: "The issue as it is now, with its positions, endorsements, questions, answers, solutions and the notes addressed to the caller; without a token, its published abstract.",
        access: Access::Public,
        parameters: none,
        answer: |all| two::<IssueDetail, PublicIssueRow>(["IssueDetail", "PublicIssueRow"], all),
        route: issues::one,
    },
    history!("/issues/{issue_id}/events", "list_issue_events", history::issue),
    history!(
        "/collective-questions/{question_id}/events",
        "list_question_events",
        history::question
    ),
    history!("/answers/{answer_id}/events", "list_answer_events", history::answer),
    history!("/solutions/{solution_id}/events", "list_solution_events", history::solution),
    history!(
        "/communications/{communication_id}/events",
        "list_communication_events",
        history::communication
    ),
    Read {
        method: "post",
        path: "/text-checks",
        id: "check_text",
        summary: "Check a text for personal data",
        description: "A dry run of the check that every text of a command goes through; nothing is kept.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::TextCheck>("TextCheck", all);
            Answer::of::<tokens::TextFindings>("TextFindings", all)
                .taking(request, &[413, 415, 422])
        },
        route: tokens::text_checks,
    },
    Read {
        method: "get",
        path: "/tokens",
        id: "list_tokens",
        summary: "List the tokens",
        description: "For operators. Never the tokens themselves.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| Answer {
            problems: &[403],
            ..Answer::of::<tokens::TokenList>("TokenList", all)
        },
        route: tokens::collection,
    },
    Read {
        method: "post",
        path: "/tokens",
        id: "create_token",
        summary: "Issue a token",
        description: "For operators. The token is shown this once; only its hash is kept.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::CreateToken>("CreateToken", all);
            Answer::of::<tokens::IssuedToken>("IssuedToken", all)
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(201)
        },
        route: axum::routing::MethodRouter::new,
    },
    Read {
        method: "post",
        path: "/tokens/{token_id}/revocation",
        id: "revoke_token",
        summary: "Revoke a token",
        description: "For operators. Repeating it is harmless.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = body::<tokens::RevokeToken>("RevokeToken", all);
            Answer::media("Revoked.", &[])
                .taking(request, &[403, 409, 413, 415, 422, 507])
                .with_status(204)
        },
        route: tokens::revocation,
    },
    Read {
        method: "post",
        path: "/documents",
        id: "upload_document",
        summary: "Put a document into the document store",
        description: "At most 25 MiB, encrypted under a key of its own. Events refer to it by its SHA-256.",
        access: Access::SignedIn,
        parameters: none,
        answer: |all| {
            let request = json!({"required": true, "description": "The bytes of the document.", "content": {
                "application/pdf": {"schema": {"type": "string", "format": "binary", "maxLength": 26_214_400}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary", "maxLength": 26_214_400}},
                "text/plain": {"schema": {"type": "string", "maxLength": 26_214_400}},
            }});
            Answer::of::<crate::operations::documents::StoredDocument>("StoredDocument", all)
                .taking(request, &[403, 409, 413, 415, 507])
                .with_status(201)
        },
        route: documents::collection,
    },
    Read {
        method: "get",
        path: "/documents/{sha256}",
        id: "show_document",
        summary: "Read a document",
        description: "Whoever may read a thing that refers to it may read the document; so may the body that put it there.",
        access: Access::SignedIn,
        parameters: || describe::<documents::DocumentParams>(),
        answer: |_| Answer {
            problems: &[410],
            ..Answer::media(
                "The bytes of the document.",
                &["application/pdf", "application/octet-stream", "text/plain"],
            )
        },
        route: documents::one,
    },
];
