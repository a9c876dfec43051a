//! The event store, as the rest of the product sees it.
//!
//! A store is a set of append-only *streams* and one total order over all of
//! them. This page knows bytes and names, and nothing of the domain. An *engine*
//! implements it: [`memory`] for tests, [`sqlite`] for one machine, `eventstoredb` for
//! several (what they decide alike is in `rules`, their common subscription in
//! `following`). One contract suite (`tests/event_store/`) runs on every engine.
//!
//! Deliberately absent: an "any revision" append (two writers could overwrite
//! each other's reasons without noticing), update, delete, and projections
//! inside the engine.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

#[cfg(feature = "eventstoredb")]
pub mod eventstoredb;
mod following;
mod key_ring;
pub mod memory;
mod rules;
pub mod sqlite;

pub use key_ring::KeyRing;

/// Most events in one append, on every engine.
pub const MAX_EVENTS: usize = 64;

/// Most bytes (data and metadata) in one append, on every engine.
///
/// 900 KiB: below the 1 MiB that an `EventStoreDB` server takes by default.
pub const MAX_BYTES: usize = 900 * 1024;

/// The name of a stream: `category-id`, such as `issue-0190…` or `body-c_a944`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(Arc<str>);

/// A stream name that is not `category-id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stream name is `category-id` of letters, digits, `_`, `.`, `-`, at most 120 bytes")]
pub struct BadStreamName;

impl StreamName {
    /// Checks and wraps a name.
    ///
    /// # Errors
    ///
    /// [`BadStreamName`] unless it is a lower-case category, a hyphen and an id
    /// of ASCII letters, digits, `_`, `.` and `-`, at most 120 bytes in all.
    pub fn new(name: impl AsRef<str>) -> Result<Self, BadStreamName> {
        let name = name.as_ref();
        let (category, id) = name.split_once('-').ok_or(BadStreamName)?;
        let category_ok = !category.is_empty() && category.bytes().all(|b| b.is_ascii_lowercase());
        let id_ok = !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
        if category_ok && id_ok && name.len() <= 120 {
            Ok(Self(name.into()))
        } else {
            Err(BadStreamName)
        }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes before the first hyphen: the kind of thing the stream is about.
    pub fn category(&self) -> &str {
        self.0.split_once('-').map_or("", |(category, _)| category)
    }

    /// What comes after the first hyphen.
    pub fn id(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, id)| id)
    }

    /// Whether the stream serves the running of the product (tokens, keys, leases)
    /// and therefore stays out of the feed, the log and exports.
    pub fn is_operational(&self) -> bool {
        self.category() == "op"
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of an event in its stream, from 0 without holes.
pub type Revision = u64;

/// The place of an event in the whole store.
///
/// Opaque: it grows from event to event, but engines differ in how. Never count
/// with it; [`GlobalPosition::START`] lies before every event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct GlobalPosition(pub u64);

impl GlobalPosition {
    /// Before the first event of any store.
    pub const START: Self = Self(0);
}

/// What a writer believes about the stream it appends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The stream does not exist yet.
    NoStream,
    /// The last event of the stream has exactly this revision.
    Exact(Revision),
}

impl Expected {
    /// The revision that the first appended event will get.
    pub fn next(self) -> Revision {
        match self {
            Self::NoStream => 0,
            Self::Exact(revision) => revision.saturating_add(1),
        }
    }
}

/// An event about to be appended. The bytes come back unchanged, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its identity in every store that will ever hold it.
    pub id: Uuid,
    /// The stored type, such as `issue-reported.v1`.
    pub stored_type: Arc<str>,
    /// The data, canonical JSON.
    pub data: Vec<u8>,
    /// The metadata, canonical JSON.
    pub metadata: Vec<u8>,
    /// The keys of the texts sealed in `data`, if any.
    pub keys: Option<KeyRing>,
}

/// An event that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the whole store.
    pub position: GlobalPosition,
    /// The stream it belongs to.
    pub stream: StreamName,
    /// Its place in that stream.
    pub revision: Revision,
    /// Its identity.
    pub id: Uuid,
    /// The stored type, such as `issue-reported.v1`.
    pub stored_type: Arc<str>,
    /// The data, byte for byte as appended.
    pub data: Vec<u8>,
    /// The metadata, byte for byte as appended.
    pub metadata: Vec<u8>,
}

