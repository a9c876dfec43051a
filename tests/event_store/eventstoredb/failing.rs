//! Servers that fail while they are used: nothing is lost, nothing is there twice.

use std::time::{Duration, Instant};

use quesito::event_store::eventstoredb::EventStoreDb;
use quesito::event_store::{AppendError, EventStore, Expected, GlobalPosition};

use super::{hasty, pair};
use crate::double::{ALWAYS, Call, Code, Double, Fault, Options};
use crate::kit::{
    self, caught_up, events, everything, fill, ids, next_events, put, stream, whole_stream,
};

/// Polls until something holds, and answers how long that took.
async fn soon(limit: Duration, holds: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "it does not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_was_done_without_an_answer_is_done_once() {
    let (double, store) = pair().await;
    let faults = [
        Fault::DoneBut(Code::Aborted),
        Fault::DoneBut(Code::Unavailable),
        Fault::DoneThenHangUp,
        Fault::Late(Duration::from_secs(3)),
        Fault::Refuse(Code::Unavailable),
        Fault::Ignore,
    ];
    for (number, fault) in (0..).zip(faults) {
        double.inject(Call::Append, 1, fault);
        let name = stream(&format!("issue-{number}"));

        let appended = store.append(&name, Expected::NoStream, events([number, 90])).await;

        assert_eq!(appended.map(|done| done.last_revision), Ok(1), "{fault:?}");
        assert_eq!(whole_stream(&store, &name).await.len(), 2, "{fault:?}");
    }
    assert_eq!(everything(&store).await.len(), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_is_never_answered_is_unknown_and_can_be_asked_again() {
    let (double, store) = pair().await;
    let name = stream("issue-1");
    double.inject(Call::Append, ALWAYS, Fault::DoneBut(Code::Aborted));

    let unknown = store.append(&name, Expected::NoStream, events([1])).await;
    assert!(matches!(unknown, Err(AppendError::Unknown(_))), "{unknown:?}");

    double.heal();
    let again = store.append(&name, Expected::NoStream, events([1])).await.unwrap();
    assert!(again.already_done);
    assert_eq!(everything(&store).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_breaks_off_is_read_again() {
    let (double, store) = pair().await;
    let name = stream("issue-1");
    fill(&store, &name, 0..50).await;
    for fault in [
        Fault::Refuse(Code::Unavailable),
        Fault::Break { after: 7, code: Code::Unavailable },
        Fault::Stall { after: 7 },
    ] {
        double.inject(Call::Read, 2, fault);
        assert_eq!(whole_stream(&store, &name).await.len(), 50, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_is_noticed_and_found_again() {
    let (double, store) = pair().await;
    let mut subscription = store.subscribe(None).await.unwrap();
    put(&store, &stream("issue-1"), Expected::NoStream, 1).await;

    double.kill();
    let noticed = soon(Duration::from_secs(5), || store.remote().unwrap().fault.is_some()).await;
    let refused = store.append(&stream("issue-2"), Expected::NoStream, events([2])).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_) | AppendError::Unknown(_))),
        "{refused:?}"
    );
    double.restart();
    let back = soon(Duration::from_secs(10), || store.remote().unwrap().fault.is_none()).await;

    put(&store, &stream("issue-3"), Expected::NoStream, 3).await;
    assert_eq!(ids(&next_events(&mut *subscription, 2).await), [1, 3].map(kit::id));
    assert!(noticed + back < Duration::from_secs(15));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_is_noticed() {
    let (double, store) = pair().await;
    double.inject(Call::Read, ALWAYS, Fault::Ignore);

    soon(Duration::from_secs(5), || store.remote().unwrap().fault.is_some()).await;
    double.heal();
    soon(Duration::from_secs(10), || store.remote().unwrap().fault.is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_go_on_when_another_node_leads() {
    let nodes = Double::start_cluster(3, &Options::default());
    let store = EventStoreDb::open(&Double::url_of(&nodes), hasty()).await.unwrap();
    let name = stream("issue-1");
    put(&store, &name, Expected::NoStream, 0).await;

    // Peacefully first, then by a sudden death.
    nodes[1].promote();
    put(&store, &name, Expected::Exact(0), 1).await;
    nodes[1].kill();
    nodes[2].promote();
    let begun = Instant::now();
    put(&store, &name, Expected::Exact(1), 2).await;

    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(ids(&everything(&store).await), [0, 1, 2].map(kit::id));
    let remote = || store.remote().unwrap();
    let leader = nodes[2].address().to_string();
    soon(Duration::from_secs(5), || remote().node == leader).await;
    // All that were given, whoever leads.
    assert!(nodes.iter().all(|node| remote().nodes.contains(&node.address().to_string())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_dies_under_writers_loses_nothing_acknowledged() {
    let nodes = Double::start_cluster(3, &Options::default());
    let store = EventStoreDb::open(&Double::url_of(&nodes), hasty()).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8_u128 {
        let store = store.clone();
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0..40 {
                let number = writer * 1_000 + number;
                let name = stream(&format!("issue-{number}"));
                if store.append(&name, Expected::NoStream, events([number])).await.is_ok() {
                    acknowledged.push(kit::id(number));
                }
            }
            acknowledged
        });
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    nodes[0].kill();
    nodes[1].promote();
    let acknowledged: Vec<_> = writers.join_all().await.into_iter().flatten().collect();

    let stored = ids(&everything(&store).await);
    let unique: std::collections::HashSet<_> = stored.iter().collect();
    assert_eq!(unique.len(), stored.len());
    assert!(acknowledged.iter().all(|id| unique.contains(id)));
    assert!(acknowledged.len() > 8 * 20, "{}", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_goes_on_over_a_restart_without_gap_or_repeat() {
    let (double, store) = pair().await;
    let mut subscription = store.subscribe(None).await.unwrap();
    caught_up(&mut *subscription).await;
    fill(&store, &stream("issue-1"), 0..20).await;
    double.restart();
    fill(&store, &stream("issue-2"), 20..40).await;

    let told = next_events(&mut *subscription, 40).await;

    assert_eq!(ids(&told), (0..40).map(kit::id).collect::<Vec<_>>());
    assert!(store.head().await.unwrap() > GlobalPosition::START);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_is_read_at_once_however_late_the_end_of_the_log_is_read() {
    let (double, store) = pair().await;
    // It meets whoever reads next: the one that follows the log.
    double.inject(Call::Read, 1, Fault::Late(Duration::from_millis(1_500)));
    tokio::time::sleep(Duration::from_millis(400)).await;

    let appended = put(&store, &stream("issue-1"), Expected::NoStream, 1).await;

    assert_eq!(store.head().await, Ok(appended.position));
    assert_eq!(ids(&everything(&store).await), [kit::id(1)]);
}
