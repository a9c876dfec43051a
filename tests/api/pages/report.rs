//! *Nuova segnalazione* and "succede anche da noi", as a browser without scripts sends them.

use serde_json::json;

use super::page::Shown;
use crate::app::TestApp;
use crate::setting::report;

const NEW: &str = "/segnalazioni/nuova";

/// What somebody types: a line, a text with a norm, a theme, one reading.
const TYPED: &[(&str, &str)] = &[
    ("/title", "Rinnovo: la ricevuta vale come documento?"),
    (
        "/description",
        "La questura chiede il permesso, l'anagrafe accetta la ricevuta: \
      art. 5-bis, co. 2, d.lgs. 142/2015.",
    ),
    ("/theme", "residence"),
    ("/urgency", "high"),
    ("/visibility", "network"),
    ("/people_affected", "12"),
    ("/positions/0/authority", "questura-bo"),
    ("/positions/0/reading", "Serve il permesso elettronico."),
    ("/positions/0/form", "practice"),
    ("/positions/0/known", "direct"),
    ("/positions/1/form", ""),
];

const NORM: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis-com2";

/// The form of a page with what was typed, sent with one of its buttons.
async fn send(app: &TestApp, who: &str, from: &Shown, more: &[(&str, &str)]) -> Shown {
    let (token, key) = (from.hidden("_token"), from.hidden("_key"));
    let mut fields = vec![("_token", token.as_str()), ("_key", key.as_str())];
    let replaced = |name: &str| more.iter().any(|(own, _)| *own == name);
    fields.extend(TYPED.iter().filter(|(name, _)| !replaced(name)));
    fields.extend(more);
    app.send_form(Some(who), NEW, &fields).await
}

