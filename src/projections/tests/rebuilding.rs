//! What is built anew beside the views that are read.

use std::sync::Arc;

use serde_json::json;

use super::world::{World, report, uuid};
use crate::domain::issue::Issue;
use crate::event_store::{EventStore, GlobalPosition};
use crate::projections::ViewsOptions;
use crate::projections::files::views_file;
use crate::projections::log::Log;
use crate::projections::projector::Projector;

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
    let at = Arc::clone(&views);
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

#[tokio::test]
async fn a_rebuild_that_was_cut_off_is_not_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let options = ViewsOptions { path: Some(folder.path().to_owned()) };
    let world = World::new();
    for n in 1..=2 {
        world
            .record::<Issue>(&uuid(n).to_string(), "issue-reported.v1", report("c_a944", "Uno"))
            .await;
    }
    let half = views_file(folder.path(), 1);
    let (store, codec, path) = (Arc::clone(&world.store), Arc::clone(&world.codec), half.clone());
    let built = tokio::task::spawn_blocking(move || {
        let store: Arc<dyn EventStore> = store;
        let log = || Log::new(Arc::clone(&store), Arc::clone(&codec)).unwrap();
        let mut projector = Projector::build(&path, log()).unwrap();
        let facts = log().page(GlobalPosition::START, 1).unwrap();
        projector.apply([facts]).unwrap().facts
    });
    assert_eq!(built.await.unwrap(), 1);
    assert!(half.exists());
    let views = world.open_at(options);
    assert!(!half.exists());
    world.shown(&views).await;
    assert_eq!(views.dump().unwrap().matches("c_a944").count(), 4);
    let whole = world.open();
    world.shown(&whole).await;
    assert_eq!(views.dump().unwrap(), whole.dump().unwrap());
}
