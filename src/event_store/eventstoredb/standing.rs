//! What the engine itself remembers on the server: which store this is, and whether a
//! scavenge is due.
//!
//! The identity is the first event of the store, so that every event of ours lies after the
//! start. Two nodes that make it at the same moment agree: only one of them begins the
//! stream, and the other reads.
//!
//! Deliberately absent: the scavenge itself, which is for those who run the server.
//!
//! Depends on: the port.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use uuid::Uuid;

use super::Shared;
use super::append::Put;
use super::client::{Believed, Client, Proposed, Record, Trouble, Way};
use super::names::Names;
use super::supervisor::Supervisor;
use crate::event_store::ReadError;

/// The stored types of what is remembered.
const IDENTITY: &str = "store-identity.v1";
const REPLACED: &str = "keys-replaced.v1";
const SCAVENGED: &str = "keys-scavenged.v1";

/// Reads the identity of the store; makes it, when there is none and one is given.
pub(super) async fn identity(
    supervisor: &Supervisor,
    names: &Names,
    create: Option<Uuid>,
) -> Result<Option<Uuid>, Trouble> {
    let name = names.own("identity");
    let read = |client: Client| client.read_stream(name.clone(), Way::FromStart, 1);
    loop {
        if let Some(first) = supervisor.ask(read).await?.records.first() {
            return Ok(stored(first));
        }
        let Some(store) = create else { return Ok(None) };
        let event = Proposed {
            id: store,
            kind: IDENTITY.into(),
            data: Bytes::from(format!("{{\"store\":\"{store}\"}}")),
            metadata: Bytes::new(),
            json: false,
        };
        let write =
            |client: Client| client.append(name.clone(), Believed::NoStream, vec![event.clone()]);
        match supervisor.ask(write).await {
            // Whoever wrote it: the next round reads it.
            Ok(_) | Err(Trouble::WrongRevision) => {}
            Err(why) => return Err(why),
        }
    }
}

fn stored(record: &Record) -> Option<Uuid> {
    let data: serde_json::Value = serde_json::from_slice(&record.data).ok()?;
    data.get("store")?.as_str()?.parse().ok()
}

/// Whether old bytes of keys may still lie on the disks of the server.
#[derive(Default)]
pub(super) struct Scavenge {
    due: AtomicBool,
}

impl Scavenge {
    /// What the store remembers.
    pub(super) async fn of(supervisor: &Supervisor, names: &Names) -> Result<Self, ReadError> {
        let name = names.own("scavenge");
        let read = |client: Client| client.read_stream(name.clone(), Way::FromEnd, 1);
        let last = supervisor.read(read).await?.records.pop();
        let due = last.is_some_and(|record| record.kind == REPLACED);
        Ok(Self { due: AtomicBool::new(due) })
    }

    /// Whether one is due.
    pub(super) fn due(&self) -> bool {
        self.due.load(Ordering::Acquire)
    }

    /// Remembers that one is: keys are about to be replaced.
    pub(super) async fn is_due(&self, shared: &Shared) {
        if !self.due.swap(true, Ordering::AcqRel) {
            note(shared, REPLACED).await;
        }
    }

    /// Remembers that one has ended.
    pub(super) async fn is_done(&self, shared: &Shared) {
        if self.due.swap(false, Ordering::AcqRel) {
            note(shared, SCAVENGED).await;
        }
    }
}

/// Notes a change. Without it the next start says again that a scavenge is due, or does
/// not know of it before the next erasure: worth a line in the log, and not more.
async fn note(shared: &Shared, kind: &str) {
    let name = shared.names.own("scavenge");
    let noted = async {
        let last = shared.newest(&name).await?;
        if last.as_ref().is_some_and(|last| last.kind == kind) {
            return Ok(());
        }
        let revision = last.map(|last| last.revision);
        let seed = format!("{kind} {revision:?}");
        let event = Proposed {
            id: Uuid::new_v5(&shared.store, seed.as_bytes()),
            kind: kind.into(),
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::new(),
            json: false,
        };
        let believed = revision.map_or(Believed::NoStream, Believed::At);
        match shared.put(&name, believed, &[event]).await {
            // Another node has just noted something.
            Ok(_) | Err(Put::Wrong) => Ok(()),
            Err(other) => Err(ReadError::Unavailable(
                crate::event_store::AppendError::from(other).to_string(),
            )),
        }
    };
    if let Err(why) = noted.await {
        tracing::warn!(%why, "whether a scavenge is due could not be noted");
    }
}
