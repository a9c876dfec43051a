//! *Registra la trasmissione*: the letter, its number, and that it carries this text.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::Rejection;
use crate::domain::communication::Direction;
use crate::projections::questions::AddresseeView;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::visit::Visit;

use super::letters::{self, channels, number_fields};
use super::menu::is_approved;
use super::{Asked, seen, seen_field, subject};

/// `GET /quesiti/{id}/trasmissione`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let asked = super::in_charge(&visit, id).await?;
    let form = Form::of([
        ("lettera/channel", "pec".to_owned()),
        ("lettera/subject", format!("Quesito collettivo: {}", subject(&asked.question))),
        ("/occurred_on", visit.today.to_string()),
    ]);
    let form = waiting(&asked)
        .fold(form, |form, track| form.and("/addressees", &track.addressee_id.to_string()));
    page(&visit, id, &form, &[]).await
}

/// `POST /quesiti/{id}/trasmissione`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |()| format!("/quesiti/{id}#destinatari");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

/// The addressees that were not reached yet.
fn waiting(asked: &Asked) -> impl Iterator<Item = &AddresseeView> {
    asked.question.addressees.iter().filter(|track| track.dispatched_on.is_none())
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let asked = Asked::of(visit, id).await?;
    let text = asked.question.text_versions.last().ok_or(Fault::NotFound)?;
    // Before a letter is recorded that would carry nothing.
    if !is_approved(&asked.question) {
        return Err(Refused::Wrong(vec![Wrong::whole(Rejection::NotApproved.to_string())]));
    }
    let chosen: Vec<&str> = form.all("/addressees").collect();
    if chosen.is_empty() {
        return Err(Refused::Wrong(vec![Wrong::at(
            "/addressees",
            "Indicare almeno un destinatario.",
        )]));
    }
    let to = asked.question.addressees.iter();
    let to = to.filter(|track| chosen.contains(&track.addressee_id.to_string().as_str()));
    let counterpart: Vec<Value> = to
        .map(|track| {
            let office = track.via.as_ref().unwrap_or(&track.addressee);
            json!({"kind": "authority", "id": office})
        })
        .collect();
    let dated = form.clone().with("lettera/occurred_on", form.get("/occurred_on"));
    let letter = letters::record(visit, &dated, Direction::Out, counterpart, id).await?;
    let mut deed = Deed::on("question", id, "question-dispatched.v1")
        .seen(seen(form)?)
        .with("text_version", text.text_version.get());
    if let Some(letter) = letter {
        deed = deed.with("communication", letter.to_string());
    }
    visit.record(deed, form).await.map(|_| ())
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let question = &asked.question;
    let offices: Vec<Choice> = visit.named(|names| {
        waiting(&asked)
            .map(|track| (track.addressee_id.to_string(), names.authority(&track.addressee)))
            .collect()
    })?;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/trasmissione"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Registra la trasmissione";
    let mut sheet = super::sheet(question, &way, title, &action, title);
    sheet.lead = html! {
        (sheet.lead)
        @if !is_approved(question) {
            p.warning-note { "Il testo in vigore non è ancora approvato: va approvato prima della trasmissione." }
        }
        p { a href={ (here) "/lettera.docx" } { "Scarica la lettera per il protocollo (DOCX)" } }
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (seen_field(question))
            (fields.boxes("/addressees", "A chi è stato trasmesso", "", &offices))
            (fields.day("/occurred_on", "Data della trasmissione", "", true))
            (fields.select("lettera/channel", "Per quale via", "", &channels(), false))
            (fields.text("lettera/subject", "Oggetto della lettera", "", false))
            fieldset.on-behalf {
                legend { "Protocollo in uscita" }
                p.hint { "Si può registrare anche dopo." }
                (number_fields(fields, letters::NUMBER, false))
            }
            (fields.day("/reply_expected_by", "Riscontro atteso entro il", "Se non si indica: 30 giorni dalla trasmissione.", false))
        }
    }))
}