#[tokio::test]
async fn a_report_is_checked_first_and_recorded_when_it_is_sent_again() {
    let app = TestApp::ready().await;
    app.act("bologna", "report_issue", &[], report()).await;
    let form = app.page(Some("parma"), NEW).await;
    form.says("Nuova segnalazione").says("Continua").is_silent_on("Invia la segnalazione");
    let before = app.head().await;

    let mut checked = send(&app, "parma", &form, &[("_passo", "controlla")]).await;
    let alike = report()["title"].as_str().unwrap().to_owned();
    for _ in 0..500 {
        // The index follows the views.
        if checked.text.contains(&alike) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        checked = send(&app, "parma", &form, &[("_passo", "controlla")]).await;
    }
    assert_eq!((checked.status, app.head().await), (200, before), "nothing is recorded yet");
    checked.says("Non è ancora stata inviata").says("Chi la vedrà");
    checked.has(&format!("value=\"{NORM}\" checked"));
    checked.says("Segnalazioni simili").says(&alike);

    let sent = send(&app, "parma", &checked, &[("_passo", "invia"), ("_norme", NORM)]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let id = sent.header("location").strip_prefix("/segnalazioni/").unwrap().to_owned();
    let shown = app.get(Some("bologna"), &format!("/issues/{id}")).await;
    assert_eq!(shown.body["title"], TYPED[0].1, "{}", shown.text);
    assert_eq!(shown.body["body"], "c_g337");
    assert_eq!(shown.body["people_affected"], 12);
    assert_eq!(shown.body["norm_citations"][0]["norm"]["urn"], NORM, "{}", shown.text);
    let reading = &shown.body["readings"][0];
    assert_eq!(reading["authority"], "questura-bo");
    assert_eq!(reading["territory"], json!({"level": "province", "code": "BO"}));

    // A double click.
    let after = app.head().await;
    let again = send(&app, "parma", &checked, &[("_passo", "invia"), ("_norme", NORM)]).await;
    assert_eq!((again.status, again.header("location")), (303, sent.header("location")));
    assert_eq!(app.head().await, after);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost() {
    let app = TestApp::ready().await;
    let form = app.page(Some("parma"), NEW).await;
    let before = app.head().await;
    let wrong =
        [("_passo", "invia"), ("/theme", ""), ("_urn", "urn:nir:stato:decreto-legge:2018;1")];
    let refused = send(&app, "parma", &form, &wrong).await;
    assert_eq!((refused.status, app.head().await), (422, before), "{}", refused.text);
    refused.says("Il modulo non è stato inviato").has("href=\"#campo-theme\"");
    refused.has("Serve il permesso elettronico.").has("urn:nir:stato:decreto-legge:2018;1");
    let kept = send(&app, "parma", &refused, &[("_passo", "invia")]).await;
    assert_eq!(kept.status, 303, "{}", kept.text);
}

#[tokio::test]
async fn personal_data_are_pointed_out_before_they_are_sent_and_confirmed_or_refused() {
    let app = TestApp::ready().await;
    let form = app.page(Some("parma"), NEW).await;
    let text = ("/description", "Ne ha parlato la sig.ra Rossetti allo sportello.");
    let checked = send(&app, "parma", &form, &[("_passo", "controlla"), text]).await;
    checked.says("Possibili dati personali").says("Sembra il nome di una persona");
    let asked = send(&app, "parma", &checked, &[("_passo", "invia"), text]).await;
    assert_eq!(asked.status, 422);
    asked.says("Ho verificato");
    let confirmed = [("_passo", "invia"), text, ("/texts_checked", "true")];
    let sent = send(&app, "parma", &asked, &confirmed).await;
    assert_eq!(sent.status, 303, "{}", sent.text);

    let code = ("/description", "Il codice fiscale è RSSMRA80A01H501U.");
    let form = app.page(Some("parma"), NEW).await;
    let never = [("_passo", "invia"), code, ("/texts_checked", "true")];
    assert_eq!(send(&app, "parma", &form, &never).await.status, 422);
}

#[tokio::test]
async fn staff_file_on_behalf_of_a_body_from_a_phone_call() {
    let app = TestApp::ready().await;
    let form = app.page(Some("staff"), NEW).await;
    form.says("Per conto di").says("Comune di Parma");
    let call = [("_passo", "invia"), ("/on_behalf_of", "c_g337"), ("/received_via", "phone")];
    let sent = send(&app, "staff", &form, &call).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let id = sent.header("location").strip_prefix("/segnalazioni/").unwrap().to_owned();
    let shown = app.get(Some("staff"), &format!("/issues/{id}")).await;
    assert_eq!(shown.body["body"], "c_g337", "{}", shown.text);
}

#[tokio::test]
async fn a_letter_is_attached_once_and_read_by_those_who_read_the_report() {
    let app = TestApp::ready().await;
    let form = app.page(Some("staff"), NEW).await;
    form.has("enctype=\"multipart/form-data\"").has("type=\"file\"");
    let letter = ("lettera.pdf", "application/pdf", "%PDF lettera del Comune");
    let (token, key) = (form.hidden("_token"), form.hidden("_key"));
    let mut fields = vec![("_token", token.as_str()), ("_key", key.as_str())];
    fields.extend(TYPED);
    fields.extend([("/on_behalf_of", "c_g337"), ("/received_via", "pec")]);
    let checked = app.send_files(Some("staff"), NEW, &fields, &[letter]).await;
    assert_eq!(checked.status, 200, "{}", checked.words());
    checked.says("Già allegati: lettera.pdf");
    let member = |name: &str| format!("/documents/0/{name}");
    let kept: Vec<(String, String)> = ["sha256", "media_type", "length", "role", "name"]
        .iter()
        .map(|name| (member(name), checked.hidden(&member(name))))
        .collect();
    fields.extend(kept.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields.push(("_passo", "invia"));
    // The same file again is the same document.
    let sent = app.send_files(Some("staff"), NEW, &fields, &[letter]).await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    let there = sent.header("location").to_owned();
    let id = there.strip_prefix("/segnalazioni/").unwrap();
    let shown = app.get(Some("staff"), &format!("/issues/{id}")).await;
    assert_eq!(shown.body["documents"].as_array().unwrap().len(), 1, "{}", shown.text);
    assert_eq!(shown.body["documents"][0]["name"], "lettera.pdf");
    let hash = shown.body["documents"][0]["sha256"].as_str().unwrap();
    let address = format!("{there}/documenti/{hash}");
    app.page(Some("parma"), &there).await.has(&format!("href=\"{address}\""));
    let document = app.page(Some("parma"), &address).await;
    assert_eq!((document.status, &*document.text), (200, letter.2));
    assert_eq!(document.header("content-disposition"), "attachment");
    assert_eq!(app.page(Some("milano"), &address).await.status, 404);
    assert_eq!(app.page(None, &address).await.status, 303);
    // Without its token nothing is kept.
    let before = app.head().await;
    let bare = app.send_files(Some("staff"), NEW, &fields[1..], &[("a", "text/plain", "a")]).await;
    assert_eq!((bare.status, app.head().await), (403, before));
}

#[tokio::test]
async fn only_bodies_and_staff_report() {
    let app = TestApp::ready().await;
    assert_eq!(app.page(None, NEW).await.status, 303, "asked to sign in");
    assert_eq!(app.page(Some("revisore"), NEW).await.status, 403);
}

#[tokio::test]
async fn it_happens_elsewhere_too_as_one_reading_or_in_another_way() {
    let app = TestApp::ready().await;
    let issue = app.act("bologna", "report_issue", &[], report()).await.id;
    let address = format!("/segnalazioni/{issue}/anche-da-noi");
    let form = app.page(Some("parma"), &address).await;
    form.says("Come A – ").says("In altro modo");
    let position = form.first_choice("/position_seen");
    let (token, key) = (form.hidden("_token"), form.hidden("_key"));
    let sent = [
        ("_token", token.as_str()),
        ("_key", &key),
        ("/position_seen", &position),
        ("/people_affected", "3"),
    ];
    let done = app.send_form(Some("parma"), &address, &sent).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let shown = app.get(Some("parma"), &format!("/issues/{issue}")).await;
    let endorsement = &shown.body["endorsements"][0];
    assert_eq!(endorsement["body"], "c_g337", "{}", shown.text);
    assert_eq!(endorsement["position_seen"], position.as_str(), "{}", shown.text);

    // Another body reads the rule in a third way.
    let form = app.page(Some("modena"), &address).await;
    let (token, key) = (form.hidden("_token"), form.hidden("_key"));
    let other = [
        ("_token", token.as_str()),
        ("_key", &key),
        ("/position_seen", "altra"),
        ("/new_position/authority", "questura-pr"),
        ("/new_position/reading", "Basta una dichiarazione."),
        ("/new_position/form", "practice"),
    ];
    let done = app.send_form(Some("modena"), &address, &other).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let shown = app.get(Some("parma"), &format!("/issues/{issue}")).await;
    let readings = shown.body["readings"].as_array().unwrap();
    assert!(
        readings.iter().any(|one| one["reading"] == "Basta una dichiarazione."),
        "{}",
        shown.text
    );

    // Once for each body.
    let form = app.page(Some("parma"), &address).await;
    let (token, key) = (form.hidden("_token"), form.hidden("_key"));
    let again = [("_token", token.as_str()), ("_key", &key), ("/position_seen", &position)];
    let refused = app.send_form(Some("parma"), &address, &again).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
}

#[tokio::test]
async fn what_looks_alike_is_told_while_one_types_and_only_from_where_one_may_read() {
    let app = TestApp::ready().await;
    let mut hidden = report();
    hidden["visibility"] = "restricted".into();
    hidden["title"] = "Zampirone riservato: basta la ricevuta?".into();
    app.act("bologna", "report_issue", &[], hidden).await;
    app.act("bologna", "report_issue", &[], report()).await;
    app.shown().await;
    let token = app.page(Some("parma"), NEW).await.hidden("_token");
    let fields = [("_token", token.as_str()), ("/title", "iscrizione anagrafica ricevuta")];
    let mut told = String::new();
    for _ in 0..500 {
        told = app.send_piece(Some("parma"), "/segnalazioni/simili", &fields).await;
        if told.contains("Iscrizione anagrafica") {
            break;
        }
        // The index follows the views.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(told.contains("Iscrizione anagrafica"), "{told}");
    assert!(!told.contains("Zampirone"), "{told}");
}
