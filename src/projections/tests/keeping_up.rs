//! The file follows the store, whatever happens.

use serde_json::json;

use super::world::{World, report, uuid};
use crate::access::Scope;
use crate::domain::issue::{Issue, IssueStatus};
use crate::domain::values::ERASED_IT;
use crate::event_store::{EventStore, NewEvent, StreamName};
use crate::projections::ViewsOptions;
use crate::projections::issues::IssueFilter;

#[tokio::test]
async fn a_written_event_is_shown_once_its_position_is_reached() {
    let world = World::new();
    let views = world.open();
    world
        .record::<Issue>(&uuid(1).to_string(), "issue-reported.v1", report("c_a944", "Primo"))
        .await;
    world.shown(&views).await;
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let list = views.list_issues(&Scope::Everything, &filter, world.today()).await.unwrap();
    assert_eq!(list.items[0].title, "Primo");
    assert_eq!(list.items[0].reference, "S-2026/0001");
    assert_eq!(list.items[0].status, IssueStatus::Reported);
    let triaged = json!({"scope": "in_scope"});
    world.record::<Issue>(&uuid(1).to_string(), "issue-triaged.v1", triaged).await;
    world.shown(&views).await;
    let list = views.list_issues(&Scope::Everything, &filter, world.today()).await.unwrap();
    assert_eq!(list.items[0].status, IssueStatus::Confirmed);
    assert_eq!(views.list_issues(&Scope::Nothing, &filter, world.today()).await.unwrap().items, []);
}

#[tokio::test]
async fn views_go_on_where_they_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = ViewsOptions { path: Some(folder.path().to_owned()) };
    let world = World::new();
    let id = uuid(1).to_string();
    world.record::<Issue>(&id, "issue-reported.v1", report("c_a944", "Primo")).await;
    let views = world.open_at(options.clone());
    world.shown(&views).await;
    let before = views.position();
    drop(views);
    world.record::<Issue>(&id, "issue-triaged.v1", json!({"scope": "in_scope"})).await;
    let views = world.open_at(options);
    assert!(views.position() >= before);
    world.shown(&views).await;
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let list = views.list_issues(&Scope::Everything, &filter, world.today()).await.unwrap();
    assert_eq!(list.items[0].status, IssueStatus::Confirmed);
}

#[tokio::test]
async fn views_of_another_store_are_built_anew() {
    let folder = tempfile::tempdir().unwrap();
    let options = ViewsOptions { path: Some(folder.path().to_owned()) };
    let (one, other) = (World::new(), World::new());
    one.record::<Issue>(&uuid(1).to_string(), "issue-reported.v1", report("c_a944", "Uno")).await;
    let views = one.open_at(options.clone());
    one.shown(&views).await;
    drop(views);
    other
        .record::<Issue>(&uuid(2).to_string(), "issue-reported.v1", report("c_a944", "Altro"))
        .await;
    let views = other.open_at(options);
    other.shown(&views).await;
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let list = views.list_issues(&Scope::Everything, &filter, other.today()).await.unwrap();
    let titles: Vec<_> = list.items.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["Altro"]);
}

#[tokio::test]
async fn a_private_folder_is_gone_with_the_views() {
    let world = World::new();
    let views = world.open();
    let folder = views.folder().to_owned();
    assert!(folder.exists());
    drop(views);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_poisoned_event_sets_its_stream_aside_and_nothing_else() {
    let world = World::new();
    let views = world.open();
    let (sick, well) = (uuid(1).to_string(), uuid(2).to_string());
    world.record::<Issue>(&sick, "issue-reported.v1", report("c_a944", "Malata")).await;
    let stream = StreamName::new(format!("issue-{sick}")).unwrap();
    let mut poison = world.store.read_stream(&stream, 0, 1).await.unwrap().remove(0);
    poison.id = uuid(77);
    let event = NewEvent {
        id: poison.id,
        stored_type: "issue-triaged.v1".into(),
        data: br#"{"scope":"nowhere"}"#.to_vec(),
        metadata: poison.metadata.clone(),
        keys: None,
    };
    world.append(&stream, vec![event]).await;
    world.record::<Issue>(&sick, "issue-triaged.v1", json!({"scope": "in_scope"})).await;
    world.record::<Issue>(&well, "issue-reported.v1", report("c_a944", "Sana")).await;
    world.shown(&views).await;
    let status = views.status().await.unwrap();
    assert_eq!(status.quarantined.len(), 1);
    assert_eq!((status.quarantined[0].revision, status.behind), (1, false));
    assert!(!status.quarantined[0].reason.contains("nowhere"));
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let list = views.list_issues(&Scope::Everything, &filter, world.today()).await.unwrap();
    let shown: Vec<_> = list.items.iter().map(|row| (row.title.as_str(), row.status)).collect();
    let reported = IssueStatus::Reported;
    assert_eq!(shown, [("Sana", reported), ("Malata", reported)]);
}

#[tokio::test]
async fn what_was_erased_is_shown_no_more() {
    let world = World::new();
    let views = world.open();
    let id = uuid(1).to_string();
    world.record::<Issue>(&id, "issue-reported.v1", report("c_a944", "Mario Rossi")).await;
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let title = async || {
        world.shown(&views).await;
        let list = views.list_issues(&Scope::Everything, &filter, world.today()).await.unwrap();
        list.items[0].title.clone()
    };
    assert_eq!(title().await, "Mario Rossi");
    let ring = world.store.key_rings(0, 1).await.unwrap().remove(0);
    let slots = ring.wrapped.len() / crate::privacy::SLOT_LEN;
    let erased = (0..slots).fold(ring, |ring, slot| {
        crate::privacy::erase_slot(&ring, u32::try_from(slot).unwrap()).unwrap()
    });
    world.store.replace_key_rings(vec![erased]).await.unwrap();
    let why = json!({"reason": "Dato personale.", "legal_basis": "art. 17 GDPR"});
    world.record::<Issue>(&id, "text-erased.v1", why).await;
    assert_eq!(title().await, ERASED_IT);
    let head = world.store.head().await.unwrap();
    views.wait_for_search(head, std::time::Duration::from_secs(20)).await.unwrap();
    let query = IssueFilter { q: Some("Mario Rossi".into()), ..filter.clone() };
    let list = views.list_issues(&Scope::Everything, &query, world.today()).await.unwrap();
    assert_eq!(list.items, []);
}
