//! Copies made while the store is in use.

use std::fs;
use std::path::PathBuf;

use quesito::event_store::sqlite::{
    BackupError, OpenError, SqliteOptions, SqliteStore, backup_events, restore_keys,
};
use quesito::event_store::{EventStore, Expected};

use crate::kit::{self, everything, fill, folder, open, ring, sealed, stream};

async fn sealed_store(path: &std::path::Path, numbers: std::ops::Range<u32>) -> SqliteStore {
    let store = open(path);
    for number in numbers {
        let name = stream(&format!("issue-{number}"));
        store.append(&name, Expected::NoStream, vec![sealed(number)]).await.unwrap();
    }
    store
}

fn beside(path: &std::path::Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_events_arrive_is_a_prefix_of_the_store() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..700).await;
    let writing = store.clone();
    let writer = tokio::spawn(async move {
        fill(&writing, &stream("issue-live"), 10_000..10_300).await;
    });

    let head = store.backup_to(&beside(&path, "copy.db")).unwrap();
    writer.await.unwrap();

    let copy = SqliteStore::open(&beside(&path, "copy.db"), SqliteOptions::default()).unwrap();
    let copied = everything(&copy).await;
    assert!(copied.len() >= 700);
    assert_eq!(copied[..], everything(&store).await[..copied.len()]);
    assert_eq!(copy.head().await, Ok(head));
    assert_eq!(copy.store_id(), store.store_id());
    fill(&copy, &stream("issue-new"), 20_000..20_002).await;
}

#[tokio::test]
async fn a_copy_of_the_events_holds_no_key() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..20).await;
    store.backup_to(&beside(&path, "copy.db")).unwrap();

    let copy = SqliteStore::open_read_only(&beside(&path, "copy.db")).unwrap();

    assert!(copy.key_rings(-1, 100).await.unwrap().is_empty());
    let bytes = fs::read(beside(&path, "copy.db")).unwrap();
    let key = ring(3, 4).wrapped;
    assert!(!bytes.windows(key.len()).any(|window| window == key));
}

#[tokio::test]
async fn events_and_keys_together_make_the_store_again() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..20).await;
    let (events, keys) = (beside(&path, "copy.db"), beside(&path, "keys.db"));
    store.backup_to(&events).unwrap();
    assert_eq!(store.backup_keys_to(&keys).unwrap(), 20);

    assert_eq!(restore_keys(&events, &keys).unwrap(), 20);
    assert_eq!(restore_keys(&events, &keys).unwrap(), 0);

    let copy = SqliteStore::open(&events, SqliteOptions::default()).unwrap();
    assert_eq!(everything(&copy).await, everything(&store).await);
    assert_eq!(copy.key_rings(-1, 100).await, store.key_rings(-1, 100).await);
}

#[tokio::test]
async fn restoring_brings_back_nothing_that_was_destroyed_since() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..3).await;
    let keys = beside(&path, "keys.db");
    store.backup_keys_to(&keys).unwrap();
    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();
    drop(store);

    assert_eq!(restore_keys(&path, &keys).unwrap(), 0);

    assert_eq!(open(&path).key_ring(1).await, Ok(Some(ring(1, 0))));
}

#[tokio::test]
async fn keys_of_another_store_are_refused() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..3).await;
    let keys = beside(&path, "keys.db");
    store.backup_keys_to(&keys).unwrap();
    let other = beside(&path, "other.db");
    drop(SqliteStore::open(&other, SqliteOptions::creating(kit::id(5))).unwrap());

    assert!(matches!(restore_keys(&other, &keys), Err(BackupError::OtherStore(_))));
    let in_use = restore_keys(&path, &keys);
    assert!(matches!(in_use, Err(BackupError::Open(OpenError::InUse { .. }))));
}

#[tokio::test]
async fn a_copy_overwrites_nothing_and_an_interrupted_one_is_not_in_the_way() {
    let (_folder, path) = folder();
    let store = sealed_store(&path, 0..3).await;
    let (there, copy) = (beside(&path, "there"), beside(&path, "copy.db"));
    fs::write(&there, "precious").unwrap();
    fs::write(beside(&path, "copy.db.partial"), "interrupted").unwrap();

    assert!(matches!(store.backup_to(&there), Err(BackupError::Exists(_))));
    assert_eq!(fs::read_to_string(&there).unwrap(), "precious");
    assert_eq!(backup_events(&path, &copy).unwrap().0, 3);
    assert!(!beside(&path, "copy.db.partial").exists());
}
