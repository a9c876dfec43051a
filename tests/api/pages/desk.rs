//! Acts are for those who may, forms that were overtaken come back, and the desk.

use serde_json::json;

use super::asking::{STAFF, save, seven};
use super::typing::{done, send};
use crate::app::TestApp;

#[tokio::test]
async fn acts_are_for_those_who_may_and_their_forms_need_their_token() {
    let app = TestApp::ready().await;
    let issues = seven(&app).await;
    let all = app.page(STAFF, "/quesiti/nuovo?tema=residence&_quali=tutte").await;
    let there = save(&app, &all, &issues).await;
    for act in ["testo", "raccolta", "approvazione", "trasmissione", "riscontro", "nota", "ritiro"]
    {
        let path = format!("{there}/{act}");
        assert_eq!(app.page(Some("parma"), &path).await.status, 403, "{act}");
        assert_eq!(app.page(Some("milano"), &path).await.status, 404, "{act}");
        assert_eq!(app.page(None, &path).await.status, 303, "{act}");
        let before = app.head().await;
        let form = app.page(STAFF, &path).await;
        let (key, seen) = (form.hidden("_key"), "0");
        let bare = [("_key", key.as_str()), ("_vista", seen), ("/role", "presidente")];
        assert_eq!(app.send_form(STAFF, &path, &bare).await.status, 403, "{act}");
        let token = app.page(Some("parma"), "/").await.hidden("_token");
        let foreign = [
            ("_token", token.as_str()),
            ("_key", &key),
            ("_vista", seen),
            ("/role", "presidente"),
            ("/reason", "Perché."),
            ("/kind", "editorial"),
            ("/subject", "Altro oggetto"),
            ("/text", "Testo."),
            ("/audience", "internal"),
            ("/authors", "interno_ps"),
            ("_punto0", "settled"),
            ("/addressees", "x"),
        ];
        let denied = app.send_form(Some("parma"), &path, &foreign).await;
        assert!(matches!(denied.status, 403 | 422), "{act}: {} {}", denied.status, denied.words());
        assert_eq!(app.head().await, before, "{act}");
    }
    assert_eq!(app.page(STAFF, &format!("{there}/zampirone")).await.status, 404);
}

#[tokio::test]
async fn a_form_that_was_overtaken_is_shown_again() {
    let app = TestApp::ready().await;
    let issues = seven(&app).await;
    let all = app.page(STAFF, "/quesiti/nuovo?tema=residence&_quali=tutte").await;
    let there = save(&app, &all, &issues).await;
    let path = format!("{there}/approvazione");
    let form = app.page(STAFF, &path).await;
    done(&app, "staff", &format!("{there}/nota"), &[("/audience", "internal"), ("/text", "Nota.")])
        .await;
    let stale = send(&app, STAFF, &form, &path, &[("/role", "presidente")]).await;
    assert_eq!(stale.status, 422);
    stale.says("Nel frattempo qualcun altro ha modificato la stessa cosa");
    let again = send(&app, STAFF, &stale, &path, &[("/role", "presidente")]).await;
    assert_eq!(again.status, 303, "{}", again.words());
}

#[tokio::test]
async fn reports_are_taken_up_from_the_desk() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let desk = app.page(STAFF, "/scrivania").await;
    desk.says("istruttoria attesa entro il 17 marzo 2026").says("Prendi in carico");
    let path = format!("/segnalazioni/{issue}/in-carico");
    let (token, key) = (desk.hidden("_token"), desk.hidden("_key"));
    let fields = [("_token", token.as_str()), ("_key", key.as_str())];
    let accepted = app.send_form(STAFF, &path, &fields).await;
    assert_eq!(accepted.status, 303, "{}", accepted.words());
    let after = app.head().await;
    assert_eq!(app.send_form(STAFF, &path, &fields).await.status, 303);
    assert_eq!(app.head().await, after, "a double click");
    app.page(STAFF, "/scrivania").await.says("Nessuna segnalazione da prendere in carico.");
    let triage = accepted.header("location").to_owned();
    let typed = [("/scope", "in_scope"), ("/theme", "health"), ("/urgency", "high")];
    done(&app, "staff", &triage, &typed).await;
    let shown = app.get(STAFF, &format!("/issues/{issue}")).await;
    assert_eq!((&shown.body["theme"], &shown.body["urgency"]), (&json!("health"), &json!("high")));
    assert_eq!(app.page(Some("parma"), &triage).await.status, 403);
}
