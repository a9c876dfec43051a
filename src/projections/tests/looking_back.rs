//! The past is what the present was: the same rows as in a store that goes no further.

use std::sync::Arc;

use proptest::prelude::*;

use super::story::{EVENTS, happen};
use super::world::{World, day};
use crate::codec;
use crate::event_store::memory::MemoryStore;
use crate::event_store::{EventStore, Expected, GlobalPosition, NewEvent, StoredEvent};
use crate::projections::dump::dump;
use crate::projections::log::Log;
use crate::projections::projector::Projector;
use crate::projections::runner::{Run, follow};
use crate::projections::{Cut, schema};

/// The rows of a store as seen from a moment, numbers of what is not seen left out.
fn rows(store: &Arc<MemoryStore>, world: &World, cut: Option<Cut>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("views.db");
    let log = || {
        let log = Log::new(Arc::clone(store) as _, Arc::clone(&world.codec)).unwrap();
        match cut {
            Some(cut) => log.seen_from(cut),
            None => log,
        }
    };
    let head = log().head().unwrap();
    let mut run = Run { projector: Projector::open(&path, log()).unwrap(), path: path.clone() };
    let never = tokio::sync::watch::Sender::new(false);
    let wanted = tokio::sync::watch::Sender::new(GlobalPosition::START).subscribe();
    follow(&mut run, log(), &never.subscribe(), Some(head), wanted, |_, _| {}).unwrap();
    drop(run);
    let conn = schema::open_for_reading(&path, &folder.path().join("none")).unwrap();
    let all = dump(&conn).unwrap();
    let apart = ["bookmark", "counters", "things"];
    let shown = |line: &&str| !apart.contains(&line.split(' ').next().unwrap_or_default());
    all.lines().filter(shown).map(str::to_owned).collect()
}

/// A store with these events and no others, in their order.
async fn only(events: &[StoredEvent]) -> Arc<MemoryStore> {
    let store = MemoryStore::default();
    for stored in events {
        let event = NewEvent {
            id: stored.id,
            stored_type: stored.stored_type.clone(),
            data: stored.data.clone(),
            metadata: stored.metadata.clone(),
            keys: None,
        };
        let last = store.read_stream(&stored.stream, 0, 10_000).await.unwrap().pop();
        let expected = last.map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
        store.append(&stored.stream, expected, vec![event]).await.unwrap();
    }
    Arc::new(store)
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(12)
    })]

    #[test]
    fn what_was_known_is_what_a_shorter_log_says(
        story in proptest::collection::vec((0..EVENTS, 0..3_u8), 2..40),
        share in 0..100_usize,
    ) {
        let world = World::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (shorter, as_of) = runtime.block_on(async {
            for (kind, n) in story {
                happen(&world, kind, n).await;
            }
            let all = world.store.read_all(GlobalPosition::START, 10_000).await.unwrap();
            let last = (all.len() * share / 100).min(all.len() - 1);
            let as_of = codec::metadata(&all[last]).unwrap().recorded_at.0;
            (only(&all[..=last]).await, as_of)
        });
        drop(runtime);
        let then = Cut { as_of: Some(as_of), ..Cut::default() };
        prop_assert_eq!(rows(&world.store, &world, Some(then)), rows(&shorter, &world, None));
        // Nothing is left out: the same rows as in the present.
        let all = Cut { effective_on: Some(day("2099-01-01")), ..Cut::default() };
        prop_assert_eq!(
            rows(&world.store, &world, Some(all)),
            rows(&world.store, &world, None)
        );
    }
}
