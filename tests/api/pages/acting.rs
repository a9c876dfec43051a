//! What is done with a report and with a solution from their pages, one form after another.

use serde_json::{Value, json};

use super::typing::{area, done, send};
use crate::app::TestApp;
use crate::setting::{citation, report, with};

/// What the API shows of a thing, at a pointer.
async fn shown(app: &TestApp, path: &str, pointer: &str) -> Value {
    let reply = app.get(Some("staff"), path).await;
    reply.body.pointer(pointer).cloned().unwrap_or_default()
}

/// The data of the last event in the streams of cases.
async fn last(app: &TestApp) -> Value {
    let stored = app.stored().await;
    let cases = ["issue", "question", "answer", "solution", "communication"];
    let event = stored.iter().rev().find(|event| cases.contains(&event.stream.category())).unwrap();
    app.opened(event).await
}

#[tokio::test]
async fn a_report_is_completed_and_corrected_by_those_it_belongs_to() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let (page, api) = (format!("/segnalazioni/{issue}"), format!("/issues/{issue}"));
    let act = async |who: &str, act: &str, typed: &[(&str, &str)]| {
        assert_eq!(done(&app, who, &format!("{page}/{act}"), typed).await, page);
    };
    app.page(Some("bologna"), &page).await.has(&format!("href=\"{page}/modifica\""));
    app.page(Some("parma"), &page).await.is_silent_on("/modifica\"");

    // Another reading, of which the place follows from the office.
    let reading = [
        ("/authority", "questura-pr"),
        ("/reading", "Basta la ricevuta."),
        ("/form", "nota"),
        ("/known", "written"),
    ];
    act("parma", "interpretazione", &reading).await;
    assert_eq!(shown(&app, &api, "/readings/1/territory/code").await, "PR");
    let first = shown(&app, &api, "/readings/0/position_id").await;
    let second = shown(&app, &api, "/readings/1/position_id").await;
    let (first, second) = (first.as_str().unwrap(), second.as_str().unwrap());
    // Each body corrects what it recorded itself.
    let form = app.page(Some("parma"), &format!("{page}/rettifica-interpretazione")).await;
    form.has(second).is_silent_on(first);
    let corrected = [
        ("/position_id", second),
        ("/reading", "Basta la ricevuta con fotografia."),
        ("/reason", "Verificato."),
    ];
    act("parma", "rettifica-interpretazione", &corrected).await;
    assert_eq!(shown(&app, &api, "/readings/1/reading").await, corrected[1].1);
    assert_eq!(shown(&app, &api, "/readings/1/form").await, "nota");

    // What was not touched in the form is not said again.
    let amended = [
        ("/title", "Iscrizione: quale ricevuta basta?"),
        ("/description", "Due uffici chiedono documenti diversi per la stessa iscrizione."),
        ("/theme", "residence"),
        ("/urgency", "high"),
        ("/reason", "Più preciso."),
    ];
    let form = app.page(Some("bologna"), &format!("{page}/modifica")).await;
    assert_eq!(area(&form, "/description"), amended[1].1);
    act("bologna", "modifica", &amended).await;
    let told = json!({"title": amended[0].1, "urgency": "high", "reason": "Più preciso."});
    assert_eq!(last(&app).await, told);

    // Norms as people cite them, or by their URN.
    act("parma", "norma", &[("_norma", "art. 4, d.lgs. 142/2015")]).await;
    let urn = shown(&app, &api, "/norm_citations/1/norm/urn").await;
    assert_eq!(urn, "urn:nir:stato:decreto.legislativo:2015-08-18;142~art4");
    let cited = shown(&app, &api, "/norm_citations/1/citation_id").await;
    let cited = ("/citation_id", cited.as_str().unwrap());
    let better = ("_norma", "urn:nir:stato:decreto.legislativo:2015-08-18;142~art6");
    act("bologna", "rettifica-norma", &[cited, better, ("/reason", "Articolo sbagliato.")]).await;
    let urn = shown(&app, &api, "/norm_citations/1/norm/urn").await;
    assert_eq!(urn, better.1);
    act("bologna", "togli-norma", &[cited, ("/reason", "Non serve.")]).await;
    assert_eq!(shown(&app, &api, "/norm_citations/1").await, Value::Null);
    for (typed, fault) in [
        ("la legge", "Non si capisce quale norma"),
        ("art. 4", "È citato un articolo senza l'atto."),
        ("art. 4 d.lgs. 142/2015 e art. 2 d.lgs. 142/2015", "Una norma alla volta."),
        ("urn:lex:x", "Il modulo non è stato inviato"),
    ] {
        let form = app.page(Some("parma"), &format!("{page}/norma")).await;
        let path = format!("{page}/norma");
        let refused = send(&app, Some("parma"), &form, &path, &[("_norma", typed)]).await;
        assert_eq!(refused.status, 422, "{typed}: {}", refused.words());
        refused.says(fault).has("href=\"#campo_norma\"");
    }

    // "Succede anche da noi", corrected and taken back by who said it.
    app.act("parma", "endorse_issue", &[&issue], json!({"people_affected": 7})).await;
    let given = shown(&app, &api, "/endorsements/0/endorsement_id").await;
    let given = ("/endorsement_id", given.as_str().unwrap());
    let seen = [given, ("/people_affected", "9"), ("/position_seen", second), ("/reason", "Ora.")];
    act("parma", "rettifica-anche-da-noi", &seen).await;
    assert_eq!(shown(&app, &api, "/endorsements/0/people_affected").await, 9);
    act("parma", "ritiro-anche-da-noi", &[given, ("/reason", "Altro caso.")]).await;
    assert_eq!(shown(&app, &api, "/endorsements").await, json!([]));

    // An office aligns; the other reading was never there.
    let aligned = [
        ("/position_id", second),
        ("/cause", "aligned"),
        ("/until", "2026-03-09"),
        ("/note", "Si è allineata."),
    ];
    act("parma", "fine-interpretazione", &aligned).await;
    assert_eq!(shown(&app, &api, "/readings/1/until").await, "2026-03-09");
    act("bologna", "annulla-interpretazione", &[("/position_id", first), ("/reason", "Errore.")])
        .await;
    assert_eq!(shown(&app, &api, "/readings/1").await, Value::Null);
    act("parma", "nota", &[("/audience", "network"), ("/text", "Sentito l'ufficio.")]).await;
    assert_eq!(shown(&app, &api, "/notes/0/body").await, "c_g337");
    act("bologna", "ritiro", &[("/reason", "Risolto.")]).await;
    assert_eq!(shown(&app, &api, "/status").await, "withdrawn");
}

