//! Reading: a few read-only connections, borrowed for the length of one query.
//!
//! Deliberately absent: a thread pool. A read takes microseconds, less than handing it
//! to another thread would.
//!
//! Depends on: the port.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};
use uuid::Uuid;

use super::batch::to_u64;
use super::{Shared, rings, schema};
use crate::event_store::rules::known_type;
use crate::event_store::{GlobalPosition, KeyRing, ReadError, Revision, StoredEvent, StreamName};

/// Connections kept when nobody reads.
const KEPT: usize = 8;

/// The columns of a stored event, in the order [`event`] takes them; its stream comes last,
/// where it is not known.
macro_rules! events {
    ($rest:literal) => {
        concat!("SELECT e.position, e.revision, e.id, e.stored_type, e.data, e.metadata", $rest)
    };
}

/// The pool. Never more connections than threads that read at once.
pub(super) struct Readers {
    path: PathBuf,
    shared: Arc<Shared>,
    idle: Mutex<Vec<Reader>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, shared: Arc<Shared>) -> Self {
        Self { path, shared, idle: Mutex::default() }
    }

    /// Runs one query on a connection of its own.
    pub(super) fn with<T>(
        &self,
        query: impl FnOnce(&mut Reader) -> rusqlite::Result<T>,
    ) -> Result<T, ReadError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.connect().map_err(|error| unavailable(&error))?,
        };
        let result = query(&mut reader).map_err(|error| unavailable(&error));
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(reader);
        }
        result
    }

    fn connect(&self) -> rusqlite::Result<Reader> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&self.path, flags)?;
        schema::prepare_reader(&db)?;
        Ok(Reader { db, shared: Arc::clone(&self.shared), types: HashMap::new() })
    }
}

/// One connection and what it remembers.
pub(super) struct Reader {
    db: Connection,
    shared: Arc<Shared>,
    types: HashMap<String, Arc<str>>,
}

impl Reader {
    pub(super) fn read_all(
        &mut self,
        after: GlobalPosition,
        limit: usize,
    ) -> rusqlite::Result<Vec<StoredEvent>> {
        let sql = events!(
            ", s.name FROM events e CROSS JOIN streams s ON s.stream_no = e.stream_no
             WHERE e.position > ?1 ORDER BY e.position LIMIT ?2"
        );
        self.events(sql, (to_i64(after.0), to_limit(limit)), None)
    }

    pub(super) fn read_stream(
        &mut self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> rusqlite::Result<Vec<StoredEvent>> {
        let Some(stream_no) = self.stream_no(stream)? else { return Ok(Vec::new()) };
        let sql = events!(
            " FROM events e WHERE e.stream_no = ?1 AND e.revision >= ?2
             ORDER BY e.revision LIMIT ?3"
        );
        self.events(sql, (stream_no, to_i64(from), to_limit(limit)), Some(stream))
    }

    /// Looks through one stream, newest first: commands are repeated soon or never.
    pub(super) fn find_command(
        &mut self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> rusqlite::Result<Option<StoredEvent>> {
        let Some(stream_no) = self.stream_no(stream)? else { return Ok(None) };
        let sql = events!(
            " FROM events e WHERE e.stream_no = ?1 AND e.id = ?2
             ORDER BY e.revision DESC LIMIT 1"
        );
        Ok(self.events(sql, (stream_no, first_event.as_bytes()), Some(stream))?.pop())
    }

    pub(super) fn event_id(&self, position: GlobalPosition) -> rusqlite::Result<Option<Uuid>> {
        self.db
            .prepare_cached("SELECT id FROM events WHERE position = ?1")?
            .query_row([to_i64(position.0)], |row| row.get(0).map(Uuid::from_bytes))
            .optional()
    }

    pub(super) fn key_ring(&self, id: i64) -> rusqlite::Result<Option<KeyRing>> {
        rings::one(&self.db, id)
    }

    pub(super) fn key_rings(&self, after: i64, limit: usize) -> rusqlite::Result<Vec<KeyRing>> {
        match after.checked_add(1) {
            Some(from) => rings::page(&self.db, from, to_limit(limit)),
            None => Ok(Vec::new()),
        }
    }

    fn stream_no(&self, stream: &StreamName) -> rusqlite::Result<Option<i64>> {
        if let Some(tail) = self.shared.tails.get(stream) {
            return Ok(Some(tail.stream_no));
        }
        self.shared.names.find(&self.db, stream)
    }

    fn events(
        &mut self,
        sql: &str,
        params: impl Params,
        stream: Option<&StreamName>,
    ) -> rusqlite::Result<Vec<StoredEvent>> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let stream = stream.cloned().map_or_else(|| name(row), Ok)?;
            events.push(event(row, stream, &mut self.types)?);
        }
        Ok(events)
    }
}

fn event(
    row: &Row<'_>,
    stream: StreamName,
    types: &mut HashMap<String, Arc<str>>,
) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        position: GlobalPosition(to_u64(row.get(0)?)),
        stream,
        revision: to_u64(row.get(1)?),
        id: Uuid::from_bytes(row.get(2)?),
        stored_type: known_type(row.get_ref(3)?.as_str()?, types),
        data: row.get(4)?,
        metadata: row.get(5)?,
    })
}

fn name(row: &Row<'_>) -> rusqlite::Result<StreamName> {
    StreamName::new(row.get_ref(6)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(6, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn unavailable(error: &rusqlite::Error) -> ReadError {
    ReadError::Unavailable(error.to_string())
}

/// Numbers beyond what the file can hold mean "after everything".
fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn to_limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
