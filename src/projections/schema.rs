//! The tables of all views, and how their file is opened.
//!
//! Depends on: nothing in this crate.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{
    ViewsError, answers, citations, communications, digests, issues, links, questions, registry,
    solutions, things,
};

/// The shape and meaning of the rows. Raise it with every change of a table or of what
/// is written there: views of another number are not read, but built anew.
pub const VERSION: u32 = 5;

/// Pages of 8 KiB, and how much of them the writer keeps in memory, in KiB.
const WRITER_CACHE_KIB: u32 = 16 * 1024;
const READER_CACHE_KIB: u32 = 2 * 1024;

/// How much of each file readers see as memory, in bytes, without a copy of their own: they
/// would otherwise fetch the same pages from the system again and again. What lies beyond
/// is fetched.
const MAPPED: u32 = 512 * 1024 * 1024;

const OWN: &str = "
    CREATE TABLE bookmark (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        store BLOB NOT NULL,
        position INTEGER NOT NULL,
        event BLOB NOT NULL,
        -- When the latest event was recorded, shown or not.
        latest INTEGER NOT NULL
    );
    -- The same at some earlier places, from which one looks for an earlier head.
    CREATE TABLE marks (
        position INTEGER PRIMARY KEY,
        latest INTEGER NOT NULL
    );
    CREATE TABLE quarantine (
        stream TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        reason TEXT NOT NULL
    );
";

/// The tables, view by view.
const ALL: [&str; 11] = [
    OWN,
    things::TABLES,
    links::TABLES,
    citations::TABLES,
    registry::TABLES,
    communications::TABLES,
    answers::TABLES,
    questions::TABLES,
    solutions::TABLES,
    issues::TABLES,
    digests::TABLES,
];

/// Opens the file for the one writer, creating the tables in a new file.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, ViewsError> {
    let conn = open(path)?;
    keep_journal(&conn)?;
    let version: u32 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 {
        let tables = ALL.concat();
        conn.execute_batch(&format!("BEGIN; {tables} PRAGMA user_version = {VERSION}; COMMIT;"))?;
    }
    Ok(conn)
}

/// Creates a file that is built in one go beside the current one. Nothing is written twice,
/// nobody reads it before it is [settled](settle), and until then it has no version: after a
/// crash it is as good as none.
pub(super) fn open_to_build(path: &Path) -> Result<Connection, ViewsError> {
    let conn = open(path)?;
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {} COMMIT;",
        ALL.concat()
    ))?;
    Ok(conn)
}

/// Makes a file that was built in one go one that is read and written as any other.
pub(super) fn settle(conn: &Connection, path: &Path) -> Result<(), ViewsError> {
    keep_journal(conn)?;
    // All of it is on the disk before its version says that it can be relied on.
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(ViewsError::Io)?;
    conn.execute_batch(&format!("PRAGMA user_version = {VERSION};"))?;
    Ok(())
}

/// Opens a file that shows the past. It is built in one go and thrown away after a
/// fault, so nothing is written twice; readers come when it is done.
pub(super) fn open_for_the_past(path: &Path) -> Result<Connection, ViewsError> {
    let conn = open(path)?;
    conn.execute_batch("PRAGMA synchronous = OFF;")?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    if conn.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? == 0 {
        let tables = ALL.concat();
        conn.execute_batch(&format!(
            "PRAGMA journal_mode = OFF; BEGIN; {tables} PRAGMA user_version = {VERSION}; COMMIT;"
        ))?;
    }
    let mode: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode != "wal" {
        conn.execute_batch("PRAGMA journal_mode = OFF;")?;
    }
    Ok(conn)
}

