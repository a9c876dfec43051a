//! Typed event ⇄ stored bytes.
//!
//! Bytes are made once, here: canonical JSON (RFC 8785) with every text sealed
//! under a key of its own. Reading gives the event back with its texts still
//! sealed ([`Codec::read`], for folds and decisions) or opened
//! ([`Codec::open`], for people). Where a later version of an event type needs
//! the older ones translated, the translation stands in [`upcast`].
//!
//! Deliberately absent: any knowledge of what an event means.
//!
//! Depends on: `domain`, `event_store`, `clock`, `privacy`.

mod canonical;
mod envelope;
mod instant;
mod keys;
mod opening;
mod places;
pub mod schemas;
mod sharing;
pub mod upcast;

use std::collections::HashSet;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use envelope::Circumstances;
pub use envelope::{Actor, ActorKind, Envelope, Metadata, ReceivedVia};
pub use instant::Instant;
pub use keys::{Rewrapped, sealed_texts};
pub use opening::Opening;
use places::sealed_places;
use sharing::Sharing;
pub use sharing::{FRESH, KeepUpError};

use crate::clock::Clock;
use crate::domain::values::{Leaf, leaves};
use crate::domain::{EventSet, Recorded};
use crate::event_store::{EventStore, KeyRing, NewEvent, ReadError, StoredEvent, StreamName};
use crate::privacy::{self, EpochKeys, KeyId, OpenError, Random, RingIds, TextContext};

/// The namespace of command ids; printed in the design, never changed.
pub const COMMAND_NAMESPACE: Uuid = Uuid::from_u128(0x7df0_f485_09d3_4cb0_a381_a8e2_edc6_f255);

/// What a stored event could not be read as.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The type is not known to this version.
    #[error("unknown event type `{0}`")]
    UnknownType(String),
    /// The bytes are not what the type promises.
    #[error("event of type `{stored_type}` cannot be read: {why}")]
    Malformed {
        /// The stored type.
        stored_type: String,
        /// What is wrong, without content.
        why: String,
    },
    /// A text does not open although its key was not destroyed.
    #[error("a text of event {event} does not open: {why}")]
    Text {
        /// Which event.
        event: Uuid,
        /// Why.
        why: OpenError,
    },
    /// The store could not be asked for a key.
    #[error(transparent)]
    Store(#[from] ReadError),
}

/// The id of a command: the same for every retry, through any node.
///
/// `subject` is the person or machine, never the token; `path` is the concrete
/// path of the request; `key` is the idempotency key.
pub fn command_id(subject: &str, method: &str, path: &str, key: &str) -> Uuid {
    let mut name = Vec::with_capacity(subject.len() + path.len() + key.len() + 24);
    for part in [subject, method, path, key] {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part.as_bytes());
    }
    Uuid::new_v5(&COMMAND_NAMESPACE, &name)
}

/// The id of the thing a command creates.
pub fn new_stream_id(command: Uuid) -> Uuid {
    Uuid::new_v5(&command, b"stream")
}

/// The id of the n-th event a command causes.
pub fn event_id(command: Uuid, index: usize) -> Uuid {
    Uuid::new_v5(&command, index.to_string().as_bytes())
}

/// Seals and opens; holds the epoch keys.
pub struct Codec {
    epochs: RwLock<EpochKeys>,
    rings: RingIds,
    clock: Arc<dyn Clock>,
    /// Keys that were destroyed, whatever a store says that holds them.
    destroyed: RwLock<HashSet<KeyId>>,
    /// What is needed where other processes may change the key file.
    sharing: OnceLock<Sharing>,
}

/// The data of one event as stored, with the keys of its texts.
struct Sealed {
    data: Vec<u8>,
    keys: Option<KeyRing>,
    first_key: Option<privacy::TextKey>,
}

/// Randomness from the clock, in the shape that sealing wants.
struct Drawn<'a>(&'a dyn Clock);

impl Random for Drawn<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

impl Codec {
    /// A codec with these epoch keys, whose new rings lie after `last_ring`.
    pub fn new(epochs: EpochKeys, last_ring: i64, clock: Arc<dyn Clock>) -> Self {
        Self {
            epochs: RwLock::new(epochs),
            rings: RingIds::after(last_ring),
            clock,
            destroyed: RwLock::default(),
            sharing: OnceLock::new(),
        }
    }

    /// Turns the events of one command into stored bytes.
    ///
    /// `body` is the canonical body of the command, for its digest.
    ///
    /// # Errors
    ///
    /// [`CodecError::Malformed`] when an event is not representable as JSON.
    pub fn write<E: EventSet>(
        &self,
        stream: &StreamName,
        events: &[E],
        envelope: &Envelope,
        body: &[u8],
    ) -> Result<Vec<NewEvent>, CodecError> {
        let mut written = Vec::with_capacity(events.len());
        let mut digest = None;
        let mut at = envelope.recorded_at;
        for (index, event) in events.iter().enumerate() {
            let id = event_id(envelope.command_id, index);
            let stored_type = event.stored_type();
            let clear = serde_json::to_value(event).map_err(|why| malformed(stored_type, &why))?;
            let Sealed { data, keys, first_key } =
                self.seal(stream, id, stored_type, clear, &leaves(event))?;
            let digest =
                digest.get_or_insert_with(|| privacy::command_digest(first_key.as_ref(), body));
            let metadata =
                envelope.metadata(id, digest, at).map_err(|why| malformed(stored_type, &why))?;
            at = next_micro(at);
            written.push(NewEvent {
                id,
                stored_type: stored_type.into(),
                data,
                metadata: canonical(&metadata, stored_type)?,
                keys,
            });
        }
        Ok(written)
    }

