//! The log of the notary over both engines: the same leaves, the same order, the same root
//! at every size, though positions are not dense and the server writes between our events.
//!
//! A hundred thousand events, compared at every thousandth size, belong to the gate of a
//! release: `cargo test --release --test event_store roots -- --ignored`.

use std::sync::Arc;
use std::time::Duration;

use quesito::clock::SystemClock;
use quesito::event_store::eventstoredb::EventStoreDb;
use quesito::event_store::{EventStore, Expected, NewEvent, Revision};
use quesito::notary::note::{Skey, Use};
use quesito::notary::{Keeper, KeeperOptions};

use super::{hasty, pair};
use crate::double::Double;
use crate::kit::{self, Subject, event, stream};

/// Streams that grow beside each other.
const STREAMS: u32 = 97;

/// One stream in so many is the product's own, and is not logged.
const OPERATIONAL: u32 = 10;

/// Appends, and the notary's reading, may take so long.
const PATIENCE: Duration = Duration::from_mins(10);

/// An event that the notary can log.
fn logged(number: u32) -> NewEvent {
    let (minute, second) = (number / 60 % 60, number % 60);
    let metadata = format!(
        "{{\"actor\":{{\"subject\":\"prova\"}},\
         \"recorded_at\":\"2026-03-01T10:{minute:02}:{second:02}.{number:06}Z\"}}"
    );
    NewEvent { metadata: metadata.into_bytes(), ..event(u128::from(number)) }
}

/// Appends so many events, the same to both: one at a time and in batches, to many streams.
async fn fill(one: &dyn EventStore, other: &dyn EventStore, events: u32) {
    let mut tails: Vec<Option<Revision>> = vec![None; STREAMS as usize];
    let (mut number, mut turn) = (0, 0_u32);
    while number < events {
        let place = turn.wrapping_mul(40_503) % STREAMS;
        let size = [1, 64, 3, 17, 1, 40][turn as usize % 6].min(events - number);
        turn += 1;
        let name = if place.is_multiple_of(OPERATIONAL) {
            stream(&format!("op-token-{place}"))
        } else {
            stream(&format!("issue-{place}"))
        };
        let tail = &mut tails[place as usize];
        let expected = tail.map_or(Expected::NoStream, Expected::Exact);
        let batch: Vec<_> = (number..number + size).map(logged).collect();
        let (here, there) = tokio::join!(
            one.append(&name, expected, batch.clone()),
            other.append(&name, expected, batch)
        );
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_eq!(here.last_revision, there.last_revision);
        *tail = Some(here.last_revision);
        number += size;
    }
}

/// The log of a store, once all of it has been read.
async fn keeper(store: &Arc<dyn EventStore>) -> Arc<Keeper> {
    let key = Skey::new("prova.example/log", Use::Note, &[7; 32]).unwrap();
    let options = KeeperOptions { shelf: None, key, place: None, node: None, first: None };
    let keeper = Keeper::open(Arc::clone(store), Arc::new(SystemClock), options).await.unwrap();
    let head = store.head().await.unwrap();
    assert!(keeper.wait_for(head, PATIENCE).await, "{:?}", keeper.fault());
    keeper
}

/// The server wrote between our events, and gave them positions that are not dense.
fn assert_interleaved(double: &Double, events: u32) {
    let records = double.all_records();
    let system = records.iter().filter(|record| record.stream.starts_with('$')).count();
    assert!(system > 100, "{system} events of the system");
    let gaps = records.windows(2).filter(|two| two[1].position > two[0].end).count();
    assert!(gaps > 100 && records.len() > events as usize, "{gaps} gaps");
}

async fn compare(events: u32, step: u64) {
    let Subject { store: one, .. } = &kit::sqlite();
    let (double, other) = pair().await;
    let other: Arc<dyn EventStore> = Arc::new(other);
    // Read while it is written, and by a node that comes later and has nothing in memory.
    let live = keeper(&other).await;
    fill(&**one, &*other, events).await;
    assert_interleaved(&double, events);
    let head = other.head().await.unwrap();
    assert!(live.wait_for(head, PATIENCE).await, "{:?}", live.fault());
    let later: Arc<dyn EventStore> =
        Arc::new(EventStoreDb::open(&double.url(), hasty()).await.unwrap());
    let (embedded, later) = (keeper(one).await, keeper(&later).await);

    let size = embedded.size();
    assert!(size > u64::from(events) * 8 / 10, "{size} of {events} events are logged");
    assert_eq!((live.size(), later.size()), (size, size));
    let mut sizes = 0;
    for at in (step..=size).step_by(usize::try_from(step).unwrap()).chain([1, size]) {
        let root = embedded.root(at).unwrap();
        assert_eq!(live.root(at).unwrap(), root, "at {at}, read as it was written");
        assert_eq!(later.root(at).unwrap(), root, "at {at}, read afterwards");
        sizes += 1;
    }
    assert!(sizes > u64::from(events) * 8 / 10 / step, "{sizes} sizes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_root_at_every_size() {
    compare(10_000, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes in a debug build"]
async fn both_engines_have_the_same_root_at_every_thousandth_of_a_hundred_thousand() {
    compare(112_000, 1_000).await;
}
