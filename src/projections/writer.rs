//! The thread that keeps the current file of views up to date, and what it shares with
//! the readers.
//!
//! Depends on: `event_store`.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self};

use tokio::sync::watch;

use super::ViewsError;
use super::files::{remove_all_but, search_file};
use super::log::Log;
use super::past::Past;
use super::projector::{Batch, Projector, Quarantined};
use super::readers::Readers;
use super::runner::{Logs, Run, follow};
use super::texts::Texts;
use super::to_index::ToIndex;
use super::views::REST;
use crate::event_store::GlobalPosition;

/// What the threads and the readers share.
pub(super) struct Shared {
    pub(super) current: RwLock<Arc<Readers>>,
    pub(super) position: watch::Sender<GlobalPosition>,
    /// The last position that a reader waits for.
    pub(super) wanted: watch::Sender<GlobalPosition>,
    pub(super) generation: AtomicU64,
    pub(super) quarantined: RwLock<Vec<Quarantined>>,
    pub(super) fault: RwLock<Option<String>>,
    pub(super) rebuilding: AtomicBool,
    /// Whether the views have reached the end of the log since they were opened.
    pub(super) caught_up: watch::Sender<bool>,
    /// What the search index has to read anew.
    pub(super) to_index: Mutex<ToIndex>,
    /// Up to where the search index has come.
    pub(super) searchable: watch::Sender<GlobalPosition>,
    /// The last position that somebody waits to search.
    pub(super) wanted_searchable: watch::Sender<GlobalPosition>,
    /// Up to where the search index must have come before anybody searches: what lies before
    /// may have erased a word that it still holds.
    pub(super) erased: AtomicU64,
    pub(super) texts: Arc<Texts>,
    /// The views as they stood.
    pub(super) past: Past,
}

/// A file that was built beside the current one and waits to take its place.
pub(super) struct Successor {
    pub(super) run: Run,
    pub(super) swapped: std::sync::mpsc::SyncSender<()>,
}

impl Shared {
    pub(super) fn readers(&self) -> Arc<Readers> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The streams that cannot be followed.
    pub(super) fn set_aside(&self) -> Vec<Quarantined> {
        self.quarantined.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_fault(&self, fault: Option<String>) {
        *self.fault.write().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Lets readers see what was committed.
    pub(super) fn publish(&self, projector: &Projector, batch: Batch) {
        let at = projector.bookmark();
        let quarantined = projector.quarantined();
        *self.quarantined.write().unwrap_or_else(PoisonError::into_inner) = quarantined;
        for stream in &batch.erased {
            self.texts.forget(stream);
        }
        let indexed = *self.searchable.borrow();
        self.to_index().add(batch.after, batch.changed, at, indexed);
        if !batch.erased.is_empty() {
            self.past.forget_words();
            self.erased.fetch_max(at.position.0, Ordering::AcqRel);
            // The index need not be asked to hurry.
            self.wanted_searchable.send_modify(|wanted| *wanted = at.position.max(*wanted));
        }
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.position.send_replace(at.position);
        if batch.caught_up {
            self.caught_up.send_replace(true);
        }
    }

    pub(super) fn to_index(&self) -> MutexGuard<'_, ToIndex> {
        self.to_index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that keeps the current file up to date.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) logs: Logs,
    pub(super) folder: PathBuf,
    pub(super) stop: watch::Sender<bool>,
    pub(super) successor: Arc<Mutex<Option<Successor>>>,
}

impl Writer {
    pub(super) fn run(self, mut run: Run) {
        let mut swapped = None;
        loop {
            let followed = self.follow(&mut run, &mut swapped);
            if let Err(why) = followed {
                tracing::error!(%why, "the views cannot be written");
                self.shared.set_fault(Some(why.to_string()));
                thread::park_timeout(REST);
                // The book may be ahead of the rows: begin again from what was committed.
                match self.logs().and_then(|log| Projector::open(&run.path, log)) {
                    Ok(projector) => run.projector = projector,
                    Err(why) => self.shared.set_fault(Some(why.to_string())),
                }
            }
            let next = self.successor.lock().unwrap_or_else(PoisonError::into_inner).take();
            match next {
                Some(next) => {
                    self.stop.send_replace(false);
                    run = next.run;
                    swapped = Some(next.swapped);
                }
                None if *self.stop.borrow() => break,
                None => {}
            }
        }
        let _ = run.projector.checkpoint();
    }

    pub(super) fn logs(&self) -> Result<Log, ViewsError> {
        (self.logs)()
    }

    pub(super) fn follow(
        &self,
        run: &mut Run,
        swapped: &mut Option<std::sync::mpsc::SyncSender<()>>,
    ) -> Result<(), ViewsError> {
        let path = run.path.clone();
        let mut publish = |projector: &Projector, batch: Batch| {
            // A successor shows itself when it has come as far as its predecessor.
            if projector.bookmark().position < *self.shared.position.borrow() {
                return;
            }
            let waiting = swapped.take();
            if waiting.is_some() {
                let readers = Readers::new(path.clone(), search_file(&self.folder));
                *self.shared.current.write().unwrap_or_else(PoisonError::into_inner) =
                    Arc::new(readers);
                remove_all_but(&self.folder, &path);
            }
            self.shared.set_fault(None);
            self.shared.publish(projector, batch);
            // Whoever waits for the swap may read at once, and sees the new generation.
            if let Some(waiting) = waiting {
                let _ = waiting.send(());
            }
        };
        publish(&run.projector, Batch::empty(run.projector.bookmark().position));
        let (stop, wanted) = (self.stop.subscribe(), self.shared.wanted.subscribe());
        follow(run, self.logs()?, &stop, None, wanted, publish)
    }
}
