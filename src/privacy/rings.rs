//! Rings of wrapped text keys: wrapping, re-wrapping, erasing.
//!
//! A ring belongs to one event and has one slot of 48 bytes per text, in order:
//! the text key encrypted under a key and nonce that HKDF derives from the epoch
//! key, the ring's id and the slot. A destroyed key is a slot of zeros.
//!
//! Deliberately absent: storage. The event store replaces rings durably and
//! leaves no copy behind; here bytes become other bytes.
//!
//! Depends on: `event_store` (the ring of keys).

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::epoch::EpochKeys;
use super::key_id::KeyId;
use super::keys::{EpochKey, KEY_LEN, TextKey};
use super::sealed::{NONCE_LEN, OpenError, take};
use crate::event_store::KeyRing;

/// Length of a slot in bytes: a wrapped key and its tag.
pub const SLOT_LEN: usize = KEY_LEN + 16;

/// What an erased slot holds. (A wrapped key of all zeros would need a forged
/// tag: it happens once in 2^384.)
const ERASED: [u8; SLOT_LEN] = [0; SLOT_LEN];

/// Why a ring cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// The ring is wrapped under another epoch than the key given.
    #[error("ring {ring} is wrapped under epoch {epoch}, not under the key given")]
    WrongEpoch {
        /// The ring.
        ring: i64,
        /// The epoch under which it is wrapped.
        epoch: u32,
    },
    /// A slot does not open under the epoch key: wrong key file or damaged ring.
    #[error("slot {slot} of ring {ring} does not open under its epoch key")]
    Damaged {
        /// The ring.
        ring: i64,
        /// The slot.
        slot: u32,
    },
    /// The ring has no such slot.
    #[error("ring {ring} has no slot {slot}")]
    NoSlot {
        /// The ring.
        ring: i64,
        /// The slot asked for.
        slot: u32,
    },
    /// The ring's length is not a whole number of slots.
    #[error("ring {ring} is cut short")]
    CutShort {
        /// The ring.
        ring: i64,
    },
}

/// The same text keys wrapped under `new`; erased slots stay erased.
///
/// # Errors
///
/// [`RingError`] when the ring is not wrapped under `old`, or is damaged. Then
/// `old` must not be destroyed.
pub fn rewrap(ring: &KeyRing, old: &EpochKey, new: &EpochKey) -> Result<KeyRing, RingError> {
    if ring.epoch != old.number() {
        return Err(RingError::WrongEpoch { ring: ring.id, epoch: ring.epoch });
    }
    let mut wrapped = Vec::with_capacity(ring.wrapped.len());
    for (slot, bytes) in (0..).zip(slots(ring)?) {
        let key_id = KeyId { ring: ring.id, slot };
        if *bytes == ERASED {
            wrapped.extend_from_slice(&ERASED);
        } else {
            let key = unwrap_slot(old, key_id, bytes)
                .ok_or(RingError::Damaged { ring: ring.id, slot })?;
            wrapped.extend_from_slice(&wrap(new, key_id, &key));
        }
    }
    Ok(KeyRing { id: ring.id, epoch: new.number(), wrapped, read_at: ring.read_at })
}

/// The ring without the key in `slot`; the same again when it was already gone.
///
/// # Errors
///
/// [`RingError::NoSlot`] when the ring is shorter, [`RingError::CutShort`] when
/// it is not a whole number of slots.
pub fn erase_slot(ring: &KeyRing, slot: u32) -> Result<KeyRing, RingError> {
    slots(ring)?;
    let mut erased = ring.clone();
    usize::try_from(slot)
        .ok()
        .and_then(|slot| erased.wrapped.as_chunks_mut::<SLOT_LEN>().0.get_mut(slot))
        .ok_or(RingError::NoSlot { ring: ring.id, slot })?
        .fill(0);
    Ok(erased)
}

