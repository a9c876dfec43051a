//! What was recorded of a question and of its answers is put right from their pages.

use serde_json::{Value, json};

use super::asking::{STAFF, Way};
use super::typing::done;
use crate::app::TestApp;

/// What the API shows of an answer.
async fn answer(app: &TestApp, id: &str, pointer: &str) -> Value {
    let reply = app.get(STAFF, &format!("/answers/{id}")).await;
    reply.body.pointer(pointer).cloned().unwrap_or_default()
}

#[tokio::test]
async fn an_issue_leaves_a_question_and_its_outcome_is_no_longer_its_own() {
    let way = Way::new().await;
    let gone = way.issues[3].as_str();
    let page = way.app.page(STAFF, &way.there).await;
    page.has(&format!("href=\"{}\"", way.path("togli-segnalazione"))).says("Caso numero 3");
    let typed = [("/issue", gone), ("/reason", "Riguarda un'altra norma.")];
    way.act("staff", "togli-segnalazione", &typed).await;
    assert!(!way.shown("/issues").await.contains(gone));
    let page = way.app.page(STAFF, &way.there).await;
    page.is_silent_on(&format!("href=\"/segnalazioni/{gone}\""));
    way.send().await;
    way.answer().await;
    for (issue, status) in [(gone, "reported"), (way.issues[2].as_str(), "answered")] {
        let shown = way.app.get(STAFF, &format!("/issues/{issue}")).await;
        assert_eq!(shown.body["status"], status, "{}", shown.text);
    }
    way.act("staff", "in-carico", &[("/until", "2026-06-30")]).await;
    assert_eq!(way.shown("/assigned_to").await, "p-staff");
    let heard = [("/authority", "prefettura-pr"), ("/text", "Riscontro entro giugno.")];
    way.act("staff", "contatto", &heard).await;
    way.app.page(STAFF, &way.there).await.says("Riscontro entro giugno.");
    way.app.page(Some("parma"), &way.there).await.is_silent_on("Riscontro entro giugno.");
}

#[tokio::test]
async fn a_dispatch_is_corrected_with_the_letter_that_counts() {
    let way = Way::new().await;
    way.send().await;
    let first = way.shown("/addressees/0/communication").await;
    let failed = [("_lettera", first.as_str()), ("/receipt", "failed"), ("/date", "2026-03-10")];
    way.act("staff", "ricevuta", &failed).await;
    way.app.page(STAFF, &way.there).await.says("Ricevuta: mancata consegna, 10 marzo 2026");
    // A new letter, and the dispatch goes with it.
    let letter = [
        ("_verso", "out"),
        ("_con", "interno_ps"),
        ("_con", ""),
        ("lettera/channel", "paper"),
        ("lettera/subject", "Quesito, nuovo invio"),
        ("lettera/occurred_on", "2026-03-09"),
        ("protocollo/register", "SIM"),
        ("protocollo/number", "0000043"),
        ("protocollo/date", "2026-03-09"),
    ];
    way.act("staff", "corrispondenza", &letter).await;
    let form = way.app.page(STAFF, &way.path("rettifica-trasmissione")).await;
    let letter = form.text.split("Quesito, nuovo invio").next().unwrap();
    let letter = letter.rsplit("<option value=\"").next().unwrap().split('"').next().unwrap();
    let to = way.shown("/addressees/0/addressee_id").await;
    let corrected = [
        ("/addressees", to.as_str()),
        ("/communication", letter),
        ("/dispatched_on", "2026-03-09"),
        ("/reason", "Consegna PEC non riuscita."),
    ];
    way.act("staff", "rettifica-trasmissione", &corrected).await;
    assert_eq!(way.shown("/addressees/0/communication").await, letter);
    assert_eq!(way.shown("/addressees/0/dispatched_on").await, "2026-03-09");
    assert_eq!(way.shown("/dispatches/0/communication").await, first, "as first recorded");
    let page = way.app.page(STAFF, &way.there).await;
    page.says("Via posta cartacea: Quesito, nuovo invio").says("n. 0000043");

    let form = way.app.page(STAFF, &way.path("annulla-protocollo")).await;
    let number = form.text.split(&format!("value=\"{letter} ")).nth(1).unwrap();
    let number = format!("{letter} {}", number.split('"').next().unwrap());
    let annulled = [("_lettera", number.as_str()), ("/reason", "Oggetto errato.")];
    way.act("staff", "annulla-protocollo", &annulled).await;
    way.app.page(STAFF, &way.there).await.says("annullato il 10 marzo 2026 : Oggetto errato.");
    for act in ["ricevuta", "corrispondenza", "rettifica-trasmissione", "annulla-protocollo"] {
        assert_eq!(way.app.page(Some("parma"), &way.path(act)).await.status, 403, "{act}");
        assert_eq!(way.app.page(Some("milano"), &way.path(act)).await.status, 404, "{act}");
    }
}

