//! Optimistic concurrency, atomic batches, limits.

use std::sync::Arc;

use futures_util::FutureExt;
use quesito::event_store::{
    AppendError, EventStore, Expected, MAX_BYTES, MAX_EVENTS, NewEvent, Revision, StreamName,
};
use tokio::task::JoinSet;

use crate::kit::{self, event, events, everything, fill, ids, put, stream, whole_stream};

type Store = Arc<dyn EventStore>;

fn conflict(actual: Option<Revision>) -> AppendError {
    AppendError::Conflict { actual }
}

pub async fn a_new_stream_begins_at_revision_zero(store: Store) {
    let appended = put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;

    assert_eq!((appended.first_revision, appended.last_revision), (0, 0));
    assert!(!appended.already_done);
}

pub async fn expecting_an_event_of_a_missing_stream_is_a_conflict(store: Store) {
    let refused = store.append(&stream("issue-1"), Expected::Exact(0), events([1])).await;

    assert_eq!(refused, Err(conflict(None)));
}

pub async fn expecting_no_stream_where_there_is_one_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 1..=3).await;

    assert_eq!(store.append(&name, Expected::NoStream, events([9])).await, Err(conflict(Some(2))));
}

pub async fn expecting_an_earlier_revision_is_a_conflict_that_names_the_actual_one(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 1..=3).await;

    for earlier in [0, 1] {
        let refused = store.append(&name, Expected::Exact(earlier), events([9])).await;
        assert_eq!(refused, Err(conflict(Some(2))));
    }
}

pub async fn expecting_a_later_revision_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 1..=3).await;

    assert_eq!(store.append(&name, Expected::Exact(3), events([9])).await, Err(conflict(Some(2))));
}

pub async fn expecting_the_greatest_number_is_a_conflict(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 1..=1).await;

    for greatest in [u64::MAX, u64::MAX - 1, i64::MAX.unsigned_abs()] {
        let refused = store.append(&name, Expected::Exact(greatest), events([9])).await;
        assert_eq!(refused, Err(conflict(Some(0))));
    }
}

pub async fn the_right_revision_continues_the_stream(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 1).await;

    let appended = store.append(&name, Expected::Exact(0), events([2, 3])).await.unwrap();

    assert_eq!((appended.first_revision, appended.last_revision), (1, 2));
    let stored = whole_stream(&*store, &name).await;
    assert_eq!(stored.iter().map(|event| event.revision).collect::<Vec<_>>(), [0, 1, 2]);
}

pub async fn two_writers_expecting_the_same_revision_cannot_both_win(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 0).await;
    for round in 0..20_u64 {
        let mut writers = JoinSet::new();
        for writer in 0..2_u64 {
            let (store, name) = (Arc::clone(&store), name.clone());
            let number = u128::from(1 + round * 2 + writer);
            writers.spawn(async move {
                store.append(&name, Expected::Exact(round), events([number])).await
            });
        }
        let outcomes = writers.join_all().await;

        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.contains(&Err(conflict(Some(round + 1)))));
    }
}

pub async fn a_batch_is_stored_whole_and_in_order(store: Store) {
    let name = stream("issue-1");

    let appended = store.append(&name, Expected::NoStream, events(1..=5)).await.unwrap();

    assert_eq!((appended.first_revision, appended.last_revision), (0, 4));
    let stored = everything(&*store).await;
    assert_eq!(ids(&stored), (1..=5).map(kit::id).collect::<Vec<_>>());
    assert_eq!(stored.last().map(|event| event.position), Some(appended.position));
}

pub async fn a_refused_batch_leaves_nothing(store: Store) {
    let name = stream("issue-1");
    put(&*store, &name, Expected::NoStream, 1).await;
    let head = store.head().await;

    store.append(&name, Expected::NoStream, events(2..=5)).await.unwrap_err();
    store.append(&stream("issue-2"), Expected::Exact(7), events(6..=9)).await.unwrap_err();

    assert_eq!(store.head().await, head);
    assert_eq!(everything(&*store).await.len(), 1);
    assert!(whole_stream(&*store, &stream("issue-2")).await.is_empty());
}

pub async fn streams_do_not_disturb_each_other(store: Store) {
    for (number, name) in ["issue-1", "question-1", "issue-11"].into_iter().enumerate() {
        let first = u128::try_from(number).unwrap() * 10;
        fill(&*store, &stream(name), first..first + 3).await;
    }

    let stored = whole_stream(&*store, &stream("question-1")).await;

    assert_eq!(ids(&stored), (10..13).map(kit::id).collect::<Vec<_>>());
}

pub async fn positions_grow_with_every_event(store: Store) {
    for number in 0..10_u128 {
        let name = stream(&format!("issue-{number}"));
        store
            .append(&name, Expected::NoStream, events([number * 2, number * 2 + 1]))
            .await
            .unwrap();
    }

    let stored = everything(&*store).await;

    assert_eq!(stored.len(), 20);
    assert!(stored.is_sorted_by(|a, b| a.position < b.position));
}

