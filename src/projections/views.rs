//! The handle that everybody else has of the views.
//!
//! Depends on: `event_store`, `codec`, `clock`.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::watch;

use super::cut::Cut;
use super::files::{Files, open_files, open_index, private_folder, search_file};
use super::giving_way::give_way;
use super::indexer::Indexer;
use super::log::Log;
use super::moment::Moment;
use super::past::{self, Past};
use super::projector::Quarantined;
use super::readers::Readers;
use super::runner::{Logs, Run};
use super::texts::Texts;
use super::to_index::ToIndex;
use super::writer::{Shared, Successor, Writer};
use super::{ViewsError, dump};
use crate::clock::Clock;
use crate::codec::Codec;
use crate::event_store::{EventStore, GlobalPosition, Remote};

/// How long the writer rests after a fault before it begins again.
pub(super) const REST: Duration = Duration::from_secs(1);

/// How the views are opened.
#[derive(Debug, Clone, Default)]
pub struct ViewsOptions {
    /// The folder of the files; a private temporary folder, gone with the views, when
    /// absent.
    pub path: Option<PathBuf>,
}

/// How the views are doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewsStatus {
    /// Up to where they have come.
    pub position: GlobalPosition,
    /// Up to where the search index has come.
    pub searchable: GlobalPosition,
    /// The last event of the store.
    pub head: GlobalPosition,
    /// Whether they have not reached the head.
    pub behind: bool,
    /// How many events they are behind.
    pub lag: u64,
    /// How many events the search index is behind.
    pub search_lag: u64,
    /// How many events are stored.
    pub events: u64,
    /// How the servers are doing that hold the store, when it is not in this process.
    pub remote: Option<Remote>,
    /// Streams that cannot be followed.
    pub quarantined: Vec<Quarantined>,
    /// Whether a rebuild is under way.
    pub rebuilding: bool,
    /// The fault that keeps the writer from going on, if any.
    pub fault: Option<String>,
}

/// The views: derived from events, disposable, read without waiting for anybody.
///
/// They are read as they stand, and, by [`Views::at`], as they stood.
pub struct Views {
    pub(super) shared: Arc<Shared>,
    now: Moment,
    store: Arc<dyn EventStore>,
    pub(super) logs: Logs,
    pub(super) folder: PathBuf,
    private: bool,
    /// True tells the writer to come to an end: to stop, or to take a successor.
    pub(super) stop: watch::Sender<bool>,
    pub(super) successor: Arc<Mutex<Option<Successor>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// True tells the search index to stop.
    stop_indexing: watch::Sender<bool>,
    indexer: Mutex<Option<JoinHandle<()>>>,
}

impl Views {
    /// Opens the views of a store, or begins to build them, and follows the store from
    /// then on.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the folder or the file cannot be used.
    pub fn open(
        store: Arc<dyn EventStore>,
        codec: Arc<Codec>,
        clock: &dyn Clock,
        options: ViewsOptions,
    ) -> Result<Arc<Self>, ViewsError> {
        let private = options.path.is_none();
        let folder = options.path.unwrap_or_else(|| private_folder(clock));
        fs::create_dir_all(&folder).map_err(ViewsError::Io)?;
        let logs: Logs = {
            let (store, codec) = (Arc::clone(&store), Arc::clone(&codec));
            Arc::new(move || Log::new(Arc::clone(&store), Arc::clone(&codec)))
        };
        let Files { path, projector, search } = aside(|| open_files(&folder, &*store, &logs))?;
        let readers = Readers::new(path.clone(), search_file(&folder));
        // An index that stayed behind may hold words that were erased since.
        let erased = match search.position() {
            GlobalPosition::START => GlobalPosition::START,
            _ => projector.bookmark().position,
        };
        let shared = Arc::new(Shared {
            current: RwLock::new(Arc::new(readers)),
            position: watch::Sender::new(projector.bookmark().position),
            wanted: watch::Sender::new(GlobalPosition::START),
            generation: AtomicU64::new(0),
            quarantined: RwLock::new(projector.quarantined()),
            fault: RwLock::default(),
            rebuilding: AtomicBool::new(false),
            caught_up: watch::Sender::new(false),
            to_index: Mutex::new(ToIndex::after(projector.bookmark())),
            searchable: watch::Sender::new(search.position()),
            wanted_searchable: watch::Sender::new(GlobalPosition::START),
            erased: AtomicU64::new(erased.0),
            texts: Arc::new(Texts::new(Arc::clone(&store), codec)),
            past: Past::new(&folder, Arc::clone(&logs)),
        });
        let views = Self {
            now: Moment::now(Arc::clone(&shared)),
            shared,
            store,
            logs,
            folder,
            private,
            stop: watch::Sender::new(false),
            successor: Arc::default(),
            writer: Mutex::default(),
            stop_indexing: watch::Sender::new(false),
            indexer: Mutex::default(),
        };
        views.start(Run { projector, path })?;
        views.start_indexing(search)?;
        Ok(Arc::new(views))
    }