#[tokio::test]
async fn staff_carry_a_report_from_its_questions_to_its_end() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let triage = json!({"scope": "in_scope", "urgency": "high"});
    app.act("staff", "triage_issue", &[&issue], triage).await;
    let other = app.act("parma", "report_issue", &[], report()).await.id;
    let answer = json!({
        "origin": "spontaneous", "authors": ["interno_ps"], "form": "nota",
        "document_date": "2026-03-10", "received_on": "2026-03-10",
        "address": "https://www.example.it/nota", "text": "La ricevuta basta.",
    });
    let answer = app.act("staff", "record_answer", &[], answer).await.id;
    app.shown().await;
    let (page, api) = (format!("/segnalazioni/{issue}"), format!("/issues/{issue}"));
    let act = async |who: &str, act: &str, typed: &[(&str, &str)]| {
        assert_eq!(done(&app, who, &format!("{page}/{act}"), typed).await, page);
    };
    act("staff", "richiesta-chiarimenti", &[("/text", "Su carta?")]).await;
    let asked = shown(&app, &api, "/clarifications/0/clarification_id").await;
    let asked = ("/clarification_id", asked.as_str().unwrap());
    let denied = app.page(Some("parma"), &format!("{page}/chiarimento")).await;
    assert_eq!(denied.status, 403, "asked of Bologna");
    act("bologna", "chiarimento", &[asked, ("/text", "Sì, allo sportello.")]).await;
    assert_eq!(shown(&app, &api, "/clarifications/0/reply").await, "Sì, allo sportello.");

    let estimate = [("/people_affected", "64"), ("/bodies_affected", "3"), ("/method", "ospiti")];
    act("staff", "stima", &estimate).await;
    assert_eq!(shown(&app, &api, "/impact/people_affected").await, 64);
    let heard = [("/authority", "prefettura-pr"), ("/text", "Riscontro entro giugno.")];
    act("staff", "contatto", &heard).await;
    app.page(Some("bologna"), &page).await.is_silent_on("Riscontro entro giugno.");

    let linked = [("/issue", other.as_str()), ("/link", "related"), ("/reason", "Stesso ufficio.")];
    act("staff", "collegamento", &linked).await;
    assert_eq!(shown(&app, &api, "/links/0/link").await, "related");
    let link = format!("related {other}");
    act("staff", "scollegamento", &[("_collegamento", &link), ("/reason", "Altro ufficio.")]).await;
    assert_eq!(shown(&app, &api, "/links").await, json!([]));

    let settled = [("/answer", answer.as_str()), ("/result", "settled")];
    act("staff", "riscontro", &settled).await;
    assert_eq!(shown(&app, &api, "/status").await, "answered");
    act("staff", "scollega-riscontro", &[settled[0], ("/reason", "Altro tema.")]).await;
    assert_eq!(shown(&app, &api, "/answers").await, json!([]));

    act("staff", "visibilita", &[("/to", "public"), ("/reason", "Utile a tutti.")]).await;
    let summary = [("/abstract", "Due letture diverse."), ("/approved_role", "coordinatrice")];
    act("staff", "pubblicazione", &summary).await;
    app.page(None, &page).await.says("Due letture diverse.");
    act("staff", "ritiro-pubblicazione", &[("/reason", "Da rivedere.")]).await;
    assert_eq!(app.page(None, &page).await.status, 404);

    act("staff", "chiusura", &[("/outcome", "local_solution"), ("/summary", "Protocollo.")]).await;
    let closed = app.page(Some("staff"), &page).await;
    closed.says("Chiusa: risolta da una soluzione locale").says("Riapri la segnalazione");
    closed.is_silent_on("/interpretazione\"");
    act("staff", "riapertura", &[("/reason", "Succede ancora."), ("/lead_body", "c_g337")]).await;
    assert_eq!(shown(&app, &api, "/body").await, "c_g337");
    for who in [Some("parma"), Some("bologna")] {
        let denied = app.page(who, &format!("{page}/chiusura")).await;
        assert_eq!(denied.status, 403);
        denied.says("o il coordinamento che segue il caso");
    }
    assert_eq!(app.page(Some("milano"), &format!("{page}/nota")).await.status, 404);
    assert_eq!(app.page(Some("revisore"), &format!("{page}/nota")).await.status, 403);
    assert_eq!(app.page(None, &format!("{page}/nota")).await.status, 303);
    assert_eq!(app.page(Some("staff"), &format!("{page}/zampirone")).await.status, 404);
}

