//! The embedded engine: one `SQLite` file, one thread that writes.
//!
//! ```text
//! append ─► bounded queue ─► writer thread: drain · one transaction · COMMIT (sync) ─► answers, head
//!                              │ log grown?
//!                              └─► sweeper thread: copies the log into the file, off the request path
//! reads, subscriptions ─► pooled read-only connections, inline in the calling task
//! ```
//!
//! The batch forms itself while the previous commit is being synced; there is no
//! timer. A job belongs to the writer: a caller that goes away cancels nothing.
//!
//! Deliberately absent: a second writer (a lock on `<file>.lock` refuses it), retries
//! after a failed sync (the store stops writing and says so), and an async wrapper
//! around reads (they take microseconds).
//!
//! Depends on: the port.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fs, io};

use async_trait::async_trait;
use quick_cache::sync::Cache;
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use super::following::{Following, Pages};
use super::{
    AppendError, Appended, Bookmark, EventStore, Expected, GlobalPosition, KeyRing, NewEvent,
    ReadError, Revision, StoredEvent, StreamName, Subscription, check_size, rules,
};
use batch::Next;
use names::Names;
use reader::Readers;
use writer::{Job, Writer};

mod audit;
mod backup;
mod batch;
mod names;
mod network;
mod open;
mod reader;
mod rings;
mod schema;
mod sweep;
mod writer;

pub use audit::{Audit, RawEvent};
pub use backup::{BackupError, backup_events, backup_keys, restore_keys};
pub use open::OpenError;

/// How long a connection waits for a lock that somebody else holds on the file.
const BUSY: Duration = Duration::from_secs(5);

/// How a store is opened. The defaults suit one server on one machine.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The identity for a new store, if a missing file may be created; `None` opens
    /// only what is there.
    pub create: Option<Uuid>,
    /// Appends that may wait for the writer; one more is refused as `Unavailable`.
    pub queue: usize,
    /// Below this many free bytes on the disk appends are refused as `Full`.
    pub min_free_bytes: u64,
    /// A ceiling on the events file in bytes, for a shared disk; reaching it is `Full`.
    pub max_file_bytes: Option<u64>,
    /// Bytes of write-ahead log after which it is copied into the events file. The log
    /// may grow to several times this while readers hold it.
    pub log_bytes: u64,
    /// Streams whose last revision is kept in memory.
    pub known_streams: usize,
    /// Tells the free bytes of the disk a folder is on.
    pub free_bytes: fn(&Path) -> io::Result<u64>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            create: None,
            queue: 4096,
            min_free_bytes: 64 << 20,
            max_file_bytes: None,
            log_bytes: 16 << 20,
            known_streams: 32_768,
            free_bytes: |folder| fs4::available_space(folder),
        }
    }
}

impl SqliteOptions {
    /// The defaults, and a missing file is created with this identity.
    pub fn creating(store: Uuid) -> Self {
        Self { create: Some(store), ..Self::default() }
    }
}

/// Where a stream stands, as the last commit left it.
#[derive(Debug, Clone, Copy)]
struct Tail {
    stream_no: i64,
    last: Revision,
}

/// What the writer tells everybody else.
struct Shared {
    head: watch::Sender<GlobalPosition>,
    failed: watch::Sender<Option<String>>,
    done: watch::Sender<bool>,
    names: Names,
    tails: Cache<StreamName, Tail>,
}

/// An event store in one file. Clones share it; the last one to go (subscriptions
/// count) stops the writer and releases the file.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    store: Uuid,
    shared: Arc<Shared>,
    /// `None` once closed, and from the start when opened for reading only.
    queue: RwLock<Option<SyncSender<Job>>>,
    waiting: AtomicUsize,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Readers,
    /// Released after everything above is gone.
    lock: Option<fs::File>,
}

