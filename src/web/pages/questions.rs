//! *Quesiti collettivi*: the list.

use maud::{Markup, html};

use crate::domain::registry::Role;
use crate::projections::issues::FacetCount;
use crate::projections::questions::{QuestionFacets, QuestionFilter, QuestionRow, QuestionSort};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts::{self, Facet, Tone};
use crate::web::visit::Visit;
use crate::web::words;

/// Questions on one page.
const PAGE: u32 = 25;

/// The orders on offer: the parameter, its words.
const ORDERS: &[(&str, &str)] = &[
    ("updated_at", "ultimo aggiornamento"),
    ("expected_on", "prossima scadenza"),
    ("dispatched_on", "data di trasmissione"),
    ("drafted_on", "data della bozza"),
];

/// `/quesiti`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    visit.actor()?;
    let filter = filter(&visit)?;
    let (views, scope) = (visit.views().await?, visit.scope());
    let list = views.list_questions(&scope, &filter, visit.today).await?;
    let counts = views.question_facets(&scope, &filter, visit.today)?;
    let rows = list.items.iter().map(|one| row(&visit, one)).collect::<Result<Vec<_>, _>>()?;
    let main = html! {
        h1 { "Quesiti collettivi" }
        p.lead {
            "Le difformità che il coordinamento ha portato a chi decide: che cosa si chiede, chi \
             aderisce, che cosa si attende e perché."
        }
        @if visit.visitor.role() == Some(Role::Staff) {
            p {
                "Un quesito nasce dalle segnalazioni: "
                a href="/segnalazioni?difformita=1" { "scegliere le segnalazioni da cui prepararlo" } "."
            }
        }
        div.beside {
            section aria-label="Risultati" {
                (heading(&visit, counts.total))
                @if rows.is_empty() {
                    (parts::nothing("Nessun quesito con questi filtri."))
                } @else {
                    ol.rows { @for row in &rows { (row) } }
                }
                (parts::pager(&visit.address, list.next.as_deref()))
            }
            (beside(&visit, &counts))
        }
    };
    Ok(visit.page("Quesiti collettivi", main))
}

/// The filter that an address asks for.
fn filter(visit: &Visit) -> Result<QuestionFilter, Fault> {
    let here = &visit.address;
    Ok(QuestionFilter {
        status: here.word("stato")?,
        addressee: here.code("destinatario")?,
        issue: here.code("segnalazione")?,
        norm: here.code("norma")?,
        to_verify: here.flag("da_verificare")?,
        overdue: here.flag("oltre_la_data")?,
        sort: here.word::<QuestionSort>("ordine")?.unwrap_or_default(),
        cursor: here.get("da").map(str::to_owned),
        limit: PAGE,
        ..QuestionFilter::default()
    })
}

fn beside(visit: &Visit, counts: &QuestionFacets) -> Markup {
    let called = |count: &FacetCount, words: String| (count.value.clone(), words, count.count);
    let yes = |name, heading, words: &str, count| Facet {
        name,
        heading,
        values: if count > 0 { vec![("1".into(), words.into(), count)] } else { Vec::new() },
    };
    let status = counts.status.iter();
    let addressee = counts.addressee.iter();
    let facets = [
        Facet {
            name: "stato",
            heading: "Stato",
            values: status
                .map(|count| called(count, words::question_status_named(&count.value)))
                .collect(),
        },
        Facet {
            name: "destinatario",
            heading: "Destinatario",
            values: addressee
                .map(|count| {
                    called(count, count.label_it.clone().unwrap_or_else(|| count.value.clone()))
                })
                .collect(),
        },
        yes("oltre_la_data", "Scadenze", "oltre la data attesa", counts.overdue),
        yes("da_verificare", "Verifica", "da verificare", counts.to_verify),
    ];
    html! {
        aside.facets id="filtri" aria-labelledby="filtri-titolo" tabindex="-1" {
            h2 id="filtri-titolo" { "Filtri" }
            (parts::facets(&visit.address, &facets))
        }
    }
}

fn heading(visit: &Visit, total: u32) -> Markup {
    let here = &visit.address;
    let filtered = here.pairs().any(|(name, _)| !matches!(name, "da" | "ordine"));
    let chosen = here.get("ordine").unwrap_or("updated_at");
    html! {
        div.marks {
            h2.count-of { @if total == 1 { "1 quesito" } @else { (total) " quesiti" } }
            a.only-narrow href="#filtri" { "Vai ai filtri" }
            @if filtered { a href=(here.only(&["ordine"])) { "Togli tutti i filtri" } }
        }
        p.quiet {
            "In ordine di: "
            @for (at, (order, words)) in ORDERS.iter().enumerate() {
                @if at > 0 { " · " }
                @if chosen == *order {
                    strong { (words) }
                } @else {
                    a href=(here.with("ordine", order)) { (words) }
                }
            }
        }
    }
}

/// One question in a list.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn row(visit: &Visit, one: &QuestionRow) -> Result<Markup, Fault> {
    let to: Vec<String> = visit.named(|names| {
        one.addressees.iter().map(|track| names.authority(&track.addressee)).collect()
    })?;
    let late = one.expected.as_ref().is_some_and(|expected| expected.on < visit.today);
    Ok(html! {
        li {
            div.marks {
                (parts::reference(&one.reference))
                (parts::badge(words::question_status(one.status)))
                @if one.to_verify { (parts::badge((Tone::Warning, "da verificare"))) }
                @if late { (parts::badge((Tone::Warning, "oltre la data attesa"))) }
            }
            h3 { a href={ "/quesiti/" (one.id) } { (one.subject.words()) } }
            p { "A: " (to.join("; ")) }
            p.quiet {
                (one.points_settled) " di " (counted(one.points, "punto", "punti")) " risolti · "
                (counted(one.adhesions, "adesione", "adesioni")) " · "
                (counted(one.issues, "segnalazione", "segnalazioni"))
                @match one.dispatched_on {
                    Some(on) => { " · trasmesso il " (parts::day(on)) }
                    None => { " · bozza del " (parts::day(one.drafted_on)) }
                }
                @if let Some(expected) = &one.expected {
                    " · " (words::expected(expected.what).to_lowercase()) ": " (parts::day(expected.on))
                }
            }
        }
    })
}

/// A number with its noun.
pub fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
