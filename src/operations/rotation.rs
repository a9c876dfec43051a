//! The change of epoch: every living text key passes under a new epoch key, then the old
//! one is destroyed, so that copies of the keys from before open nothing any more.
//!
//! It can end at any moment and is taken up again where it was: an old epoch in the key
//! file means that rings may still be wrapped under it.
//!
//! Several nodes on one store share the key file. A node that could not read it for a while
//! seals nothing ([`crate::codec::FRESH`]), so that a node that changes the epoch only has
//! to wait for longer than that; a text that was sealed before and stored late is passed on
//! by the node that sealed it, which still knows the old key.
//!
//! Deliberately absent: the schedule's clockwork. Whoever serves asks now and then
//! whether a change is due.
//!
//! Depends on: `command_handler`, `codec`, `privacy`.

use std::time::Duration;

use super::erasure::{internal, unavailable};
use super::lease::Lease;
use super::{OperationError, Operations};
use crate::codec::{FRESH, Rewrapped};
use crate::event_store::{AppendError, KeyRing};

/// After how many days the epoch is changed.
pub const EPOCH_DAYS: i32 = 30;

/// Rings read, and replaced, at once.
const PAGE: usize = 2_000;

/// The place in which the one node stands that changes the epoch.
const LEASE: &str = "epoch";

/// How long the other nodes are waited for: longer than any of them seals under what it
/// last read in the key file.
const OTHERS: Duration = FRESH.saturating_add(Duration::from_secs(3));

/// How often a replacement is tried that a reader was in the way of.
const TRIES: u32 = 20;

/// What a change of epoch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotated {
    /// The epoch that is current now.
    pub epoch: u32,
    /// How many rings passed to it.
    pub moved: u64,
    /// How many rings belong to epochs that nobody has any more: keys that an old copy of
    /// the data brought back in vain.
    pub lost: u64,
    /// How many old epochs were destroyed.
    pub destroyed: usize,
}

impl Operations {
    /// Changes the epoch if it is due: [`EPOCH_DAYS`] old, or a change was interrupted.
    /// `None` also when another node is at it.
    ///
    /// # Errors
    ///
    /// As [`Operations::rotate_epoch`].
    pub async fn rotate_if_due(&self) -> Result<Option<Rotated>, OperationError> {
        if self.epoch_is_due() { self.rotate(true).await } else { Ok(None) }
    }

    fn epoch_is_due(&self) -> bool {
        let epochs = self.handler.codec().epochs();
        let today = self.clock.today();
        let old = epochs.last().is_some_and(|(_, began)| (today - *began).get_days() >= EPOCH_DAYS);
        old || epochs.len() > 1
    }

    /// Changes the epoch, or finishes a change that was interrupted.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when store or key file cannot be read or written, a ring is
    /// damaged, or another node is changing the epoch. Nothing is lost then, and the next
    /// call goes on.
    pub async fn rotate_epoch(&self) -> Result<Rotated, OperationError> {
        let rotated = self.rotate(false).await?;
        rotated.ok_or_else(|| unavailable("another node is changing the epoch"))
    }

    /// Where several nodes share the store, one of them does it, and waits until every other
    /// certainly writes under the new epoch or not at all.
    async fn rotate(&self, only_if_due: bool) -> Result<Option<Rotated>, OperationError> {
        let _one = self.rotating.lock().await;
        if self.handler.store().is_exclusive() {
            return self.change_epoch(None).await.map(Some);
        }
        let Some(mut lease) = Lease::take(self.handler.store(), LEASE, self.random_id()).await?
        else {
            return Ok(None);
        };
        self.handler.codec().look_again().map_err(unavailable)?;
        // Another node may just have done it.
        let rotated = if only_if_due && !self.epoch_is_due() {
            Ok(None)
        } else {
            self.change_epoch(Some(&mut lease)).await.map(Some)
        };
        lease.release().await;
        rotated
    }

    async fn change_epoch(&self, mut lease: Option<&mut Lease>) -> Result<Rotated, OperationError> {
        let codec = self.handler.codec();
        if codec.epochs().len() < 2 {
            codec.begin_epoch().map_err(internal)?;
        }
        // Those that are old from here on, and no later ones.
        let mut epochs = codec.epochs();
        let Some((epoch, _)) = epochs.pop() else { return Err(internal("there is no epoch")) };
        // From here on nothing comes any more that is wrapped under an old epoch.
        self.handler.settle().await;
        if lease.is_some() {
            tokio::time::sleep(OTHERS).await;
        }
        let mut moved = 0;
        // What came late may lie behind the walk; when nothing moved, nothing was late.
        let lost = loop {
            let (now, lost) = self.rewrap_all(lease.as_deref_mut()).await?;
            moved += now;
            if now == 0 {
                break lost;
            }
        };
        for (old, _) in &epochs {
            codec.forget_epoch(*old).map_err(internal)?;
        }
        tracing::info!(epoch, moved, lost, "epoch changed");
        Ok(Rotated { epoch, moved, lost, destroyed: epochs.len() })
    }

    /// How many rings there are, and how many of them belong to epochs that nobody has any
    /// more: an old copy of the keys.
    ///
    /// # Errors
    ///
    /// [`OperationError::Unavailable`] when the store cannot be read.
    pub async fn lost_rings(&self) -> Result<(u64, u64), OperationError> {
        let epochs = self.handler.codec().epochs();
        let lives = |epoch| epochs.iter().any(|(living, _)| *living == epoch);
        let (mut all, mut lost, mut after) = (0, 0, i64::MIN);
        loop {
            let page = self.handler.store().key_rings(after, PAGE).await.map_err(unavailable)?;
            let Some(end) = page.last() else { return Ok((all, lost)) };
            after = end.id;
            all += page.len() as u64;
            lost += page.iter().filter(|ring| !lives(ring.epoch)).count() as u64;
        }
    }

    /// Moves every ring to the current epoch; answers how many moved and how many cannot.
    async fn rewrap_all(
        &self,
        mut lease: Option<&mut Lease>,
    ) -> Result<(u64, u64), OperationError> {
        let store = self.handler.store();
        let (mut moved, mut lost, mut after) = (0, 0, i64::MIN);
        loop {
            if let Some(lease) = lease.as_deref_mut() {
                lease.renew().await?;
            }
            // An erasure must not come between the reading of a ring and its replacement.
            let _keys = self.changing_keys.lock().await;
            let page = store.key_rings(after, PAGE).await.map_err(unavailable)?;
            let Some(end) = page.last() else { return Ok((moved, lost)) };
            after = end.id;
            let mut rewrapped = Vec::new();
            for ring in &page {
                match self.handler.codec().rewrap(ring).map_err(internal)? {
                    Rewrapped::Current => {}
                    Rewrapped::Moved(ring) => rewrapped.push(ring),
                    Rewrapped::Lost => lost += 1,
                }
            }
            moved += rewrapped.len() as u64;
            if !rewrapped.is_empty() {
                self.replace(rewrapped).await?;
            }
        }
    }

    async fn replace(&self, rings: Vec<KeyRing>) -> Result<(), OperationError> {
        let store = self.handler.store();
        for _ in 0..TRIES {
            match store.replace_key_rings(rings.clone()).await {
                Err(AppendError::Unknown(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
                // Another node may have erased something of them: the next walk sees what is left.
                Ok(()) | Err(AppendError::KeysChanged) => return Ok(()),
                Err(other) => return Err(unavailable(other)),
            }
        }
        Err(unavailable("readers hold the log with the old keys"))
    }
}
