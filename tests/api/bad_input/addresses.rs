//! Addresses and methods that are not there.

use axum::body::Body;
use axum::http::Request;
use quesito::http::acts::ACTS;
use serde_json::json;

use super::CANARY;
use crate::app::TestApp;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    let app = TestApp::ready().await;
    for path in
        ["/api/v1/zampirone", "/api/v1", "/api/v2/issues", "/zampirone", "/problems/zampirone"]
    {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let reply = app.nothing_stored(app.send(request)).await;
        assert_eq!(reply.faults(), json!([404, "not-found", []]), "{path}");
    }
    let reply = app.nothing_stored(app.post("staff", "/zampirone", &json!({}))).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "L'indirizzo non corrisponde a nulla che si possa consultare.",
      "status": 404,
      "title": "Non trovato",
      "type": "not-found"
    }
    "#);
}

#[tokio::test]
async fn a_thing_that_is_not_there_is_not_found() {
    let app = TestApp::ready().await;
    let note = json!({"audience": "internal", "text": "Prova."});
    for id in [NOBODY, CANARY, "1", "00000000000040008000000000000000", "%00", "..%2f", "é"] {
        let id: String = id.replace('é', "%C3%A9");
        let reply =
            app.nothing_stored(app.post("staff", &format!("/issues/{id}/notes"), &note)).await;
        assert_eq!(reply.faults(), json!([404, "not-found", []]), "{id}");
    }
    let name = json!({"label_it": "Prova"});
    for code in ["zampirone", "Zampirone", "a b".replace(' ', "%20").as_str(), "-"] {
        let headers = format!("Bearer {}", app.token("staff"));
        let key = app.key().to_string();
        let sent = [
            ("authorization", headers.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
            ("if-match", "\"0.w\""),
        ];
        let path = format!("/themes/{code}/names");
        let post = app.post_with(&path, &sent, name.to_string());
        assert_eq!(app.nothing_stored(post).await.status, 404, "{code}");
    }
}

#[tokio::test]
async fn another_method_is_refused_and_told_which_are_allowed() {
    let app = TestApp::ready().await;
    for act in ACTS {
        let path =
            act.path.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part });
        let path = format!("/api/v1{}", path.collect::<Vec<_>>().join("/"));
        for method in ["PUT", "PATCH", "DELETE"] {
            let request = Request::builder().method(method).uri(&path);
            let reply = app.nothing_stored(app.send(request.body(Body::empty()).unwrap())).await;
            assert_eq!(reply.faults(), json!([405, "method-not-allowed", []]), "{method} {path}");
            assert!(reply.header("allow").contains("POST"), "{path}: {}", reply.header("allow"));
        }
    }
    let request = Request::delete("/api/v1/status").body(Body::empty()).unwrap();
    let reply = app.nothing_stored(app.send(request)).await;
    assert_eq!(reply.header("allow"), "GET,HEAD");
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Questo indirizzo non ammette il metodo usato; l'intestazione Allow dice quali ammette.",
      "status": 405,
      "title": "Metodo non ammesso",
      "type": "method-not-allowed"
    }
    "#);
}

#[tokio::test]
async fn a_command_takes_no_parameters() {
    let app = TestApp::ready().await;
    for path in ["/issues?zampirone=1", "/tokens?x=1", "/text-checks?x=1", "/documents?x=1"] {
        let reply = app.nothing_stored(app.post("bologna", path, &crate::setting::report())).await;
        assert_eq!(reply.faults(), json!([400, "malformed-request", []]), "{path}");
    }
    let reply = app.nothing_stored(app.post("bologna", "/issues?limit=1", &json!({}))).await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Questa richiesta non ammette parametri nell'indirizzo.",
      "status": 400,
      "title": "Richiesta malformata",
      "type": "malformed-request"
    }
    "#);
}

#[tokio::test]
async fn a_member_that_the_address_names_is_not_repeated() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let path = format!("/issues/{issue}/clarifications/{NOBODY}/reply");
    let reply = json!({"text": "Sì.", "clarification_id": NOBODY});
    let reply = app.nothing_stored(app.post("staff", &path, &reply)).await;
    let expected = json!([422, "invalid-fields", ["/clarification_id unknown_member"]]);
    assert_eq!(reply.faults(), expected);
}
