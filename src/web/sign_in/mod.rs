//! Signing in and out, and one's own profile.
//!
//! Three ways lead in beside the one-click accounts of a demonstration: a password, a
//! link sent to one's address, an identity provider. All end in [`enter`], which gives
//! the browser the cookie of a session. Nothing here tells an unknown address from a
//! known one.
//!
//! Deliberately absent: any decision. Operations say who gets in.

mod link;
mod notices;
mod password;
mod profile;
mod provider;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use super::fault::Fault;
use super::forms::{Fields, Form, Wrong};
use super::layout::Page;
use super::visit::Visit;
use super::{Site, visitor};
use crate::access::accounts::HeldAccess;
use crate::access::sessions::SignInMethod;
use crate::endpoint::{get, get_post, post};
use crate::operations::sessions::SignInError;

/// The field and the parameter that say where the visitor goes afterwards.
pub const BACK: &str = "ritorno";

/// The routes.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/accesso/password", post(password::enter))
        .route("/accesso/collegamento", post(link::send))
        .route("/accesso/collegamento/{link}", get_post(link::show, link::open))
        .route("/accesso/con/{provider}", get(provider::depart))
        .route("/accesso/ritorno", get(provider::arrive))
        .route("/avvisi/{link}", get_post(notices::show, notices::stop))
        .route("/profilo", get(profile::show))
        .route("/profilo/avvisi", post(notices::switch))
        .route("/profilo/password", post(profile::set_password))
        .route("/profilo/ruolo", post(profile::change_role))
        .route("/profilo/token", post(profile::issue_token))
        .route("/profilo/token/revoca", post(profile::revoke_token))
}

/// The ways in, as they stand on the page *Accesso*.
pub fn ways(visit: &Visit, back: &str, form: &Form, wrong: &[Wrong]) -> Markup {
    let fields = Fields::of(form, wrong);
    html! {
        (provider::buttons(visit, back))
        section {
            h2 { "Con la password" }
            (fields.summary())
            (visit.form_unkept("/accesso/password", &Form::default(), &html! {
                input type="hidden" name=(BACK) value=(back);
                (password::fields(&fields))
                button type="submit" { "Entra" }
            }))
        }
        (link::request(visit, back))
    }
}

/// Where in the network a request comes from, as far as failures are counted by it.
pub struct Place(pub String);

impl FromRequestParts<Arc<Site>> for Place {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Fault> {
        let forwarded = parts.headers.get("x-forwarded-for").filter(|_| site.options.trusted_proxy);
        // The proxy in front appends the address it saw; earlier ones are hearsay.
        let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = match forwarded {
            Some(address) => address.trim().parse().ok(),
            None => peer.map(|ConnectInfo(peer)| peer.ip()),
        };
        Ok(Self(match address {
            // Whoever has one address of version 6 has all of its network.
            Some(std::net::IpAddr::V6(address)) => format!("{:x}/64", address.to_bits() >> 64),
            Some(address) => address.to_string(),
            None => String::new(),
        }))
    }
}

/// Opens a session and leads on.
async fn enter(
    site: &Arc<Site>,
    account: Uuid,
    how: SignInMethod,
    wanted: Option<&HeldAccess>,
    back: &str,
) -> Result<Response, SignInError> {
    let opened = site.operations.open_session(account, how, wanted).await?;
    Ok(lead_on(site, &opened.cookie, back))
}

/// The answer that gives a browser its session.
fn lead_on(site: &Site, cookie: &str, back: &str) -> Response {
    let Some(cookie) = visitor::opened(site, cookie) else {
        return Fault::Internal.into_response();
    };
    see_other(&super::pages::access::back(back), Some(cookie))
}

fn see_other(address: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(address) = HeaderValue::from_str(address) {
        headers.insert(header::LOCATION, address);
    }
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page that says why somebody is not let in, with the ways in again.
fn not_let_in(visit: &Visit, why: SignInError, back: &str, email: &str) -> Response {
    let message = why.to_string();
    let (status, wait) = match why {
        SignInError::Refused => (StatusCode::UNPROCESSABLE_ENTITY, None),
        SignInError::Pending | SignInError::NoRole => (StatusCode::FORBIDDEN, None),
        SignInError::Wait { seconds } => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
        SignInError::Failed(fault) => return Fault::from(fault).into_response(),
    };
    let wrong = [Wrong { field: String::new(), kind: "sign_in", message }];
    let form = Form::of([("email", email.to_owned())]);
    let mut response = way_in(visit, back, &form, &wrong).with_status(status).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The page *Accesso* with something on it already.
fn way_in(visit: &Visit, back: &str, form: &Form, wrong: &[Wrong]) -> Page {
    visit.page(
        "Accesso",
        html! {
            h1 { "Accesso" }
            (ways(visit, back, form, wrong))
        },
    )
}
