//! *Profilo*: who one is here, in which role, with which password and which tokens.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use maud::{Markup, html};

use super::{lead_on, see_other};
use crate::access::accounts::{AccountSummary, HeldAccess};
use crate::access::sessions::SignInMethod;
use crate::access::tokens::TokenSummary;
use crate::domain::values::{Day, Text};
use crate::operations::OperationError;
use crate::operations::sessions::{SignInError, SignedIn};
use crate::web::fault::Fault;
use crate::web::forms::{Fields, Form, Wrong};
use crate::web::visit::Visit;
use crate::web::{Site, parts, visitor, words};

/// Days for which a token is good that one gives oneself.
const TOKEN_DAYS: i64 = 90;

/// The session of the visitor.
pub(super) async fn session(site: &Arc<Site>, headers: &HeaderMap) -> Result<SignedIn, Fault> {
    let cookie = visitor::credential(site, headers).ok_or(Fault::SignIn)?;
    site.operations.signed_in(cookie).await?.ok_or(Fault::SignIn)
}

/// `GET /profilo`.
pub async fn show(visit: Visit, headers: HeaderMap) -> Result<Response, Fault> {
    let session = session(&visit.site, &headers).await?;
    page(&visit, &session, &Shown::default()).await
}

/// What the page shows beside what is always there.
#[derive(Default)]
struct Shown<'a> {
    wrong: &'a [Wrong],
    token: Option<&'a str>,
}

