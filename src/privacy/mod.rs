//! What a person types is sealed, and what must not be typed is noticed.
//!
//! * [`seal`] and [`open`]: every text under a key of its own, so that erasing
//!   it means destroying one key while the log stays as it is.
//! * [`rewrap`], [`erase_slot`]: the rings of wrapped keys beside the log.
//! * [`EpochKeys`]: the key file, outside the data folder.
//! * [`ErasureRegister`]: what was erased, beside the key file, so that no old copy of the
//!   data brings it back.
//! * [`detector`]: personal data written by accident, before it is filed.
//!
//! Deliberately absent: storage, time, and who may read what.
//!
//! Depends on: `event_store` (rings of keys, names of streams).

pub mod detector;
mod epoch;
mod key_id;
mod keys;
mod random;
mod register;
mod ring_ids;
mod rings;
mod sealed;
#[cfg(test)]
mod tests;

pub use epoch::{EpochError, EpochKeys};
pub use key_id::{InvalidKeyId, KeyId};
pub use keys::{EpochKey, TextKey, command_digest, sha256_hex};
pub use random::{OsRandom, Random, SeededRandom};
pub use register::{Erasure, ErasureRegister, RegisterError};
pub use ring_ids::RingIds;
pub use rings::{RingError, SLOT_LEN, erase_slot, is_erased, lives, rewrap};
pub use sealed::{
    ALGORITHM, OpenError, OpenedText, Salt, SealedText, Sealing, Shown, TextContext, open,
    open_with_ring, salted_hash, seal, show, text_key,
};
