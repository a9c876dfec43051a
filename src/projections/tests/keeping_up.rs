//! The file follows the store, whatever happens.

use serde_json::json;

use super::world::{World, report, uuid};
use crate::access::Scope;
use crate::domain::issue::{Issue, IssueStatus};
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
async fn a_rebuild_gives_the_same_rows_byte_for_byte() {
    let world = World::new();
    let views = world.open();
    for n in 1..40 {
        let id = uuid(n % 9 + 1).to_string();
        let (stored, data) = match n {
            ..=9 => ("issue-reported.v1", report("c_a944", "Titolo")),
            _ => ("issue-triaged.v1", json!({"scope": "in_scope"})),
        };
        world.record::<Issue>(&id, stored, data).await;
    }
    world.shown(&views).await;
    let before = views.dump().unwrap();
    let generation = views.generation();
    let at = std::sync::Arc::clone(&views);
    let rebuilt =
        tokio::task::spawn_blocking(move || at.rebuild(|_, _| {})).await.unwrap().unwrap();
    assert_eq!(rebuilt.events, 39);
    assert_eq!(views.dump().unwrap(), before);
    assert!(views.generation() > generation);
    world
        .record::<Issue>(&uuid(99).to_string(), "issue-reported.v1", report("c_a944", "Dopo"))
        .await;
    world.shown(&views).await;
    assert_ne!(views.dump().unwrap(), before);
}
