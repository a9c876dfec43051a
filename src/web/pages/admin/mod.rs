//! *Amministrazione*: the bodies, and the accounts of the people who act for them.
//!
//! For operators, who read no case by right of office. Names and addresses of people stand
//! on these pages only: never in an address, never kept by the browser.
//!
//! Deliberately absent: passwords. A person sets their own; an operator who has to does so
//! at the machine itself (`quesito account set-password`).

mod account;
mod accounts;
mod bodies;
mod body;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::access::accounts::Standing;
use crate::access::{Action, Actor, Resource, decide};
use crate::codec;
use crate::domain::from_json;
use crate::domain::registry::Role;
use crate::domain::values::Text;
use crate::endpoint::{get, get_post, post};
use crate::operations::OperationError;
use crate::projections::registry::BodyFilter;
use crate::web::Site;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Form, KEY, Wrong};
use crate::web::layout::Page;
use crate::web::visit::Visit;
use crate::web::words;

/// The address of the first of these pages.
pub const ADDRESS: &str = "/amministrazione";

/// The most bodies that a list offers.
const OFFERED: u32 = 10_000;

/// Every role.
const ROLES: [Role; 5] =
    [Role::Municipality, Role::Staff, Role::Observer, Role::Auditor, Role::Admin];

/// The routes.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route(ADDRESS, get(show))
        .route("/amministrazione/accessi", get(accounts::list))
        .route("/amministrazione/accessi/nuovo", get_post(accounts::show_new, accounts::create))
        .route("/amministrazione/accessi/{account}", get(account::show))
        .route("/amministrazione/accessi/{account}/approvazione", post(account::approve))
        .route("/amministrazione/accessi/{account}/sospensione", post(account::suspend))
        .route("/amministrazione/accessi/{account}/riattivazione", post(account::restore))
        .route("/amministrazione/accessi/{account}/ruolo", post(account::grant))
        .route("/amministrazione/accessi/{account}/revoca", post(account::revoke))
        .route("/amministrazione/enti", get(bodies::list))
        .route("/amministrazione/enti/nuovo", get_post(bodies::show_new, bodies::register))
        .route("/amministrazione/enti/{body}", get(body::show))
        .route("/amministrazione/enti/{body}/{act}", get_post(body::ask, body::record))
}

/// `GET /amministrazione`.
async fn show(visit: Visit) -> Result<Page, Fault> {
    let actor = operator(&visit)?;
    let accounts = visit.site.operations.list_accounts(actor).await?;
    let waiting = accounts.iter().filter(|one| one.standing == Standing::Pending).count();
    let main = html! {
        h1 { "Amministrazione" }
        p.lead { "Chi può entrare, in quale ruolo e per quale ente. I casi non si leggono da qui." }
        div.cards {
            section.card {
                h2 { a href="/amministrazione/accessi" { "Accessi" } }
                p { (accounts.len()) " " (if accounts.len() == 1 { "persona" } else { "persone" }) "." }
                @if waiting > 0 {
                    p { strong { (waiting) " " (if waiting == 1 { "richiesta" } else { "richieste" }) " da approvare." } }
                }
                p.last { a.button href="/amministrazione/accessi/nuovo" { "Nuovo accesso" } }
            }
            section.card {
                h2 { a href="/amministrazione/enti" { "Enti" } }
                p { "Comuni, unioni, coordinamenti: nomi, fusioni, chi fa parte di quale rete." }
                p.last { a.button href="/amministrazione/enti/nuovo" { "Nuovo ente" } }
            }
        }
        p.quiet {
            "I token delle macchine e le norme si amministrano con le API: "
            a href="/docs" { "documentazione" } "."
        }
    };
    Ok(visit.page("Amministrazione", main))
}

/// Who visits, when it is an operator.
fn operator(visit: &Visit) -> Result<&Actor, Fault> {
    let actor = visit.actor()?;
    let allowed = decide(Some(actor), Action::ManageAccounts, &Resource::default());
    allowed
        .map_err(|_| Fault::Denied("Queste pagine sono per chi gestisce il servizio.".into()))?;
    Ok(actor)
}

/// The id of the command that a form asks for: sent twice, it is one.
fn command(visit: &Visit, actor: &Actor, form: &Form) -> Result<Uuid, Fault> {
    let key = Uuid::try_parse(form.get(KEY)).map_err(|_| Fault::ForeignForm)?;
    let key = key.hyphenated().to_string();
    Ok(codec::command_id(actor.subject.as_str(), "POST", visit.address.path(), &key))
}

/// The roles to choose from.
fn roles() -> Vec<Choice> {
    ROLES.map(|role| (words::code(&role), words::capitalised(words::role(role)))).into()
}

/// The bodies to choose from: those that were not merged into another.
async fn body_choices(visit: &Visit) -> Result<Vec<Choice>, Fault> {
    let filter = BodyFilter { merged: Some(false), limit: OFFERED, ..BodyFilter::default() };
    let bodies = visit.views().await?.list_bodies(&filter, visit.today)?.items.into_iter();
    Ok(bodies.map(|one| (one.body.to_string(), one.name.to_string())).collect())
}

/// A field that is a code of a closed list or of the registry.
fn code<T: DeserializeOwned>(form: &Form, field: &str, wrong: &mut Vec<Wrong>) -> Option<T> {
    match form.get(field).trim() {
        "" => wrong.push(Wrong::at(field, "Dato obbligatorio.")),
        text => match from_json(&text.into()) {
            Ok(read) => return Some(read),
            Err(_) => wrong.push(Wrong::at(field, "Valore non previsto.")),
        },
    }
    None
}

/// A field that is a text which may be left empty.
fn text<const MAX: usize>(form: &Form, field: &str, wrong: &mut Vec<Wrong>) -> Option<Text<MAX>> {
    let text = form.get(field).trim();
    if text.is_empty() {
        return None;
    }
    let read = Text::new(text).map_err(|why| wrong.push(Wrong::at(field, capital(&why))));
    read.ok()
}

/// A field that is a text which may not.
fn needed<const MAX: usize>(form: &Form, field: &str, wrong: &mut Vec<Wrong>) -> Option<Text<MAX>> {
    if form.get(field).trim().is_empty() {
        wrong.push(Wrong::at(field, "Dato obbligatorio."));
    }
    text(form, field, wrong)
}

fn capital(why: &str) -> String {
    format!("{}.", words::capitalised(why))
}

/// What an operation finds wrong with a form; another page for what no field is to blame for.
fn told(why: OperationError) -> Result<Vec<Wrong>, Fault> {
    match why {
        OperationError::Invalid(faults) => Ok(faults
            .into_iter()
            .map(|fault| Wrong { field: fault.pointer, kind: fault.kind, message: fault.detail })
            .collect()),
        OperationError::Rejected(why) => Ok(vec![Wrong::whole(why.to_string())]),
        other => Err(other.into()),
    }
}

fn see_other(address: String) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
