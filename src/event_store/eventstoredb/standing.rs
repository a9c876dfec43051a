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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use uuid::Uuid;

use super::Shared;
use super::append::Put;
use super::client::{Believed, Client, Proposed, Record, Trouble, Way};
use super::names::Names;
use super::supervisor::Supervisor;
use super::tail::{PAGE, SCAVENGED as ENDED};
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
#[derive(Clone)]
pub(super) struct Scavenge {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    due: bool,
    /// How often keys were replaced since the start.
    replaced: u64,
}

impl Scavenge {
    /// What the store remembers.
    pub(super) async fn of(supervisor: &Supervisor, names: &Names) -> Result<Self, ReadError> {
        let name = names.own("scavenge");
        let read = |client: Client| client.read_stream(name.clone(), Way::FromEnd, 1);
        let last = supervisor.read(read).await?.records.pop();
        let due = last.is_some_and(|record| record.kind == REPLACED);
        Ok(Self { state: Arc::new(Mutex::new(State { due, replaced: 0 })) })
    }

    /// Takes what a node noted, this one or another, by its stored type.
    pub(super) fn hear(&self, kind: &str) {
        let due = kind == REPLACED;
        let mut state = self.state();
        state.replaced += u64::from(due && !state.due);
        state.due = due;
    }

    /// Whether one is due.
    pub(super) fn due(&self) -> bool {
        self.state().due
    }

    /// Remembers that one is: keys are about to be replaced.
    pub(super) async fn is_due(&self, shared: &Shared) {
        let known = {
            let mut state = self.state();
            state.replaced += 1;
            std::mem::replace(&mut state.due, true)
        };
        if !known {
            note(shared, REPLACED).await;
        }
    }

    /// Remembers that one has ended.
    pub(super) async fn is_done(&self, shared: &Shared) {
        let was_due = std::mem::replace(&mut self.state().due, false);
        if was_due {
            note(shared, SCAVENGED).await;
        }
    }

    /// Looks whether one has ended since it was noted that one is due, when nobody was there
    /// to see it. What cannot be read leaves it due.
    pub(super) async fn look_back(&self, shared: &Shared) {
        let noted = *self.state();
        let (name, mut way) = (shared.names.own("scavenge"), Way::FromEnd);
        if !noted.due {
            return;
        }
        loop {
            let read = shared.supervisor.read(|client| client.read_all(way, PAGE)).await;
            let Ok(page) = read else { return };
            for record in &page.records {
                if record.stream == name {
                    return;
                }
                if record.kind == ENDED {
                    // Keys that were replaced meanwhile may be younger than it.
                    let unchanged = *self.state() == noted;
                    if unchanged {
                        self.is_done(shared).await;
                    }
                    return;
                }
            }
            match page.records.last().and_then(|record| record.place) {
                Some(place) if !page.ended => way = Way::Back(place),
                _ => return,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
