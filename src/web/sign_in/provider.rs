//! The way in through an identity provider.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::{Markup, html};

use super::{BACK, not_let_in, see_other};
use crate::access::sessions::SignInMethod;
use crate::operations::providers::Return;
use crate::operations::sessions::SignInError;
use crate::web::Site;
use crate::web::visit::Visit;
use crate::web::visitor::{Kept, keep, kept};

/// Seconds for which the browser keeps what it left with.
const SPAN: i64 = 10 * 60;

/// Where providers send browsers back to, below the public address.
const RETURN: &str = "/accesso/ritorno";

/// A link to each provider. They are links and no forms, since a form may lead to this
/// site only.
pub fn buttons(visit: &Visit, back: &str) -> Markup {
    let address = |id: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(BACK, back);
        format!("/accesso/con/{id}?{}", query.finish())
    };
    let providers: Vec<_> = visit.site.operations.providers().collect();
    html! {
        @if !providers.is_empty() {
            section {
                h2 { "Con un'identità digitale" }
                ul.accounts {
                    @for (id, label) in providers { li { a.button href=(address(id)) { (label) } } }
                }
            }
        }
    }
}

/// `GET /accesso/con/{provider}`.
pub async fn depart(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(provider): Path<String>,
) -> Response {
    let back = visit.address.get(BACK).unwrap_or_default();
    let redirect = format!("{}{RETURN}", site.options.base);
    match site.operations.depart(&provider, &redirect).await {
        Ok(departure) => {
            let mut response = see_other(&departure.url, None);
            let kept = format!("{}.{}", departure.cookie, URL_SAFE_NO_PAD.encode(back));
            keep(&site, &mut response, Kept::Departure, &kept, SPAN);
            response
        }
        Err(why) => not_let_in(&visit, why, back, ""),
    }
}

/// `GET /accesso/ritorno`.
pub async fn arrive(State(site): State<Arc<Site>>, visit: Visit, headers: HeaderMap) -> Response {
    let brought = kept(&site, &headers, Kept::Departure).unwrap_or_default();
    let (cookie, back) = brought.split_once('.').unwrap_or((brought, ""));
    let back = URL_SAFE_NO_PAD.decode(back).ok().and_then(|back| String::from_utf8(back).ok());
    let back = back.unwrap_or_default();
    let get = |name: &str| visit.address.get(name);
    let (Some(state), Some(code)) = (get("state"), get("code")) else {
        return not_let_in(&visit, SignInError::Refused, &back, "");
    };
    let answer = Return { state, code, issuer: get("iss"), cookie };
    let (account, wanted) = match site.operations.arrive(answer).await {
        Ok(arrived) => arrived,
        Err(why) => return not_let_in(&visit, why, &back, ""),
    };
    let wanted = wanted.as_ref();
    match super::enter(&site, account, SignInMethod::Provider, wanted, &back).await {
        Ok(mut response) => {
            keep(&site, &mut response, Kept::Departure, "", 0);
            response
        }
        Err(why) => not_let_in(&visit, why, &back, ""),
    }
}