#[tokio::test]
async fn a_form_about_a_report_needs_its_token_and_tells_what_is_wrong() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let path = format!("/segnalazioni/{issue}/chiusura");
    let form = app.page(Some("staff"), &path).await;
    let before = app.head().await;
    let key = form.hidden("_key");
    let bare = [("_key", key.as_str()), ("_vista", "0"), ("/outcome", "composed")];
    assert_eq!(app.send_form(Some("staff"), &path, &bare).await.status, 403);
    let empty = send(&app, Some("staff"), &form, &path, &[]).await;
    assert_eq!(empty.status, 422);
    empty.says("Dato obbligatorio.").has("href=\"#campo-outcome\"");
    let early = send(&app, Some("staff"), &form, &path, &[("/outcome", "answered")]).await;
    assert_eq!((early.status, app.head().await), (422, before), "{}", early.words());
    // Overtaken by a note, it is shown again.
    let note = [("/audience", "network"), ("/text", "Nota.")];
    done(&app, "bologna", &format!("/segnalazioni/{issue}/nota"), &note).await;
    let path = format!("/segnalazioni/{issue}/visibilita");
    let form = app.page(Some("staff"), &path).await;
    done(&app, "bologna", &format!("/segnalazioni/{issue}/nota"), &note).await;
    let stale = send(&app, Some("staff"), &form, &path, &[("/to", "restricted")]).await;
    assert_eq!(stale.status, 422);
    stale.says("Nel frattempo qualcun altro ha modificato la stessa cosa");
}

