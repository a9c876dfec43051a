//! What a client can send wrongly, and the precise Italian words it gets back.
//!
//! Every case is a refusal that stores nothing and repeats nothing of what was sent.

use serde_json::{Value, json};

use crate::app::{TestApp, path};
use crate::reply::Reply;
use crate::setting::{DECREE, position, report, with};

/// A body that breaks a rule, and where; see [`each_fault_names_its_field`].
type Case = (&'static str, Value, Value);

/// A word that stands in every offending text, so that an echo is seen.
const CANARY: &str = "zampirone";

impl TestApp {
    /// A refusal that left no trace and repeats nothing.
    async fn nothing_stored(&self, send: impl Future<Output = Reply>) -> Reply {
        let before = self.head().await;
        let reply = send.await;
        assert!(reply.status >= 400, "{}: {} {}", reply.request, reply.status, reply.text);
        assert_eq!(self.head().await, before, "{}: {}", reply.request, reply.text);
        assert!(!reply.text.contains(CANARY), "{}: {}", reply.request, reply.text);
        reply
    }

    /// A report by Bologna that is refused.
    async fn bad_report(&self, changes: Value) -> Reply {
        self.nothing_stored(self.post("bologna", "/issues", &with(report(), changes))).await
    }

    /// A raw body of a report, under a media type.
    async fn raw_report(&self, media: &str, body: impl Into<axum::body::Body>) -> Reply {
        let (bearer, key) = (format!("Bearer {}", self.token("bologna")), self.key().to_string());
        let headers = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", key.as_str()),
            ("content-type", media),
        ];
        self.nothing_stored(self.post_with("/issues", &headers, body)).await
    }
}

#[tokio::test]
async fn malformed_json_says_where() {
    let app = TestApp::ready().await;
    let reply = app.raw_report("application/json", "{\"title\": zampirone}").await;
    insta::assert_json_snapshot!(reply.problem());
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = format!("{{\"title\": {deep}}}");
    let reply = app.raw_report("application/json", deep).await;
    insta::assert_json_snapshot!(reply.problem());
    for (body, faults) in [
        ("", json!([400, "malformed-request", []])),
        ("\"zampirone\"", json!([422, "invalid-fields", [" wrong_type"]])),
        ("[]", json!([422, "invalid-fields", [" wrong_type"]])),
        ("{\"title\": \"\\ud800\"}", json!([400, "malformed-request", []])),
    ] {
        assert_eq!(app.raw_report("application/json", body).await.faults(), faults, "{body}");
    }
    let latin = b"{\"title\": \"zampirone citt\xe0\"}".to_vec();
    let reply = app.raw_report("application/json", latin).await;
    assert_eq!(reply.faults(), json!([400, "malformed-request", []]));
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let app = TestApp::ready().await;
    for media in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let reply = app.raw_report(media, report().to_string()).await;
        insta::allow_duplicates! { insta::assert_json_snapshot!(reply.problem()); }
    }
}

#[tokio::test]
async fn a_body_over_one_mebibyte_is_refused() {
    let app = TestApp::ready().await;
    let body = json!({"title": "x".repeat(1024 * 1024)}).to_string();
    let reply = app.raw_report("application/json", body).await;
    insta::assert_json_snapshot!(reply.problem());
}

#[tokio::test]
async fn each_fault_names_its_field() {
    let app = TestApp::ready().await;
    for (what, changes, faults) in cases() {
        let reply = app.bad_report(changes).await;
        assert_eq!(reply.faults()[2], faults, "{what}: {}", reply.text);
        assert_eq!(reply.status, 422, "{what}");
    }
}

/// Faults in a report.
fn cases() -> Vec<Case> {
    let reading = |changes| json!({"positions": [with(position("questura-bo", "BO"), changes)]});
    vec![
        ("unknown field", json!({"zampirone": 1}), json!(["/zampirone unknown_member"])),
        ("null", json!({"since": null}), json!(["/since null"])),
        ("inner null", reading(json!({"note": null})), json!(["/positions/0/note null"])),
        ("wrong type", json!({"title": 7}), json!(["/title wrong_type"])),
        ("wrong word", json!({"urgency": CANARY}), json!(["/urgency not_allowed"])),
        ("empty text", json!({"title": " \n"}), json!(["/title invalid"])),
        ("long text", json!({"description": "x".repeat(11_000)}), json!(["/description invalid"])),
        ("no such day", json!({"since": "2026-02-30"}), json!(["/since invalid"])),
        ("day as instant", json!({"since": "2026-02-03T00:00:00Z"}), json!(["/since invalid"])),
        ("unknown theme", json!({"theme": CANARY}), json!(["/theme unknown_theme"])),
        ("retired code", json!({"theme": "Residenza!"}), json!(["/theme invalid"])),
        ("unknown body", json!({"body": CANARY}), json!(["/body unknown_body"])),
    ]
}
