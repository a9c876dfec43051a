//! Erasing a text of a case, or all of them: for the staff in charge, and for ever.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::event_store::Revision;
use crate::operations::erasure::TEXT_ERASED;
use crate::projections::TypedText;
use crate::projections::issues::IssueDetail;
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::pages::issues;
use crate::web::parts;
use crate::web::visit::Visit;

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The field that says which text: its event and its place in it.
const WHICH: &str = "_quale";

/// What it says when all of them are meant.
const ALL: &str = "tutti";

/// The field that says that it was understood.
const SURE: &str = "_conferma";

/// The way to the page, for those who may erase.
pub fn link(visit: &Visit, issue: &IssueDetail) -> Markup {
    html! {
        @if in_charge(visit, issue) {
            p.quiet {
                a href={ "/segnalazioni/" (issue.row.id) "/cancellazione" } { "Cancella un testo che rende riconoscibile una persona…" }
            }
        }
    }
}

/// Whether the visitor is in charge of a case.
fn in_charge(visit: &Visit, issue: &IssueDetail) -> bool {
    let actor = visit.visitor.actor.as_ref();
    actor.is_some_and(|actor| actor.role == Role::Staff && actor.body == issue.row.coordinator)
}

/// `GET /segnalazioni/{id}/cancellazione`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    page(&visit, id, &Form::default(), &[]).await
}

/// `POST /segnalazioni/{id}/cancellazione`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |()| format!("/segnalazioni/{id}#storia");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let seen: Revision = form.get(SEEN).parse().map_err(|_| Fault::ForeignForm)?;
    let chosen = form.get(WHICH);
    let asked = match chosen.split_once(' ') {
        Some((event, field)) => Some(form.clone().with("/event_id", event).with("/field", field)),
        None => (chosen == ALL).then(|| form.clone()),
    };
    let mut wrong = Vec::new();
    if asked.is_none() {
        wrong.push(Wrong::at(WHICH, "Va scelto che cosa cancellare."));
    }
    if !form.has(SURE, "true") {
        wrong.push(Wrong::at(SURE, "Serve la conferma: la cancellazione non si può annullare."));
    }
    let Some(asked) = asked.filter(|_| wrong.is_empty()) else {
        return Err(Refused::Wrong(wrong));
    };
    let deed = Deed::on("issue", id, TEXT_ERASED).seen(seen);
    let recorded = visit.record(deed, &asked).await;
    recorded.map(|_| ()).map_err(|why| match why {
        Refused::Wrong(mut wrong) => {
            // What is said of the event or the place is said of the choice.
            for one in wrong.iter_mut().filter(|one| ["/event_id", "/field"].contains(&&*one.field))
            {
                WHICH.clone_into(&mut one.field);
            }
            Refused::Wrong(wrong)
        }
        fault @ Refused::Fault(_) => fault,
    })
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let actor = visit.actor()?;
    let views = visit.views().await?;
    let issue = views.show_issue(Some(actor), id, visit.today).await?.ok_or(Fault::NotFound)?;
    if !in_charge(visit, &issue) {
        return Err(Fault::Denied("Può farlo solo il coordinamento che segue il caso.".into()));
    }
    let texts = views.typed_texts(actor, Kind::Issue, id).await?.unwrap_or_default();
    let mut choices: Vec<Choice> = texts.iter().map(choice).collect();
    if !choices.is_empty() {
        choices.push((ALL.into(), "Tutti i testi del caso, con i documenti solo suoi".into()));
    }
    let lead = html! {
        p.lead { (parts::reference(&issue.row.reference)) " " (issue.row.title) }
        div.note {
            p { "Il testo scelto non si potrà più leggere, né qui né nelle copie: se ne distrugge la chiave. Non si può annullare." }
            p { "Resta l'evento, con la data e chi lo ha registrato, e la prova che il registro non è stato alterato." }
        }
        @if choices.is_empty() { (parts::nothing("Non ci sono più testi da cancellare.")) }
    };
    let (here, action) =
        (format!("/segnalazioni/{id}"), format!("/segnalazioni/{id}/cancellazione"));
    let way = [("/segnalazioni", "Segnalazioni"), (here.as_str(), issue.row.reference.as_str())];
    let sheet = Sheet {
        way: &way,
        title: "Cancellare un testo",
        lead,
        action: &action,
        button: "Cancella per sempre",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            input type="hidden" name=(SEEN) value=(issue.row.revision);
            (fields.radios(WHICH, "Che cosa", "", &choices))
            (fields.area("/reason", "Perché", "Senza ripetere il dato che si cancella.", 3, true))
            (fields.text("/legal_basis", "Base giuridica", "Per esempio: art. 17, par. 1, lett. d), reg. (UE) 2016/679.", true))
            (fields.tick(SURE, "Ho capito che non si può annullare."))
        }
    }))
}

fn choice(text: &TypedText) -> Choice {
    let value = format!("{} {}", text.event_id, text.field);
    let words = issues::first_words(&text.words);
    (value, format!("{}, {} «{words}»", parts::day_text(text.occurred_on), text.sentence_it))
}
