//! From seven issues to an answer that their bodies adopt, as a browser without scripts
//! sends it.

use serde_json::json;

use super::page::Shown;
use super::typing::{area, done, send, ticked};
use crate::app::TestApp;
use crate::setting::{position, report, with};

pub const STAFF: Option<&str> = Some("staff");

/// Seven reports about one paragraph, by three bodies, read in two ways.
pub async fn seven(app: &TestApp) -> Vec<String> {
    let mut issues = Vec::new();
    for at in 0..7 {
        let who = ["bologna", "parma", "modena"][at % 3];
        let office = if at % 2 == 0 { ("questura-bo", "BO") } else { ("questura-pr", "PR") };
        let reading = json!({"reading": format!("Lettura numero {at}.")});
        let one = with(
            report(),
            json!({
                "title": format!("Caso numero {at}"),
                "positions": [with(position(office.0, office.1), reading)],
            }),
        );
        issues.push(app.act(who, "report_issue", &[], one).await.id);
    }
    app.shown().await;
    issues
}

/// The draft that a page has prepared, saved with one addressee.
pub async fn save(app: &TestApp, page: &Shown, issues: &[String]) -> String {
    let (background, point) = (area(page, "/background"), area(page, "/points/0/text"));
    let of_point = ticked(page, "/points/0/issues");
    assert_eq!(of_point.len(), issues.len(), "every issue is in the first point");
    let norms = ticked_norms(page);
    assert_eq!(norms.len(), 1, "{}", page.text);
    let mut typed = vec![
        ("/subject", "Iscrizione anagrafica"),
        ("/addressees/0/addressee", "interno_ps"),
        ("/addressees/0/via", "anci_nazionale"),
        ("/addressees/1/addressee", ""),
        ("/background", background.as_str()),
        ("/points/0/text", point.as_str()),
        ("/points/1/text", ""),
        ("/silence_effect", "none"),
        ("_norme", norms[0].as_str()),
    ];
    typed.extend(of_point.iter().map(|issue| ("/points/0/issues", issue.as_str())));
    typed.extend(issues.iter().map(|issue| ("segnalazione", issue.as_str())));
    let sent = send(app, STAFF, page, "/quesiti/nuovo", &typed).await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    sent.header("location").to_owned()
}

fn ticked_norms(page: &Shown) -> Vec<String> {
    ticked(page, "_norme")
}

#[tokio::test]
async fn seven_issues_become_a_draft_with_its_positions_table_in_a_few_clicks() {
    let app = TestApp::ready().await;
    let issues = seven(&app).await;

    // On the desk they are proposed as a group: one click to the desk, one to the draft.
    let desk = app.page(STAFF, "/scrivania").await;
    desk.says("7 segnalazioni, 7 interpretazioni di 2 uffici, in nessun quesito.");
    let prepare = desk.text.split("href=\"/quesiti/nuovo?").nth(1).unwrap();
    let prepare = prepare.split('"').next().unwrap().replace("&amp;", "&");
    let draft = app.page(STAFF, &format!("/quesiti/nuovo?{prepare}")).await;
    draft.says("Chi legge la norma in che modo, segnalazione per segnalazione");
    for at in 0..7 {
        draft.says(&format!("Lettura numero {at}."));
        assert!(area(&draft, "/background").contains(&format!("«Lettura numero {at}.»")));
    }
    // One to choose the addressee, one to save it: four in all.
    let there = save(&app, &draft, &issues).await;
    let question = app.page(STAFF, &there).await;
    question.says("in bozza").says("Caso numero 6").says("Lettura numero 3.");
    let id = there.strip_prefix("/quesiti/").unwrap();
    let shown = app.get(STAFF, &format!("/collective-questions/{id}")).await;
    assert_eq!(shown.body["issues"].as_array().unwrap().len(), 7, "{}", shown.text);
    app.page(STAFF, "/scrivania").await.says("Nessun gruppo").says("Iscrizione anagrafica");
}