/// Whether a ring holds the key of a slot: it was neither destroyed nor never there.
pub fn lives(ring: &KeyRing, slot: u32) -> bool {
    let slots = ring.wrapped.as_chunks::<SLOT_LEN>().0;
    usize::try_from(slot).ok().and_then(|slot| slots.get(slot)).is_some_and(|key| *key != ERASED)
}

/// Whether every key of the ring is destroyed, so that nothing is left to keep.
pub fn is_erased(ring: &KeyRing) -> bool {
    ring.wrapped.iter().all(|byte| *byte == 0)
}

/// One slot: the text key under the epoch key.
pub(super) fn wrap(epoch: &EpochKey, key_id: KeyId, key: &TextKey) -> [u8; SLOT_LEN] {
    let (cipher, nonce) = slot_cipher(epoch, key_id);
    let mut slot = [0; SLOT_LEN];
    if let Some((body, tag)) = slot.split_first_chunk_mut::<KEY_LEN>() {
        *body = *key.bytes();
        let sum = cipher
            .encrypt_inout_detached(&nonce, &additional_data(epoch, key_id), (&mut body[..]).into())
            .expect("32 bytes are within the cipher's limit");
        tag.copy_from_slice(&sum);
    }
    slot
}

/// The text key that `key_id` names.
pub(super) fn unwrap(
    ring: &KeyRing,
    key_id: KeyId,
    epochs: &EpochKeys,
) -> Result<TextKey, OpenError> {
    if ring.id != key_id.ring {
        return Err(OpenError::Tampered);
    }
    let slots = slots(ring).map_err(|_| OpenError::Tampered)?;
    let bytes = usize::try_from(key_id.slot)
        .ok()
        .and_then(|slot| slots.get(slot))
        .ok_or(OpenError::Tampered)?;
    if *bytes == ERASED {
        return Err(OpenError::Erased);
    }
    let epoch = epochs.get(ring.epoch).ok_or(OpenError::UnknownEpoch { epoch: ring.epoch })?;
    unwrap_slot(epoch, key_id, bytes).ok_or(OpenError::WrongKey)
}

fn unwrap_slot(epoch: &EpochKey, key_id: KeyId, slot: &[u8; SLOT_LEN]) -> Option<TextKey> {
    let (cipher, nonce) = slot_cipher(epoch, key_id);
    let mut rest = slot.as_slice();
    let mut body = Zeroizing::new(take::<KEY_LEN>(&mut rest));
    let tag: [u8; SLOT_LEN - KEY_LEN] = take(&mut rest);
    cipher
        .decrypt_inout_detached(
            &nonce,
            &additional_data(epoch, key_id),
            body.as_mut_slice().into(),
            (&tag).into(),
        )
        .ok()?;
    Some(TextKey::new(*body))
}

fn slots(ring: &KeyRing) -> Result<&[[u8; SLOT_LEN]], RingError> {
    match ring.wrapped.as_chunks() {
        (slots, []) => Ok(slots),
        _ => Err(RingError::CutShort { ring: ring.id }),
    }
}

/// A cipher and nonce that no other slot under this epoch key has.
fn slot_cipher(epoch: &EpochKey, key_id: KeyId) -> (XChaCha20Poly1305, XNonce) {
    let derived = epoch.derive::<{ KEY_LEN + NONCE_LEN }>(&[
        b"quesito/slot/v1",
        &key_id.ring.to_be_bytes(),
        &key_id.slot.to_be_bytes(),
    ]);
    let mut rest = derived.as_slice();
    let key = Zeroizing::new(take::<KEY_LEN>(&mut rest));
    let nonce: [u8; NONCE_LEN] = take(&mut rest);
    (XChaCha20Poly1305::new((&*key).into()), nonce.into())
}

fn additional_data(epoch: &EpochKey, key_id: KeyId) -> [u8; 16] {
    let mut data = [0; 16];
    let parts = key_id.ring.to_be_bytes().into_iter();
    let parts = parts.chain(key_id.slot.to_be_bytes()).chain(epoch.number().to_be_bytes());
    for (place, byte) in data.iter_mut().zip(parts) {
        *place = byte;
    }
    data
}