pub async fn sixteen_writers_leave_no_stream_with_holes(store: Store) {
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let name = stream(&format!("issue-{writer}"));
            fill(&*store, &name, writer * 1000..writer * 1000 + 40).await;
        });
    }
    writers.join_all().await;

    let stored = everything(&*store).await;
    assert_eq!(stored.len(), 640);
    assert!(stored.is_sorted_by(|a, b| a.position < b.position));
    for writer in 0..16_u128 {
        let name = stream(&format!("issue-{writer}"));
        let of_stream: Vec<_> = stored.iter().filter(|event| event.stream == name).collect();
        assert!(of_stream.iter().map(|event| event.revision).eq(0..40));
        let wanted = (writer * 1000..writer * 1000 + 40).map(kit::id);
        assert!(of_stream.iter().map(|event| event.id).eq(wanted));
    }
}

pub async fn sixteen_writers_on_one_stream_take_turns(store: Store) {
    let name = stream("issue-1");
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let (store, name) = (Arc::clone(&store), name.clone());
        writers.spawn(async move {
            let mut expected = Expected::NoStream;
            for number in 0..10 {
                expected =
                    append_again(&*store, &name, expected, event(writer * 100 + number)).await;
            }
        });
    }
    writers.join_all().await;

    let stored = whole_stream(&*store, &name).await;
    assert!(stored.iter().map(|event| event.revision).eq(0..160));
    let mut unique = ids(&stored);
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), 160);
}

/// Appends where the stream ends, however often somebody else is faster.
async fn append_again(
    store: &dyn EventStore,
    name: &StreamName,
    mut expected: Expected,
    event: NewEvent,
) -> Expected {
    loop {
        match store.append(name, expected, vec![event.clone()]).await {
            Ok(appended) => return Expected::Exact(appended.last_revision),
            Err(AppendError::Conflict { actual }) => {
                expected = actual.map_or(Expected::NoStream, Expected::Exact);
            }
            Err(other) => panic!("{other}"),
        }
    }
}

pub async fn an_empty_append_is_refused(store: Store) {
    let refused = store.append(&stream("issue-1"), Expected::NoStream, Vec::new()).await;

    assert_eq!(refused, Err(AppendError::TooLarge));
}

pub async fn sixty_four_events_are_taken_and_one_more_is_not(store: Store) {
    let most = u128::try_from(MAX_EVENTS).unwrap();
    let refused = store.append(&stream("issue-1"), Expected::NoStream, events(0..=most)).await;
    assert_eq!(refused, Err(AppendError::TooLarge));

    let taken =
        store.append(&stream("issue-1"), Expected::NoStream, events(0..most)).await.unwrap();
    assert_eq!(taken.last_revision, 63);
}

pub async fn nine_hundred_kib_are_taken_and_one_byte_more_is_not(store: Store) {
    let sized = |data: usize, metadata: usize| {
        vec![NewEvent { data: vec![b'd'; data], metadata: vec![b'm'; metadata], ..event(1) }]
    };
    let name = stream("issue-1");
    let refused = store.append(&name, Expected::NoStream, sized(MAX_BYTES - 9, 10)).await;
    assert_eq!(refused, Err(AppendError::TooLarge));

    store.append(&name, Expected::NoStream, sized(MAX_BYTES - 10, 10)).await.unwrap();
    assert_eq!(whole_stream(&*store, &name).await[0].data.len(), MAX_BYTES - 10);
}

pub async fn a_refused_size_is_told_before_a_conflict(store: Store) {
    let refused = store.append(&stream("issue-1"), Expected::Exact(5), Vec::new()).await;

    assert_eq!(refused, Err(AppendError::TooLarge));
}

pub async fn a_dropped_append_is_completed(store: Store) {
    let mut subscription = store.subscribe(None).await.unwrap();
    for number in 0..50_u128 {
        let name = stream(&format!("issue-{number}"));
        // Polled once, then dropped: the caller has hung up.
        let _ = store.append(&name, Expected::NoStream, events([number])).now_or_never();
    }

    let told = kit::next_events(&mut *subscription, 50).await;

    // Nobody waited for one before sending the next, so that no order is promised.
    let mut told = ids(&told);
    told.sort_unstable();
    assert_eq!(told, (0..50).map(kit::id).collect::<Vec<_>>());
}

pub async fn short_long_and_unusual_names_are_different_streams(store: Store) {
    let longest = format!("a-{}", "x".repeat(118));
    let almost = format!("a-{}y", "x".repeat(117));
    let names = ["a-1", "a-I", "a-i", "a--", "a-.", "a-_", "a-1-2", &longest, &almost];
    for (number, name) in names.iter().enumerate() {
        let number = u128::try_from(number).unwrap();
        put(&*store, &stream(name), Expected::NoStream, number).await;
    }

    for (number, name) in names.iter().enumerate() {
        let stored = whole_stream(&*store, &stream(name)).await;
        assert_eq!(ids(&stored), [kit::id(u128::try_from(number).unwrap())]);
        assert_eq!(stored[0].stream.as_str(), *name);
    }
}

pub async fn operational_streams_are_stored_like_others(store: Store) {
    let name = stream("op-token-1");
    put(&*store, &name, Expected::NoStream, 1).await;

    assert_eq!(everything(&*store).await[0].stream, name);
}

pub async fn the_same_event_may_stand_in_two_streams(store: Store) {
    for name in ["issue-1", "issue-2"] {
        put(&*store, &stream(name), Expected::NoStream, 1).await;
    }

    assert_eq!(everything(&*store).await.len(), 2);
}
