//! *Registra un riscontro*: what was answered, by whom, in which form, and what it does for
//! each point. One circular may settle many questions: an answer that is recorded already
//! is linked.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::answer::{AnswerOrigin, Assessment};
use crate::domain::communication::Direction;
use crate::domain::shared::PointResult;
use crate::domain::values::ERASED_IT;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::pages::report::Lists;
use crate::web::visit::Visit;
use crate::web::words;

use super::Asked;
use super::letters::{self, channels, number_fields};

/// The part of the form that links the answer.
const LINK: &str = "legame";

/// The part of the form that says how much the answer says.
const ASSESSED: &str = "valutazione";

/// The field that names an answer recorded before.
const WHICH: &str = "_riscontro";

/// `GET /quesiti/{id}/riscontro`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let form = Form::of([
        ("/received_on", visit.today.to_string()),
        ("/origin", "reply".to_owned()),
        ("lettera/channel", "pec".to_owned()),
    ]);
    page(&visit, id, &form, &[]).await
}

/// `POST /quesiti/{id}/riscontro`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |answer| format!("/riscontri/{answer}");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<Uuid, Refused> {
    let asked = Asked::of(visit, id).await?;
    let points = outcomes(&asked, form)?;
    let authors: Vec<&str> = form.all("/authors").filter(|one| !one.is_empty()).collect();
    if authors.is_empty() {
        return Err(Refused::Wrong(vec![Wrong::at("/authors", "Indicare chi ha risposto.")]));
    }
    let from = authors.iter().map(|office| json!({"kind": "authority", "id": office})).collect();
    let dated = form
        .clone()
        .with("lettera/occurred_on", form.get("/document_date"))
        .with("lettera/subject", &letter_subject(&asked, form));
    let letter = letters::record(visit, &dated, Direction::In, from, id).await?;
    let mut answer = Deed::new("answer", "answer-received.v1").with("norms", norms(&asked));
    if let Some(letter) = letter {
        answer = answer.with("communication", letter.to_string());
    }
    let answer = visit.record(answer, form).await?;
    let answer = Uuid::try_parse(answer.stream.id()).map_err(|why| Fault::internal(&why))?;
    link(visit, id, answer, points, form).await?;
    if form.is_filled("valutazione/assessment") {
        let deed = Deed::on("answer", answer, "answer-assessed.v1");
        visit.record_part(deed, form, ASSESSED).await?;
    }
    Ok(answer)
}

fn letter_subject(asked: &Asked, form: &Form) -> String {
    let typed = form.get("lettera/subject").trim();
    if typed.is_empty() {
        format!("Riscontro al quesito {}", asked.question.reference)
    } else {
        typed.to_owned()
    }
}

/// The norms of the question: an answer to it reads them.
fn norms(asked: &Asked) -> Value {
    serde_json::to_value(&asked.question.norms).unwrap_or_default()
}

async fn link(
    visit: &Visit,
    id: Uuid,
    answer: Uuid,
    points: Vec<Value>,
    form: &Form,
) -> Result<(), Refused> {
    let deed = Deed::on("question", id, "answer-linked.v1")
        .with("answer", answer.to_string())
        .with("points", points);
    visit.record_part(deed, form, LINK).await.map(|_| ())
}

/// The name of the field that says what the answer does for a point.
fn outcome(at: usize) -> String {
    format!("_punto{at}")
}

/// What the form says of each point; something of at least one.
fn outcomes(asked: &Asked, form: &Form) -> Result<Vec<Value>, Refused> {
    let points = asked.question.points.iter().enumerate();
    let said: Vec<Value> = points
        .filter(|(at, _)| form.is_filled(&outcome(*at)))
        .map(|(at, point)| json!({"point_id": point.point_id, "result": form.get(&outcome(at))}))
        .collect();
    if said.is_empty() {
        let why = "Indicare che cosa dice almeno di un punto.";
        return Err(Refused::Wrong(vec![Wrong::at(&outcome(0), why)]));
    }
    Ok(said)
}

