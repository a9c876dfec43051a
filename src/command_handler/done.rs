//! What came of a command.
//!
//! Depends on: `event_store`, `notary`.

use jiff::Timestamp;
use uuid::Uuid;

use crate::event_store::{Appended, Expected, GlobalPosition, NewEvent, Revision, StreamName};
use crate::notary::{Hash, Leaf, Logged, is_logged};

/// What came of a command.
#[derive(Debug, Clone)]
pub struct Done {
    /// The id of the first event; what the command created has it too.
    pub event_id: Uuid,
    /// The last revision of the stream afterwards.
    pub revision: Revision,
    /// Where the last event stands in the store.
    pub position: GlobalPosition,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether it was a retry, or nothing was to be done.
    pub already: bool,
    /// The hash under which the first event is in the log; none for what is not logged,
    /// and when nothing was to be done.
    pub leaf: Option<Hash>,
}

/// What came of a command that was appended.
pub(super) fn done(
    stream: &StreamName,
    expected: Expected,
    written: &[NewEvent],
    appended: Appended,
    recorded_at: Timestamp,
) -> Done {
    let first = written.first();
    let leaf = first.and_then(|event| {
        leaf(&Logged {
            stream: stream.as_str(),
            revision: expected.next(),
            id: event.id,
            stored_type: &event.stored_type,
            data: &event.data,
            metadata: &event.metadata,
        })
    });
    Done {
        event_id: first.map_or_else(Uuid::nil, |event| event.id),
        revision: appended.last_revision,
        position: appended.position,
        recorded_at,
        already: false,
        leaf,
    }
}

/// The hash of the leaf of an event, as the log will hold it.
pub(super) fn leaf(event: &Logged<'_>) -> Option<Hash> {
    // Metadata that the codec has just written or read have a leaf.
    is_logged(event.stream).then(|| Leaf::of(event).ok()).flatten().map(|leaf| leaf.hash)
}
