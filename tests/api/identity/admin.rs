//! *Amministrazione*: bodies and accounts, as an operator's browser sends them.

use serde_json::json;

use crate::app::TestApp;
use crate::pages::page::Shown;

const NEW: &str = "/amministrazione/accessi/nuovo";

/// The form of a page, filled in and sent to an address.
async fn send(app: &TestApp, from: &Shown, to: &str, more: &[(&str, &str)]) -> Shown {
    let (token, key) = (from.hidden("_token"), from.hidden("_key"));
    let mut fields = vec![("_token", token.as_str()), ("_key", key.as_str())];
    fields.extend(more);
    app.send_form(Some("admin"), to, &fields).await
}

fn person<'a>(name: &'a str, email: &'a str) -> [(&'a str, &'a str); 4] {
    [("/name", name), ("/email", email), ("/role", "municipality"), ("/body", "c_a944")]
}

#[tokio::test]
async fn only_operators_administer() {
    let app = TestApp::ready().await;
    for path in ["/amministrazione", "/amministrazione/accessi", NEW, "/amministrazione/enti"] {
        assert_eq!(app.page(None, path).await.status, 303, "{path}");
        for who in ["bologna", "staff", "regione", "revisore"] {
            assert_eq!(app.page(Some(who), path).await.status, 403, "{who} {path}");
        }
        assert_eq!(app.page(Some("admin"), path).await.status, 200, "{path}");
    }
    app.page(Some("admin"), "/").await.has("href=\"/amministrazione\"");
    app.page(Some("staff"), "/").await.is_silent_on("/amministrazione");
    let token = app.page(Some("staff"), "/").await.hidden("_token");
    let fields = [("_token", token.as_str()), ("_key", "6b657900-0000-8000-8000-00000000abcd")];
    let fields = [&fields[..], &person("Giulia Bianchi", "g@comune.example.it")[..]].concat();
    assert_eq!(app.send_form(Some("staff"), NEW, &fields).await.status, 403);
}

#[tokio::test]
async fn an_account_is_created_once_suspended_and_restored() {
    let app = TestApp::ready().await;
    let form = app.page(Some("admin"), NEW).await;
    form.is_silent_on("data-bozza");
    let wrong = send(&app, &form, NEW, &person("Giulia Bianchi", "nessuno")).await;
    assert_eq!(wrong.status, 422);
    wrong.has("href=\"#campo-email\"").has("value=\"Giulia Bianchi\"");
    let asked = person("Giulia Bianchi", "g.bianchi@comune.example.it");
    let sent = send(&app, &wrong, NEW, &asked).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let (there, head) = (sent.header("location").to_owned(), app.head().await);
    let again = send(&app, &wrong, NEW, &asked).await;
    assert_eq!((again.status, again.header("location")), (303, there.as_str()));
    assert_eq!(app.head().await, head, "a double click");
    let taken = app.page(Some("admin"), NEW).await;
    assert_eq!(send(&app, &taken, NEW, &asked).await.status, 422);

    let shown = app.page(Some("admin"), &there).await;
    shown.says("Giulia Bianchi").says("attivo").says("Comune di Bologna · ente");
    shown.says("ANCI Emilia-Romagna");
    let why = [("/reason", "Cessazione dell'incarico.")];
    let done = send(&app, &shown, &format!("{there}/sospensione"), &why).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let shown = app.page(Some("admin"), &there).await;
    shown.says("sospeso").says("Riattiva");
    assert_eq!(send(&app, &shown, &format!("{there}/riattivazione"), &[]).await.status, 303);
    app.page(Some("admin"), &there).await.says("attivo");
    app.page(Some("admin"), "/amministrazione/accessi").await.says("g.bianchi@comune.example.it");
}

#[tokio::test]
async fn roles_given_and_taken_on_the_page_are_events_of_the_log() {
    let app = TestApp::ready().await;
    let form = app.page(Some("admin"), NEW).await;
    let asked = person("Giulia Bianchi", "g.bianchi@comune.example.it");
    let there = send(&app, &form, NEW, &asked).await.header("location").to_owned();
    let shown = app.page(Some("admin"), &there).await;
    let staff = [("/role", "staff"), ("/body", "anci_er")];
    let given = send(&app, &shown, &format!("{there}/ruolo"), &staff).await;
    assert_eq!(given.status, 303, "{}", given.text);
    let shown = app.page(Some("admin"), &there).await;
    let nowhere = [("/role", "staff"), ("/body", "c_inesistente")];
    let refused = send(&app, &shown, &format!("{there}/ruolo"), &nowhere).await;
    assert_eq!(refused.status, 422);
    refused.has("href=\"#campo-body\"");
    let shown = app.page(Some("admin"), &there).await;
    shown.says("ANCI Emilia-Romagna · coordinamento");
    let taken = send(&app, &shown, &format!("{there}/revoca"), &staff).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    app.page(Some("admin"), &there).await.is_silent_on("· coordinamento");

    let account = app.get(Some("admin"), "/accounts").await.body["items"].clone();
    let account = account.as_array().unwrap().iter().find(|one| one["name"] == "Giulia Bianchi");
    let person = account.unwrap()["person"].as_str().unwrap().to_owned();
    let stored = app.stored().await;
    let of_person = stored.iter().filter(|one| one.stream.as_str() == format!("person-{person}"));
    let types: Vec<_> = of_person.map(|one| one.stored_type.to_string()).collect();
    assert_eq!(types, ["access-granted.v1", "access-granted.v1", "access-revoked.v1"]);
}

