//! The statuses of refusals, with the trailers that clients look at.

use std::net::SocketAddr;

use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

use super::super::log::Unreadable;

pub fn planned(code: Code) -> Status {
    let text = match code {
        Code::Unavailable => "Server Is Not Ready",
        Code::Aborted => "Operation timed out: Commit phase timeout.",
        _ => "a planned fault",
    };
    Status::new(code, text)
}

pub fn not_ready() -> Status {
    Status::unavailable("Server Is Not Ready")
}

pub fn not_leader(leader: SocketAddr) -> Status {
    let (host, port) = (leader.ip().to_string(), leader.port().to_string());
    with(
        Code::NotFound,
        "Leader info available",
        &[
            ("exception", "not-leader"),
            ("leader-endpoint-host", &host),
            ("leader-endpoint-port", &port),
        ],
    )
}

pub fn access_denied() -> Status {
    with(Code::PermissionDenied, "Access Denied", &[("exception", "access-denied")])
}

pub fn stream_deleted(stream: &str) -> Status {
    with(
        Code::FailedPrecondition,
        format!("Event stream '{stream}' is deleted."),
        &[("exception", "stream-deleted"), ("stream-name", stream)],
    )
}

/// Of a deletion; an append says so in its answer.
pub fn wrong_version(stream: &str, expected: i64, found: i64) -> Status {
    let (expected, found) = (expected.to_string(), found.to_string());
    with(
        Code::FailedPrecondition,
        format!(
            "Delete failed due to WrongExpectedVersion. Stream: {stream}, \
             Expected version: {expected}, Actual version: {found}"
        ),
        &[
            ("exception", "wrong-expected-version"),
            ("stream-name", stream),
            ("expected-version", &expected),
            ("actual-version", &found),
        ],
    )
}

pub fn too_large(limit: usize) -> Status {
    let limit = limit.to_string();
    with(
        Code::InvalidArgument,
        format!("Maximum Append Size of {limit} Exceeded."),
        &[("exception", "maximum-append-size-exceeded"), ("maximum-append-size", &limit)],
    )
}

pub fn missing_property(name: &str) -> Status {
    with(
        Code::InvalidArgument,
        format!("Required Metadata Property '{name}' is missing"),
        &[
            ("exception", "missing-required-metadata-property"),
            ("required-metadata-properties", "type,content-type"),
        ],
    )
}

/// What a call says that no client may say.
pub fn malformed(what: &str) -> Status {
    Status::invalid_argument(format!("'{what}' is missing or not valid"))
}

/// Of a read; a missing stream is no refusal but an answer.
pub fn unreadable(why: Unreadable, stream: &str) -> Status {
    match why {
        Unreadable::Deleted => stream_deleted(stream),
        Unreadable::Missing => Status::not_found(format!("Event stream '{stream}' is not found.")),
        Unreadable::Position => Status::invalid_argument("The position is not one of a record."),
    }
}

fn with(code: Code, message: impl Into<String>, trailers: &[(&'static str, &str)]) -> Status {
    let mut metadata = MetadataMap::new();
    for (name, value) in trailers {
        // The name of a stream need not be ASCII; then it is in the message only.
        if let Ok(value) = MetadataValue::try_from(*value) {
            metadata.insert(*name, value);
        }
    }
    Status::with_metadata(code, message, metadata)
}
