//! An engine in memory, for tests and for a demo that leaves nothing behind.
//!
//! Deliberately absent: durability, and any limit but memory itself.
//!
//! Depends on: the port.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::watch;
use uuid::Uuid;

use super::following::{Following, Pages};
use super::rules::{self, Verdict};
use super::{
    AppendError, Appended, Bookmark, EventStore, Expected, GlobalPosition, KeyRing, NewEvent,
    ReadError, Revision, StoredEvent, StreamName, Subscription, check_size,
};

/// Tells the stores of one process apart; nothing outlives the process.
static STORES: AtomicU64 = AtomicU64::new(1);

/// A store that is gone when its last handle is dropped. Clones share the events.
#[derive(Clone)]
pub struct MemoryStore {
    memory: Arc<Memory>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        let number = u128::from(STORES.fetch_add(1, Ordering::Relaxed));
        let memory = Memory {
            id: Uuid::from_u128(0x4d65_6d6f_7279_8000_8000_0000_0000_0000 | number),
            log: Mutex::default(),
            head: watch::Sender::new(GlobalPosition::START),
        };
        Self { memory: Arc::new(memory) }
    }
}

struct Memory {
    id: Uuid,
    log: Mutex<Log>,
    head: watch::Sender<GlobalPosition>,
}

/// Everything stored. The event at index `i` has the position `i + 1`.
#[derive(Default)]
struct Log {
    events: Vec<StoredEvent>,
    streams: HashMap<StreamName, Vec<usize>>,
    rings: BTreeMap<i64, KeyRing>,
    closed: bool,
}

impl Log {
    fn append(
        &mut self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let places = self.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let actual = places.len().checked_sub(1).map(to_u64);
        match rules::judge(expected, actual, events.len()) {
            Verdict::Conflict => Err(AppendError::Conflict { actual }),
            Verdict::Compare(first) => {
                self.compare(places, first, &events).ok_or(AppendError::Conflict { actual })
            }
            Verdict::Append(first) => {
                self.check_rings(&events)?;
                Ok(self.store(stream, first, events))
            }
        }
    }

    /// The first result of a batch that is there already.
    fn compare(&self, places: &[usize], first: Revision, batch: &[NewEvent]) -> Option<Appended> {
        let there = places.iter().skip(to_usize(first)).filter_map(|&place| self.events.get(place));
        let mut last = None;
        for (event, new) in there.zip(batch) {
            if event.id != new.id {
                return None;
            }
            last = Some(event);
        }
        last.map(|last| Appended {
            first_revision: first,
            last_revision: last.revision,
            position: last.position,
            already_done: true,
        })
    }

    fn check_rings(&self, events: &[NewEvent]) -> Result<(), AppendError> {
        let mut seen = HashSet::new();
        for ring in events.iter().filter_map(|event| event.keys.as_ref()) {
            if self.rings.contains_key(&ring.id) || !seen.insert(ring.id) {
                return Err(rules::ring_taken(ring.id));
            }
        }
        Ok(())
    }

    fn store(&mut self, stream: &StreamName, first: Revision, events: Vec<NewEvent>) -> Appended {
        let places = self.streams.entry(stream.clone()).or_default();
        for (revision, event) in (first..).zip(events) {
            places.push(self.events.len());
            self.events.push(StoredEvent {
                position: GlobalPosition(to_u64(self.events.len()) + 1),
                stream: stream.clone(),
                revision,
                id: event.id,
                stored_type: event.stored_type,
                data: event.data,
                metadata: event.metadata,
            });
            if let Some(ring) = event.keys {
                self.rings.insert(ring.id, ring);
            }
        }
        Appended {
            first_revision: first,
            last_revision: to_u64(places.len()) - 1,
            position: GlobalPosition(to_u64(self.events.len())),
            already_done: false,
        }
    }

    fn replace(&mut self, rings: Vec<KeyRing>) -> Result<(), AppendError> {
        self.check_replacements(&rings)?;
        self.rings.extend(rings.into_iter().map(|ring| (ring.id, ring)));
        Ok(())
    }

