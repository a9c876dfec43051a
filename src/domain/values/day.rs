//! A civil date.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type};

/// A civil date in Italy, written `YYYY-MM-DD` and nothing else.
///
/// The earliest is 1861-03-17, the first day of the Kingdom of Italy: no act of
/// the State is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The earliest day.
    pub const FIRST: Self = Self(Date::constant(1861, 3, 17));

    /// The latest day.
    pub const LAST: Self = Self(Date::constant(2999, 12, 31));

    /// The date inside.
    pub fn date(self) -> Date {
        self.0
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "serve una data nella forma AAAA-MM-GG".to_owned();
        // jiff also reads other ISO forms; one day has one spelling here.
        let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date: Date =
            if shape { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
        if Self(date) < Self::FIRST || Self(date) > Self::LAST {
            return Err("la data deve stare fra il 17 marzo 1861 e il 31 dicembre 2999".into());
        }
        Ok(Self(date))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A civil date in Italy (Europe/Rome)."))
            .min_length(Some(10))
            .max_length(Some(10))
            .extensions(Some(ExtensionsBuilder::new().add("x-class", json!(0)).build()))
            .into()
    }
}

impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        assert_eq!("2024-02-29".parse::<Day>().unwrap().to_string(), "2024-02-29");
        for wrong in ["20240229", "2024-2-29", "2024-02-30", "2024-02-29T00:00", "", "1861-03-16"] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
