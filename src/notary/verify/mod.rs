//! Everything computed anew from stored bytes, and compared with what was signed.
//!
//! Two kinds of checks. What can be judged from the events alone: streams without holes,
//! places that grow, metadata that belong to their event. And what only a checkpoint can
//! tell: that the first N events are those that were signed. Where the tiles of the log
//! are at hand and agree with a checkpoint, the very event is named that is not the one
//! that was signed.
//!
//! Deliberately absent: reading files, and keys of texts. It works on a copy that opens
//! for nobody.
//!
//! Depends on: `event_store` (rows as they lie there).

mod compare;
mod report;

use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

pub use compare::Trusted;
pub use report::{Damage, Fault, Kept, Report};

use super::edge::Edge;
use super::leaf::{Leaf, Logged, is_logged};
use super::tree::Hash;
use crate::event_store::sqlite::RawEvent;

/// Computes a log anew, row by row.
#[derive(Debug, Default)]
pub struct Verifier {
    edge: Edge,
    leaves: Vec<Hash>,
    roots: HashMap<u64, Hash>,
    wanted: Vec<u64>,
    streams: HashMap<String, Tail>,
    position: i64,
    events: u64,
    faults: Vec<Fault>,
}

/// Where a stream stands.
#[derive(Debug, Default)]
struct Tail {
    next: u64,
    recorded_at: String,
}

/// What metadata say of their event.
#[derive(Deserialize)]
struct Said {
    event_id: Uuid,
    recorded_at: String,
}

impl Verifier {
    /// A verifier that will know the roots over these numbers of leaves.
    pub fn new(sizes: impl IntoIterator<Item = u64>) -> Self {
        let wanted: Vec<u64> = sizes.into_iter().collect();
        let roots = wanted.contains(&0).then(|| (0, Edge::default().root()));
        Self { wanted, roots: roots.into_iter().collect(), ..Self::default() }
    }

    /// Takes the next row of the file.
    pub fn take(&mut self, event: &RawEvent) {
        self.events += 1;
        if event.position <= self.position {
            self.fault(event, Damage::Order, "its position does not grow");
        } else if event.position != self.position + 1 {
            let missing = event.position - self.position - 1;
            self.fault(event, Damage::Missing, &format!("{missing} events before it are gone"));
        }
        self.position = event.position;
        let (Some(stream), Some(revision), Some(id), Some(stored_type)) =
            (&event.stream, event.revision, event.id, &event.stored_type)
        else {
            self.fault(event, Damage::Unreadable, "stream, revision, id or type cannot be read");
            return;
        };
        let revision = u64::try_from(revision).unwrap_or(u64::MAX);
        self.contiguity(event, stream, revision, id);
        if !is_logged(stream) {
            return;
        }
        let (data, metadata) = (&event.data, &event.metadata);
        let logged = Logged { stream, revision, id, stored_type, data, metadata };
        match Leaf::of(&logged) {
            Ok(leaf) => {
                self.edge.push(leaf.hash, |_| {});
                self.leaves.push(leaf.hash);
                if self.wanted.contains(&self.edge.size()) {
                    self.roots.insert(self.edge.size(), self.edge.root());
                }
            }
            Err(why) => self.fault(event, Damage::Unreadable, &why.to_string()),
        }
    }

    fn contiguity(&mut self, event: &RawEvent, stream: &str, revision: u64, id: Uuid) {
        let mut faults = Vec::new();
        let tail = self.streams.entry(stream.to_owned()).or_default();
        if revision > tail.next {
            let first = tail.next;
            faults.push((Damage::Missing, format!("revision {first} was expected: a hole")));
        } else if revision < tail.next {
            faults.push((Damage::Order, format!("revision {} was expected", tail.next)));
        }
        tail.next = revision.saturating_add(1);
        match serde_json::from_slice::<Said>(&event.metadata) {
            Ok(said) => {
                if said.event_id != id {
                    faults.push((Damage::Altered, "its metadata are of another event".into()));
                }
                if said.recorded_at <= tail.recorded_at {
                    let why = "it was recorded before the event that precedes it";
                    faults.push((Damage::Order, why.into()));
                }
                tail.recorded_at = said.recorded_at;
            }
            Err(_) => faults.push((Damage::Unreadable, "its metadata cannot be read".into())),
        }
        for (kind, why) in faults {
            self.fault(event, kind, &why);
        }
    }

    fn fault(&mut self, event: &RawEvent, damage: Damage, detail: &str) {
        self.faults.push(Fault {
            stream: event.stream.clone(),
            revision: event.revision,
            damage,
            detail: detail.to_owned(),
        });
    }

    /// How many leaves so far.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root over some leaves, if it was asked for and there are so many.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.roots.get(&size).copied()
    }

    /// Compares with checkpoints that somebody kept; the rows have all been taken.
    pub fn finish(mut self, kept: &[Kept]) -> (Report, Vec<Hash>) {
        for one in kept {
            let size = one.checkpoint.size;
            let whole = |damage, detail| Fault { stream: None, revision: None, damage, detail };
            if size > self.edge.size() {
                self.faults.push(whole(
                    Damage::Missing,
                    format!(
                        "{} was signed over {size} events, there are {}: the log was cut short, \
                         or this is an older one",
                        one.label,
                        self.edge.size()
                    ),
                ));
            } else if self.root_at(size) != Some(one.checkpoint.root) {
                self.faults.push(whole(
                    Damage::Forked,
                    format!(
                        "the first {size} events are not those that {} was signed over",
                        one.label
                    ),
                ));
            }
        }
        let report = Report {
            events: self.events,
            streams: self.streams.len() as u64,
            size: self.edge.size(),
            root: self.edge.root(),
            compared: kept.to_vec(),
            faults: self.faults,
        };
        (report, self.leaves)
    }
}
