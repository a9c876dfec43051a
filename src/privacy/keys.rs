//! The key of one text, the key of one epoch, and how other keys grow from them.
//!
//! Every key is 32 random bytes and is used only as the pseudo-random key of
//! HKDF-SHA-256 (RFC 5869): what encrypts, commits or digests is derived under
//! its own label, so no two uses ever share key material.
//!
//! Deliberately absent: any way to print a key. `Debug` shows that there is
//! one, nothing is `Display` or `Serialize`, and memory is wiped on drop.
//!
//! Depends on: nothing in this crate.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::random::Random;

/// Length of every key, in bytes.
pub(super) const KEY_LEN: usize = 32;

/// The key under which one text is sealed. Whoever holds it reads the text.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TextKey([u8; KEY_LEN]);

impl TextKey {
    pub(super) fn new(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }

    pub(super) fn derive<const N: usize>(&self, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
        derive(&self.0, info)
    }
}

impl fmt::Debug for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextKey(secret)")
    }
}

/// The key that wraps the text keys of a span of time (about 30 days). When it
/// is destroyed, every text key that was not re-wrapped is destroyed with it.
#[derive(Clone)]
pub struct EpochKey {
    number: u32,
    created: Date,
    key: TextKey,
}

impl EpochKey {
    pub(super) fn new(number: u32, created: Date, key: [u8; KEY_LEN]) -> Self {
        Self { number, created, key: TextKey(key) }
    }

    pub(super) fn generate(number: u32, created: Date, random: &mut dyn Random) -> Self {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        random.fill(&mut *key);
        Self::new(number, created, *key)
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_LEN] {
        &self.key.0
    }

    pub(super) fn derive<const N: usize>(&self, info: &[&[u8]]) -> Zeroizing<[u8; N]> {
        self.key.derive(info)
    }

    /// Its number: 1 for the first epoch of an installation.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The civil day (Europe/Rome) on which it was made.
    pub fn created(&self) -> Date {
        self.created
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochKey({}, {}, secret)", self.number, self.created)
    }
}

/// The digest of a command's canonical body, as 64 lower-case hex digits.
///
/// With a text key it is an HMAC-SHA-256 under a key derived from it: nobody
/// can guess the body from the digest once that text is erased. A command that
/// seals nothing has nothing to guess, and its digest is the plain SHA-256.
pub fn command_digest(first_key: Option<&TextKey>, canonical_body: &[u8]) -> String {
    let digest = match first_key {
        Some(key) => hmac(&key.derive(&[b"quesito/command-digest/v1"]), canonical_body),
        None => Sha256::digest(canonical_body).into(),
    };
    hex(&digest)
}

/// The SHA-256 of bytes, as 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hmac(key: &[u8; KEY_LEN], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect()
}

fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

/// HKDF-Expand with SHA-256: `N` bytes that only the holder of `key` can make.
fn derive<const N: usize>(key: &[u8; KEY_LEN], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "HKDF gives at most 255 blocks") };
    let mut derived = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::from_prk(key)
        .expect("a key has the 32 bytes that HKDF-SHA-256 asks for")
        .expand_multi_info(info, &mut *derived)
        .expect("the length was checked by the compiler");
    derived
}