/// Where a batch of events came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Revision of the first event of the batch.
    pub first_revision: Revision,
    /// Revision of the last event of the batch.
    pub last_revision: Revision,
    /// Global position of the last event of the batch.
    pub position: GlobalPosition,
    /// Whether the very same batch had been appended before (a retry).
    pub already_done: bool,
}

/// Why an append did not happen, or may have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The stream is not where the writer believed it to be.
    #[error("the stream is at {actual:?}")]
    Conflict {
        /// The last revision, `None` when there is no such stream.
        actual: Option<Revision>,
    },
    /// No event, more than [`MAX_EVENTS`] or more than [`MAX_BYTES`].
    #[error("an append takes 1 to {MAX_EVENTS} events and at most {MAX_BYTES} bytes")]
    TooLarge,
    /// A ring of keys is no longer what it was when it was read: read it again.
    #[error("somebody else has changed the keys meanwhile")]
    KeysChanged,
    /// The disk is (nearly) full: nothing was written, reading goes on.
    #[error("no space left for new events")]
    Full,
    /// The queue is full, or the engine is stopping: nothing was written.
    #[error("the event store is not accepting events: {0}")]
    Unavailable(String),
    /// The engine cannot tell whether the events were stored; append the very same
    /// events again to find out.
    #[error("the outcome of the append is unknown: {0}")]
    Unknown(String),
}

/// Why a read failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The engine is down or stopping.
    #[error("the event store cannot be read: {0}")]
    Unavailable(String),
    /// The bookmark names an event that this store does not hold.
    #[error("the bookmark belongs to another store")]
    ForeignBookmark,
}

/// How far a subscriber has come: enough to notice that the store under it was
/// exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookmark {
    /// The store that gave the position.
    pub store: Uuid,
    /// The last event seen.
    pub position: GlobalPosition,
    /// The identity of the event at that position; nil at the start.
    pub event: Uuid,
}

/// What stands in a place that all processes of a store share, beside events and log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// How often it was filled before.
    pub revision: Revision,
    /// What was put there last.
    pub bytes: Vec<u8>,
}

/// How an engine on other machines is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its servers, as they were given, without user and password.
    pub nodes: String,
    /// The one of them that answered last: it is read from and written to.
    pub node: String,
    /// What that one says that it runs.
    pub version: String,
    /// Why they do not answer at present; `None` when they do.
    pub fault: Option<String>,
    /// What they hold that cannot be right, if anything was found.
    pub damage: Option<String>,
    /// Whether destroyed keys may still lie on their disks until they are scavenged.
    pub scavenge_due: bool,
}

/// What a subscription tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The next event, in global order.
    Event(StoredEvent),
    /// Everything that was stored when the subscription looked has been told; what
    /// follows is live. May be said again after falling behind.
    CaughtUp,
}

/// A running subscription: ask it for the next notice.
#[async_trait]
pub trait Subscription: Send {
    /// Waits for the next notice. It never ends silently: it waits, or it fails.
    async fn next(&mut self) -> Result<Notice, ReadError>;
}

