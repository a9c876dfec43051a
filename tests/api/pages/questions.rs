//! Quesiti e riscontri: what is shown of them, and the letter.

use std::io::{Cursor, Read};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::app::TestApp;
use crate::setting::{citation, position, with};

/// A question that was revised, adhered to, approved, sent and answered in part.
struct Asked {
    app: TestApp,
    issue: String,
    question: String,
    answer: String,
}

impl Asked {
    async fn new() -> Self {
        let app = TestApp::ready().await;
        let issue = app.reported().await;
        let other = json!({"reading": "Basta la ricevuta.", "form": "nota", "known": "written"});
        let other = with(position("questura-pr", "PR"), other);
        app.act("bologna", "record_position", &[&issue], other).await;
        let draft = json!({
            "subject": "Iscrizione anagrafica dei richiedenti protezione",
            "addressees": [
                {"addressee": "interno_ps", "via": "anci_nazionale"}, {"addressee": "interno_dlci"},
            ],
            "background": "Gli uffici leggono in modo diverso la norma.",
            "norms": [citation("art5bis")], "silence_effect": "none",
            "points": [
                {"text": "Se basti la ricevuta.", "issues": [issue]}, {"text": "Entro quale termine."},
            ],
        });
        let drafted = app.act("staff", "draft_question", &[], draft).await;
        let question = drafted.id.clone();
        let one = [question.as_str()];
        let revision = json!({
            "kind": "substance", "reason": "Più preciso.",
            "background": "Gli uffici leggono in modo opposto la stessa norma.",
        });
        app.act("staff", "revise_question_text", &one, revision).await;
        let adhesion = json!({
            "signatory_role": "sindaco", "text_version": 2, "kind": "before_dispatch",
        });
        app.act("parma", "give_adhesion", &one, adhesion).await;
        let approval = json!({"text_version": 2, "role": "presidente del coordinamento"});
        app.act("staff", "approve_question", &one, approval).await;
        let letter = json!({
            "direction": "out", "channel": "pec", "subject": "Quesito collettivo",
            "counterpart": [{"kind": "authority", "id": "interno_ps"}],
        });
        let letter = app.act("staff", "record_communication", &[], letter).await.id;
        let number = json!({
            "body": "anci_er", "register": "SIM", "year": 2026, "number": "0000042",
            "date": "2026-03-09",
        });
        app.act("staff", "register_communication", &[&letter], number).await;
        let first = drafted.inner("addressees", 0);
        let sent = json!({
            "addressees": [first], "text_version": 2, "communication": letter,
            "occurred_on": "2026-03-10",
        });
        app.act("staff", "dispatch_question", &one, sent).await;
        let answer = json!({
            "origin": "reply", "authors": ["interno_ps"], "form": "nota",
            "document_date": "2026-03-10", "received_on": "2026-03-10", "text": "Basta la ricevuta.",
            "address": "https://www.interno.example/faq",
        });
        let answer = app.act("staff", "record_answer", &[], answer).await.id;
        let points = [drafted.inner("points", 0), drafted.inner("points", 1)];
        let link = json!({
            "answer": answer, "points": [{"point_id": points[0], "result": "settled"}],
        });
        app.act("staff", "link_answer_to_question", &one, link).await;
        app.shown().await;
        Self { app, issue, question, answer }
    }

    fn path(&self) -> String {
        format!("/quesiti/{}", self.question)
    }
}

#[tokio::test]
async fn the_list_of_questions_has_facets_that_narrow_it() {
    let asked = Asked::new().await;
    let list = asked.app.page(Some("parma"), "/quesiti").await;
    list.says("1 quesito").says("Q-2026/0001").says("1 di 2 punti risolti · 1 adesione");
    list.says("Dipartimento della pubblica sicurezza 1").says("riscontro parziale 1");
    for (narrowed, found) in [
        ("?stato=partly_answered", true),
        ("?stato=draft", false),
        ("?destinatario=interno_dlci", true),
        ("?destinatario=interno_dait", false),
        ("?oltre_la_data=1", false),
    ] {
        let list = asked.app.page(Some("parma"), &format!("/quesiti{narrowed}")).await;
        assert_eq!(list.text.contains("Q-2026/0001"), found, "{narrowed}");
    }
    let elsewhere = asked.app.page(Some("milano"), "/quesiti").await;
    elsewhere.says("0 quesiti").is_silent_on("Q-2026/0001");
    assert_eq!(asked.app.page(None, "/quesiti").await.status, 303, "asked to sign in");
    let counts = asked.app.get(Some("parma"), "/collective-question-facets").await;
    assert_eq!(counts.body["total"], 1);
    assert_eq!(counts.body["addressee"][0]["count"], 1, "{}", counts.text);
}