    fn start(&self, run: Run) -> Result<(), ViewsError> {
        let writer = Writer {
            shared: Arc::clone(&self.shared),
            logs: Arc::clone(&self.logs),
            folder: self.folder.clone(),
            stop: self.stop.clone(),
            successor: Arc::clone(&self.successor),
        };
        let thread = thread::Builder::new()
            .name("views-writer".into())
            .spawn(move || writer.run(run))
            .map_err(ViewsError::Io)?;
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    fn start_indexing(&self, mut indexer: Indexer) -> Result<(), ViewsError> {
        let (shared, stop) = (Arc::clone(&self.shared), self.stop_indexing.subscribe());
        let (logs, path) = (Arc::clone(&self.logs), search_file(&self.folder));
        let run = move || {
            // It is a fifth of the work of a filing, and nobody waits for it as for an answer.
            give_way();
            loop {
                let Err(why) = indexer.follow(&shared, &stop) else {
                    break;
                };
                tracing::error!(%why, "the search index cannot be written");
                thread::park_timeout(REST);
                if *stop.borrow() {
                    break;
                }
                if let Ok(again) = open_index(&path, &logs) {
                    indexer = again;
                }
            }
        };
        let thread = thread::Builder::new()
            .name("views-search".into())
            .spawn(run)
            .map_err(ViewsError::Io)?;
        *self.indexer.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(())
    }

    /// Waits until what was recorded up to a position can be searched, for at most
    /// `timeout`.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Behind`] when it cannot.
    pub async fn wait_for_search(
        &self,
        position: GlobalPosition,
        timeout: Duration,
    ) -> Result<(), ViewsError> {
        let shared = &self.shared;
        reached(&shared.searchable, &shared.wanted_searchable, position, timeout).await
    }

    /// Waits until the views have reached a position, for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Behind`] when they have not.
    pub async fn wait_for(
        &self,
        position: GlobalPosition,
        timeout: Duration,
    ) -> Result<(), ViewsError> {
        reached(&self.shared.position, &self.shared.wanted, position, timeout).await
    }

    /// Turns true when the views have reached the end of the log for the first time: what can
    /// wait lets them go first.
    pub fn caught_up(&self) -> watch::Receiver<bool> {
        self.shared.caught_up.subscribe()
    }

    /// Up to where the views have come.
    pub fn position(&self) -> GlobalPosition {
        *self.shared.position.borrow()
    }

    /// Raised at each commit, of the search index too: what was computed from the views under one number may be
    /// served again under the same number.
    pub fn generation(&self) -> u64 {
        // Both only grow, so that the sum changes when either does.
        let searchable = self.shared.searchable.borrow().0;
        self.shared.generation.load(Ordering::Acquire).wrapping_add(searchable)
    }

    /// How the views are doing.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Store`] when the store cannot tell its head.
    pub async fn status(&self) -> Result<ViewsStatus, ViewsError> {
        let head = self.store.head().await?;
        let position = self.position();
        let shared = &self.shared;
        let searchable = *shared.searchable.borrow();
        Ok(ViewsStatus {
            position,
            searchable,
            head,
            behind: position < head,
            lag: self.store.distance(position, head),
            search_lag: self.store.distance(searchable, head),
            events: self.store.distance(GlobalPosition::START, head),
            remote: self.store.remote(),
            quarantined: shared.quarantined.read().unwrap_or_else(PoisonError::into_inner).clone(),
            rebuilding: shared.rebuilding.load(Ordering::Acquire),
            fault: shared.fault.read().unwrap_or_else(PoisonError::into_inner).clone(),
        })
    }

    /// The views as they stand.
    pub fn now(&self) -> &Moment {
        &self.now
    }

    /// The views as they stood, with everything that is stored by now.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Preparing`] when that takes longer than a client waits.
    pub async fn at(&self, cut: Cut) -> Result<Moment, ViewsError> {
        let head = self.store.head().await?;
        let then = Past::at(&self.shared, cut, head).await?;
        let (today, texts) = (Arc::clone(&self.shared), Arc::clone(&self.shared.texts));
        Ok(Moment::then(cut, then, Some(today), texts))
    }

    /// The folder of the files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every row of every table, in a fixed order: for tests and for comparing files.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Sqlite`] when the file cannot be read.
    pub fn dump(&self) -> Result<String, ViewsError> {
        self.read(dump::dump)
    }

    /// Stops following the store. What was read is committed; reading goes on.
    pub fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            self.stop.send_replace(true);
            let _ = writer.join();
        }
        let indexer = self.indexer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(indexer) = indexer {
            self.stop_indexing.send_replace(true);
            let _ = indexer.join();
        }
    }
}

