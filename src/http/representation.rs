//! What is answered to a reading: entity tags, conditions, bytes kept for the next asker.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Serialize;

use super::moment;
use super::problem::Problem;
use crate::access::Scope;
use crate::domain::registry::Role;
use crate::event_store::Revision;
use crate::projections::Held;

/// How many bytes of answers are kept.
const KEPT_BYTES: u64 = 24 * 1024 * 1024;

/// An answer as bytes, good for one generation of the views and one day.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body.
    pub bytes: Bytes,
    /// The entity tag, with its quotes.
    pub etag: HeaderValue,
    /// The media type.
    pub media: &'static str,
    generation: u64,
    held: Option<Held>,
}

/// To whom an answer may be given again: the address, what the caller may read, and
/// the day, since some answers count days.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// Path and query.
    pub address: String,
    /// What the caller may read.
    pub scope: Scope,
    /// In which role: notes are for some and not for others.
    pub role: Option<Role>,
    /// Whether it is CSV.
    pub csv: bool,
    /// The civil day.
    pub day: jiff::civil::Date,
}

#[derive(Clone)]
struct Bytewise;

impl Weighter<Question, Arc<Answer>> for Bytewise {
    fn weight(&self, key: &Question, answer: &Arc<Answer>) -> u64 {
        (answer.bytes.len() + key.address.len() + 200) as u64
    }
}

/// Answers kept under the generation of the views they were made from.
pub struct Answers(Cache<Question, Arc<Answer>, Bytewise>);

impl Default for Answers {
    fn default() -> Self {
        Self(Cache::with_weighter(2_048, KEPT_BYTES, Bytewise))
    }
}

impl Answers {
    /// The answer to a question, if it was given in this generation.
    pub fn get(&self, question: &Question, generation: u64) -> Option<Arc<Answer>> {
        self.0.get(question).filter(|answer| answer.generation == generation)
    }

    /// Keeps an answer.
    pub fn keep(&self, question: Question, answer: Arc<Answer>) {
        self.0.insert(question, answer);
    }
}

impl Answer {
    /// An answer from a representation.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when it cannot be written as JSON.
    pub fn json(
        value: &impl Serialize,
        revision: Option<Revision>,
        generation: u64,
    ) -> Result<Self, Problem> {
        let bytes = serde_json::to_vec(value).map_err(|why| Problem::internal(&why))?;
        // What is kept takes as much as it is long, and no room to grow.
        Ok(Self::new(bytes.into_boxed_slice(), "application/json", revision, generation))
    }

    /// An answer from bytes.
    pub fn new(
        bytes: impl Into<Bytes>,
        media: &'static str,
        revision: Option<Revision>,
        generation: u64,
    ) -> Self {
        let bytes = bytes.into();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let hash = hasher.finish();
        // Only the revision counts for `If-Match`; the hash for `If-None-Match`.
        let tag = match revision {
            Some(revision) => format!("\"{revision}.{hash:016x}\""),
            None => format!("\"{hash:016x}\""),
        };
        let etag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"-\""));
        Self { bytes, etag, media, generation, held: None }
    }

    /// The same, saying for which moment of the past it holds.
    #[must_use]
    pub fn held(self, held: Option<Held>) -> Self {
        Self { held, ..self }
    }

    /// The response, or 304 when the caller has it already.
    pub fn respond(&self, request: &HeaderMap) -> Response {
        let mut response = if has_already(request, &self.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(self.bytes.clone()));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
            response
        };
        response.headers_mut().insert(header::ETAG, self.etag.clone());
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(held) = &self.held {
            moment::tell(held, response.headers_mut());
        }
        response
    }
}

/// A value as a JSON document, that is not kept.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(why) => Problem::internal(&why).into_response(),
        }
    }
}

fn has_already(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let own = etag.to_str().unwrap_or_default();
    known.is_some_and(|known| {
        known.trim() == "*"
            || known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == own)
    })
}
