//! One transaction of the writer: what each append does inside it.
//!
//! Nothing is written for an append until it is known to fit, so a conflict leaves no
//! trace in the transaction and positions have no holes; savepoints are not needed.
//!
//! Deliberately absent: `BEGIN` and `COMMIT`, and answering anybody ([`super::writer`]).
//!
//! Depends on: the port.

use std::collections::HashMap;

use rusqlite::{Connection, ErrorCode};

use super::{Shared, Tail, rings};
use crate::event_store::rules::{self, Verdict};
use crate::event_store::{
    AppendError, Appended, Expected, GlobalPosition, NewEvent, Revision, StreamName,
};

/// Why a whole transaction has to be rolled back.
#[derive(Debug)]
pub(super) enum Broken {
    /// The disk is full, or the file has reached its ceiling.
    Full,
    /// Somebody else holds a lock on the file.
    Busy,
    /// The append brings a key ring that exists already.
    RingTaken(i64),
    /// The append brings rings in the place of others, and one does not fit there.
    Refused(AppendError),
    /// Anything else: what the file holds now is not known.
    Failed(String),
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy) => Self::Busy,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The numbers given out next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    position: i64,
    stream_no: i64,
    /// The greatest id of a key ring so far.
    ring: i64,
}

impl Next {
    /// Reads where the file stands.
    pub(super) fn load(db: &Connection) -> rusqlite::Result<Self> {
        let next = |sql| db.query_row(sql, [], |row| row.get(0));
        Ok(Self {
            position: next("SELECT coalesce(max(position), 0) + 1 FROM events")?,
            stream_no: next("SELECT coalesce(max(stream_no), 0) + 1 FROM streams")?,
            ring: rings::greatest(db)?,
        })
    }

    /// The position of the last event, once the transaction is committed.
    pub(super) fn head(self) -> GlobalPosition {
        GlobalPosition(to_u64(self.position - 1))
    }
}

/// The state of an open transaction; dropped without effect if it is rolled back.
pub(super) struct Batch<'writer> {
    db: &'writer Connection,
    shared: &'writer Shared,
    /// Below the floor of free space: recognise retries and conflicts, write nothing.
    full: bool,
    pub(super) next: Next,
    pub(super) tails: HashMap<StreamName, Tail>,
    pub(super) born: Vec<(StreamName, i64)>,
}

impl<'writer> Batch<'writer> {
    pub(super) fn new(
        db: &'writer Connection,
        shared: &'writer Shared,
        next: Next,
        full: bool,
    ) -> Self {
        Self { db, shared, full, next, tails: HashMap::new(), born: Vec::new() }
    }

    /// Carries out one append. The inner result is its own affair; the outer one ends
    /// the transaction.
    pub(super) fn append(
        &mut self,
        stream: &StreamName,
        expected: Expected,
        events: &[NewEvent],
    ) -> Result<Result<Appended, AppendError>, Broken> {
        let tail = self.tail(stream)?;
        let actual = tail.map(|tail| tail.last);
        match (rules::judge(expected, actual, events.len()), tail) {
            (Verdict::Compare(first), Some(tail)) => {
                let retry = self.compare(tail.stream_no, first, events)?;
                Ok(retry.ok_or(AppendError::Conflict { actual }))
            }
            (Verdict::Conflict | Verdict::Compare(_), _) => {
                Ok(Err(AppendError::Conflict { actual }))
            }
            (Verdict::Append(_), _) if self.full => Ok(Err(AppendError::Full)),
            (Verdict::Append(first), tail) => {
                let stream_no = match tail {
                    Some(tail) => tail.stream_no,
                    None => self.new_stream(stream)?,
                };
                let appended = self.insert(stream_no, first, events)?;
                let tail = Tail { stream_no, last: appended.last_revision };
                self.tails.insert(stream.clone(), tail);
                Ok(Ok(appended))
            }
        }
    }

    fn tail(&self, stream: &StreamName) -> rusqlite::Result<Option<Tail>> {
        if let Some(tail) = self.tails.get(stream) {
            return Ok(Some(*tail));
        }
        if let Some(tail) = self.shared.tails.get(stream) {
            return Ok(Some(tail));
        }
        let Some(stream_no) = self.shared.names.find(self.db, stream)? else { return Ok(None) };
        let mut statement =
            self.db.prepare_cached("SELECT max(revision) FROM events WHERE stream_no = ?1")?;
        let last = statement.query_row([stream_no], |row| row.get(0))?;
        Ok(Some(Tail { stream_no, last: to_u64(last) }))
    }

    fn new_stream(&mut self, stream: &StreamName) -> rusqlite::Result<i64> {
        let stream_no = self.next.stream_no;
        self.db
            .prepare_cached("INSERT INTO streams (stream_no, name) VALUES (?1, ?2)")?
            .execute((stream_no, stream.as_str()))?;
        self.next.stream_no += 1;
        self.born.push((stream.clone(), stream_no));
        Ok(stream_no)
    }

    fn insert(
        &mut self,
        stream_no: i64,
        first: Revision,
        events: &[NewEvent],
    ) -> Result<Appended, Broken> {
        let mut revision = first;
        for event in events {
            self.db
                .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute((
                    self.next.position,
                    stream_no,
                    i64::try_from(revision).unwrap_or(i64::MAX),
                    event.id.as_bytes(),
                    &*event.stored_type,
                    &event.data,
                    &event.metadata,
                ))?;
            if let Some(ring) = &event.keys {
                let added = rings::add(self.db, &mut self.next.ring, ring)?;
                if !added {
                    return Err(Broken::RingTaken(ring.id));
                }
            }
            self.next.position += 1;
            revision += 1;
        }
        Ok(Appended {
            first_revision: first,
            last_revision: revision.saturating_sub(1),
            position: self.next.head(),
            already_done: false,
        })
    }

    /// The first result of a batch that is there already.
    fn compare(
        &self,
        stream_no: i64,
        first: Revision,
        events: &[NewEvent],
    ) -> rusqlite::Result<Option<Appended>> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, revision, position FROM events
             WHERE stream_no = ?1 AND revision >= ?2 ORDER BY revision LIMIT ?3",
        )?;
        let first_there = i64::try_from(first).unwrap_or(i64::MAX);
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let mut rows = statement.query((stream_no, first_there, count))?;
        let mut last = None;
        for event in events {
            let Some(row) = rows.next()? else { return Ok(None) };
            let id: [u8; 16] = row.get(0)?;
            if id != *event.id.as_bytes() {
                return Ok(None);
            }
            last = Some((to_u64(row.get(1)?), to_u64(row.get(2)?)));
        }
        Ok(last.map(|(last_revision, position)| Appended {
            first_revision: first,
            last_revision,
            position: GlobalPosition(position),
            already_done: true,
        }))
    }
}

/// Numbers in the file are never negative.
pub(super) fn to_u64(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