    fn check_replacements(&self, rings: &[KeyRing]) -> Result<(), AppendError> {
        for ring in rings {
            let old = self.rings.get(&ring.id).ok_or_else(|| rules::ring_missing(ring.id))?;
            if ring.wrapped.len() > old.wrapped.len() {
                return Err(rules::ring_longer(ring.id));
            }
        }
        Ok(())
    }

    fn at(&self, position: GlobalPosition) -> Option<&StoredEvent> {
        self.events.get(to_usize(position.0.checked_sub(1)?))
    }
}

impl Memory {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Pages for Memory {
    async fn page(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        Ok(self.log().events.iter().skip(to_usize(after.0)).take(limit).cloned().collect())
    }

    async fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError> {
        let event = match bookmark.position {
            GlobalPosition::START => Some(Uuid::nil()),
            position => self.log().at(position).map(|event| event.id),
        };
        Ok(bookmark.store == self.id && event == Some(bookmark.event))
    }

    fn head(&self) -> watch::Receiver<GlobalPosition> {
        self.head.subscribe()
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    fn store_id(&self) -> Uuid {
        self.memory.id
    }

    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        check_size(&events)?;
        let mut log = self.memory.log();
        if log.closed {
            return Err(rules::closed());
        }
        let appended = log.append(stream, expected, events)?;
        // Published while the log is still locked, so that heads appear in order.
        self.memory.head.send_replace(GlobalPosition(to_u64(log.events.len())));
        Ok(appended)
    }

    async fn append_erasing(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
        rings: Vec<KeyRing>,
    ) -> Result<Appended, AppendError> {
        check_size(&events)?;
        let mut log = self.memory.log();
        if log.closed {
            return Err(rules::closed());
        }
        log.check_replacements(&rings)?;
        let appended = log.append(stream, expected, events)?;
        log.replace(rings)?;
        self.memory.head.send_replace(GlobalPosition(to_u64(log.events.len())));
        Ok(appended)
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let log = self.memory.log();
        let places = log.streams.get(stream).into_iter().flatten();
        let wanted = places.skip(to_usize(from)).take(limit);
        Ok(wanted.filter_map(|&place| log.events.get(place).cloned()).collect())
    }

    async fn read_all(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.memory.page(after, limit).await
    }

    async fn find_command(
        &self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> Result<Option<StoredEvent>, ReadError> {
        let log = self.memory.log();
        let newest_first = log.streams.get(stream).into_iter().flatten().rev();
        let mut events = newest_first.filter_map(|&place| log.events.get(place));
        Ok(events.find(|event| event.id == first_event).cloned())
    }

    async fn head(&self) -> Result<GlobalPosition, ReadError> {
        Ok(*self.memory.head.borrow())
    }

    async fn bookmark(&self, position: GlobalPosition) -> Result<Bookmark, ReadError> {
        let store = self.memory.id;
        if position == GlobalPosition::START {
            return Ok(Bookmark { store, position, event: Uuid::nil() });
        }
        let event = self.memory.log().at(position).map(|event| event.id);
        let event = event.ok_or(ReadError::ForeignBookmark)?;
        Ok(Bookmark { store, position, event })
    }

    async fn subscribe(&self, after: Option<Bookmark>) -> Result<Box<dyn Subscription>, ReadError> {
        Ok(Box::new(Following::new(Arc::clone(&self.memory), after).await?))
    }

    async fn key_ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError> {
        Ok(self.memory.log().rings.get(&id).cloned())
    }

    async fn key_rings(&self, after: i64, limit: usize) -> Result<Vec<KeyRing>, ReadError> {
        let log = self.memory.log();
        let later = log.rings.iter().filter(|(id, _)| **id > after);
        Ok(later.take(limit).map(|(_, ring)| ring.clone()).collect())
    }

    async fn replace_key_rings(&self, rings: Vec<KeyRing>) -> Result<(), AppendError> {
        let mut log = self.memory.log();
        if log.closed { Err(rules::closed()) } else { log.replace(rings) }
    }

    fn is_exclusive(&self) -> bool {
        true
    }

    async fn close(&self) {
        self.memory.log().closed = true;
    }
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
