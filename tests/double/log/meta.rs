//! The metadata of a stream, which is a stream of its own: `$$name`.

use prost::bytes::Bytes;
use serde_json::{Value, json};

use super::{DELETED, Log, Proposed, Stream};

/// The type of the events of a metadata stream.
pub const METADATA: &str = "$metadata";

/// Which events of a stream can be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// `$tb`; `DELETED` for a deleted stream.
    before: Option<i64>,
    /// `$maxCount`
    count: Option<i64>,
}

impl Limits {
    /// Of metadata, only the last is of interest.
    pub fn of_new(name: &str) -> Self {
        Self { before: None, count: name.starts_with("$$").then_some(1) }
    }

    fn of_json(data: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(data).unwrap_or_default();
        Self { before: value["$tb"].as_i64(), count: value["$maxCount"].as_i64() }
    }
}

impl Stream {
    /// The lowest revision that can be read.
    pub fn first(&self) -> i64 {
        let counted = self.limits.count.map_or(0, |count| self.head.saturating_sub(count) + 1);
        counted.max(self.limits.before.unwrap_or(0)).max(0)
    }

    pub fn deleted(&self) -> bool {
        self.limits.before == Some(DELETED)
    }
}

/// The metadata that hides a stream. Whatever else was there is lost.
pub fn deleted() -> Value {
    json!({ "$tb": DELETED })
}

pub fn stream_of(original: &str) -> String {
    format!("$${original}")
}

impl Log {
    /// Whether a stream has been hidden and nobody has written to it since.
    pub fn is_deleted(&self, stream: &str) -> bool {
        self.streams.get(stream).is_some_and(Stream::deleted)
    }

    /// Applies the last metadata of a stream, after somebody wrote it.
    pub fn describe(&mut self, original: &str) {
        let (head, hidden) = (self.head(original), self.is_deleted(original));
        self.apply(original);
        // Metadata is a sign of life too, whatever it says.
        if hidden {
            self.revive(original, head + 1);
        }
    }

    /// Makes a hidden stream visible again, from a revision on.
    pub fn revive(&mut self, original: &str, from: i64) {
        let last = self.streams.get(&*stream_of(original)).and_then(|meta| meta.events.last());
        let mut limits: Value =
            last.and_then(|last| serde_json::from_slice(&last.data).ok()).unwrap_or_default();
        if !limits.is_null() && !limits.is_object() {
            // The server gives up too.
            return;
        }
        limits["$tb"] = json!(from);
        self.write_limits(original, &limits);
    }

    /// Writes the metadata of a stream and answers where it is.
    pub fn write_limits(&mut self, original: &str, limits: &Value) -> u64 {
        let event = Proposed {
            id: self.dice.id(),
            kind: METADATA.to_owned(),
            json: true,
            custom_metadata: Bytes::new(),
            data: Bytes::from(limits.to_string()),
        };
        let position = self.write(&stream_of(original), &event);
        self.apply(original);
        position
    }

    fn apply(&mut self, original: &str) {
        let last = self.streams.get(&*stream_of(original)).and_then(|meta| meta.events.last());
        let limits = last.map(|last| Limits::of_json(&last.data));
        self.stream(original).limits = limits.unwrap_or_default();
    }
}
