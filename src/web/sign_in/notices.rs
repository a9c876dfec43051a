//! Notices by e-mail, switched off and on: by the link in a letter, without signing in, and
//! on the profile.
//!
//! The address in a letter is opened by reading it, which changes nothing, and used by
//! posting to it: a program of mail does so at one click of its own (RFC 8058). The token in
//! it is all that is asked for. It stops letters to one person and does nothing else, so no
//! form token guards it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::see_other;
use crate::access::accounts::AccountSummary;
use crate::operations::sessions::SignedIn;
use crate::web::Site;
use crate::web::fault::Fault;
use crate::web::forms::Form;
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;

/// `GET /avvisi/{link}`: asks to confirm.
pub async fn show(visit: Visit, Path(link): Path<String>) -> Response {
    if visit.site.operations.whose_notices(&link).is_none() {
        return unknown(&visit).into_response();
    }
    let main = html! {
        h1 { "Non ricevere più avvisi" }
        p.lead {
            "Non arriveranno più i riepiloghi per posta elettronica. Tutto resta consultabile, e si \
             possono riattivare dal profilo."
        }
        // No form token: the address is what proves it.
        form method="post" action={ "/avvisi/" (link) } {
            button type="submit" { "Non inviare più avvisi" }
        }
    };
    visit.page("Non ricevere più avvisi", main).into_response()
}

/// `POST /avvisi/{link}`, by a person or by a program of mail.
pub async fn stop(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(link): Path<String>,
) -> Result<Response, Fault> {
    let Some(account) = site.operations.whose_notices(&link) else {
        let page = unknown(&visit).with_status(axum::http::StatusCode::FORBIDDEN);
        return Ok(page.into_response());
    };
    site.operations.stop_notices(account).await?;
    let main = html! {
        h1 { "Avvisi disattivati" }
        p.lead { "Non arriveranno più riepiloghi per posta elettronica." }
        p { "Si possono riattivare dal " a href="/profilo" { "profilo" } ", dopo l'accesso." }
    };
    Ok(visit.page("Avvisi disattivati", main).into_response())
}

fn unknown(visit: &Visit) -> Page {
    let main = html! {
        h1 { "Il collegamento non è valido" }
        p.lead { "Per non ricevere più avvisi si può usare il profilo, dopo l'accesso." }
        p { a href="/profilo" { "Profilo" } }
    };
    let page = visit.page("Il collegamento non è valido", main);
    page.with_status(axum::http::StatusCode::NOT_FOUND)
}

/// The section of the profile, where notices are sent.
pub async fn section(
    visit: &Visit,
    session: &SignedIn,
    account: &AccountSummary,
) -> Result<Option<Markup>, Fault> {
    let operations = &visit.site.operations;
    let Some(email) = account.email.as_ref().filter(|_| operations.sends_notices()) else {
        return Ok(None);
    };
    let stopped = operations.notices_of(&session.actor.subject).await?.stopped;
    let (state, wanted, action) = if stopped {
        ("Gli avvisi sono disattivati.", "sì", "Riattiva gli avvisi")
    } else {
        ("Gli avvisi sono attivi.", "no", "Non inviare più avvisi")
    };
    Ok(Some(html! {
        section {
            h2 { "Avvisi per posta elettronica" }
            p {
                "Un riepilogo al giorno, solo se c'è qualcosa di nuovo sulle segnalazioni, sui \
                 quesiti e sulle soluzioni del proprio ente, all'indirizzo " (email) "."
            }
            p { strong { (state) } }
            form method="post" action="/profilo/avvisi" {
                (parts::form_token(visit))
                input type="hidden" name="avvisi" value=(wanted);
                button type="submit" { (action) }
            }
        }
    }))
}

/// `POST /profilo/avvisi`.
pub async fn switch(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fault> {
    let session = super::profile::session(&site, &headers).await?;
    site.operations.switch_notices(&session, form.get("avvisi") == "sì").await?;
    Ok(see_other("/profilo", None))
}
