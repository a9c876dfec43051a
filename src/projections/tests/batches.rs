//! Rows follow from events alone: where a batch ends, when the process stops and how
//! much it remembers do not matter.

use std::sync::Arc;

use proptest::prelude::*;

use super::story::{EVENTS, happen};
use super::world::World;
use crate::event_store::{EventStore, GlobalPosition};
use crate::projections::dump::dump;
use crate::projections::log::Log;
use crate::projections::projector::Projector;
use crate::projections::schema;

/// Folds everything with batches of these sizes, one after the other, again and again;
/// a size of 0 stops the process and starts another.
fn folded(world: &World, sizes: &[usize]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("views.db");
    let log = || {
        let store: Arc<dyn EventStore> = Arc::clone(&world.store) as _;
        Log::new(store, Arc::clone(&world.codec)).unwrap()
    };
    let reader = log();
    let mut projector = Projector::open(&path, log()).unwrap();
    let mut turns = sizes.iter().cycle();
    loop {
        let size = *turns.next().unwrap();
        if size == 0 {
            drop(projector);
            projector = Projector::open(&path, log()).unwrap();
            continue;
        }
        let after = projector.bookmark().position;
        let facts = reader.page(after, size).unwrap();
        if facts.is_empty() {
            break;
        }
        projector.apply([facts]).unwrap();
        // What was seen is passed over when it comes again.
        let again = reader.page(GlobalPosition::START, size).unwrap();
        projector.apply([again]).unwrap();
    }
    drop(projector);
    let conn = schema::open_for_reading(&path, &folder.path().join("none")).unwrap();
    dump(&conn).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(12)
    })]

    #[test]
    fn rows_are_the_same_whatever_the_batches_and_restarts(
        story in proptest::collection::vec((0..EVENTS, 0..3_u8), 1..40),
        mut sizes in proptest::collection::vec(0..9_usize, 1..6),
    ) {
        sizes.push(1);
        let world = World::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for (kind, n) in story {
                happen(&world, kind, n).await;
            }
        });
        // The runtimes of logs must not be dropped inside another.
        let whole = folded(&world, &[10_000]);
        prop_assert_eq!(&folded(&world, &sizes), &whole);
        prop_assert_eq!(&folded(&world, &[1]), &whole);
    }
}
