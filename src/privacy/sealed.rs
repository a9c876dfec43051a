//! Text that a person typed, as it is stored: sealed under a key of its own.
//!
//! History cannot be edited, but a key can be destroyed. Each text has one
//! random key; the sealed text stands in the event for ever, the wrapped key in
//! a ring beside the log ([`super::rings`]). What is written here:
//!
//! ```text
//! plaintext   16 random bytes (salt) ‖ the text in UTF-8
//! derived     HKDF-Expand(text key, "quesito/text/v1" ‖ nonce) = commitment (32) ‖ encryption key (32)
//! ct          XChaCha20-Poly1305(encryption key, nonce, plaintext, additional data)
//! additional  alg, key id, stream, event id, stored type, JSON pointer of the field,
//!             each preceded by its length (4 bytes, big-endian)
//! ```
//!
//! The commitment is needed because an AEAD does not commit to its key: one
//! ciphertext can be made to open under two keys as two texts, and an auditor
//! must not be shown a different text from the one that was stored.
//!
//! Deliberately absent: a cache of keys, and any knowledge of events. The codec
//! says which field a text belongs to.
//!
//! Depends on: `event_store` (the ring of keys).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::epoch::EpochKeys;
use super::key_id::KeyId;
use super::keys::{EpochKey, KEY_LEN, TextKey};
use super::random::Random;
use super::rings;
pub use crate::domain::values::SealedText;
use crate::event_store::KeyRing;

/// The only algorithm: XChaCha20-Poly1305 with the key commitment above.
pub const ALGORITHM: &str = "XC20P";

/// Length of a nonce, in bytes.
pub(super) const NONCE_LEN: usize = 24;

/// Length of a salt, in bytes.
const SALT_LEN: usize = 16;

/// Length of a Poly1305 tag, in bytes.
const TAG_LEN: usize = 16;

const COMMITMENT_LEN: usize = 32;

/// The random bytes sealed in front of a text, so that a hash of the text cannot
/// be guessed once the text is erased.
pub type Salt = [u8; SALT_LEN];

/// Where a text stands. It opens nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextContext<'a> {
    /// The stream's name, such as `issue-{uuid}`.
    pub stream: &'a str,
    /// The event that carries the text.
    pub event_id: Uuid,
    /// The event's stored type, such as `issue-reported.v1`.
    pub stored_type: &'a str,
}

/// What sealing the texts of one event gives.
pub struct Sealing {
    /// The sealed texts, in the order given.
    pub sealed: Vec<SealedText>,
    /// The salt of each text, for a [`salted_hash`] that the event may carry.
    pub salts: Vec<Salt>,
    /// The wrapped keys, one slot per text; none when there was no text.
    pub ring: Option<KeyRing>,
    /// The key of the first text, for [`super::command_digest`].
    pub first_key: Option<TextKey>,
}

impl fmt::Debug for Sealing {
    /// Shows no salt: whoever has it can guess at an erased text from its hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealing({} texts, {:?})", self.sealed.len(), self.ring)
    }
}

/// A text in the clear, with the salt that was sealed with it.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenedText {
    /// What the person typed.
    pub text: String,
    /// The salt of its hash.
    pub salt: Salt,
}

impl fmt::Debug for OpenedText {
    /// Shows the length only: a debug line may reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedText({} bytes)", self.text.len())
    }
}

/// Why a text does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its key was destroyed, on purpose and for ever.
    #[error("the text was erased")]
    Erased,
    /// Its key is wrapped under an epoch whose key is not in the key file.
    #[error("the key of epoch {epoch} is not in the key file")]
    UnknownEpoch {
        /// The missing epoch.
        epoch: u32,
    },
    /// The key is not the one under which the text was sealed, or the wrapped
    /// key does not open under the epoch key of that number.
    #[error("the key does not belong to this text")]
    WrongKey,
    /// The stored bytes, or the place where they stand, are not those sealed.
    #[error("the sealed text was altered or moved")]
    Tampered,
}

