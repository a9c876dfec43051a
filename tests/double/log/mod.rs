//! What the nodes of one cluster have in common: a log in memory.
//!
//! It is not ours in any way: no engine of the product stores it, or both sides of a test
//! would share their mistakes. Positions are byte offsets, as in the real log: a record fills
//! what lies between its position and its end, and what is no event leaves gaps.
//!
//! Deliberately absent: files, chunks, `$maxAge`, links, access lists, transactions.
//!
//! Depends on: nothing here.

mod check;
mod dice;
mod meta;
mod read;

pub use check::{Decision, Expected};
pub use dice::Dice;
pub use read::{Direction, Unreadable, place};

use std::collections::HashMap;
use std::sync::Arc;

use prost::bytes::Bytes;
use uuid::Uuid;

use meta::Limits;

/// What the head of a tombstoned stream is, and `$tb` of a deleted one.
pub const DELETED: i64 = i64::MAX;

/// When the first record was made, in 100 ns since 1970: 2026-01-01, for no clock is read.
const BEGINNING: u64 = 1_767_225_600 * 10_000_000;

/// A record that is an event.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    pub id: Uuid,
    pub stream: Arc<str>,
    /// `DELETED` for a tombstone.
    pub revision: u64,
    pub position: u64,
    /// Where the next record can begin.
    pub end: u64,
    pub kind: String,
    pub json: bool,
    /// In 100 ns since 1970.
    pub created: u64,
    pub custom_metadata: Bytes,
    pub data: Bytes,
}

/// An event to be written.
#[derive(Debug, Clone)]
pub struct Proposed {
    pub id: Uuid,
    pub kind: String,
    pub json: bool,
    pub custom_metadata: Bytes,
    pub data: Bytes,
}

impl Proposed {
    /// What counts against the largest append.
    pub fn size(&self) -> usize {
        self.data.len() + self.custom_metadata.len() + 2 * self.kind.len()
    }
}

/// How an append or a deletion went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The head of the stream and the position of the last event, where they are known.
    Done { head: Option<u64>, position: Option<u64> },
    /// The stream is elsewhere; its head.
    Wrong { head: Option<u64> },
    /// The stream is deleted.
    Gone,
}

/// The log.
#[derive(Debug)]
pub struct Log {
    records: Vec<Arc<Record>>,
    streams: HashMap<Arc<str>, Stream>,
    /// What the writer remembers of events it wrote, to know a repeated append.
    known: HashMap<Uuid, (Arc<str>, i64)>,
    /// Where the next record can begin.
    end: u64,
    scavenged: bool,
    system_events: bool,
    dice: Dice,
}

#[derive(Debug, Default)]
struct Stream {
    /// What is still stored, by revision.
    events: Vec<Arc<Record>>,
    /// Of the last event ever written; `-1` where there is none.
    head: i64,
    limits: Limits,
}

