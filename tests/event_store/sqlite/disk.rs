//! A disk that is full, and a disk that fails.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use quesito::event_store::sqlite::{SqliteOptions, SqliteStore};
use quesito::event_store::{AppendError, EventStore, Expected, NewEvent};

use super::kill::{CHILD, as_child, child_path};
use crate::kit::{
    STORE, event, events, everything, fill, folder, open, put, ring, sealed, stream, whole_stream,
};

/// What the disk of [`below_the_floor_writing_stops_reading_goes_on_and_space_resumes_it`]
/// has left.
static FREE: AtomicU64 = AtomicU64::new(u64::MAX);

#[tokio::test]
async fn below_the_floor_writing_stops_reading_goes_on_and_space_resumes_it() {
    let (_folder, path) = folder();
    let options = SqliteOptions {
        min_free_bytes: 1000,
        free_bytes: |_| Ok(FREE.load(Ordering::SeqCst)),
        ..SqliteOptions::creating(STORE)
    };
    let store = SqliteStore::open(&path, options).unwrap();
    let name = stream("issue-1");
    let first = put(&store, &name, Expected::NoStream, 1).await;

    FREE.store(999, Ordering::SeqCst);
    assert_eq!(store.append(&name, Expected::Exact(0), events([2])).await, Err(AppendError::Full));
    assert_eq!(whole_stream(&store, &name).await.len(), 1);
    assert_eq!(store.head().await, Ok(first.position));
    // What needs no space is still answered.
    assert!(put(&store, &name, Expected::NoStream, 1).await.already_done);
    let conflict = store.append(&name, Expected::NoStream, events([3])).await;
    assert_eq!(conflict, Err(AppendError::Conflict { actual: Some(0) }));

    FREE.store(1000, Ordering::SeqCst);
    assert_eq!(put(&store, &name, Expected::Exact(0), 2).await.position.0, 2);
}

#[tokio::test]
async fn keys_can_be_destroyed_on_a_full_disk() {
    let (_folder, path) = folder();
    let store = open(&path);
    store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(1)]).await.unwrap();
    drop(store);
    let options = SqliteOptions { min_free_bytes: u64::MAX, ..SqliteOptions::default() };
    let store = SqliteStore::open(&path, options).unwrap();

    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();

    assert_eq!(store.key_ring(1).await, Ok(Some(ring(1, 0))));
}

#[tokio::test]
async fn at_the_ceiling_of_the_file_an_append_is_refused_whole() {
    let (_folder, path) = folder();
    let ceiling =
        |bytes| SqliteOptions { max_file_bytes: Some(bytes), ..SqliteOptions::creating(STORE) };
    let store = SqliteStore::open(&path, ceiling(1 << 20)).unwrap();
    let batch = |number: u128| {
        let large = move |i| NewEvent { data: vec![b'd'; 20_000], ..event(number * 100 + i) };
        (0..10).map(large).collect::<Vec<_>>()
    };
    let mut taken = 0;
    let refused = loop {
        let name = stream(&format!("issue-{taken}"));
        match store.append(&name, Expected::NoStream, batch(taken)).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };

    assert_eq!(refused, AppendError::Full);
    assert!(store.failed().borrow().is_none());
    let stored = everything(&store).await;
    assert_eq!(stored.len(), usize::try_from(taken).unwrap() * 10);
    drop(store);

    let store = SqliteStore::open(&path, ceiling(16 << 20)).unwrap();
    let name = stream(&format!("issue-{taken}"));
    let appended = store.append(&name, Expected::NoStream, batch(taken)).await.unwrap();
    assert_eq!(appended.position.0, u64::try_from(stored.len()).unwrap() + 10);
}

/// The child's part: fill the store until the system refuses to write, then see that it
/// has stopped for good.
#[tokio::test]
#[ignore = "runs as a child of the test below"]
async fn child_fails() {
    let Some(path) = child_path() else { return };
    let store = open(&path);
    let mut failed = store.failed();
    let mut taken = 0_u128;
    let error = loop {
        let name = stream(&format!("issue-{taken}"));
        let new = NewEvent { data: vec![b'd'; 10_000], ..event(taken) };
        match store.append(&name, Expected::NoStream, vec![new]).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AppendError::Unknown(_)), "{error}");
    assert!(failed.wait_for(Option::is_some).await.is_ok());
    let next = store.append(&stream("issue-next"), Expected::NoStream, events([0])).await;
    assert!(matches!(next, Err(AppendError::Unavailable(_))));
    assert_eq!(everything(&store).await.len(), usize::try_from(taken).unwrap());
    println!("\nacknowledged {taken}");
}

#[tokio::test]
async fn after_a_failed_write_nothing_more_is_written_and_a_restart_knows_everything() {
    let (_folder, path) = folder();
    fill(&open(&path), &stream("issue-a"), 0..0).await;
    let child = as_child("sqlite::disk::child_fails");
    // The system refuses to let any file grow beyond 2 MiB, without killing the process.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""])
        .args(child)
        .env(CHILD, &path)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();

    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    let acknowledged = told.lines().find_map(|line| line.strip_prefix("acknowledged "));
    let acknowledged: usize = acknowledged.unwrap().parse().unwrap();
    assert!(acknowledged > 10);
    let store = open(&path);
    assert!(everything(&store).await.len() >= acknowledged);
    put(&store, &stream("issue-after"), Expected::NoStream, 1).await;
}
