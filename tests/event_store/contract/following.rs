//! Subscriptions and bookmarks.

use std::sync::Arc;

use futures_util::FutureExt;
use quesito::event_store::{
    Bookmark, EventStore, Expected, GlobalPosition, Notice, ReadError, Subscription,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::kit::{self, caught_up, events, everything, fill, ids, next, next_events, put, stream};

type Store = Arc<dyn EventStore>;

/// Whether the subscription has nothing to tell for now.
fn waits(subscription: &mut dyn Subscription) -> bool {
    subscription.next().now_or_never().is_none()
}

async fn refused(store: &Store, bookmark: Bookmark) -> bool {
    matches!(store.subscribe(Some(bookmark)).await.err(), Some(ReadError::ForeignBookmark))
}

pub async fn an_empty_store_is_caught_up_at_once(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();

    assert_eq!(next(&mut *subscription).await, Notice::CaughtUp);
}

pub async fn what_is_stored_is_told_before_caught_up(store: Store) {
    fill(&*store, &stream("issue-1"), 0..5).await;
    let mut subscription = store.subscribe(None).await.unwrap();

    assert_eq!(caught_up(&mut *subscription).await, everything(&*store).await);
}

pub async fn what_comes_later_is_told_live(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();
    caught_up(&mut *subscription).await;
    let waiting = tokio::spawn(async move { next_events(&mut *subscription, 3).await });

    fill(&*store, &stream("issue-1"), 0..3).await;

    assert_eq!(waiting.await.unwrap(), everything(&*store).await);
}

pub async fn a_subscriber_waits_when_there_is_nothing_to_tell(store: Store) {
    fill(&*store, &stream("issue-1"), 0..2).await;
    let mut subscription = store.subscribe(None).await.unwrap();
    caught_up(&mut *subscription).await;

    assert!(waits(&mut *subscription));
    assert!(waits(&mut *subscription));
}

pub async fn catching_up_and_living_leave_no_gap_under_sixteen_writers(store: Store) {
    fill(&*store, &stream("issue-before"), 100_000..100_300).await;
    let begin = Arc::new(Barrier::new(20));
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let (store, begin) = (Arc::clone(&store), Arc::clone(&begin));
        writers.spawn(async move {
            begin.wait().await;
            let name = stream(&format!("issue-{writer}"));
            fill(&*store, &name, writer * 1000..writer * 1000 + 50).await;
        });
    }
    let mut subscribers = JoinSet::new();
    for _ in 0..4 {
        let (store, begin) = (Arc::clone(&store), Arc::clone(&begin));
        subscribers.spawn(async move {
            begin.wait().await;
            let mut subscription = store.subscribe(None).await.unwrap();
            next_events(&mut *subscription, 300 + 16 * 50).await
        });
    }
    writers.join_all().await;

    let whole = everything(&*store).await;
    for told in subscribers.join_all().await {
        assert_eq!(told, whole);
    }
}

pub async fn a_bookmark_resumes_at_any_point(store: Store) {
    fill(&*store, &stream("issue-1"), 0..20).await;
    let whole = everything(&*store).await;

    for (seen, event) in (1..).zip(&whole) {
        let bookmark = store.bookmark(event.position).await.unwrap();
        assert_eq!((bookmark.store, bookmark.event), (store.store_id(), event.id));
        let mut subscription = store.subscribe(Some(bookmark)).await.unwrap();
        assert_eq!(caught_up(&mut *subscription).await, whole[seen..]);
    }
}

pub async fn a_bookmark_at_the_head_is_caught_up_at_once(store: Store) {
    let appended = put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;
    let bookmark = store.bookmark(appended.position).await.unwrap();
    let mut subscription = store.subscribe(Some(bookmark)).await.unwrap();

    assert_eq!(next(&mut *subscription).await, Notice::CaughtUp);
    put(&*store, &stream("issue-1"), Expected::Exact(0), 2).await;
    assert_eq!(ids(&next_events(&mut *subscription, 1).await), [kit::id(2)]);
}