#[tokio::test]
async fn issues_are_chosen_from_the_list_one_by_one_or_all_that_a_filter_leaves() {
    let app = TestApp::ready().await;
    let issues = seven(&app).await;
    let list = app.page(STAFF, "/segnalazioni?tema=residence").await;
    list.says("Prepara quesito con tutte e 7").says("Prepara quesito con quelle scelte");
    list.has(&format!("name=\"segnalazione\" value=\"{}\"", issues[0]));
    let all = app.page(STAFF, "/quesiti/nuovo?tema=residence&_quali=tutte").await;
    all.says("Lettura numero 0.").says("Lettura numero 6.");
    let two = format!("/quesiti/nuovo?segnalazione={}&segnalazione={}", issues[2], issues[4]);
    let two = app.page(STAFF, &two).await;
    two.says("Lettura numero 2.").says("Lettura numero 4.").is_silent_on("Lettura numero 3.");
    let body = app.page(Some("parma"), "/segnalazioni?tema=residence").await;
    body.is_silent_on("Prepara quesito");
    assert_eq!(app.page(Some("parma"), "/quesiti/nuovo").await.status, 403);
    assert_eq!(app.page(None, "/scrivania").await.status, 303);
    assert_eq!(app.page(Some("parma"), "/scrivania").await.status, 403);
    // Without an addressee nothing is recorded, and nothing typed is lost.
    let before = app.head().await;
    let typed =
        [("/subject", "Oggetto"), ("/background", "Premessa scritta."), ("/points/0/text", "Se.")];
    let refused = send(&app, STAFF, &two, "/quesiti/nuovo", &typed).await;
    assert_eq!((refused.status, app.head().await), (422, before));
    refused.has("href=\"#campo-addressees-0-addressee\"").has("Premessa scritta.");
}

#[tokio::test]
async fn what_is_reserved_is_not_told_to_the_network_by_a_draft() {
    let app = TestApp::ready().await;
    let mut hidden = report();
    hidden["visibility"] = "restricted".into();
    hidden["positions"][0]["reading"] = "Zampirone.".into();
    let hidden = app.act("bologna", "report_issue", &[], hidden).await.id;
    app.shown().await;
    let draft = app.page(STAFF, &format!("/quesiti/nuovo?segnalazione={hidden}")).await;
    draft.says("1 segnalazione riservata non è riportata nella premessa.");
    assert!(!area(&draft, "/background").contains("Zampirone"), "{}", draft.text);
    assert_eq!(draft.text.matches("Zampirone").count(), 1, "only in the table for staff");
}

/// A question on its way, and what the API says of it.
pub struct Way {
    pub app: TestApp,
    pub issues: Vec<String>,
    pub there: String,
    pub background: String,
}

impl Way {
    /// A draft from seven issues.
    pub async fn new() -> Self {
        let app = TestApp::ready().await;
        let issues = seven(&app).await;
        let all = app.page(STAFF, "/quesiti/nuovo?tema=residence&_quali=tutte").await;
        let there = save(&app, &all, &issues).await;
        Self { issues, there, background: area(&all, "/background"), app }
    }

    pub fn path(&self, act: &str) -> String {
        format!("{}/{act}", self.there)
    }

    pub async fn act(&self, who: &str, act: &str, typed: &[(&str, &str)]) -> String {
        done(&self.app, who, &self.path(act), typed).await
    }

