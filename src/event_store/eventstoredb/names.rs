//! What is ours on a server that others may use too, and how it looks there.
//!
//! A stream is ours when its name, after the prefix of the URL (`streamPrefix`, none as a
//! rule), is a [`StreamName`], and the metadata of its events begin with [`MARK`]: four
//! blanks and line ends, which whoever reads the metadata as JSON does not see, and which
//! nobody writes by chance. Streams of the server itself (`$…`), links, and streams of
//! other programs that happen to be called alike are passed over.
//!
//! Inside the prefix, two families of streams belong to the engine and are shown to nobody:
//! `op-key-…`, one for each ring of wrapped keys, and `op-store-…`.
//!
//! Deliberately absent: any setting that belongs to the crate, all of which pass through.
//!
//! Depends on: the port.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes};

use super::client::{Proposed, Record};
use crate::event_store::rules::known_type;
use crate::event_store::{GlobalPosition, NewEvent, StoredEvent, StreamName};

/// What the metadata of our events begin with.
const MARK: &[u8] = b"\n\t\n ";

/// The setting of the URL that is ours and not the crate's.
const PREFIX: &str = "streamPrefix";

/// The streams of one store.
#[derive(Default)]
pub(super) struct Names {
    prefix: String,
    types: Mutex<HashMap<String, Arc<str>>>,
}

impl Names {
    /// Takes the prefix out of a URL; what is left is for the crate.
    pub(super) fn of(url: &str) -> Result<(Self, String), String> {
        let Some((before, query)) = url.split_once('?') else {
            return Ok((Self::default(), url.to_owned()));
        };
        let (mut prefix, mut others) = ("", Vec::new());
        for setting in query.split('&') {
            match setting.split_once('=') {
                Some((name, value)) if name.eq_ignore_ascii_case(PREFIX) => prefix = value,
                _ => others.push(setting),
            }
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if prefix.len() > 60 || !prefix.bytes().all(allowed) {
            return Err(format!(
                "{PREFIX} takes up to 60 letters, digits, hyphens, full stops and underscores"
            ));
        }
        let names = Self { prefix: prefix.to_owned(), types: Mutex::default() };
        Ok((names, format!("{before}?{}", others.join("&"))))
    }

    /// The name of a stream on the server.
    pub(super) fn on_server(&self, stream: &StreamName) -> String {
        format!("{}{stream}", self.prefix)
    }

    /// The name on the server of a stream that belongs to the engine.
    pub(super) fn own(&self, name: &str) -> String {
        format!("{}op-store-{name}", self.prefix)
    }

    /// The stream of a ring.
    pub(super) fn ring(&self, id: i64) -> String {
        format!("{}op-key-{id}", self.prefix)
    }

    /// The ring that a stream holds, if it is such a stream.
    pub(super) fn ring_of(&self, stream: &str) -> Option<i64> {
        stream.strip_prefix(&self.prefix)?.strip_prefix("op-key-")?.parse().ok()
    }

    /// An event as it goes to the server.
    pub(super) fn proposed(event: &NewEvent) -> Proposed {
        Proposed {
            id: event.id,
            kind: Arc::clone(&event.stored_type),
            data: Bytes::copy_from_slice(&event.data),
            metadata: [MARK, &event.metadata].concat().into(),
            json: false,
        }
    }

    /// An event of ours, and whether its position is known; `None` for what is not ours.
    /// One whose position is unknown stands at the start for the time being.
    pub(super) fn ours(&self, mut record: Record) -> Option<(StoredEvent, bool)> {
        if !record.metadata.starts_with(MARK) {
            return None;
        }
        let stream = StreamName::new(record.stream.strip_prefix(&self.prefix)?).ok()?;
        if is_reserved(&stream) {
            return None;
        }
        record.metadata.advance(MARK.len());
        let position = record.place.map_or(0, |place| place.commit);
        let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        let event = StoredEvent {
            position: GlobalPosition(position),
            stream,
            revision: record.revision,
            id: record.id,
            stored_type: known_type(&record.kind, &mut types),
            // Bytes that nobody else holds are taken over, not copied.
            data: record.data.into(),
            metadata: record.metadata.into(),
        };
        Some((event, record.place.is_some()))
    }
}

/// Whether a stream belongs to the engine, so that nobody else may write it.
pub(super) fn is_reserved(stream: &StreamName) -> bool {
    stream.as_str().starts_with("op-key-") || stream.as_str().starts_with("op-store-")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::client::Cursor;
    use super::*;

    fn record(stream: &str, metadata: &'static [u8]) -> Record {
        Record {
            stream: stream.into(),
            revision: 3,
            id: Uuid::from_u128(7),
            kind: "issue-reported.v1".into(),
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::from_static(metadata),
            place: Some(Cursor::at(90)),
        }
    }

    #[test]
    fn the_prefix_is_taken_out_of_the_url() {
        let (names, rest) = Names::of("esdb://h:1?tls=false&streamPrefix=prova.").unwrap();
        let stream = StreamName::new("issue-1").unwrap();
        assert_eq!(names.on_server(&stream), "prova.issue-1");
        assert_eq!(rest, "esdb://h:1?tls=false");
        assert!(Names::of("esdb://h?streamPrefix=a/b").is_err());
    }

    #[test]
    fn only_marked_streams_with_our_names_are_ours() {
        let names = Names::default();
        let (event, known) = names.ours(record("issue-1", b"\n\t\n {}")).unwrap();
        assert_eq!((event.metadata.as_slice(), event.position.0, known), (&b"{}"[..], 90, true));
        for (stream, metadata) in [
            ("issue-1", &b"{}"[..]),
            ("$settings", b"\n\t\n {}"),
            ("Orders-1", b"\n\t\n {}"),
            ("op-key-1", b"\n\t\n {}"),
            ("op-store-identity", b"\n\t\n {}"),
        ] {
            assert!(names.ours(record(stream, metadata)).is_none(), "{stream}");
        }
        assert!(names.ours(record("op-token-1", b"\n\t\n {}")).is_some());
    }
}
