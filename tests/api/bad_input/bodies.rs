//! Bodies that are not what a command takes at all.

use serde_json::json;

use super::CANARY;
use crate::app::TestApp;
use crate::setting::report;

#[tokio::test]
async fn malformed_json_says_where() {
    let app = TestApp::ready().await;
    let reply = app.raw_report(&[], format!("{{\"title\": {CANARY}}}")).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Il contenuto non è JSON valido (riga 1, colonna 11).",
      "status": 400,
      "title": "Richiesta malformata",
      "type": "malformed-request"
    }
    "#);
    for body in ["", "{", "{\"title\": \"\\ud800\"}", "{\"title\": \"x\"} zampirone"] {
        let reply = app.raw_report(&[], body).await;
        assert_eq!(reply.faults(), json!([400, "malformed-request", []]), "{body}");
    }
    let latin = b"{\"title\": \"zampirone citt\xe0\"}".to_vec();
    let reply = app.raw_report(&[], latin).await;
    assert_eq!(reply.faults(), json!([400, "malformed-request", []]));
}

#[tokio::test]
async fn ten_thousand_levels_are_too_deep() {
    let app = TestApp::ready().await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let reply = app.raw_report(&[], format!("{{\"title\": {deep}}}")).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Il contenuto è annidato troppo in profondità (riga 1, colonna 137).",
      "status": 400,
      "title": "Richiesta malformata",
      "type": "malformed-request"
    }
    "#);
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(app.raw_report(&[], deep).await.status, 400);
}

#[tokio::test]
async fn a_body_is_an_object() {
    let app = TestApp::ready().await;
    for body in ["\"zampirone\"", "[]", "7", "true", "null"] {
        let reply = app.raw_report(&[], body).await;
        assert_eq!(reply.faults(), json!([422, "invalid-fields", [" wrong_type"]]), "{body}");
    }
}

#[tokio::test]
async fn another_media_type_is_refused() {
    let app = TestApp::ready().await;
    let reply = app.raw_report(&[("content-type", "text/plain")], report().to_string()).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Il contenuto va inviato come application/json.",
      "status": 415,
      "title": "Tipo di contenuto non ammesso",
      "type": "unsupported-media-type"
    }
    "#);
    for media in [super::ABSENT, "application/xml", "application/jsonp", "multipart/form-data"] {
        let reply = app.raw_report(&[("content-type", media)], report().to_string()).await;
        assert_eq!(reply.status, 415, "{media}");
    }
    let before = app.head().await;
    let (bearer, key) = (format!("Bearer {}", app.token("bologna")), app.key().to_string());
    let headers = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", key.as_str()),
        ("content-type", "Application/JSON; charset=utf-8"),
    ];
    app.post_with("/issues", &headers, report().to_string()).await.receipt();
    assert!(app.head().await > before);
}

#[tokio::test]
async fn a_body_over_one_mebibyte_is_refused() {
    let app = TestApp::ready().await;
    let body = json!({"title": CANARY.repeat(1024 * 1024 / 9 + 1)}).to_string();
    let reply = app.raw_report(&[], body).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Il contenuto supera 1 MiB.",
      "status": 413,
      "title": "Contenuto troppo grande",
      "type": "too-large"
    }
    "#);
    // The same for the commands beside the acts.
    let label = json!({"label": CANARY.repeat(1024 * 1024 / 9 + 1)});
    for path in ["/tokens", "/text-checks"] {
        let reply = app.nothing_stored(app.post("admin", path, &label)).await;
        assert_eq!(reply.faults(), json!([413, "too-large", []]), "{path}");
    }
}