    /// What the API shows of it.
    pub async fn shown(&self, pointer: &str) -> String {
        let id = self.there.strip_prefix("/quesiti/").unwrap();
        let shown = self.app.get(STAFF, &format!("/collective-questions/{id}")).await;
        let value = shown.body.pointer(pointer).cloned().unwrap_or_default();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Approved and sent, with a number.
    pub async fn send(&self) {
        self.act("staff", "approvazione", &[("/role", "presidente")]).await;
        let to = self.shown("/addressees/0/addressee_id").await;
        let sent = [
            ("/addressees", to.as_str()),
            ("/occurred_on", "2026-03-10"),
            ("lettera/channel", "pec"),
            ("lettera/subject", "Quesito collettivo"),
            ("protocollo/register", "SIM"),
            ("protocollo/number", "0000042"),
            ("protocollo/date", "2026-03-10"),
        ];
        self.act("staff", "trasmissione", &sent).await;
    }

    /// Answered by a letter; the address of the answer.
    pub async fn answer(&self) -> String {
        let answer = [
            ("/authors", "interno_ps"),
            ("/authors", ""),
            ("/form", "nota"),
            ("/document_date", "2026-03-10"),
            ("/received_on", "2026-03-10"),
            ("/text", "Basta la ricevuta in originale."),
            ("/origin", "reply"),
            ("_punto0", "settled"),
            ("lettera/channel", "pec"),
            ("lettera/counterpart_registration/number", "0099"),
            ("lettera/counterpart_registration/year", "2026"),
            ("lettera/counterpart_registration/date", "2026-03-10"),
        ];
        self.act("staff", "riscontro", &answer).await
    }
}

#[tokio::test]
async fn adhesions_bind_to_the_text_that_was_shown() {
    let way = Way::new().await;
    way.act("staff", "raccolta", &[("/deadline", "2026-03-25")]).await;
    let form = way.app.page(Some("parma"), &way.path("adesione")).await;
    form.says("Si aderisce esattamente a questo testo");
    let point = way.shown("/points/0/point_id").await;
    let revision = [
        ("/subject", "Iscrizione anagrafica dei richiedenti"),
        ("/background", way.background.as_str()),
        ("/points/0/point_id", point.as_str()),
        ("/points/0/text", "Se basti la ricevuta."),
        ("/kind", "substance"),
        ("/reason", "Più preciso."),
    ];
    way.act("staff", "testo", &revision).await;
    assert_eq!(way.shown("/text_versions/1/subject").await, revision[0].1);
    let role = [("/signatory_role", "sindaco")];
    let old = send(&way.app, Some("parma"), &form, &way.path("adesione"), &role).await;
    assert_eq!(old.status, 422);
    old.says("Nel frattempo il testo è cambiato");
    way.act("parma", "adesione", &role).await;
    assert_eq!(way.shown("/adhesions/0/text_version").await, "2");
    let bound = way.shown("/adhesions/0/text_sha256").await;
    assert_eq!(bound, way.shown("/text_versions/1/text_sha256").await);
    // Who had been invited to another text is invited again.
    way.act("staff", "raccolta", &[("/deadline", "2026-03-25")]).await;
    let behalf = [("/signatory_role", "assessora"), ("/on_behalf_of", "c_a944")];
    way.act("staff", "adesione", &behalf).await;
    let given = way.shown("/adhesions/0/adhesion_id").await;
    let back = [("/adhesion_id", given.as_str()), ("/reason", "Ripensamento.")];
    way.act("parma", "ritiro-adesione", &back).await;
    way.act("staff", "fine-raccolta", &[]).await;
    way.app.page(STAFF, &way.there).await.says("1 ente aderisce").says("ritirata");
}

#[tokio::test]
async fn a_letter_leaves_with_its_number_after_the_approval_and_not_before() {
    let way = Way::new().await;
    let early = way.app.page(STAFF, &way.path("trasmissione")).await;
    early.says("non è ancora approvato");
    let before = way.app.head().await;
    let typed = [("/addressees", "x"), ("lettera/channel", "pec"), ("lettera/subject", "Q")];
    let refused = send(&way.app, STAFF, &early, &way.path("trasmissione"), &typed).await;
    assert_eq!((refused.status, way.app.head().await), (422, before), "{}", refused.words());
    way.send().await;
    let page = way.app.page(STAFF, &way.there).await;
    page.says("Prot. SIM n. 0000042 del 10 marzo 2026").says("Tocca a Dipartimento");
    way.act(
        "staff",
        "sollecito",
        &[("/addressee", &way.shown("/addressees/0/addressee_id").await)],
    )
    .await;
    let from = way.shown("/addressees/0/addressee_id").await;
    way.act("staff", "competenza", &[("/from", &from), ("/to", "interno_dait")]).await;
    let page = way.app.page(STAFF, &way.there).await;
    page.says("Sollecito 1").says("Servizi demografici").says("trasmesso per competenza");
    let point = way.shown("/points/0/point_id").await;
    let given_up = [("/point_id", point.as_str()), ("/reason", "Nessun riscontro.")];
    way.act("staff", "senza-riscontro", &given_up).await;
    way.act("staff", "chiusura", &[("/note", "Senza esito.")]).await;
    way.app.page(STAFF, &way.there).await.says("Senza riscontro il 10 marzo 2026");
    way.act("staff", "riapertura", &[("/reason", "Si riprova.")]).await;
}

#[tokio::test]
async fn an_answer_is_seen_on_its_issues_and_what_follows_is_offered_to_their_bodies() {
    let way = Way::new().await;
    way.send().await;
    let app = &way.app;
    let answer = way.answer().await;
    for issue in &way.issues {
        let issue = app.page(Some("parma"), &format!("/segnalazioni/{issue}")).await;
        issue.says("con riscontro").says("Basta la ricevuta in originale.");
        issue.has(&format!("href=\"{answer}\""));
    }
    app.page(STAFF, "/scrivania").await.says("Riscontri da valutare").says("Basta la ricevuta in");
    done(app, "staff", &format!("{answer}/valutazione"), &[("/assessment", "clear")]).await;
    app.page(STAFF, "/scrivania").await.says("Nessun riscontro da valutare.");

    let solution = propose(app, &answer).await;
    done(app, "staff", &format!("{solution}/validazione"), &[("/by", "gruppo giuridico")]).await;
    for (who, body) in [("parma", "c_g337"), ("bologna", "c_a944"), ("modena", "c_f257")] {
        let offered = app.page(Some(who), &format!("/soluzioni?proposte_a={body}")).await;
        offered.says("Quale documento basta.");
        app.page(Some(who), &solution).await.says("Adotta nel tuo ente");
    }
    let adoption = [
        ("_decisione", "adapted"),
        ("/adaptation", "Anche con fotografia."),
        ("/act/status", "adopted"),
        ("/act/kind", "determina"),
        ("/act/number", "0388"),
        ("/act/date", "2026-03-10"),
        ("/reason", ""),
    ];
    done(app, "parma", &format!("{solution}/adozione"), &adoption).await;
    let page = app.page(Some("parma"), &solution).await;
    page.says("Nel tuo ente.").says("recepita con adattamenti").says("determina n. 0388");
    let declined =
        [("_decisione", "declined"), ("/reason", "Già prassi."), ("/act/status", "adopted")];
    done(app, "modena", &format!("{solution}/adozione"), &declined).await;
    for (who, body, found) in [("parma", "c_g337", false), ("bologna", "c_a944", true)] {
        let offered = app.page(Some(who), &format!("/soluzioni?proposte_a={body}")).await;
        assert_eq!(offered.text.contains("Quale documento basta."), found, "{who}");
    }
    // What holds for nobody any more is to be verified.
    let gone = [("/by", "interno_ps"), ("/from", "2026-03-10"), ("/reason", "Ritirata.")];
    done(app, "staff", &format!("{answer}/ritiro"), &gone).await;
    app.page(STAFF, "/scrivania").await.is_silent_on("Niente da verificare.");
}

/// A solution from an answer; its address.
pub async fn propose(app: &TestApp, answer: &str) -> String {
    let source = answer.strip_prefix("/riscontri/").unwrap();
    let page = app.page(STAFF, &format!("/soluzioni/nuova?riscontro={source}")).await;
    let solves = ticked(&page, "/issues");
    assert_eq!(solves.len(), 7, "{}", page.text);
    let text = area(&page, "/text");
    assert_eq!(text, "Basta la ricevuta in originale.");
    let mut typed = vec![
        ("/problem", "Quale documento basta."),
        ("/text", text.as_str()),
        ("/level", "ministry_answer"),
        ("/territory/level", "national"),
        ("/visibility", "network"),
    ];
    typed.extend(solves.iter().map(|issue| ("/issues", issue.as_str())));
    let sent = send(app, STAFF, &page, "/soluzioni/nuova", &typed).await;
    assert_eq!(sent.status, 303, "{}", sent.words());
    sent.header("location").to_owned()
}
