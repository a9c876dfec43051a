//! Ten thousand ways of changing history below a checkpoint that somebody kept.
//!
//! Half of the tamperings are clumsy; the other half are careful: positions, revisions and
//! metadata are put right, so that nothing but the checkpoint can tell.

use std::collections::BTreeMap;

use quesito::event_store::sqlite::RawEvent;
use quesito::notary::verify::{Damage, Trusted};

use crate::rows::{Random, checkpoint, event, logged, store, verify};

/// How many of each; `QUESITO_CAMPAIGN` chooses another number of tamperings.
const TAMPERINGS: u64 = 10_000;
const CLEAN: u64 = 1_000;

const KINDS: [&str; 7] =
    ["bit flip", "drop", "swap", "insert", "truncate", "roll back", "split view"];

#[test]
fn every_tampering_below_a_kept_checkpoint_is_detected() {
    let count = std::env::var("QUESITO_CAMPAIGN").ok().and_then(|text| text.parse().ok());
    let mut done: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut missed = Vec::new();
    for seed in 0..count.unwrap_or(TAMPERINGS) {
        let random = &mut Random(seed);
        let clean = store(random);
        let places: Vec<usize> = (0..clean.len()).filter(|at| logged(&clean[*at])).collect();
        let size = 1 + random.below(places.len());
        let kept = [checkpoint(&clean, size as u64)];
        let kind = KINDS[usize::try_from(seed).unwrap() % KINDS.len()];
        let tampered = tamper(kind, &clean, &places[..size], random);
        let (report, leaves) = verify(&tampered, &kept);
        let tally = done.entry(kind).or_default();
        tally.0 += 1;
        if report.faults.is_empty() {
            missed.push((seed, kind));
        }
        // With the tiles at hand, one changed event is named.
        let trusted = Trusted::new(verify(&clean, &[]).1[..size].to_vec());
        let named = trusted.differences::<()>(&leaves, |visit| {
            tampered.iter().cloned().for_each(visit);
            Ok(())
        });
        tally.1 += u64::from(!named.unwrap().is_empty());
    }
    println!("tamperings by kind, and how many of them the tiles explain: {done:?}");
    assert!(missed.is_empty(), "undetected: {missed:?}");
}

#[test]
fn a_clean_log_raises_no_alarm() {
    for seed in 0..CLEAN {
        let random = &mut Random(seed ^ 0xc1ea_0000);
        let clean = store(random);
        let size = clean.iter().filter(|event| logged(event)).count() as u64;
        let kept: Vec<_> = (0..=size).map(|size| checkpoint(&clean, size)).collect();
        let (report, leaves) = verify(&clean, &kept);
        assert_eq!(report.faults, [], "{seed}");
        let trusted = Trusted::new(leaves.clone());
        let named = trusted.differences::<()>(&leaves, |_| Ok(()));
        assert_eq!(named, Ok(Vec::new()), "{seed}");
    }
}

#[test]
fn what_was_changed_is_named() {
    let random = &mut Random(7);
    let clean = store(random);
    let size = clean.iter().filter(|event| logged(event)).count() as u64;
    let kept = [checkpoint(&clean, size)];
    let trusted = Trusted::new(verify(&clean, &[]).1);
    for at in (0..clean.len()).filter(|at| logged(&clean[*at])) {
        let mut changed = clean.clone();
        changed[at].data[10] ^= 1;
        let (_, leaves) = verify(&changed, &kept);
        let named = trusted.differences::<()>(&leaves, |visit| {
            changed.iter().cloned().for_each(visit);
            Ok(())
        });
        let named = named.unwrap();
        assert_eq!(named.len(), 1, "{named:?}");
        assert_eq!((&named[0].stream, named[0].revision), (&clean[at].stream, clean[at].revision));
        assert_eq!(named[0].damage, Damage::Altered);
    }
    let mut gone = clean.clone();
    let at = clean.iter().rposition(logged).unwrap();
    gone.remove(at);
    let named = trusted.differences::<()>(&verify(&gone, &[]).1, |_| Ok(())).unwrap();
    assert_eq!(named[0].damage, Damage::Missing, "{named:?}");
}

/// Changes something at one of the places, which are below the checkpoint.
fn tamper(kind: &str, clean: &[RawEvent], places: &[usize], random: &mut Random) -> Vec<RawEvent> {
    let mut events = clean.to_vec();
    let careful = random.below(2) == 0;
    let at = places[random.below(places.len())];
    match kind {
        "bit flip" => flip(&mut events[at], random),
        "drop" => {
            events.remove(at);
        }
        "swap" => {
            // With another logged event, so that their order in the log changes.
            let all: Vec<usize> =
                (0..events.len()).filter(|other| *other != at && logged(&events[*other])).collect();
            let other = all[random.below(all.len())];
            events.swap(at, other);
        }
        "insert" => {
            let new = event(random, 0, "issue-9", 0);
            events.insert(at, new);
        }
        "truncate" => events.truncate(at),
        "roll back" => {
            // An older state, from which life went on differently.
            events.truncate(at);
            for step in 0..=clean.len() {
                let position = i64::try_from(events.len()).unwrap() + 1;
                let new = event(random, position, "issue-9", i64::try_from(step).unwrap());
                events.push(new);
            }
        }
        "split view" => {
            let (stream, revision) = (events[at].stream.clone(), events[at].revision);
            let position = events[at].position;
            events[at] = event(random, position, &stream.unwrap(), revision.unwrap());
        }
        other => unreachable!("{other}"),
    }
    if careful && kind != "bit flip" {
        put_right(&mut events);
    }
    events
}

/// Flips one bit of what the log holds.
fn flip(event: &mut RawEvent, random: &mut Random) {
    let bit = 1_u8 << random.below(7);
    match random.below(6) {
        0 => {
            let at = random.below(event.metadata.len());
            event.metadata[at] ^= bit;
        }
        1 => event.id = event.id.map(|id| uuid::Uuid::from_u128(id.as_u128() ^ u128::from(bit))),
        2 => event.revision = event.revision.map(|revision| revision ^ i64::from(bit)),
        3 => {
            let mut name = event.stream.take().unwrap().into_bytes();
            *name.last_mut().unwrap() ^= bit;
            event.stream = String::from_utf8(name).ok();
        }
        _ => {
            let at = random.below(event.data.len());
            event.data[at] ^= bit;
        }
    }
}

/// Makes positions and revisions look as if nothing had happened.
fn put_right(events: &mut [RawEvent]) {
    let mut next: BTreeMap<String, i64> = BTreeMap::new();
    for (position, event) in (1..).zip(events) {
        event.position = position;
        let revision = next.entry(event.stream.clone().unwrap_or_default()).or_default();
        event.revision = Some(*revision);
        *revision += 1;
    }
}
