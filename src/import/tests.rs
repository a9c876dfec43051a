//! The rules of an import, on the shipped registry and the thirty cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::clock::Clock;
use crate::codec::Codec;
use crate::command_handler::CommandHandler;
use crate::event_store::EventStore;
use crate::event_store::memory::MemoryStore;
use crate::privacy::{EpochKeys, SeededRandom};

const NOW: &str = "2026-11-23T12:00:00Z";

struct World {
    store: MemoryStore,
    operations: Operations,
    clock: SetClock,
}

fn world() -> World {
    let store = MemoryStore::default();
    let clock = SetClock::at(NOW.parse().unwrap());
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let epochs = EpochKeys::ephemeral(clock.today(), &mut SeededRandom::new(1));
    let codec = Arc::new(Codec::new(epochs, 0, shared.clone()));
    let documents = Arc::new(object_store::memory::InMemory::new());
    let handler = CommandHandler::new(Arc::new(store.clone()), codec, shared.clone());
    World { store, operations: Operations::new(handler, shared, documents), clock }
}

impl World {
    fn kept(&self) -> Dates {
        Dates::Kept { clock: self.clock.clone(), now: NOW.parse().unwrap() }
    }

    async fn history(&self, file: &CaseFile) -> Result<Report, ImportError> {
        Import::new(&self.operations, self.kept()).cases(file).await
    }
}

/// How many events of each type a file holds.
fn counts(file: &CaseFile) -> BTreeMap<String, usize> {
    file.events.iter().fold(BTreeMap::new(), |mut counts, event| {
        *counts.entry(event.kind.clone()).or_default() += 1;
        counts
    })
}

#[tokio::test]
async fn every_event_of_the_cases_obeys_the_rules() {
    let world = world();
    let file = CaseFile::demonstration().unwrap();
    let report = world.history(&file).await.unwrap();

    assert_eq!(file.events.len(), 798);
    let erasures: Vec<_> =
        file.events.iter().filter(|e| e.kind == "text-erased").map(|e| e.order).collect();
    assert_eq!(report.skipped, erasures);
    assert_eq!(erasures.len(), 1);

    let shipped = registry::entries(&BTreeSet::new(), "2023-05-01".parse().unwrap()).unwrap();
    for (kind, count) in counts(&file).into_iter().filter(|(kind, _)| kind != "text-erased") {
        // Of the registry's types, those that the file does not hold are shipped.
        if !kind.ends_with("-registered") {
            assert_eq!(report.recorded.get(&kind), Some(&count), "{kind}");
        }
    }
    let own = file.events.iter().filter(|e| registers(e)).count();
    let unions = 13;
    let (authorities, norms) = (10, 2);
    assert_eq!(report.total(), 797 + unions + shipped.len() - unions - authorities - norms);
    assert_eq!(own, 60 + 13 + 2);
}

#[tokio::test]
async fn kept_dates_are_those_of_the_file_and_never_decrease() {
    let world = world();
    let file = CaseFile::demonstration().unwrap();
    world.history(&file).await.unwrap();

    let events = world.store.read_all(GlobalPosition::START, 5_000).await.unwrap();
    let recorded: Vec<_> = events.iter().map(|event| codec::metadata(event).unwrap()).collect();
    let instants: Vec<_> = recorded.iter().map(|metadata| metadata.recorded_at.0).collect();
    assert!(instants.is_sorted());
    assert_eq!(civil_date(instants[0]).to_string(), "2023-05-01");
    assert_eq!(civil_date(*instants.last().unwrap()).to_string(), "2026-10-12");
    assert!(recorded.iter().all(|metadata| metadata.actor.kind == ActorKind::Import));
}

#[tokio::test]
async fn dates_are_kept_only_in_an_empty_store() {
    let world = world();
    let file = CaseFile::demonstration().unwrap();
    world.history(&file).await.unwrap();
    let again = world.history(&file).await;
    assert!(matches!(again, Err(ImportError::NotEmpty)));
}

#[tokio::test]
async fn importing_the_same_commands_twice_records_nothing_twice() {
    let world = world();
    let file = CaseFile::demonstration().unwrap();
    let live = || Import::new(&world.operations, Dates::Today).cases(&file);
    let first = live().await.unwrap();
    let second = live().await.unwrap();
    assert_eq!(first.recorded, second.recorded);
    assert_eq!(first.position, second.position);
}

#[tokio::test]
async fn a_registry_in_use_is_left_as_it_is() {
    let world = world();
    Import::new(&world.operations, Dates::Today).registry().await.unwrap();
    let file = CaseFile::demonstration().unwrap();
    let report = Import::new(&world.operations, Dates::Today).cases(&file).await.unwrap();
    // Thirteen unions, thirteen memberships, ten authorities and two norms.
    assert_eq!(report.there, 13 + 13 + 10 + 2);
    assert_eq!(report.recorded["issue-reported"], 30);
}

#[tokio::test]
async fn the_shipped_registry_stands_alone() {
    let world = world();
    let report = Import::new(&world.operations, Dates::Today).registry().await.unwrap();
    let of = |kind: &str| report.recorded.get(kind).copied().unwrap_or_default();
    assert_eq!(of("body-registered"), 330 + 13 + 2);
    assert_eq!(of("theme-registered"), 31);
    assert_eq!(of("norm-registered"), 64);
    assert_eq!(of("holiday-declared"), 13);
    assert_eq!(of("authority-registered"), 17);
}

#[tokio::test]
async fn a_file_from_the_future_is_refused_before_anything_is_recorded() {
    let world = world();
    let mut file = CaseFile::demonstration().unwrap();
    let last = file.events.last_mut().unwrap();
    last.recorded_on = "2026-11-24".parse().unwrap();
    let refused = world.history(&file).await;
    assert!(matches!(refused, Err(ImportError::Future { order: 798, .. })));
    assert_eq!(world.store.head().await.unwrap(), GlobalPosition::START);
}

#[test]
fn a_file_whose_days_of_recording_decrease_is_refused() {
    let text = r#"{"schema": "quesito-cases-2", "registry": [
        {"order": 1, "stream": "person:a", "type": "access-granted", "occurred_on": "2024-02-02",
         "recorded_on": "2024-02-02", "actor": {"role": "admin", "body": "anci_er"}, "data": {}},
        {"order": 2, "stream": "person:b", "type": "access-granted", "occurred_on": "2024-02-01",
         "recorded_on": "2024-02-01", "actor": {"role": "admin", "body": "anci_er"}, "data": {}}
    ]}"#;
    let refused = CaseFile::parse(text.as_bytes());
    assert!(matches!(refused, Err(ImportError::Decreasing { order: 2, .. })));
    let same = text.replace("\"order\": 2", "\"order\": 1");
    assert!(matches!(CaseFile::parse(same.as_bytes()), Err(ImportError::SamePlace(1))));
    let other = text.replace("cases-2", "cases-9");
    assert!(matches!(CaseFile::parse(other.as_bytes()), Err(ImportError::Schema(_))));
}