#[tokio::test]
async fn a_solution_lives_on_through_its_page() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    let other = app.act("parma", "report_issue", &[], report()).await.id;
    let proposal = json!({
        "problem": "Documento da esibire.", "text": "Si accetta la ricevuta.",
        "level": "local_agreement", "issues": [issue],
        "basis": {"answers": [], "norms": [citation("art5bis")]},
        "territory": {"level": "province", "code": "PR"},
    });
    let solution = app.act("staff", "propose_solution", &[], proposal.clone()).await.id;
    let newer = with(proposal, json!({"problem": "Documento, nuovo accordo."}));
    let newer = app.act("staff", "propose_solution", &[], newer).await.id;
    let valid = json!({"solution_version": 1, "by": "gruppo di lavoro"});
    app.act("staff", "validate_solution", &[&solution], valid).await;
    let adoption = json!({
        "manner": "adopted", "solution_version": 1,
        "act": {"status": "adopted", "kind": "determina", "number": "0388", "date": "2026-03-09"},
    });
    app.act("parma", "adopt_solution", &[&solution], adoption).await;
    app.shown().await;
    let (page, api) = (format!("/soluzioni/{solution}"), format!("/solutions/{solution}"));
    let act = async |who: &str, act: &str, typed: &[(&str, &str)]| {
        assert_eq!(done(&app, who, &format!("{page}/{act}"), typed).await, page);
    };
    let given = shown(&app, &api, "/adoptions/0/adoption_id").await;
    let given = ("/adoption_id", given.as_str().unwrap());
    let act_of_body = [
        given,
        ("/act/status", "adopted"),
        ("/act/kind", "determina"),
        ("/act/number", "0211"),
        ("/act/date", "2026-03-08"),
        ("/reason", "Numero trascritto male."),
    ];
    assert_eq!(app.page(Some("modena"), &format!("{page}/fine-adozione")).await.status, 403);
    act("parma", "rettifica-adozione", &act_of_body).await;
    assert_eq!(shown(&app, &api, "/adoptions/0/act/number").await, "0211");
    assert_eq!(shown(&app, &api, "/adoptions/0/manner").await, "adopted");
    act("parma", "fine-adozione", &[given, ("/until", "2026-03-10"), ("/reason", "Concluso.")])
        .await;
    assert_eq!(shown(&app, &api, "/adoptions/0/until").await, "2026-03-10");

    act("staff", "fondamento", &[("_norma", "art. 4, d.lgs. 142/2015")]).await;
    let basis = shown(&app, &api, "/basis_norms/1/basis_id").await;
    let basis = ("/basis_id", basis.as_str().unwrap());
    act("staff", "togli-fondamento", &[basis, ("/reason", "Non serve.")]).await;
    assert_eq!(shown(&app, &api, "/basis_norms/1").await, Value::Null);
    act("staff", "segnalazione", &[("/issue", &other)]).await;
    assert_eq!(shown(&app, &api, "/issues/1/id").await, json!(other));
    act("staff", "togli-segnalazione", &[("/issue", &other), ("/reason", "Altro.")]).await;
    assert_eq!(shown(&app, &api, "/issues/1").await, Value::Null);
    act("staff", "verifica", &[("/due", "2026-04-10"), ("/reason", "Nuova circolare.")]).await;
    assert_eq!(shown(&app, &api, "/reviews/0/reviewer").await, "p-staff");
    act("staff", "conferma", &[("/reason", "Vale ancora.")]).await;
    assert_eq!(shown(&app, &api, "/reviews/0/confirmed_on").await, "2026-03-10");

    // A new version says only what is new beside its text.
    let form = app.page(Some("staff"), &format!("{page}/revisione")).await;
    assert_eq!(area(&form, "/text"), "Si accetta la ricevuta.");
    let version = [
        ("/problem", "Documento da esibire."),
        ("/text", "Si accetta la ricevuta con fotografia."),
        ("/reason", "Più preciso."),
    ];
    act("staff", "revisione", &version).await;
    assert_eq!(shown(&app, &api, "/versions/1/text").await, version[1].1);
    assert_eq!(last(&app).await.get("problem"), None);
    act("staff", "pubblicazione", &[("/abstract", "Scheda operativa.")]).await;
    assert_eq!(shown(&app, &api, "/abstract").await, "Scheda operativa.");
    act("staff", "ritiro-pubblicazione", &[("/reason", "Da rivedere.")]).await;
    act("staff", "superamento", &[("/by", &newer), ("/reason", "Nuovo accordo.")]).await;
    assert_eq!(shown(&app, &api, "/superseded_by/id").await, json!(newer));
    let gone = format!("/soluzioni/{newer}");
    done(&app, "staff", &format!("{gone}/ritiro"), &[("/reason", "Norma abrogata.")]).await;
    app.page(Some("staff"), &gone).await.says("non più proposta");
    for path in ["revisione", "ritiro", "cancellazione"] {
        let denied = app.page(Some("parma"), &format!("{page}/{path}")).await;
        assert_eq!(denied.status, 403, "{path}");
    }
}
