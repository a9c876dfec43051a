//! Stores to test, and events to put into them.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quesito::event_store::memory::MemoryStore;
use quesito::event_store::sqlite::{OpenError, SqliteOptions, SqliteStore};
use quesito::event_store::{
    Appended, EventStore, Expected, GlobalPosition, KeyRing, NewEvent, Notice, StoredEvent,
    StreamName, Subscription,
};
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

#[cfg(feature = "eventstoredb")]
pub use crate::eventstoredb::subject as eventstoredb;

/// The identity of every store made here.
pub const STORE: Uuid = Uuid::from_u128(0x5354_4f52_4500_8000_8000_0000_0000_0001);

/// A store under test, with what it lives in.
pub struct Subject {
    pub store: Arc<dyn EventStore>,
    _home: Box<dyn Any + Send>,
}

impl Subject {
    pub fn new(store: impl EventStore, home: impl Any + Send) -> Self {
        Self { store: Arc::new(store), _home: Box::new(home) }
    }
}

pub fn memory() -> Subject {
    Subject::new(MemoryStore::default(), ())
}

pub fn sqlite() -> Subject {
    let (folder, path) = folder();
    Subject::new(open(&path), folder)
}

/// A folder and the path of an events file in it.
pub fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("events.db");
    (folder, path)
}

/// Opens a store, also one that was closed a moment ago: a process that another test is just
/// starting holds its lock until it has become its program.
pub fn open(path: &std::path::Path) -> SqliteStore {
    let patience = Instant::now() + Duration::from_secs(2);
    loop {
        match SqliteStore::open(path, SqliteOptions::creating(STORE)) {
            Err(OpenError::InUse { .. }) if Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(10));
            }
            opened => return opened.expect("the store opens"),
        }
    }
}

pub fn stream(name: &str) -> StreamName {
    StreamName::new(name).expect("a valid name")
}

/// The id of the event with this number.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x1d00_0000_0000_8000_8000_0000_0000_0000 | number)
}

/// An event that differs from every other number's in all its parts.
pub fn event(number: u128) -> NewEvent {
    NewEvent {
        id: id(number),
        stored_type: "issue-reported.v1".into(),
        data: format!("{{\"number\":{number}}}").into_bytes(),
        metadata: format!("{{\"command\":{number}}}").into_bytes(),
        keys: None,
    }
}

pub fn events(numbers: impl IntoIterator<Item = u128>) -> Vec<NewEvent> {
    numbers.into_iter().map(event).collect()
}

pub fn ring(id: i64, filled: u8) -> KeyRing {
    KeyRing { id, epoch: 1, wrapped: vec![filled; 72], read_at: None }
}

/// An event that brings the ring of the same number.
pub fn sealed(number: u32) -> NewEvent {
    let filled = u8::try_from(number % 200).expect("below 200") + 1;
    NewEvent { keys: Some(ring(i64::from(number), filled)), ..event(u128::from(number)) }
}

/// Appends one numbered event and expects it to be taken.
pub async fn put(
    store: &dyn EventStore,
    name: &StreamName,
    expected: Expected,
    number: u128,
) -> Appended {
    store.append(name, expected, vec![event(number)]).await.expect("an append")
}

/// Appends numbered events one by one to a new stream.
pub async fn fill(store: &dyn EventStore, name: &StreamName, numbers: impl Iterator<Item = u128>) {
    let mut expected = Expected::NoStream;
    for number in numbers {
        expected = Expected::Exact(put(store, name, expected, number).await.last_revision);
    }
}

pub async fn whole_stream(store: &dyn EventStore, name: &StreamName) -> Vec<StoredEvent> {
    store.read_stream(name, 0, usize::MAX).await.expect("a read")
}

pub async fn everything(store: &dyn EventStore) -> Vec<StoredEvent> {
    store.read_all(GlobalPosition::START, usize::MAX).await.expect("a read")
}

pub fn ids(events: &[StoredEvent]) -> Vec<Uuid> {
    events.iter().map(|event| event.id).collect()
}

/// The next notice; a store that stays silent fails the test instead of hanging it.
pub async fn next(subscription: &mut dyn Subscription) -> Notice {
    timeout(Duration::from_mins(1), subscription.next())
        .await
        .expect("a notice within a minute")
        .expect("a notice")
}

/// The next so many events, whatever else is told between them.
pub async fn next_events(subscription: &mut dyn Subscription, count: usize) -> Vec<StoredEvent> {
    let mut events = Vec::new();
    while events.len() < count {
        if let Notice::Event(event) = next(subscription).await {
            events.push(event);
        }
    }
    events
}

/// The events told before the store says that everything has been told.
pub async fn caught_up(subscription: &mut dyn Subscription) -> Vec<StoredEvent> {
    let mut events = Vec::new();
    loop {
        match next(subscription).await {
            Notice::Event(event) => events.push(event),
            Notice::CaughtUp => return events,
        }
    }
}
