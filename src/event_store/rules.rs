//! What the engines of this crate decide alike, so that they cannot differ.
//!
//! Deliberately absent: any storage.
//!
//! Depends on: the port.

use std::collections::HashMap;
use std::sync::Arc;

use super::{AppendError, Expected, Revision};

/// Names of stored types that are shared by the events that have them.
const KNOWN_TYPES: usize = 1024;

/// The few types of a store are shared by all its events.
pub(super) fn known_type(name: &str, types: &mut HashMap<String, Arc<str>>) -> Arc<str> {
    if let Some(known) = types.get(name) {
        return Arc::clone(known);
    }
    let new: Arc<str> = name.into();
    if types.len() < KNOWN_TYPES {
        types.insert(name.to_owned(), Arc::clone(&new));
    }
    new
}

/// What is to be done with a batch, given where its stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The writer was right: append from this revision on.
    Append(Revision),
    /// The stream is longer than the writer believed and holds as many events as the
    /// batch from this revision on: a retry if their ids are the same.
    Compare(Revision),
    /// The writer was wrong, and the batch cannot be there.
    Conflict,
}

/// Compares what the writer believes with the last revision of the stream.
pub(super) fn judge(expected: Expected, actual: Option<Revision>, events: usize) -> Verdict {
    let first = expected.next();
    let length = actual.map_or(0, |last| last.saturating_add(1));
    let stands_there = match expected {
        Expected::NoStream => actual.is_none(),
        Expected::Exact(revision) => actual == Some(revision),
    };
    let end = first.saturating_add(u64::try_from(events).unwrap_or(u64::MAX));
    match stands_there {
        true => Verdict::Append(first),
        false if end <= length => Verdict::Compare(first),
        false => Verdict::Conflict,
    }
}

/// A ring is written once with its event; a second one would overwrite living keys.
pub(super) fn ring_taken(id: i64) -> AppendError {
    AppendError::Unavailable(format!("key ring {id} exists already"))
}

/// Only a ring that is there can be replaced.
pub(super) fn ring_missing(id: i64) -> AppendError {
    AppendError::Unavailable(format!("key ring {id} does not exist"))
}

/// Rings are replaced in place, which is what leaves no copy of the old bytes.
pub(super) fn ring_longer(id: i64) -> AppendError {
    AppendError::Unavailable(format!("key ring {id} cannot be replaced by a longer one"))
}

/// What an append answers after `close`.
pub(super) fn closed() -> AppendError {
    AppendError::Unavailable("it is closed".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_who_is_right_appends() {
        assert_eq!(judge(Expected::NoStream, None, 1), Verdict::Append(0));
        assert_eq!(judge(Expected::Exact(4), Some(4), 3), Verdict::Append(5));
    }

    #[test]
    fn a_batch_that_fits_into_the_stream_may_be_a_retry() {
        assert_eq!(judge(Expected::NoStream, Some(0), 1), Verdict::Compare(0));
        assert_eq!(judge(Expected::Exact(1), Some(9), 8), Verdict::Compare(2));
    }

    #[test]
    fn a_batch_that_reaches_beyond_the_stream_is_a_conflict() {
        assert_eq!(judge(Expected::NoStream, Some(0), 2), Verdict::Conflict);
        assert_eq!(judge(Expected::Exact(0), None, 1), Verdict::Conflict);
        assert_eq!(judge(Expected::Exact(7), Some(3), 1), Verdict::Conflict);
        assert_eq!(judge(Expected::Exact(u64::MAX), Some(3), 1), Verdict::Conflict);
    }
}
