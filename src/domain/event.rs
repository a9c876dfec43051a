//! How the event types of an aggregate are declared, stored and described.

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

use super::Fault;

/// One stored event type, as its contract file describes it.
#[derive(Clone, Copy)]
pub struct EventType {
    /// The stored type, such as `issue-reported.v1`; also the stem of the schema file.
    pub stored: &'static str,
    /// Which date `occurred_on` is for this event.
    pub occurred_on: &'static str,
    /// The schema of its data, and where the schemas it refers to are collected.
    pub schema: fn(&mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema>,
    /// Reads the data, clear or sealed, and writes it again; for contract tests.
    pub check: fn(Value) -> Result<Value, String>,
}

/// Everything that can happen in the streams of one category.
pub trait EventSet:
    Clone + std::fmt::Debug + PartialEq + Serialize + Send + Sync + 'static
{
    /// The stored types.
    const TYPES: &'static [EventType];

    /// The stored type of this event.
    fn stored_type(&self) -> &'static str;

    /// Reads an event from its stored type and its data as JSON bytes.
    ///
    /// `None` when the type is not of this set.
    fn from_slice(stored: &str, data: &[u8]) -> Option<serde_json::Result<Self>>;

    /// Reads an event from its stored type and data that a client sent, naming the
    /// place of the first fault.
    ///
    /// `None` when the type is not of this set.
    fn from_value(stored: &str, data: &Value) -> Option<Result<Self, Fault>>;
}

/// Declares an aggregate's events: stored type, variant, what `occurred_on` is.
#[macro_export]
macro_rules! events {
    (
        $(#[$meta:meta])*
        pub enum $set:ident {
            $($stored:literal => $variant:ident($data:ty), $occurred_on:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
        #[serde(untagged)]
        pub enum $set {
            $(
                #[doc = concat!("`", $stored, "`; `occurred_on` is ", $occurred_on, ".")]
                $variant(Box<$data>),
            )*
        }

        $(
            impl From<$data> for $set {
                fn from(data: $data) -> Self {
                    Self::$variant(Box::new(data))
                }
            }
        )*

        impl $crate::EventSet for $set {
            const TYPES: &'static [$crate::EventType] = &[$(
                $crate::EventType {
                    stored: $stored,
                    occurred_on: $occurred_on,
                    schema: |all| {
                        <$data as utoipa::ToSchema>::schemas(all);
                        <$data as utoipa::PartialSchema>::schema()
                    },
                    check: |data| {
                        let read: $data =
                            $crate::from_json(&data).map_err(|fault| fault.to_string())?;
                        serde_json::to_value(&read).map_err(|error| error.to_string())
                    },
                },
            )*];

            fn stored_type(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $stored,)*
                }
            }

            fn from_slice(stored: &str, data: &[u8]) -> Option<serde_json::Result<Self>> {
                match stored {
                    $($stored => {
                        Some(serde_json::from_slice(data).map(|data| Self::$variant(Box::new(data))))
                    })*
                    _ => None,
                }
            }

            fn from_value(
                stored: &str,
                data: &serde_json::Value,
            ) -> Option<Result<Self, $crate::Fault>> {
                match stored {
                    $($stored => {
                        Some($crate::from_json(data).map(|data| Self::$variant(Box::new(data))))
                    })*
                    _ => None,
                }
            }
        }
    };
}

/// Declares the data of events: one derive list, so that every structure refuses
/// unknown fields, leaves out what is absent and describes itself.
#[macro_export]
macro_rules! data {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident { $($body:tt)* }
    )*) => {$(
        #[serde_with::skip_serializing_none]
        #[derive(
            Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name { $($body)* }
    )*};
}

/// Declares closed lists of words, written in snake case.
#[macro_export]
macro_rules! words {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$doc:meta])* $variant:ident,)* }
    )*) => {$(
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* $variant,)* }
    )*};
}
