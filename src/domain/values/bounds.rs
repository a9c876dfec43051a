//! The bounds of lists and numbers, held where events are read.
//!
//! A schema that promises at most 30 positions is only true when whoever reads the
//! data counts them. These functions stand in `deserialize_with` beside the
//! `max_items` and `maximum` of the schema; a contract test compares the two.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a list of `MIN` to `MAX` things, and stops at the first too many.
///
/// # Errors
///
/// An Italian sentence when there are fewer or more.
pub fn list<'de, const MIN: usize, const MAX: usize, T, D>(from: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    from.deserialize_seq(Items::<T, MIN, MAX>(PhantomData))
}

/// As [`list`], for a member that may be absent.
///
/// # Errors
///
/// As [`list`].
pub fn maybe_list<'de, const MIN: usize, const MAX: usize, T, D>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    list::<MIN, MAX, T, D>(from).map(Some)
}

/// Reads a whole number from 0 to `MAX`.
///
/// # Errors
///
/// An Italian sentence when it is greater.
pub fn at_most<'de, const MAX: u32, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let number = u32::deserialize(from)?;
    if number > MAX {
        return Err(D::Error::custom(format!("serve un numero intero fra 0 e {MAX}")));
    }
    Ok(number)
}

/// As [`at_most`], for a member that may be absent.
///
/// # Errors
///
/// As [`at_most`].
pub fn maybe_at_most<'de, const MAX: u32, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<u32>, D::Error> {
    at_most::<MAX, D>(from).map(Some)
}

struct Items<T, const MIN: usize, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Visitor<'de>
    for Items<T, MIN, MAX>
{
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("un elenco")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            if found.len() == MAX {
                return Err(A::Error::custom(format!("l'elenco supera {MAX} elementi")));
            }
            found.push(item);
        }
        if found.len() < MIN {
            return Err(match MIN {
                1 => A::Error::custom("serve almeno un elemento"),
                _ => A::Error::custom(format!("servono almeno {MIN} elementi")),
            });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_no_fewer_and_no_more_than_promised() {
        let read = |value| list::<1, 2, u32, serde_json::Value>(value);
        assert_eq!(read(json!([1, 2])).unwrap(), [1, 2]);
        assert_eq!(read(json!([])).unwrap_err().to_string(), "serve almeno un elemento");
        assert_eq!(read(json!([1, 2, 3])).unwrap_err().to_string(), "l'elenco supera 2 elementi");
    }

    #[test]
    fn a_number_stays_within_its_bound() {
        assert_eq!(at_most::<9, serde_json::Value>(json!(9)).unwrap(), 9);
        assert!(at_most::<9, serde_json::Value>(json!(10)).is_err());
    }
}
