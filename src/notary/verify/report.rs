//! What verification finds.

use std::fmt;

use super::super::checkpoint::Checkpoint;
use super::super::tree::Hash;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Damage {
    /// The stored bytes are not those that were signed.
    Altered,
    /// Events are gone.
    Missing,
    /// An event was put in that was never signed there.
    Inserted,
    /// Events stand in another order.
    Order,
    /// An event cannot be read at all.
    Unreadable,
    /// The log is not the one that a checkpoint was signed over.
    Forked,
    /// A signature does not hold.
    Signature,
    /// The file itself is damaged.
    File,
}

impl Damage {
    /// The kind in one word, for people and scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Missing => "missing",
            Self::Inserted => "inserted",
            Self::Order => "order",
            Self::Unreadable => "unreadable",
            Self::Forked => "forked",
            Self::Signature => "signature",
            Self::File => "file",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stream, where one event is concerned.
    pub stream: Option<String>,
    /// The revision, where one event is concerned.
    pub revision: Option<i64>,
    /// The kind of damage.
    pub damage: Damage,
    /// In words, without content.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.damage.word())?;
        match (&self.stream, self.revision) {
            (Some(stream), Some(revision)) => write!(f, "{stream} revision {revision}: ")?,
            (Some(stream), None) => write!(f, "{stream}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.detail)
    }
}

/// A checkpoint that somebody kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is called in the report.
    pub label: String,
    /// The head.
    pub checkpoint: Checkpoint,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// All events, operational ones included.
    pub events: u64,
    /// Their streams.
    pub streams: u64,
    /// Leaves of the log.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// What was compared with.
    pub compared: Vec<Kept>,
    /// What is wrong; empty when nothing is.
    pub faults: Vec<Fault>,
}
