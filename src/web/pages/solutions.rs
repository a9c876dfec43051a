//! *Soluzioni*: the list, for those who may see the cases and for the public.

use maud::{Markup, html};

use crate::access::Scope;
use crate::domain::registry::Role;
use crate::domain::solution::{SolutionLevel, SolutionValidity};
use crate::projections::solutions::{PublishedSolution, SolutionFilter, SolutionRow, SolutionSort};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::issues::{bodies, first_words};
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// Solutions on one page.
const PAGE: u32 = 25;

/// The feed of what was published.
pub const FEED: &str = "/soluzioni.atom";

/// `/soluzioni`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    let filter = filter(&visit)?;
    let views = visit.views().await?;
    if visit.scope() == Scope::Nothing {
        return public(&visit, &filter).await;
    }
    let list = views.list_solutions(&visit.scope(), &filter, visit.today).await?;
    let main = html! {
        h1 { "Soluzioni" }
        (choices(&visit))
        @if list.items.is_empty() {
            (parts::nothing("Nessuna soluzione con questi filtri."))
        } @else {
            h2.hidden { "Risultati" }
            ol.rows { @for one in &list.items { (row(one)) } }
        }
        (parts::pager(&visit.address, list.next.as_deref()))
    };
    Ok(visit.page("Soluzioni", main).with_feed(FEED))
}

/// The filter that an address asks for.
pub fn filter(visit: &Visit) -> Result<SolutionFilter, Fault> {
    let here = &visit.address;
    Ok(SolutionFilter {
        level: here.word("livello")?,
        validity: here.word("validita")?,
        adopted_by: here.code("ente")?,
        offered_to: here.code("proposte_a")?,
        theme: here.code("tema")?,
        issue: here.code("segnalazione")?,
        norm: here.code("norma")?,
        province: here.code("provincia")?,
        sort: here.word::<SolutionSort>("ordine")?.unwrap_or_default(),
        cursor: here.get("da").map(str::to_owned),
        limit: PAGE,
        ..SolutionFilter::default()
    })
}

/// The filters, as links.
fn choices(visit: &Visit) -> Markup {
    let here = &visit.address;
    let choice = |name: &str, value: &str, words: &str| {
        html! {
            @if here.get(name) == Some(value) {
                li { a.chip.chosen href=(here.without(name)) aria-current="true" { (words) " ×" span.hidden { " togli il filtro" } } }
            } @else {
                li { a.chip href=(here.with(name, value)) { (words) } }
            }
        }
    };
    let levels =
        [SolutionLevel::MinistryAnswer, SolutionLevel::LocalAgreement, SolutionLevel::GoodPractice];
    let validities =
        [SolutionValidity::Current, SolutionValidity::ToVerify, SolutionValidity::Superseded];
    let own = visit.visitor.actor.as_ref().filter(|actor| actor.role == Role::Municipality);
    html! {
        nav aria-label="Filtri" {
            ul.choices {
                @for validity in validities {
                    (choice("validita", &words::code(&validity), words::solution_validity(validity).1))
                }
                @for level in levels { (choice("livello", &words::code(&level), words::level(level))) }
                @if let Some(actor) = own {
                    (choice("proposte_a", actor.body.as_str(), "proposte al tuo ente"))
                    (choice("ente", actor.body.as_str(), "recepite dal tuo ente"))
                }
            }
        }
    }
}

/// One solution in a list.
pub fn row(one: &SolutionRow) -> Markup {
    html! {
        li {
            div.marks {
                (parts::reference(&one.reference))
                (parts::badge(words::solution_validity(one.validity)))
                (parts::badge(words::solution_status(one.status)))
                (parts::chip(words::level(one.level)))
            }
            h3 { a href={ "/soluzioni/" (one.id) } { (one.problem.words()) } }
            p.quiet {
                "Recepita da " (bodies(one.adopted)) ", con adattamenti da " (bodies(one.adapted))
                ", non recepita da " (bodies(one.declined)) " · proposta il " (parts::day(one.proposed_on))
                @if let Some(due) = one.review_due { " · da verificare entro il " (parts::day(due)) }
            }
        }
    }
}

/// What was published, for everybody.
async fn public(visit: &Visit, filter: &SolutionFilter) -> Result<Page, Fault> {
    let words = visit.address.searched()?;
    let views = visit.moment();
    let list = views.search_published_solutions(words.as_deref(), filter, visit.today).await?;
    let main = html! {
        h1 { "Soluzioni pubblicate" }
        p.lead {
            "Che cosa funziona, nelle sintesi approvate dal coordinamento. "
            strong { "Valido al " (parts::day(visit.today)) "." }
        }
        (parts::search_box(&visit.address, "Cerca nelle soluzioni pubblicate", ""))
        (choices(visit))
        @if list.items.is_empty() {
            (parts::nothing("Nessuna soluzione pubblicata con questi filtri."))
        } @else {
            h2.hidden { "Risultati" }
            ol.rows { @for one in &list.items { (published_row(one)) } }
        }
        (parts::pager(&visit.address, list.next.as_deref()))
        p { a href=(FEED) { "Segui gli aggiornamenti (Atom)" } }
    };
    Ok(visit.page("Soluzioni pubblicate", main).with_feed(FEED).for_everybody())
}

/// One published solution in a list.
pub fn published_row(one: &PublishedSolution) -> Markup {
    html! {
        li {
            div.marks {
                (parts::reference(&one.reference))
                (parts::badge(words::solution_validity(one.validity)))
                (parts::chip(words::level(one.level)))
            }
            h3 { a href={ "/soluzioni/" (one.id) } { (first_words(&one.summary)) } }
            p.quiet { "Pubblicata il " (parts::day(one.published_on)) }
        }
    }
}