async fn page(visit: &Visit, session: &SignedIn, shown: &Shown<'_>) -> Result<Response, Fault> {
    let operations = &visit.site.operations;
    let account = operations.show_account(&session.actor, session.account).await?;
    let account = account.ok_or(Fault::SignIn)?;
    let tokens = operations.own_tokens(session).await?;
    let notices = super::notices::section(visit, session, &account).await?;
    let main = html! {
        h1 { "Profilo" }
        @if let Some(token) = shown.token {
            div.note role="status" {
                p { "Il token, mostrato solo questa volta:" }
                p { code { (token) } }
            }
        }
        (person(visit, session, &account)?)
        (password(visit, session, &account, shown.wrong))
        @if let Some(notices) = notices { (notices) }
        (api(visit, &tokens)?)
    };
    let mut response = visit.page("Profilo", main).into_response();
    if !shown.wrong.is_empty() {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn person(visit: &Visit, session: &SignedIn, account: &AccountSummary) -> Result<Markup, Fault> {
    let name = |access: &HeldAccess| {
        visit.named(|names| format!("{} · {}", names.body(&access.body), words::role(access.role)))
    };
    let here = |access: &HeldAccess| {
        access.role == session.actor.role && access.body == session.actor.body
    };
    let mut held = Vec::new();
    for (at, access) in account.access.iter().enumerate() {
        held.push((at, name(access)?, here(access)));
    }
    Ok(html! {
        section {
            h2 { "Chi è" }
            p { (account.name) @if let Some(email) = &account.email { " · " (email) } }
            h3 { "Ruoli" }
            ul.accounts {
                @for (at, label, here) in held {
                    li {
                        @if here { strong { (label) } " (in uso)" } @else {
                            form method="post" action="/profilo/ruolo" {
                                (parts::form_token(visit))
                                input type="hidden" name="ruolo" value=(at);
                                button type="submit" { "Passa a: " (label) }
                            }
                        }
                    }
                }
            }
        }
    })
}

fn password(
    visit: &Visit,
    session: &SignedIn,
    account: &AccountSummary,
    wrong: &[Wrong],
) -> Markup {
    let form = Form::default();
    let present = account.password && session.how != SignInMethod::Link;
    let fields = Fields::of(&form, wrong);
    html! {
        section {
            h2 { "Password" }
            p {
                @if account.password { "Cambiandola si chiudono tutte le sessioni aperte." }
                @else { "Non c'è ancora una password: si entra con un collegamento o con un'identità digitale." }
            }
            (fields.summary())
            (visit.form_unkept("/profilo/password", &form, &html! {
                @if present {
                    div.field {
                        label for="campo-present" { "Password attuale" }
                        input id="campo-present" name="present" type="password" required
                            autocomplete="current-password" maxlength="128";
                    }
                }
                div.field {
                    label for="campo-password" { "Nuova password" }
                    p.hint id="campo-password-aiuto" {
                        "Da 12 a 128 caratteri, senza altre regole: bastano alcune parole che non stanno insieme."
                    }
                    input id="campo-password" name="password" type="password" required
                        autocomplete="new-password" minlength="12" maxlength="128"
                        aria-describedby="campo-password-aiuto";
                }
                button type="submit" { "Imposta la password" }
            }))
        }
    }
}

fn api(visit: &Visit, tokens: &[(TokenSummary, String)]) -> Result<Markup, Fault> {
    let mut living = Vec::new();
    let good = |token: &TokenSummary| !token.revoked && visit.today <= token.expires_on;
    for (token, label) in tokens.iter().filter(|(token, _)| good(token)) {
        let acts = visit
            .named(|names| format!("{} · {}", names.body(&token.body), words::role(token.role)))?;
        living.push((token.id, label, acts, token.expires_on));
    }
    Ok(html! {
        section {
            h2 { "Token per le API" }
            p { "Un token agisce nel ruolo in uso, al posto della persona. Vale 90 giorni." }
            ul.rows {
                @for (id, label, acts, expires_on) in living {
                    li {
                        strong { (label) } " · " (acts) ", " (parts::period(None, Some(expires_on)).unwrap_or_default())
                        form method="post" action="/profilo/token/revoca" {
                            (parts::form_token(visit))
                            input type="hidden" name="token" value=(id);
                            button.second type="submit" { "Revoca" span.hidden { ": " (label) } }
                        }
                    }
                }
            }
            (visit.form_unkept("/profilo/token", &Form::default(), &html! {
                div.field {
                    label for="campo-etichetta" { "A che cosa serve" }
                    input id="campo-etichetta" name="etichetta" type="text" maxlength="200" required;
                }
                button type="submit" { "Crea un token" }
            }))
        }
    })
}

/// `POST /profilo/password`: sets it, and opens a new session in place of all that ended.
pub async fn set_password(
    State(site): State<Arc<Site>>,
    visit: Visit,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fault> {
    let session = session(&site, &headers).await?;
    let command = site.operations.random_id();
    let password = form.get("password");
    let present = form.get("present");
    match site.operations.change_password(&session, command, present, password).await {
        Ok(()) => {}
        Err(OperationError::Invalid(faults)) => {
            let wrong: Vec<_> = faults
                .into_iter()
                .map(|fault| Wrong {
                    field: fault.pointer,
                    kind: fault.kind,
                    message: fault.detail,
                })
                .collect();
            return page(&visit, &session, &Shown { wrong: &wrong, ..Shown::default() }).await;
        }
        Err(other) => return Err(other.into()),
    }
    let access = HeldAccess { role: session.actor.role, body: session.actor.body.clone() };
    let opened = site.operations.open_session(session.account, session.how, Some(&access)).await;
    let opened = opened.map_err(fault)?;
    Ok(lead_on(&site, &opened.cookie, "/profilo"))
}

/// `POST /profilo/ruolo`.
pub async fn change_role(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fault> {
    let session = session(&site, &headers).await?;
    let held = site.operations.held(&session.actor.subject).await?;
    let wanted = form.get("ruolo").parse().ok().and_then(|at: usize| held.get(at));
    let wanted = wanted.ok_or(Fault::NotFound)?;
    let opened = site.operations.change_role(&session, wanted).await.map_err(fault)?;
    Ok(lead_on(&site, &opened.cookie, "/profilo"))
}

/// `POST /profilo/token`.
pub async fn issue_token(
    State(site): State<Arc<Site>>,
    visit: Visit,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fault> {
    let session = session(&site, &headers).await?;
    let label = form.get("etichetta").trim();
    let label = if label.is_empty() { "senza nome" } else { label };
    let label = Text::new(label.chars().take(200).collect::<String>());
    let label = label.map_err(|why| Fault::internal(&why))?;
    let until = site.clock.today().checked_add(TOKEN_DAYS.days());
    let until: Day = until.map_err(|why| Fault::internal(&why))?.into();
    let issued = site.operations.issue_own_token(&session, label, until).await?;
    page(&visit, &session, &Shown { token: issued.token.as_deref(), ..Shown::default() }).await
}

/// `POST /profilo/token/revoca`.
pub async fn revoke_token(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fault> {
    let session = session(&site, &headers).await?;
    let id = form.get("token").parse().map_err(|_| Fault::NotFound)?;
    site.operations.revoke_own_token(&session, id).await?;
    Ok(see_other("/profilo", None))
}

fn fault(why: SignInError) -> Fault {
    match why {
        SignInError::Failed(why) => why.into(),
        other => Fault::Denied(other.to_string()),
    }
}
