//! The end of writing.

use std::sync::Arc;

use quesito::event_store::{AppendError, EventStore, Expected, GlobalPosition};
use tokio::task::JoinSet;

use crate::kit::{self, caught_up, events, everything, fill, ids, ring, sealed, stream};

type Store = Arc<dyn EventStore>;

pub async fn a_closed_store_takes_no_events(store: Store) {
    store.close().await;

    let refused = store.append(&stream("issue-1"), Expected::NoStream, events([1])).await;

    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert_eq!(store.head().await, Ok(GlobalPosition::START));
}

pub async fn a_closed_store_replaces_no_keys(store: Store) {
    store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(1)]).await.unwrap();
    store.close().await;

    let refused = store.replace_key_rings(vec![ring(1, 0)]).await;

    assert!(matches!(refused, Err(AppendError::Unavailable(_))));
    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));
}

pub async fn a_closed_store_can_be_read(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 0..3).await;
    store.close().await;

    assert_eq!(everything(&*store).await.len(), 3);
    assert_eq!(kit::whole_stream(&*store, &name).await.len(), 3);
    assert!(store.find_command(&name, kit::id(1)).await.unwrap().is_some());
    assert_eq!(store.bookmark(store.head().await.unwrap()).await.unwrap().event, kit::id(2));
}

pub async fn closing_finishes_what_was_accepted(store: Store) {
    let mut writers = JoinSet::new();
    for writer in 0..64_u128 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let name = stream(&format!("issue-{writer}"));
            store.append(&name, Expected::NoStream, events([writer])).await.is_ok()
        });
    }
    store.close().await;
    let at_close = everything(&*store).await.len();
    let acknowledged = writers.join_all().await.into_iter().filter(|taken| *taken).count();

    assert_eq!(acknowledged, at_close);
    assert_eq!(everything(&*store).await.len(), at_close);
}

pub async fn closing_twice_is_harmless(store: Store) {
    let mut closers = JoinSet::new();
    for _ in 0..4 {
        let store = Arc::clone(&store);
        closers.spawn(async move { store.close().await });
    }
    closers.join_all().await;
    store.close().await;

    assert!(everything(&*store).await.is_empty());
}

pub async fn a_closed_store_tells_its_subscribers_what_it_holds(store: Store) {
    let mut before = store.subscribe(None).await.unwrap();
    fill(&*store, &stream("issue-1"), 0..3).await;
    store.close().await;
    let mut after = store.subscribe(None).await.unwrap();

    assert_eq!(ids(&kit::next_events(&mut *before, 3).await), [0, 1, 2].map(kit::id));
    assert_eq!(caught_up(&mut *after).await.len(), 3);
}
