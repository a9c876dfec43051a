//! One account: approved, suspended, given and taken roles.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use super::accounts::{access_fields, called, network};
use super::{body_choices, code, command, operator, see_other, text, told};
use crate::access::accounts::{AccountSummary, HeldAccess, Standing};
use crate::domain::registry::Role;
use crate::domain::values::BodyId;
use crate::operations::OperationError;
use crate::operations::accounts::ApprovalRequest;
use crate::web::fault::Fault;
use crate::web::forms::{Fields, Form, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// `GET /amministrazione/accessi/{account}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    operator(&visit)?;
    page(&visit, id, None, &[]).await
}

/// `POST …/approvazione`: gives the role, and lets the person in.
pub async fn approve(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let access = match access(&form) {
        Ok(access) => access,
        Err(wrong) => return again(&visit, id, &form, wrong).await,
    };
    let network = network(&visit, access.role, &access.body).await?;
    let request = ApprovalRequest { role: access.role, body: access.body, network };
    let command = command(&visit, actor, &form)?;
    let done = visit.site.operations.approve_account(actor, command, id, request).await;
    finish(&visit, id, &form, done).await
}

/// `POST …/sospensione`.
pub async fn suspend(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let (mut wrong, command) = (Vec::new(), command(&visit, actor, &form)?);
    let reason = text(&form, "/reason", &mut wrong);
    if !wrong.is_empty() {
        return again(&visit, id, &form, wrong).await;
    }
    let done = visit.site.operations.suspend_account(actor, command, id, reason).await;
    finish(&visit, id, &form, done).await
}

/// `POST …/riattivazione`.
pub async fn restore(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let command = command(&visit, actor, &form)?;
    let done = visit.site.operations.restore_account(actor, command, id, None).await;
    finish(&visit, id, &form, done).await
}

/// `POST …/ruolo`.
pub async fn grant(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let access = match access(&form) {
        Ok(access) => access,
        Err(wrong) => return again(&visit, id, &form, wrong).await,
    };
    let (account, command) = (account(&visit, id).await?, command(&visit, actor, &form)?);
    let wanted = (access.role, &access.body);
    let operations = &visit.site.operations;
    let done = operations.grant_access(actor, command, &account.person, wanted, None).await;
    finish(&visit, id, &form, done).await
}

/// `POST …/revoca`: the role ends today, and every session and token that rests on it.
pub async fn revoke(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let actor = operator(&visit)?;
    let access = access(&form).map_err(|_| Fault::NotFound)?;
    let (account, command) = (account(&visit, id).await?, command(&visit, actor, &form)?);
    let ended = (access.role, &access.body);
    let operations = &visit.site.operations;
    let done = operations.revoke_access(actor, command, &account.person, ended, None).await;
    finish(&visit, id, &form, done).await
}

/// Which role in which body a form names.
fn access(form: &Form) -> Result<HeldAccess, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let role: Option<Role> = code(form, "/role", &mut wrong);
    let body: Option<BodyId> = code(form, "/body", &mut wrong);
    role.zip(body).map(|(role, body)| HeldAccess { role, body }).ok_or(wrong)
}

async fn account(visit: &Visit, id: Uuid) -> Result<AccountSummary, Fault> {
    let shown = visit.site.operations.show_account(visit.actor()?, id).await?;
    shown.ok_or(Fault::NotFound)
}

async fn finish(
    visit: &Visit,
    id: Uuid,
    form: &Form,
    done: Result<(), OperationError>,
) -> Result<Response, Fault> {
    match done {
        Ok(()) => Ok(see_other(format!("/amministrazione/accessi/{id}"))),
        Err(why) => again(visit, id, form, told(why)?).await,
    }
}

