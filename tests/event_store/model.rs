//! One law: whatever is appended in whatever order, both engines answer alike.

use std::path::Path;

use proptest::prelude::*;
use quesito::event_store::memory::MemoryStore;
use quesito::event_store::{EventStore, Expected, KeyRing, NewEvent};

use crate::kit::{event, everything, folder, open, ring, stream};

/// Something done to a store.
#[derive(Debug, Clone)]
enum Step {
    Append { stream: u8, expected: Expected, ids: Vec<u8>, ring: Option<i64> },
    Replace { ring: i64, length: usize },
    Reopen,
}

fn expected() -> impl Strategy<Value = Expected> {
    prop_oneof![
        3 => Just(Expected::NoStream),
        5 => (0..6_u64).prop_map(Expected::Exact),
        1 => any::<u64>().prop_map(Expected::Exact),
    ]
}

/// Few streams, few ids and few rings, so that retries and conflicts are frequent.
fn step() -> impl Strategy<Value = Step> {
    let ids = prop::collection::vec(0..4_u8, 0..4);
    let append = (0..3_u8, expected(), ids, prop::option::of(0..12_i64))
        .prop_map(|(stream, expected, ids, ring)| Step::Append { stream, expected, ids, ring });
    let replace =
        (0..12_i64, 70..74_usize).prop_map(|(ring, length)| Step::Replace { ring, length });
    prop_oneof![20 => append, 2 => replace, 1 => Just(Step::Reopen)]
}

fn batch(ids: &[u8], ring_id: Option<i64>) -> Vec<NewEvent> {
    let mut batch: Vec<_> = ids.iter().map(|id| event(u128::from(*id))).collect();
    if let Some(first) = batch.first_mut() {
        first.keys = ring_id.map(|id| ring(id, 3));
    }
    batch
}

async fn run(steps: Vec<Step>, path: &Path) -> Result<(), TestCaseError> {
    let model = MemoryStore::default();
    let mut store = open(path);
    for step in steps {
        match step {
            Step::Append { stream: number, expected, ids, ring } => {
                let name = stream(&format!("issue-{number}"));
                let wanted = model.append(&name, expected, batch(&ids, ring)).await;
                let outcome = store.append(&name, expected, batch(&ids, ring)).await;
                prop_assert_eq!(outcome, wanted);
                for id in 0..4 {
                    let id = event(id).id;
                    prop_assert_eq!(
                        store.find_command(&name, id).await,
                        model.find_command(&name, id).await
                    );
                }
            }
            Step::Replace { ring: id, length } => {
                let rings = vec![KeyRing { wrapped: vec![0; length], ..ring(id, 0) }];
                let wanted = model.replace_key_rings(rings.clone()).await;
                prop_assert_eq!(store.replace_key_rings(rings).await, wanted);
            }
            Step::Reopen => {
                drop(store);
                store = open(path);
            }
        }
    }
    prop_assert_eq!(store.head().await, model.head().await);
    prop_assert_eq!(everything(&store).await, everything(&model).await);
    prop_assert_eq!(store.key_rings(-1, 100).await, model.key_rings(-1, 100).await);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engines_answer_alike_whatever_is_appended(steps in prop::collection::vec(step(), 1..60)) {
        let (_folder, path) = folder();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(run(steps, &path))?;
    }
}
