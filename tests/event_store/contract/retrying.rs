//! Sending the same batch again.

use std::sync::Arc;

use quesito::event_store::{AppendError, Appended, EventStore, Expected};
use tokio::task::JoinSet;

use crate::kit::{events, everything, fill, put, stream, whole_stream};

type Store = Arc<dyn EventStore>;

fn again(first: Appended) -> Appended {
    Appended { already_done: true, ..first }
}

pub async fn a_retry_answers_the_first_result(store: Store) {
    let name = stream("issue-1");
    let first = put(&*store, &name, Expected::NoStream, 1).await;

    assert_eq!(put(&*store, &name, Expected::NoStream, 1).await, again(first));
}

pub async fn a_retry_of_a_batch_answers_the_first_result(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 1).await;
    let first = store.append(&name, Expected::Exact(0), events(2..=4)).await.unwrap();

    let second = store.append(&name, Expected::Exact(0), events(2..=4)).await;

    assert_eq!(second, Ok(again(first)));
}

pub async fn a_retry_after_later_events_answers_the_first_result(store: Store) {
    let name = stream("issue-1");
    let first = store.append(&name, Expected::NoStream, events(1..=2)).await.unwrap();
    put(&*store, &stream("issue-2"), Expected::NoStream, 8).await;
    put(&*store, &name, Expected::Exact(1), 3).await;

    let second = store.append(&name, Expected::NoStream, events(1..=2)).await;

    assert_eq!(second, Ok(again(first)));
}

pub async fn a_retry_changes_nothing(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 1).await;
    let before = everything(&*store).await;

    put(&*store, &name, Expected::NoStream, 1).await;

    assert_eq!(everything(&*store).await, before);
    assert_eq!(store.head().await.unwrap(), before[0].position);
}

pub async fn a_retry_with_another_id_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 1).await;

    let refused = store.append(&name, Expected::NoStream, events([2])).await;

    assert_eq!(refused, Err(AppendError::Conflict { actual: Some(0) }));
}

pub async fn a_retry_with_one_of_its_ids_different_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    store.append(&name, Expected::NoStream, events([1, 2, 3])).await.unwrap();

    for different in [[9, 2, 3], [1, 9, 3], [1, 2, 9]] {
        let refused = store.append(&name, Expected::NoStream, events(different)).await;
        assert_eq!(refused, Err(AppendError::Conflict { actual: Some(2) }));
    }
}

pub async fn a_retry_with_its_ids_in_another_order_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    store.append(&name, Expected::NoStream, events([1, 2])).await.unwrap();

    let refused = store.append(&name, Expected::NoStream, events([2, 1])).await;

    assert_eq!(refused, Err(AppendError::Conflict { actual: Some(1) }));
}

pub async fn a_retry_with_one_event_more_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    store.append(&name, Expected::NoStream, events([1, 2])).await.unwrap();

    let refused = store.append(&name, Expected::NoStream, events([1, 2, 3])).await;

    assert_eq!(refused, Err(AppendError::Conflict { actual: Some(1) }));
    assert_eq!(whole_stream(&*store, &name).await.len(), 2);
}

pub async fn a_retry_of_the_first_events_of_a_batch_is_recognised(store: Store) {
    let name = stream("issue-1");
    store.append(&name, Expected::NoStream, events([1, 2, 3])).await.unwrap();
    let stored = whole_stream(&*store, &name).await;

    let second = store.append(&name, Expected::NoStream, events([1, 2])).await.unwrap();

    assert!(second.already_done);
    assert_eq!((second.first_revision, second.last_revision), (0, 1));
    assert_eq!(second.position, stored[1].position);
}

pub async fn a_retry_that_expects_another_place_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 1..=3).await;

    let refused = store.append(&name, Expected::Exact(0), events([1])).await;

    assert_eq!(refused, Err(AppendError::Conflict { actual: Some(2) }));
}

pub async fn sixteen_senders_of_one_batch_store_it_once(store: Store) {
    let name = stream("issue-1");
    let mut senders = JoinSet::new();
    for _ in 0..16 {
        let (store, name) = (Arc::clone(&store), name.clone());
        senders.spawn(async move {
            store.append(&name, Expected::NoStream, events(1..=4)).await.unwrap()
        });
    }
    let outcomes = senders.join_all().await;

    assert_eq!(outcomes.iter().filter(|outcome| !outcome.already_done).count(), 1);
    let first = outcomes[0];
    assert!(outcomes.iter().all(|outcome| again(*outcome) == again(first)));
    assert_eq!(everything(&*store).await.len(), 4);
}
