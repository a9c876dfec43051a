//! Reading the file as it lies there, whatever is wrong with it.
//!
//! For verification: a row that the engine would refuse is told, not hidden. It also
//! opens a copy that cannot be written, which a database with a write-ahead log does not
//! allow by itself.
//!
//! Deliberately absent: any judgement. What is read here may be damaged.
//!
//! Depends on: the port.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use uuid::Uuid;

use super::open::{OpenError, for_reading};
use super::schema;

/// A row of the events as it lies in the file. A part that cannot be read is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawEvent {
    /// Its place in the file.
    pub position: i64,
    /// The name of its stream.
    pub stream: Option<String>,
    /// Its place in the stream.
    pub revision: Option<i64>,
    /// Its identity.
    pub id: Option<Uuid>,
    /// Its stored type.
    pub stored_type: Option<String>,
    /// Its data.
    pub data: Vec<u8>,
    /// Its metadata.
    pub metadata: Vec<u8>,
}

/// A file of events, open for looking only.
pub struct Audit {
    db: Connection,
    store: Uuid,
}

impl Audit {
    /// Opens a file that may be in use, or may lie where nothing can be written.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; [`OpenError::UnmergedLog`] when the newest events are in a log beside
    /// the file that cannot be read where it lies.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let usual = for_reading(path).and_then(|(db, store)| {
            // A write-ahead log is only opened by the first query.
            db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
                .map_err(|error| schema::open_error(&error, path))?;
            Ok(Self { db, store })
        });
        let why = match usual {
            Err(why @ (OpenError::Other { .. } | OpenError::ReadOnly { .. })) => why,
            other => return other,
        };
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
            return Err(OpenError::UnmergedLog { path: path.to_owned() });
        }
        Self::immutable(path).map_err(|_| why)
    }

    /// Opens a file that nobody writes, without a lock and without a log.
    fn immutable(path: &Path) -> Result<Self, OpenError> {
        let sqlite = |error: rusqlite::Error| schema::open_error(&error, path);
        let mut address = String::from("file:");
        for byte in path.to_string_lossy().bytes() {
            // Writing to a string cannot fail.
            let _ = match byte {
                b'/' | b'-' | b'_' | b'.' => write!(address, "{}", char::from(byte)),
                byte if byte.is_ascii_alphanumeric() => write!(address, "{}", char::from(byte)),
                byte => write!(address, "%{byte:02x}"),
            };
        }
        address.push_str("?immutable=1");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let db = Connection::open_with_flags(address, flags).map_err(sqlite)?;
        let store = schema::recognise(&db, path)?;
        Ok(Self { db, store })
    }

    /// The identity of the store.
    pub fn store_id(&self) -> Uuid {
        self.store
    }

    /// Visits every row in the order of the file.
    ///
    /// # Errors
    ///
    /// In the words of the library, when the file cannot be read to its end.
    pub fn each(&self, mut visit: impl FnMut(RawEvent)) -> Result<(), String> {
        let mut read = || -> rusqlite::Result<()> {
            let mut all = self.db.prepare(
                "SELECT e.position, s.name, e.revision, e.id, e.stored_type, e.data, e.metadata
                 FROM events e LEFT JOIN streams s ON s.stream_no = e.stream_no
                 ORDER BY e.position",
            )?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                visit(raw(row)?);
            }
            Ok(())
        };
        read().map_err(|error| error.to_string())
    }

    /// What the library itself has against the file; empty when nothing.
    pub fn complaints(&self) -> Vec<String> {
        let check = || -> rusqlite::Result<Vec<String>> {
            let mut check = self.db.prepare("PRAGMA integrity_check(20)")?;
            let lines = check.query_map([], |row| row.get(0))?;
            lines.collect()
        };
        match check() {
            Ok(lines) => lines.into_iter().filter(|line| line != "ok").collect(),
            Err(error) => vec![error.to_string()],
        }
    }
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawEvent> {
    let text = |index| -> rusqlite::Result<Option<String>> {
        Ok(match row.get_ref(index)? {
            ValueRef::Text(bytes) => String::from_utf8(bytes.to_vec()).ok(),
            _ => None,
        })
    };
    let bytes = |index| -> rusqlite::Result<Vec<u8>> {
        Ok(match row.get_ref(index)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes.to_vec(),
            _ => Vec::new(),
        })
    };
    let number = |index| -> rusqlite::Result<Option<i64>> {
        Ok(match row.get_ref(index)? {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        })
    };
    Ok(RawEvent {
        position: number(0)?.unwrap_or_default(),
        stream: text(1)?,
        revision: number(2)?,
        id: Uuid::from_slice(&bytes(3)?).ok(),
        stored_type: text(4)?,
        data: bytes(5)?,
        metadata: bytes(6)?,
    })
}
