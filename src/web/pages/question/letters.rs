//! Letters as forms record them: by which way, under which number; the number often later.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::communication::{Channel, Direction};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The part of a form that is a letter.
pub const LETTER: &str = "lettera";

/// The part of a form that is its registration.
pub const NUMBER: &str = "protocollo";

/// The field that names a letter recorded before.
const WHICH: &str = "_lettera";

/// By which way a letter came or goes.
pub fn channels() -> Vec<Choice> {
    [Channel::Pec, Channel::Email, Channel::Portal, Channel::Paper, Channel::Interop]
        .map(|one| (words::code(&one), words::channel(one).to_owned()))
        .into()
}

/// The fields of a registration in our own register.
pub fn number_fields(fields: &Fields<'_>, part: &str, required: bool) -> Markup {
    let name = |member: &str| format!("{part}/{member}");
    html! {
        (fields.text(&name("register"), "Registro", "Il codice del registro di protocollo, per esempio SIM.", required))
        (fields.text(&name("number"), "Numero", "Con gli zeri iniziali, come sul timbro.", required))
        (fields.day(&name("date"), "Data di registrazione", "", required))
    }
}

/// A letter that a form records, when it says by which way it went: its id.
///
/// # Errors
///
/// [`Refused`]: then the letter, or its registration, was not recorded.
pub async fn record(
    visit: &Visit,
    form: &Form,
    direction: Direction,
    counterpart: Vec<Value>,
    about: Uuid,
) -> Result<Option<Uuid>, Refused> {
    let number = form.is_filled("protocollo/number");
    if !form.is_filled("lettera/channel") {
        if number {
            let why = "Per registrare il protocollo serve sapere come è passata la lettera.";
            return Err(Refused::Wrong(vec![Wrong::at("lettera/channel", why)]));
        }
        return Ok(None);
    }
    let letter = Deed::new("communication", "communication-recorded.v1")
        .with("direction", words::code(&direction))
        .with("counterpart", counterpart)
        .with("about", json!([{"kind": "question", "id": about}]));
    let letter = visit.record_part(letter, form, LETTER).await?;
    let id = Uuid::try_parse(letter.stream.id()).map_err(|why| Fault::internal(&why))?;
    if number {
        let deed = registered(visit, id, form.get("protocollo/date"))?;
        visit.record_part(deed, form, NUMBER).await?;
    }
    Ok(Some(id))
}

/// A registration of a letter in the register of the visitor's own body.
fn registered(visit: &Visit, letter: Uuid, date: &str) -> Result<Deed, Fault> {
    let mut deed = Deed::on("communication", letter, "registration-recorded.v1")
        .with("body", visit.actor()?.body.to_string());
    // The register is that of the year of the date.
    if let Some(year) = date.split('-').next().and_then(|year| year.parse::<u32>().ok()) {
        deed = deed.with("year", year);
    }
    Ok(deed)
}

/// `GET /quesiti/{id}/protocollo`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    page(&visit, id, &Form::default(), &[]).await
}

/// `POST /quesiti/{id}/protocollo`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = late(&visit, &form).await;
    let there = |()| format!("/quesiti/{id}#destinatari");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

async fn late(visit: &Visit, form: &Form) -> Result<(), Refused> {
    let missing = || Refused::Wrong(vec![Wrong::at(WHICH, "Dato obbligatorio.")]);
    let letter = Uuid::try_parse(form.get(WHICH)).map_err(|_| missing())?;
    let deed = registered(visit, letter, form.get("/date"))?;
    visit.record(deed, form).await.map(|_| ())
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let unnumbered = asked
        .letters
        .values()
        .filter(|letter| letter.registrations.iter().all(|one| one.annulled_on.is_some()));
    let choices: Vec<Choice> = unnumbered
        .map(|letter| {
            let dated = parts::day_text(letter.dated);
            let about = letter.subject.clear().unwrap_or(crate::domain::values::ERASED_IT);
            (letter.id.to_string(), format!("{dated}: {about}"))
        })
        .collect();
    let question = &asked.question;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/protocollo"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Registra un numero di protocollo";
    let mut sheet = super::sheet(question, &way, title, &action, "Registra il protocollo");
    if choices.is_empty() {
        let none = "Tutte le lettere di questo quesito hanno già un numero di protocollo.";
        sheet.below = parts::nothing(none);
    }
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.select(WHICH, "Lettera", "", &choices, true))
            (number_fields(fields, "", true))
        }
    }))
}
