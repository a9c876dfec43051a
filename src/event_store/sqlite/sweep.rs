//! Copying the write-ahead log into the events file, off the request path.
//!
//! A thread of its own copies the bulk while the writer goes on writing. The writer
//! then copies the short rest and starts the log anew, which only it can do without
//! being overtaken by its own next commit.
//!
//! Deliberately absent: `SQLite`'s automatic checkpoints, which happen inside whichever
//! commit comes along.
//!
//! Depends on: nothing in this crate.

use std::path::Path;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema;

/// How long the writer waits for readers to leave the log before it goes on without
/// having started it anew.
const READERS: Duration = Duration::from_millis(20);

/// How thorough a checkpoint is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sweep {
    /// Copies nothing; tells the size of the log.
    Look,
    /// Copies what can be copied without waiting for anybody.
    Copy,
    /// Copies everything and waits briefly for readers, so that the log starts anew.
    Restart,
    /// The same, and cuts the log to nothing.
    Truncate,
}

/// The log after a sweep, in pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    /// Somebody was in the way.
    pub(super) blocked: bool,
    /// Pages in the log.
    pub(super) pages: u64,
    /// Pages that are not yet in the events file.
    pub(super) uncopied: u64,
}

/// Runs one checkpoint. A full disk only blocks it; other errors are the caller's.
pub(super) fn sweep(db: &Connection, how: Sweep) -> rusqlite::Result<Log> {
    let sql = match how {
        Sweep::Look => "PRAGMA wal_checkpoint(NOOP)",
        Sweep::Copy => "PRAGMA wal_checkpoint(PASSIVE)",
        Sweep::Restart => "PRAGMA wal_checkpoint(RESTART)",
        Sweep::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let waits = matches!(how, Sweep::Restart | Sweep::Truncate);
    if waits {
        db.busy_timeout(READERS)?;
    }
    let log = db.prepare_cached(sql)?.query_row([], |row| {
        let (busy, pages, copied): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let [pages, copied] = [pages, copied].map(super::batch::to_u64);
        Ok(Log { blocked: busy != 0, pages, uncopied: pages.saturating_sub(copied) })
    });
    if waits {
        db.busy_timeout(super::BUSY)?;
    }
    match log {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            tracing::warn!("the disk is too full to tidy the write-ahead log");
            Ok(Log { blocked: true, pages: 0, uncopied: 0 })
        }
        other => other,
    }
}

/// The thread that copies while the writer writes.
pub(super) struct Sweeper {
    ask: Option<SyncSender<()>>,
    trouble: Arc<OnceLock<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Sweeper {
    /// Starts the thread with a connection of its own.
    pub(super) fn start(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        schema::prepare_writer(&db)?;
        let (ask, asked) = mpsc::sync_channel(1);
        let trouble = Arc::new(OnceLock::new());
        let told = Arc::clone(&trouble);
        let thread = thread::Builder::new().name("event-sweeper".into()).spawn(move || {
            while asked.recv().is_ok() {
                match sweep(&db, Sweep::Copy) {
                    Ok(log) => tracing::debug!(log.pages, log.uncopied, "write-ahead log copied"),
                    Err(error) => {
                        // The writer is told of the first trouble and stops for good.
                        let _ = told.set(error.to_string());
                    }
                }
            }
        })?;
        Ok(Self { ask: Some(ask), trouble, thread: Some(thread) })
    }

    /// Asks for a sweep, unless one is due already.
    pub(super) fn ask(&self) {
        if let Some(ask) = &self.ask {
            let _ = ask.try_send(());
        }
    }

    /// What went wrong, if anything: the events file may then lack what the log held.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.get().map(String::as_str)
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.ask.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sweeper of the event store had panicked");
        }
    }
}
