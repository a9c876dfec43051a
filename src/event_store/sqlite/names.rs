//! Which stream has which number, for all streams, in memory.
//!
//! Stream names are random, so an index of them in the file would dirty one page per
//! new stream: measured, 2.7 times the bytes written and a third of the throughput at
//! 64 writers. The table of streams is in the order of their birth instead; its names
//! are hashed into memory when the store is opened (about 25 bytes a stream, 40 ms for
//! 200,000). A number found here is only a candidate until the name in the file agrees.
//!
//! Deliberately absent: the names themselves.
//!
//! Depends on: the port.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{PoisonError, RwLock};

use rusqlite::Connection;

use crate::event_store::StreamName;

/// Hashes of names and the numbers they may stand for. A tree, since growing a hash
/// table of a million streams would hold up a commit.
pub(super) struct Names {
    hasher: RandomState,
    numbers: RwLock<BTreeSet<(u64, i64)>>,
}

impl Names {
    /// Reads the names of all streams.
    pub(super) fn load(db: &Connection) -> rusqlite::Result<Self> {
        let hasher = RandomState::new();
        let mut statement = db.prepare("SELECT stream_no, name FROM streams")?;
        let mut rows = statement.query([])?;
        let mut numbers = Vec::new();
        while let Some(row) = rows.next()? {
            numbers.push((hasher.hash_one(row.get_ref(1)?.as_str()?), row.get(0)?));
        }
        drop(rows);
        drop(statement);
        // All of the table went through the cache of the one who writes, and would stay there.
        db.execute_batch("PRAGMA shrink_memory;")?;
        Ok(Self { hasher, numbers: RwLock::new(numbers.into_iter().collect()) })
    }

    /// The number of a stream, if the file has it under this name.
    pub(super) fn find(&self, db: &Connection, name: &StreamName) -> rusqlite::Result<Option<i64>> {
        for candidate in self.candidates(name) {
            let mut statement =
                db.prepare_cached("SELECT name = ?2 FROM streams WHERE stream_no = ?1")?;
            let mut rows = statement.query((candidate, name.as_str()))?;
            if let Some(row) = rows.next()?
                && row.get(0)?
            {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Remembers new streams, once they are committed.
    pub(super) fn add<'name>(&self, streams: impl Iterator<Item = (&'name StreamName, i64)>) {
        let mut numbers = self.numbers.write().unwrap_or_else(PoisonError::into_inner);
        numbers.extend(streams.map(|(name, number)| (self.hash(name), number)));
    }

    fn candidates(&self, name: &StreamName) -> Vec<i64> {
        let hash = self.hash(name);
        let numbers = self.numbers.read().unwrap_or_else(PoisonError::into_inner);
        numbers.range((hash, i64::MIN)..=(hash, i64::MAX)).map(|(_, number)| *number).collect()
    }

    fn hash(&self, name: &StreamName) -> u64 {
        self.hasher.hash_one(name.as_str())
    }
}
