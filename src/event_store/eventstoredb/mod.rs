//! The engine for several machines: an `EventStoreDB` or `KurrentDB` server or cluster.
//!
//! ```text
//! append ─► a turn on its stream ─► supervisor ─► client ─► server
//!              └─ no answer: same ids again        └─ renewed when it is of no use any more
//! tail: one task reads the end of `$all` ─► recent events in memory · head ─► subscriptions
//! ```
//!
//! All calls run on a runtime of the engine's own: a caller that goes away cancels no
//! append, callers may sit on any thread, and nothing the client crate does can hold up the
//! server's requests. Every call has a deadline; appends name exact revisions and the
//! caller's own event ids, so that they can be sent again when nobody knows their outcome.
//!
//! A [`GlobalPosition`] is the commit position of the record in the server's log: it grows,
//! but not by one, since records of the server itself lie between. What of a shared server
//! is ours, and which streams belong to the engine, says [`names`].
//!
//! It has been verified against a protocol double (`tests/double/`) and not yet against a
//! real server.
//!
//! Deliberately absent: server-side projections, persistent and other subscriptions, links,
//! "any revision" appends, and the schedule of scavenges.
//!
//! Depends on: the port.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{RwLock, oneshot, watch};
use uuid::Uuid;

use super::following::{Following, Pages};
use super::{
    AppendError, Appended, Bookmark, EventStore, Expected, GlobalPosition, KeyRing, NewEvent,
    ReadError, Remote, Revision, Slot, StoredEvent, StreamName, Subscription, check_size,
};
use ahead::Ahead;
use append::{Batch, Turns};
use client::{Chosen, Settings};
use names::Names;
use standing::Scavenge;
use supervisor::{Health, Supervisor};
use tail::Tail;

mod ahead;
mod append;
mod client;
mod names;
mod open;
mod reading;
mod rings;
mod slots;
mod standing;
mod supervisor;
mod tail;

pub use open::{EventStoreDbOptions, OpenError};

/// Threads of the engine's runtime: all of it is waiting.
const THREADS: usize = 2;

/// What is told when the client crate panicked, as it does at answers it does not expect.
const BROKEN: &str = "the client has broken down";

/// About how many bytes of the server's log an event takes, where nobody has counted.
const EVENT_BYTES: u64 = 1_024;

/// An event store on a server or a cluster. Clones share it.
#[derive(Clone)]
pub struct EventStoreDb {
    inner: Arc<Inner>,
}

/// What tasks share. It outlives the handle, which ends the tasks.
struct Shared {
    /// The servers of the URL.
    nodes: String,
    store: Uuid,
    supervisor: Arc<Supervisor>,
    names: Arc<Names>,
    tail: Arc<Tail>,
    ahead: Ahead,
    scavenge: Scavenge,
    /// Whether appends are taken; held for reading by each that is under way.
    open: RwLock<bool>,
    turns: Turns,
    /// The last position that this process has written.
    appended: AtomicU64,
    waiting: AtomicUsize,
    rings: tokio::sync::Mutex<rings::Index>,
}

struct Inner {
    shared: Arc<Shared>,
    threads: Threads,
}

/// The engine's own runtime. Its end is the end of every task on it.
struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Threads {
    fn start() -> Result<Self, OpenError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("eventstoredb")
            .enable_all()
            .build()
            .map_err(OpenError::Threads)?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Runs a task to its end, even when nobody waits for it any more. `None` when it
    /// panicked, or the engine is gone.
    async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (told, answer) = oneshot::channel();
        self.begin(async move {
            // Nobody may be waiting any more.
            let _ = told.send(task.await);
        });
        answer.await.ok()
    }

    /// Begins a task: one type for the runtime, however many there are.
    fn begin(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task: BoxFuture<'static, ()> = Box::pin(task);
        self.handle.spawn(task);
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // The last handle may go inside another runtime, where waiting is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for EventStoreDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventStoreDb({})", self.inner.shared.nodes)
    }
}

impl EventStoreDb {
    /// Opens the store at a URL `esdb://…` or `esdb+discover://…`.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: each one says what to do.
    pub async fn open(url: &str, options: EventStoreDbOptions) -> Result<Self, OpenError> {
        let (names, url) = Names::of(url).map_err(|why| OpenError::Address { why })?;
        let settings = Settings::parse(&url, options.deadline);
        let settings = Arc::new(settings.map_err(|why| OpenError::Address { why })?);
        let node = settings.nodes();
        let threads = Threads::start()?;
        let opened = threads.run(open::open(settings, names, options)).await;
        let shared =
            opened.unwrap_or_else(|| Err(OpenError::Refused { node, why: BROKEN.to_owned() }))?;
        let (tail, supervisor) = (Arc::clone(&shared.tail), Arc::clone(&shared.supervisor));
        let names = Arc::clone(&shared.names);
        let scavenge = shared.scavenge.clone();
        threads.begin(async move { tail.follow(supervisor, names, scavenge).await });
        threads.begin(note_scavenges(Arc::clone(&shared)));
        Ok(Self { inner: Arc::new(Inner { shared, threads }) })
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }
}

