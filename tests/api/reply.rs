//! What comes back, and what is true of every reply.

use axum::http::HeaderMap;
use quesito::http::problems;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::BASE;

/// An answer of the API.
pub struct Reply {
    /// The request, for messages.
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// The JSON body; `Null` when there is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

/// What a command that came to pass answers.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The id of the thing.
    pub id: String,
    /// The id of the event, and of what it created inside the thing.
    pub event: String,
    /// The revision to go on from.
    pub etag: String,
}

impl Receipt {
    pub fn event_id(&self) -> Uuid {
        self.event.parse().unwrap()
    }

    /// The id of the n-th thing in a list that the event brought along.
    pub fn inner(&self, list: &str, index: usize) -> String {
        quesito::domain::values::inner_id(self.event_id(), list, index).to_string()
    }
}

impl Reply {
    pub fn new(request: String, status: u16, headers: HeaderMap, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let body = serde_json::from_slice(bytes).unwrap_or_default();
        let reply = Self { request, status, headers, body, text };
        if status >= 400 {
            reply.check_problem();
        }
        reply
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The last segment of the problem's type.
    pub fn slug(&self) -> &str {
        self.body["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
    }

    /// The problem without what differs from run to run.
    pub fn problem(&self) -> Value {
        assert!(self.status >= 400, "{}: {} {}", self.request, self.status, self.text);
        let mut problem = self.body.clone();
        problem["type"] = self.slug().into();
        problem.as_object_mut().unwrap().remove("trace_id");
        problem
    }

    /// The problem in short: slug, status, and each field with its kind of fault.
    pub fn faults(&self) -> Value {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let fields: Vec<_> = errors
            .iter()
            .map(|error| {
                let part = |name: &str| error[name].as_str().unwrap_or_default();
                format!("{} {}", part("pointer"), part("kind"))
            })
            .collect();
        json!([self.status, self.slug(), fields])
    }

    /// The receipt of a command that came to pass.
    #[track_caller]
    pub fn receipt(&self) -> Receipt {
        assert_eq!(self.status, 201, "{}: {}", self.request, self.text);
        let part = |name: &str| self.body[name].as_str().unwrap_or_default().to_owned();
        let (location, etag) = (self.header("location"), self.header("etag"));
        assert_eq!(self.body["links"]["self"], location, "{}", self.request);
        assert!(location.starts_with(&format!("{BASE}/api/v1/")), "{location}");
        let revision = self.body["revision"].to_string();
        assert!(etag.starts_with(&format!("\"{revision}.")), "{}: {etag}", self.request);
        assert_eq!(part("position").len(), 16);
        assert!(part("recorded_at").ends_with('Z'));
        Receipt { id: part("id"), event: part("event_id"), etag: etag.to_owned() }
    }

    /// What RFC 9457 and the house ask of every refusal.
    fn check_problem(&self) {
        let Self { request, body, text, .. } = self;
        assert_eq!(self.header("content-type"), "application/problem+json", "{request}: {text}");
        assert!(self.status < 500 || self.status == 503 || self.status == 507, "{request}: {text}");
        assert_eq!(body["status"], self.status, "{request}");
        let kind = body["type"].as_str().unwrap_or_default();
        assert!(kind.starts_with(&format!("{BASE}/problems/")), "{request}: {kind}");
        assert!(problems::explanation(self.slug()).is_some(), "{request}: no page for {kind}");
        for member in ["title", "detail", "trace_id"] {
            let filled = body[member].as_str().is_some_and(|text| !text.trim().is_empty());
            assert!(filled, "{request}: no {member}");
        }
        for error in body["errors"].as_array().into_iter().flatten() {
            assert!(error["detail"].as_str().is_some_and(is_a_sentence), "{request}: {error}");
            assert!(error["kind"].as_str().is_some_and(|kind| !kind.is_empty()), "{error}");
        }
        assert!(body["detail"].as_str().is_some_and(is_a_sentence), "{request}: {text}");
        for member in body.as_object().unwrap().keys() {
            let known = ["type", "title", "status", "detail", "errors", "trace_id"];
            assert!(known.contains(&member.as_str()), "{request}: {member}");
        }
        assert_eq!(self.header("cache-control"), "no-store", "{request}");
        assert_eq!(self.status == 401, self.headers.contains_key("www-authenticate"), "{request}");
        assert_eq!(self.status == 405, self.headers.contains_key("allow"), "{request}");
        assert!(self.status != 503 || self.headers.contains_key("retry-after"), "{request}");
    }
}

/// Whether a text begins like a sentence and ends like one.
fn is_a_sentence(text: &str) -> bool {
    let begins = text.starts_with(|first: char| !first.is_lowercase() && !first.is_whitespace());
    begins && text.ends_with('.')
}
