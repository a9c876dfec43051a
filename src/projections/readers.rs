//! Read-only connections to one file of views.
//!
//! Depends on: nothing in this crate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use super::{ViewsError, schema};

/// Connections kept for the next reader.
const IDLE: usize = 16;

/// A pool that opens what it needs and keeps what it can.
pub(super) struct Readers {
    views: PathBuf,
    search: PathBuf,
    idle: Mutex<Idle>,
}

/// Connections that nobody uses.
#[derive(Default)]
struct Idle {
    connections: Vec<Connection>,
    /// The file of the present views that they have beside them.
    today: Option<PathBuf>,
    /// Raised when those that are out are not to come back.
    generation: u64,
}

impl Readers {
    pub(super) fn new(views: PathBuf, search: PathBuf) -> Self {
        Self { views, search, idle: Mutex::default() }
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.views
    }

    /// A connection of one's own, to read with.
    pub(super) fn reader(self: &Arc<Self>) -> Result<Reader, ViewsError> {
        self.take(None, &|| schema::open_for_reading(&self.views, &self.search))
    }

    /// A connection of one's own to the past, the present views beside it.
    pub(super) fn reader_beside(
        self: &Arc<Self>,
        today: Option<&Path>,
    ) -> Result<Reader, ViewsError> {
        self.take(today, &|| schema::open_past_for_reading(&self.views, &self.search, today))
    }

    /// Closes the connections that nobody uses, and the others when they come back.
    pub(super) fn renew(&self) {
        let mut idle = self.idle();
        idle.connections.clear();
        idle.generation += 1;
    }

    /// A connection that nobody uses, or a new one.
    fn take(
        self: &Arc<Self>,
        today: Option<&Path>,
        open: &dyn Fn() -> Result<Connection, ViewsError>,
    ) -> Result<Reader, ViewsError> {
        let (kept, generation) = {
            let mut idle = self.idle();
            // The present views were built anew: their old file is gone.
            if idle.today.as_deref() != today {
                idle.connections.clear();
                idle.generation += 1;
                idle.today = today.map(Path::to_owned);
            }
            (idle.connections.pop(), idle.generation)
        };
        let conn = match kept {
            Some(conn) => conn,
            None => open()?,
        };
        Ok(Reader { pool: Arc::clone(self), conn, generation })
    }

    /// Keeps a connection for the next reader, unless it came from before a renewal.
    fn give_back(&self, conn: Connection, generation: u64) {
        let mut idle = self.idle();
        if idle.generation == generation && idle.connections.len() < IDLE {
            idle.connections.push(conn);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection for one reading; afterwards the next reader gets it.
pub(super) struct Reader {
    pool: Arc<Readers>,
    conn: Connection,
    generation: u64,
}

impl Reader {
    /// What a query finds.
    pub(super) fn read<T>(
        self,
        query: impl FnOnce(&Connection) -> Result<T, ViewsError>,
    ) -> Result<T, ViewsError> {
        let answer = query(&self.conn);
        self.pool.give_back(self.conn, self.generation);
        answer
    }
}
