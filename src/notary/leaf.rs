//! What the log holds of an event: hashes of its stored bytes, and where it stands.
//!
//! `events/leaf.v1.json` is the contract, with one leaf worked out.
//!
//! Deliberately absent: the content of events. A leaf can be given to anybody who may
//! know that the event exists.

use std::borrow::Cow;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::tree::{Hash, leaf_hash};
use crate::event_store::{Revision, StoredEvent};

/// Whether the events of a stream are logged.
pub fn is_logged(stream: &str) -> bool {
    !stream.starts_with('$') && !stream.starts_with("op-")
}

/// An event, as far as the log looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Logged<'a> {
    /// Its stream.
    pub stream: &'a str,
    /// Its place in the stream.
    pub revision: Revision,
    /// Its identity.
    pub id: Uuid,
    /// Its stored type.
    pub stored_type: &'a str,
    /// Its data, byte for byte as stored.
    pub data: &'a [u8],
    /// Its metadata, byte for byte as stored.
    pub metadata: &'a [u8],
}

impl<'a> From<&'a StoredEvent> for Logged<'a> {
    fn from(stored: &'a StoredEvent) -> Self {
        Self {
            stream: stored.stream.as_str(),
            revision: stored.revision,
            id: stored.id,
            stored_type: &stored.stored_type,
            data: &stored.data,
            metadata: &stored.metadata,
        }
    }
}

/// A leaf of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Canonical JSON (RFC 8785).
    pub bytes: Vec<u8>,
    /// Its hash in the tree.
    pub hash: Hash,
}

/// Why an event has no leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the metadata do not say who recorded it and when")]
pub struct LeafError;

/// What a leaf repeats of the metadata.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    recorded_at: Cow<'a, str>,
    #[serde(borrow)]
    actor: Who<'a>,
}

#[derive(Deserialize)]
struct Who<'a> {
    #[serde(borrow)]
    subject: Cow<'a, str>,
}

impl Leaf {
    /// The leaf of an event.
    ///
    /// # Errors
    ///
    /// [`LeafError`] when its metadata cannot be read.
    pub fn of(event: &Logged<'_>) -> Result<Self, LeafError> {
        let said: Said<'_> = serde_json::from_slice(event.metadata).map_err(|_| LeafError)?;
        let mut bytes = Vec::with_capacity(480);
        // The members in the order of RFC 8785; the names are ASCII.
        text(&mut bytes, "{\"at\":", &said.recorded_at);
        sum(&mut bytes, ",\"data_sha256\":\"", event.data);
        bytes.extend_from_slice(b",\"id\":\"");
        bytes.extend_from_slice(event.id.hyphenated().encode_lower(&mut [0; 36]).as_bytes());
        sum(&mut bytes, "\",\"meta_sha256\":\"", event.metadata);
        bytes.extend_from_slice(b",\"revision\":");
        bytes.extend_from_slice(event.revision.to_string().as_bytes());
        text(&mut bytes, ",\"stream\":", event.stream);
        text(&mut bytes, ",\"subject\":", &said.actor.subject);
        text(&mut bytes, ",\"type\":", event.stored_type);
        bytes.extend_from_slice(b",\"v\":1}");
        Ok(Self { hash: leaf_hash(&bytes), bytes })
    }
}

/// A member whose value is a string; escapes are those of RFC 8785.
fn text(bytes: &mut Vec<u8>, before: &str, value: &str) {
    bytes.extend_from_slice(before.as_bytes());
    let plain = value.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
    if plain {
        bytes.push(b'"');
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(b'"');
    } else {
        bytes.extend_from_slice(&serde_json::to_vec(value).unwrap_or_default());
    }
}

/// A member whose value is the hash of bytes, with the quote that closes it.
fn sum(bytes: &mut Vec<u8>, before: &str, of: &[u8]) {
    bytes.extend_from_slice(before.as_bytes());
    for byte in Sha256::digest(of) {
        for digit in [byte >> 4, byte & 15] {
            bytes.push(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
        }
    }
    bytes.push(b'"');
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::notary::hex;

    #[test]
    fn the_worked_leaf_comes_out_byte_for_byte() {
        let contract: Value =
            serde_json::from_str(include_str!("../../events/leaf.v1.json")).unwrap();
        let worked = |name: &str| contract["x-worked"][name].as_str().unwrap();
        let example = &contract["examples"][0];
        let leaf = Leaf::of(&Logged {
            stream: example["stream"].as_str().unwrap(),
            revision: example["revision"].as_u64().unwrap(),
            id: example["id"].as_str().unwrap().parse().unwrap(),
            stored_type: example["type"].as_str().unwrap(),
            data: worked("data").as_bytes(),
            metadata: worked("metadata").as_bytes(),
        });
        let leaf = leaf.unwrap();
        assert_eq!(String::from_utf8(leaf.bytes).unwrap(), worked("leaf"));
        assert_eq!(hex(&leaf.hash), worked("leaf_hash"));
    }

    #[test]
    fn a_leaf_is_canonical_whatever_stands_in_it() {
        let metadata = br#"{"actor":{"subject":"a\"\u0001\u00e8"},"recorded_at":"x"}"#;
        let leaf = Leaf::of(&Logged {
            stream: "issue-1",
            revision: 9_007_199_254_740_991,
            id: Uuid::nil(),
            stored_type: "t\\v1",
            data: b"",
            metadata,
        });
        let bytes = leaf.unwrap().bytes;
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), bytes);
    }

    #[test]
    fn operational_streams_are_not_logged() {
        assert!(is_logged("issue-1") && is_logged("person-op"));
        assert!(!is_logged("op-key-1") && !is_logged("$ce-issue"));
    }
}
