//! A server that others use too, and several nodes on one store.

use std::sync::Arc;

use quesito::event_store::eventstoredb::EventStoreDb;
use quesito::event_store::{AppendError, EventStore, Expected, GlobalPosition, NewEvent};

use super::{connect, hasty, pair};
use crate::double::{Double, Options};
use crate::kit::{self, event, events, everything, fill, ids, next_events, put, stream};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_write_is_passed_over() {
    let (double, store) = pair().await;
    put(&store, &stream("issue-1"), Expected::NoStream, 1).await;
    // One of them has a name such as ours.
    for (number, name) in ["Orders-7", "issue-9", "op-token-9", "nothing"].iter().enumerate() {
        double.append_any(name, kit::id(100 + u128::try_from(number).unwrap()));
    }
    let appended = put(&store, &stream("issue-2"), Expected::NoStream, 2).await;

    assert_eq!(ids(&everything(&store).await), [1, 2].map(kit::id));
    assert_eq!(store.head().await, Ok(appended.position));
    let again = connect(&double.url()).await.unwrap();
    assert_eq!(ids(&everything(&again).await), [1, 2].map(kit::id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_another_program_writes_to_is_not_read_as_ours() {
    let (double, store) = pair().await;
    double.append_any("issue-1", kit::id(100));

    let read = store.read_stream(&stream("issue-1"), 0, 9).await.unwrap_err();
    let refused = store.append(&stream("issue-1"), Expected::NoStream, events([1])).await;

    assert!(read.to_string().contains("another program"), "{read}");
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stores_on_one_server_know_nothing_of_each_other() {
    let double = Double::start(Options::default());
    let first = connect(&format!("{}&streamPrefix=one.", double.url())).await.unwrap();
    let second = connect(&format!("{}&streamPrefix=two.", double.url())).await.unwrap();
    put(&first, &stream("issue-1"), Expected::NoStream, 1).await;

    assert!(everything(&second).await.is_empty());
    put(&second, &stream("issue-1"), Expected::NoStream, 2).await;
    assert_eq!(ids(&everything(&first).await), [kit::id(1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_one_store_see_each_other() {
    let (double, first) = pair().await;
    let second = EventStoreDb::open(&double.url(), hasty()).await.unwrap();
    assert_eq!(first.store_id(), second.store_id());
    let mut told = second.subscribe(None).await.unwrap();

    fill(&first, &stream("issue-1"), 0..30).await;

    assert_eq!(next_events(&mut *told, 30).await, everything(&first).await);
    // A bookmark of one node holds on the other.
    let bookmark = first.bookmark(first.head().await.unwrap()).await.unwrap();
    assert!(second.subscribe(Some(bookmark)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_cannot_both_win() {
    let (double, first) = pair().await;
    let second = EventStoreDb::open(&double.url(), hasty()).await.unwrap();
    let name = stream("issue-1");
    put(&first, &name, Expected::NoStream, 0).await;
    for round in 0..30_u64 {
        let number = 1 + u128::from(round) * 2;
        let (one, other) = tokio::join!(
            first.append(&name, Expected::Exact(round), events([number])),
            second.append(&name, Expected::Exact(round), events([number + 1])),
        );
        let outcomes = [one, other];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.contains(&Err(AppendError::Conflict { actual: Some(round + 1) })));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_command_on_two_nodes_is_told_which_of_them_did_it() {
    let (double, first) = pair().await;
    let second = EventStoreDb::open(&double.url(), hasty()).await.unwrap();
    for round in 0..20_u128 {
        let name = stream(&format!("issue-{round}"));
        // The same ids, but sealed anew, as a node that repeats a command does.
        let sealed = |node: &str| vec![NewEvent { data: node.into(), ..event(round) }];
        let (one, other) = tokio::join!(
            first.append(&name, Expected::NoStream, sealed("one")),
            second.append(&name, Expected::NoStream, sealed("other")),
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        let stored = kit::whole_stream(&first, &name).await.remove(0);
        assert_eq!(stored.data == *b"one", !one.already_done);
        assert_eq!(stored.data == *b"other", !other.already_done);
        assert_eq!(one.position, other.position);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_are_not_dense_and_pages_do_not_mind() {
    let (double, store) = pair().await;
    for number in 0..200_u128 {
        put(&store, &stream(&format!("issue-{number}")), Expected::NoStream, number).await;
        double.append_any("noise", kit::id(1_000 + number));
    }
    // Read by a node that has nothing in memory yet.
    let again = connect(&double.url()).await.unwrap();
    let (mut after, mut told) = (GlobalPosition::START, Vec::new());
    loop {
        let page = again.read_all(after, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        told.extend(ids(&page));
    }
    assert_eq!(told, (0..200).map(kit::id).collect::<Vec<_>>());
    assert!(after.0 > 200);
    assert!(store.distance(GlobalPosition::START, after) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engines_own_streams_are_not_for_others() {
    let (_double, store) = pair().await;
    let store: Arc<dyn EventStore> = Arc::new(store);

    for name in ["op-key-1", "op-store-identity"] {
        let refused = store.append(&stream(name), Expected::NoStream, events([1])).await;
        assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    }
}
