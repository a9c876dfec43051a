//! Read-only connections to one file of views.
//!
//! Depends on: nothing in this crate.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::{ViewsError, schema};

/// Connections kept for the next reader.
const IDLE: usize = 16;

/// A pool that opens what it needs and keeps what it can.
pub(super) struct Readers {
    views: PathBuf,
    search: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(views: PathBuf, search: PathBuf) -> Self {
        Self { views, search, idle: Mutex::default() }
    }

    /// Reads with a connection of one's own.
    pub(super) fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, ViewsError>,
    ) -> Result<T, ViewsError> {
        let idle = self.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => schema::open_for_reading(&self.views, &self.search)?,
        };
        let answer = query(&conn);
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(conn);
        }
        answer
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
