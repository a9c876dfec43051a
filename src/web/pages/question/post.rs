//! The letters of a question beside its dispatch: one that goes or comes, a receipt, a
//! registration that was annulled.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::communication::{Direction, Receipt};
use crate::domain::values::ERASED_IT;
use crate::projections::communications::CommunicationDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::pages::report::Lists;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

use super::letters::{self, channels, number_fields};

/// The field that says which way a letter goes.
const WAY: &str = "_verso";

/// The field that names who is at the other end.
const WITH: &str = "_con";

/// The field that names a letter, or one of its registrations behind a space.
const WHICH: &str = "_lettera";

/// `GET /quesiti/{id}/corrispondenza`.
pub async fn show_letter(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let form = Form::of([
        (WAY, words::code(&Direction::Out)),
        ("lettera/channel", "pec".to_owned()),
        ("lettera/occurred_on", visit.today.to_string()),
    ]);
    letter_page(&visit, id, &form, &[]).await
}

/// `POST /quesiti/{id}/corrispondenza`.
pub async fn send_letter(
    visit: Visit,
    Path(id): Path<Uuid>,
    form: Form,
) -> Result<Response, Fault> {
    let recorded = record_letter(&visit, id, &form).await;
    let there = |()| format!("/quesiti/{id}#destinatari");
    visit.answer(recorded, there, async |wrong| letter_page(&visit, id, &form, &wrong).await).await
}

async fn record_letter(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    super::in_charge(visit, id).await?;
    let with: Vec<Value> = form
        .all(WITH)
        .filter(|office| !office.is_empty())
        .map(|office| json!({"kind": "authority", "id": office}))
        .collect();
    let mut wrong = Vec::new();
    if with.is_empty() {
        wrong.push(Wrong::at(WITH, "Indicare a chi è diretta o da chi viene."));
    }
    if !form.is_filled("lettera/channel") {
        wrong.push(Wrong::at("lettera/channel", "Dato obbligatorio."));
    }
    if !wrong.is_empty() {
        return Err(Refused::Wrong(wrong));
    }
    let incoming = form.get(WAY) == words::code(&Direction::In);
    let way = if incoming { Direction::In } else { Direction::Out };
    letters::record(visit, form, way, with, id).await.map(|_| ())
}

async fn letter_page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let lists = Lists::read(visit).await?;
    let offices: Vec<Choice> = visit.named(|names| {
        let asked = asked.question.addressees.iter();
        asked.map(|one| (one.addressee.to_string(), names.authority(&one.addressee))).collect()
    })?;
    let other = form.all(WITH).last().unwrap_or_default();
    let other = if offices.iter().any(|(office, _)| office == other) { "" } else { other };
    let ways =
        [(words::code(&Direction::Out), "Inviata"), (words::code(&Direction::In), "Ricevuta")];
    let ways = ways.map(|(code, words)| (code, words.to_owned()));
    let question = &asked.question;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/corrispondenza"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let mut sheet = super::sheet(question, &way, "Registra una lettera", &action, "Registra");
    sheet.lead = html! {
        (sheet.lead)
        p { "Per una lettera che non trasmette il testo, non sollecita e non porta un riscontro: per esempio quella che comunica il ritiro." }
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.radios(WAY, "Inviata o ricevuta", "", &ways))
            (fields.boxes(WITH, "A chi, o da chi", "", &offices))
            div.field {
                label for="altro-ufficio" { "Un altro ufficio" span.quiet { " (facoltativo)" } }
                select id="altro-ufficio" name=(WITH) {
                    option value="" { "Nessuno" }
                    @for (value, text) in lists.authorities() {
                        option value=(value) selected[value == other] { (text) }
                    }
                }
            }
            (fields.select("lettera/channel", "Per quale via", "", &channels(), true))
            (fields.text("lettera/subject", "Oggetto della lettera", "", true))
            (fields.day("lettera/occurred_on", "Data della lettera", "", true))
            fieldset.on-behalf {
                legend { "Il nostro protocollo" }
                p.hint { "Si può registrare anche dopo." }
                (number_fields(fields, letters::NUMBER, false))
            }
        }
    }))
}

/// `GET /quesiti/{id}/ricevuta`.
pub async fn show_receipt(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    receipt_page(&visit, id, &Form::default(), &[]).await
}

