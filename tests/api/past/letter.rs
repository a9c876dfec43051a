//! The letter of a question, as it could be written on a past day.

use quesito::codec;
use quesito::letter::DOCX;
use serde_json::json;

use crate::app::TestApp;
use crate::reply::Reply;
use crate::setting::{position, report, with};

/// A question drafted on the 20th, revised and approved on the 24th, sent on the 26th, whose
/// issue was closed to the network on the 28th.
struct Written {
    app: TestApp,
    issue: String,
    question: String,
}

impl Written {
    async fn new() -> Self {
        let app = TestApp::ready().await;
        app.at("2026-03-20T08:00:00Z");
        let issue = app.act("bologna", "report_issue", &[], report()).await.id;
        let draft = json!({
            "subject": "Ricevuta", "background": "Prima stesura.", "silence_effect": "none",
            "norms": [], "addressees": [{"addressee": "interno_ps"}],
            "points": [{"text": "Se basti la ricevuta.", "issues": [issue]}],
        });
        let drafted = app.act("staff", "draft_question", &[], draft).await;
        let one = [drafted.id.as_str()];
        app.at("2026-03-22T08:00:00Z");
        let reading = with(position("questura-pr", "PR"), json!({"reading": "Basta la copia."}));
        app.act("bologna", "record_position", &[&issue], reading).await;
        app.at("2026-03-24T08:00:00Z");
        let revision =
            json!({"kind": "substance", "reason": "Più chiaro.", "background": "Seconda stesura."});
        app.act("staff", "revise_question_text", &one, revision).await;
        let approval = json!({"text_version": 2, "role": "presidente"});
        app.act("staff", "approve_question", &one, approval).await;
        app.at("2026-03-26T08:00:00Z");
        let letter = json!({
            "direction": "out", "channel": "pec", "subject": "Quesito",
            "counterpart": [{"kind": "authority", "id": "interno_ps"}],
        });
        let letter = app.act("staff", "record_communication", &[], letter).await.id;
        let number = json!({
            "body": "anci_er", "register": "SIM", "year": 2026, "number": "0000042",
            "date": "2026-03-26",
        });
        app.act("staff", "register_communication", &[&letter], number).await;
        let sent = json!({
            "addressees": [drafted.inner("addressees", 0)], "text_version": 2,
            "communication": letter,
        });
        app.act("staff", "dispatch_question", &one, sent).await;
        app.at("2026-03-28T08:00:00Z");
        let closed = json!({"to": "restricted", "reason": "Riesame."});
        app.act("staff", "change_issue_visibility", &[&issue], closed).await;
        app.at("2026-03-30T08:00:00Z");
        Self { issue, question: drafted.id, app }
    }

    async fn letter(&self, who: &str, query: &str) -> Reply {
        let path = format!("/collective-questions/{}/letter?{query}", self.question);
        self.app.past(who, &path).await
    }
}

#[tokio::test]
async fn the_letter_of_a_past_day_has_the_text_the_annexes_and_the_number_of_then() {
    let written = Written::new().await;
    for (moment, status, says, silent) in [
        ("as_of=2026-03-19T12:00:00Z", 404, &[][..], &[][..]),
        (
            "as_of=2026-03-21T12:00:00Z",
            200,
            &["Prima stesura.", "testo 1", "Non basta la ricevuta.", "Prot. n. ____"][..],
            &["Seconda stesura.", "Basta la copia.", "presidente"][..],
        ),
        ("as_of=2026-03-21T12:00:00Z&text_version=2", 404, &[], &[]),
        ("as_of=2026-03-23T12:00:00Z", 200, &["Prima stesura.", "Basta la copia."], &["testo 2"]),
        (
            "as_of=2026-03-25T12:00:00Z",
            200,
            &["Seconda stesura.", "presidente", "Prot. n. ____"],
            &["0000042"],
        ),
        ("effective_on=2026-03-26", 200, &["Prot. SIM n. 0000042 del 26 marzo 2026"], &[]),
        ("effective_on=2026-03-26&text_version=1", 200, &["Prima stesura."], &["Seconda"]),
    ] {
        let reply = written.letter("staff", moment).await;
        assert_eq!(reply.status, status, "{moment}: {}", reply.text);
        for words in says {
            assert!(reply.text.contains(words), "{moment} {words}: {}", reply.text);
        }
        for words in silent {
            assert!(!reply.text.contains(words), "{moment} {words}: {}", reply.text);
        }
    }
    let unknown = written.letter("staff", "as_of=ieri").await;
    assert_eq!(unknown.faults(), json!([400, "invalid-parameters", ["as_of invalid"]]));
}

