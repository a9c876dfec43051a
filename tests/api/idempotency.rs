//! A command sent again is the same command, whoever is in between.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use crate::app::TestApp;
use crate::setting::{position, report};

const TASKS: usize = 16;

#[tokio::test]
async fn a_repeated_command_gets_the_first_result() {
    let app = TestApp::ready().await;
    let key = app.key();
    let first = app.post_keyed("bologna", "/issues", key, &report()).await;
    let before = app.head().await;
    for _ in 0..3 {
        let again = app.post_keyed("bologna", "/issues", key, &report()).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
        assert_eq!(again.header("location"), first.header("location"));
    }
    // A day later, and after others have written to the issue, still the same event.
    app.clock.set("2026-03-11T09:00:00Z".parse().unwrap());
    let issue = first.receipt().id;
    app.act("parma", "endorse_issue", &[&issue], json!({})).await;
    let again = app.post_keyed("bologna", "/issues", key, &report()).await;
    assert_eq!(again.body, first.body);
    assert_eq!(app.head().await.0, before.0 + 1);
}

#[tokio::test]
async fn the_order_of_members_and_white_space_do_not_make_another_body() {
    let app = TestApp::ready().await;
    let key = app.key().to_string();
    let bearer = format!("Bearer {}", app.token("bologna"));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key.as_str()),
    ];
    let sorted = report().to_string();
    let members: Vec<_> = report().as_object().unwrap().clone().into_iter().rev().collect();
    let members: Vec<_> =
        members.iter().map(|(name, value)| format!(" {}: {value}\n", json!(name))).collect();
    let reversed = format!("{{{}}}", members.join(","));
    assert_ne!(sorted, reversed);
    let first = app.post_with("/issues", &headers, sorted).await.receipt();
    let again = app.post_with("/issues", &headers, reversed).await.receipt();
    assert_eq!(first.event, again.event);
}

#[tokio::test]
async fn a_key_belongs_to_one_caller_and_one_address() {
    let app = TestApp::ready().await;
    let key = app.key();
    let own = app.post_keyed("bologna", "/issues", key, &report()).await.receipt();
    let other = app.post_keyed("parma", "/issues", key, &report()).await.receipt();
    assert_ne!(own.id, other.id);
    let note = json!({"audience": "network", "text": "Sì."});
    for issue in [&own.id, &other.id] {
        let path = format!("/issues/{issue}/notes");
        app.post_keyed("bologna", &path, key, &note).await.receipt();
    }
    // Another token of the same person is the same caller.
    app.issue_token("portatile", "p-bologna", "municipality", "c_a944", Some("anci_er")).await;
    let again = app.post_keyed("portatile", "/issues", key, &report()).await.receipt();
    assert_eq!(again.event, own.event);
}

#[tokio::test]
async fn a_repeated_command_is_answered_even_if_it_would_be_refused_now() {
    let app = TestApp::ready().await;
    let key = app.key();
    let first = app.post_keyed("bologna", "/issues", key, &report()).await;
    app.act("staff", "retire_theme", &["residence"], json!({"from": crate::app::TODAY})).await;
    assert_eq!(app.post("bologna", "/issues", &report()).await.status, 422);
    let before = app.head().await;
    let again = app.post_keyed("bologna", "/issues", key, &report()).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(app.head().await, before);
}

#[tokio::test]
async fn a_repeated_command_tells_nothing_to_whoever_may_no_longer_see_the_thing() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let (key, path) = (app.key(), format!("/issues/{issue}/notes"));
    let note = json!({"audience": "network", "text": "Anche qui."});
    app.post_keyed("parma", &path, key, &note).await.receipt();
    app.act("bologna", "add_issue_note", &[&issue], note.clone()).await;
    let closed = json!({"to": "restricted", "reason": "Caso riconoscibile."});
    app.act("staff", "change_issue_visibility", &[&issue], closed).await;
    assert_eq!(app.post_keyed("parma", &path, key, &note).await.status, 404);
    app.act(
        "admin",
        "revoke_access",
        &["p-parma"],
        json!({"role": "municipality", "body": "c_g337"}),
    )
    .await;
    assert_eq!(app.post_keyed("parma", &path, key, &note).await.status, 401);
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let app = TestApp::ready().await;
    let key = app.key();
    let mut unknown = report();
    unknown["theme"] = "altro".into();
    assert_eq!(app.post_keyed("bologna", "/issues", key, &unknown).await.status, 422);
    app.post_keyed("bologna", "/issues", key, &report()).await.receipt();
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let app = TestApp::ready().await;
    let key = app.key();
    let request = json!({
        "person": "p-staff", "role": "staff", "body": "anci_er", "label": "prova",
        "expires_on": "2026-12-31",
    });
    let first = app.post_keyed("admin", "/tokens", key, &request).await;
    assert!(first.body["token"].is_string());
    let before = app.head().await;
    let again = app.post_keyed("admin", "/tokens", key, &request).await;
    assert_eq!((again.status, &again.body["id"]), (201, &first.body["id"]));
    assert!(again.body.get("token").is_none());
    assert_eq!(app.head().await, before);
    for changes in
        [json!({"expires_on": "2026-12-30"}), json!({"label": "altra"}), json!({"machine": true})]
    {
        let changed = crate::setting::with(request.clone(), changes.clone());
        let other = app.post_keyed("admin", "/tokens", key, &changed).await;
        assert_eq!(other.slug(), "idempotency-key-reused", "{changes}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_at_once_with_one_key_are_one_event() {
    for app in [TestApp::ready().await, ready_on_disk().await] {
        let app = Arc::new(app);
        let (key, before) = (app.key(), app.head().await);
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            let app = app.clone();
            tasks.spawn(async move { app.post_keyed("bologna", "/issues", key, &report()).await });
        }
        let replies = tasks.join_all().await;
        let filed: Vec<_> =
            replies.iter().filter(|reply| reply.status == 201).map(|reply| &reply.body).collect();
        assert!(!filed.is_empty());
        assert!(filed.iter().all(|body| *body == filed[0]));
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            assert_eq!((reply.status, reply.slug()), (409, "command-in-flight"));
        }
        assert_eq!(app.head().await.0, before.0 + 1);
        // Whoever was told to wait gets the same in the end.
        let last = app.post_keyed("bologna", "/issues", key, &report()).await;
        assert_eq!(&last.body, filed[0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_raced_with_two_bodies_is_one_event() {
    let app = Arc::new(TestApp::ready().await);
    let issue = app.reported().await;
    let (key, before) = (app.key(), app.head().await);
    let path = format!("/issues/{issue}/positions");
    let mut tasks = JoinSet::new();
    for index in 0..TASKS {
        let (app, path) = (app.clone(), path.clone());
        let authority = if index % 2 == 0 { "questura-pr" } else { "prefettura-pr" };
        tasks.spawn(async move {
            app.post_keyed("parma", &path, key, &position(authority, "PR")).await
        });
    }
    let replies = tasks.join_all().await;
    assert!(replies.iter().any(|reply| reply.status == 201));
    for reply in replies {
        let allowed = ["", "command-in-flight", "idempotency-key-reused"];
        assert!(allowed.contains(&reply.slug()), "{}", reply.text);
    }
    assert_eq!(app.head().await.0, before.0 + 1);
}

async fn ready_on_disk() -> TestApp {
    let app = TestApp::on_disk().await;
    app.furnish().await;
    app
}
