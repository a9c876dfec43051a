//! Commands that rest on what was seen, and commands that are sent twice.

use serde_json::json;

use super::{ABSENT, CANARY};
use crate::app::TestApp;
use crate::setting::{report, with};

#[tokio::test]
async fn a_change_without_what_it_rests_on_is_refused() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let path = format!("/issues/{issue}/triage");
    let triage = json!({"scope": "in_scope"});
    let reply = app.nothing_stored(app.post("staff", &path, &triage)).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Questa modifica parte da ciò che si è letto: serve l'intestazione If-Match con l'ETag ricevuto.",
      "errors": [
        {
          "detail": "Intestazione mancante.",
          "kind": "missing",
          "pointer": "If-Match"
        }
      ],
      "status": 428,
      "title": "Manca la revisione di partenza",
      "type": "if-match-required"
    }
    "#);
    for etag in ["0", "\"\"", "*", "W/\"0.w\"", "\"zampirone\"", "\"-1.w\""] {
        let post = app.post_seen("staff", &path, app.key(), Some(etag), &triage);
        let reply = app.nothing_stored(post).await;
        let expected = json!([400, "malformed-request", ["If-Match invalid"]]);
        assert_eq!(reply.faults(), expected, "{etag}");
    }
}

#[tokio::test]
async fn a_stale_revision_is_refused() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let note = json!({"audience": "network", "text": "Intanto."});
    app.act("parma", "add_issue_note", &[&issue], note).await;
    let path = format!("/issues/{issue}/triage");
    let triage = json!({"scope": "in_scope"});
    let post = app.post_seen("staff", &path, app.key(), Some("\"0.w\""), &triage);
    let reply = app.nothing_stored(post).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Qualcun altro ha modificato la cosa: va riletta prima di riprovare.",
      "status": 412,
      "title": "Nel frattempo è cambiato",
      "type": "stale-revision"
    }
    "#);
    let ahead = app.post_seen("staff", &path, app.key(), Some("\"7.w\""), &triage);
    assert_eq!(app.nothing_stored(ahead).await.status, 412);
    // A command that only adds may say what it rests on, and is held to it.
    let path = format!("/issues/{issue}/endorsements");
    let nothing = json!({});
    let post = app.post_seen("parma", &path, app.key(), Some("\"0.w\""), &nothing);
    assert_eq!(app.nothing_stored(post).await.status, 412);
    app.post("parma", &path, &json!({})).await.receipt();
}

#[tokio::test]
async fn a_stale_registration_reserves_no_number() {
    let app = TestApp::ready().await;
    let letter = json!({
        "direction": "in", "channel": "pec", "subject": "Nota",
        "counterpart": [{"kind": "authority", "id": "interno_ps"}],
    });
    let letter = app.act("staff", "record_communication", &[], letter).await.id;
    let path = format!("/communications/{letter}/registration");
    let number = |number: &str| json!({"body": "anci_er", "register": "SIM", "year": 2026, "number": number, "date": "2026-03-09"});
    let one = number("1");
    let post = app.post_seen("staff", &path, app.key(), Some("\"3.w\""), &one);
    assert_eq!(app.nothing_stored(post).await.status, 412);
    let key = app.key();
    let first = app.post_keyed("staff", &path, key, &number("1")).await.receipt();
    let again = app.nothing_stored(app.post_keyed("staff", &path, key, &number("2"))).await;
    assert_eq!(again.slug(), "idempotency-key-reused");
    let before = app.head().await;
    let retried = app.post_keyed("staff", &path, key, &number("1")).await.receipt();
    assert_eq!((retried.event, app.head().await), (first.event, before));
}

#[tokio::test]
async fn a_command_without_its_key_is_refused() {
    let app = TestApp::ready().await;
    let body = report().to_string();
    let reply = app.raw_report(&[("idempotency-key", ABSENT)], body.clone()).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Ogni registrazione porta l'intestazione Idempotency-Key con un UUID scelto da chi chiama.",
      "errors": [
        {
          "detail": "Intestazione mancante.",
          "kind": "missing",
          "pointer": "Idempotency-Key"
        }
      ],
      "status": 400,
      "title": "Chiave mancante",
      "type": "idempotency-key-required"
    }
    "#);
    for key in
        ["", CANARY, "6b657900000080008000000000000001", "{6b657900-0000-8000-8000-000000000001}"]
    {
        let reply = app.raw_report(&[("idempotency-key", key)], body.clone()).await;
        let expected = json!([400, "idempotency-key-required", ["Idempotency-Key missing"]]);
        assert_eq!(reply.faults(), expected, "{key}");
    }
    let (one, two) = (app.key().to_string(), app.key().to_string());
    let both = [("idempotency-key", one.as_str()), ("idempotency-key", two.as_str())];
    assert_eq!(app.raw_report(&both, body).await.status, 400);
    for path in ["/tokens", "/tokens/6b657900-0000-8000-8000-000000000001/revocation", "/documents"]
    {
        let bearer = format!("Bearer {}", app.token("admin"));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let reply = app.nothing_stored(app.post_with(path, &headers, "{}")).await;
        assert_eq!(reply.slug(), "idempotency-key-required", "{path}");
    }
}

#[tokio::test]
async fn a_key_used_again_with_another_body_is_refused() {
    let app = TestApp::ready().await;
    let key = app.key();
    app.post_keyed("bologna", "/issues", key, &report()).await.receipt();
    for changes in [
        json!({"title": CANARY}),
        json!({"urgency": "high"}),
        json!({"occurred_on": "2026-03-09"}),
        json!({"received_via": "phone"}),
    ] {
        let other = with(report(), changes.clone());
        let post = app.post_keyed("bologna", "/issues", key, &other);
        let reply = app.nothing_stored(post).await;
        let expected = json!([422, "idempotency-key-reused", ["Idempotency-Key key_reused"]]);
        assert_eq!(reply.faults(), expected, "{changes}");
    }
    let other = with(report(), json!({"title": "Altro"}));
    let post = app.post_keyed("bologna", "/issues", key, &other);
    insta::assert_json_snapshot!(app.nothing_stored(post).await.problem(), @r#"
    {
      "detail": "La chiave Idempotency-Key è già stata usata con un contenuto diverso.",
      "errors": [
        {
          "detail": "Già usata con un contenuto diverso.",
          "kind": "key_reused",
          "pointer": "Idempotency-Key"
        }
      ],
      "status": 422,
      "title": "Chiave già usata",
      "type": "idempotency-key-reused"
    }
    "#);
}
