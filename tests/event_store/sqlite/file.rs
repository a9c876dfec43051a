//! The file: what it keeps, what it refuses, what it never contains.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use quesito::event_store::sqlite::{OpenError, SqliteOptions, SqliteStore};
use quesito::event_store::{AppendError, EventStore, Expected, KeyRing, MAX_EVENTS, NewEvent};
use rusqlite::Connection;
use tokio::task::JoinSet;

use crate::kit::{self, STORE, event, everything, fill, folder, ids, open, put, sealed, stream};

fn open_error(path: &Path) -> OpenError {
    SqliteStore::open(path, SqliteOptions::creating(STORE)).err().expect("a refusal")
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let (_folder, path) = folder();
    let store = open(&path);
    fill(&store, &stream("issue-1"), 0..50).await;
    store.append(&stream("issue-2"), Expected::NoStream, vec![sealed(60)]).await.unwrap();
    let before = (everything(&store).await, store.head().await, store.key_rings(0, 10).await);
    let bookmark = store.bookmark(before.0[20].position).await.unwrap();
    drop(store);

    let other = SqliteOptions::creating(kit::id(9));
    let store = SqliteStore::open(&path, other).unwrap();

    let after = (everything(&store).await, store.head().await, store.key_rings(0, 10).await);
    assert_eq!(after, before);
    assert_eq!(store.store_id(), STORE);
    let mut subscription = store.subscribe(Some(bookmark)).await.unwrap();
    assert_eq!(kit::caught_up(&mut *subscription).await, before.0[21..]);
    put(&store, &stream("issue-1"), Expected::Exact(49), 70).await;
}

#[tokio::test]
async fn a_second_writer_is_refused_and_told_who_has_the_file() {
    let (_folder, path) = folder();
    let store = open(&path);

    let refused = open_error(&path);

    assert!(matches!(refused, OpenError::InUse { .. }));
    let message = refused.to_string();
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    put(&store, &stream("issue-1"), Expected::NoStream, 1).await;
    drop(store);
    open(&path);
}

#[tokio::test]
async fn another_process_may_read_what_is_being_written() {
    let (_folder, path) = folder();
    let store = open(&path);
    fill(&store, &stream("issue-1"), 0..5).await;

    let reader = SqliteStore::open_read_only(&path).unwrap();

    assert!(store.is_exclusive() && !reader.is_exclusive());
    assert_eq!(everything(&reader).await, everything(&store).await);
    assert_eq!(kit::whole_stream(&reader, &stream("issue-1")).await.len(), 5);
    let refused = reader.append(&stream("issue-2"), Expected::NoStream, vec![event(9)]).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    reader.close().await;
}

#[tokio::test]
async fn events_and_streams_cannot_be_changed_even_by_hand() {
    let (_folder, path) = folder();
    let store = open(&path);
    fill(&store, &stream("issue-1"), 0..3).await;
    let db = Connection::open(&path).unwrap();

    for change in [
        "UPDATE events SET data = x'00' WHERE position = 2",
        "DELETE FROM events WHERE position = 3",
        "DELETE FROM events",
        "UPDATE streams SET name = 'issue-2'",
        "DELETE FROM streams",
    ] {
        let refused = db.execute(change, []).unwrap_err().to_string();
        assert!(refused.contains("never"), "{change}: {refused}");
    }
    assert_eq!(everything(&store).await.len(), 3);
}

#[tokio::test]
async fn positions_count_from_one_without_holes_after_refusals() {
    let (_folder, path) = folder();
    let store = open(&path);
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let store = store.clone();
        writers.spawn(async move {
            for number in 0..20 {
                // Half of these conflict, and some bring a ring that is taken.
                let name = stream(&format!("issue-{}-{number}", writer % 8));
                let ring = Some(kit::ring(i64::try_from(number * 3 + writer % 8).unwrap(), 1));
                let new = NewEvent { keys: ring, ..event(writer * 100 + number) };
                let _ = store.append(&name, Expected::NoStream, vec![new, event(7)]).await;
            }
        });
    }
    writers.join_all().await;

    let positions: Vec<_> = everything(&store).await.iter().map(|e| e.position.0).collect();
    assert!(!positions.is_empty());
    assert!(positions.iter().copied().eq(1..=u64::try_from(positions.len()).unwrap()));
}

