//! Rings of wrapped keys, as the port passes them on.
//!
//! Deliberately absent: what the bytes mean (`privacy`).
//!
//! Depends on: the port.

use std::fmt;

use super::Revision;

/// The wrapped text keys of one event, stored in the same commit as the event
/// but outside the log, so that a key can be destroyed and an event cannot.
#[derive(Clone)]
pub struct KeyRing {
    /// Names the ring; unique in a store, growing with time.
    pub id: i64,
    /// Under which epoch key the text keys are wrapped.
    pub epoch: u32,
    /// The wrapped keys one after the other; a destroyed key is all zeros.
    pub wrapped: Vec<u8>,
    /// How often the ring had been replaced when it was read, where other processes may
    /// replace it too: what is made of it takes its place only if that is still so. `None`
    /// for what was not read, and where one process alone writes.
    pub read_at: Option<Revision>,
}

/// Two rings are the same when they hold the same keys, wherever they were read.
impl PartialEq for KeyRing {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.epoch == other.epoch && self.wrapped == other.wrapped
    }
}

impl Eq for KeyRing {}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({}, epoch {}, {} bytes)", self.id, self.epoch, self.wrapped.len())
    }
}