/// What every engine does. See the module page for what is absent.
#[async_trait]
pub trait EventStore: Send + Sync + 'static {
    /// The identity of this store, chosen when it was created.
    fn store_id(&self) -> Uuid;

    /// Appends a batch to one stream, all or nothing, durable before it answers.
    ///
    /// Appending again what is already there (same ids at the expected place) answers
    /// the first result with `already_done`. Once accepted, an append is completed
    /// even if the caller stops waiting. A key ring that exists is never overwritten:
    /// an append that brings its id again is refused as `Unavailable`.
    ///
    /// # Errors
    ///
    /// See [`AppendError`]; only `Unknown` leaves open whether events were stored.
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// Appends events that say that keys were destroyed, and puts `rings` in the place of
    /// those that held them: nobody reads the events while the keys live. Leaves no copy of
    /// the old bytes behind before it answers.
    ///
    /// An engine that can do both in one commit does so. Any other destroys first, as here:
    /// a crash in between leaves texts that do not open and no event that says why, until
    /// the caller asks again.
    ///
    /// # Errors
    ///
    /// Those of `append` and `replace_key_rings`; `Unknown` when old bytes may be left
    /// somewhere although the events are stored.
    async fn append_erasing(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
        rings: Vec<KeyRing>,
    ) -> Result<Appended, AppendError> {
        self.replace_key_rings(rings).await?;
        self.append(stream, expected, events).await
    }

    /// The events of one stream from a revision on, at most `limit`; empty when
    /// there are none.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError>;

    /// The events after a position in global order, at most `limit`.
    async fn read_all(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError>;

    /// Where the command with this first event id stands in the stream, if it was
    /// carried out.
    async fn find_command(
        &self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> Result<Option<StoredEvent>, ReadError>;

    /// The position of the last event.
    async fn head(&self) -> Result<GlobalPosition, ReadError>;

    /// How many events lie after one position up to another, for those who watch the
    /// machine: exactly where positions are dense, about as many elsewhere.
    fn distance(&self, from: GlobalPosition, to: GlobalPosition) -> u64 {
        to.0.saturating_sub(from.0)
    }

    /// The bookmark for a position that this store has given out.
    async fn bookmark(&self, position: GlobalPosition) -> Result<Bookmark, ReadError>;

    /// Follows the store from a bookmark (`None`: from the start): first what is
    /// stored, then `CaughtUp`, then live, without gap or repeat.
    ///
    /// # Errors
    ///
    /// [`ReadError::ForeignBookmark`] when the store does not hold that event there.
    async fn subscribe(&self, after: Option<Bookmark>) -> Result<Box<dyn Subscription>, ReadError>;

    /// One ring of wrapped keys.
    async fn key_ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError>;

    /// Rings of wrapped keys after an id, at most `limit`, in the order of ids.
    async fn key_rings(&self, after: i64, limit: usize) -> Result<Vec<KeyRing>, ReadError>;

    /// Replaces rings (a key destroyed, an epoch changed), all or nothing, durable before
    /// it answers, leaving no copy of the old bytes behind. Without rings it only sees to
    /// the latter, when an earlier answer left it open.
    ///
    /// # Errors
    ///
    /// `Unavailable` when a ring does not exist or would become longer; `KeysChanged` when
    /// another process has replaced one since it was read ([`KeyRing::read_at`]); `Unknown`
    /// when old bytes may be left somewhere: replace again.
    async fn replace_key_rings(&self, rings: Vec<KeyRing>) -> Result<(), AppendError>;

    /// What stands in a place that the processes of this store share; `None` when nothing
    /// does. Who alone can write ([`EventStore::is_exclusive`]) shares none.
    async fn slot(&self, name: &'static str) -> Result<Option<Slot>, ReadError> {
        let _ = name;
        Ok(None)
    }

    /// Fills such a place, if it still is as `expected`; answers its revision. Whoever gets an
    /// answer was the only one.
    ///
    /// # Errors
    ///
    /// `Conflict` when another process was first; `Unknown` when nobody knows: look.
    async fn fill_slot(
        &self,
        name: &'static str,
        expected: Expected,
        bytes: Vec<u8>,
    ) -> Result<Revision, AppendError> {
        let _ = (expected, bytes);
        Err(AppendError::Unavailable(format!("nobody shares {name} here")))
    }

    /// Whether this process alone can write to the store, so that what it last wrote
    /// to a stream is what stands there.
    fn is_exclusive(&self) -> bool;

    /// How many appends wait for their answer, for those who watch the machine.
    fn waiting(&self) -> usize {
        0
    }

    /// How the servers are doing that hold the store; `None` when it is in this process.
    fn remote(&self) -> Option<Remote> {
        None
    }

    /// Finishes accepted appends and stops taking new ones. Reading goes on; a
    /// subscription tells what is stored and then waits.
    async fn close(&self);
}

/// Refuses batches that no engine takes. Engines call it before anything else.
pub fn check_size(events: &[NewEvent]) -> Result<(), AppendError> {
    let bytes: usize = events.iter().map(|event| event.data.len() + event.metadata.len()).sum();
    if events.is_empty() || events.len() > MAX_EVENTS || bytes > MAX_BYTES {
        return Err(AppendError::TooLarge);
    }
    Ok(())
}
