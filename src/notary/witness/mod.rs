//! A second party that keeps the last head of a log and signs only what extends it
//! (C2SP tlog-witness, cosignature/v1).
//!
//! Whoever trusts log and witness need not compare notes with others: two histories of
//! one log never carry the same witness's signature.
//!
//! Deliberately absent: HTTP on the side of the witness (the command line serves it), and
//! any knowledge of what is logged.
//!
//! Depends on: `private_file`.

mod asking;
mod protocol;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

pub use asking::{Asking, WitnessState, WitnessTarget};
pub use protocol::{AddCheckpoint, MOST_BYTES};

use super::checkpoint::Checkpoint;
use super::hex;
use super::note::{Note, Skey, Vkey};
use super::tree;
use crate::private_file::{self, FileError};

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The line of the cosignature (200).
    Cosigned(String),
    /// The request is not one (400).
    Malformed,
    /// No key that the witness knows signed the checkpoint (403).
    Unsigned,
    /// The log is none of those that the witness knows (404).
    Unknown,
    /// The witness has seen a tree of another size than the request begins with (409).
    OtherSize(u64),
    /// The witness has seen another tree of that very size (409).
    OtherTree(u64),
    /// The proof does not hold: the log has two histories (422).
    Inconsistent,
}

impl Reply {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Cosigned(_) => 200,
            Self::Malformed => 400,
            Self::Unsigned => 403,
            Self::Unknown => 404,
            Self::OtherSize(_) | Self::OtherTree(_) => 409,
            Self::Inconsistent => 422,
        }
    }

    /// The media type of the body.
    pub fn media(&self) -> &'static str {
        match self {
            Self::OtherSize(_) | Self::OtherTree(_) => "text/x.tlog.size",
            _ => "text/plain; charset=utf-8",
        }
    }

    /// The body.
    pub fn body(&self) -> String {
        match self {
            Self::Cosigned(line) => format!("{line}\n"),
            Self::OtherSize(size) | Self::OtherTree(size) => format!("{size}\n"),
            Self::Malformed => "not an add-checkpoint request\n".into(),
            Self::Unsigned => "no trusted key signed the checkpoint\n".into(),
            Self::Unknown => "unknown log\n".into(),
            Self::Inconsistent => "the consistency proof does not hold\n".into(),
        }
    }
}

/// A witness of some logs.
pub struct Witness {
    key: Skey,
    logs: Vec<Vkey>,
    folder: PathBuf,
    /// One request at a time: looking at the last head and replacing it belong together.
    turn: Mutex<()>,
}

impl Witness {
    /// A witness that keeps the last head of each log in a folder.
    pub fn new(key: Skey, logs: Vec<Vkey>, folder: PathBuf) -> Self {
        Self { key, logs, folder, turn: Mutex::default() }
    }

    /// The key that checks its cosignatures.
    pub fn vkey(&self) -> &Vkey {
        self.key.vkey()
    }

    /// Answers a request, at a time in seconds since 1970.
    ///
    /// # Errors
    ///
    /// [`FileError`] when the last head cannot be read or kept; then nothing was signed.
    pub fn add_checkpoint(&self, body: &[u8], time: u64) -> Result<Reply, FileError> {
        let Some(request) = AddCheckpoint::parse(body) else { return Ok(Reply::Malformed) };
        let Ok(new) = Checkpoint::parse(&request.note.text) else { return Ok(Reply::Malformed) };
        let of_log = |key: &&Vkey| key.name == new.origin;
        if !self.logs.iter().any(|key| of_log(&key)) {
            return Ok(Reply::Unknown);
        }
        if !self.logs.iter().filter(of_log).any(|key| request.note.check(key) == Ok(())) {
            return Ok(Reply::Unsigned);
        }
        if request.old > new.size {
            return Ok(Reply::Malformed);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(hex(&tree::leaf_hash(new.origin.as_bytes())));
        let _lock = private_file::lock(&path)?;
        let last = match private_file::read(&path)? {
            Some(text) => match Note::parse(&text).and_then(|note| Checkpoint::parse(&note.text)) {
                Ok(last) => last,
                // A state that cannot be read must not become "nothing seen yet".
                Err(_) => return Err(damaged(path)),
            },
            None => Checkpoint { size: 0, root: tree::empty_root(), ..new.clone() },
        };
        if request.old != last.size {
            return Ok(Reply::OtherSize(last.size));
        }
        if last.size == new.size && last.root != new.root {
            return Ok(Reply::OtherTree(last.size));
        }
        let (old, head) = ((last.size, &last.root), (new.size, &new.root));
        if !tree::extends(old, head, &request.proof) {
            return Ok(Reply::Inconsistent);
        }
        private_file::replace(&path, request.note.to_string().as_bytes())?;
        Ok(Reply::Cosigned(self.key.cosign(&request.note.text, time)))
    }
}

fn damaged(path: PathBuf) -> FileError {
    FileError::Io { action: "read", path, source: std::io::ErrorKind::InvalidData.into() }
}

#[cfg(test)]
mod tests {
    use super::super::note::Use;
    use super::super::tree::{Hash, Nodes, leaf_hash, node_hash};
    use super::*;

    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        type Error = std::convert::Infallible;

        fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error> {
            if level == 0 {
                return Ok(self.0[usize::try_from(index).unwrap()]);
            }
            let left = self.node(level - 1, 2 * index)?;
            Ok(node_hash(&left, &self.node(level - 1, 2 * index + 1)?))
        }
    }

    struct Log {
        key: Skey,
        leaves: Leaves,
    }

    impl Log {
        fn new(salt: u8, count: u64) -> Self {
            let leaf = |number: u64| leaf_hash(&[&[salt][..], &number.to_be_bytes()].concat());
            let key = Skey::new("log.example/a", Use::Note, &[1; 32]).unwrap();
            Self { key, leaves: Leaves((0..count).map(leaf).collect()) }
        }

        fn ask(&self, old: u64, size: u64) -> Vec<u8> {
            let root = tree::root(&self.leaves, size).unwrap();
            let origin = self.key.vkey().name.clone();
            let note = Checkpoint { origin, size, root }.sign(&self.key);
            let proof = tree::consistency(&self.leaves, old, size).unwrap();
            AddCheckpoint { old, proof, note }.to_string().into_bytes()
        }
    }

    #[test]
    fn a_witness_signs_what_extends_what_it_saw_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (log, fork) = (Log::new(0, 40), Log::new(1, 40));
        let witness = || {
            let key = Skey::new("witness.example/w", Use::Cosignature, &[2; 32]).unwrap();
            Witness::new(key, vec![log.key.vkey().clone()], folder.path().join("state"))
        };
        let ask = |body: &[u8]| witness().add_checkpoint(body, 1_700_000_000).unwrap();

        let Reply::Cosigned(line) = ask(&log.ask(0, 7)) else { panic!("refused") };
        let signed = AddCheckpoint::parse(&log.ask(0, 7)).unwrap().note;
        let note = Note { lines: vec![line], ..signed };
        assert_eq!(note.check(witness().vkey()), Ok(()));

        assert_eq!(ask(&log.ask(0, 9)), Reply::OtherSize(7), "it has seen more than that");
        assert!(matches!(ask(&log.ask(7, 7)), Reply::Cosigned(_)), "again");
        assert!(matches!(ask(&log.ask(7, 20)), Reply::Cosigned(_)));
        assert_eq!(ask(&fork.ask(20, 20)), Reply::OtherTree(20));
        assert_eq!(ask(&fork.ask(20, 40)), Reply::Inconsistent);
        assert_eq!(ask(&log.ask(7, 20)), Reply::OtherSize(20), "never back");

        let mut higher = AddCheckpoint::parse(&log.ask(7, 7)).unwrap();
        higher.old = 8;
        assert_eq!(ask(higher.to_string().as_bytes()), Reply::Malformed);
        let stranger = Skey::new("log.example/b", Use::Note, &[1; 32]).unwrap();
        let other = Log { key: stranger, leaves: Leaves(vec![[0; 32]]) };
        assert_eq!(ask(&other.ask(0, 1)), Reply::Unknown);
        let forger = Skey::new("log.example/a", Use::Note, &[3; 32]).unwrap();
        let other = Log { key: forger, leaves: Leaves(vec![[0; 32]]) };
        assert_eq!(ask(&other.ask(0, 1)), Reply::Unsigned);
        assert_eq!(ask(b"old x\n"), Reply::Malformed);
        assert_eq!(
            (Reply::OtherTree(20).status(), Reply::OtherTree(20).body()),
            (409, "20\n".into())
        );
    }
}
