//! Small stores made up from a seed.

use quesito::event_store::sqlite::{RawEvent, SqliteStore};
use quesito::event_store::{EventStore, Expected, NewEvent, StreamName};
use quesito::notary::verify::{Kept, Report, Verifier};
use quesito::notary::{Checkpoint, Hash, is_logged};
use uuid::Uuid;

/// A sequence of numbers that a seed repeats (`SplitMix64`).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// A well-formed event at a place.
pub fn event(random: &mut Random, position: i64, stream: &str, revision: i64) -> RawEvent {
    let id = random.id();
    let at = format!("2026-03-10T09:{:02}:{:02}.000000Z", position / 60, position % 60);
    let data = format!("{{\"text\":\"{:016x}\",\"n\":{}}}", random.next(), random.below(1_000));
    let metadata = format!(
        "{{\"actor\":{{\"subject\":\"p-{}\"}},\"event_id\":\"{id}\",\"recorded_at\":\"{at}\"}}",
        random.below(5)
    );
    RawEvent {
        position,
        stream: Some(stream.to_owned()),
        revision: Some(revision),
        id: Some(id),
        stored_type: Some("note-added.v1".into()),
        data: data.into_bytes(),
        metadata: metadata.into_bytes(),
    }
}

/// A store of a few streams, some of them operational, with at least two logged events.
pub fn store(random: &mut Random) -> Vec<RawEvent> {
    let streams = ["issue-1", "issue-2", "question-1", "op-token-1", "answer-1"];
    let mut next = [0_i64; 5];
    let count = 4 + random.below(16);
    let mut events: Vec<RawEvent> = Vec::new();
    while events.len() < count || events.iter().filter(|event| logged(event)).count() < 2 {
        let chosen = random.below(streams.len());
        let position = i64::try_from(events.len()).unwrap() + 1;
        events.push(event(random, position, streams[chosen], next[chosen]));
        next[chosen] += 1;
    }
    events
}

pub fn logged(event: &RawEvent) -> bool {
    event.stream.as_deref().is_some_and(is_logged)
}

/// Computes a log anew and compares it with checkpoints.
pub fn verify(events: &[RawEvent], kept: &[Kept]) -> (Report, Vec<Hash>) {
    let mut verifier = Verifier::new(kept.iter().map(|one| one.checkpoint.size));
    for event in events {
        verifier.take(event);
    }
    verifier.finish(kept)
}

/// The checkpoint over the first leaves of a store, as an auditor keeps it.
pub fn checkpoint(events: &[RawEvent], size: u64) -> Kept {
    let mut verifier = Verifier::new([size]);
    for event in events {
        verifier.take(event);
    }
    let root = verifier.root_at(size).unwrap();
    let checkpoint = Checkpoint { origin: "log.example/a".into(), size, root };
    Kept { label: "kept".into(), checkpoint }
}

/// Stores a row as an event at the revision that it has.
pub async fn append(store: &SqliteStore, stream: &str, raw: RawEvent) {
    let expected = match raw.revision.unwrap() {
        0 => Expected::NoStream,
        later => Expected::Exact(u64::try_from(later).unwrap() - 1),
    };
    let new = NewEvent {
        id: raw.id.unwrap(),
        stored_type: raw.stored_type.unwrap().into(),
        data: raw.data,
        metadata: raw.metadata,
        keys: None,
    };
    store.append(&StreamName::new(stream).unwrap(), expected, vec![new]).await.unwrap();
}
