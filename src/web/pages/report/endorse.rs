//! *Succede anche da noi*: like A, like B, or in another way.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::projections::issues::IssueDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;

use super::fields::Lists;
use super::territory;

/// The field that says which reading is seen.
const SEEN: &str = "/position_seen";

/// The value of a reading that is not recorded yet.
const OTHER: &str = "altra";

/// `GET /segnalazioni/{issue}/anche-da-noi`.
pub async fn show(visit: Visit, Path(issue): Path<Uuid>) -> Result<Page, Fault> {
    page(&visit, issue, &Form::default(), &[]).await
}

/// `POST /segnalazioni/{issue}/anche-da-noi`.
pub async fn endorse(visit: Visit, Path(issue): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let sent = completed(&visit, &form)?;
    let deed = Deed::on("issue", issue, "issue-endorsed.v1");
    match visit.record(deed, &sent).await {
        Ok(_) => {
            let there = format!("/segnalazioni/{issue}");
            Ok((StatusCode::SEE_OTHER, [(header::LOCATION, there)]).into_response())
        }
        Err(Refused::Fault(fault)) => Err(fault),
        Err(Refused::Wrong(wrong)) => {
            let page = page(&visit, issue, &form, &wrong).await?;
            Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

async fn page(visit: &Visit, issue: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let actor = visit.actor()?.clone();
    let shown = visit.views().await?.show_issue(Some(&actor), issue, visit.today).await?;
    let shown = shown.ok_or(Fault::NotFound)?;
    let lists = Lists::read(visit).await?;
    let main = html! {
        p.crumbs { a href={ "/segnalazioni/" (issue) } { "Torna alla segnalazione" } }
        h1 { "Succede anche da noi" }
        p.lead { (parts::reference(&shown.row.reference)) " " (shown.row.title) }
        (endorsement_form(visit, &shown, Some(&lists), form, wrong)?)
    };
    Ok(visit.page("Succede anche da noi", main))
}

/// The form; with `lists` also for a reading that is not recorded yet.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn endorsement_form(
    visit: &Visit,
    issue: &IssueDetail,
    lists: Option<&Lists>,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Markup, Fault> {
    let fields = Fields::of(form, wrong);
    let mut choices: Vec<Choice> = Vec::new();
    let current = issue.readings.iter().filter(|reading| reading.current);
    for (letter, reading) in ('A'..='Z').zip(current) {
        let office = visit.named(|names| names.authority(&reading.authority))?;
        let words = reading.reading.clear().unwrap_or(crate::domain::values::ERASED_IT);
        choices
            .push((reading.position_id.to_string(), format!("Come {letter} – {office}: {words}")));
    }
    choices.push((OTHER.into(), "In altro modo".into()));
    let address = format!("/segnalazioni/{}/anche-da-noi", issue.row.id);
    let staff = visit.visitor.role() == Some(Role::Staff);
    let inside = html! {
        @if let (true, Some(lists)) = (staff, lists) {
            (fields.select("/on_behalf_of", "Ente per conto del quale si registra", "", lists.bodies(), true))
        }
        (fields.radios(SEEN, "Come viene letta la norma da noi", "", &choices))
        @if let Some(lists) = lists {
            details open[form.has(SEEN, OTHER)] {
                summary { "In altro modo: quale ufficio, che cosa chiede" }
                (fields.select("/new_position/authority", "Ufficio", "", lists.authorities(), false))
                (fields.area("/new_position/reading", "Come legge la norma", "", 3, false))
                (fields.select("/new_position/form", "In quale forma lo dice", "", lists.forms(), false))
            }
        }
        @if lists.is_some() {
            (further(&fields))
        } @else {
            details { summary { "Quante persone, da quando, osservazioni" } (further(&fields)) }
        }
        (fields.confirm_texts())
        div.buttons { button type="submit" { "Succede anche da noi" } }
    };
    Ok(html! { (fields.summary()) (visit.form(&address, form, &inside)) })
}

fn further(fields: &Fields<'_>) -> Markup {
    html! {
        (fields.number("/people_affected", "Quante persone riguarda da noi", "Una stima va bene.", false))
        (fields.day("/since", "Da quando", "", false))
        (fields.area("/note", "Osservazioni", "", 2, false))
    }
}

/// The form with what follows from its fields.
fn completed(visit: &Visit, form: &Form) -> Result<Form, Fault> {
    let new = |member: &str| format!("/new_position/{member}");
    let mut form = form.clone();
    if form.has(SEEN, OTHER) {
        let (level, code) = territory(visit, form.get(&new("authority")))?;
        form = form.with(&new("territory/level"), level).with(&new("territory/code"), &code);
        // Who says that it happens there has seen it.
        form = form.with(&new("known"), "direct").without(SEEN);
    } else {
        for member in ["authority", "reading", "form"] {
            form = form.without(&new(member));
        }
    }
    Ok(form)
}
