//! *Modifica il testo*: the next version, as long as nobody was sent one.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use uuid::Uuid;

use crate::domain::question::RevisionKind;
use crate::domain::values::{ERASED_IT, Text};
use crate::projections::questions::TextVersionView;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Draft, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::visit::Visit;
use crate::web::words;

use super::wording::{self, member};
use super::{Asked, seen, seen_field};

/// The event.
const EVENT: &str = "text-revised.v1";

/// The field that says which text the page showed.
const TEXT: &str = "_testo";

/// `GET /quesiti/{id}/testo`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let asked = super::in_charge(&visit, id).await?;
    let text = asked.question.text_versions.last().ok_or(Fault::NotFound)?;
    page(&visit, id, &written(text), &[]).await
}

/// `POST /quesiti/{id}/testo`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |()| format!("/quesiti/{id}#versioni");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

/// A form with a text as it stands.
fn written(text: &TextVersionView) -> Form {
    fn words<const MAX: usize>(text: &Text<MAX>) -> &str {
        text.clear().unwrap_or(ERASED_IT)
    }
    let mut form = Form::default()
        .and("/subject", words(&text.subject))
        .and("/background", words(&text.background));
    if let Some(reading) = &text.proposed_reading {
        form = form.and("/proposed_reading", words(reading));
    }
    for (at, point) in text.points.iter().enumerate() {
        form = form
            .and(&member(at, "point_id"), &point.point_id.to_string())
            .and(&member(at, "text"), words(&point.text));
        for issue in &point.issues {
            form = form.and(&member(at, "issues"), &issue.to_string());
        }
        for addressee in &point.addressees {
            form = form.and(&member(at, "addressees"), &addressee.to_string());
        }
    }
    form
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let asked = Asked::of(visit, id).await?;
    // The text that was shown, so that a form sent twice says the same both times.
    let shown = form.get(TEXT);
    let mut texts = asked.question.text_versions.iter();
    let text = texts.find(|text| text.text_version.get().to_string() == shown);
    let text = text.ok_or(Fault::ForeignForm)?;
    let changed = changed(&wording::without_blank(form), &written(text));
    let deed = Deed::on("question", id, EVENT).seen(seen(form)?);
    visit.record(deed, &changed).await.map(|_| ())
}

/// The form without what is as it was: a new version says what it changes.
fn changed(form: &Form, before: &Form) -> Form {
    let mut form = form.clone();
    for name in ["/subject", "/background", "/proposed_reading"] {
        if form.get(name).trim() == before.get(name).trim() {
            form = form.without(name);
        }
    }
    let points = |form: &Form| Draft::of(form, EVENT).data.get("points").cloned();
    if points(&form) == points(before) {
        for at in 0..wording::used(&form) {
            for name in ["point_id", "text", "issues", "addressees"] {
                form = form.without(&member(at, name));
            }
        }
    }
    form
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let asked = super::in_charge(visit, id).await?;
    let question = &asked.question;
    let issues: Vec<Choice> = question
        .issues
        .iter()
        .map(|one| (one.id.to_string(), format!("{} {}", one.reference, one.title.words())))
        .collect();
    let addressees: Vec<Choice> = visit.named(|names| {
        let asked = question.addressees.iter();
        asked.map(|one| (one.addressee_id.to_string(), names.authority(&one.addressee))).collect()
    })?;
    let kinds = [RevisionKind::Substance, RevisionKind::Editorial];
    let kinds = kinds.map(|one| (words::code(&one), words::capitalised(words::revision(one).1)));
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/testo"));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let title = "Modifica il testo";
    let sheet = super::sheet(question, &way, title, &action, "Registra la nuova versione");
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            (seen_field(question))
            @if let Some(text) = question.text_versions.last() {
                input type="hidden" name=(TEXT) value=(text.text_version.get());
            }
            (fields.text("/subject", "Oggetto", "", true))
            (fields.area("/background", "Premessa", "Che cosa succede, e chi legge la norma in che modo.", 14, true))
            (fields.area("/proposed_reading", "Lettura proposta", "", 4, false))
            (wording::rows(fields, &issues, &addressees))
            (fields.radios("/kind", "Che cosa cambia", "Una modifica di sostanza chiede di nuovo le adesioni; una di forma le lascia valere.", &kinds))
            (fields.area("/reason", "Perché si modifica", "", 2, true))
        }
    }))
}