/// Seals the texts of one event, each a JSON pointer of its field and the text,
/// and wraps their new keys into one ring under `epoch`.
///
/// `ring_id` must never have been used in this store before ([`super::RingIds`]).
pub fn seal(
    random: &mut dyn Random,
    epoch: &EpochKey,
    context: &TextContext<'_>,
    texts: &[(&str, &str)],
    ring_id: i64,
) -> Sealing {
    // One call for all texts: a system call costs more than the encryption.
    let mut drawn = Zeroizing::new(vec![0; texts.len() * Drawn::LEN]);
    random.fill(&mut drawn);

    let mut sealed = Vec::with_capacity(texts.len());
    let mut salts = Vec::with_capacity(texts.len());
    let mut wrapped = Vec::with_capacity(texts.len() * rings::SLOT_LEN);
    let mut first_key = None;
    for ((slot, (pointer, text)), drawn) in
        (0..).zip(texts).zip(drawn.as_chunks::<{ Drawn::LEN }>().0)
    {
        let Drawn { key, nonce, salt } = Drawn::from_bytes(drawn);
        let key_id = KeyId { ring: ring_id, slot };
        sealed.push(seal_one(&key, &nonce, &salt, context, pointer, text, key_id));
        wrapped.extend_from_slice(&rings::wrap(epoch, key_id, &key));
        salts.push(salt);
        first_key.get_or_insert(key);
    }
    let ring = (!texts.is_empty()).then(|| KeyRing {
        id: ring_id,
        epoch: epoch.number(),
        wrapped,
        read_at: None,
    });
    Sealing { sealed, salts, ring, first_key }
}

/// Opens a text with its own key.
///
/// # Errors
///
/// [`OpenError::WrongKey`] when the key is another text's;
/// [`OpenError::Tampered`] when bytes or place are not those sealed.
pub fn open(
    sealed: &SealedText,
    context: &TextContext<'_>,
    pointer: &str,
    key: &TextKey,
) -> Result<OpenedText, OpenError> {
    if sealed.alg != ALGORITHM {
        return Err(OpenError::Tampered);
    }
    let nonce: [u8; NONCE_LEN] = bytes_of(&sealed.nonce)?;
    let commitment: [u8; COMMITMENT_LEN] = bytes_of(&sealed.commitment)?;
    let mut bytes = URL_SAFE_NO_PAD.decode(&sealed.ct).map_err(|_| OpenError::Tampered)?;

    let (expected, encryption) = split(key, &nonce);
    if !bool::from(expected.ct_eq(&commitment)) {
        return Err(OpenError::WrongKey);
    }
    XChaCha20Poly1305::new((&*encryption).into())
        .decrypt_in_place(
            (&nonce).into(),
            &additional_data(context, pointer, &sealed.key_id),
            &mut bytes,
        )
        .map_err(|_| OpenError::Tampered)?;

    let salt = *bytes.first_chunk::<SALT_LEN>().ok_or(OpenError::Tampered)?;
    bytes.drain(..SALT_LEN);
    let text = String::from_utf8(bytes).map_err(|_| OpenError::Tampered)?;
    Ok(OpenedText { text, salt })
}

/// Opens a text whose key lies in `ring`, the ring that its `key_id` names
/// (`None` when the store no longer has that ring).
///
/// # Errors
///
/// [`OpenError::Erased`] when the ring or its slot is gone,
/// [`OpenError::UnknownEpoch`] when the ring's epoch key is not held, and those
/// of [`open`].
pub fn open_with_ring(
    sealed: &SealedText,
    context: &TextContext<'_>,
    pointer: &str,
    ring: Option<&KeyRing>,
    epochs: &EpochKeys,
) -> Result<OpenedText, OpenError> {
    open(sealed, context, pointer, &text_key(sealed, ring, epochs)?)
}

/// The key of a text, unwrapped from the ring that its `key_id` names (`None`
/// when the store no longer has that ring).
///
/// # Errors
///
/// As [`open_with_ring`], except for what only the text itself can show.
pub fn text_key(
    sealed: &SealedText,
    ring: Option<&KeyRing>,
    epochs: &EpochKeys,
) -> Result<TextKey, OpenError> {
    let key_id: KeyId = sealed.key_id.parse().map_err(|_| OpenError::Tampered)?;
    let ring = ring.ok_or(OpenError::Erased)?;
    rings::unwrap(ring, key_id, epochs)
}

