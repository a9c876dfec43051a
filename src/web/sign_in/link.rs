//! The way in by a link sent to one's address.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::{BACK, Place, not_let_in};
use crate::access::sessions::SignInMethod;
use crate::operations::links::SPAN;
use crate::web::Site;
use crate::web::fault::Fault;
use crate::web::forms::Form;
use crate::web::layout::Page;
use crate::web::visit::Visit;
use crate::web::visitor::{Kept, keep, kept};

/// The form that asks for a link, where letters can be sent.
pub fn request(visit: &Visit, back: &str) -> Markup {
    html! {
        @if visit.site.operations.sends_mail() {
            section {
                h2 { "Con un collegamento per posta elettronica" }
                p { "Per chi entra di rado: arriva un collegamento che vale una volta, per 15 minuti." }
                (visit.form_unkept("/accesso/collegamento", &Form::default(), &html! {
                    input type="hidden" name=(BACK) value=(back);
                    div.field {
                        label for="collegamento-email" { "Indirizzo di posta elettronica" }
                        input id="collegamento-email" name="email" type="email"
                            autocomplete="username" required;
                    }
                    button type="submit" { "Invia il collegamento" }
                }))
            }
        }
    }
}

/// `POST /accesso/collegamento`.
pub async fn send(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Place(place): Place,
    form: Form,
) -> Response {
    if !site.operations.sends_mail() {
        return Fault::NotFound.into_response();
    }
    let (email, back) = (form.get("email"), form.get(BACK));
    let page = format!("{}/accesso/collegamento", site.options.base);
    let cookie = match site.operations.send_link(email, &place, &page) {
        Ok(cookie) => cookie,
        Err(why) => return not_let_in(&visit, why, back, email),
    };
    let main = html! {
        h1 { "Controllare la posta" }
        p.lead {
            "Se all'indirizzo indicato corrisponde un accesso, è in arrivo un messaggio con un \
             collegamento. Vale una volta sola, per 15 minuti."
        }
        p { "Conviene aprirlo in questo stesso browser: altrove sarà chiesto di nuovo l'indirizzo." }
    };
    let mut response = visit.page("Controllare la posta", main).into_response();
    keep(&site, &mut response, Kept::Link, &cookie, SPAN);
    response
}

/// `GET /accesso/collegamento/{link}`: asks to confirm, and uses nothing up.
pub async fn show(visit: Visit, Path(link): Path<String>, headers: HeaderMap) -> Page {
    let cookie = kept(&visit.site, &headers, Kept::Link);
    let known = visit.site.operations.is_of_browser(&link, cookie);
    let main = html! {
        h1 { "Conferma l'accesso" }
        (visit.form_unkept(&format!("/accesso/collegamento/{link}"), &Form::default(), &html! {
            @if !known {
                p { "Il collegamento è stato chiesto da un altro browser: per sicurezza si indichi di nuovo l'indirizzo." }
                div.field {
                    label for="conferma-email" { "Indirizzo di posta elettronica" }
                    input id="conferma-email" name="email" type="email" autocomplete="username" required;
                }
            }
            button type="submit" { "Entra" }
        }))
    };
    visit.page("Conferma l'accesso", main)
}

/// `POST /accesso/collegamento/{link}`.
pub async fn open(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(link): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Response {
    let cookie = kept(&site, &headers, Kept::Link);
    let email = Some(form.get("email")).filter(|email| !email.is_empty());
    let Ok(account) = site.operations.open_link(&link, cookie, email) else {
        return expired(&visit);
    };
    match super::enter(&site, account, SignInMethod::Link, None, "/").await {
        Ok(mut response) => {
            keep(&site, &mut response, Kept::Link, "", 0);
            response
        }
        Err(why) => not_let_in(&visit, why, "/", ""),
    }
}

fn expired(visit: &Visit) -> Response {
    let main = html! {
        h1 { "Il collegamento non è valido" }
        p.lead { "È già stato usato, è scaduto, oppure l'indirizzo non è quello a cui è stato inviato." }
        p { a href="/accesso" { "Chiedere un altro collegamento" } }
    };
    let page = visit.page("Il collegamento non è valido", main);
    page.with_status(axum::http::StatusCode::UNPROCESSABLE_ENTITY).into_response()
}
