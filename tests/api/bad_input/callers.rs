//! Callers who are not who they say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::ABSENT;
use crate::app::TestApp;
use crate::setting::report;

#[tokio::test]
async fn a_token_that_is_not_good_is_refused() {
    let app = TestApp::ready().await;
    let good = app.token("bologna");
    let foreign = format!("qst_{}", URL_SAFE_NO_PAD.encode([7; 48]));
    let mut bytes = URL_SAFE_NO_PAD.decode(&good[4..]).unwrap();
    bytes[47] ^= 1;
    let forged = format!("qst_{}", URL_SAFE_NO_PAD.encode(&bytes));
    for (what, authorization) in [
        ("none", ABSENT.to_owned()),
        ("empty", String::new()),
        ("no scheme", good.clone()),
        ("another scheme", format!("Basic {good}")),
        ("empty token", "Bearer ".into()),
        ("garbled", "Bearer qst_zampirone".into()),
        ("cut", format!("Bearer {}", &good[..good.len() - 2])),
        ("foreign", format!("Bearer {foreign}")),
        ("forged", format!("Bearer {forged}")),
    ] {
        let headers = [("authorization", authorization.as_str())];
        let reply = app.raw_report(&headers, report().to_string()).await;
        assert_eq!(reply.faults(), json!([401, "authentication-required", []]), "{what}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
    let reply = app.raw_report(&[("authorization", ABSENT)], "{ zampirone").await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Serve un token valido nell'intestazione Authorization: Bearer.",
      "status": 401,
      "title": "Accesso richiesto",
      "type": "authentication-required"
    }
    "#);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let app = TestApp::ready().await;
    app.clock.set("2026-12-31T22:59:59Z".parse().unwrap());
    app.reported().await;
    app.clock.set("2026-12-31T23:00:00Z".parse().unwrap());
    let reply = app.raw_report(&[], report().to_string()).await;
    assert_eq!(reply.slug(), "authentication-required");
}

#[tokio::test]
async fn a_revoked_token_is_refused() {
    let app = TestApp::ready().await;
    let id = app.issue_token("altra", "p-bologna", "municipality", "c_a944", None).await;
    app.post("altra", "/text-checks", &json!({"text": "Prova."})).await;
    let path = format!("/tokens/{id}/revocation");
    assert_eq!(app.post("admin", &path, &json!({})).await.status, 204);
    let before = app.head().await;
    assert_eq!(app.post("admin", &path, &json!({})).await.status, 204);
    assert_eq!(app.head().await, before);
    let reply = app.nothing_stored(app.post("altra", "/issues", &report())).await;
    assert_eq!(reply.slug(), "authentication-required");
    app.reported().await;
}

#[tokio::test]
async fn a_token_ends_with_the_role_it_rests_on() {
    let app = TestApp::ready().await;
    let role = json!({"role": "municipality", "body": "c_a944"});
    app.act("admin", "revoke_access", &["p-bologna"], role).await;
    let reply = app.raw_report(&[], report().to_string()).await;
    assert_eq!(reply.slug(), "authentication-required");
}

#[tokio::test]
async fn who_may_not_is_told_why() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let path = format!("/issues/{issue}");
    for (who, below, body, slug) in [
        (
            "bologna",
            "/notes",
            json!({"audience": "network", "text": "Sì.", "on_behalf_of": "c_g337"}),
            "on-behalf-not-allowed",
        ),
        ("regione", "/endorsements", json!({}), "role-not-allowed"),
        ("revisore", "/notes", json!({"audience": "network", "text": "Sì."}), "role-not-allowed"),
        (
            "parma",
            "/impact-estimates",
            json!({"people_affected": 1, "method": "stima"}),
            "role-not-allowed",
        ),
        ("milano", "/endorsements", json!({}), "not-found"),
        ("isolato", "/endorsements", json!({}), "not-found"),
        ("staff-lo", "/notes", json!({"audience": "internal", "text": "Sì."}), "not-found"),
    ] {
        let reply = app.nothing_stored(app.post(who, &format!("{path}{below}"), &body)).await;
        assert_eq!(reply.slug(), slug, "{who} {below}: {}", reply.text);
    }
    let reply = app
        .nothing_stored(app.try_act("parma", "withdraw_issue", &[&issue], json!({"reason": "No."})))
        .await;
    insta::assert_json_snapshot!(reply.problem(), @r#"
    {
      "detail": "Può farlo solo l'ente interessato, o il coordinamento per suo conto.",
      "status": 403,
      "title": "Non consentito",
      "type": "not-yours"
    }
    "#);
}
