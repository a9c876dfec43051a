//! Bounded whole numbers.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type};

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident: $from:literal ..= $to:literal, $description:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// Wraps a number within bounds.
            pub fn new(number: u32) -> Option<Self> {
                ($from..=$to).contains(&number).then_some(Self(number))
            }

            /// The number.
            pub fn get(self) -> u32 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(u32::deserialize(deserializer)?).ok_or_else(|| {
                    serde::de::Error::custom(concat!(
                        "serve un numero intero fra ", $from, " e ", $to
                    ))
                })
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
                    .description(Some($description))
                    .minimum(Some($from))
                    .maximum(Some($to))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

numbers! {
    /// How many people, places or bodies.
    Count: 0..=1_000_000, "How many.";
    /// The number of a version, a reminder, a rank: from 1.
    Number: 1..=9_999, "A running number, from 1.";
    /// A year of a register.
    Year: 1861..=2999, "A year.";
}