impl SqliteStore {
    /// Opens a store for writing and reading.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: each one says what to do.
    pub fn open(path: &Path, options: SqliteOptions) -> Result<Self, OpenError> {
        let opened = open::for_writing(path, &options)?;
        let shared = Shared::load(&opened.db, options.known_streams);
        let shared = Arc::new(shared.map_err(|error| schema::open_error(&error, path))?);
        let readers = Readers::new(path.to_owned(), Arc::clone(&shared));
        let writer = Writer::start(path, opened.db, Arc::clone(&shared), options);
        let (queue, thread) = writer.map_err(|error| OpenError::Other {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        let head = shared.head.borrow().0;
        tracing::info!(store.id = %opened.store, head, "event store opened");
        Ok(Self::new(path, opened.store, shared, readers, Some((queue, thread, opened.lock))))
    }

    /// Opens a store for reading only, even while another process writes to it.
    ///
    /// Appends are refused; a subscription tells what is there when it is asked for,
    /// and does not learn of events that the other process adds later.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: each one says what to do.
    pub fn open_read_only(path: &Path) -> Result<Self, OpenError> {
        let (db, store) = open::for_reading(path)?;
        let shared = Shared::load(&db, SqliteOptions::default().known_streams);
        let shared = Arc::new(shared.map_err(|error| schema::open_error(&error, path))?);
        shared.done.send_replace(true);
        let readers = Readers::new(path.to_owned(), Arc::clone(&shared));
        Ok(Self::new(path, store, shared, readers, None))
    }

    fn new(
        path: &Path,
        store: Uuid,
        shared: Arc<Shared>,
        readers: Readers,
        writing: Option<(SyncSender<Job>, JoinHandle<()>, fs::File)>,
    ) -> Self {
        let (queue, writer, lock) = match writing {
            Some((queue, thread, lock)) => (Some(queue), Some(thread), Some(lock)),
            None => (None, None, None),
        };
        let inner = Inner {
            path: path.to_owned(),
            store,
            shared,
            queue: RwLock::new(queue),
            waiting: AtomicUsize::new(0),
            writer: Mutex::new(writer),
            readers,
            lock,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Tells when the store could not make a write durable and has stopped writing:
    /// the process should then exit with an error, since only a restart finds out what
    /// the disk holds.
    pub fn failed(&self) -> watch::Receiver<Option<String>> {
        self.inner.shared.failed.subscribe()
    }

    /// Copies all events into a new file, without the keys, while the store is in use.
    /// See [`backup_events`].
    ///
    /// # Errors
    ///
    /// See [`BackupError`].
    pub fn backup_to(&self, destination: &Path) -> Result<GlobalPosition, BackupError> {
        backup_events(&self.inner.path, destination)
    }

    /// Copies the keys into a new file, while the store is in use. See [`backup_keys`].
    ///
    /// # Errors
    ///
    /// See [`BackupError`].
    pub fn backup_keys_to(&self, destination: &Path) -> Result<u64, BackupError> {
        backup_keys(&self.inner.path, destination)
    }
}

impl Shared {
    /// Reads what has to be known at once; the streams' ends are looked up when needed.
    fn load(db: &Connection, known_streams: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            head: watch::Sender::new(Next::load(db)?.head()),
            failed: watch::Sender::new(None),
            done: watch::Sender::new(false),
            names: Names::load(db)?,
            tails: Cache::new(known_streams),
        })
    }
}

impl Inner {
    /// Hands a job to the writer without waiting.
    fn submit(&self, job: Job) -> Result<(), AppendError> {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queue.as_ref() else { return Err(rules::closed()) };
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => {
                AppendError::Unavailable("too many appends are waiting".into())
            }
            TrySendError::Disconnected(_) => {
                AppendError::Unavailable("its writer has stopped".into())
            }
        })
    }

    fn stop_accepting(&self) {
        self.queue.write().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop_accepting();
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the writer of the event store had panicked");
        }
    }
}

#[async_trait]
impl Pages for Inner {
    async fn page(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.readers.with(|reader| reader.read_all(after, limit))
    }

    async fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError> {
        let event = match bookmark.position {
            GlobalPosition::START => Some(Uuid::nil()),
            position => self.readers.with(|reader| reader.event_id(position))?,
        };
        Ok(bookmark.store == self.store && event == Some(bookmark.event))
    }

    fn head(&self) -> watch::Receiver<GlobalPosition> {
        self.shared.head.subscribe()
    }
}

/// Counts a caller that waits, until the answer is there or nobody wants it any more.
struct Wait<'a>(&'a AtomicUsize);

impl<'a> Wait<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits for the writer's answer.
async fn answer<T>(reply: oneshot::Receiver<Result<T, AppendError>>) -> Result<T, AppendError> {
    reply.await.unwrap_or_else(|_| Err(AppendError::Unknown("the writer has stopped".into())))
}

#[async_trait]
impl EventStore for SqliteStore {
    fn store_id(&self) -> Uuid {
        self.inner.store
    }

    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.append_erasing(stream, expected, events, Vec::new()).await
    }

    async fn append_erasing(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
        rings: Vec<KeyRing>,
    ) -> Result<Appended, AppendError> {
        check_size(&events)?;
        let (reply, outcome) = oneshot::channel();
        let _wait = Wait::begin(&self.inner.waiting);
        let stream = stream.clone();
        self.inner.submit(Job::Append { stream, expected, events, rings, reply })?;
        answer(outcome).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.inner.readers.with(|reader| reader.read_stream(stream, from, limit))
    }

    async fn read_all(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.inner.page(after, limit).await
    }

    async fn find_command(
        &self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> Result<Option<StoredEvent>, ReadError> {
        self.inner.readers.with(|reader| reader.find_command(stream, first_event))
    }

    async fn head(&self) -> Result<GlobalPosition, ReadError> {
        Ok(*self.inner.shared.head.borrow())
    }

    async fn bookmark(&self, position: GlobalPosition) -> Result<Bookmark, ReadError> {
        let store = self.inner.store;
        if position == GlobalPosition::START {
            return Ok(Bookmark { store, position, event: Uuid::nil() });
        }
        let event = self.inner.readers.with(|reader| reader.event_id(position))?;
        let event = event.ok_or(ReadError::ForeignBookmark)?;
        Ok(Bookmark { store, position, event })
    }

    async fn subscribe(&self, after: Option<Bookmark>) -> Result<Box<dyn Subscription>, ReadError> {
        Ok(Box::new(Following::new(Arc::clone(&self.inner), after).await?))
    }

    async fn key_ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError> {
        self.inner.readers.with(|reader| reader.key_ring(id))
    }

    async fn key_rings(&self, after: i64, limit: usize) -> Result<Vec<KeyRing>, ReadError> {
        self.inner.readers.with(|reader| reader.key_rings(after, limit))
    }

    async fn replace_key_rings(&self, rings: Vec<KeyRing>) -> Result<(), AppendError> {
        let (reply, outcome) = oneshot::channel();
        self.inner.submit(Job::Replace { rings, reply })?;
        answer(outcome).await
    }

    fn is_exclusive(&self) -> bool {
        self.inner.lock.is_some()
    }

    fn waiting(&self) -> usize {
        self.inner.waiting.load(Ordering::Relaxed)
    }

    async fn close(&self) {
        self.inner.stop_accepting();
        let mut done = self.inner.shared.done.subscribe();
        // The sender lives in `shared`, so this ends only when the writer has.
        let _ = done.wait_for(|done| *done).await;
    }
}
