//! Ricostruisci al giorno…: the list and a case as they stood, with what was recorded.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::app::TestApp;

/// A case reported on the 20th, triaged and endorsed on the 22nd, noted in May for April.
async fn case() -> (TestApp, String) {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    app.at("2026-03-22T08:00:00Z");
    let triage = json!({"scope": "in_scope", "theme": "health", "urgency": "high"});
    app.act("staff", "triage_issue", &[&issue], triage).await;
    app.at("2026-03-22T09:00:00Z");
    app.act("parma", "endorse_issue", &[&issue], json!({"people_affected": 7})).await;
    app.at("2026-05-04T08:00:00Z");
    let note =
        json!({"audience": "network", "text": "Sentito il Comune.", "occurred_on": "2026-04-02"});
    app.act("staff", "add_issue_note", &[&issue], note).await;
    app.at("2026-05-05T08:00:00Z");
    app.shown().await;
    (app, issue)
}

#[tokio::test]
async fn the_record_of_a_past_day_is_four_clicks_away_at_most() {
    let (app, issue) = case().await;
    // One: the navigation.
    app.page(Some("revisore"), "/").await.has("href=\"/ricostruisci\"");
    let first = app.page(Some("revisore"), "/ricostruisci").await;
    first.says("Ricostruisci al giorno…").has("name=\"al\" type=\"date\"");
    first.has("min=\"2026-03-20\" max=\"2026-05-05\"").is_silent_on("S-2026/0001");
    // Two: a date, and the button.
    let list = app.page(Some("revisore"), "/ricostruisci?al=2026-03-21").await;
    list.says("Le segnalazioni al 21 marzo 2026").says("1 segnalazione").says("presentata");
    list.has("href=\"/ricostruisci/elenco.csv?al=2026-03-21\"");
    // Three: the case.
    list.has(&format!("href=\"/ricostruisci/{issue}?al=2026-03-21\""));
    let then = app.page(Some("revisore"), &format!("/ricostruisci/{issue}?al=2026-03-21")).await;
    then.says("S-2026/0001 al 21 marzo 2026").says("presentata").says("Iscrizione anagrafica");
    then.is_silent_on("Salute").is_silent_on("Sentito il Comune").is_silent_on("Comune di Parma:");
    then.says("È il primo evento").says("Evento seguente (n. 2)");
    let before = app.page(Some("revisore"), "/ricostruisci?al=2026-03-19").await;
    before.says("A quel giorno nessuna segnalazione");
    let before = app.page(Some("revisore"), &format!("/ricostruisci/{issue}?al=2026-03-19")).await;
    before.says("non risultava ancora").says("Evento seguente (n. 1)");
}

#[tokio::test]
async fn a_case_as_it_stood_says_what_changed_and_where_each_event_is_logged() {
    let (app, issue) = case().await;
    let today = app.page(Some("parma"), &format!("/segnalazioni/{issue}")).await;
    let link = format!("/ricostruisci/{issue}?al=2026-03-22T08:00:00.000000Z");
    today.has(&format!("href=\"{link}\"")).says("al giorno…");
    let then = app.page(Some("parma"), &link).await;
    then.says("S-2026/0001 al 22 marzo 2026, ore 09:00:00").says("Evento n. 2, registrato il");
    then.says("Tema Iscrizione anagrafica Salute").says("Urgenza media alta");
    then.says("Evento precedente (n. 1)").says("Evento seguente (n. 3)");
    then.says("ANCI Emilia-Romagna (coordinamento)").says("Impronta:").says("voce ");
    then.says("corrispondono a ciò che il registro contiene").is_silent_on("NON corrisponde");
    // Nothing can be done in the past.
    then.is_silent_on("/anche-da-noi\"");
    let later = app.page(Some("parma"), &format!("/ricostruisci/{issue}?al=2026-03-31")).await;
    later.says("Succede anche da noi, Comune di Parma – lettura non indicata, 7 persone");
    // Known since May, so since April.
    for (moment, known) in [
        ("al=2026-04-30", false),
        ("al=2026-05-05", true),
        ("al=2026-05-05&vigente=2026-04-01", false),
        ("al=2026-05-05&vigente=2026-04-02", true),
    ] {
        let then = app.page(Some("parma"), &format!("/ricostruisci/{issue}?{moment}")).await;
        assert_eq!(then.words().contains("Sentito il Comune."), known, "{moment}");
    }
}

#[tokio::test]
async fn a_day_that_is_none_or_to_come_is_asked_for_again() {
    let (app, issue) = case().await;
    for (moment, why) in [
        ("al=2026-05-06", "Questo giorno non è ancora passato."),
        ("al=ieri", "Serve una data"),
        ("al=2026-05-01&vigente=30%2F2", "Serve una data"),
    ] {
        for path in ["/ricostruisci".to_owned(), format!("/ricostruisci/{issue}")] {
            let page = app.page(Some("parma"), &format!("{path}?{moment}")).await;
            assert_eq!(page.status, 400, "{path} {moment}");
            page.says(why).has("aria-invalid=\"true\"");
        }
    }
    let none = app.page(Some("parma"), "/ricostruisci/elenco.csv").await;
    assert_eq!(none.status, 400);
    let hidden = app.page(Some("milano"), &format!("/ricostruisci/{issue}?al=2026-04-01")).await;
    assert_eq!(hidden.status, 404);
    let nobody = app.page(None, "/ricostruisci?al=2026-04-01").await;
    assert_eq!(nobody.status, 303);
    assert!(nobody.header("location").starts_with("/accesso?ritorno="));
}

