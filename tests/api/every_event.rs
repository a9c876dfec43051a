//! Nothing in the contract is dead: every event and every rejection comes out of the
//! API in one walk.

use std::collections::{BTreeMap, BTreeSet};

use quesito::codec::schemas::event_types;
use quesito::domain::Rejection;
use quesito::http::acts::{ACTS, internal};
use quesito::http::reads;
use serde_json::json;

use crate::app::TestApp;
use crate::walk;

/// Types that come from signing in, which [`crate::identity`] does and no walk.
const SIGNING_IN: &[&str] =
    &["account-approved.v1", "password-set.v1", "session-opened.v1", "session-ended.v1"];

/// Types that the policy of notices records, which [`crate::notices`] has and no walk.
const NOTICES: &[&str] = &[
    "notice-prepared.v1",
    "notice-sent.v1",
    "notice-refused.v1",
    "notices-stopped.v1",
    "notices-resumed.v1",
    "notice-run-begun.v1",
];

#[tokio::test]
async fn every_event_and_every_rejection_is_produced_through_the_api() {
    let app = TestApp::ready().await;
    walk::the_whole_life(&app).await;
    everything_happened(&app).await;
}

#[tokio::test]
async fn the_same_walk_holds_on_disk() {
    let app = TestApp::on_disk().await;
    app.furnish().await;
    walk::the_whole_life(&app).await;
    everything_happened(&app).await;
}

async fn everything_happened(app: &TestApp) {
    let done = app.done.lock().unwrap().clone();
    let idle: Vec<_> = ACTS.iter().map(|act| act.id).filter(|id| !done.contains(id)).collect();
    assert!(idle.is_empty(), "acts that never came to pass: {idle:?}");

    let rejected = app.rejected.lock().unwrap().clone();
    let silent: Vec<_> = Rejection::ALL.iter().filter(|why| !rejected.contains(why)).collect();
    assert!(silent.is_empty(), "rejections that never came out: {silent:?}");

    let stored: BTreeSet<_> = app
        .stored()
        .await
        .iter()
        .map(|event| (event.stream.category().to_owned(), event.stored_type.to_string()))
        .collect();
    let missing: Vec<_> = event_types()
        .into_iter()
        .map(|(category, kind)| (category, kind.stored))
        .filter(|(_, stored)| !SIGNING_IN.contains(stored) && !NOTICES.contains(stored))
        .filter(|(category, kind)| !stored.contains(&((*category).into(), (*kind).into())))
        .collect();
    assert!(missing.is_empty(), "events that were never stored: {missing:?}");

    app.shown().await;
    let status = app.get(None, "/status").await;
    assert_eq!(status.status, 200, "{}", status.text);
    assert_eq!(status.body["quarantined"], json!([]));
}

#[test]
fn every_event_type_has_exactly_one_operation_or_a_reason_to_have_none() {
    let mut operations: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for act in ACTS {
        operations.entry((act.category, act.event)).or_default().push(act.id);
    }
    for (category, kind) in event_types() {
        let reachable = operations.remove(&(category, kind.stored)).unwrap_or_default();
        match (reachable.as_slice(), internal(category, kind.stored)) {
            ([_], None) => {}
            ([], Some(why)) => assert!(!why.is_empty()),
            other => panic!("{category} {}: {other:?}", kind.stored),
        }
    }
    assert!(operations.is_empty(), "acts without an event: {operations:?}");
}

#[test]
fn operation_ids_and_addresses_are_unique() {
    let acts = ACTS.iter().map(|act| (act.id, ("post", act.path)));
    let reads = reads::all().map(|read| (read.id, (read.method, read.path)));
    let (mut ids, mut addresses) = (BTreeSet::new(), BTreeSet::new());
    for (id, address) in acts.chain(reads) {
        assert!(ids.insert(id), "{id} twice");
        assert!(addresses.insert(address), "{address:?} twice");
    }
}
