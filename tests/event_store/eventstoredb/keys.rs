//! Wrapped keys on the server: replaced, truncated, scavenged.

use std::time::Duration;

use quesito::event_store::{AppendError, EventStore, Expected, KeyRing};

use super::{connect, pair};
use crate::double::{Call, Code, Double, Expected as At, Fault, Proposed};
use crate::kit::{self, events, everything, ring, sealed, stream};

/// Whether the server still has these bytes anywhere.
fn lies_there(double: &Double, ring: &KeyRing) -> bool {
    let records = double.all_records();
    records.iter().any(|record| record.data.windows(72).any(|bytes| *bytes == *ring.wrapped))
}

/// What a server writes when it has scavenged.
fn scavenge_ends(double: &Double) {
    let ended = Proposed {
        id: kit::id(500),
        kind: "$scavengeCompleted".into(),
        json: true,
        custom_metadata: bytes::Bytes::new(),
        data: bytes::Bytes::from_static(b"{}"),
    };
    double.append("$scavenges-1", At::Any, &[ended]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scavenge_removes_what_was_replaced() {
    let (double, store) = pair().await;
    store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(1)]).await.unwrap();
    let old = sealed(1).keys.unwrap();
    assert!(!store.remote().unwrap().scavenge_due);

    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();
    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();

    assert!(lies_there(&double, &old));
    assert!(store.remote().unwrap().scavenge_due);
    let again = connect(&double.url()).await.unwrap();
    assert!(again.remote().unwrap().scavenge_due);
    double.scavenge();
    assert!(!lies_there(&double, &old));
    assert_eq!(store.key_ring(1).await, Ok(Some(ring(1, 0))));
    assert_eq!(store.key_rings(0, 9).await, Ok(vec![ring(1, 0)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scavenge_that_ends_is_noted() {
    let (double, store) = pair().await;
    store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(1)]).await.unwrap();
    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();

    scavenge_ends(&double);

    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let again = connect(&double.url()).await.unwrap();
        if !again.remote().unwrap().scavenge_due {
            assert!(!store.remote().unwrap().scavenge_due);
            return;
        }
    }
    panic!("it was not noted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scavenge_that_ended_while_nobody_looked_is_noted_at_the_next_start() {
    let (double, store) = pair().await;
    store.append(&stream("issue-1"), Expected::NoStream, vec![sealed(1)]).await.unwrap();
    store.replace_key_rings(vec![ring(1, 0)]).await.unwrap();
    assert!(store.remote().unwrap().scavenge_due);
    drop(store);

    scavenge_ends(&double);
    // What comes after it does not hide it.
    for number in 0..1_200 {
        double.append_any("noise", kit::id(1_000 + number));
    }
    let again = connect(&double.url()).await.unwrap();

    for _ in 0..100 {
        if !again.remote().unwrap().scavenge_due {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was not noted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_written_before_their_event_and_once() {
    let (double, store) = pair().await;
    for (number, fault) in [(1, Fault::DoneBut(Code::Aborted)), (2, Fault::DoneThenHangUp)] {
        double.inject(Call::Append, 1, fault);
        let name = stream(&format!("issue-{number}"));
        store.append(&name, Expected::NoStream, vec![sealed(number)]).await.unwrap();
        assert_eq!(store.key_ring(number.into()).await, Ok(sealed(number).keys));
    }
    let records = double.records();
    let place = |name: &str| records.iter().position(|record| *record.stream == *name).unwrap();
    assert!(place("op-key-1") < place("issue-1"));
    assert!(place("op-key-2") < place("issue-2"));
    assert_eq!(everything(&store).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_an_event_that_did_not_come_are_deleted() {
    let (double, store) = pair().await;
    let name = stream("issue-1");
    let other = connect(&double.url()).await.unwrap();
    // The ring is written, and then somebody else is faster.
    double.inject(Call::Append, 1, Fault::Late(Duration::from_millis(600)));
    let appending = {
        let (store, name) = (store.clone(), name.clone());
        tokio::spawn(async move { store.append(&name, Expected::NoStream, vec![sealed(1)]).await })
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.append(&name, Expected::NoStream, events([9])).await.unwrap();

    let refused = appending.await.unwrap();

    assert_eq!(refused, Err(AppendError::Conflict { actual: Some(0) }));
    assert_eq!(store.key_ring(1).await, Ok(None));
    // The name of the ring is free again.
    let appended = store.append(&name, Expected::Exact(0), vec![sealed(1)]).await;
    assert_eq!(appended.map(|done| done.last_revision), Ok(1));
    assert_eq!(store.key_ring(1).await, Ok(sealed(1).keys));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replacement_that_breaks_off_is_completed_by_a_second_one() {
    let (double, store) = pair().await;
    for number in 1..=20_u32 {
        let name = stream(&format!("issue-{number}"));
        store.append(&name, Expected::NoStream, vec![sealed(number)]).await.unwrap();
    }
    let emptied: Vec<_> = (1..=20).map(|number| ring(number, 0)).collect();
    double.inject(Call::Append, 7, Fault::Refuse(Code::PermissionDenied));

    let unknown = store.replace_key_rings(emptied.clone()).await;
    assert!(matches!(unknown, Err(AppendError::Unknown(_))), "{unknown:?}");

    double.heal();
    store.replace_key_rings(emptied.clone()).await.unwrap();
    assert_eq!(store.key_rings(0, 99).await, Ok(emptied));
    double.scavenge();
    assert!((1..=20).all(|number| !lies_there(&double, &sealed(number).keys.unwrap())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_before_another_node_changed_it_brings_nothing_back() {
    let (double, first) = pair().await;
    let second = connect(&double.url()).await.unwrap();
    let name = stream("issue-1");
    first.append(&name, Expected::NoStream, vec![sealed(1)]).await.unwrap();
    let read = second.key_ring(1).await.unwrap().unwrap();
    let moved = KeyRing { epoch: 2, ..read };
    let erased = KeyRing { wrapped: vec![0; 72], ..first.key_ring(1).await.unwrap().unwrap() };
    first.replace_key_rings(vec![erased.clone()]).await.unwrap();

    let late = second.replace_key_rings(vec![moved.clone()]).await;
    assert_eq!(late, Err(AppendError::KeysChanged));
    let event = events([2]);
    let with_event = second.append_erasing(&name, Expected::Exact(0), event, vec![moved]).await;
    assert_eq!(with_event, Err(AppendError::KeysChanged));
    assert_eq!(second.key_ring(1).await, Ok(Some(erased.clone())));
    assert_eq!(everything(&first).await.len(), 1);
    // What says the same as what is there does no harm, and what was read again may replace.
    second.replace_key_rings(vec![erased]).await.unwrap();
    let read = second.key_ring(1).await.unwrap().unwrap();
    second.replace_key_rings(vec![KeyRing { epoch: 3, ..read }]).await.unwrap();
    assert_eq!(first.key_ring(1).await.unwrap().unwrap().epoch, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_several_nodes_fills_a_place() {
    let (double, first) = pair().await;
    let second = connect(&double.url()).await.unwrap();
    assert_eq!(first.slot("prova").await, Ok(None));
    for round in 0..20_u64 {
        let expected = round.checked_sub(1).map_or(Expected::NoStream, Expected::Exact);
        let (one, other) = tokio::join!(
            first.fill_slot("prova", expected, b"uno".to_vec()),
            second.fill_slot("prova", expected, b"due".to_vec()),
        );
        let filled = first.slot("prova").await.unwrap().unwrap();
        assert_eq!(filled.revision, round);
        let (won, lost, bytes) =
            if one.is_ok() { (one, other, b"uno") } else { (other, one, b"due") };
        assert_eq!((won, filled.bytes.as_slice()), (Ok(round), &bytes[..]));
        assert_eq!(lost, Err(AppendError::Conflict { actual: Some(round) }));
    }
    // An answer that never came is looked for by its own id.
    double.inject(Call::Append, 1, Fault::DoneBut(Code::Aborted));
    assert_eq!(first.fill_slot("prova", Expected::Exact(19), b"tre".to_vec()).await, Ok(20));
    assert!(everything(&first).await.is_empty());
}