#[tokio::test]
async fn what_is_taken_along_is_what_the_api_answers_for_the_same_moment() {
    let (app, issue) = case().await;
    let file = async |who: &str, path: &str| {
        let got = app.page(Some(who), path).await;
        assert_eq!(got.status, 200, "{path}: {}", got.text);
        assert!(got.header("content-disposition").starts_with("attachment; filename="), "{path}");
        got.text
    };
    let moment = "al=2026-03-31&vigente=2026-03-30";
    let card = file("parma", &format!("/ricostruisci/{issue}/scheda.json?{moment}")).await;
    let card: Value = serde_json::from_str(&card).unwrap();
    assert_eq!(card["as_of"], "2026-03-31T21:59:59.999999Z");
    let same = format!(
        "as_of={}&effective_on={}&head={}",
        card["as_of"].as_str().unwrap(),
        card["effective_on"].as_str().unwrap(),
        card["head"].as_str().unwrap()
    );
    let api = app.shown_past("parma", &format!("/issues/{issue}?{same}")).await;
    assert_eq!(card["issue"], api);
    let api = app.shown_past("parma", &format!("/issues/{issue}/events?{same}")).await;
    assert_eq!(card["events"], api["items"]);
    let list = file("parma", "/ricostruisci/elenco.json?al=2026-03-31&tema=health").await;
    let list: Value = serde_json::from_str(&list).unwrap();
    let api = app.shown_past("parma", "/issues?as_of=2026-03-31T21:59:59.999999Z").await;
    assert_eq!(list["items"], api["items"]);
    let events = file("parma", &format!("/ricostruisci/{issue}/eventi.csv?{moment}")).await;
    let lines: Vec<_> = events.split("\r\n").collect();
    assert!(lines[0].starts_with("numero,accaduto_il,registrato_il,altre_date,"), "{events}");
    assert!(lines[2].starts_with("2,2026-03-22,2026-03-22T08:00:00.000000Z,"), "{events}");
    assert_eq!(lines.len(), 5, "{events}");
    let csv = file("parma", "/ricostruisci/elenco.csv?al=2026-03-31").await;
    assert!(csv.contains("\r\nS-2026/0001,Iscrizione anagrafica: basta la ricevuta?,"), "{csv}");
    // The same bytes as through the API.
    let request = |path: String, header: (&str, String)| {
        let request = axum::http::Request::get(path).header(header.0, header.1);
        app.visit(request.body(axum::body::Body::empty()).unwrap())
    };
    let page = format!("/ricostruisci/{issue}/estratto.zip?al=2026-03-31");
    let page =
        request(page, ("cookie", format!("__Host-quesito={}", app.session("parma").await))).await;
    let api = format!("/api/v1/issues/{issue}/extract?as_of=2026-03-31T21:59:59.999999Z");
    let api = request(api, ("authorization", format!("Bearer {}", app.token("parma")))).await;
    let [page, api] =
        [page, api].map(|answer| axum::body::to_bytes(answer.into_body(), usize::MAX));
    let (page, api) = (page.await.unwrap(), api.await.unwrap());
    assert!(page == api && zip::ZipArchive::new(Cursor::new(page)).unwrap().len() > 3);
}

#[tokio::test]
async fn that_an_auditor_looks_back_is_recorded_and_nobody_else_is() {
    let (app, issue) = case().await;
    let looked = async || {
        let reads = app.stored().await;
        reads.iter().filter(|event| event.stream.as_str().starts_with("op-reads-")).count()
    };
    let path = format!("/ricostruisci/{issue}?al=2026-03-31");
    for path in [path.as_str(), "/ricostruisci?al=2026-03-31"] {
        app.page(Some("parma"), path).await;
    }
    app.page(Some("revisore"), "/ricostruisci").await;
    assert_eq!(looked().await, 0);
    for (times, path) in [
        (1, path.clone()),
        (2, "/ricostruisci?al=2026-03-31".into()),
        (3, "/ricostruisci/elenco.csv?al=2026-03-31".into()),
        (4, format!("/ricostruisci/{issue}/estratto.zip?al=2026-03-31")),
    ] {
        app.page(Some("revisore"), &path).await;
        assert_eq!(looked().await, times, "{path}");
    }
    let extract = format!("/api/v1/issues/{issue}/extract?as_of=2026-03-31T21:59:59.999999Z");
    let request = axum::http::Request::get(extract)
        .header("authorization", format!("Bearer {}", app.token("revisore")));
    let answer = app.visit(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((answer.status().as_u16(), looked().await), (200, 5));
}
