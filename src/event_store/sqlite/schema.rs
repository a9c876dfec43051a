//! The file format: tables, pragmas, and how a file is recognised.
//!
//! Deliberately absent: indexes on event ids and stream names (random keys would dirty
//! one page per event, see [`super::names`]) and foreign keys (one thread writes
//! everything).
//!
//! Depends on: the port.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};
use uuid::Uuid;

use super::{OpenError, rings};

/// The format this build writes, and the only one it reads so far.
pub(super) const FORMAT: i64 = 1;

/// The oldest format this build reads.
const OLDEST: i64 = 1;

/// `QSTO`: tells our files from other people's databases.
const APPLICATION: i64 = 0x5153_544F;

/// Bytes per page.
///
/// A page holds whole rows, and a commit writes every page it touched. Measured with rows
/// of 2.6 KB: pages of 4 KiB take 4.2 KB an event; 8 and 16 KiB take 2.8 KB, but with 16
/// one append at a time is a fifth slower. Rows of more than 2.7 KB would take 4.1 KB
/// here: measure again when they grow.
pub(super) const PAGE_SIZE: i64 = 8192;

/// The identity of the store and the format of the file.
const META_TABLE: &str = "
CREATE TABLE meta (store BLOB NOT NULL, format INTEGER NOT NULL) STRICT;";

/// The events, which are only ever added.
const EVENT_TABLES: &str = "
CREATE TABLE streams (stream_no INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE events (
    position INTEGER PRIMARY KEY, stream_no INTEGER NOT NULL, revision INTEGER NOT NULL,
    id BLOB NOT NULL, stored_type TEXT NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_stream ON events (stream_no, revision);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'a stored event is never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'a stored event is never deleted'); END;
CREATE TRIGGER streams_stay BEFORE UPDATE ON streams
    BEGIN SELECT RAISE(ABORT, 'a stream is never renamed'); END;
CREATE TRIGGER streams_remain BEFORE DELETE ON streams
    BEGIN SELECT RAISE(ABORT, 'a stream is never deleted'); END;";

/// Gives an empty database the tables of an event store.
pub(super) fn create(db: &Connection, store: Uuid) -> rusqlite::Result<()> {
    create_tables(db, store, &[META_TABLE, EVENT_TABLES, rings::TABLES])
}

/// Gives an empty database the tables of a copy of the keys.
pub(super) fn create_keys_only(db: &Connection, store: Uuid) -> rusqlite::Result<()> {
    create_tables(db, store, &[META_TABLE, rings::TABLES])
}

fn create_tables(db: &Connection, store: Uuid, tables: &[&str]) -> rusqlite::Result<()> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    db.pragma_update(None, "application_id", APPLICATION)?;
    for table in tables {
        db.execute_batch(table)?;
    }
    db.execute("INSERT INTO meta VALUES (?1, ?2)", (store.as_bytes(), FORMAT))?;
    db.execute_batch("COMMIT")
}

/// Whether the database has no tables: new, or left so by a crash at birth.
pub(super) fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)", [], |row| row.get(0))
}

/// Recognises a file and reads the identity of its store.
pub(super) fn recognise(db: &Connection, path: &Path) -> Result<Uuid, OpenError> {
    let path = || path.to_owned();
    let application: i64 = db
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| open_error(&error, &path()))?;
    if application != APPLICATION {
        return Err(OpenError::NotAStore { path: path() });
    }
    let (store, found): ([u8; 16], i64) = db
        .query_row("SELECT store, format FROM meta", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(|error| open_error(&error, &path()))?;
    match found {
        found if found > FORMAT => Err(OpenError::TooNew { path: path(), found, newest: FORMAT }),
        found if found < OLDEST => Err(OpenError::TooOld { path: path(), found, oldest: OLDEST }),
        _ => Ok(Uuid::from_bytes(store)),
    }
}

/// Says what an error of the library means for somebody who opens a store.
pub(super) fn open_error(error: &rusqlite::Error, path: &Path) -> OpenError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotADatabase { path },
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        _ => OpenError::Other { path, message: error.to_string() },
    }
}

/// Settings of the connection that writes. Checkpoints are asked for explicitly;
/// temporary data (which may hold keys) stays in memory.
pub(super) fn prepare_writer(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;",
    )?;
    keep_plans(db)?;
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    db.busy_timeout(super::BUSY)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Settings of the connections that read.
pub(super) fn prepare_reader(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048;")?;
    keep_plans(db)?;
    db.busy_timeout(super::BUSY)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Keeps a prepared statement as it is when other values are bound. Otherwise the library
/// looks at the values compared and prepares anew whenever they change (measured: more
/// than the search by key itself), for plans that never differ here.
fn keep_plans(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}