#[tokio::test]
async fn a_document_of_a_past_moment_can_be_had_again_byte_for_byte() {
    let written = Written::new().await;
    let path = format!("/collective-questions/{}/letter", written.question);
    let document = async |query: &str| {
        let request = axum::http::Request::get(format!("/api/v1{path}?{query}"))
            .header("authorization", format!("Bearer {}", written.app.token("staff")))
            .header("accept", DOCX);
        written.app.visit(request.body(axum::body::Body::empty()).unwrap()).await
    };
    let day = "effective_on=2026-03-25";
    let first = document(day).await;
    assert_eq!(first.status(), 200);
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("quesito-effective-on"), "2026-03-25");
    let moment = format!("{day}&as_of={}&head={}", header("quesito-as-of"), header("quesito-head"));
    let (etag, digest) = (header("etag"), header("repr-digest"));
    let bytes = axum::body::to_bytes(first.into_body(), usize::MAX).await.unwrap();
    // A reading that is told later was heard before.
    let heard = json!({"reading": "Serve altro.", "occurred_on": "2026-03-24"});
    let heard = with(position("prefettura-pr", "PR"), heard);
    written.app.act("bologna", "record_position", &[&written.issue], heard).await;
    written.app.at("2026-03-30T09:00:00Z");
    let again = document(&moment).await;
    assert_eq!(again.headers()["etag"], etag.as_str());
    assert_eq!(again.headers()["repr-digest"], digest.as_str());
    let same = axum::body::to_bytes(again.into_body(), usize::MAX).await.unwrap();
    assert!(bytes == same, "other bytes");
    let now_known = document(day).await;
    assert_ne!(now_known.headers()["repr-digest"], digest.as_str());
    let now = document("").await;
    assert!(!now.headers().contains_key("quesito-as-of"));
}

#[tokio::test]
async fn an_annex_of_then_shows_nobody_what_is_closed_to_them_today() {
    let written = Written::new().await;
    let then = "as_of=2026-03-25T12:00:00Z";
    for (who, told) in [("parma", false), ("bologna", true), ("staff", true), ("revisore", true)] {
        let reply = written.letter(who, then).await;
        assert_eq!(reply.status, 200, "{who}: {}", reply.text);
        assert_eq!(reply.text.contains("Basta la copia."), told, "{who}");
    }
    assert_eq!(written.letter("milano", then).await.status, 404);
    // That the auditor looked is recorded; that others did is not.
    let mut looks = Vec::new();
    for event in written.app.stored().await {
        if event.stream.as_str().starts_with("op-reads-") {
            assert_eq!(codec::metadata(&event).unwrap().actor.subject.as_str(), "operator");
            looks.push(written.app.opened(&event).await["address"].clone());
        }
    }
    let address = format!("/collective-questions/{}/letter?{then}", written.question);
    assert_eq!(looks, [json!(address)]);
}

#[tokio::test]
async fn the_page_to_print_takes_a_day_too() {
    let written = Written::new().await;
    let (app, path) = (&written.app, format!("/quesiti/{}/lettera", written.question));
    let now = app.page(Some("staff"), &path).await;
    now.says("La lettera com'era un altro giorno").has("min=\"2026-03-20\" max=\"2026-03-30\"");
    let then = app.page(Some("staff"), &format!("{path}?al=2026-03-23")).await;
    then.says("Prima stesura.").says("Si vede ciò che era registrato a tutto il 23 marzo 2026");
    then.says("non è ancora approvato").is_silent_on("Seconda stesura.");
    then.has(&format!("href=\"{path}.docx?al=2026-03-23\""));
    let before = app.page(Some("staff"), &format!("{path}?al=2026-03-19")).await;
    before.says("Lettera Q-2026/0001 al 19 marzo 2026").says("questo testo non c'era ancora");
    let text = app.page(Some("staff"), &format!("{path}?testo=1&al=2026-03-27")).await;
    text.says("Prima stesura.").has("name=\"testo\" value=\"1\"");
    let wrong = app.page(Some("staff"), &format!("{path}?al=2999-01-01")).await;
    assert_eq!(wrong.status, 400);
    wrong.says("Questo giorno non è ancora passato.");
    let document = app.page(Some("staff"), &format!("{path}.docx?al=2026-03-23")).await;
    let name = "attachment; filename=\"Q-2026-0001-testo-1-al-2026-03-23.docx\"";
    assert_eq!((document.status, document.header("content-disposition")), (200, name));
    let hidden = app.page(Some("milano"), &format!("{path}?al=2026-03-23")).await;
    assert_eq!(hidden.status, 404);
}