#[tokio::test]
async fn a_question_shows_points_texts_clocks_letters_and_answers() {
    let asked = Asked::new().await;
    let page = asked.app.page(Some("parma"), &asked.path()).await;
    assert_eq!(page.status, 200);
    page.has("aria-current=\"step\">Riscontro").says("Se basti la ricevuta.");
    page.says("risolto").says("senza riscontro finora").says("Punto 1: risolto");
    // The texts, word by word.
    page.says("tolto: diverso aggiunto: opposto la aggiunto: stessa norma.")
        .says("Più preciso.")
        .says("modifica di sostanza");
    page.says("Gli uffici leggono in modo opposto la stessa norma.");
    // Whose turn it is, and why the day is that one.
    page.says("Tocca a Dipartimento della pubblica sicurezza: dare riscontro.");
    page.says("9 aprile 2026").says("Come è calcolata la data");
    page.says("Nessuna norma obbliga a rispondere");
    // Who adheres, in which role, to which text.
    page.says("Comune di Parma sindaco 2 10 marzo 2026 prima della trasmissione");
    page.says("vale per il testo in vigore");
    // What was answered, to which point, by whom.
    page.has(&format!("/riscontri/{}", asked.answer)).says("non ne tratta");
    // The positions table.
    page.says("S-2026/0001").says("Non basta la ricevuta.").says("provincia di Parma");
    // The letter is for those who may read letters.
    page.says("La lettera la legge il coordinamento.").is_silent_on("0000042");
    let staff = asked.app.page(Some("staff"), &asked.path()).await;
    staff.says("Prot. SIM n. 0000042 del 9 marzo 2026");
    assert_eq!(asked.app.page(Some("milano"), &asked.path()).await.status, 404);
    let issue = asked.app.page(Some("parma"), &format!("/segnalazioni/{}", asked.issue)).await;
    issue.has(&format!("href=\"{}\"", asked.path()));
}

#[tokio::test]
async fn an_answer_says_who_gave_it_in_which_form_and_what_rests_on_it() {
    let asked = Asked::new().await;
    let path = format!("/riscontri/{}", asked.answer);
    let page = asked.app.page(Some("parma"), &path).await;
    page.says("Nota del 10 marzo 2026").says("Dipartimento della pubblica sicurezza");
    page.says("in risposta a un quesito").says("valido").says("Basta la ricevuta.");
    page.has(&format!("href=\"{}\"", asked.path())).says("S-2026/0001");
    assert_eq!(asked.app.page(Some("milano"), &path).await.status, 404);
}

#[tokio::test]
async fn the_letter_is_printed_and_taken_to_the_protocol_office() {
    let asked = Asked::new().await;
    let path = format!("{}/lettera", asked.path());
    let page = asked.app.page(Some("staff"), &path).await;
    page.says("Prot. SIM n. 0000042 del 9 marzo 2026");
    page.says("Quesito collettivo Q-2026/0001 – testo 2 del 10 marzo 2026");
    page.says("Dipartimento della pubblica sicurezza (per il tramite di Ufficio immigrazione)");
    page.says("Oggetto: Iscrizione anagrafica dei richiedenti protezione");
    page.says("presidente del coordinamento").says("Allegato 1 – Adesioni Ente");
    page.says("Allegato 2 – Segnalazioni e interpretazioni").says("Non basta la ricevuta.");
    page.is_silent_on("non è ancora approvato");
    let earlier = asked.app.page(Some("staff"), &format!("{path}?testo=1")).await;
    earlier.says("non è ancora approvato").says("Gli uffici leggono in modo diverso la norma.");
    assert_eq!(asked.app.page(Some("staff"), &format!("{path}?testo=9")).await.status, 404);
    assert_eq!(asked.app.page(Some("milano"), &path).await.status, 404);

    let document = Request::get(format!("{path}.docx"))
        .header("cookie", format!("__Host-quesito={}", asked.app.session("staff").await));
    let answer = asked.app.visit(document.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), 200);
    let name = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(name, "attachment; filename=\"Q-2026-0001-testo-2.docx\"");
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name("word/document.xml").unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("Non basta la ricevuta."), "{text}");

    // The API gives the same, in the form that is asked for.
    let path = format!("/api/v1/collective-questions/{}/letter", asked.question);
    for (accept, media) in
        [("text/html", "text/html; charset=utf-8"), (quesito::letter::DOCX, quesito::letter::DOCX)]
    {
        let request = Request::get(&path)
            .header("authorization", format!("Bearer {}", asked.app.token("staff")))
            .header("accept", accept);
        let answer = asked.app.visit(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), 200, "{accept}");
        assert_eq!(answer.headers()["content-type"], media);
        assert!(answer.headers().contains_key("repr-digest"));
    }
}