/// `POST /quesiti/{id}/ricevuta`.
pub async fn send_receipt(
    visit: Visit,
    Path(id): Path<Uuid>,
    form: Form,
) -> Result<Response, Fault> {
    let recorded = async {
        let letter = Uuid::try_parse(form.get(WHICH)).map_err(|_| missing("Dato obbligatorio."))?;
        let deed = Deed::on("communication", letter, "receipt-recorded.v1");
        visit.record(deed, &form).await.map(|_| ())
    };
    let recorded = recorded.await;
    let there = |()| format!("/quesiti/{id}#destinatari");
    visit.answer(recorded, there, async |wrong| receipt_page(&visit, id, &form, &wrong).await).await
}

fn missing(why: &str) -> Refused {
    Refused::Wrong(vec![Wrong::at(WHICH, why)])
}

async fn receipt_page(
    visit: &Visit,
    id: Uuid,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let letters = asked.letters.values().map(|letter| (letter.id.to_string(), called(letter)));
    let letters: Vec<Choice> = letters.collect();
    let receipts = [Receipt::Accepted, Receipt::Delivered, Receipt::Failed];
    let receipts = receipts.map(|one| (words::code(&one), words::capitalised(words::receipt(one))));
    let question = &asked.question;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/ricevuta"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let mut sheet = super::sheet(question, &way, "Registra una ricevuta", &action, "Registra");
    if letters.is_empty() {
        sheet.below = parts::nothing("Questo quesito non ha ancora lettere.");
    }
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.select(WHICH, "Di quale lettera", "", &letters, true))
            (fields.radios("/receipt", "Che cosa dice", "Se la consegna è mancata, si rettifica poi la trasmissione con la nuova lettera.", &receipts))
            (fields.day("/date", "Data della ricevuta", "", true))
        }
    }))
}

fn called(letter: &CommunicationDetail) -> String {
    let dated = parts::day_text(letter.dated);
    format!("{dated}: {}", letter.subject.clear().unwrap_or(ERASED_IT))
}

/// `GET /quesiti/{id}/annulla-protocollo`.
pub async fn show_annulment(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    annulment_page(&visit, id, &Form::default(), &[]).await
}

/// `POST /quesiti/{id}/annulla-protocollo`.
pub async fn send_annulment(
    visit: Visit,
    Path(id): Path<Uuid>,
    form: Form,
) -> Result<Response, Fault> {
    let recorded = async {
        let chosen = form.get(WHICH).split_once(' ');
        let chosen =
            chosen.and_then(|(letter, number)| Some((Uuid::try_parse(letter).ok()?, number)));
        let (letter, number) = chosen.ok_or_else(|| missing("Scegliere un protocollo."))?;
        let deed = Deed::on("communication", letter, "registration-annulled.v1");
        visit.record(deed.with("registration_id", number), &form).await.map(|_| ())
    };
    let recorded = recorded.await;
    let there = |()| format!("/quesiti/{id}#destinatari");
    let again = async |wrong: Vec<Wrong>| annulment_page(&visit, id, &form, &wrong).await;
    visit.answer(recorded, there, again).await
}

async fn annulment_page(
    visit: &Visit,
    id: Uuid,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let mut numbers: Vec<Choice> = Vec::new();
    for letter in asked.letters.values() {
        for one in letter.registrations.iter().filter(|one| one.annulled_on.is_none()) {
            let number = format!(
                "Prot. {} n. {} del {}",
                one.register,
                one.number,
                parts::day_text(one.date)
            );
            numbers.push((
                format!("{} {}", letter.id, one.registration_id),
                format!("{number} – {}", called(letter)),
            ));
        }
    }
    let question = &asked.question;
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/annulla-protocollo"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Annulla un numero di protocollo";
    let mut sheet = super::sheet(question, &way, title, &action, "Annulla il protocollo");
    sheet.lead = html! {
        (sheet.lead)
        p { "Il numero resta leggibile, segnato come annullato: non si cancella e non si riusa." }
    };
    if numbers.is_empty() {
        sheet.below =
            parts::nothing("Le lettere di questo quesito non hanno numeri di protocollo.");
    }
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (fields.radios(WHICH, "Quale", "", &numbers))
            (fields.area("/reason", "Perché", "", 3, true))
        }
    }))
}
