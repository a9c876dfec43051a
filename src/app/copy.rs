//! A store carried over to another engine, event by event.
//!
//! What is in the target already must be what the source holds, from the first event on;
//! the rest follows in the same order, with the same ids and bytes, and with the wrapped
//! keys of its texts. Both are then the same log: the roots over them are equal, however
//! the engines count positions.
//!
//! It can end at any moment and goes on where it was. Nobody may write to either store
//! meanwhile.
//!
//! Deliberately absent: documents, the key file and views. They do not lie in the store.
//!
//! Depends on: `event_store`, `codec`, `notary`.

use crate::codec::{self, CodecError};
use crate::event_store::{
    AppendError, EventStore, Expected, GlobalPosition, KeyRing, MAX_BYTES, MAX_EVENTS, NewEvent,
    ReadError, Revision, StoredEvent, StreamName,
};
use crate::notary::shelf::Shelf;
use crate::notary::{Hash, Leaf, Logged, is_logged};

/// Events read at once.
const PAGE: usize = 500;

/// How often an append is asked for again whose outcome is unknown.
const TRIES: usize = 5;

/// Why a copy is not complete, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A store cannot be read.
    #[error("{0}; the same command goes on where it was")]
    Read(#[from] ReadError),
    /// The target takes no events.
    #[error("{0}; the same command goes on where it was")]
    Append(#[from] AppendError),
    /// The target holds other events.
    #[error(
        "the target is not a copy of the source: its event {event} ({stream} revision {revision}) \
         is another. Give an empty target"
    )]
    Different {
        /// Which, counted from 1.
        event: u64,
        /// Its stream.
        stream: StreamName,
        /// Its place in the stream.
        revision: Revision,
    },
    /// The target holds more.
    #[error("the target holds events that the source has not: give an empty one")]
    Longer,
    /// An event names keys in a way that is not known.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// An event cannot be logged.
    #[error("{0} revision {1} cannot be logged: `quesito check` says why")]
    Leaf(StreamName, Revision),
    /// What was read back is not what was written.
    #[error("the roots differ: {from} in the source, {to} in the target. Do not use the target")]
    Roots {
        /// The root of the source, in hex.
        from: String,
        /// The root of the target, in hex.
        to: String,
    },
}

/// What a copy did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Events that were there already.
    pub before: u64,
    /// Events that were appended.
    pub copied: u64,
    /// The root over the logged events of both.
    pub root: Hash,
    /// How many events are logged.
    pub logged: u64,
}

/// Copies what `to` has not yet, then compares both from the first event to the last.
/// `progress` is told how many events were looked at, and about how many there are.
///
/// # Errors
///
/// [`CopyError`]: each one says what to do.
pub async fn copy(
    from: &dyn EventStore,
    to: &dyn EventStore,
    mut progress: impl FnMut(u64, u64),
) -> Result<Copied, CopyError> {
    let (mut after, mut leaves) = (GlobalPosition::START, Vec::new());
    let mut there = Pages::of(to);
    let (mut before, mut copied) = (0_u64, 0_u64);
    loop {
        let page = from.read_all(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            leaves.extend(leaf(event)?);
        }
        let mut known = 0;
        for event in &page {
            let Some(same) = there.next().await? else { break };
            before += 1;
            known += 1;
            if !is_same(event, &same) {
                let StoredEvent { stream, revision, .. } = same;
                return Err(CopyError::Different { event: before, stream, revision });
            }
        }
        for batch in batches(page.get(known..).unwrap_or_default()) {
            append(from, to, batch).await?;
            copied += u64::try_from(batch.len()).unwrap_or_default();
            progress(before + copied, before + copied + from.distance(after, from.head().await?));
        }
    }
    if copied == 0 && there.next().await?.is_some() {
        return Err(CopyError::Longer);
    }
    compare(to, &leaves).await?;
    let logged = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
    Ok(Copied { before, copied, root: Shelf::root_of(&leaves), logged })
}

