//! The double as a process of its own, with the events of a data folder in it.
//!
//! They are put in past the network and as the engine would have written them, each ring of
//! keys before its event: a node that reads them afterwards shows whether that is right.

#[expect(dead_code, reason = "it is never told to fail")]
#[path = "../../../tests/double/mod.rs"]
mod double;

use std::path::Path;

use bytes::Bytes;
use quesito::codec;
use quesito::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions};
use quesito::event_store::sqlite::SqliteStore;
use quesito::event_store::{EventStore, GlobalPosition, StoredEvent};
use uuid::Uuid;

use crate::Failure;
use double::{Double, Expected, Options, Outcome, Proposed};

/// Events read at once.
const PAGE: usize = 1_000;

/// What the metadata of the engine's events begin with.
const MARK: &[u8] = b"\n\t\n ";

/// Serves until it is killed: the child process. It prints its URL when it is ready.
pub async fn serve(data: Option<&str>) -> Result<(), Failure> {
    let double = Double::start(Options::default());
    if let Some(data) = data {
        fill(&double, &Path::new(data).join("events.db")).await?;
    }
    println!("{}", double.url());
    loop {
        std::thread::park();
    }
}

async fn fill(double: &Double, events: &Path) -> Result<(), Failure> {
    let from = SqliteStore::open_read_only(events)?;
    // The engine itself writes which store it is.
    let create = Some(from.store_id());
    let options = EventStoreDbOptions { create, ..EventStoreDbOptions::default() };
    drop(EventStoreDb::open(&double.url(), options).await?);
    let mut after = GlobalPosition::START;
    loop {
        let page = from.read_all(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        for event in page {
            if let Some((_, key)) = codec::sealed_texts(&event)?.first()
                && let Some(ring) = from.key_ring(key.ring).await?
            {
                let bytes = [&ring.epoch.to_be_bytes()[..], &ring.wrapped].concat();
                let id = Uuid::new_v5(&event.id, b"ring");
                let owner = Bytes::copy_from_slice(event.id.as_bytes());
                put(
                    double,
                    &format!("op-key-{}", ring.id),
                    proposed(id, "key-ring.v1", bytes, owner),
                )?;
            }
            let StoredEvent { id, stored_type, data, metadata, stream, .. } = event;
            let metadata = [MARK, &metadata].concat().into();
            put(double, stream.as_str(), proposed(id, &stored_type, data, metadata))?;
        }
    }
}

fn proposed(id: Uuid, kind: &str, data: Vec<u8>, custom_metadata: Bytes) -> Proposed {
    Proposed { id, kind: kind.to_owned(), json: false, custom_metadata, data: data.into() }
}

fn put(double: &Double, stream: &str, event: Proposed) -> Result<(), Failure> {
    match double.append(stream, Expected::Any, &[event]) {
        Outcome::Done { .. } => Ok(()),
        other => Err(format!("{stream}: {other:?}").into()),
    }
}
