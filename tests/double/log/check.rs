//! Whether an append may happen, or has already: the rules of the server's index writer.

use uuid::Uuid;

use super::{DELETED, Log, Outcome, revision};

/// What a writer expects of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Any,
    Exists,
    /// The revision of the last event; `-1` expects that there is none.
    Exact(i64),
}

impl Expected {
    pub const NO_STREAM: Self = Self::Exact(-1);
}

/// What is to be done with an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// `revive`: the stream is deleted and comes back.
    Write {
        revive: bool,
    },
    /// These events have been written; the revision of the last, and its position if it can
    /// still be read.
    Already {
        head: i64,
        position: Option<u64>,
    },
    Wrong,
    Gone,
}

impl Log {
    /// Decides on an append of these events.
    pub fn check(&self, stream: &str, expected: Expected, ids: &[Uuid]) -> Decision {
        let head = self.head(stream);
        if head == DELETED || self.original_is_gone(stream) {
            return Decision::Gone;
        }
        match expected {
            Expected::Exists if self.is_deleted(stream) => Decision::Gone,
            Expected::Exists if head < 0 && self.head(&super::meta::stream_of(stream)) < 0 => {
                Decision::Wrong
            }
            Expected::Any | Expected::Exists => self.check_ids(stream, ids),
            Expected::Exact(expected) if expected < head => {
                self.check_behind(stream, expected, ids)
            }
            Expected::Exact(expected) if expected > head => Decision::Wrong,
            Expected::Exact(_) => Decision::Write { revive: self.is_deleted(stream) },
        }
    }

    /// Decides on a deletion; `None` lets it happen.
    pub fn check_deletion(&mut self, stream: &str, expected: Expected) -> Option<Outcome> {
        // The deletion is an event with an identity of its own.
        let id = self.dice.id();
        match self.check(stream, expected, &[id]) {
            Decision::Write { .. } => None,
            Decision::Already { .. } | Decision::Wrong => {
                Some(Outcome::Wrong { head: revision(self.head(stream)) })
            }
            Decision::Gone => Some(Outcome::Gone),
        }
    }

    /// Without an exact revision, only the memory of the writer tells a repetition.
    fn check_ids(&self, stream: &str, ids: &[Uuid]) -> Decision {
        let mut last = None;
        for id in ids {
            match self.known.get(id) {
                Some((found, revision)) if **found == *stream => last = Some(*revision),
                _ if last.is_none() => break,
                // Some are repeated and some are new.
                _ => return Decision::Wrong,
            }
        }
        match last {
            Some(head) => {
                Decision::Already { head, position: self.readable_position(stream, head) }
            }
            None => Decision::Write { revive: self.is_deleted(stream) },
        }
    }

    /// Behind the head, the events after the expected one must be the same.
    fn check_behind(&self, stream: &str, expected: i64, ids: &[Uuid]) -> Decision {
        let mut revision = expected;
        for id in ids {
            revision += 1;
            let remembered =
                self.known.get(id).is_some_and(|(found, at)| **found == *stream && *at == revision);
            if remembered || self.stored_id(stream, revision) == Some(*id) {
                continue;
            }
            let first = revision == expected + 1;
            if first && expected == -1 && self.is_deleted(stream) {
                return Decision::Write { revive: true };
            }
            return Decision::Wrong;
        }
        if revision == expected {
            return Decision::Wrong;
        }
        Decision::Already { head: revision, position: self.readable_position(stream, revision) }
    }

    fn original_is_gone(&self, stream: &str) -> bool {
        stream.strip_prefix("$$").is_some_and(|original| self.head(original) == DELETED)
    }

    /// Whether or not a reader would be shown it.
    fn stored_id(&self, stream: &str, revision: i64) -> Option<Uuid> {
        let events = &self.streams.get(stream)?.events;
        let found = events.binary_search_by_key(&revision.cast_unsigned(), |event| event.revision);
        found.ok().map(|index| events[index].id)
    }

    fn readable_position(&self, stream: &str, revision: i64) -> Option<u64> {
        let stream = self.streams.get(stream)?;
        if stream.deleted() || revision < stream.first() {
            return None;
        }
        let revision = revision.cast_unsigned();
        let found = stream.events.binary_search_by_key(&revision, |event| event.revision);
        found.ok().map(|index| stream.events[index].position)
    }
}
