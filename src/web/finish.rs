//! The layer around every page: security headers, pages instead of faults, one log line.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::Site;
use super::fault::Fault;
use super::pages::access;
use super::visit::Visit;

/// What a browser may do with a page: show it, with our own style and script.
///
/// Forms go to this site only; a sign-in that leaves for an identity provider does so by
/// a link.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The headers of every answer.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Finishes an answer.
pub async fn finish(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let mut id = [0; 16];
    site.clock.fill(&mut id);
    let id = uuid::Uuid::from_bytes(id).simple().to_string();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let asked = request.headers().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());

    let mut response = next.run(request).await;
    if let Some(fault) = fault(&response) {
        response = help(&site, &method, &uri, &asked, &fault, &id, response).await;
    }
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    let (status, elapsed) = (response.status().as_u16(), started.elapsed());
    tracing::debug!(
        operation = %route,
        method = %method,
        status,
        duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        trace.id = %id,
        "page shown"
    );
    response
}

/// What stands against an answer, ours or the framework's.
fn fault(response: &Response) -> Option<Fault> {
    if let Some(fault) = response.extensions().get::<Fault>() {
        return Some(fault.clone());
    }
    let refused = response.status().is_client_error() || response.status().is_server_error();
    // A page that says what is wrong has a type; the framework's refusals are plain text.
    let page = response.headers().get(header::CONTENT_TYPE);
    let page = page.is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    (refused && !page).then(|| match response.status() {
        StatusCode::NOT_FOUND => Fault::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Fault::Method,
        StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge,
        status if status.is_client_error() => {
            Fault::BadAddress("La richiesta non è comprensibile.".into())
        }
        status => Fault::internal(&format_args!("the framework answered {status}")),
    })
}

async fn help(
    site: &Arc<Site>,
    method: &Method,
    uri: &axum::http::Uri,
    asked: &HeaderMap,
    fault: &Fault,
    id: &str,
    refusal: Response,
) -> Response {
    let visit = Visit::of(site, uri, asked).await.unwrap_or_else(|_| Visit::of_nobody(site, uri));
    if *fault == Fault::SignIn && matches!(*method, Method::GET | Method::HEAD) {
        return Redirect::to(&access::address(&visit.address)).into_response();
    }
    let mut page = fault.page(&visit, id);
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = refusal.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