async fn again(visit: &Visit, id: Uuid, form: &Form, wrong: Vec<Wrong>) -> Result<Response, Fault> {
    let page = page(visit, id, Some(form), &wrong).await?;
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn page(
    visit: &Visit,
    id: Uuid,
    sent: Option<&Form>,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let account = account(visit, id).await?;
    // What the provider says of somebody is proposed, and nothing else.
    let claimed = Form::of([
        ("/role", account.claimed_role.map(|role| words::code(&role)).unwrap_or_default()),
        ("/body", account.claimed_body.as_ref().map(BodyId::to_string).unwrap_or_default()),
    ]);
    let fields = Fields::of(sent.unwrap_or(&claimed), wrong);
    let way = [(super::ADDRESS, "Amministrazione"), ("/amministrazione/accessi", "Accessi")];
    let main = html! {
        (parts::crumbs(&way, &account.name))
        h1 { (account.name) }
        p.marks { (parts::badge(words::standing(account.standing))) }
        (fields.summary())
        (known(visit, &account)?)
        (roles(visit, &account)?)
        (acts(visit, &account, &fields, sent.unwrap_or(&Form::default())).await?)
    };
    Ok(visit.page(account.name.clone(), main))
}

fn known(visit: &Visit, account: &AccountSummary) -> Result<Markup, Fault> {
    let claimed = account.claimed_role.map(words::role).into_iter().map(str::to_owned);
    let claimed: Vec<_> =
        claimed.chain(account.claimed_body.as_ref().map(BodyId::to_string)).collect();
    let network = account.network.as_ref();
    let network = network.map(|body| visit.named(|names| names.body(body))).transpose()?;
    Ok(parts::facts(&[
        ("Indirizzo", account.email.as_ref().map(|email| html! { (email) })),
        ("Identità digitale", account.issuer.as_ref().map(|issuer| html! { (issuer) })),
        ("Dice di essere", (!claimed.is_empty()).then(|| html! { (claimed.join(", ")) })),
        ("Password", Some(html! { (if account.password { "impostata" } else { "nessuna" }) })),
        ("Rete", network.map(|network| html! { (network) })),
        ("Nel registro degli eventi", Some(html! { code { (account.person) } })),
    ]))
}

fn roles(visit: &Visit, account: &AccountSummary) -> Result<Markup, Fault> {
    let action = format!("/amministrazione/accessi/{}/revoca", account.id);
    let names = visit.named(|names| {
        account.access.iter().map(|access| called(access, names)).collect::<Vec<_>>()
    })?;
    Ok(html! {
        section {
            h2 { "Ruoli di oggi" }
            @if account.access.is_empty() { (parts::nothing("Nessun ruolo: la persona non può entrare.")) }
            ul.rows {
                @for (access, name) in account.access.iter().zip(names) {
                    li {
                        (name)
                        (visit.form_unkept(&action, &Form::default(), &html! {
                            input type="hidden" name="/role" value=(words::code(&access.role));
                            input type="hidden" name="/body" value=(access.body);
                            button.second type="submit" { "Togli il ruolo" span.hidden { ": " (name) } }
                        }))
                    }
                }
            }
            p.quiet { "Ogni ruolo dato o tolto è un evento del registro, con la data; il nome della persona no." }
        }
    })
}

/// What can be done with it as it stands.
async fn acts(
    visit: &Visit,
    account: &AccountSummary,
    fields: &Fields<'_>,
    sent: &Form,
) -> Result<Markup, Fault> {
    let bodies = body_choices(visit).await?;
    let address = |act: &str| format!("/amministrazione/accessi/{}/{act}", account.id);
    let section = |heading: &str, act: &str, inside: &Markup| {
        html! { section { h2 { (heading) } (visit.form_unkept(&address(act), sent, inside)) } }
    };
    let access = |button: &str| {
        html! {
            (access_fields(fields, &bodies))
            div.buttons { button type="submit" { (button) } }
        }
    };
    let suspension = html! {
        (fields.text("/reason", "Perché", "Senza dati di altre persone.", false))
        div.buttons { button.second type="submit" { "Sospendi" } }
    };
    Ok(match account.standing {
        Standing::Pending => html! {
            (section("Approva la richiesta", "approvazione", &access("Approva")))
            (section("Non è da approvare", "sospensione", &suspension))
        },
        Standing::Open => html! {
            (section("Aggiungi un ruolo", "ruolo", &access("Aggiungi")))
            (section("Sospendi l'accesso", "sospensione", &suspension))
        },
        Standing::Suspended => section(
            "Riattiva l'accesso",
            "riattivazione",
            &html! {
                p { "Le sessioni chiuse restano chiuse: la persona entra di nuovo." }
                div.buttons { button type="submit" { "Riattiva" } }
            },
        ),
    })
}
