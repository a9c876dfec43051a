//! Connections that are harmed on the way: 200 times, nothing is lost and nothing repeated.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use quesito::event_store::eventstoredb::EventStoreDb;
use quesito::event_store::{AppendError, EventStore, Expected, NewEvent, StreamName};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::hasty;
use crate::double::proxy::{Harm, Proxy};
use crate::double::{Double, Options};
use crate::kit::{self, ids, next_events, stream};

/// Nodes of one store, each behind a proxy of its own.
const NODES: u64 = 8;

/// How often the connections of each are harmed.
const HARMS: u64 = 25;

/// Events that a node appends while it is harmed.
const EVENTS: u64 = 4;

const DELAY: Duration = Duration::from_secs(5);

/// From a harm, or from the end of a delay, until everything works again.
const RECOVERY: Duration = Duration::from_secs(10);

fn stream_of(node: u64) -> StreamName {
    stream(&format!("issue-{node}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_harms_lose_nothing_and_repeat_nothing() {
    let double = Double::start(Options::default());
    let mut nodes = JoinSet::new();
    for node in 0..NODES {
        nodes.spawn(harmed(double.address(), node));
    }
    let mut harms = Vec::new();
    while let Some(node) = nodes.join_next().await {
        harms.extend(node.expect("a node"));
    }

    assert_eq!(harms.len(), 200);
    for kind in ["Drop", "HalfOpen", "Delay", "CutAnswer", "CutRequest"] {
        let count = harms.iter().filter(|harm| format!("{harm:?}").starts_with(kind)).count();
        assert!(count >= 20, "{count} times {kind}");
    }
    let stored = double.records();
    for node in 0..NODES {
        let name = stream_of(node);
        let there: Vec<Uuid> =
            stored.iter().filter(|it| *it.stream == *name.as_str()).map(|it| it.id).collect();
        assert_eq!(there, expected_ids(node), "node {node}");
    }
}

/// A node that appends and listens while its connections are harmed; which harms it met.
async fn harmed(server: SocketAddr, node: u64) -> Vec<Harm> {
    let proxy = Proxy::start(server, node);
    let store = EventStoreDb::open(&proxy.url(), hasty()).await.expect("the double opens");
    let mut subscription = store.subscribe(None).await.expect("a subscription");
    let listener = tokio::spawn(async move {
        // Of all nodes, as far as they have come when this one is done.
        let mut own = Vec::new();
        while own.len() < expected_ids(node).len() {
            let told = next_events(&mut *subscription, 1).await;
            own.extend(told.into_iter().filter(|event| event.stream == stream_of(node)));
        }
        ids(&own)
    });
    let (mut revision, mut harms) = (None, Vec::new());
    for round in 0..HARMS {
        let harm = proxy.any_harm(DELAY);
        let begun = Instant::now();
        for event in 0..EVENTS {
            if event == 1 {
                // In the midst of what happens, a little later each time.
                let hit = async {
                    tokio::time::sleep(Duration::from_millis(round % 5)).await;
                    while proxy.harm(harm) == 0 {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                };
                tokio::join!(hit, certainly(&store, node, &mut revision));
            } else {
                certainly(&store, node, &mut revision).await;
            }
        }
        let allowed = if harm == Harm::Delay(DELAY) { DELAY + RECOVERY } else { RECOVERY };
        assert!(begun.elapsed() < allowed, "{:?} after {harm:?}", begun.elapsed());
        harms.push(harm);
    }
    assert_eq!(listener.await.expect("a listener"), expected_ids(node), "node {node}");
    harms
}

/// Appends the next event of a node, the same again until it is acknowledged.
async fn certainly(store: &EventStoreDb, node: u64, revision: &mut Option<u64>) {
    let next = revision.map_or(0, |revision| revision + 1);
    let expected = revision.map_or(Expected::NoStream, Expected::Exact);
    let begun = Instant::now();
    loop {
        match store.append(&stream_of(node), expected, vec![event(node, next)]).await {
            Ok(appended) => {
                assert_eq!(appended.last_revision, next);
                *revision = Some(next);
                return;
            }
            Err(AppendError::Unavailable(_) | AppendError::Unknown(_))
                if begun.elapsed() < DELAY + RECOVERY => {}
            Err(why) => panic!("node {node}, event {next}: {why}"),
        }
    }
}

fn event(node: u64, number: u64) -> NewEvent {
    kit::event(u128::from(node * 1_000_000 + number))
}

fn expected_ids(node: u64) -> Vec<Uuid> {
    (0..HARMS * EVENTS).map(|number| event(node, number).id).collect()
}
