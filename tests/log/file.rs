//! Bits flipped in the file itself, and copies that cannot be written.

use std::fs;
use std::path::Path;

use quesito::event_store::EventStore;
use quesito::event_store::sqlite::{Audit, OpenError, RawEvent, SqliteOptions, SqliteStore};
use quesito::notary::verify::{Kept, Verifier};
use uuid::Uuid;

use crate::rows::{Random, append, checkpoint, event};

/// Flips in the gate; they are counted by where they fall.
const FLIPS: usize = 1_000;

/// A file of some streams, closed.
async fn make(path: &Path) {
    let store = SqliteStore::open(path, SqliteOptions::creating(Uuid::from_u128(5))).unwrap();
    let random = &mut Random(3);
    for number in 0..60_i64 {
        let stream = format!("issue-{}", number % 7);
        let raw = event(random, number + 1, &stream, number / 7);
        append(&store, &stream, raw).await;
    }
    store.close().await;
}

fn rows(path: &Path) -> Result<Vec<RawEvent>, String> {
    let audit = Audit::open(path).map_err(|why| why.to_string())?;
    let mut rows = Vec::new();
    audit.each(|event| rows.push(event))?;
    Ok(rows)
}

/// Whether anything is found, short of what the library says of the file as a whole.
fn detected(path: &Path, kept: &Kept) -> bool {
    let Ok(audit) = Audit::open(path) else { return true };
    let mut verifier = Verifier::new([kept.checkpoint.size]);
    if audit.each(|event| verifier.take(&event)).is_err() {
        return true;
    }
    !verifier.finish(std::slice::from_ref(kept)).0.faults.is_empty()
}

#[tokio::test]
async fn a_bit_that_flips_in_an_event_is_found_wherever_it_lies_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    make(&path).await;
    let clean = rows(&path).unwrap();
    assert_eq!(clean.len(), 60);
    let kept = checkpoint(&clean, 60);
    assert!(!detected(&path, &kept));

    let bytes = fs::read(&path).unwrap();
    let random = &mut Random(11);
    let (mut in_events, mut elsewhere, mut complained) = (0, 0, 0);
    let other = folder.path().join("flipped.db");
    for _ in 0..FLIPS {
        let mut flipped = bytes.clone();
        let at = random.below(flipped.len());
        flipped[at] ^= 1 << random.below(8);
        fs::write(&other, &flipped).unwrap();
        if rows(&other).as_ref() == Ok(&clean) {
            elsewhere += 1;
            assert!(!detected(&other, &kept), "every event is as it was, byte {at}");
            let whole = Audit::open(&other).unwrap().complaints();
            complained += usize::from(!whole.is_empty());
        } else {
            in_events += 1;
            assert!(detected(&other, &kept), "byte {at}");
        }
    }
    println!(
        "{in_events} flips in events: all found; {elsewhere} elsewhere, of which the library names {complained}"
    );
    assert!(in_events > 100, "the file is mostly events");
}

#[tokio::test]
async fn a_copy_that_cannot_be_written_is_read_without_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    make(&path).await;
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    // What the library needs beside the file cannot be made, as on a read-only disk.
    fs::create_dir(folder.path().join("copy.db-shm")).unwrap();
    let audit = Audit::open(&copy).unwrap();
    assert_eq!(audit.store_id(), Uuid::from_u128(5));
    assert_eq!(rows(&copy).unwrap().len(), 60);

    // A log beside it would be ignored so: it is pointed out instead.
    fs::write(folder.path().join("copy.db-wal"), [1; 64]).unwrap();
    assert!(matches!(Audit::open(&copy), Err(OpenError::UnmergedLog { .. })));
    assert!(matches!(Audit::open(&folder.path().join("none.db")), Err(OpenError::Missing { .. })));
}