#[tokio::test]
async fn a_body_is_registered_renamed_and_joins_a_network() {
    let app = TestApp::ready().await;
    let new = "/amministrazione/enti/nuovo";
    let form = app.page(Some("admin"), new).await;
    let wrong = [("/body", "Comune di Prova"), ("/name", "Comune di Prova"), ("/kind", "comune")];
    let refused = send(&app, &form, new, &wrong).await;
    assert_eq!(refused.status, 422);
    refused.has("href=\"#campo-body\"");
    let right = [("/body", "c_prova"), ("/name", "Comune di Prova"), ("/kind", "comune")];
    let sent = send(&app, &refused, new, &right).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/amministrazione/enti/c_prova"));
    app.page(Some("admin"), "/amministrazione/enti?q=prova").await.says("Comune di Prova");

    let rename = "/amministrazione/enti/c_prova/nome";
    let form = app.page(Some("admin"), rename).await;
    let named = send(
        &app,
        &form,
        rename,
        &[("/name", "Comune di Prova Nuova"), ("_revisione", &form.hidden("_revisione"))],
    )
    .await;
    assert_eq!(named.status, 303, "{}", named.text);
    let late = send(
        &app,
        &app.page(Some("admin"), rename).await,
        rename,
        &[("/name", "Altro"), ("_revisione", "0")],
    )
    .await;
    assert_eq!(late.status, 422, "it rests on what was seen");
    let shown = app.page(Some("admin"), "/amministrazione/enti/c_prova").await;
    shown.says("Comune di Prova Nuova").says("Comune di Prova, dal");

    let join = "/amministrazione/enti/anci_er/membro";
    let form = app.page(Some("admin"), join).await;
    let seen = form.hidden("_revisione");
    let joined = send(&app, &form, join, &[("/member", "c_prova"), ("_revisione", &seen)]).await;
    assert_eq!(joined.status, 303, "{}", joined.text);
    let api = app.get(Some("admin"), "/bodies/anci_er").await;
    let members = api.body["members"].as_array().unwrap();
    assert!(members.iter().any(|one| one["member"] == json!("c_prova")), "{}", api.text);
    assert_eq!(app.page(Some("admin"), "/amministrazione/enti/c_prova/altro").await.status, 404);
    assert_eq!(app.page(Some("admin"), "/amministrazione/enti/nessuno").await.status, 404);
}

#[tokio::test]
async fn every_page_of_a_body_asks_what_the_api_asks() {
    let app = TestApp::ready().await;
    for (act, fields) in [
        ("spostamento", &[("/province", "MO"), ("/from", "2026-01-01")][..]),
        ("rete", &[("/sai_owner", "true"), ("/places", "48"), ("/on", "2026-01-01")]),
        ("fusione", &[("/into", "c_g337"), ("/from", "2026-03-01")]),
    ] {
        let path = format!("/amministrazione/enti/c_h294/{act}");
        let form = app.page(Some("admin"), &path).await;
        let empty = send(&app, &form, &path, &[("_revisione", &form.hidden("_revisione"))]).await;
        assert_eq!(empty.status, 422, "{act}");
        let seen = form.hidden("_revisione");
        let fields = [fields, &[("_revisione", seen.as_str())]].concat();
        let done = send(&app, &empty, &path, &fields).await;
        assert_eq!(done.status, 303, "{act}: {}", done.text);
    }
    let shown = app.page(Some("admin"), "/amministrazione/enti/c_h294").await;
    shown.says("Comune di Parma").says("titolare, 48 posti").says("Modena");
    let path = "/amministrazione/enti/unione_reno/uscita";
    let form = app.page(Some("admin"), path).await;
    form.says("Comune di Argelato");
    let seen = form.hidden("_revisione");
    let done = send(&app, &form, path, &[("/member", "c_a558"), ("_revisione", &seen)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
}
