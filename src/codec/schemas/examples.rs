//! Examples of stored events, the same on every machine and in every run.
//!
//! An example is written by the codec that writes real events; only its clock, its
//! randomness and its epoch key are fixed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::{Actor, ActorKind, Codec, Envelope, ReceivedVia, canonical, command_id};
use super::super::{Metadata, new_stream_id};
use super::clear_schema;
use crate::clock::Clock;
use crate::domain::registry::Role;
use crate::domain::{EventSet, EventType};
use crate::event_store::{NewEvent, StreamName};
use crate::privacy::{EpochKeys, Random, SeededRandom};

/// 2026-11-20T09:30:00Z.
const RECORDED_AT: Timestamp = Timestamp::constant(1_795_167_000, 0);

const TODAY: Date = Date::constant(2026, 11, 20);

/// The program in the examples: a release must not change a frozen file.
const PRODUCER: &str = "quesito/0.1.0";

/// A stored event made up for the contract.
pub(super) struct Example {
    /// The stream it would stand in.
    pub stream: StreamName,
    /// The event as stored.
    pub event: NewEvent,
}

impl Example {
    /// The data as JSON.
    pub fn data(&self) -> Value {
        sound(serde_json::from_slice(&self.event.data), "data are JSON")
    }

    /// The metadata as JSON.
    pub fn metadata(&self) -> Value {
        sound(serde_json::from_slice(&self.event.metadata), "metadata are JSON")
    }
}

/// The example of an event type: the one that its schema gives, stored.
pub(super) fn example<E: EventSet>(category: &str, kind: &EventType) -> Example {
    let clear = clear_schema(kind, &mut BTreeMap::new());
    let clear = clear.pointer("/examples/0").cloned().unwrap_or_default();
    let body = sound(canonical(&clear, kind.stored), "an example is JSON");
    let event = E::from_value(kind.stored, &clear)
        .unwrap_or_else(|| unreachable!("a set reads its own types"));
    let event = sound(event, kind.stored);

    let command = command_id("ufficio-giuridico", "POST", kind.stored, "esempio");
    let stream = StreamName::new(format!("{category}-{}", new_stream_id(command)));
    let stream = sound(stream, "a category begins a stream name");
    let envelope = Envelope {
        command_id: command,
        correlation_id: command,
        causation_id: None,
        actor: Actor {
            subject: code("ufficio-giuridico"),
            kind: ActorKind::Person,
            role: Role::Staff,
            body_id: code("anci_er"),
            on_behalf_of: Some(code("c_a944")),
        },
        received_via: ReceivedVia::Phone,
        recorded_at: RECORDED_AT,
        occurred_on: TODAY.into(),
    };
    let keys = EpochKeys::ephemeral(TODAY, &mut SeededRandom::new(0));
    let codec = Codec::new(keys, 0, Arc::new(Repeatable::of(kind.stored)));
    let written = sound(codec.write(&stream, &[event], &envelope, &body), kind.stored);
    let Some(mut event) = written.into_iter().next() else { unreachable!("one event was written") };
    let mut metadata: Metadata =
        sound(serde_json::from_slice(&event.metadata), "metadata are read as written");
    metadata.producer = code(PRODUCER);
    event.metadata = sound(canonical(&metadata, kind.stored), "metadata are JSON");
    Example { stream, event }
}

/// A clock that stands, with randomness that belongs to a name.
struct Repeatable(Mutex<SeededRandom>);

impl Repeatable {
    fn of(name: &str) -> Self {
        let hash = Sha256::digest(name);
        let seed = hash.first_chunk::<8>().copied().unwrap_or_default();
        Self(Mutex::new(SeededRandom::new(u64::from_be_bytes(seed))))
    }
}

impl Clock for Repeatable {
    fn now(&self) -> Timestamp {
        RECORDED_AT
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }
}

fn code<T: FromStr<Err = String>>(text: &str) -> T {
    sound(text.parse(), text)
}

/// Examples stand in the sources and the contract tests read every one of them, so
/// a faulty one never leaves the developer's machine.
fn sound<T, E: Display>(result: Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|why| unreachable!("the example of {what}: {why}"))
}
