//! Segnalazioni, Soluzioni, Norme, Difformità, for those who may see the cases.

use serde_json::json;

use crate::app::TestApp;
use crate::setting::{citation, position, report, with};

/// A case with two readings, an endorsement, a note and a solution that Parma adopted.
struct Case {
    app: TestApp,
    issue: String,
    solution: String,
}

impl Case {
    async fn new() -> Self {
        let app = TestApp::ready().await;
        let issue = app.reported().await;
        let one = [issue.as_str()];
        let other = json!({"reading": "Basta la ricevuta.", "form": "nota", "known": "written"});
        let other = with(position("questura-pr", "PR"), other);
        let other = app.act("bologna", "record_position", &one, other).await.event;
        let seen = json!({"position_seen": other, "people_affected": 7});
        app.act("parma", "endorse_issue", &one, seen).await;
        let note = json!({"audience": "internal", "text": "Sentito il ministero."});
        app.act("staff", "add_issue_note", &one, note).await;
        let proposal = json!({
            "problem": "Documento da esibire durante il rinnovo.", "text": "Si accetta la ricevuta.",
            "level": "local_agreement", "issues": [issue],
            "basis": {"answers": [], "norms": [citation("art5bis")]},
            "territory": {"level": "province", "code": "PR"},
        });
        let solution = app.act("staff", "propose_solution", &[], proposal).await.id;
        let valid = json!({"solution_version": 1, "by": "gruppo di lavoro"});
        app.act("staff", "validate_solution", &[&solution], valid).await;
        let adoption = json!({
            "manner": "adopted", "solution_version": 1, "in_force_from": "2026-03-10",
            "act": {"status": "adopted", "kind": "determina", "number": "0388", "date": "2026-03-09"},
        });
        app.act("parma", "adopt_solution", &[&solution], adoption).await;
        app.shown().await;
        Self { app, issue, solution }
    }
}

#[tokio::test]
async fn the_list_has_facets_with_counts_that_narrow_it() {
    let case = Case::new().await;
    let list = case.app.page(Some("parma"), "/segnalazioni").await;
    assert_eq!(list.status, 200);
    list.says("1 segnalazione").says("Iscrizione anagrafica: basta la ricevuta?");
    list.says("2 interpretazioni opposte").says("ha una soluzione valida 1").says("S-2026/0001");
    list.has("href=\"/segnalazioni?tema=residence\"").has("href=\"/segnalazioni?anno=2026\"");
    for (narrowed, found) in [
        ("?anno=2026", true),
        ("?anno=2025", false),
        ("?soluzione=1&difformita=1", true),
        ("?soluzione=0", false),
        ("?provincia=PR", true),
        ("?autorita=prefettura", false),
    ] {
        let list = case.app.page(Some("parma"), &format!("/segnalazioni{narrowed}")).await;
        assert_eq!(list.text.contains("S-2026/0001"), found, "{narrowed}");
    }
    let wrong = case.app.page(Some("parma"), "/segnalazioni?stato=forse").await;
    assert_eq!(wrong.status, 400);
    wrong.says("Il parametro «stato» dell'indirizzo non ha un valore previsto.");
    let person = case.app.page(Some("parma"), "/segnalazioni?q=RSSMRA85T10A562S").await;
    assert_eq!(person.status, 400);
    person.says("contengono un codice fiscale");
}

