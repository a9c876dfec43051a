//! Notices by e-mail, from an event to a letter: once, whatever happens on the way.

mod told;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use quesito::clock::Clock;
use quesito::event_store::AppendError;
use quesito::mail::{Letter, Mail, MailError};
use quesito::notices::{NoticesOptions, Sender};
use serde_json::{Value, json};

use crate::app::{BASE, TestApp};
use crate::faulty::Fault;
use crate::identity::accounts::asked;
use crate::pages::page::Shown;

const GIULIA: &str = "g.bianchi@comune.example.it";

/// A mail server that does what it is told, and takes what it is told nothing about.
#[derive(Default)]
struct Post {
    letters: Mutex<Vec<Letter>>,
    answers: Mutex<VecDeque<MailError>>,
    away: Mutex<bool>,
    /// What breaks as soon as the next letter was taken.
    breaks: Mutex<Option<Fault>>,
}

#[async_trait]
impl Mail for Post {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        if let Some(answer) = self.answers.lock().unwrap().pop_front() {
            return Err(answer);
        }
        self.letters.lock().unwrap().push(letter);
        if let Some(fault) = self.breaks.lock().unwrap().take() {
            fault.at("notices", AppendError::Unavailable("broken".into()));
        }
        Ok(())
    }

    async fn ready(&self) -> Result<(), MailError> {
        let away = *self.away.lock().unwrap();
        if away { Err(MailError::NotTaken("no answer".into())) } else { Ok(()) }
    }
}

/// The product, its post, and somebody in Bologna with an address.
struct World {
    app: TestApp,
    post: Arc<Post>,
    sender: Sender,
}

impl World {
    async fn new() -> Self {
        let post = Arc::new(Post::default());
        let mail = post.clone();
        let furnish = |operations: quesito::operations::Operations| {
            operations.writing(mail).noticing([7; 32])
        };
        let app = TestApp::with(furnish).await;
        app.furnish().await;
        let created = app.post("admin", "/accounts", &asked()).await;
        assert_eq!(created.status, 201, "{}", created.text);
        let sender = sender(&app);
        sender.begin().await.unwrap();
        let mut world = Self { app, post, sender };
        world.morning("2026-03-11").await;
        assert_eq!(world.letters(), 0, "nothing has happened");
        world
    }

    /// What another process would find that starts now.
    fn restart(&mut self) {
        self.app.operations.handler.forget();
        self.sender = sender(&self.app);
    }

    /// A day comes, and notices are due.
    async fn morning(&mut self, day: &str) {
        self.at(&format!("{day}T08:00:00Z")).await;
    }

    async fn at(&mut self, instant: &str) {
        self.app.clock.set(instant.parse().unwrap());
        self.sender.pass(&|| false).await.unwrap();
    }

    fn letters(&self) -> usize {
        self.post.letters.lock().unwrap().len()
    }

    fn letter(&self, n: usize) -> Letter {
        self.post.letters.lock().unwrap()[n].clone()
    }

    fn answers(&self, answer: MailError) {
        self.post.answers.lock().unwrap().push_back(answer);
    }

    /// Bologna reports something, and staff take it up.
    async fn taken_up(&self) -> String {
        let issue = self.app.reported().await;
        let scope = json!({"scope": "in_scope", "urgency": "high"});
        self.app.act("staff", "triage_issue", &[&issue], scope).await;
        issue
    }

    /// What the log says of her notices: the types of its events.
    async fn log(&self) -> Vec<String> {
        let stored = self.app.stored().await;
        let hers = stored.iter().filter(|event| event.stream.category() == "notices");
        hers.map(|event| event.stored_type.trim_end_matches(".v1").to_owned()).collect()
    }
}

fn sender(app: &TestApp) -> Sender {
    let options =
        NoticesOptions { base: BASE.into(), at: jiff::civil::Time::constant(7, 30, 0, 0) };
    let clock: Arc<dyn Clock> = Arc::new(app.clock.clone());
    Sender::new(app.operations.clone(), app.views(), clock, options)
}

