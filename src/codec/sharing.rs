//! The key file, where other processes may change it: several nodes on one store.
//!
//! ```text
//! every second ─► read the file ─► another current epoch? ─► seal under it from now on
//!                      │                  └─► what was sealed lately under the old one: pass it on
//!                      └─ not readable for FRESH ─► nothing is sealed
//! ```
//!
//! A node that changes the epoch waits for longer than [`FRESH`] before it passes the rings
//! on and destroys the old key. What another node has sealed before and stores late, or
//! sealed while its machine stood still, it passes on itself: it remembers the rings of the
//! last two minutes, and the keys that went meanwhile.
//!
//! Deliberately absent: the thread that calls it every second (`app`).
//!
//! Depends on: `privacy`, `event_store`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Codec, Drawn};
use crate::event_store::{AppendError, EventStore, KeyRing, ReadError};
use crate::privacy::{self, EpochError, EpochKey, Random};

/// For how long what was read in the key file holds: nothing is sealed after that until it
/// is read again.
pub const FRESH: Duration = Duration::from_secs(5);

/// For how long rings and keys are remembered: longer than any append is tried.
const REMEMBERED: Duration = Duration::from_mins(2);

/// What a codec remembers that shares its key file.
pub(super) struct Sharing {
    /// Tells the rings of this process from those that others name in the same microsecond.
    tag: u16,
    known: Mutex<Known>,
}

struct Known {
    /// Before this instant the key file was as it is known.
    read_at: Instant,
    /// Rings that were sealed lately, oldest first.
    sealed: VecDeque<Late>,
    /// Keys of epochs that were current lately.
    before: Vec<(Instant, EpochKey)>,
}

/// A ring that may be stored after its epoch was changed.
#[derive(Clone, Copy)]
struct Late {
    ring: i64,
    epoch: u32,
    at: Instant,
}

impl Sharing {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Codec {
    /// From now on others may change the key file; somebody calls [`Codec::keep_up`] every
    /// second.
    pub fn share_keys(&self) {
        let mut tag = [0; 2];
        Drawn(&*self.clock).fill(&mut tag);
        let known = Known { read_at: Instant::now(), sealed: VecDeque::new(), before: Vec::new() };
        let tag = u16::from_be_bytes(tag);
        // A second call changes nothing.
        let _ = self.sharing.set(Sharing { tag, known: Mutex::new(known) });
    }

    /// Whether new texts may be sealed: the key file was read a moment ago.
    pub fn may_seal(&self) -> bool {
        self.sharing.get().is_none_or(|sharing| sharing.known().read_at.elapsed() < FRESH)
    }

    /// Reads the key file again, if others may have changed it.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when it cannot be read; then nothing changed.
    pub fn look_again(&self) -> Result<(), EpochError> {
        let Some(sharing) = self.sharing.get() else { return Ok(()) };
        let begun = Instant::now();
        // Nobody who opens a text waits for a slow disk.
        let read = self.epochs.read().unwrap_or_else(PoisonError::into_inner).reread()?;
        let Some(read) = read else { return Ok(()) };
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        let (new, old) = (read.current().number(), epochs.current().number());
        if new < old {
            // This process has begun an epoch since.
            return Ok(());
        }
        let mut known = sharing.known();
        if new > old {
            tracing::info!(epoch = new, "another node has begun an epoch");
            known.before.push((begun, epochs.current().clone()));
        }
        *epochs = read;
        known.read_at = begun;
        known.before.retain(|(at, _)| at.elapsed() < REMEMBERED);
        while known.sealed.front().is_some_and(|late| late.at.elapsed() >= REMEMBERED) {
            known.sealed.pop_front();
        }
        Ok(())
    }

    /// The same for those who found an unknown epoch; whether it makes sense to try again.
    pub(super) fn looks_again(&self) -> bool {
        self.sharing.get().is_some() && self.look_again().is_ok()
    }

    /// The id for another ring.
    pub(super) fn next_ring(&self) -> i64 {
        let tag = self.sharing.get().map_or(0, |sharing| sharing.tag);
        self.rings.next_tagged(self.clock.now(), tag)
    }

    /// Remembers a ring that is about to be stored.
    pub(super) fn note_sealed(&self, ring: &KeyRing) {
        if let Some(sharing) = self.sharing.get() {
            let late = Late { ring: ring.id, epoch: ring.epoch, at: Instant::now() };
            sharing.known().sealed.push_back(late);
        }
    }

    /// Reads the key file again and, if the epoch has changed, passes on what this process
    /// has sealed lately under the one before.
    ///
    /// # Errors
    ///
    /// [`KeepUpError`]; the next call goes on.
    pub async fn keep_up(&self, store: &dyn EventStore) -> Result<(), KeepUpError> {
        self.look_again()?;
        for ring in self.late() {
            // Not there yet, or never to come.
            let Some(found) = store.key_ring(ring).await? else { continue };
            match self.passed_on(&found) {
                Some(moved) => match store.replace_key_rings(vec![moved]).await {
                    Ok(()) => self.forget_sealed(ring),
                    // The node that changes the epoch has it in hand.
                    Err(AppendError::KeysChanged | AppendError::Unknown(_)) => {}
                    Err(why) => return Err(why.into()),
                },
                None => self.forget_sealed(ring),
            }
        }
        Ok(())
    }

    /// The rings that were sealed lately under an epoch that is no longer current.
    fn late(&self) -> Vec<i64> {
        let Some(sharing) = self.sharing.get() else { return Vec::new() };
        let current = self.epochs.read().unwrap_or_else(PoisonError::into_inner).current().number();
        let known = sharing.known();
        let late = known.sealed.iter().filter(|late| late.epoch != current);
        late.map(|late| late.ring).collect()
    }

    /// The ring under the current epoch; `None` when it is there already, or cannot be.
    fn passed_on(&self, ring: &KeyRing) -> Option<KeyRing> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        if ring.epoch == epochs.current().number() {
            return None;
        }
        let known = self.sharing.get()?.known();
        let before = known.before.iter().map(|(_, key)| key);
        let old = before.chain(epochs.iter()).find(|key| key.number() == ring.epoch)?;
        privacy::rewrap(ring, old, epochs.current()).ok()
    }

    fn forget_sealed(&self, ring: i64) {
        if let Some(sharing) = self.sharing.get() {
            sharing.known().sealed.retain(|late| late.ring != ring);
        }
    }
}

/// Why a process could not keep up with the key file.
#[derive(Debug, thiserror::Error)]
pub enum KeepUpError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] EpochError),
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A ring cannot be replaced.
    #[error(transparent)]
    Replace(#[from] AppendError),
}
