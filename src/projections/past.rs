//! The views as they stood, built when somebody asks and kept for a while.
//!
//! Built by the very projector that writes the present ones, over the part of the log
//! that is seen from a [`Cut`]: columns of lists and no words, which are opened when they
//! are shown. What has not changed since is taken from the present ones ([`rewind`]). One
//! is built at a time; who waits for longer than a client does is told to come again, and
//! finds it ready then.
//!
//! Deliberately absent: tables with history. They would know one of the two axes only,
//! and be a second truth.
//!
//! Depends on: `event_store`.

pub(super) mod rewind;
mod then;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

pub(super) use then::Then;

use super::ViewsError;
use super::cut::Cut;
use super::files::remove_database;
use super::log::Log;
use super::runner::Logs;
use super::writer::Shared;
use crate::event_store::GlobalPosition;

/// How many moments are kept.
const KEPT: usize = 16;

/// How many bytes their files may take together.
const KEPT_BYTES: u64 = 512 * 1024 * 1024;

/// How long a client waits, first for others to have built theirs, then for its own.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a client waits for the words of a moment.
const INDEXING: Duration = Duration::from_secs(5);

/// How often it looks whether they are there.
const LOOK: Duration = Duration::from_millis(10);

/// With which letters the names of the files begin.
const PREFIX: &str = "as-of-";

/// The moments at hand.
pub(super) struct Past {
    folder: PathBuf,
    logs: Logs,
    /// The least recently asked first.
    kept: Mutex<Vec<Arc<Then>>>,
    /// Whoever holds it builds.
    turn: Arc<tokio::sync::Mutex<()>>,
    next: AtomicU64,
}

impl Past {
    pub(super) fn new(folder: &Path, logs: Logs) -> Self {
        sweep(folder);
        Self {
            folder: folder.to_owned(),
            logs,
            kept: Mutex::default(),
            turn: Arc::default(),
            next: AtomicU64::new(1),
        }
    }

    /// A moment as the log stands at a position, or at the one that the cut names.
    pub(super) async fn at(
        shared: &Arc<Shared>,
        cut: Cut,
        head: GlobalPosition,
    ) -> Result<Arc<Then>, ViewsError> {
        let past = &shared.past;
        let head = cut.head.unwrap_or(head);
        if let Some(then) = past.find(&cut, head) {
            return Ok(then);
        }
        let until = Instant::now() + PATIENCE;
        let turn = tokio::time::timeout_at(until, Arc::clone(&past.turn).lock_owned());
        let turn = turn.await.map_err(|_| ViewsError::Preparing)?;
        if let Some(then) = past.find(&cut, head) {
            return Ok(then);
        }
        // It goes on when the client goes away: who asks again finds it.
        let building = Arc::clone(shared);
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            building.past.bring(&building, cut, head)
        });
        match tokio::time::timeout_at(until, work).await {
            Ok(Ok(found)) => found,
            Ok(Err(_)) => Err(ViewsError::Busy),
            Err(_) => Err(ViewsError::Preparing),
        }
    }

    /// A moment that has come as far, and no further than matters.
    fn find(&self, cut: &Cut, head: GlobalPosition) -> Option<Arc<Then>> {
        let mut kept = self.kept();
        let place = kept.iter().position(|then| then.serves(cut, head))?;
        let then = kept.remove(place);
        kept.push(Arc::clone(&then));
        Some(then)
    }

    /// Builds a moment, or brings one up to date; the caller has the turn.
    fn bring(
        &self,
        shared: &Shared,
        cut: Cut,
        head: GlobalPosition,
    ) -> Result<Arc<Then>, ViewsError> {
        let known = self.kept().iter().find(|then| *then.cut() == cut).cloned();
        let then = known.unwrap_or_else(|| {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            Arc::new(Then::new(cut, &self.folder.join(format!("{PREFIX}{number}.db"))))
        });
        let today = shared.readers();
        let advanced = then.advance(&self.logs, Some(today.path()), head, shared.set_aside());
        if let Err(why) = advanced {
            // Half of it may stand there.
            self.kept().retain(|kept| !Arc::ptr_eq(kept, &then));
            return Err(why);
        }
        let mut kept = self.kept();
        kept.retain(|kept| !Arc::ptr_eq(kept, &then));
        kept.push(Arc::clone(&then));
        let bytes = |kept: &[Arc<Then>]| kept.iter().map(|then| then.bytes()).sum::<u64>();
        while kept.len() > 1 && (kept.len() > KEPT || bytes(&kept) > KEPT_BYTES) {
            // Its file goes with its last reader.
            kept.remove(0);
        }
        Ok(then)
    }

    /// Waits until words can be looked up at a moment, which is begun if need be. It goes on
    /// when the client goes away, and begins anew when something is erased meanwhile.
    pub(super) async fn searchable(&self, then: &Arc<Then>) -> Result<(), ViewsError> {
        let until = Instant::now() + INDEXING;
        while let Some(begun) = then.begin_indexing() {
            if begun {
                let (then, logs, turn) =
                    (Arc::clone(then), Arc::clone(&self.logs), Arc::clone(&self.turn));
                let work = move || {
                    let _turn = turn.blocking_lock_owned();
                    then.index(&logs);
                };
                thread::Builder::new()
                    .name("views-as-of-search".into())
                    .spawn(work)
                    .map_err(ViewsError::Io)?;
            }
            if Instant::now() >= until {
                return Err(ViewsError::Preparing);
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Forgets every word that was indexed: one of them may have been erased.
    pub(super) fn forget_words(&self) {
        for then in self.kept().iter() {
            then.forget_words();
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Then>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment of one's own, for who reads the log without a server; begun from the present
/// views when their file is named.
pub(super) fn alone(
    logs: &Logs,
    today: Option<&Path>,
    cut: Cut,
    path: &Path,
    head: GlobalPosition,
) -> Result<Arc<Then>, ViewsError> {
    let then = Then::new(cut, path);
    then.advance(logs, today, cut.head.unwrap_or(head), Vec::new())?;
    Ok(Arc::new(then))
}

/// A log as it is seen from a moment.
fn seen_from(logs: &Logs, cut: Cut) -> Result<Log, ViewsError> {
    Ok(logs()?.seen_from(cut))
}

/// Removes what an earlier process has left.
fn sweep(folder: &Path) {
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.flatten() {
        if file.file_name().to_string_lossy().starts_with(PREFIX) {
            remove_database(&file.path());
        }
    }
}
