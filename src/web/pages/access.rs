//! *Accesso*: the way in and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::access::sessions::{SessionEnd, SignInMethod};
use crate::web::address::Address;
use crate::web::fault::Fault;
use crate::web::forms::Form;
use crate::web::layout::Page;
use crate::web::visit::Visit;
use crate::web::{Site, parts, sign_in, visitor, words};

/// Where the visitor goes afterwards.
const BACK: &str = "ritorno";

/// The address of the way in, from where one comes back to `here`.
pub fn address(here: &Address) -> String {
    let whole = here.whole();
    if whole == "/" || here.path().starts_with("/accesso") {
        return "/accesso".into();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(BACK, &whole);
    format!("/accesso?{}", query.finish())
}

/// `/accesso`.
pub async fn show(visit: Visit) -> Page {
    let back = visit.address.get(BACK).unwrap_or_default().to_owned();
    let main = html! {
        h1 { "Accesso" }
        @if visit.visitor.expired {
            p.note { "La sessione è scaduta: serve un nuovo accesso." }
        }
        @if visit.site.options.demo.is_empty() {
            p.lead { "L'accesso è riservato agli enti della rete, al coordinamento e a chi verifica." }
            (sign_in::ways(&visit, &back, &Form::default(), &[]))
        } @else {
            p.lead { "È una dimostrazione: si entra con un clic, nei panni di chi si vuole." }
            (demo_accounts(&visit, &back))
        }
    };
    visit.page("Accesso", main)
}

/// A button for each account of the demonstration.
pub fn demo_accounts(visit: &Visit, back: &str) -> Markup {
    html! {
        ul.accounts {
            @for (at, account) in visit.site.options.demo.iter().enumerate() {
                li { (demo_button(visit, at, back, &match visit.named(|names| names.body(&account.body)) {
                    Ok(body) => format!("{body} · {}", words::role(account.role)),
                    Err(_) => words::role(account.role).to_owned(),
                })) }
            }
        }
    }
}

/// The button of one account.
pub fn demo_button(visit: &Visit, account: usize, back: &str, label: &str) -> Markup {
    html! {
        form method="post" action="/accesso/dimostrazione" {
            (parts::form_token(visit))
            input type="hidden" name="account" value=(account);
            input type="hidden" name=(BACK) value=(back);
            button type="submit" { (label) }
        }
    }
}

/// `POST /accesso/dimostrazione`.
pub async fn open_demo(State(site): State<Arc<Site>>, form: Form) -> Result<Response, Fault> {
    let account = form.get("account").parse().ok().and_then(|at: usize| site.options.demo.get(at));
    let account = account.ok_or(Fault::NotFound)?;
    let how = SignInMethod::Demonstration;
    let opened = site.operations.open_session(account.account, how, None).await;
    let opened = opened.map_err(|why| Fault::internal(&why))?;
    let cookie = visitor::opened(&site, &opened.cookie).ok_or(Fault::Internal)?;
    let headers = [(header::SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, headers, [(header::LOCATION, back(form.get(BACK)))]).into_response())
}

/// `POST /uscita`.
pub async fn leave(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    _form: Form,
) -> Result<Response, Fault> {
    // The session ends here, whatever the browser does with its cookie.
    if let Some(credential) = visitor::credential(&site, &headers)
        && let Some(session) = site.operations.signed_in(credential).await?
    {
        site.operations.end_session(&session, SessionEnd::SignedOut).await?;
    }
    let cookie = visitor::closed(&site).ok_or(Fault::Internal)?;
    let headers = [(header::SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, headers, [(header::LOCATION, "/")]).into_response())
}

/// An address of this site to go back to; the first page for anything else.
pub fn back(wanted: &str) -> String {
    // `//host` and `/\host` lead elsewhere.
    let own = wanted.starts_with('/')
        && !wanted[1..].starts_with(['/', '\\'])
        && wanted.bytes().all(|byte| byte.is_ascii_graphic());
    if own { wanted.to_owned() } else { "/".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_to_this_site_only() {
        assert_eq!(back("/segnalazioni?q=a"), "/segnalazioni?q=a");
        for elsewhere in ["", "//example.org", "/\\example.org", "https://example.org", "/a\nb"] {
            assert_eq!(back(elsewhere), "/", "{elsewhere:?}");
        }
    }

    #[test]
    fn the_way_in_remembers_where_one_was() {
        let here = |text: &str| Address::of(&text.parse().unwrap());
        assert_eq!(address(&here("/")), "/accesso");
        assert_eq!(address(&here("/accesso?ritorno=%2Fx")), "/accesso");
        assert_eq!(address(&here("/norme?q=142")), "/accesso?ritorno=%2Fnorme%3Fq%3D142");
    }
}
