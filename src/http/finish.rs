//! The layer around every answer: trace id, problem documents, limits, security headers,
//! one log line.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Api;
use super::problem::{MEDIA_TYPE, Problem};
use super::request::Trace;
use super::{position, security};
use crate::event_store::GlobalPosition;

/// The longest values of headers that are read, in bytes; the API document states them.
const LONGEST: &[(&str, usize)] = &[("traceparent", 100), ("if-none-match", 400)];

/// Finishes an answer.
pub async fn finish(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let trace = Trace { id: trace_id(&api, &request) };
    request.extensions_mut().insert(trace.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);

    let wanted = position::asked(&api, &method, request.headers());
    let grant = api.limiter.ask(&request, api.clock.now().as_second());
    let mut response = match &grant {
        Some(grant) if grant.exceeded => too_many(grant.reset).into_response(),
        _ => match over_length(&request) {
            Some(refusal) => refusal.into_response(),
            None => match shown(&api, wanted).await {
                Ok(()) => next.run(request).await,
                // Who you are comes before what is wrong with what you sent.
                Err(refusal) => match next.run(request).await {
                    answer if answer.status() == StatusCode::UNAUTHORIZED => answer,
                    _ => refusal.into_response(),
                },
            },
        },
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        response = document(&api, response, &trace);
    }
    let status = response.status();
    if let Some(grant) = &grant {
        grant.tell(response.headers_mut());
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    security::tell(&path, headers);
    if let Ok(id) = HeaderValue::from_str(&trace.id) {
        headers.insert("x-request-id", id);
    }
    let elapsed = started.elapsed();
    if let Some(metrics) = &api.metrics {
        metrics.answered(&method, route, status, elapsed);
    }
    tracing::debug!(
        operation = route.unwrap_or("unmatched"),
        method = %method,
        status = status.as_u16(),
        duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        trace.id = %trace.id,
        "answered"
    );
    response
}

/// Waits for the write that a reading is to show.
async fn shown(api: &Api, wanted: Result<Option<GlobalPosition>, Problem>) -> Result<(), Problem> {
    match wanted? {
        Some(position) => position::reached(api, position).await,
        None => Ok(()),
    }
}

/// The trace id of a well-formed `traceparent`, or a new one.
fn trace_id(api: &Api, request: &Request) -> String {
    let given = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let parts = given.map(|given| given.split('-').collect::<Vec<_>>()).unwrap_or_default();
    if let [_, id, _, ..] = parts.as_slice()
        && id.len() == 32
        && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && id.bytes().any(|b| b != b'0')
    {
        return (*id).to_owned();
    }
    let mut bytes = [0; 16];
    api.clock.fill(&mut bytes);
    uuid::Uuid::from_bytes(bytes).simple().to_string()
}

/// The refusal of a header that is longer than the API document allows. A `traceparent`
/// that is merely not well-formed is replaced in silence, as its standard asks.
fn over_length(request: &Request) -> Option<Problem> {
    LONGEST.iter().find_map(|(name, longest)| {
        let value = request.headers().get(*name)?;
        (value.len() > *longest).then(|| {
            Problem::malformed(format!("L'intestazione {name} è troppo lunga.")).at(
                *name,
                "too_long",
                &format!("Al massimo {longest} caratteri."),
            )
        })
    })
}

fn too_many(reset: u32) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "Troppe richieste",
        "Il numero di richieste ammesse in un minuto è stato superato.",
    )
    .retry_after(reset)
}

/// Turns a refusal, ours or the framework's, into its document.
fn document(api: &Api, response: Response, trace: &Trace) -> Response {
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => problem,
        // Somebody below made a document of their own (none does today).
        None if is_problem(&parts.headers) => return Response::from_parts(parts, body),
        None => framework(parts.status),
    };
    let document = problem.document(&api.base, &trace.id);
    let bytes = serde_json::to_vec(&document).unwrap_or_default();
    parts.status = problem.status;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

fn is_problem(headers: &axum::http::HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value == MEDIA_TYPE)
}

/// What the framework refuses by itself.
fn framework(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(
            status,
            "method-not-allowed",
            "Metodo non ammesso",
            "Questo indirizzo non ammette il metodo usato; l'intestazione Allow dice quali ammette.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            status,
            "too-large",
            "Contenuto troppo grande",
            "Il contenuto supera la dimensione ammessa.",
        ),
        status if status.is_client_error() => {
            Problem { status, ..Problem::malformed("La richiesta non è comprensibile.") }
        }
        status => {
            Problem { status, ..Problem::internal(&format_args!("framework answered {status}")) }
        }
    }
}