/// What an answer may do for each point.
fn point_fields(fields: &Fields<'_>, asked: &Asked) -> Markup {
    let results = [
        PointResult::Settled,
        PointResult::Partly,
        PointResult::NoMerit,
        PointResult::NotCompetent,
    ];
    let results = results
        .map(|one| (words::code(&one), words::capitalised(words::point_result(one).1)))
        .to_vec();
    html! {
        fieldset.on-behalf {
            legend { "Punto per punto" }
            p.hint { "Di un punto di cui non tratta: nessuno." }
            @for (at, point) in asked.question.points.iter().enumerate() {
                @if !point.withdrawn {
                    (fields.select(&outcome(at), &format!("Punto {}", at + 1), point.text.clear().unwrap_or(ERASED_IT), &results, false))
                }
            }
        }
    }
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let question = &asked.question;
    let lists = Lists::read(visit).await?;
    let offices: Vec<Choice> = visit.named(|names| {
        let asked = question.addressees.iter();
        asked.map(|one| (one.addressee.to_string(), names.authority(&one.addressee))).collect()
    })?;
    let origins = [
        AnswerOrigin::Reply,
        AnswerOrigin::Spontaneous,
        AnswerOrigin::Local,
        AnswerOrigin::GeneralAct,
    ];
    let origins = origins.map(|one| (words::code(&one), words::capitalised(words::origin(one))));
    let assessments = [Assessment::Clear, Assessment::Partial, Assessment::Interlocutory];
    let assessments =
        assessments.map(|one| (words::code(&one), words::capitalised(words::assessment(one))));
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/riscontro"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Registra un riscontro";
    let mut sheet = super::sheet(question, &way, title, &action, "Registra il riscontro");
    sheet.lead = html! {
        (sheet.lead)
        p { "È un riscontro già registrato? " a href={ (here) "/collegamento" } { "Collegarlo a questo quesito" } "." }
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.boxes("/authors", "Chi ha risposto", "Spesso non è chi era stato interpellato.", &offices))
            (another(fields, &lists))
            (fields.select("/form", "In quale forma", "", lists.forms(), true))
            (fields.day("/document_date", "Data del documento", "", true))
            (fields.day("/received_on", "Ricevuto il", "", true))
            (fields.area("/text", "Che cosa dice", "Il testo, o i passi che contano. Nessun nome e nessun dato di persone.", 8, true))
            (point_fields(fields, &asked))
            (fields.select("valutazione/assessment", "Quanto dice, nel complesso", "Si può valutare anche dopo.", &assessments, false))
            (fields.radios("/origin", "Come è arrivato", "", &origins))
            fieldset.on-behalf {
                legend { "La lettera" }
                (fields.select("lettera/channel", "Per quale via", "Nessuna, per una FAQ o una pagina pubblicata.", &channels(), false))
                (fields.text("lettera/counterpart_registration/number", "Loro numero di protocollo", "", false))
                (fields.number("lettera/counterpart_registration/year", "Anno del loro protocollo", "", false))
                (fields.day("lettera/counterpart_registration/date", "Data del loro protocollo", "", false))
                p.hint { "Il nostro protocollo in entrata, anche dopo:" }
                (number_fields(fields, letters::NUMBER, false))
            }
            (fields.text("/address", "Dove è pubblicato", "L'indirizzo, quando nessuna lettera lo porta.", false))
            (fields.area("legame/note", "Osservazioni sul legame con il quesito", "", 2, false))
        }
    }))
}

/// An author who was not asked.
fn another(fields: &Fields<'_>, lists: &Lists) -> Markup {
    let chosen = fields.form.all("/authors").last().unwrap_or_default().to_owned();
    html! {
        div.field {
            label for="altro-autore" { "Un altro ufficio" span.quiet { " (facoltativo)" } }
            select id="altro-autore" name="/authors" {
                option value="" { "Nessuno" }
                @for (value, text) in lists.authorities() {
                    option value=(value) selected[*value == chosen] { (text) }
                }
            }
        }
    }
}

/// `GET /quesiti/{id}/collegamento`.
pub async fn show_link(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    link_page(&visit, id, &Form::default(), &[]).await
}

/// `POST /quesiti/{id}/collegamento`.
pub async fn send_link(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = relink(&visit, id, &form).await;
    let there = |()| format!("/quesiti/{id}#riscontri");
    visit.answer(recorded, there, async |wrong| link_page(&visit, id, &form, &wrong).await).await
}

async fn relink(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let asked = Asked::of(visit, id).await?;
    let missing = || Refused::Wrong(vec![Wrong::at(WHICH, "Dato obbligatorio.")]);
    let answer = Uuid::try_parse(form.get(WHICH)).map_err(|_| missing())?;
    link(visit, id, answer, outcomes(&asked, form)?, form).await
}

async fn link_page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let there = |answer: &str| {
        let known = asked.question.answers.iter().filter_map(|link| link.answer.as_ref());
        known.map(|one| one.id.to_string()).any(|one| one == answer)
    };
    let mut answers = super::answers_on_offer(visit).await?;
    answers.retain(|(answer, _)| !there(answer));
    let question = &asked.question;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/collegamento"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Collega un riscontro già registrato";
    let sheet = super::sheet(question, &way, title, &action, "Collega il riscontro");
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.select(WHICH, "Riscontro", "I più recenti.", &answers, true))
            (point_fields(fields, &asked))
            (fields.area("legame/note", "Osservazioni", "", 2, false))
        }
    }))
}
