//! The past is what the present was: the same rows as in a store that goes no further.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::story::{EVENTS, happen};
use super::world::{World, day};
use crate::codec;
use crate::event_store::memory::MemoryStore;
use crate::event_store::{EventStore, Expected, GlobalPosition, NewEvent, StoredEvent};
use crate::projections::dump::dump;
use crate::projections::log::Log;
use crate::projections::past::{self, Then, rewind};
use crate::projections::projector::Projector;
use crate::projections::runner::{Logs, Run, follow};
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
    let apart = ["bookmark", "marks", "counters", "things"];
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

/// Readers of the log, for the threads of views.
fn logs(world: &World) -> Logs {
    let (store, codec) = (Arc::clone(&world.store), Arc::clone(&world.codec));
    Arc::new(move || Log::new(Arc::clone(&store) as _, Arc::clone(&codec)))
}

/// The present views of the first events, folded so many at a time.
fn present(world: &World, path: &Path, events: usize, at_once: usize) {
    let log = logs(world);
    let mut facts = log().unwrap().page(GlobalPosition::START, events).unwrap();
    let mut projector = Projector::open(path, log().unwrap()).unwrap();
    while !facts.is_empty() {
        let rest = facts.split_off(at_once.min(facts.len()));
        projector.apply([facts]).unwrap();
        facts = rest;
    }
}

/// All rows of a moment; without the numbers that are given after its head.
fn whole(then: &Then) -> Vec<String> {
    let all = then.readers().reader().unwrap().read(dump).unwrap();
    let apart: &[&str] = match then.cut().head {
        None => &["bookmark"],
        Some(_) => &["bookmark", "counters", "things"],
    };
    let shown = |line: &&str| !apart.contains(&line.split(' ').next().unwrap_or_default());
    all.lines().filter(shown).map(str::to_owned).collect()
}

/// A moment at a place in the log, along one axis or several.
fn moment(stored: &StoredEvent, axes: u8) -> Cut {
    let metadata = codec::metadata(stored).unwrap();
    let as_of = Some(metadata.recorded_at.0);
    let effective_on = Some(metadata.occurred_on);
    match axes {
        0 => Cut { as_of, ..Cut::default() },
        1 => Cut { effective_on, ..Cut::default() },
        2 => Cut { as_of, effective_on, head: None },
        3 => Cut { head: Some(stored.position), ..Cut::default() },
        4 => Cut { effective_on, head: Some(stored.position), as_of: None },
        _ => Cut { as_of, effective_on: None, head: Some(stored.position) },
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(24)
    })]

    #[test]
    fn a_moment_begun_from_the_present_is_what_the_fold_of_its_events_gives(
        story in proptest::collection::vec((0..=EVENTS, 0..3_u8), 2..60),
        share in 0..100_usize,
        axes in 0..6_u8,
        known in 50..140_usize,
        at_once in 1..50_usize,
    ) {
        let world = World::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let all = runtime.block_on(async {
            for (kind, n) in story {
                happen(&world, kind, n).await;
            }
            world.store.read_all(GlobalPosition::START, 10_000).await.unwrap()
        });
        // The runtimes of logs must not be dropped inside another.
        drop(runtime);
        let cut = moment(&all[(all.len() * share / 100).min(all.len() - 1)], axes);
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        // The present views may be behind.
        present(&world, &file("today.db"), all.len() * known.min(100) / 100, at_once);
        let (logs, head) = (logs(&world), all[all.len() - 1].position);

        let folded = past::alone(&logs, None, cut, &file("folded.db"), head).unwrap();
        let today = file("today.db");
        let begun = past::alone(&logs, Some(&today), cut, &file("begun.db"), head).unwrap();
        let log = logs().unwrap().seen_from(cut);
        // Otherwise the fold would be compared with itself.
        prop_assert!(rewind::begin(&file("again.db"), &today, &cut, &log).unwrap().is_some());

        prop_assert_eq!(whole(&begun), whole(&folded));
        if cut.head.is_none() || cut.as_of.is_none() {
            let latest = |then: &Then| then.reached().seen.latest;
            prop_assert_eq!(latest(&begun), latest(&folded));
        }
        if cut.effective_on.is_none() {
            let last = |then: &Then| then.reached().seen.last;
            prop_assert_eq!(last(&begun), last(&folded));
        }
    }
}
