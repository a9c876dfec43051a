//! What one node of several does at a time.
//!
//! The node stands in a place of the store ([`EventStore::slot`]) and fills it anew while it
//! is at work. Another takes it over when the place has stood still for a while by its own
//! clock; clocks are never compared. Whatever is done under a lease must come to no harm when
//! a node that was thought dead goes on: the lease spares work, it does not protect.
//!
//! Deliberately absent: the signing of the log, whose place holds what was signed.
//!
//! Depends on: `event_store`.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::OperationError;
use super::erasure::unavailable;
use crate::event_store::{AppendError, EventStore, Expected, Revision};

/// How long a place may stand still before its node counts as gone.
const STANDSTILL: Duration = Duration::from_secs(20);

/// How often a place that is held is looked at meanwhile.
const LOOK: Duration = Duration::from_secs(1);

/// What this node holds.
pub(super) struct Lease {
    store: Arc<dyn EventStore>,
    name: &'static str,
    holder: Uuid,
    revision: Revision,
}

impl Lease {
    /// Takes a place; `None` when another node is at work.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read or written.
    pub(super) async fn take(
        store: &Arc<dyn EventStore>,
        name: &'static str,
        holder: Uuid,
    ) -> Result<Option<Self>, OperationError> {
        let mut waited = Duration::ZERO;
        let mut first = None;
        loop {
            let slot = store.slot(name).await.map_err(unavailable)?;
            let revision = slot.as_ref().map(|slot| slot.revision);
            let free = slot.is_none_or(|slot| slot.bytes.is_empty());
            if !free && *first.get_or_insert(revision) != revision {
                return Ok(None);
            }
            if free || waited >= STANDSTILL {
                let expected = revision.map_or(Expected::NoStream, Expected::Exact);
                let filled = store.fill_slot(name, expected, bytes(holder)).await;
                return match filled {
                    Ok(revision) => {
                        Ok(Some(Self { store: Arc::clone(store), name, holder, revision }))
                    }
                    Err(AppendError::Conflict { .. }) => Ok(None),
                    Err(why) => Err(unavailable(why)),
                };
            }
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// Says that the node is still at work.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when another has taken over, or nobody knows.
    pub(super) async fn renew(&mut self) -> Result<(), OperationError> {
        let expected = Expected::Exact(self.revision);
        let filled = self.store.fill_slot(self.name, expected, bytes(self.holder)).await;
        self.revision = filled.map_err(unavailable)?;
        Ok(())
    }

    /// Leaves the place. When that fails, it stands still.
    pub(super) async fn release(self) {
        let expected = Expected::Exact(self.revision);
        if let Err(why) = self.store.fill_slot(self.name, expected, Vec::new()).await {
            tracing::warn!(%why, lease = self.name, "a lease was not given back");
        }
    }
}

fn bytes(holder: Uuid) -> Vec<u8> {
    holder.to_string().into_bytes()
}
