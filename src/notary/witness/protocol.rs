//! The one request of the protocol, as text.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::note::Note;
use super::super::tiles::decimal;
use super::super::tree::{Hash, LONGEST_PROOF};

/// The longest request that is read, in bytes.
pub const MOST_BYTES: usize = 16 * 1024;

/// A head that is shown to a witness, and the proof that it extends an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the older tree.
    pub old: u64,
    /// The proof.
    pub proof: Vec<Hash>,
    /// The signed head.
    pub note: Note,
}

impl AddCheckpoint {
    /// Reads a request; `None` when it is not one.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok();
        let proof: Vec<Hash> = lines.map(hash).collect::<Option<_>>()?;
        if proof.len() > LONGEST_PROOF {
            return None;
        }
        Some(Self { old, proof, note: Note::parse(note).ok()? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}
