//! Opening a file: the checks that turn a surprise next month into a sentence now.
//!
//! Deliberately absent: migrations, until there is a second format.
//!
//! Depends on: nothing in this crate.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;

use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use super::{SqliteOptions, network, schema};

/// Why a store could not be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the store open for writing.
    #[error(
        "{path} is in use by another process ({owner}): stop that one first, \
         or give this one another data folder"
    )]
    InUse {
        /// The events file.
        path: PathBuf,
        /// Its process id, if it could be read.
        owner: String,
    },
    /// There is no such file, and it was not to be created.
    #[error("{path} does not exist: check the data folder, or restore a backup there")]
    Missing {
        /// The events file.
        path: PathBuf,
    },
    /// The folder of the file does not exist.
    #[error("the folder of {path} does not exist: create it, owned by the user who runs quesito")]
    NoFolder {
        /// The events file.
        path: PathBuf,
    },
    /// The folder or the file cannot be written.
    #[error("{path} cannot be written: give the user who runs quesito write access to its folder")]
    ReadOnly {
        /// The events file.
        path: PathBuf,
    },
    /// The folder is on a network file system, where locks and syncs cannot be relied on.
    #[error("{path} is on a network file system ({kind}): move the data folder to a local disk")]
    NetworkFileSystem {
        /// The events file.
        path: PathBuf,
        /// What the system calls the file system.
        kind: String,
    },
    /// The newest events are in a log beside the file, where nothing can be written.
    #[error(
        "{path} lies where nothing can be written, and its newest events are still in the file \
         {path}-wal: copy both into a folder of yours and look there"
    )]
    UnmergedLog {
        /// The events file.
        path: PathBuf,
    },
    /// The file is something else, or damaged.
    #[error("{path} is not a database or is damaged: restore a backup, and keep this file aside")]
    NotADatabase {
        /// The events file.
        path: PathBuf,
    },
    /// The file is a database of another program.
    #[error("{path} is a database, but not an event store: choose another data folder")]
    NotAStore {
        /// The events file.
        path: PathBuf,
    },
    /// A later release wrote the file.
    #[error(
        "{path} has format {found}, this release knows up to {newest}: \
         install the release that wrote it, or a later one"
    )]
    TooNew {
        /// The events file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The newest format this release reads.
        newest: i64,
    },
    /// The file is from before the oldest format that is still read.
    #[error(
        "{path} has format {found}, this release reads from {oldest} on: \
         open it once with an earlier release, which brings it up to date"
    )]
    TooOld {
        /// The events file.
        path: PathBuf,
        /// The format of the file.
        found: i64,
        /// The oldest format this release reads.
        oldest: i64,
    },
    /// Anything else, in the words of the system.
    #[error("{path} could not be opened: {message}")]
    Other {
        /// The events file.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
}

/// A file that passed all checks, with its lock held.
pub(super) struct Opened {
    pub(super) db: Connection,
    pub(super) lock: File,
    pub(super) store: Uuid,
}

/// Locks, checks and if need be creates the file.
pub(super) fn for_writing(path: &Path, options: &SqliteOptions) -> Result<Opened, OpenError> {
    refuse_network(path)?;
    if options.create.is_none() && !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let lock = lock(path)?;
    let new = make_file(path).map_err(|error| system_error(&error, path))?;
    let connect = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        schema::prepare_writer(&db)?;
        Ok(db)
    };
    let sqlite = |error: rusqlite::Error| schema::open_error(&error, path);
    let db = connect().map_err(sqlite)?;
    if let Some(store) = options.create
        && schema::is_empty(&db).map_err(sqlite)?
    {
        db.pragma_update(None, "page_size", schema::PAGE_SIZE).map_err(sqlite)?;
        use_log(&db, path)?;
        schema::create(&db, store).map_err(sqlite)?;
    }
    let store = schema::recognise(&db, path)?;
    use_log(&db, path)?;
    if let Some(bytes) = options.max_file_bytes {
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / schema::PAGE_SIZE;
        // The pragma answers the ceiling in force; it never goes below the present size.
        db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .map_err(sqlite)?;
    }
    if new {
        sync_folder(path).map_err(|error| system_error(&error, path))?;
    }
    Ok(Opened { db, lock, store })
}

/// Checks a file that somebody else may be writing.
pub(super) fn for_reading(path: &Path) -> Result<(Connection, Uuid), OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sqlite = |error: rusqlite::Error| schema::open_error(&error, path);
    let db = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    schema::prepare_reader(&db).map_err(sqlite)?;
    let store = schema::recognise(&db, path)?;
    Ok((db, store))
}

/// Takes the lock that keeps a second writer out until the file is dropped. A crash
/// releases it; the lock file itself stays and means nothing.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&lock_path)
        .map_err(|error| system_error(&error, path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let known = file.read_to_string(&mut owner).is_ok() && !owner.is_empty();
            let owner = if known { format!("process {owner}") } else { "process unknown".into() };
            return Err(OpenError::InUse { path: path.to_owned(), owner });
        }
        Err(TryLockError::Error(error)) => return Err(system_error(&error, path)),
    }
    let write_owner = |file: &mut File| -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", process::id())
    };
    write_owner(&mut file).map_err(|error| system_error(&error, path))?;
    Ok(file)
}

/// Makes sure that there is a file, readable by its owner only. Whether it is new.
pub(super) fn make_file(path: &Path) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes the entry of a new file in its folder durable.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// The folder a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn use_log(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let mode: String = db
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(|error: rusqlite::Error| schema::open_error(&error, path))?;
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(OpenError::Other {
            path: path.to_owned(),
            message: "the file system does not support a write-ahead log".into(),
        }),
    }
}

fn refuse_network(path: &Path) -> Result<(), OpenError> {
    let folder = fs::canonicalize(folder(path)).map_err(|error| system_error(&error, path))?;
    match network::file_system(&folder) {
        Some(kind) => Err(OpenError::NetworkFileSystem { path: path.to_owned(), kind }),
        None => Ok(()),
    }
}

fn system_error(error: &io::Error, path: &Path) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::ReadOnly { path }
        }
        io::ErrorKind::NotFound => OpenError::NoFolder { path },
        _ => OpenError::Other { path, message: error.to_string() },
    }
}