#[tokio::test]
async fn what_was_taken_up_is_told_the_next_morning_and_not_again() {
    let mut world = World::new().await;
    let issue = world.taken_up().await;
    world.at("2026-03-11T20:00:00Z").await;
    assert_eq!(world.letters(), 0, "one digest a day, and today's is done");
    world.at("2026-03-12T06:29:00Z").await;
    assert_eq!(world.letters(), 0, "29 minutes past seven in Italy");
    world.at("2026-03-12T06:30:00Z").await;
    assert_eq!(world.letters(), 1);
    let letter = world.letter(0);
    assert_eq!((letter.to.as_str(), letter.subject.as_str()), (GIULIA, "Novità del 12 marzo 2026"));
    assert!(letter.text.contains("S-2026/0001 (Iscrizione anagrafica)"), "{}", letter.text);
    assert!(letter.text.contains(&format!("{BASE}/segnalazioni/{issue}")), "{}", letter.text);
    assert!(!letter.text.contains("basta"), "what people typed stays here");
    assert_eq!(world.log().await, ["notice-prepared", "notice-sent"]);

    world.restart();
    world.at("2026-03-12T07:00:00Z").await;
    world.morning("2026-03-13").await;
    assert_eq!(world.letters(), 1);
    let status = world.app.get(None, "/status").await;
    let told = json!({"day": "2026-03-13", "sent": 0, "refused": 0, "unsure": 0, "waiting": false});
    assert_eq!(status.body["notices"], told);
}

#[tokio::test]
async fn nobody_is_told_what_they_may_not_read_or_take_no_part_in() {
    let mut world = World::new().await;
    let parma = json!({"visibility": "restricted"});
    let report = crate::setting::with(crate::setting::report(), parma);
    let issue = world.app.act("parma", "report_issue", &[], report).await.id;
    let scope = json!({"scope": "in_scope"});
    world.app.act("staff", "triage_issue", &[&issue], scope).await;
    world.morning("2026-03-12").await;
    assert_eq!(world.letters(), 0);
}

#[tokio::test]
async fn a_letter_that_was_not_taken_is_tried_again_the_same_day() {
    let mut world = World::new().await;
    world.taken_up().await;
    world.answers(MailError::NotTaken("451".into()));
    world.morning("2026-03-12").await;
    world.at("2026-03-12T08:09:00Z").await;
    assert_eq!(world.letters(), 0, "the next try is after ten minutes");
    world.at("2026-03-12T08:10:00Z").await;
    assert_eq!(world.letters(), 1);
    let recorded = ["notice-prepared", "notice-refused", "notice-prepared", "notice-sent"];
    assert_eq!(world.log().await, recorded);
}

#[tokio::test]
async fn what_was_refused_all_day_is_in_the_digest_of_the_next() {
    let mut world = World::new().await;
    let first = world.taken_up().await;
    world.answers(MailError::Refused("550".into()));
    world.morning("2026-03-12").await;
    world.at("2026-03-12T20:00:00Z").await;
    assert_eq!(world.letters(), 0);
    let second = world.taken_up().await;
    world.restart();
    world.morning("2026-03-13").await;
    let text = world.letter(0).text;
    assert!(text.contains(&first) && text.contains(&second), "{text}");
    assert_eq!(world.letters(), 1);
}

#[tokio::test]
async fn while_the_mail_server_is_away_nothing_is_prepared() {
    let mut world = World::new().await;
    world.taken_up().await;
    *world.post.away.lock().unwrap() = true;
    world.morning("2026-03-12").await;
    assert_eq!(world.log().await, [] as [&str; 0]);
    *world.post.away.lock().unwrap() = false;
    world.at("2026-03-12T09:00:00Z").await;
    assert_eq!(world.letters(), 1);
}

#[tokio::test]
async fn when_nobody_knows_whether_it_was_sent_it_is_not_sent_again() {
    let mut world = World::new().await;
    let first = world.taken_up().await;
    world.answers(MailError::Unknown("timeout".into()));
    world.morning("2026-03-12").await;
    for _ in 0..2 {
        world.restart();
        world.at("2026-03-12T20:00:00Z").await;
    }
    assert_eq!((world.letters(), world.log().await), (0, vec!["notice-prepared".to_owned()]));
    // The next digest says so, and repeats nothing.
    world.taken_up().await;
    world.morning("2026-03-13").await;
    let text = world.letter(0).text;
    assert!(text.contains("Il riepilogo del 12 marzo 2026 potrebbe non essere arrivato"), "{text}");
    assert!(!text.contains(&first), "{text}");
    world.taken_up().await;
    world.morning("2026-03-14").await;
    assert!(!world.letter(1).text.contains("potrebbe"), "said once");
}

