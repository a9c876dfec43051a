//! The head of the tree as a text to be signed (C2SP tlog-checkpoint).
//!
//! Depends on: nothing in this crate.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::note::{Note, NoteError, Skey, Vkey};
use super::tiles::decimal;
use super::tree::Hash;

/// The head of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the only place where its identity stands.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The note that a key signs over it.
    pub fn sign(&self, key: &Skey) -> Note {
        let text = self.to_string();
        Note { lines: vec![key.sign(&text)], text }
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    ///
    /// [`NoteError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.split_terminator('\n');
        let mut next = || lines.next().ok_or(NoteError::Malformed);
        let (origin, size, root) = (next()?, next()?, next()?);
        let size = decimal(size).ok_or(NoteError::Malformed)?;
        let root = STANDARD.decode(root).map_err(|_| NoteError::Malformed)?;
        let root = root.try_into().map_err(|_| NoteError::Malformed)?;
        if origin.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Reads a signed note and checks that the log's key signed it.
    ///
    /// # Errors
    ///
    /// [`NoteError`].
    pub fn open(note: &str, key: &Vkey) -> Result<Self, NoteError> {
        let note = Note::parse(note)?;
        note.check(key)?;
        let checkpoint = Self::parse(&note.text)?;
        // The origin is the name of the key: a checkpoint of another log is no checkpoint.
        if checkpoint.origin == key.name { Ok(checkpoint) } else { Err(NoteError::Unsigned) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notary::note::Use;

    #[test]
    fn a_checkpoint_is_read_as_it_was_signed() {
        let key = Skey::new("log.example/a", Use::Note, &[7; 32]).unwrap();
        let checkpoint = Checkpoint { origin: "log.example/a".into(), size: 42, root: [5; 32] };
        let note = checkpoint.sign(&key).to_string();
        assert_eq!(Checkpoint::open(&note, key.vkey()), Ok(checkpoint));
        let other = Checkpoint { origin: "log.example/b".into(), size: 42, root: [5; 32] };
        let note = other.sign(&key).to_string();
        assert_eq!(Checkpoint::open(&note, key.vkey()), Err(NoteError::Unsigned));
    }

    #[test]
    fn what_is_not_a_checkpoint_is_refused() {
        let root = STANDARD.encode([5; 32]);
        for wrong in ["", "a\n", "a\n1\n", "a\n01\nx\n", "\n1\nAAAA\n", "a\n1\nAAAA\n"] {
            assert_eq!(Checkpoint::parse(wrong), Err(NoteError::Malformed), "{wrong:?}");
        }
        assert!(Checkpoint::parse(&format!("a\n1\n{root}\nextension\n")).is_ok());
        assert!(Checkpoint::parse(&format!("a\n-1\n{root}\n")).is_err());
    }
}
