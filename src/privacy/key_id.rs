//! The name of a wrapped key: which ring, which slot.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

/// Names one wrapped key, written `{ring}.{slot}`: the ring's id in lower-case
/// base 36 (its 64 bits read as unsigned), then the slot in decimal. One key
/// has one spelling; any other is refused.
///
/// ```
/// use quesito::privacy::KeyId;
/// let id = KeyId { ring: 1_295, slot: 2 };
/// assert_eq!(id.to_string(), "zz.2");
/// assert_eq!("zz.2".parse(), Ok(id));
/// assert!("0zz.2".parse::<KeyId>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId {
    /// The ring, one per event.
    pub ring: i64,
    /// The place in the ring, one per text, from 0.
    pub slot: u32,
}

/// The text is not the name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a key")]
pub struct InvalidKeyId;

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = Vec::with_capacity(13);
        let mut rest = self.ring.cast_unsigned();
        loop {
            digits
                .push(u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36)));
            rest /= 36;
            if rest == 0 {
                break;
            }
        }
        let ring: String = digits.into_iter().rev().flatten().collect();
        write!(f, "{ring}.{}", self.slot)
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (ring, slot) = text.split_once('.').ok_or(InvalidKeyId)?;
        let ring = u64::from_str_radix(ring, 36).map_err(|_| InvalidKeyId)?.cast_signed();
        let id = Self { ring, slot: slot.parse().map_err(|_| InvalidKeyId)? };
        // Leading zeros, a plus sign and capitals parse too, but name nothing.
        if id.to_string() == text { Ok(id) } else { Err(InvalidKeyId) }
    }
}
