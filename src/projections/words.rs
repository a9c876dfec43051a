//! Values as they stand in columns.
//!
//! Closed lists of words stand there as the API writes them, so that a dump reads
//! well and a filter is compared as it came.
//!
//! Depends on: nothing in this crate.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::domain::shared::Visibility;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

/// A word of a closed list as text; empty for what is not a word.
pub fn text(word: &impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(_) | Err(_) => String::new(),
    }
}

/// A word of a closed list from a column.
///
/// # Errors
///
/// As a conversion failure of that column, when the word is not in the list.
pub fn parse<T: DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    let words: StrDeserializer<'_, Error> = serde::de::IntoDeserializer::into_deserializer(text);
    T::deserialize(words).map_err(|why| unreadable(column, why))
}

/// A typed code, day or id from a column.
///
/// # Errors
///
/// As a conversion failure of that column.
pub fn code<T: std::str::FromStr<Err = String>>(column: usize, text: &str) -> rusqlite::Result<T> {
    text.parse().map_err(|why: String| unreadable(column, std::io::Error::other(why)))
}

fn unreadable(
    column: usize,
    why: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(why))
}

/// A digest of rows about to be written, never 0; equal rows need not be written again.
///
/// Lives in memory only.
pub fn digest(rows: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    hasher.finish().max(1)
}

/// An instant from a column of microseconds.
///
/// # Errors
///
/// As a conversion failure of that column.
pub fn instant(column: usize, micros: i64) -> rusqlite::Result<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(micros).map_err(|why| unreadable(column, why))
}

/// A visibility from its column, where [`Scope::sql`](crate::access::Scope::sql)
/// compares it as a number.
pub fn visibility(number: u8) -> Visibility {
    match number {
        0 => Visibility::Restricted,
        1 => Visibility::Network,
        _ => Visibility::Public,
    }
}