pub async fn the_bookmark_of_the_start_tells_everything(store: Store) {
    let start = store.bookmark(GlobalPosition::START).await.unwrap();
    assert!(start.event.is_nil());
    fill(&*store, &stream("issue-1"), 0..3).await;
    let mut subscription = store.subscribe(Some(start)).await.unwrap();

    assert_eq!(caught_up(&mut *subscription).await.len(), 3);
}

pub async fn subscribers_do_not_disturb_each_other(store: Store) {
    fill(&*store, &stream("issue-1"), 0..10).await;
    let mut first = store.subscribe(None).await.unwrap();
    let mut second = store.subscribe(None).await.unwrap();
    next_events(&mut *first, 7).await;

    assert_eq!(caught_up(&mut *second).await.len(), 10);
    assert_eq!(caught_up(&mut *first).await.len(), 3);
}

pub async fn a_slow_subscriber_gets_everything(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();
    caught_up(&mut *subscription).await;
    let mut expected = Expected::NoStream;
    for batch in 0..40_u128 {
        let numbers = batch * 64..(batch + 1) * 64;
        let appended = store.append(&stream("issue-1"), expected, events(numbers)).await.unwrap();
        expected = Expected::Exact(appended.last_revision);
    }

    let told = next_events(&mut *subscription, 40 * 64).await;

    assert_eq!(told, everything(&*store).await);
}

pub async fn a_wait_that_is_given_up_loses_nothing(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();
    caught_up(&mut *subscription).await;
    for number in 0..10_u128 {
        assert!(waits(&mut *subscription));
        put(&*store, &stream(&format!("issue-{number}")), Expected::NoStream, number).await;
        assert_eq!(ids(&next_events(&mut *subscription, 1).await), [kit::id(number)]);
    }
}

pub async fn a_refused_append_is_told_to_nobody(store: Store) {
    let name = stream("issue-1");
    let mut subscription = store.subscribe(None).await.unwrap();
    put(&*store, &name, Expected::NoStream, 1).await;
    store.append(&name, Expected::NoStream, events([2])).await.unwrap_err();
    put(&*store, &name, Expected::NoStream, 1).await;
    put(&*store, &name, Expected::Exact(0), 3).await;

    assert_eq!(ids(&next_events(&mut *subscription, 2).await), [kit::id(1), kit::id(3)]);
}

pub async fn the_events_of_a_batch_are_told_one_after_the_other(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let name = stream(&format!("issue-{writer}"));
            let batch = events(writer * 10..writer * 10 + 5);
            store.append(&name, Expected::NoStream, batch).await.unwrap()
        });
    }
    writers.join_all().await;

    let told = next_events(&mut *subscription, 80).await;

    for batch in told.chunks(5) {
        assert!(batch.iter().all(|event| event.stream == batch[0].stream));
        assert!(batch.iter().map(|event| event.revision).eq(0..5));
    }
}

pub async fn a_bookmark_of_another_store_is_refused(store: Store) {
    let appended = put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;
    for position in [GlobalPosition::START, appended.position] {
        let own = store.bookmark(position).await.unwrap();
        assert!(refused(&store, Bookmark { store: Uuid::from_u128(5), ..own }).await);
    }
}

pub async fn a_bookmark_with_another_event_is_refused(store: Store) {
    let appended = put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;
    for position in [GlobalPosition::START, appended.position] {
        let own = store.bookmark(position).await.unwrap();
        assert!(refused(&store, Bookmark { event: kit::id(2), ..own }).await);
    }
    let own = store.bookmark(appended.position).await.unwrap();
    assert!(refused(&store, Bookmark { event: Uuid::nil(), ..own }).await);
}

pub async fn a_bookmark_beyond_the_head_is_refused(store: Store) {
    let appended = put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;
    let own = store.bookmark(appended.position).await.unwrap();
    for beyond in [appended.position.0 + 1, u64::MAX] {
        assert!(refused(&store, Bookmark { position: GlobalPosition(beyond), ..own }).await);
    }
}

pub async fn there_is_no_bookmark_for_a_position_never_given_out(store: Store) {
    put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;

    let none = store.bookmark(GlobalPosition(u64::MAX)).await;

    assert_eq!(none, Err(ReadError::ForeignBookmark));
}
