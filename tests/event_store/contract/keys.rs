//! Rings of wrapped keys: stored with their events, replaceable, outside the log.

use std::sync::Arc;

use quesito::event_store::{AppendError, EventStore, Expected, KeyRing, NewEvent};

use crate::kit::{event, everything, ring, sealed, stream};

type Store = Arc<dyn EventStore>;

async fn put_sealed(store: &Store, number: u32) {
    let name = stream(&format!("issue-{number}"));
    store.append(&name, Expected::NoStream, vec![sealed(number)]).await.unwrap();
}

async fn listed(store: &Store) -> Vec<i64> {
    store.key_rings(0, 1000).await.unwrap().iter().map(|ring| ring.id).collect()
}

pub async fn a_ring_comes_back_with_its_event(store: Store) {
    put_sealed(&store, 7).await;

    assert_eq!(store.key_ring(7).await, Ok(sealed(7).keys));
}

pub async fn a_missing_ring_is_none(store: Store) {
    put_sealed(&store, 7).await;

    assert_eq!(store.key_ring(8).await, Ok(None));
}

pub async fn rings_are_listed_in_the_order_of_their_ids(store: Store) {
    for number in [5, 2, 9, 1, 7] {
        put_sealed(&store, number).await;
    }

    assert_eq!(listed(&store).await, [1, 2, 5, 7, 9]);
    let page = store.key_rings(2, 2).await.unwrap();
    assert_eq!(page, [sealed(5).keys.unwrap(), sealed(7).keys.unwrap()]);
    assert!(store.key_rings(9, 10).await.unwrap().is_empty());
}

pub async fn a_refused_append_keeps_no_ring(store: Store) {
    put_sealed(&store, 1).await;

    let refused = store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(2)]).await;

    assert!(matches!(refused, Err(AppendError::Conflict { .. })));
    assert_eq!(listed(&store).await, [1]);
}

pub async fn a_ring_that_exists_is_not_overwritten_by_an_append(store: Store) {
    put_sealed(&store, 1).await;
    let thief = NewEvent { keys: Some(ring(1, 99)), ..event(2) };

    let batch = vec![sealed(3), thief];
    let refused = store.append(&stream("issue-2"), Expected::NoStream, batch).await;

    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));
    assert_eq!(store.key_ring(3).await, Ok(None));
    assert_eq!(everything(&*store).await.len(), 1);
    put_sealed(&store, 4).await;
}

pub async fn two_rings_of_one_batch_cannot_share_an_id(store: Store) {
    let twin = NewEvent { keys: Some(ring(1, 2)), ..event(2) };

    let batch = vec![sealed(1), twin];
    let refused = store.append(&stream("issue-1"), Expected::NoStream, batch).await;

    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert!(everything(&*store).await.is_empty());
}

pub async fn replacing_overwrites_a_ring(store: Store) {
    for number in 1..=3 {
        put_sealed(&store, number).await;
    }
    let destroyed = ring(2, 0);
    let moved = KeyRing { epoch: 2, ..ring(3, 33) };

    store.replace_key_rings(vec![destroyed.clone(), moved.clone()]).await.unwrap();

    let rings = store.key_rings(0, 10).await.unwrap();
    assert_eq!(rings, [sealed(1).keys.unwrap(), destroyed, moved]);
}

pub async fn replacing_changes_no_event_and_no_head(store: Store) {
    put_sealed(&store, 1).await;
    let before = (everything(&*store).await, store.head().await);

    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();

    assert_eq!((everything(&*store).await, store.head().await), before);
}

pub async fn a_ring_may_become_shorter_but_not_longer(store: Store) {
    put_sealed(&store, 1).await;
    let longer = KeyRing { wrapped: vec![1; 73], ..ring(1, 1) };
    let shorter = KeyRing { wrapped: Vec::new(), ..ring(1, 1) };

    let refused = store.replace_key_rings(vec![longer]).await;
    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));

    store.replace_key_rings(vec![shorter.clone()]).await.unwrap();
    assert_eq!(store.key_ring(1).await, Ok(Some(shorter)));
}

pub async fn replacing_a_missing_ring_replaces_nothing(store: Store) {
    put_sealed(&store, 1).await;

    let refused = store.replace_key_rings(vec![ring(1, 0), ring(2, 0)]).await;

    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));
    assert_eq!(store.key_ring(2).await, Ok(None));
}

pub async fn a_retry_does_not_bring_back_a_destroyed_ring(store: Store) {
    put_sealed(&store, 1).await;
    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();

    put_sealed(&store, 1).await;

    assert_eq!(store.key_ring(1).await, Ok(Some(ring(1, 0))));
}

pub async fn every_epoch_number_is_kept(store: Store) {
    put_sealed(&store, 1).await;
    for epoch in [0, 1, 255, 65_536, u32::MAX] {
        let moved = KeyRing { epoch, ..ring(1, 8) };
        store.replace_key_rings(vec![moved.clone()]).await.unwrap();
        assert_eq!(store.key_ring(1).await, Ok(Some(moved)));
    }
}

pub async fn an_erasing_append_stores_its_events_and_replaces_its_rings(store: Store) {
    put_sealed(&store, 1).await;
    let name = stream("issue-1");

    for already in [false, true] {
        let done = store
            .append_erasing(&name, Expected::Exact(0), vec![sealed(2)], vec![ring(1, 0)])
            .await
            .unwrap();
        assert_eq!((done.last_revision, done.already_done), (1, already));
    }

    assert_eq!(store.key_ring(1).await, Ok(Some(ring(1, 0))));
    assert_eq!(store.key_ring(2).await, Ok(sealed(2).keys));
    assert_eq!(everything(&*store).await.len(), 2);
}

pub async fn an_erasing_append_that_is_refused_destroys_nothing(store: Store) {
    put_sealed(&store, 1).await;
    let name = stream("issue-1");
    for (expected, rings) in [
        (Expected::NoStream, vec![ring(1, 0)]),
        (Expected::Exact(7), vec![ring(1, 0)]),
        (Expected::Exact(0), vec![ring(1, 0), ring(9, 0)]),
    ] {
        let refused = store.append_erasing(&name, expected, vec![sealed(2)], rings).await;
        assert!(refused.is_err(), "{refused:?}");
    }

    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));
    assert_eq!(store.key_ring(2).await, Ok(None));
    assert_eq!(everything(&*store).await.len(), 1);
    put_sealed(&store, 4).await;
}
