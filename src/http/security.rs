//! What browsers are told of every answer of the API and of the addresses beside it: not to
//! guess its type, not to show it inside another page, not to run or fetch anything.
//!
//! Deliberately absent: the pages, which have headers of their own.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// For documents that want nothing but to be read.
const NOTHING: &str =
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// For the documentation, which runs the script that it is served with.
const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The headers of every answer at an address.
pub fn tell(path: &str, headers: &mut HeaderMap) {
    let documentation = path == "/docs" || path.starts_with("/docs/");
    let policy = if documentation { DOCUMENTATION } else { NOTHING };
    let all: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