#[tokio::test]
async fn an_issue_shows_readings_side_by_side_and_says_how_they_differ() {
    let case = Case::new().await;
    let path = format!("/segnalazioni/{}", case.issue);
    let page = case.app.page(Some("parma"), &path).await;
    page.says("Questa segnalazione è visibile a tutti gli enti della rete e al coordinamento.");
    page.says("Oggi si oppongono 2 interpretazioni: A e B.");
    page.says("Nella forma la più forte è la B (Nota).");
    page.says("prassi senza base normativa indicata").says("provincia di Bologna");
    page.says("come B").says("Documento da esibire durante il rinnovo.");
    page.says("Comune di Parma: «succede anche da noi».");
    page.is_silent_on("Sentito il ministero");
    let staff = case.app.page(Some("staff"), &path).await;
    staff.says("Le legge: Solo il coordinamento").says("Sentito il ministero.");
    let some = case.app.page(Some("parma"), &format!("{path}?eventi=enti")).await;
    some.says("«succede anche da noi».").is_silent_on("segnalazione presentata.");
    let none = case.app.page(Some("milano"), &path).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_solution_says_who_adopted_it_by_which_act_and_whether_one_s_own_body_did() {
    let case = Case::new().await;
    let list = case.app.page(Some("parma"), "/soluzioni").await;
    list.says("Documento da esibire durante il rinnovo.").says("Recepita da 1 ente");
    let own = case.app.page(Some("parma"), "/soluzioni?ente=c_g337&validita=current").await;
    own.says("B-2026/0001");
    let path = format!("/soluzioni/{}", case.solution);
    let page = case.app.page(Some("parma"), &path).await;
    page.says("Nel tuo ente.").says("determina n. 0388 del 9 marzo 2026");
    page.says("dal 10 marzo 2026").says("accordo locale").says("S-2026/0001");
    let other = case.app.page(Some("bologna"), &path).await;
    other.is_silent_on("Nel tuo ente.").says("Adotta nel tuo ente").says("Comune di Parma");
}

#[tokio::test]
async fn a_norm_shows_by_article_who_reads_it_how_and_the_matrix_says_the_same() {
    let case = Case::new().await;
    let norms = case.app.page(Some("parma"), "/norme").await;
    let link = norms.text.split("href=\"/norme/").nth(1).unwrap().split('"').next().unwrap();
    let page = case.app.page(Some("parma"), &format!("/norme/{link}")).await;
    page.says("Art. 5-bis").says("Chi la legge come").says("Basta la ricevuta.");
    page.says("Modifiche e segnalazioni nel tempo").has("<svg class=\"timeline\"");
    page.says("Le stesse date in una tabella");
    let matrix = case.app.page(Some("parma"), "/difformita").await;
    matrix.says("letture opposte").says("Bologna : Non basta la ricevuta.");
    matrix.says("Parma : Basta la ricevuta.");
    let before = case.app.page(Some("parma"), "/difformita?giorno=2020-01-01&provincia=BO").await;
    assert_eq!(before.status, 200);
    let nobody = case.app.page(None, "/difformita?provincia=BO").await;
    assert_eq!(
        (nobody.status, nobody.header("location")),
        (303, "/accesso?ritorno=%2Fdifformita%3Fprovincia%3DBO")
    );
}

#[tokio::test]
async fn the_page_of_a_norm_shows_the_newest_and_leads_to_all() {
    let app = TestApp::ready().await;
    for at in 1..=12 {
        let title = json!({"title": format!("Caso numero {at}.")});
        app.act("bologna", "report_issue", &[], with(report(), title)).await;
    }
    app.shown().await;
    let norms = app.page(Some("parma"), "/norme").await;
    let norm = norms.text.split("href=\"/norme/").nth(1).unwrap().split('"').next().unwrap();
    let page = app.page(Some("parma"), &format!("/norme/{norm}")).await;
    page.says("In vista 10 segnalazioni più recenti su 12.");
    page.says("In vista 10 interpretazioni più recenti su 12.");
    let listed = page.text.split("<h3>Segnalazioni</h3>").nth(1).unwrap();
    assert!(listed.contains("Caso numero 12.") && listed.contains("Caso numero 3."), "{listed}");
    assert!(!listed.contains("Caso numero 2.") && !listed.contains("Caso numero 1."), "{listed}");
    let all = format!("/segnalazioni?norma={norm}");
    page.has(&format!("href=\"{all}\""));
    app.page(Some("parma"), &all).await.says("12 segnalazioni").says("Caso numero 1.");
    page.has(&format!("href=\"/difformita?norma={norm}\""));
    let whole = app.get(Some("parma"), &format!("/norms/{norm}")).await;
    assert_eq!(whole.body["places"][0]["issues"].as_array().unwrap().len(), 12, "{}", whole.text);
    assert_eq!(whole.body["places"][0].get("in_all"), None);
}