    /// Seals the texts among the leaves of an event's data.
    fn seal(
        &self,
        stream: &StreamName,
        event_id: Uuid,
        stored_type: &str,
        mut data: serde_json::Value,
        leaves: &[Leaf],
    ) -> Result<Sealed, CodecError> {
        let texts: Vec<_> = leaves.iter().filter(|leaf| leaf.kind == "Text").collect();
        let pairs: Vec<_> =
            texts.iter().map(|leaf| (leaf.pointer.as_str(), leaf.value.as_str())).collect();
        let context = TextContext { stream: stream.as_str(), event_id, stored_type };
        let ring = self.next_ring();
        let sealing = {
            let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
            privacy::seal(&mut Drawn(&*self.clock), epochs.current(), &context, &pairs, ring)
        };
        if let Some(ring) = &sealing.ring {
            self.note_sealed(ring);
        }
        for (leaf, sealed) in texts.iter().zip(sealing.sealed) {
            if let Some(place) = data.pointer_mut(&leaf.pointer) {
                *place =
                    serde_json::to_value(sealed).map_err(|why| malformed(stored_type, &why))?;
            }
        }
        Ok(Sealed {
            data: canonical::to_vec(&data).map_err(|why| malformed(stored_type, &why))?,
            keys: sealing.ring,
            first_key: sealing.first_key,
        })
    }

    /// Reads an event, leaving its texts sealed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] when type or bytes are not what this version knows.
    pub fn read<E: EventSet>(&self, stored: &StoredEvent) -> Result<Recorded<E>, CodecError> {
        let event = decode::<E>(&stored.stored_type, &stored.data)?;
        recorded(stored, event)
    }

    /// Reads an event with its texts opened; an erased text reads [`ERASED_IT`](crate::domain::values::ERASED_IT).
    ///
    /// # Errors
    ///
    /// [`CodecError`] as [`Codec::read`], or when a text that was not erased does not open.
    pub async fn open<E: EventSet>(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
    ) -> Result<Recorded<E>, CodecError> {
        let data = self.open_data(store, stored).await?;
        let of_type = &*stored.stored_type;
        if upcast::upcast(of_type, &stored.data).is_some() {
            let bytes = serde_json::to_vec(&data).map_err(|why| malformed(of_type, &why))?;
            return recorded(stored, decode::<E>(of_type, &bytes)?);
        }
        let event = E::from_value(of_type, &data)
            .ok_or_else(|| CodecError::UnknownType(of_type.to_owned()))?
            .map_err(|why| malformed(of_type, &why))?;
        recorded(stored, event)
    }
}

/// Reads the metadata of an event.
///
/// # Errors
///
/// [`CodecError::Malformed`] when they are not version 1 metadata.
pub fn metadata(stored: &StoredEvent) -> Result<Metadata, CodecError> {
    serde_json::from_slice(&stored.metadata).map_err(|why| malformed(&stored.stored_type, &why))
}

/// Reads the data of an event of any type, its texts sealed, and writes it again.
///
/// The same bytes come back when they are canonical and of the newest version; an
/// older version comes back as the newest.
///
/// # Errors
///
/// [`CodecError`] when type or bytes are not what this version knows.
pub fn rewrite(stored_type: &str, data: &[u8]) -> Result<Vec<u8>, CodecError> {
    if let Some(current) = upcast::upcast(stored_type, data) {
        let (newer, data) = current.map_err(|why| malformed(stored_type, &why))?;
        return rewrite(&newer, &data);
    }
    let kind = schemas::event_type(stored_type)
        .ok_or_else(|| CodecError::UnknownType(stored_type.to_owned()))?;
    let data = serde_json::from_slice(data).map_err(|why| malformed(stored_type, &why))?;
    let again = (kind.check)(data).map_err(|why| malformed(stored_type, &why))?;
    canonical(&again, stored_type)
}

/// Canonical bytes (RFC 8785).
///
/// # Errors
///
/// [`CodecError::Malformed`] when the value is not representable.
pub fn canonical(value: &impl Serialize, what: &str) -> Result<Vec<u8>, CodecError> {
    let value = serde_json::to_value(value).map_err(|why| malformed(what, &why))?;
    canonical::to_vec(&value).map_err(|why| malformed(what, &why))
}

/// The smallest instant after another that an event can carry.
pub fn next_micro(instant: Timestamp) -> Timestamp {
    instant.saturating_add(jiff::SignedDuration::from_micros(1)).unwrap_or(instant)
}

fn decode<E: EventSet>(stored_type: &str, data: &[u8]) -> Result<E, CodecError> {
    if let Some(current) = upcast::upcast(stored_type, data) {
        let (stored_type, data) = current.map_err(|why| malformed(stored_type, &why))?;
        return decode::<E>(&stored_type, &data);
    }
    E::from_slice(stored_type, data)
        .ok_or_else(|| CodecError::UnknownType(stored_type.to_owned()))?
        .map_err(|why| malformed(stored_type, &why))
}

fn recorded<E>(stored: &StoredEvent, event: E) -> Result<Recorded<E>, CodecError> {
    let Circumstances { actor, occurred_on, recorded_at } =
        serde_json::from_slice(&stored.metadata)
            .map_err(|why| malformed(&stored.stored_type, &why))?;
    let (recorded_at, body) = (recorded_at.0, Some(actor.acting_body()));
    Ok(Recorded { id: stored.id, occurred_on, recorded_at, body, event })
}

/// What is wrong with the bytes, without repeating what they say.
fn malformed(stored_type: &str, why: &impl std::fmt::Display) -> CodecError {
    // serde puts an offending value in backticks or quotes; identifiers only go on.
    let why = why.to_string();
    let why = why.split(['`', '"']).next().unwrap_or_default().trim().to_owned();
    CodecError::Malformed { stored_type: stored_type.to_owned(), why }
}
