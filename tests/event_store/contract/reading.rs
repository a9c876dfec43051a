//! Streams, the global order, the head, and finding a command.

use std::sync::Arc;

use quesito::event_store::{EventStore, Expected, GlobalPosition, MAX_EVENTS, NewEvent};
use tokio::task::JoinSet;

use crate::kit::{self, event, events, everything, fill, ids, put, stream, whole_stream};

type Store = Arc<dyn EventStore>;

/// Appends numbered events to a new stream in batches of the greatest size.
async fn fill_fast(store: &dyn EventStore, name: &str, count: u128) {
    let name = stream(name);
    let numbers: Vec<u128> = (0..count).collect();
    let mut expected = Expected::NoStream;
    for numbers in numbers.chunks(MAX_EVENTS) {
        let batch = events(numbers.iter().copied());
        expected =
            Expected::Exact(store.append(&name, expected, batch).await.unwrap().last_revision);
    }
}

pub async fn a_missing_stream_is_empty(store: Store) {
    put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;

    assert!(whole_stream(&*store, &stream("issue-2")).await.is_empty());
}

pub async fn a_stream_is_read_from_a_revision_up_to_a_limit(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 0..10).await;

    for (from, limit, wanted) in [(0, 3, 0..3), (4, 3, 4..7), (8, 5, 8..10), (3, 0, 3..3)] {
        let stored = store.read_stream(&name, from, limit).await.unwrap();
        assert_eq!(ids(&stored), wanted.map(kit::id).collect::<Vec<_>>());
    }
}

pub async fn reading_beyond_the_end_is_empty(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 0..3).await;

    for from in [3, 1000, u64::MAX] {
        assert!(store.read_stream(&name, from, 10).await.unwrap().is_empty());
    }
    for after in [store.head().await.unwrap(), GlobalPosition(u64::MAX)] {
        assert!(store.read_all(after, 10).await.unwrap().is_empty());
    }
}

pub async fn bytes_come_back_unchanged(store: Store) {
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let bytes = [Vec::new(), vec![0], every_byte, vec![0xFF; 40_000], "perché 🏛".into()];
    let name = stream("issue-1");
    let batch = (0..).zip(&bytes).map(|(number, bytes)| NewEvent {
        data: bytes.clone(),
        metadata: bytes.iter().rev().copied().collect(),
        ..event(number)
    });
    store.append(&name, Expected::NoStream, batch.collect()).await.unwrap();

    let stored = whole_stream(&*store, &name).await;

    assert_eq!(stored, everything(&*store).await);
    for (stored, bytes) in stored.iter().zip(&bytes) {
        assert_eq!(&stored.data, bytes);
        assert!(stored.metadata.iter().eq(bytes.iter().rev()));
    }
}

pub async fn the_parts_of_an_event_come_back(store: Store) {
    let name = stream("question-c_a944");
    let new = NewEvent { stored_type: "quesito è ‘nuovo’.v12".into(), ..event(7) };
    let appended = store.append(&name, Expected::NoStream, vec![new.clone()]).await.unwrap();

    let stored = &whole_stream(&*store, &name).await[0];

    assert_eq!((&stored.stream, stored.revision), (&name, 0));
    assert_eq!((stored.id, &stored.stored_type), (new.id, &new.stored_type));
    assert_eq!(stored.position, appended.position);
}

pub async fn everything_is_read_in_global_order(store: Store) {
    for number in 0..6_u128 {
        let name = stream(&format!("issue-{}", number % 2));
        let revision = u64::try_from(number / 2).unwrap();
        let expected = revision.checked_sub(1).map_or(Expected::NoStream, Expected::Exact);
        put(&*store, &name, expected, number).await;
    }

    assert_eq!(ids(&everything(&*store).await), (0..6).map(kit::id).collect::<Vec<_>>());
}

pub async fn pages_join_without_gap_or_repeat(store: Store) {
    fill_fast(&*store, "issue-1", 100).await;
    let whole = everything(&*store).await;

    for limit in [1, 7, 99, 100, 101] {
        let mut joined = Vec::new();
        let mut after = GlobalPosition::START;
        loop {
            let page = store.read_all(after, limit).await.unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = last.position;
            joined.extend(page);
        }
        assert_eq!(joined, whole);
    }
}

pub async fn a_new_store_is_empty_and_its_head_is_the_start(store: Store) {
    assert_eq!(store.head().await, Ok(GlobalPosition::START));
    assert!(everything(&*store).await.is_empty());
    assert!(!store.store_id().is_nil());
}

pub async fn the_head_is_the_position_of_the_last_event(store: Store) {
    for number in 0..5_u128 {
        let name = stream(&format!("issue-{number}"));
        let appended = put(&*store, &name, Expected::NoStream, number).await;
        assert_eq!(store.head().await, Ok(appended.position));
    }
}

pub async fn an_acknowledged_event_is_read_at_once(store: Store) {
    let mut writers = JoinSet::new();
    for writer in 0..16_u128 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for number in 0..20 {
                let name = stream(&format!("issue-{writer}-{number}"));
                let appended = put(&*store, &name, Expected::NoStream, writer * 100 + number).await;
                assert_eq!(whole_stream(&*store, &name).await.len(), 1);
                assert!(store.head().await.unwrap() >= appended.position);
            }
        });
    }
    writers.join_all().await;
}

pub async fn ten_thousand_events_of_one_stream_are_read_page_by_page(store: Store) {
    fill_fast(&*store, "issue-1", 10_000).await;
    let name = stream("issue-1");

    let mut read = 0_u64;
    loop {
        let page = store.read_stream(&name, read, 999).await.unwrap();
        if page.is_empty() {
            break;
        }
        for event in page {
            assert_eq!((event.revision, event.id), (read, kit::id(u128::from(read))));
            read += 1;
        }
    }
    assert_eq!(read, 10_000);
}

pub async fn a_command_is_found_by_its_first_event(store: Store) {
    let name = stream("issue-1");
    fill(&*store, &name, 0..5).await;
    let stored = whole_stream(&*store, &name).await;

    for (number, event) in (0..5).zip(&stored) {
        let found = store.find_command(&name, kit::id(number)).await.unwrap();
        assert_eq!(found.as_ref(), Some(event));
    }
    assert_eq!(store.find_command(&name, kit::id(5)).await, Ok(None));
}

pub async fn a_command_is_not_found_in_another_stream(store: Store) {
    put(&*store, &stream("issue-1"), Expected::NoStream, 1).await;
    put(&*store, &stream("issue-2"), Expected::NoStream, 2).await;

    assert_eq!(store.find_command(&stream("issue-2"), kit::id(1)).await, Ok(None));
    assert_eq!(store.find_command(&stream("issue-3"), kit::id(1)).await, Ok(None));
}

pub async fn a_command_is_found_in_a_stream_of_ten_thousand_events(store: Store) {
    fill_fast(&*store, "issue-1", 10_000).await;

    for number in [0_u64, 5_000, 9_999] {
        let wanted = kit::id(u128::from(number));
        let found = store.find_command(&stream("issue-1"), wanted).await.unwrap();
        assert_eq!(found.map(|event| event.revision), Some(number));
    }
}
