//! A text is erased from the page of its case, once it is chosen, said why, and confirmed.

use quesito::domain::values::ERASED_IT;
use serde_json::json;

use super::page::Shown;
use crate::app::TestApp;
use crate::setting::{report, with};

const STAFF: Option<&str> = Some("staff");

/// Sends the form of a page with what is typed.
async fn send(app: &TestApp, from: &Shown, path: &str, typed: &[(&str, &str)]) -> Shown {
    let hidden = ["_token", "_key", "_vista"].map(|name| (name, from.hidden(name)));
    let mut fields: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend(typed);
    app.send_form(STAFF, path, &fields).await
}

#[tokio::test]
async fn staff_erase_a_text_from_the_page_of_its_case() {
    let app = TestApp::ready().await;
    let data = json!({"title": "Zfrumento riconoscibile", "description": "Zgranturco resta."});
    let filed = app.act("bologna", "report_issue", &[], with(report(), data)).await;
    app.shown().await;
    let case = format!("/segnalazioni/{}", filed.id);
    let path = format!("{case}/cancellazione");
    app.page(STAFF, &case).await.has(&format!("href=\"{path}\""));
    app.page(Some("bologna"), &case).await.is_silent_on("/cancellazione");
    assert_eq!(app.page(Some("bologna"), &path).await.status, 403);
    assert_eq!(app.page(None, &path).await.status, 303);

    let form = app.page(STAFF, &path).await;
    form.says("segnalazione presentata. «Zfrumento riconoscibile»").says("«Zgranturco resta»");
    let title = format!("{} /title", filed.event);
    let why = [("/reason", "Si riconosce una persona."), ("/legal_basis", "art. 17 GDPR")];
    let before = app.head().await;
    for (typed, fault) in [
        (vec![("_conferma", "true")], "Va scelto che cosa cancellare."),
        (vec![("_quale", title.as_str())], "Serve la conferma"),
        (vec![("_quale", "niente /title"), ("_conferma", "true")], "Il modulo non è stato inviato"),
    ] {
        let refused = send(&app, &form, &path, &[&why[..], &typed].concat()).await;
        assert_eq!((refused.status, app.head().await), (422, before), "{}", refused.text);
        refused.says(fault).has("Zfrumento");
    }

    let sure = [&why[..], &[("_quale", title.as_str()), ("_conferma", "true")]].concat();
    let sent = send(&app, &form, &path, &sure).await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    let after = app.head().await;
    // A double click erases it once.
    let again = send(&app, &form, &path, &sure).await;
    assert_eq!((again.status, app.head().await), (303, after), "{}", again.words());

    app.shown().await;
    let shown = app.page(STAFF, &case).await;
    shown.says(ERASED_IT).says("Zgranturco resta").is_silent_on("Zfrumento");
    let form = app.page(STAFF, &path).await;
    form.says("«Zgranturco resta»").is_silent_on("Zfrumento");

    let all = [&why[..], &[("_quale", "tutti"), ("_conferma", "true")]].concat();
    assert_eq!(send(&app, &form, &path, &all).await.status, 303);
    app.shown().await;
    app.page(STAFF, &case).await.is_silent_on("Zgranturco");
}

#[tokio::test]
async fn texts_of_questions_answers_and_solutions_are_erased_from_their_pages_too() {
    let app = TestApp::ready().await;
    let question = json!({
        "subject": "Ricevuta", "background": "Zfrumento riconoscibile.", "norms": [],
        "silence_effect": "none", "addressees": [{"addressee": "interno_ps"}],
        "points": [{"text": "Se basti la ricevuta."}],
    });
    let answer = json!({
        "origin": "spontaneous", "authors": ["interno_ps"], "form": "nota",
        "document_date": "2026-03-10", "received_on": "2026-03-10",
        "address": "https://www.example.it/nota", "text": "Zfrumento riconoscibile.",
    });
    let solution = json!({
        "problem": "Documento.", "text": "Zfrumento riconoscibile.", "level": "good_practice",
        "basis": {"answers": [], "norms": []}, "territory": {"level": "province", "code": "PR"},
    });
    for (act, data, list, field) in [
        ("draft_question", question, "quesiti", "/background"),
        ("record_answer", answer, "riscontri", "/text"),
        ("propose_solution", solution, "soluzioni", "/text"),
    ] {
        let made = app.act("staff", act, &[], data).await;
        app.shown().await;
        let case = format!("/{list}/{}", made.id);
        let path = format!("{case}/cancellazione");
        app.page(STAFF, &case).await.has(&format!("href=\"{path}\"")).has("Zfrumento");
        assert_eq!(app.page(Some("bologna"), &path).await.status, 403, "{list}");
        let form = app.page(STAFF, &path).await;
        let place = format!("{} {field}", made.event);
        let sure = [
            ("/reason", "Si riconosce una persona."),
            ("/legal_basis", "art. 17 GDPR"),
            ("_quale", place.as_str()),
            ("_conferma", "true"),
        ];
        let sent = send(&app, &form, &path, &sure).await;
        assert_eq!(sent.status, 303, "{list}: {}", sent.words());
        app.shown().await;
        app.page(STAFF, &case).await.says(ERASED_IT).is_silent_on("Zfrumento");
    }
}