impl Deref for Views {
    type Target = Moment;

    /// Who says nothing of a moment reads the present.
    fn deref(&self) -> &Moment {
        &self.now
    }
}

/// The views of a store as they stood, without a server: built in `folder`, which is the
/// caller's to remove. Everything is seen.
///
/// # Errors
///
/// [`ViewsError`] when the store or the folder cannot be used.
pub async fn look_back(
    store: Arc<dyn EventStore>,
    codec: Arc<Codec>,
    cut: Cut,
    folder: &Path,
) -> Result<Moment, ViewsError> {
    let head = store.head().await?;
    let texts = Arc::new(Texts::new(Arc::clone(&store), Arc::clone(&codec)));
    let path = folder.join("as-of.db");
    let logs: Logs = Arc::new(move || Log::new(Arc::clone(&store), Arc::clone(&codec)));
    let build = move || past::alone(&logs, None, cut, &path, head);
    let then = tokio::task::spawn_blocking(build).await.map_err(|_| ViewsError::Busy)??;
    Ok(Moment::then(cut, then, None, texts))
}

impl Drop for Views {
    fn drop(&mut self) {
        self.close();
        if self.private {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Does something that blocks on a thread of its own, since the caller may be a task.
fn aside<T: Send>(work: impl FnOnce() -> Result<T, ViewsError> + Send) -> Result<T, ViewsError> {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or(Err(ViewsError::Busy)))
}

/// Waits until a position is reached, and lets those who work towards it know.
pub(super) async fn reached(
    progress: &watch::Sender<GlobalPosition>,
    wanted: &watch::Sender<GlobalPosition>,
    position: GlobalPosition,
    timeout: Duration,
) -> Result<(), ViewsError> {
    if *progress.borrow() >= position {
        return Ok(());
    }
    wanted.send_if_modified(|wanted| {
        let further = *wanted < position;
        *wanted = position.max(*wanted);
        further
    });
    let mut progress = progress.subscribe();
    match tokio::time::timeout(timeout, progress.wait_for(|at| *at >= position)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(ViewsError::Behind),
    }
}