/// A text with what shows that it is the one that was sealed: the key that opens it.
///
/// Only for a reader who may see the text. Whoever has the key has no more than the text
/// itself; a key that was destroyed is given to nobody.
pub struct Shown {
    /// What the person typed.
    pub text: String,
    /// The key of the text.
    pub key: Zeroizing<[u8; KEY_LEN]>,
}

/// Opens a text for a reader who wants to check it offline.
///
/// # Errors
///
/// Those of [`open_with_ring`].
pub fn show(
    sealed: &SealedText,
    context: &TextContext<'_>,
    pointer: &str,
    ring: Option<&KeyRing>,
    epochs: &EpochKeys,
) -> Result<Shown, OpenError> {
    let key = text_key(sealed, ring, epochs)?;
    let text = open(sealed, context, pointer, &key)?.text;
    Ok(Shown { text, key: Zeroizing::new(*key.bytes()) })
}

/// SHA-256 of salt and text, that is of exactly the plaintext that was sealed.
pub fn salted_hash(salt: &Salt, text: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(text.as_bytes());
    hash.finalize().into()
}

/// The random bytes that one text needs.
struct Drawn {
    key: TextKey,
    nonce: [u8; NONCE_LEN],
    salt: Salt,
}

impl Drawn {
    const LEN: usize = KEY_LEN + NONCE_LEN + SALT_LEN;

    fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let mut rest = bytes.as_slice();
        let key = TextKey::new(take(&mut rest));
        Self { key, nonce: take(&mut rest), salt: take(&mut rest) }
    }
}

/// Takes the next `N` bytes; zeros where there are none, which the fixed
/// lengths above rule out.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    match rest.split_first_chunk::<N>() {
        Some((taken, left)) => {
            *rest = left;
            *taken
        }
        None => [0; N],
    }
}

fn seal_one(
    key: &TextKey,
    nonce: &[u8; NONCE_LEN],
    salt: &Salt,
    context: &TextContext<'_>,
    pointer: &str,
    text: &str,
    key_id: KeyId,
) -> SealedText {
    let key_id = key_id.to_string();
    let (commitment, encryption) = split(key, nonce);
    // Room for the tag from the start: growing would leave a copy of the text behind.
    let mut bytes = Vec::with_capacity(SALT_LEN + text.len() + TAG_LEN);
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(text.as_bytes());
    XChaCha20Poly1305::new((&*encryption).into())
        .encrypt_in_place(nonce.into(), &additional_data(context, pointer, &key_id), &mut bytes)
        .expect("no text reaches the cipher's limit of 256 GiB");
    SealedText {
        alg: ALGORITHM.to_owned(),
        key_id,
        nonce: URL_SAFE_NO_PAD.encode(nonce),
        ct: URL_SAFE_NO_PAD.encode(bytes),
        commitment: URL_SAFE_NO_PAD.encode(commitment),
    }
}

/// What a text key becomes under a nonce: the public commitment and the secret
/// encryption key. Two different keys with one commitment would be a collision
/// of SHA-256.
fn split(
    key: &TextKey,
    nonce: &[u8; NONCE_LEN],
) -> ([u8; COMMITMENT_LEN], Zeroizing<[u8; KEY_LEN]>) {
    let derived = key.derive::<{ COMMITMENT_LEN + KEY_LEN }>(&[b"quesito/text/v1", nonce]);
    let mut rest = derived.as_slice();
    (take(&mut rest), Zeroizing::new(take(&mut rest)))
}

fn additional_data(context: &TextContext<'_>, pointer: &str, key_id: &str) -> Vec<u8> {
    let parts: [&[u8]; 6] = [
        ALGORITHM.as_bytes(),
        key_id.as_bytes(),
        context.stream.as_bytes(),
        context.event_id.as_bytes(),
        context.stored_type.as_bytes(),
        pointer.as_bytes(),
    ];
    let mut data = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        // Names and pointers are short; saturating keeps the function total.
        data.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

/// Decodes a member of fixed length.
fn bytes_of<const N: usize>(encoded: &str) -> Result<[u8; N], OpenError> {
    URL_SAFE_NO_PAD
        .decode(encoded)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(OpenError::Tampered)
}
