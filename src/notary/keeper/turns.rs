//! Whose turn it is to sign, where several nodes keep one log.
//!
//! All nodes have the same tiles; one signs their head. The last signed head stands in a place
//! of the store that they share, with the name of the node that signed it. A head counts
//! only once the node has put it there, in the place of the very head that it had read: of
//! two nodes that sign at once, one is refused, and what it signed is shown to nobody. So
//! the place is both the lease and the fence, and heads only grow, whoever signs them.
//!
//! ```text
//! the tree has grown ─► read the place ─► signed by this node, or standing still too long?
//!                          │                   ├─ yes ─► sign ─► last-signed ─► fill the place
//!                          └─► show the head   └─ no ──► look again in two seconds
//! ```
//!
//! Nobody renews anything while nothing happens, and no clocks are compared: a node takes
//! over when it has seen the tree grow and the place stand still for [`STANDSTILL`].
//!
//! Deliberately absent: the election of anybody. Whoever is in time signs.
//!
//! Depends on: `event_store`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::following::Shared;
use super::{KeeperError, Node, Signed};
use crate::event_store::{AppendError, Expected, ReadError, Revision, Slot};
use crate::notary::checkpoint::Checkpoint;
use crate::notary::note::Note;

/// The place that nodes share.
const PLACE: &str = "notary";

/// How long the place may stand still while the tree has grown, before another node signs.
const STANDSTILL: Duration = Duration::from_secs(8);

/// What this node knows of the others.
pub(super) struct Turns {
    node: Node,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    signer: Option<String>,
    /// Since when the place stands as it does while the tree has grown.
    still: Option<(Revision, Instant)>,
}

/// What stands in the place.
#[derive(Serialize, Deserialize)]
struct Placed {
    /// Who signed; nobody when that node has stopped since.
    node: String,
    /// When, by its clock.
    at: Timestamp,
    /// The signed head.
    note: String,
}

/// A head that counts.
pub(super) struct Head {
    revision: Revision,
    node: String,
    at: Timestamp,
    checkpoint: Checkpoint,
    note: Note,
}

impl Turns {
    pub(super) fn of(node: Node) -> Self {
        Self { node, seen: Mutex::default() }
    }

    /// Who signed last.
    pub(super) fn signer(&self) -> Option<String> {
        self.seen().signer.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this node may sign after a head that is shorter than the tree.
    fn is_ours(&self, head: &Head) -> bool {
        let mut seen = self.seen();
        if head.node == self.node.name || head.node.is_empty() {
            seen.still = None;
            return true;
        }
        match seen.still {
            Some((revision, since)) if revision == head.revision => since.elapsed() >= STANDSTILL,
            _ => {
                seen.still = Some((head.revision, Instant::now()));
                false
            }
        }
    }

    /// Nothing waits to be signed.
    fn rest(&self) {
        self.seen().still = None;
    }
}

impl Shared {
    /// Looks at what others have signed before this node begins.
    ///
    /// # Errors
    ///
    /// [`KeeperError::OtherKey`] when they do so under another key.
    pub(super) async fn look_at_others(&self) -> Result<(), KeeperError> {
        let Some(turns) = &self.turns else { return Ok(()) };
        match self.placed(turns).await? {
            // A new log begins.
            (_, None) => Ok(()),
            (_, Some(head)) => {
                if head.checkpoint.size > self.shelf().size() {
                    self.catch_up(head.checkpoint.size).await?;
                }
                self.take(&head)
            }
        }
    }

    /// Signs a head that is longer than the last one, if it is this node's turn, and shows
    /// what counts.
    pub(super) async fn sign_in_turn(
        &self,
        turns: &Turns,
        checkpoint: Checkpoint,
    ) -> Result<(), KeeperError> {
        let (revision, head) = self.placed(turns).await?;
        if let Some(head) = &head {
            if head.checkpoint.size > checkpoint.size {
                // What it signs is on its way here.
                return Ok(());
            }
            self.take(head)?;
            if head.checkpoint.size == checkpoint.size {
                turns.rest();
                return Ok(());
            }
            if !turns.is_ours(head) {
                return Ok(());
            }
        }
        let note = checkpoint.sign(&self.key);
        if let Some(place) = &self.place {
            place.keep_longest(&note, checkpoint.size, &self.key)?;
        }
        let at = self.clock.now();
        let placed = Placed { node: turns.node.name.clone(), at, note: note.to_string() };
        let expected = revision.map_or(Expected::NoStream, Expected::Exact);
        match self.store.fill_slot(PLACE, expected, placed.bytes()).await {
            Ok(_) => {
                turns.rest();
                if turns.signer().as_ref() != Some(&turns.node.name) {
                    tracing::info!(size = checkpoint.size, "this node signs the log");
                }
                turns.seen().signer = Some(turns.node.name.clone());
                self.signed.send_replace(Some(Signed { checkpoint, note, at: Some(at) }));
                Ok(())
            }
            // Another node was first: what was signed here is shown to nobody.
            Err(AppendError::Conflict { .. }) => Ok(()),
            // If it was done, the next look says so.
            Err(why) => Err(ReadError::Unavailable(why.to_string()).into()),
        }
    }

    /// Lets another node sign at once, when this one stops.
    pub(super) async fn hand_over(&self) {
        let Some(turns) = &self.turns else { return };
        let Ok((Some(revision), Some(head))) = self.placed(turns).await else { return };
        if head.node == turns.node.name {
            let placed = Placed { node: String::new(), at: head.at, note: head.note.to_string() };
            let expected = Expected::Exact(revision);
            if let Err(why) = self.store.fill_slot(PLACE, expected, placed.bytes()).await {
                tracing::warn!(%why, "another node will sign only after a while");
            }
        }
    }

    /// What stands in the place: its revision, and the head, unless a new log takes its place.
    async fn placed(&self, turns: &Turns) -> Result<(Option<Revision>, Option<Head>), KeeperError> {
        let Some(slot) = self.store.slot(PLACE).await? else { return Ok((None, None)) };
        let revision = Some(slot.revision);
        match self.read(&slot) {
            Some(head) => Ok((revision, Some(head))),
            None if turns.node.anew => Ok((revision, None)),
            None => Err(KeeperError::OtherKey),
        }
    }

    fn read(&self, slot: &Slot) -> Option<Head> {
        let Placed { node, at, note } = serde_json::from_slice(&slot.bytes).ok()?;
        let checkpoint = Checkpoint::open(&note, self.key.vkey()).ok()?;
        let note = Note::parse(&note).ok()?;
        Some(Head { revision: slot.revision, node, at, checkpoint, note })
    }

    /// Shows a head that counts, once this node's tree is known to agree with it.
    fn take(&self, head: &Head) -> Result<(), KeeperError> {
        if !self.agrees(&head.checkpoint)? {
            return Err(KeeperError::Forked { signed: head.checkpoint.size });
        }
        if let Some(turns) = &self.turns {
            turns.seen().signer = Some(head.node.clone()).filter(|node| !node.is_empty());
        }
        let size = head.checkpoint.size;
        self.signed.send_if_modified(|signed| {
            let longer = signed.as_ref().is_none_or(|signed| signed.checkpoint.size < size);
            if longer {
                let (checkpoint, note) = (head.checkpoint.clone(), head.note.clone());
                *signed = Some(Signed { checkpoint, note, at: Some(head.at) });
            }
            longer
        });
        Ok(())
    }
}

impl Placed {
    fn bytes(&self) -> Vec<u8> {
        // Strings and an instant are always JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
