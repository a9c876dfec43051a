//! The files of the views: which one is current, which can go.
//!
//! Depends on: `event_store`, `clock`.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::indexer::Indexer;
use super::projector::{Projector, read_bookmark};
use super::runner::Logs;
use super::{ViewsError, schema};
use crate::clock::Clock;
use crate::event_store::EventStore;

/// What is written to.
pub(super) struct Files {
    pub(super) path: PathBuf,
    pub(super) projector: Projector,
    pub(super) search: Indexer,
}

/// Opens the files to go on with, creating those that are missing.
pub(super) fn open_files(
    folder: &Path,
    store: &dyn EventStore,
    logs: &Logs,
) -> Result<Files, ViewsError> {
    let path = views_file(folder, choose(folder, store, logs)?);
    let projector = Projector::open(&path, logs()?)?;
    // Readers attach the index, so it is there before them.
    let search = open_index(&search_file(folder), logs)?;
    Ok(Files { path, projector, search })
}

/// Opens the search index; one that cannot be read is as good as none.
pub(super) fn open_index(path: &Path, logs: &Logs) -> Result<Indexer, ViewsError> {
    match Indexer::open(path, logs()?) {
        Err(ViewsError::Sqlite(why)) if is_corrupt(&why) => {
            tracing::error!(%why, "the search index is built anew");
            remove_database(path);
            Indexer::open(path, logs()?)
        }
        opened => opened,
    }
}

pub(super) fn is_corrupt(why: &rusqlite::Error) -> bool {
    matches!(
        why.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
    )
}

pub(super) fn remove_database(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        // One that is not there needs no removing.
        let _ = fs::remove_file(file);
    }
}

pub(super) fn views_file(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("views-{}-{number}.db", schema::VERSION))
}

pub(super) fn search_file(folder: &Path) -> PathBuf {
    folder.join(format!("search-{}.db", crate::search::TERMS_VERSION))
}

/// The numbers of the files of this version, in order.
pub(super) fn numbers(folder: &Path) -> Result<Vec<u32>, ViewsError> {
    let prefix = format!("views-{}-", schema::VERSION);
    let mut numbers = Vec::new();
    for file in fs::read_dir(folder).map_err(ViewsError::Io)? {
        let name = file.map_err(ViewsError::Io)?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(".db")?.parse::<u32>().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The number of the file to go on with: the oldest one that belongs to the store (a
/// younger one was being built when the process ended), or a new one.
fn choose(folder: &Path, store: &dyn EventStore, logs: &Logs) -> Result<u32, ViewsError> {
    let numbers = numbers(folder)?;
    let mut chosen = None;
    for number in &numbers {
        let path = views_file(folder, *number);
        let bookmark = Connection::open(&path).map_err(ViewsError::from).and_then(|conn| {
            if conn.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? == 0 {
                return Ok(None);
            }
            read_bookmark(&conn, "main")
        });
        // A file that cannot be read is as good as none: views can be built anew.
        if let Ok(Some(bookmark)) = bookmark
            && bookmark.store == store.store_id()
            && logs()?.holds(bookmark)?
        {
            chosen = Some(*number);
            break;
        }
    }
    let number = chosen.unwrap_or_else(|| numbers.last().map_or(1, |last| last + 1));
    remove_all_but(folder, &views_file(folder, number));
    Ok(number)
}

/// Removes the files of other views, of older versions too.
pub(super) fn remove_all_but(folder: &Path, kept: &Path) {
    let Some(kept) = kept.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.flatten() {
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("views-") && !name.starts_with(kept) {
            // On a system that refuses, the next start tries again.
            let _ = fs::remove_file(file.path());
        }
    }
}

/// A folder that nobody else has.
pub(super) fn private_folder(clock: &dyn Clock) -> PathBuf {
    let mut random = [0_u8; 16];
    clock.fill(&mut random);
    let name = uuid::Builder::from_random_bytes(random).into_uuid();
    std::env::temp_dir().join(format!("quesito-views-{name}"))
}
