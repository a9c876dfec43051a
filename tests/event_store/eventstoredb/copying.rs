//! A store carried over to the other engine and back: the same log, the same root.

use std::sync::Arc;

use quesito::app::copy::{CopyError, copy};
use quesito::event_store::{
    AppendError, EventStore, Expected, GlobalPosition, NewEvent, StoredEvent,
};
use quesito::privacy::KeyId;

use super::pair;
use crate::kit::{self, Subject, event, everything, put, ring, stream};

/// A logged event; every third brings keys, as its data say.
fn logged(number: u32) -> NewEvent {
    let at = format!("2026-03-01T10:{:02}:{:02}.{number:06}Z", number / 60 % 60, number % 60);
    let key = KeyId { ring: number.into(), slot: 0 };
    let text = format!(
        "{{\"alg\":\"XC20P\",\"commitment\":\"AA\",\"ct\":\"AA\",\"key_id\":\"{key}\",\"nonce\":\"AA\"}}"
    );
    let sealed = number.is_multiple_of(3);
    let data = if sealed { format!("{{\"title\":{text}}}") } else { "{}".to_owned() };
    NewEvent {
        data: data.into_bytes(),
        metadata: format!("{{\"actor\":{{\"subject\":\"prova\"}},\"recorded_at\":\"{at}\"}}")
            .into(),
        keys: sealed.then(|| ring(i64::from(number), 7)),
        ..event(u128::from(number))
    }
}

/// Streams in between each other, in batches of one and of several.
async fn filled(store: &dyn EventStore, count: u32) {
    let mut tails = [None; 7];
    for number in 1..=count {
        let name = if number.is_multiple_of(11) {
            "op-token-1".to_owned()
        } else {
            format!("issue-{}", number % 5)
        };
        let tail = &mut tails
            [usize::try_from(if number.is_multiple_of(11) { 6 } else { number % 5 }).unwrap()];
        let expected = tail.map_or(Expected::NoStream, Expected::Exact);
        let mut batch = vec![logged(number * 2)];
        if number.is_multiple_of(4) {
            batch.push(logged(number * 2 + 1));
        }
        let done = store.append(&stream(&name), expected, batch).await.unwrap();
        *tail = Some(done.last_revision);
    }
}

/// Events without their positions, which engines count differently.
async fn told(store: &dyn EventStore) -> Vec<StoredEvent> {
    let mut events = everything(store).await;
    for event in &mut events {
        event.position = GlobalPosition::START;
    }
    events
}

fn root(outcome: Result<quesito::app::copy::Copied, CopyError>) -> [u8; 32] {
    outcome.unwrap().root
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_has_the_same_root_on_either_engine() {
    let Subject { store: first, .. } = &kit::sqlite();
    filled(&**first, 400).await;
    let (_double, cluster) = pair().await;
    let cluster: Arc<dyn EventStore> = Arc::new(cluster);
    let Subject { store: back, .. } = &kit::sqlite();

    let there = root(copy(&**first, &*cluster, |_, _| {}).await);
    let again = root(copy(&*cluster, &**back, |_, _| {}).await);

    assert_eq!(there, again);
    assert_eq!(told(&**first).await, told(&*cluster).await);
    assert_eq!(everything(&**first).await, everything(&**back).await);
    let rings = first.key_rings(0, 9_999).await.unwrap();
    assert!(rings.len() > 100, "{}", rings.len());
    assert_eq!(cluster.key_rings(0, 9_999).await.unwrap(), rings);
    assert_eq!(back.key_rings(0, 9_999).await.unwrap(), rings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_cut_short_goes_on() {
    let Subject { store: first, .. } = &kit::sqlite();
    filled(&**first, 60).await;
    let (_double, second) = pair().await;
    copy(&**first, &second, |_, _| {}).await.unwrap();
    let name = stream("issue-new");
    first.append(&name, Expected::NoStream, vec![logged(9_000)]).await.unwrap();

    let more = copy(&**first, &second, |_, _| {}).await.unwrap();
    assert_eq!((more.copied, more.before), (1, 75));
    let none = copy(&**first, &second, |_, _| {}).await.unwrap();
    assert_eq!((none.copied, none.before, none.root), (0, 76, more.root));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_store_is_not_gone_on_with() {
    let Subject { store: first, .. } = &kit::sqlite();
    filled(&**first, 20).await;
    let (_double, second) = pair().await;
    put(&second, &stream("issue-1"), Expected::NoStream, 1).await;

    let refused = copy(&**first, &second, |_, _| {}).await;

    assert!(matches!(refused, Err(CopyError::Different { event: 1, .. })), "{refused:?}");
    let closed = kit::memory();
    closed.store.close().await;
    let refused = copy(&**first, &*closed.store, |_, _| {}).await;
    assert!(matches!(refused, Err(CopyError::Append(AppendError::Unavailable(_)))), "{refused:?}");
}