/// Notes each scavenge that ends, and one that ended before the start.
async fn note_scavenges(shared: Arc<Shared>) {
    let mut scavenges = shared.tail.scavenges();
    shared.scavenge.look_back(&shared).await;
    while scavenges.changed().await.is_ok() {
        shared.scavenge.is_done(&shared).await;
    }
}

/// Counts an append that waits, until its outcome is known.
struct Wait(Arc<Shared>);

impl Wait {
    fn begin(shared: &Arc<Shared>) -> Self {
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inner {
    /// Runs a read on the threads of the engine.
    async fn read<T, F>(&self, read: impl FnOnce(Arc<Shared>) -> F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ReadError>> + Send + 'static,
    {
        let outcome = self.threads.run(read(Arc::clone(&self.shared))).await;
        outcome.unwrap_or_else(|| Err(ReadError::Unavailable(BROKEN.into())))
    }

    /// Runs a write on the threads of the engine.
    async fn write<T, F>(&self, write: impl FnOnce(Arc<Shared>) -> F) -> Result<T, AppendError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, AppendError>> + Send + 'static,
    {
        let outcome = self.threads.run(write(Arc::clone(&self.shared))).await;
        outcome.unwrap_or_else(|| Err(AppendError::Unknown(BROKEN.into())))
    }
}

#[async_trait]
impl Pages for Inner {
    async fn page(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        if let Some(page) = self.shared.tail.page(after, limit) {
            return Ok(page);
        }
        self.read(|shared| async move { shared.all(after, limit).await }).await
    }

    async fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError> {
        self.read(|shared| async move { shared.holds(bookmark).await }).await
    }

    fn head(&self) -> watch::Receiver<GlobalPosition> {
        self.shared.tail.watch()
    }
}

#[async_trait]
impl EventStore for EventStoreDb {
    fn store_id(&self) -> Uuid {
        self.shared().store
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
        let batch = Batch { stream: stream.clone(), expected, events, replaced: rings };
        let wait = Wait::begin(self.shared());
        let append = |shared: Arc<Shared>| async move {
            let _wait = wait;
            shared.append(batch).await
        };
        self.inner.write(append).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let stream = stream.clone();
        self.inner.read(|shared| async move { shared.stream(&stream, from, limit).await }).await
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
        let stream = stream.clone();
        self.inner.read(|shared| async move { shared.find(&stream, first_event).await }).await
    }

    async fn head(&self) -> Result<GlobalPosition, ReadError> {
        Ok(self.shared().tail.head())
    }

    fn distance(&self, from: GlobalPosition, to: GlobalPosition) -> u64 {
        let counted = self.shared().tail.count(from, to).and_then(|count| count.try_into().ok());
        counted.unwrap_or_else(|| to.0.saturating_sub(from.0).div_ceil(EVENT_BYTES))
    }

    async fn bookmark(&self, position: GlobalPosition) -> Result<Bookmark, ReadError> {
        let event =
            self.inner.read(|shared| async move { shared.event_at(position).await }).await?;
        let event = event.ok_or(ReadError::ForeignBookmark)?;
        Ok(Bookmark { store: self.store_id(), position, event })
    }

    async fn subscribe(&self, after: Option<Bookmark>) -> Result<Box<dyn Subscription>, ReadError> {
        Ok(Box::new(Following::new(Arc::clone(&self.inner), after).await?))
    }

    async fn key_ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError> {
        self.inner.read(|shared| async move { shared.ring(id).await }).await
    }

    async fn key_rings(&self, after: i64, limit: usize) -> Result<Vec<KeyRing>, ReadError> {
        self.inner.read(|shared| async move { shared.rings_after(after, limit).await }).await
    }

    async fn replace_key_rings(&self, rings: Vec<KeyRing>) -> Result<(), AppendError> {
        self.inner.write(|shared| async move { shared.replace_rings(&rings).await }).await
    }

    async fn slot(&self, name: &'static str) -> Result<Option<Slot>, ReadError> {
        self.inner.read(|shared| async move { shared.slot(name).await }).await
    }

    async fn fill_slot(
        &self,
        name: &'static str,
        expected: Expected,
        bytes: Vec<u8>,
    ) -> Result<Revision, AppendError> {
        let fill =
            |shared: Arc<Shared>| async move { shared.fill_slot(name, expected, bytes).await };
        self.inner.write(fill).await
    }

    fn is_exclusive(&self) -> bool {
        false
    }

    fn waiting(&self) -> usize {
        self.shared().waiting.load(Ordering::Relaxed)
    }

    fn remote(&self) -> Option<Remote> {
        let shared = self.shared();
        let fault = match shared.supervisor.health() {
            Health::Well => None,
            Health::Ill { why, .. } => Some(why),
        };
        let (node, version) = match shared.supervisor.chosen() {
            Some(Chosen { node, version }) => (node, version),
            // Whoever opened the store had an answer.
            None => (shared.nodes.clone(), String::new()),
        };
        Some(Remote {
            nodes: shared.nodes.clone(),
            node,
            version,
            fault,
            damage: shared.tail.gap(),
            scavenge_due: shared.scavenge.due(),
        })
    }

    async fn close(&self) {
        *self.shared().open.write().await = false;
    }
}