#[tokio::test]
async fn a_destroyed_key_stands_nowhere_in_the_files() {
    let (_folder, path) = folder();
    let store = open(&path);
    // Rings of many lengths, slightly out of order, as concurrent writers send them: with
    // the id as the primary key, splits of pages leave some two dozen copies behind.
    let texts = |id: i64| usize::try_from(((id * 2_654_435_761) >> 7) % 17).unwrap() + 1;
    let key = |id: i64| KeyRing {
        id,
        epoch: 1,
        wrapped: format!("KEY{id:021}").repeat(texts(id)).into(),
        read_at: None,
    };
    for batch in 0..60_u128 {
        let events = (0..50_u128).map(|number| {
            let id = i64::try_from(batch * 50 + (number * 7) % 50).unwrap();
            NewEvent { keys: Some(key(id)), ..event(batch * 100 + number) }
        });
        let name = stream(&format!("issue-{batch}"));
        store.append(&name, Expected::NoStream, events.collect()).await.unwrap();
    }
    let needle = b"KEY0000";
    let found = |needle: &[u8]| {
        let files = ["events.db", "events.db-wal"].map(|name| path.with_file_name(name));
        let bytes = files.map(|file| fs::read(file).unwrap_or_default()).concat();
        bytes.windows(needle.len()).filter(|window| *window == needle).count()
    };
    assert!(found(needle) > 0);

    // First a move to another epoch, then destruction: neither leaves the earlier bytes.
    for fill in [b'x', 0] {
        let rings = (0..3000).map(|id| KeyRing {
            id,
            epoch: u32::from(fill) * 70_000,
            wrapped: vec![fill; texts(id) * 24],
            read_at: None,
        });
        store.replace_key_rings(rings.collect()).await.unwrap();
        assert_eq!(found(needle), 0);
    }
    assert_eq!(found(&[b'x'; 24]), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_write_ahead_log_stays_bounded_while_it_is_read() {
    let (_folder, path) = folder();
    let options = SqliteOptions { log_bytes: 1 << 20, ..SqliteOptions::creating(STORE) };
    let store = SqliteStore::open(&path, options).unwrap();
    let log = path.with_file_name("events.db-wal");
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    let head = store.head().await.unwrap();
                    let after = quesito::event_store::GlobalPosition(head.0.saturating_sub(200));
                    store.read_all(after, 200).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let mut writers = JoinSet::new();
    for writer in 0..8_u128 {
        let (store, log) = (store.clone(), log.clone());
        writers.spawn(async move {
            let mut longest = 0;
            for number in 0..40_u128 {
                let batch = (0..16_u128).map(|i| NewEvent {
                    data: vec![b'd'; 4096],
                    ..event(writer * 100_000 + number * 100 + i)
                });
                let name = stream(&format!("issue-{writer}-{number}"));
                store.append(&name, Expected::NoStream, batch.collect()).await.unwrap();
                longest = longest.max(fs::metadata(&log).unwrap().len());
            }
            longest
        });
    }
    let longest = writers.join_all().await.into_iter().max().unwrap();
    for reader in readers {
        reader.abort();
    }

    // 20 MiB of events were written; the log is tidied at the latest at 8 MiB.
    assert!(longest < 12 << 20, "{longest} bytes");
    store.close().await;
    assert_eq!(fs::metadata(&log).map_or(0, |log| log.len()), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_and_a_foreign_lock_delays() {
    let (_folder, path) = folder();
    let options = SqliteOptions { queue: 4, ..SqliteOptions::creating(STORE) };
    let store = Arc::new(SqliteStore::open(&path, options).unwrap());
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    // The writer waits for the lock with what it has taken; four more may wait behind it.
    let mut writers = Vec::new();
    let mut refused = 0;
    for number in 0..u128::try_from(MAX_EVENTS).unwrap() {
        let name = stream(&format!("issue-{number}"));
        let store = Arc::clone(&store);
        let mut append =
            Box::pin(
                async move { store.append(&name, Expected::NoStream, vec![event(number)]).await },
            );
        match futures_util::FutureExt::now_or_never(&mut append) {
            Some(outcome) => {
                assert!(matches!(outcome, Err(AppendError::Unavailable(_))));
                refused += 1;
            }
            None => writers.push(append),
        }
    }
    foreign.execute_batch("COMMIT").unwrap();

    assert!(refused > 0);
    for writer in writers {
        writer.await.unwrap();
    }
}

#[test]
fn a_missing_file_is_created_only_if_that_was_asked_for() {
    let (_folder, path) = folder();

    let refused = SqliteStore::open(&path, SqliteOptions::default()).err().unwrap();
    assert!(matches!(refused, OpenError::Missing { .. }));
    assert!(matches!(SqliteStore::open_read_only(&path).err(), Some(OpenError::Missing { .. })));
    assert!(!path.exists());

    drop(open(&path));
    drop(SqliteStore::open(&path, SqliteOptions::default()).unwrap());
}

#[test]
fn a_missing_folder_is_named() {
    let (_folder, path) = folder();

    let refused = open_error(&path.with_file_name("absent").join("events.db"));

    assert!(matches!(refused, OpenError::NoFolder { .. }));
    assert!(refused.to_string().contains("create it"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_written_is_named() {
    // Even root may create nothing there.
    let refused = open_error(Path::new("/sys/kernel/events.db"));

    assert!(matches!(refused, OpenError::ReadOnly { .. }), "{refused}");
    assert!(refused.to_string().contains("write access"));
}

#[tokio::test]
async fn a_file_left_empty_by_a_crash_at_birth_becomes_a_store() {
    let (_folder, path) = folder();
    fs::write(&path, b"").unwrap();

    put(&open(&path), &stream("issue-1"), Expected::NoStream, 1).await;

    assert_eq!(ids(&everything(&open(&path)).await), [kit::id(1)]);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let (_folder, path) = folder();
    let text = "Relazione annuale. ".repeat(1000);
    fs::write(&path, &text).unwrap();

    assert!(matches!(open_error(&path), OpenError::NotADatabase { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_database_of_another_program_is_refused() {
    let (_folder, path) = folder();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE bilancio (anno)").unwrap();

    assert!(matches!(open_error(&path), OpenError::NotAStore { .. }));
}

#[test]
fn a_newer_and_an_older_format_are_refused() {
    let (_folder, path) = folder();
    drop(open(&path));
    let set = |format: i64| {
        let db = Connection::open(&path).unwrap();
        db.execute("UPDATE meta SET format = ?1", [format]).unwrap();
    };

    set(99);
    let newer = open_error(&path);
    assert!(matches!(newer, OpenError::TooNew { found: 99, .. }));
    assert!(newer.to_string().contains("later one"));
    set(0);
    assert!(matches!(open_error(&path), OpenError::TooOld { found: 0, .. }));
}

#[test]
fn the_file_belongs_to_its_owner_only() {
    let (_folder, path) = folder();
    drop(open(&path));

    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