impl Log {
    /// A new log, whose gaps and system events follow from the seed.
    pub fn new(seed: u64, system_events: bool) -> Self {
        let mut log = Self {
            records: Vec::new(),
            streams: HashMap::new(),
            known: HashMap::new(),
            end: 0,
            scavenged: false,
            system_events,
            dice: Dice::new(seed),
        };
        if system_events {
            log.system_event("$settings", "$update", br#"{"$acl":{}}"#);
            log.system_event("$users", "$User", b"{}");
        }
        log
    }

    /// Every event that is stored, in the order of the log.
    pub fn records(&self) -> &[Arc<Record>] {
        &self.records
    }

    /// Appends, or says why not; all events or none.
    pub fn append(&mut self, stream: &str, expected: Expected, events: &[Proposed]) -> Outcome {
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        let head = self.head(stream);
        let revive = match self.check(stream, expected, &ids) {
            Decision::Write { revive } => revive,
            Decision::Already { head, position } => {
                return Outcome::Done { head: revision(head), position };
            }
            Decision::Wrong => return Outcome::Wrong { head: revision(head) },
            Decision::Gone => return Outcome::Gone,
        };
        if events.is_empty() {
            return Outcome::Done { head: revision(head), position: None };
        }
        self.noise();
        let mut position = None;
        for event in events {
            position = Some(self.write(stream, event));
        }
        // In the log, the events precede the metadata that makes their stream visible again.
        if let Some(original) = stream.strip_prefix("$$") {
            self.describe(original);
        }
        if revive {
            self.revive(stream, head + 1);
        }
        Outcome::Done { head: revision(self.head(stream)), position }
    }

    /// Hides a stream until somebody writes to it again.
    pub fn delete(&mut self, stream: &str, expected: Expected) -> Outcome {
        match self.check_deletion(stream, expected) {
            Some(outcome) => outcome,
            None if self.head(stream) < 0 && self.head(&meta::stream_of(stream)) < 0 => {
                Outcome::Wrong { head: None }
            }
            None => {
                self.noise();
                let position = self.write_limits(stream, &meta::deleted());
                Outcome::Done { head: revision(self.head(stream)), position: Some(position) }
            }
        }
    }

    /// Ends a stream for ever.
    pub fn tombstone(&mut self, stream: &str, expected: Expected) -> Outcome {
        if let Some(outcome) = self.check_deletion(stream, expected) {
            return outcome;
        }
        self.noise();
        let event = Proposed {
            id: self.dice.id(),
            kind: "$streamDeleted".to_owned(),
            json: true,
            custom_metadata: Bytes::new(),
            data: Bytes::new(),
        };
        self.stream(stream).head = DELETED - 1;
        let position = self.write(stream, &event);
        Outcome::Done { head: None, position: Some(position) }
    }

    /// Forgets which events were written lately, as a node does that starts or is promoted.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// Removes what no stream shows any more, but never the last event of a stream.
    pub fn scavenge(&mut self) {
        for stream in self.streams.values_mut() {
            let (head, first) = (stream.head, stream.first());
            stream.events.retain(|event| {
                let revision = event.revision.cast_signed();
                revision == head || (head != DELETED && revision >= first)
            });
        }
        let streams = &self.streams;
        self.records.retain(|record| {
            let events = &streams[&record.stream].events;
            events.binary_search_by_key(&record.revision, |event| event.revision).is_ok()
        });
        self.scavenged = true;
    }

    fn head(&self, stream: &str) -> i64 {
        self.streams.get(stream).map_or(-1, |stream| stream.head)
    }

    fn stream(&mut self, name: &str) -> &mut Stream {
        if !self.streams.contains_key(name) {
            let limits = Limits::of_new(name);
            self.streams.insert(name.into(), Stream { events: Vec::new(), head: -1, limits });
        }
        self.streams.get_mut(name).expect("it was just put there")
    }

    /// Writes one event at the end and answers where it is.
    fn write(&mut self, name: &str, event: &Proposed) -> u64 {
        // Some of what is stored is no event.
        let gap = if self.dice.one_in(4) { 40 + self.dice.below(400) } else { 0 };
        let position = self.end + gap;
        let end = position + 60 + event.size() as u64 + name.len() as u64 + self.dice.below(8);
        self.stream(name).head += 1;
        let (name, stream) = self.streams.get_key_value(name).expect("it was just put there");
        let (name, revision) = (name.clone(), stream.head);
        let record = Arc::new(Record {
            id: event.id,
            stream: name.clone(),
            revision: revision.cast_unsigned(),
            position,
            end,
            kind: event.kind.clone(),
            json: event.json,
            created: BEGINNING + self.records.len() as u64 * 10_000,
            custom_metadata: event.custom_metadata.clone(),
            data: event.data.clone(),
        });
        self.end = end;
        self.known.insert(event.id, (name.clone(), revision));
        self.stream(&name).events.push(Arc::clone(&record));
        self.records.push(record);
        position
    }

    /// Now and then the server writes something of its own.
    fn noise(&mut self) {
        if self.system_events && self.dice.one_in(4) {
            self.system_event("$stats-127.0.0.1:2113", "$statsCollected", br#"{"proc-cpu":1}"#);
        }
    }

    fn system_event(&mut self, stream: &str, kind: &str, data: &'static [u8]) {
        let event = Proposed {
            id: self.dice.id(),
            kind: kind.to_owned(),
            json: true,
            custom_metadata: Bytes::new(),
            data: Bytes::from_static(data),
        };
        self.write(stream, &event);
    }
}

/// As numbers go on the wire; there is none for a missing stream.
fn revision(head: i64) -> Option<u64> {
    u64::try_from(head).ok()
}
