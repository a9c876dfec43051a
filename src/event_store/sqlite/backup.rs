//! Copies of a store that is in use: events and keys in two files.
//!
//! Kept apart they can be guarded apart, and an erasure needs only the keys' copies to
//! go. Take the events first and the keys after: then every event of the copy has its
//! keys. Stored events never change, so the copy is made in short reads and holds up
//! neither writer nor log.
//!
//! Deliberately absent: encryption and transport of the copies.
//!
//! Depends on: the port.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::open::{self, OpenError};
use super::{rings, schema};
use crate::event_store::{GlobalPosition, KeyRing};

/// Rows copied in one read.
const ROWS: i64 = 512;

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file to copy from cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file to copy to exists.
    #[error("{0} exists already: choose another name, or move it away")]
    Exists(PathBuf),
    /// The keys are those of another store.
    #[error("{0} holds the keys of another store")]
    OtherStore(PathBuf),
    /// Reading or writing failed.
    #[error("the copy failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// Reading or writing failed.
    #[error("the copy failed: {0}")]
    System(#[from] io::Error),
}

/// Copies all events that are stored when it begins into a new file, which is a store
/// without keys. Another process may be writing to `source`.
///
/// Answers the position of the last event copied.
///
/// # Errors
///
/// See [`BackupError`]; no file is left at `destination` then.
pub fn backup_events(source: &Path, destination: &Path) -> Result<GlobalPosition, BackupError> {
    let (from, store) = open::for_reading(source)?;
    into_new_file(destination, |to| {
        schema::create(to, store)?;
        // Both numbers of one moment, although the rows are copied later.
        let (head, streams): (i64, i64) = from.query_row(
            "SELECT coalesce(max(position), 0), (SELECT coalesce(max(stream_no), 0) FROM streams)
             FROM events",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        copy(&from, to, "streams", "stream_no", 2, streams)?;
        copy(&from, to, "events", "position", 7, head)?;
        Ok(GlobalPosition(super::batch::to_u64(head)))
    })
}

/// Copies all rings of keys into a new file. Another process may be writing to `source`.
///
/// Answers how many there are.
///
/// # Errors
///
/// See [`BackupError`]; no file is left at `destination` then.
pub fn backup_keys(source: &Path, destination: &Path) -> Result<u64, BackupError> {
    let (from, store) = open::for_reading(source)?;
    into_new_file(destination, |to| {
        schema::create_keys_only(to, store)?;
        let mut greatest = i64::MIN;
        let mut copied = 0;
        to.execute_batch("BEGIN")?;
        for_all_rings(&from, |ring| {
            copied += u64::from(rings::add(to, &mut greatest, ring)?);
            Ok(())
        })?;
        to.execute_batch("COMMIT")?;
        Ok(copied)
    })
}

/// Brings the keys of a copy back into a store that lacks them, such as a copy of the
/// events. Keys that the store has are left as they are, so that nothing erased since
/// comes back. Nobody else may have the store open for writing.
///
/// Answers how many rings were added.
///
/// # Errors
///
/// See [`BackupError`]; the store is then as before.
pub fn restore_keys(store: &Path, keys: &Path) -> Result<u64, BackupError> {
    let (from, origin) = open::for_reading(keys)?;
    let opened = open::for_writing(store, &super::SqliteOptions::default())?;
    if origin != opened.store {
        return Err(BackupError::OtherStore(keys.to_owned()));
    }
    let to = &opened.db;
    to.execute_batch("BEGIN IMMEDIATE")?;
    let mut greatest = rings::greatest(to)?;
    let mut added = 0;
    for_all_rings(&from, |ring| {
        added += u64::from(rings::add(to, &mut greatest, ring)?);
        Ok(())
    })?;
    to.execute_batch("COMMIT")?;
    Ok(added)
}

/// Visits all rings in the order of their ids, in short reads.
fn for_all_rings(
    from: &Connection,
    mut visit: impl FnMut(&KeyRing) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut next = Some(i64::MIN);
    while let Some(first) = next {
        let page = rings::page(from, first, ROWS)?;
        next = page.last().and_then(|ring| ring.id.checked_add(1));
        page.iter().try_for_each(&mut visit)?;
    }
    Ok(())
}

/// Fills a file beside the destination and gives it its name when it is whole and synced.
fn into_new_file<T>(
    destination: &Path,
    fill: impl FnOnce(&Connection) -> Result<T, BackupError>,
) -> Result<T, BackupError> {
    if destination.exists() {
        return Err(BackupError::Exists(destination.to_owned()));
    }
    let mut partial = destination.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let _ = fs::remove_file(&partial);
    let filled = open::make_file(&partial).map_err(BackupError::from).and_then(|_| {
        let to = Connection::open(&partial)?;
        to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
        to.pragma_update(None, "page_size", schema::PAGE_SIZE)?;
        fill(&to)
    });
    let named = filled.and_then(|result| {
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, destination)?;
        open::sync_folder(destination)?;
        Ok(result)
    });
    if named.is_err() {
        let _ = fs::remove_file(&partial);
    }
    named
}

/// Copies the rows of a table up to and with `last`, in the order of its number.
fn copy(
    from: &Connection,
    to: &Connection,
    table: &str,
    number: &str,
    columns: usize,
    last: i64,
) -> Result<(), BackupError> {
    let places = vec!["?"; columns].join(", ");
    let select = format!(
        "SELECT * FROM {table} WHERE {number} > ?1 AND {number} <= ?2 ORDER BY {number} LIMIT ?3"
    );
    let mut read = from.prepare(&select)?;
    let mut write = to.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
    let mut after = 0;
    while after < last {
        let page: Vec<Vec<Value>> = read
            .query_map((after, last, ROWS), |row| (0..columns).map(|i| row.get(i)).collect())?
            .collect::<Result<_, _>>()?;
        let Some(Some(Value::Integer(end))) = page.last().map(|row| row.first().cloned()) else {
            break;
        };
        to.execute_batch("BEGIN")?;
        for row in &page {
            write.execute(params_from_iter(row))?;
        }
        to.execute_batch("COMMIT")?;
        after = end;
    }
    Ok(())
}
