//! A small store to which anything may happen.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::{Clock, SetClock, civil_date};
use crate::codec::{Actor, ActorKind, Codec, Envelope, ReceivedVia, event_id};
use crate::domain::registry::Role;
use crate::domain::values::Day;
use crate::domain::{Decider, EventSet};
use crate::event_store::memory::MemoryStore;
use crate::event_store::{EventStore, Expected, GlobalPosition, NewEvent, StreamName};
use crate::privacy::{EpochKeys, SeededRandom};
use crate::projections::{Views, ViewsOptions};

/// A store, and a clock that moves an hour with every event.
pub struct World {
    pub store: Arc<MemoryStore>,
    pub codec: Arc<Codec>,
    pub clock: SetClock,
    next: Mutex<u128>,
}

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

impl World {
    pub fn new() -> Self {
        let clock = SetClock::at("2026-01-10T08:00:00Z".parse().unwrap());
        let epochs = EpochKeys::ephemeral(clock.today(), &mut SeededRandom::new(7));
        let codec = Codec::new(epochs, 0, Arc::new(clock.clone()));
        Self {
            store: Arc::new(MemoryStore::default()),
            codec: Arc::new(codec),
            clock,
            next: Mutex::new(1),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn today(&self) -> Day {
        civil_date(self.now()).into()
    }

    pub fn open(&self) -> Arc<Views> {
        self.open_at(ViewsOptions::default())
    }

    pub fn open_at(&self, options: ViewsOptions) -> Arc<Views> {
        let codec = Arc::clone(&self.codec);
        Views::open(Arc::clone(&self.store) as _, codec, &self.clock, options).unwrap()
    }

    /// Records an event as it would come from a client.
    pub async fn record<D: Decider>(&self, id: &str, stored: &str, data: Value) -> Uuid {
        self.record_for::<D>("c_a944", id, stored, data).await
    }

    pub async fn record_for<D: Decider>(
        &self,
        body: &str,
        id: &str,
        stored: &str,
        data: Value,
    ) -> Uuid {
        let event = D::Event::from_value(stored, &data).unwrap().unwrap();
        let stream = StreamName::new(format!("{}-{id}", D::CATEGORY)).unwrap();
        let command_id = {
            let mut next = self.next.lock().unwrap();
            *next += 1;
            Uuid::from_u128(0xC0_0000 + *next)
        };
        let envelope = Envelope {
            command_id,
            correlation_id: command_id,
            causation_id: None,
            actor: Actor {
                subject: "p-1".parse().unwrap(),
                kind: ActorKind::Person,
                role: Role::Municipality,
                body_id: body.parse().unwrap(),
                on_behalf_of: None,
            },
            received_via: ReceivedVia::Own,
            recorded_at: self.now(),
            occurred_on: self.today(),
        };
        let events = self.codec.write(&stream, &[event], &envelope, b"{}").unwrap();
        self.append(&stream, events).await;
        event_id(command_id, 0)
    }

    pub async fn append(&self, stream: &StreamName, events: Vec<NewEvent>) -> GlobalPosition {
        let last = self.store.read_stream(stream, 0, 10_000).await.unwrap().pop();
        let expected = last.map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
        let appended = self.store.append(stream, expected, events).await.unwrap();
        self.clock.set(self.now() + jiff::SignedDuration::from_hours(1));
        appended.position
    }

    pub async fn exists(&self, stream: &str) -> bool {
        let stream = StreamName::new(stream).unwrap();
        !self.store.read_stream(&stream, 0, 1).await.unwrap().is_empty()
    }

    /// Waits until views show everything.
    pub async fn shown(&self, views: &Views) {
        let head = self.store.head().await.unwrap();
        views.wait_for(head, std::time::Duration::from_secs(20)).await.unwrap();
    }
}

/// A report with two readings.
pub fn report(body: &str, title: &str) -> Value {
    json!({
        "coordinator": "anci_er", "body": body, "title": title,
        "description": "La Questura chiede un documento che la legge non prevede.",
        "theme": "residence_registration", "urgency": "medium", "visibility": "network",
        "people_affected": 3,
        "norms": [{"kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5"}],
        "positions": [position("questura-bo", "Serve la dichiarazione.")],
    })
}

pub fn position(authority: &str, reading: &str) -> Value {
    json!({
        "authority": authority, "reading": reading, "form": "practice", "known": "direct",
        "territory": {"level": "province", "code": "BO"},
    })
}
