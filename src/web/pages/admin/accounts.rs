//! The list of accounts, and a new one.

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{body_choices, code, command, needed, operator, roles, see_other, text, told};
use crate::access::accounts::{AccountSummary, HeldAccess, Standing};
use crate::domain::registry::Role;
use crate::domain::values::BodyId;
use crate::operations::accounts::AccountRequest;
use crate::projections::history::Names;
use crate::projections::registry::BodyFilter;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Fields, Form, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// `GET /amministrazione/accessi`: who waits for approval first, then by name.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    let actor = operator(&visit)?;
    let mut accounts = visit.site.operations.list_accounts(actor).await?;
    accounts.sort_by_key(|one| (one.standing != Standing::Pending, one.name.to_lowercase()));
    let rows = visit.named(|names| {
        html! { @for account in &accounts { (row(account, names)) } }
    })?;
    let main = html! {
        (parts::crumbs(&[(super::ADDRESS, "Amministrazione")], "Accessi"))
        h1 { "Accessi" }
        p { a.button href="/amministrazione/accessi/nuovo" { "Nuovo accesso" } }
        @if accounts.is_empty() {
            (parts::nothing("Finora nessuno entra con un accesso personale."))
        } @else {
            (parts::scrolling("Accessi", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Persona" } th scope="col" { "Come entra" }
                        th scope="col" { "Ruoli di oggi" } th scope="col" { "Stato" }
                    } }
                    tbody { (rows) }
                }
            }))
        }
    };
    Ok(visit.page("Accessi", main))
}

fn row(account: &AccountSummary, names: &Names<'_>) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ "/amministrazione/accessi/" (account.id) } { (account.name) } }
            td { (account.issuer.as_deref().or(account.email.as_deref()).unwrap_or_default()) }
            td {
                @for (at, access) in account.access.iter().enumerate() {
                    @if at > 0 { br; }
                    (called(access, names))
                }
                @if account.access.is_empty() { span.quiet { "nessuno" } }
            }
            td { (parts::badge(words::standing(account.standing))) }
        }
    }
}

/// A role in a body.
pub fn called(access: &HeldAccess, names: &Names<'_>) -> String {
    format!("{} · {}", names.body(&access.body), words::role(access.role))
}

/// `GET /amministrazione/accessi/nuovo`.
pub async fn show_new(visit: Visit) -> Result<Page, Fault> {
    operator(&visit)?;
    page(&visit, &Form::of([("/role", words::code(&Role::Municipality))]), &[]).await
}

/// `POST /amministrazione/accessi/nuovo`.
pub async fn create(visit: Visit, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let mut wrong = Vec::new();
    let (name, email) = (needed(&form, "/name", &mut wrong), needed(&form, "/email", &mut wrong));
    let (role, body) = (code(&form, "/role", &mut wrong), code(&form, "/body", &mut wrong));
    let function = text(&form, "/function", &mut wrong);
    if let (Some(name), Some(email), Some(role), Some(body), true) =
        (name, email, role, body, wrong.is_empty())
    {
        let network = network(&visit, role, &body).await?;
        let request = AccountRequest { person: None, name, email, role, body, network, function };
        let command = command(&visit, actor, &form)?;
        match visit.site.operations.create_account(actor, command, request).await {
            Ok(created) => {
                return Ok(see_other(format!("/amministrazione/accessi/{}", created.id)));
            }
            Err(why) => wrong = told(why)?,
        }
    }
    let page = page(&visit, &form, &wrong).await?;
    Ok(page.with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// The coordinator in whose network somebody acts: the first of those of which the body is
/// a member.
pub async fn network(visit: &Visit, role: Role, body: &BodyId) -> Result<Option<BodyId>, Fault> {
    match role {
        Role::Municipality | Role::Observer => {}
        Role::Staff | Role::Auditor | Role::Admin => return Ok(None),
    }
    let kind = "coordinator".parse().map_err(|why| Fault::internal(&why))?;
    let filter = BodyFilter { kind: Some(kind), limit: super::OFFERED, ..BodyFilter::default() };
    for coordinator in visit.views().await?.list_bodies(&filter, visit.today)?.items {
        if visit.site.operations.is_member(&coordinator.body, body).await? {
            return Ok(Some(coordinator.body));
        }
    }
    Ok(None)
}

async fn page(visit: &Visit, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let (fields, bodies) = (Fields::of(form, wrong), body_choices(visit).await?);
    let inside = html! {
        (fields.text("/name", "Nome e cognome", "", true))
        (fields.text("/email", "Indirizzo di posta elettronica", "Quello con cui la persona entrerà.", true))
        (access_fields(&fields, &bodies))
        (fields.text("/function", "Funzione", "Per esempio «ufficio casa»; senza nomi di persone.", false))
        div.buttons { button type="submit" { "Crea l'accesso" } }
    };
    let way = [(super::ADDRESS, "Amministrazione"), ("/amministrazione/accessi", "Accessi")];
    let main = html! {
        (parts::crumbs(&way, "Nuovo accesso"))
        h1 { "Nuovo accesso" }
        p.lead {
            @if visit.site.operations.sends_mail() {
                "La persona entra con un collegamento inviato al suo indirizzo; può poi darsi una password."
            } @else {
                "Qui non si inviano messaggi: la prima password si imposta sulla macchina, con "
                code { "quesito account set-password" } "."
            }
        }
        (fields.summary())
        (visit.form_unkept("/amministrazione/accessi/nuovo", form, &inside))
    };
    Ok(visit.page("Nuovo accesso", main))
}

/// Which role, in which body.
pub fn access_fields(fields: &Fields<'_>, bodies: &[Choice]) -> Markup {
    html! {
        (fields.select("/role", "Ruolo", "", &roles(), true))
        (fields.select("/body", "Ente", "Quello per cui la persona agisce.", bodies, true))
    }
}
