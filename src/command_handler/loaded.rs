//! A stream as a decider sees it.
//!
//! Depends on: `domain`, `event_store`.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::Decider;
use crate::event_store::{GlobalPosition, Revision};

/// A stream, folded.
pub struct Loaded<D: Decider> {
    /// Its last revision; `None` when there is no such stream.
    pub revision: Option<Revision>,
    /// What it is now.
    pub state: D::State,
    /// When the last event was recorded.
    pub recorded_at: Timestamp,
    /// The position of its last event.
    pub position: GlobalPosition,
    /// The ids of its events, by which a retry is recognised.
    pub(super) events: Vec<Uuid>,
}

impl<D: Decider> Loaded<D> {
    /// Whether the stream holds an event: a command whose first event it holds is a retry.
    pub fn holds(&self, event: Uuid) -> bool {
        self.events.contains(&event)
    }
}

impl<D: Decider> Clone for Loaded<D> {
    fn clone(&self) -> Self {
        Self {
            revision: self.revision,
            state: self.state.clone(),
            recorded_at: self.recorded_at,
            position: self.position,
            events: self.events.clone(),
        }
    }
}

impl<D: Decider> Default for Loaded<D> {
    fn default() -> Self {
        Self {
            revision: None,
            state: D::State::default(),
            recorded_at: Timestamp::UNIX_EPOCH,
            position: GlobalPosition::START,
            events: Vec::new(),
        }
    }
}
