//! What surrounds the data of an event: its metadata, and its leaf in the log.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::super::{Metadata, canonical};
use super::contract::document;
use super::examples::Example;
use super::{add_components, tidy};
use crate::privacy::sha256_hex;

/// The contract of the metadata, with those of an example.
pub(super) fn metadata(example: &Example) -> Value {
    let mut collected = Vec::new();
    Metadata::schemas(&mut collected);
    let mut components = BTreeMap::new();
    add_components(collected, &mut components);
    let mut document = document("metadata.v1", tidy(&Metadata::schema()), &components);
    document.insert("title".into(), "metadata.v1".into());
    document.insert("examples".into(), json!([example.metadata()]));
    Value::Object(document)
}

/// The contract of a leaf of the log, with one worked from an example.
pub(super) fn leaf(example: &Example) -> Value {
    let event = &example.event;
    let metadata = example.metadata();
    let member = |pointer: &str| metadata.pointer(pointer).cloned().unwrap_or_default();
    let leaf = json!({
        "v": 1,
        "stream": example.stream.as_str(),
        "revision": 0,
        "id": event.id,
        "type": &*event.stored_type,
        "at": member("/recorded_at"),
        "subject": member("/actor/subject"),
        "data_sha256": sha256_hex(&event.data),
        "meta_sha256": sha256_hex(&event.metadata),
    });
    let bytes = canonical(&leaf, "leaf.v1").unwrap_or_default();
    let hashed = [&[0], bytes.as_slice()].concat();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let string = |description: &str, pattern: &str, max: u32| {
        json!({"type": "string", "description": description, "pattern": pattern,
               "maxLength": max, "x-class": 0})
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:quesito:leaf.v1",
        "title": "leaf.v1",
        "description": "What the log holds of an event: the RFC 8785 bytes of this object. Its hash in the tree is SHA-256 of the byte 0x00 and these bytes (RFC 6962). Logged is every stream except those whose names begin with `op-` or `$`; the index of a leaf is the rank of its event among those logged, in global order.",
        "type": "object",
        "additionalProperties": false,
        "required": ["v", "stream", "revision", "id", "type", "at", "subject",
                     "data_sha256", "meta_sha256"],
        "properties": {
            "v": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 1,
                  "description": "The version of this form."},
            "stream": string("The stream.", "^[a-z]+-[A-Za-z0-9_.-]+$", 120),
            "revision": {"type": "integer", "format": "int64", "minimum": 0,
                         "maximum": 9_007_199_254_740_991_u64,
                         "description": "The place of the event in its stream, from 0."},
            "id": string("The event.",
                "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", 36),
            "type": string("The stored type.", "^[a-z]+(-[a-z]+)*\\.v[1-9][0-9]*$", 80),
            "at": string("`recorded_at` of its metadata.",
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$", 27),
            "subject": string("`actor.subject` of its metadata.", "^[a-z0-9][a-z0-9_-]*$", 60),
            "data_sha256": string("SHA-256 of its data, byte for byte as stored.",
                "^[0-9a-f]{64}$", 64),
            "meta_sha256": string("SHA-256 of its metadata, byte for byte as stored.",
                "^[0-9a-f]{64}$", 64),
        },
        "examples": [leaf],
        "x-worked": {
            "data": text(&event.data),
            "metadata": text(&event.metadata),
            "leaf": text(&bytes),
            "leaf_hash": sha256_hex(&hashed),
        },
    })
}