/// A file that somebody writes to; how it keeps its journal is the caller's to say.
fn open(path: &Path) -> Result<Connection, ViewsError> {
    let conn = Connection::open(path)?;
    conn.execute_batch(&format!(
        "PRAGMA page_size = 8192;
         PRAGMA secure_delete = OFF;
         PRAGMA cache_size = -{WRITER_CACHE_KIB};
         PRAGMA temp_store = MEMORY;"
    ))?;
    keep_plans(&conn)?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

/// From now on a batch is written whole or not at all, while others read.
fn keep_journal(conn: &Connection) -> Result<(), ViewsError> {
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(())
}

/// Opens a new file that is to show the past, the present views beside it as `today`: they
/// must be there and of this version. The file has no tables yet.
pub(super) fn open_beside_today(path: &Path, today: &Path) -> Result<Connection, ViewsError> {
    std::fs::File::create(path).map_err(ViewsError::Io)?;
    // Nothing is created, so that views which are gone meanwhile do not come back empty.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.execute_batch(&format!(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = OFF;
         PRAGMA synchronous = OFF;
         PRAGMA cache_size = -{WRITER_CACHE_KIB};
         PRAGMA temp_store = MEMORY;"
    ))?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    let today = today.to_str().ok_or_else(|| ViewsError::Io(ErrorKind::InvalidInput.into()))?;
    conn.execute("ATTACH DATABASE ?1 AS today", [today])?;
    Ok(conn)
}

/// Opens such a file for reading. With the file of the present views, today's rows stand
/// beside it for the rule of access (`Scope::Past`).
pub(super) fn open_past_for_reading(
    path: &Path,
    search: &Path,
    today: Option<&Path>,
) -> Result<Connection, ViewsError> {
    let conn = open_for_reading(path, search)?;
    if let Some(today) = today.and_then(Path::to_str) {
        conn.execute("ATTACH DATABASE ?1 AS today", [today])?;
        let views: Vec<String> = (0..=4)
            .filter_map(things::Kind::of)
            .map(|kind| {
                let (number, table) = (kind as u8, kind.table());
                format!("CREATE TEMP VIEW today_{number} AS SELECT * FROM today.{table};")
            })
            .collect();
        let views = views.concat();
        conn.execute_batch(&format!(
            "PRAGMA query_only = OFF; {views}
             CREATE TEMP VIEW today_participants AS SELECT * FROM today.participants;
             PRAGMA query_only = ON;"
        ))?;
    }
    Ok(conn)
}

/// Opens the search index for its one writer, creating the file when it is new.
pub(super) fn open_search_for_writing(path: &Path) -> Result<Connection, ViewsError> {
    let conn = Connection::open(path)?;
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -{READER_CACHE_KIB};
         CREATE TABLE IF NOT EXISTS bookmark (
             one INTEGER PRIMARY KEY CHECK (one = 1),
             store BLOB NOT NULL,
             position INTEGER NOT NULL,
             event BLOB NOT NULL
         );"
    ))?;
    keep_plans(&conn)?;
    Ok(conn)
}

/// Opens the file for reading, with the search index attached as `search` when it is there.
pub(super) fn open_for_reading(path: &Path, search: &Path) -> Result<Connection, ViewsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.execute_batch(&format!(
        "PRAGMA cache_size = -{READER_CACHE_KIB}; PRAGMA mmap_size = {MAPPED};
         PRAGMA query_only = ON;"
    ))?;
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    keep_plans(&conn)?;
    conn.set_prepared_statement_cache_capacity(64);
    if let Some(search) = search.to_str().filter(|_| search.exists()) {
        conn.execute("ATTACH DATABASE ?1 AS search", [search])?;
    }
    Ok(conn)
}

/// Keeps a prepared statement as it is when other values are bound: no plan here depends
/// on values, and preparing anew cost a sixth of a rebuild.
fn keep_plans(conn: &Connection) -> Result<(), ViewsError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_file_that_was_built_has_no_version_before_it_is_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("views.db");
        let conn = open_to_build(&path).unwrap();
        let told = |conn: &Connection| {
            let of = |name: &str| {
                conn.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, u32>(0)).unwrap()
            };
            let journal: String =
                conn.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
            (of("user_version"), journal, of("synchronous"), of("wal_autocheckpoint"))
        };
        assert_eq!(told(&conn).0, 0);

        settle(&conn, &path).unwrap();

        let other = open_for_writing(&folder.path().join("other.db")).unwrap();
        assert_eq!(told(&conn), told(&other));
    }

    #[test]
    fn a_statement_is_not_prepared_anew_for_other_values() {
        let folder = tempfile::tempdir().unwrap();
        let conn = open_for_writing(&folder.path().join("views.db")).unwrap();
        let linking = "SELECT DISTINCT owner FROM links WHERE target = ?1 AND kind = ?2";

        let mut statement = conn.prepare(linking).unwrap();
        for kind in 0..3 {
            assert!(!statement.exists(([kind; 16].as_slice(), kind)).unwrap());
        }

        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