#[tokio::test]
async fn an_answer_is_unlinked_and_its_points_are_open_again() {
    let way = Way::new().await;
    way.send().await;
    let answer = way.answer().await;
    let id = answer.strip_prefix("/riscontri/").unwrap();
    assert_eq!(way.shown("/points/0/best").await, "settled");
    let typed = [("/answer", id), ("/reason", "Riguarda un altro quesito.")];
    way.act("staff", "scollega-riscontro", &typed).await;
    assert_eq!(way.shown("/points/0/open").await, "true");
    assert_eq!(way.shown("/answers").await, "[]");
    way.app.page(STAFF, &way.there).await.is_silent_on("/scollega-riscontro");
}

#[tokio::test]
async fn answers_are_corrected_and_their_contradictions_settled_from_either_side() {
    let app = TestApp::ready().await;
    let received = |author: &str| {
        json!({
            "origin": "spontaneous", "authors": [author], "form": "nota",
            "document_date": "2026-03-05", "received_on": "2026-03-06",
            "address": "https://www.example.it/nota", "text": "La ricevuta basta.",
        })
    };
    let mut ids = Vec::new();
    for author in ["interno_ps", "interno_dlci", "interno_dait"] {
        ids.push(app.act("staff", "record_answer", &[], received(author)).await.id);
    }
    app.shown().await;
    let path = |at: usize, act: &str| format!("/riscontri/{}/{act}", ids[at]);
    let corrected = [
        ("/authors", "interno_ps"),
        ("_altro", "interno_dlci"),
        ("/form", "nota"),
        ("/document_date", "2026-03-05"),
        ("/received_on", "2026-03-09"),
        ("/text", "La ricevuta basta."),
        ("/reason", "Data di arrivo trascritta male."),
    ];
    done(&app, "staff", &path(0, "rettifica"), &corrected).await;
    assert_eq!(answer(&app, &ids[0], "/received_on").await, "2026-03-09");
    assert_eq!(answer(&app, &ids[0], "/authors").await, json!(["interno_ps", "interno_dlci"]));
    let stored = app.stored().await;
    let last = app.opened(stored.last().unwrap()).await;
    assert_eq!(last.get("text"), None, "what was not touched is not said again");

    // The first declares two; one is settled there, the other from the other side.
    for other in [1, 2] {
        let against = [("/with", ids[other].as_str()), ("/reason", "Dicono l'opposto.")];
        done(&app, "staff", &path(0, "contrasto"), &against).await;
    }
    assert_eq!(answer(&app, &ids[1], "/conflicts/0/from_there").await, true);
    assert_eq!(answer(&app, &ids[0], "/conflicts/0/from_there").await, false);
    let choice = format!("qui {}", ids[1]);
    let here = [("_contrasto", choice.as_str()), ("_prevale", "altro"), ("/reason", "È nuovo.")];
    done(&app, "staff", &path(0, "composizione"), &here).await;
    assert_eq!(answer(&app, &ids[0], "/conflicts/0/settled/prevails").await, json!(ids[1]));
    let choice = format!("altrove {}", ids[0]);
    let there = [("_contrasto", choice.as_str()), ("_prevale", "questo"), ("/reason", "Prevale.")];
    done(&app, "staff", &path(2, "composizione"), &there).await;
    assert_eq!(answer(&app, &ids[2], "/conflicts/0/settled/prevails").await, json!(ids[2]));
    let page = app.page(STAFF, &format!("/riscontri/{}", ids[2])).await;
    page.says("prevale questo").is_silent_on("/composizione\"");
    assert_eq!(app.page(Some("parma"), &path(0, "rettifica")).await.status, 403);
}