#[tokio::test]
async fn a_crash_before_the_letter_or_after_it_sends_no_second_one() {
    let mut world = World::new().await;
    world.taken_up().await;
    // The store fails before the digest is prepared: nothing was sent, and it is tried again.
    world.app.fault.at("notices", AppendError::Unavailable("broken".into()));
    world.app.clock.set("2026-03-12T08:00:00Z".parse().unwrap());
    assert!(world.sender.pass(&|| false).await.is_err());
    assert_eq!((world.letters(), world.log().await.len()), (0, 0));
    world.restart();
    world.at("2026-03-12T09:00:00Z").await;
    assert_eq!(world.letters(), 1);
    // It fails after the letter: the outcome is not known, and nothing is sent again.
    world.taken_up().await;
    *world.post.breaks.lock().unwrap() = Some(world.app.fault.clone());
    world.app.clock.set("2026-03-13T08:00:00Z".parse().unwrap());
    assert!(world.sender.pass(&|| false).await.is_err());
    world.restart();
    world.at("2026-03-13T12:00:00Z").await;
    assert_eq!(world.letters(), 2);
    assert_eq!(world.log().await, ["notice-prepared", "notice-sent", "notice-prepared"]);
}

#[tokio::test]
async fn the_link_in_a_letter_stops_them_and_the_profile_switches_them() {
    let mut world = World::new().await;
    world.taken_up().await;
    world.morning("2026-03-12").await;
    let letter = world.letter(0);
    let link = letter.stop.clone().unwrap();
    assert!(letter.text.contains(&link));
    let path = link.strip_prefix(BASE).unwrap().to_owned();
    // Scanners of mail follow links: that changes nothing.
    let shown = world.app.page(None, &path).await;
    shown.says("Non inviare più avvisi");
    assert_eq!(world.log().await.len(), 2);
    for made_up in ["/avvisi/x", &path[..path.len() - 1], &format!("{path}AA")] {
        assert_eq!(world.app.page(None, made_up).await.status, 404, "{made_up}");
        let refused = world.app.send_form(None, made_up, &[]).await;
        assert_eq!(refused.status, 403, "{made_up}");
    }
    // As a program of mail does it: no cookie, no token of a form (RFC 8058).
    let click = [("List-Unsubscribe", "One-Click")];
    let stopped: Shown = world.app.send_form(None, &path, &click).await;
    assert_eq!(stopped.status, 200);
    stopped.says("Avvisi disattivati");
    world.app.send_form(None, &path, &click).await;
    assert_eq!(world.log().await, ["notice-prepared", "notice-sent", "notices-stopped"]);
    world.taken_up().await;
    world.morning("2026-03-13").await;
    assert_eq!(world.letters(), 1);

    let id = world.app.operations.find_account(GIULIA).await.unwrap().unwrap();
    let how = quesito::access::sessions::SignInMethod::Password;
    let opened = world.app.operations.open_session(id, how, None).await;
    world.app.keep_session("giulia", opened.map_err(|why| why.to_string()).unwrap().cookie);
    let profile = world.app.page(Some("giulia"), "/profilo").await;
    profile.says("Gli avvisi sono disattivati.");
    let fields = [("_token", profile.hidden("_token")), ("avvisi", "sì".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let switched = world.app.send_form(Some("giulia"), "/profilo/avvisi", &fields).await;
    assert_eq!(switched.status, 303);
    world.app.page(Some("giulia"), "/profilo").await.says("Gli avvisi sono attivi.");
    world.taken_up().await;
    world.morning("2026-03-14").await;
    assert_eq!(world.letters(), 2);
}

#[tokio::test]
async fn from_the_question_to_the_solution_each_step_is_told_once() {
    let mut world = World::new().await;
    let app = &world.app;
    let issue = app.reported().await;
    let (point, addressee) = (app.key().to_string(), app.key().to_string());
    let question = json!({
        "subject": "Valore della ricevuta",
        "addressees": [{"addressee_id": addressee, "addressee": "interno_ps"}],
        "background": "Gli uffici leggono in modo diverso.", "norms": [], "silence_effect": "none",
        "points": [{"point_id": point, "text": "Se basti.", "issues": [issue]}],
    });
    app.act("staff", "draft_question", &[], question).await;
    world.morning("2026-03-12").await;
    told(&world, 0, "Segnalazioni confluite in un quesito collettivo", &issue);

    let app = &world.app;
    let answer = |changes: Value| {
        let base = json!({
            "origin": "spontaneous", "authors": ["interno_ps"], "form": "nota",
            "document_date": "2026-03-11", "received_on": "2026-03-12",
            "address": "https://www.example.it/nota", "text": "Basta la ricevuta.", "norms": [],
        });
        crate::setting::with(base, changes)
    };
    let first = app.act("staff", "record_answer", &[], answer(json!({}))).await.id;
    let solution = json!({
        "problem": "Documento da esibire.", "text": "Si accetta la ricevuta.",
        "level": "ministry_answer", "issues": [issue], "basis": {"answers": [first], "norms": []},
        "territory": {"level": "region", "code": "08"},
    });
    let solution = app.act("staff", "propose_solution", &[], solution).await.id;
    let validation = json!({"solution_version": 1, "by": "gruppo di lavoro"});
    app.act("staff", "validate_solution", &[&solution], validation).await;
    let link = json!({"answer": first, "result": "settled"});
    app.act("staff", "link_answer_to_issue", &[&issue], link).await;
    world.morning("2026-03-13").await;
    told(&world, 1, "Riscontri ricevuti", &issue);
    told(&world, 1, "Soluzioni proposte al suo ente", &solution);

    let app = &world.app;
    let adopted = json!({"manner": "adopted", "solution_version": 1,
        "act": {"status": "not_yet_adopted"}});
    app.act("bologna", "adopt_solution", &[&solution], adopted).await;
    world.morning("2026-03-14").await;
    assert_eq!(world.letters(), 2, "one's own act is no news");

    // From a day that is still to come, which no event announces when it has come.
    let app = &world.app;
    let withdrawn = json!({"by": "interno_ps", "from": "2026-03-16", "reason": "Pagina rimossa."});
    app.act("staff", "withdraw_answer", &[&first], withdrawn).await;
    world.morning("2026-03-15").await;
    assert_eq!(world.letters(), 2);
    world.morning("2026-03-16").await;
    told(&world, 2, "Soluzioni adottate, da verificare", &solution);
    world.morning("2026-03-17").await;
    assert_eq!(world.letters(), 3);
}

#[tokio::test]
async fn who_reported_the_same_is_told_of_the_outcome_of_their_own_report() {
    let mut world = World::new().await;
    let app = &world.app;
    let first = app.act("parma", "report_issue", &[], crate::setting::report()).await.id;
    let own = app.reported().await;
    let link = json!({"issue": first, "link": "duplicate", "reason": "Stessa difformità."});
    app.act("staff", "link_issue", &[&own], link).await;
    let answer = json!({
        "origin": "spontaneous", "authors": ["interno_ps"], "form": "nota",
        "document_date": "2026-03-11", "received_on": "2026-03-11",
        "address": "https://www.example.it/nota", "text": "Basta la ricevuta.", "norms": [],
    });
    let answer = app.act("staff", "record_answer", &[], answer).await.id;
    let link = json!({"answer": answer, "result": "settled"});
    app.act("staff", "link_answer_to_issue", &[&first], link).await;
    world.morning("2026-03-12").await;
    told(&world, 0, "Riscontri ricevuti", &own);
    assert!(!world.letter(0).text.contains(&first), "Parma's is told to Parma");
}

/// Whether a letter has a thing below a heading.
fn told(world: &World, letter: usize, heading: &str, thing: &str) {
    let text = world.letter(letter).text;
    let below = text.split_once(heading).unwrap_or_else(|| panic!("{heading}: {text}")).1;
    let section = below.trim_start().split("\n\n").next().unwrap();
    assert!(section.contains(thing), "{heading}: {text}");
}
