//! The first page: what this is, and where to begin.

use maud::{Markup, html};

use super::access;
use crate::domain::registry::Role;
use crate::web::layout::Page;
use crate::web::visit::Visit;

/// For whom a demonstration has a way in: the role, the heading, where to begin.
const BEGINNINGS: &[(Role, &str, &str)] = &[
    (
        Role::Municipality,
        "Lavoro in un Comune",
        "Cercare se un altro ente ha già segnalato lo stesso problema, dire «succede anche da noi», \
         leggere quale soluzione vale oggi e chi l'ha recepita.",
    ),
    (
        Role::Staff,
        "Coordino la rete",
        "Vedere che cosa è arrivato, quali interpretazioni si oppongono, quali quesiti attendono \
         riscontro e quali soluzioni vanno verificate.",
    ),
    (
        Role::Auditor,
        "Verifico",
        "Ripercorrere un caso evento per evento: chi ha deciso che cosa, quando, in quale veste e \
         su quale testo.",
    ),
];

/// `/`.
pub async fn show(visit: Visit) -> Page {
    let main = html! {
        h1 { "Quando due uffici leggono la stessa norma in modo diverso" }
        p.lead {
            "Gli enti della rete SAI segnalano le difformità interpretative, il coordinamento ne fa \
             un quesito a chi decide, e ogni ente sa quale riscontro vale e quale soluzione funziona."
        }
        (search())
        @if visit.site.options.demo.is_empty() {
            (start(&visit))
        } @else {
            (demo(&visit))
        }
    };
    visit.page("Inizio", main)
}

/// The box to search, which leads to the list.
fn search() -> Markup {
    html! {
        form.search role="search" method="get" action="/segnalazioni" {
            label for="q" { "Cerca un problema o una norma" }
            div.line {
                input id="q" name="q" type="search" maxlength="300";
                button type="submit" { "Cerca" }
            }
        }
    }
}

fn start(visit: &Visit) -> Markup {
    html! {
        div.cards {
            section.card {
                h2 { a href="/segnalazioni" { "Segnalazioni" } }
                p { "Quali problemi sono stati segnalati, da chi, e a che punto sono." }
            }
            section.card {
                h2 { a href="/soluzioni" { "Soluzioni" } }
                p { "Che cosa funziona, su quale base, e se vale ancora." }
            }
            section.card {
                h2 { a href="/norme" { "Norme" } }
                p { "Articolo per articolo: chi la legge come, quali riscontri, quali modifiche." }
            }
        }
        @if visit.visitor.actor.is_none() {
            p { a.button href="/accesso" { "Accedi" } }
        }
    }
}

/// Where each of the three users begins, with an account that opens with one click.
fn demo(visit: &Visit) -> Markup {
    let accounts = &visit.site.options.demo;
    html! {
        h2 { "Da dove cominciare" }
        div.cards {
            @for (role, heading, text) in BEGINNINGS {
                @if let Some(at) = accounts.iter().position(|account| account.role == *role) {
                    section.card {
                        h3 { (heading) }
                        p { (text) }
                        (access::demo_button(visit, at, begins_at(*role), &format!("Entra come {}", body(visit, at))))
                    }
                }
            }
        }
        h2 { "Tutti gli account di prova" }
        (access::demo_accounts(visit, "/segnalazioni"))
    }
}

/// The page on which a role begins.
fn begins_at(role: Role) -> &'static str {
    match role {
        Role::Auditor => super::past::ADDRESS,
        Role::Municipality | Role::Staff | Role::Observer | Role::Admin => "/segnalazioni",
    }
}

fn body(visit: &Visit, at: usize) -> String {
    let Some(account) = visit.site.options.demo.get(at) else { return String::new() };
    let name = visit.named(|names| names.body(&account.body));
    let name = name.unwrap_or_else(|_| account.body.to_string());
    match account.role {
        Role::Auditor => format!("revisione, {name}"),
        Role::Municipality | Role::Staff | Role::Observer | Role::Admin => name,
    }
}