/// Reads the target back.
async fn compare(to: &dyn EventStore, leaves: &[Hash]) -> Result<(), CopyError> {
    let (mut pages, mut read) = (Pages::of(to), Vec::with_capacity(leaves.len()));
    while let Some(event) = pages.next().await? {
        read.extend(leaf(&event)?);
    }
    let (from, to) = (Shelf::root_of(leaves), Shelf::root_of(&read));
    if from == to {
        return Ok(());
    }
    let hex = crate::notary::hex;
    Err(CopyError::Roots { from: hex(&from), to: hex(&to) })
}

/// The events of a store, one after the other.
struct Pages<'store> {
    store: &'store dyn EventStore,
    after: GlobalPosition,
    page: std::vec::IntoIter<StoredEvent>,
}

impl<'store> Pages<'store> {
    fn of(store: &'store dyn EventStore) -> Self {
        Self { store, after: GlobalPosition::START, page: Vec::new().into_iter() }
    }

    async fn next(&mut self) -> Result<Option<StoredEvent>, ReadError> {
        if self.page.len() == 0 {
            self.page = self.store.read_all(self.after, PAGE).await?.into_iter();
        }
        let next = self.page.next();
        self.after = next.as_ref().map_or(self.after, |event| event.position);
        Ok(next)
    }
}

/// Runs of events that one append can take.
fn batches(events: &[StoredEvent]) -> Vec<&[StoredEvent]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (at, event) in events.iter().enumerate() {
        let size = event.data.len() + event.metadata.len();
        let follows = events.get(begin).is_some_and(|first| first.stream == event.stream);
        if at > begin && (!follows || at - begin == MAX_EVENTS || bytes + size > MAX_BYTES) {
            batches.extend(events.get(begin..at));
            (begin, bytes) = (at, 0);
        }
        bytes += size;
    }
    batches.extend(events.get(begin..).filter(|rest| !rest.is_empty()));
    batches
}

async fn append(
    from: &dyn EventStore,
    to: &dyn EventStore,
    batch: &[StoredEvent],
) -> Result<(), CopyError> {
    let Some(first) = batch.first() else { return Ok(()) };
    let before = first.revision.checked_sub(1);
    let expected = before.map_or(Expected::NoStream, Expected::Exact);
    let mut events = Vec::with_capacity(batch.len());
    for event in batch {
        events.push(NewEvent {
            id: event.id,
            stored_type: event.stored_type.clone(),
            data: event.data.clone(),
            metadata: event.metadata.clone(),
            keys: ring(from, event).await?,
        });
    }
    let mut outcome = to.append(&first.stream, expected, events.clone()).await;
    for _ in 1..TRIES {
        if !matches!(outcome, Err(AppendError::Unknown(_))) {
            break;
        }
        outcome = to.append(&first.stream, expected, events.clone()).await;
    }
    outcome?;
    Ok(())
}

/// The wrapped keys of an event, if it has texts.
async fn ring(from: &dyn EventStore, event: &StoredEvent) -> Result<Option<KeyRing>, CopyError> {
    match codec::sealed_texts(event)?.first() {
        Some((_, key)) => Ok(from.key_ring(key.ring).await?),
        None => Ok(None),
    }
}

fn leaf(event: &StoredEvent) -> Result<Option<Hash>, CopyError> {
    if !is_logged(event.stream.as_str()) {
        return Ok(None);
    }
    let leaf = Leaf::of(&Logged::from(event));
    let leaf = leaf.map_err(|_| CopyError::Leaf(event.stream.clone(), event.revision))?;
    Ok(Some(leaf.hash))
}

/// Whether two stores hold the same event, wherever it stands in them.
fn is_same(one: &StoredEvent, other: &StoredEvent) -> bool {
    let other = StoredEvent { position: one.position, ..other.clone() };
    *one == other
}
