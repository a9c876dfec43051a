//! Places that the nodes share: who signs, who changes the epoch.
//!
//! Each is a stream of the engine's own of which only the last record counts; the server is
//! told to keep no more. Two nodes that fill a place at the same moment expect the same
//! revision, and the server lets one of them.
//!
//! Deliberately absent: clocks. How long a place may stand still before another node takes
//! over is for whoever looks at it.
//!
//! Depends on: the port.

use bytes::Bytes;
use uuid::Uuid;

use super::Shared;
use super::append::{Put, believed, unread};
use super::client::{Believed, Proposed};
use crate::event_store::{AppendError, Expected, ReadError, Revision, Slot};

/// The stored type of what stands in a place.
const SLOT: &str = "slot.v1";

/// What tells the server to keep the last record only.
const LAST_ONLY: &[u8] = b"{\"$maxCount\":1}";

impl Shared {
    /// What stands in a place.
    pub(super) async fn slot(&self, name: &str) -> Result<Option<Slot>, ReadError> {
        let record = self.newest(&self.names.own(name)).await?;
        Ok(record.map(|record| Slot { revision: record.revision, bytes: record.data.to_vec() }))
    }

    /// Fills a place that is as expected. Also while the store closes: a node that stops
    /// hands over what it holds.
    pub(super) async fn fill_slot(
        &self,
        name: &str,
        expected: Expected,
        bytes: Vec<u8>,
    ) -> Result<Revision, AppendError> {
        let name = self.names.own(name);
        // An id that no other call has: the server takes the same one for a repetition.
        let id = Uuid::new_v5(&self.store, &self.turns.nonce().to_be_bytes());
        let proposed = Proposed {
            id,
            kind: SLOT.into(),
            data: bytes.into(),
            metadata: Bytes::new(),
            json: false,
        };
        match self.put(&name, believed(expected), &[proposed]).await {
            Ok(written) => {
                if expected == Expected::NoStream {
                    self.keep_the_last(&name).await;
                }
                Ok(written.revision)
            }
            Err(Put::Wrong) => {
                let last = self.newest(&name).await.map_err(unread)?;
                Err(AppendError::Conflict { actual: last.map(|last| last.revision) })
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Without it the server keeps what nobody reads any more: no harm is done.
    async fn keep_the_last(&self, name: &str) {
        let settings = Proposed {
            id: Uuid::new_v5(&self.store, name.as_bytes()),
            kind: "$metadata".into(),
            data: Bytes::from_static(LAST_ONLY),
            metadata: Bytes::new(),
            json: true,
        };
        let settings_of = format!("$${name}");
        if let Err(Put::Refused(why)) =
            self.put(&settings_of, Believed::NoStream, &[settings]).await
        {
            tracing::warn!(%why, "the server keeps all of {name}");
        }
    }
}
