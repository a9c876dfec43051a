//! The messages on the wire, with the numbers of the published .proto files.
//!
//! Declared by hand and only as far as clients use them: protobuf skips what it does not know,
//! so a field that is missing here is one the double does not act on.
//!
//! Deliberately absent: batch append and persistent subscriptions.
//!
//! Depends on: `prost` alone.

pub mod nodes;
pub mod read;
pub mod write;

use prost::bytes::Bytes;

/// `UUID`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Id {
    #[prost(oneof = "IdValue", tags = "1, 2")]
    pub value: Option<IdValue>,
}

/// What is in an [`Id`].
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum IdValue {
    #[prost(message, tag = "1")]
    Structured(Halves),
    #[prost(string, tag = "2")]
    Text(String),
}

/// `UUID.Structured`: the big-endian halves.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Halves {
    #[prost(int64, tag = "1")]
    pub most_significant_bits: i64,
    #[prost(int64, tag = "2")]
    pub least_significant_bits: i64,
}

/// `StreamIdentifier`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StreamIdentifier {
    #[prost(bytes = "bytes", tag = "3")]
    pub stream_name: Bytes,
}

impl Id {
    /// As a pair of halves, or as text.
    pub fn new(id: uuid::Uuid, text: bool) -> Self {
        let (most, least) = id.as_u64_pair();
        let value = if text {
            IdValue::Text(id.to_string())
        } else {
            IdValue::Structured(Halves {
                most_significant_bits: most.cast_signed(),
                least_significant_bits: least.cast_signed(),
            })
        };
        Self { value: Some(value) }
    }

    /// The identity, unless it is missing or no UUID.
    pub fn uuid(&self) -> Option<uuid::Uuid> {
        match self.value.as_ref()? {
            IdValue::Text(text) => text.parse().ok(),
            IdValue::Structured(halves) => Some(uuid::Uuid::from_u64_pair(
                halves.most_significant_bits.cast_unsigned(),
                halves.least_significant_bits.cast_unsigned(),
            )),
        }
    }
}

impl StreamIdentifier {
    pub fn new(name: &str) -> Self {
        Self { stream_name: Bytes::copy_from_slice(name.as_bytes()) }
    }

    /// The name, unless it is not UTF-8 or empty.
    pub fn name(&self) -> Option<&str> {
        std::str::from_utf8(&self.stream_name).ok().filter(|name| !name.is_empty())
    }
}
