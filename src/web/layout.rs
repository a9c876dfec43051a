//! The frame around every page: who we are, where one can go, what one may rely on.
//!
//! Deliberately absent: anything inline. Style and script come from [`super::assets`].

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::parts;
use super::visit::Visit;
use super::words;
use crate::domain::registry::Role;

/// The name of the product.
const NAME: &str = "quesito";

/// What it is, in one line.
const PURPOSE: &str = "Registro delle difformità interpretative della rete SAI";

/// The navigation, in order: address, name, and the roles it is for; everybody without.
const NAVIGATION: &[(&str, &str, Option<&[Role]>)] = &[
    ("/", "Inizio", None),
    ("/scrivania", "Scrivania", Some(&[Role::Staff])),
    ("/segnalazioni", "Segnalazioni", None),
    ("/quesiti", "Quesiti", Some(INSIDE)),
    ("/soluzioni", "Soluzioni", None),
    ("/norme", "Norme", None),
    ("/difformita", "Difformità", Some(INSIDE)),
    (super::pages::admin::ADDRESS, "Amministrazione", Some(&[Role::Admin])),
    ("/cruscotto", "Cruscotto", None),
    ("/ricostruisci", "Ricostruisci", Some(INSIDE)),
];

/// Whoever reads cases.
const INSIDE: &[Role] = &[Role::Municipality, Role::Staff, Role::Observer, Role::Auditor];

/// A page: its frame is made when it is sent.
pub struct Page {
    visit: Visit,
    title: String,
    main: Markup,
    status: StatusCode,
    feed: Option<String>,
    public: bool,
}

impl Page {
    /// A page for a visitor.
    pub fn new(visit: Visit, title: String, main: Markup) -> Self {
        Self { visit, title, main, status: StatusCode::OK, feed: None, public: false }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same, naming the feed of what it lists.
    #[must_use]
    pub fn with_feed(mut self, address: impl Into<String>) -> Self {
        self.feed = Some(address.into());
        self
    }

    /// The same page for everybody: one that others may keep for a minute.
    #[must_use]
    pub fn for_everybody(mut self) -> Self {
        self.public = self.visit.visitor.actor.is_none();
        self
    }

    fn markup(&self) -> Markup {
        let site = &self.visit.site;
        html! {
            (DOCTYPE)
            html lang="it" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " – " (NAME) }
                    link rel="stylesheet" href=(site.assets.style());
                    link rel="icon" type="image/svg+xml" href=(site.assets.icon());
                    @if let Some(feed) = &self.feed {
                        link rel="alternate" type="application/atom+xml" title=(self.title) href=(feed);
                    }
                    script defer src=(site.assets.script()) {}
                }
                body {
                    a.skip href="#contenuto" { "Vai al contenuto" }
                    (self.header())
                    main id="contenuto" tabindex="-1" { (self.main) }
                    (self.footer())
                }
            }
        }
    }

    fn header(&self) -> Markup {
        html! {
            header.top {
                div.slim { div.wide {
                    span { (PURPOSE) }
                    (self.session())
                } }
                div.brand { div.wide {
                    a.name href="/" { (self.visit.site.assets.mark()) span { (NAME) } }
                } }
                nav.places aria-label="Principale" { div.wide { ul {
                    @for (address, name, roles) in NAVIGATION {
                        @if roles.is_none_or(|roles| self.is_one_of(roles)) {
                            li { (self.place(address, name)) }
                        }
                    }
                } } }
            }
            @if let Some(disclaimer) = &self.visit.site.options.disclaimer {
                aside.disclaimer aria-label="Avvertenza" { div.wide {
                    p { strong { "Dimostrazione. " } (disclaimer) }
                } }
            }
        }
    }

    fn is_one_of(&self, roles: &[Role]) -> bool {
        self.visit.visitor.role().is_some_and(|role| roles.contains(&role))
    }

    /// An entry of the navigation; the one that leads here says so.
    fn place(&self, address: &str, name: &str) -> Markup {
        let path = self.visit.address.path();
        let below =
            address != "/" && path.strip_prefix(address).is_some_and(|rest| rest.starts_with('/'));
        let current = if path == address { Some("page") } else { below.then_some("true") };
        html! { a href=(address) aria-current=[current] { (name) } }
    }

    /// Who is signed in, and the way in or out.
    fn session(&self) -> Markup {
        let visit = &self.visit;
        let Some(actor) = &visit.visitor.actor else {
            return html! { a.enter href=(super::pages::access::address(&visit.address)) { "Accedi" } };
        };
        let body = visit.named(|names| names.body(&actor.body));
        html! {
            div.session {
                a href="/profilo" { (body.unwrap_or_else(|_| actor.body.to_string())) " · " (words::role(actor.role)) }
                form method="post" action="/uscita" {
                    (parts::form_token(visit))
                    button.plain type="submit" { "Esci" }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer.bottom { div.wide {
                p.name { (NAME) }
                p { (PURPOSE) }
                ul {
                    @if let Some(address) = &self.visit.site.options.accessibility_url {
                        li { a href=(address) { "Dichiarazione di accessibilità" } }
                    }
                    li { a href="/docs" { "Per chi sviluppa: API e documentazione" } }
                    li { a href="/api/v1/status" { "Stato del servizio" } }
                    li { a href="https://eupl.eu/1.2/it/" { "Licenza EUPL 1.2" } }
                }
            } }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        // What may be kept must not depend on who asks.
        let cache = if self.public { "public, max-age=60" } else { "no-store" };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
            (header::VARY, HeaderValue::from_static("Cookie")),
        ];
        (self.status, headers, self.markup().into_string()).into_response()
    }
}
