//! Taking up a report, and the outcome of its *istruttoria*.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::issue::{IssueStatus, Scope};
use crate::domain::shared::Urgency;
use crate::event_store::Revision;
use crate::projections::issues::{IssueDetail, IssueRow};
use crate::web::fault::Fault;
use crate::web::forms::{Deed, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::pages::report::Lists;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The button that takes up a report.
pub fn take_form(visit: &Visit, one: &IssueRow) -> Markup {
    let action = format!("/segnalazioni/{}/in-carico", one.id);
    visit.form(
        &action,
        &Form::default(),
        &html! {
            button type="submit" { "Prendi in carico" span.hidden { " " (one.reference) } }
        },
    )
}

/// `POST /segnalazioni/{id}/in-carico`: whoever sends it takes the report up.
pub async fn take(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let subject = visit.actor()?.subject.to_string();
    let deed = Deed::on("issue", id, "issue-assigned.v1").with("staff_member", subject);
    let recorded = visit.record(deed, &form).await;
    let there = |_| format!("/segnalazioni/{id}/istruttoria");
    let again = async |wrong: Vec<Wrong>| page(&visit, id, &Form::default(), &wrong).await;
    visit.answer(recorded, there, again).await
}

/// `GET /segnalazioni/{id}/istruttoria`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let issue = read(&visit, id).await?;
    let form = Form::of([
        ("/scope", words::code(&Scope::InScope)),
        ("/theme", issue.row.theme.to_string()),
        ("/urgency", words::code(&issue.row.urgency)),
    ]);
    page(&visit, id, &form, &[]).await
}

/// `POST /segnalazioni/{id}/istruttoria`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |()| format!("/segnalazioni/{id}");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let seen: Revision = form.get(SEEN).parse().map_err(|_| Fault::ForeignForm)?;
    let deed = Deed::on("issue", id, "issue-triaged.v1").seen(seen);
    visit.record(deed, form).await.map(|_| ())
}

async fn read(visit: &Visit, id: Uuid) -> Result<IssueDetail, Fault> {
    let own = super::in_charge(visit)?;
    let actor = visit.visitor.actor.as_ref();
    let issue = visit.views().await?.show_issue(actor, id, visit.today).await?;
    let issue = issue.ok_or(Fault::NotFound)?;
    if issue.row.coordinator == own {
        return Ok(issue);
    }
    Err(Fault::Denied("La istruisce il coordinamento che segue il caso.".into()))
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let issue = read(visit, id).await?;
    let lists = Lists::read(visit).await?;
    let scopes = [
        (words::code(&Scope::InScope), "Pertinente: riguarda norme dell'accoglienza".to_owned()),
        (words::code(&Scope::OutOfScope), "Non pertinente".to_owned()),
    ];
    let urgencies = [Urgency::Low, Urgency::Medium, Urgency::High]
        .map(|one| (words::code(&one), words::capitalised(words::urgency(one))));
    let lead = html! {
        p.lead { (parts::reference(&issue.row.reference)) " " (issue.row.title) }
        p {
            (parts::badge(words::issue_status(issue.row.status)))
            @if issue.row.status == IssueStatus::Reported { " Non è ancora in carico a nessuno." }
        }
        section.card.over aria-label="I fatti" { (parts::paragraphs(&issue.description)) }
    };
    let (here, action) = (format!("/segnalazioni/{id}"), format!("/segnalazioni/{id}/istruttoria"));
    let way = [(super::ADDRESS, "Scrivania"), (here.as_str(), issue.row.reference.as_str())];
    let sheet = Sheet {
        way: &way,
        title: "Istruttoria",
        lead,
        action: &action,
        button: "Registra l'esito",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            input type="hidden" name=(SEEN) value=(issue.row.revision);
            (fields.radios("/scope", "Esito", "", &scopes))
            (fields.select("/theme", "Tema", "", lists.themes(), false))
            (fields.radios("/urgency", "Urgenza", "", &urgencies))
            (fields.area("/note", "Osservazioni", "", 3, false))
        }
    }))
}
