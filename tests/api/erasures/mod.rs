//! Erasing texts: what goes, what stays, what is refused, and that asking twice is harmless.

mod reach;

use std::time::Duration;

use quesito::app::Access;
use quesito::config::DataArgs;
use quesito::domain::values::ERASED_IT;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::reply::Reply;
use crate::setting::{report, with};

pub fn why() -> Value {
    json!({"reason": "Si riconosce una persona.", "legal_basis": "art. 17, par. 1, lett. d)"})
}

impl TestApp {
    async fn erase(&self, issue: &str, data: Value) -> Reply {
        self.try_act("staff", "erase_issue_text", &[issue], data).await
    }

    async fn issue(&self, issue: &str) -> Value {
        let reply = self.get(Some("staff"), &format!("/issues/{issue}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    }

    /// How many issues a word finds.
    async fn found(&self, word: &str) -> usize {
        let reply = self.get(Some("staff"), &format!("/issues?q={word}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["items"].as_array().unwrap().len()
    }

    /// Puts a document there and answers a reference to it.
    async fn document(&self, who: &str, bytes: &'static str) -> Value {
        let (bearer, key) = (format!("Bearer {}", self.token(who)), self.key().to_string());
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/pdf"),
            ("idempotency-key", key.as_str()),
        ];
        let reply = self.post_with("/documents", &headers, bytes).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        with(reply.body, json!({"name": "allegato.pdf"}))
    }
}

#[tokio::test]
async fn one_text_goes_and_the_others_stay() {
    for app in [TestApp::ready().await, on_disk().await] {
        let data = with(
            report(),
            json!({"title": "Zfrumento riconoscibile", "description": "Zgranturco resta."}),
        );
        let filed = app.act("bologna", "report_issue", &[], data).await;
        let (issue, event) = (filed.id, filed.event);
        app.indexed().await;
        assert_eq!((app.found("zfrumento").await, app.found("zgranturco").await), (1, 1));
        // Kept by caches of lists and of texts.
        for _ in 0..2 {
            assert!(app.get(Some("staff"), "/issues").await.text.contains("Zfrumento"));
        }

        let one = with(why(), json!({"event_id": event, "field": "/title"}));
        let reply = app.erase(&issue, one.clone()).await;
        assert_eq!(reply.status, 201, "{}", reply.text);

        let shown = app.issue(&issue).await;
        assert_eq!(shown["title"], ERASED_IT);
        assert_eq!(shown["description"], "Zgranturco resta.");
        for path in ["/issues".to_owned(), format!("/issues/{issue}/events"), "/events".to_owned()]
        {
            for media in ["application/json", "text/csv"] {
                let reply = app.read_as("revisore", &path, media).await;
                assert!(!reply.text.contains("Zfrumento"), "{path}: {}", reply.text);
            }
        }
        assert!(app.get(Some("staff"), "/issues").await.text.contains(ERASED_IT));
        assert_eq!((app.found("zfrumento").await, app.found("zgranturco").await), (0, 1));
        // The words that stand in its place are nothing to be found by.
        assert_eq!(app.found("cancellato").await, 0);

        let again = app.erase(&issue, one).await;
        assert_eq!(again.status, 422, "{}", again.text);
        assert_eq!(again.body["errors"][0]["kind"], "already_erased");
    }
}

#[tokio::test]
async fn a_repeated_request_answers_the_first_result() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let (key, path) = (app.key(), format!("/issues/{issue}/erasures"));

    let first = app.post_seen("staff", &path, key, Some("\"0.w\""), &why()).await;
    let head = app.head().await;
    let again = app.post_seen("staff", &path, key, Some("\"0.w\""), &why()).await;

    assert_eq!((first.status, again.status), (201, 201), "{} {}", first.text, again.text);
    assert_eq!(first.body, again.body);
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn what_points_to_no_text_is_refused_and_destroys_nothing() {
    let app = TestApp::ready().await;
    let filed = app.act("bologna", "report_issue", &[], report()).await;
    let other = app.act("bologna", "report_issue", &[], report()).await;
    let before = app.head().await;
    for (data, pointer) in [
        (json!({"field": "/title"}), "/event_id"),
        (json!({"event_id": other.event}), "/event_id"),
        (json!({"event_id": filed.event, "field": "/theme"}), "/field"),
        (json!({"event_id": filed.event, "field": "title"}), "/field"),
        (json!({"event_id": "niente"}), "/event_id"),
    ] {
        let reply = app.erase(&filed.id, with(why(), data.clone())).await;
        assert_eq!(reply.status, 422, "{data}: {}", reply.text);
        assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{data}: {}", reply.text);
    }
    // Nor may it rest on what has changed since.
    let path = format!("/issues/{}/erasures", filed.id);
    let stale = app.post_seen("staff", &path, app.key(), Some("\"7.w\""), &why()).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    let unseen = app.post("staff", &path, &why()).await;
    assert_eq!(unseen.status, 428, "{}", unseen.text);

    assert_eq!(app.head().await, before);
    assert!(app.issue(&filed.id).await["title"].as_str().unwrap().starts_with("Iscrizione"));
}

#[tokio::test]
async fn a_whole_case_takes_the_documents_with_it_that_nothing_else_refers_to() {
    let app = TestApp::ready().await;
    let own = app.document("bologna", "%PDF solo qui").await;
    let shared = app.document("bologna", "%PDF anche altrove").await;
    let both = with(report(), json!({"documents": [own, shared]}));
    let issue = app.act("bologna", "report_issue", &[], both).await.id;
    let another = with(report(), json!({"documents": [shared]}));
    let another = app.act("bologna", "report_issue", &[], another).await.id;
    let read = async |document: &Value, issue: &str| {
        let hash = document["sha256"].as_str().unwrap();
        let path = format!("/documents/{hash}?referrer=issue-{issue}");
        app.get(Some("staff"), &path).await.status
    };
    assert_eq!((read(&own, &issue).await, read(&shared, &issue).await), (200, 200));

    let reply = app.erase(&issue, why()).await;
    assert_eq!(reply.status, 201, "{}", reply.text);

    assert_eq!(read(&own, &issue).await, 410);
    assert_eq!((read(&shared, &issue).await, read(&shared, &another).await), (200, 200));
    let shown = app.issue(&issue).await;
    assert_eq!((&shown["title"], &shown["description"]), (&json!(ERASED_IT), &json!(ERASED_IT)));
    assert_eq!(app.issue(&another).await["title"], report()["title"]);
    // Put there again, it is there again.
    app.document("bologna", "%PDF solo qui").await;
    assert_eq!(read(&own, &issue).await, 200);
}

async fn on_disk() -> TestApp {
    let app = TestApp::on_disk().await;
    app.furnish().await;
    app
}

/// After a kill only what was recorded since is searched for erasures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_noted_while_serving_up_to_where_the_log_was_searched() {
    let home = tempfile::tempdir().unwrap();
    let (folder, keys) = (home.path().join("data"), Some(home.path().join("epochs")));
    let data = DataArgs { data: folder, keys, store: None, documents: None }.check().unwrap();
    let app = TestApp::in_folder(&data, Access::Create).await;
    app.install().await;
    app.furnish().await;
    let operations = app.operations.clone();
    let every = Duration::from_millis(5);
    let keeping = tokio::spawn(async move { operations.keep_searched(every).await });
    let mut lines = Vec::new();
    for _ in 0..2 {
        app.reported().await;
        let line = format!("= {} {} ", app.store.store_id(), app.head().await.0);
        let noted =
            || std::fs::read_to_string(data.erasures()).is_ok_and(|text| text.contains(&line));
        for _ in 0..1_000 {
            if noted() {
                break;
            }
            tokio::time::sleep(every).await;
        }
        assert!(noted(), "{line} is not in the register");
        lines.push(line);
    }
    keeping.abort();
    assert_ne!(lines[0], lines[1]);
    app.close().await;
}
