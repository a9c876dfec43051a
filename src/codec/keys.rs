//! Which keys an event has, which are destroyed, and how they pass to another epoch.
//!
//! Depends on: `privacy`, `event_store`.

use std::sync::PoisonError;

use jiff::civil::Date;
use serde_json::Value;

use super::{Codec, CodecError, Drawn, malformed, sealed_places};
use crate::event_store::{KeyRing, StoredEvent};
use crate::privacy::{self, EpochError, KeyId, RingError, SealedText};

/// What the change of epoch means for a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rewrapped {
    /// It is wrapped under the current epoch already.
    Current,
    /// The same keys under the current epoch.
    Moved(KeyRing),
    /// Its epoch is no longer in the key file: nobody opens it any more.
    Lost,
}

/// The sealed texts of an event: JSON pointer and key, in the order of the data.
///
/// # Errors
///
/// [`CodecError::Malformed`] when the data are not JSON, or a text names no key.
pub fn sealed_texts(stored: &StoredEvent) -> Result<Vec<(String, KeyId)>, CodecError> {
    let wrong = |why: &dyn std::fmt::Display| malformed(&stored.stored_type, &why);
    let data: Value = serde_json::from_slice(&stored.data).map_err(|why| wrong(&why))?;
    let mut places = Vec::new();
    sealed_places(&data, &mut String::new(), &mut places);
    let named = |(pointer, sealed): (String, SealedText)| {
        sealed.key_id.parse().map(|key| (pointer, key)).map_err(|why| wrong(&why))
    };
    places.into_iter().map(named).collect()
}

impl Codec {
    /// Remembers keys as destroyed: what was sealed under them opens no more, even where
    /// an old copy of the store still holds them.
    pub fn remember_destroyed(&self, keys: impl IntoIterator<Item = KeyId>) {
        self.destroyed.write().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    pub(super) fn is_destroyed(&self, sealed: &SealedText) -> bool {
        let destroyed = self.destroyed.read().unwrap_or_else(PoisonError::into_inner);
        !destroyed.is_empty() && sealed.key_id.parse().is_ok_and(|key| destroyed.contains(&key))
    }

    /// The living epochs and the day on which each began, oldest first, the current last.
    pub fn epochs(&self) -> Vec<(u32, Date)> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        epochs.iter().map(|key| (key.number(), key.created())).collect()
    }

    /// Begins a new epoch, under which everything is sealed from here on.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when the key file cannot be changed; then nothing changed.
    pub fn begin_epoch(&self) -> Result<u32, EpochError> {
        let today = self.clock.today();
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        epochs.rotate(today, &mut Drawn(&*self.clock)).map(privacy::EpochKey::number)
    }

    /// The keys of a ring under the current epoch.
    ///
    /// # Errors
    ///
    /// [`RingError`] when the ring is damaged; its epoch must then be kept.
    pub fn rewrap(&self, ring: &KeyRing) -> Result<Rewrapped, RingError> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        if ring.epoch == epochs.current().number() {
            return Ok(Rewrapped::Current);
        }
        match epochs.get(ring.epoch) {
            Some(old) => privacy::rewrap(ring, old, epochs.current()).map(Rewrapped::Moved),
            None => Ok(Rewrapped::Lost),
        }
    }

    /// Destroys the key of an epoch that is not the current one.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when the key file cannot be changed.
    pub fn forget_epoch(&self, epoch: u32) -> Result<(), EpochError> {
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        epochs.forget(epoch).map(|_| ())
    }
}
