//! *Segnalazioni*: the list, for those who may see the cases and for the public.

use maud::{Markup, html};

use crate::access::Scope;
use crate::domain::registry::Role;
use crate::domain::values::Year;
use crate::projections::issues::{
    FacetCount, IssueFacets, IssueFilter, IssueRow, IssueSort, PublicIssueRow,
};
use crate::projections::solutions::SolutionFilter;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::question::draft;
use crate::web::pages::solutions;
use crate::web::parts::{self, Facet};
use crate::web::visit::Visit;
use crate::web::words;

/// Issues on one page.
const PAGE: u32 = 25;

/// Solutions shown beside what a search of the public finds.
const SOLVED: u32 = 5;

/// The feed of what was published.
pub const FEED: &str = "/segnalazioni.atom";

/// The orders on offer: the parameter, its words.
const ORDERS: &[(&str, &str)] = &[
    ("updated", "ultimo aggiornamento"),
    ("reported", "data della segnalazione"),
    ("people", "persone coinvolte"),
    ("days_open", "giorni di apertura"),
];

/// `/segnalazioni`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    let filter = filter(&visit)?;
    if visit.scope() == Scope::Nothing {
        return public(&visit, &filter).await;
    }
    let views = visit.views().await?;
    let scope = visit.scope();
    let list = views.list_issues(&scope, &filter, visit.today).await?;
    let counts = visit.counts(&filter).await?;
    let row_of = |issue: &IssueRow| {
        let tick = prepares(&visit).then(|| tick(issue));
        row(&visit, issue, &format!("/segnalazioni/{}", issue.id), tick.as_ref())
    };
    let rows = list.items.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
    let main = html! {
        h1 { "Segnalazioni" }
        @if visit.reports() {
            p { a.button href=(super::report::ADDRESS) { "Nuova segnalazione" } }
        }
        (parts::search_box(&visit.address, "Cerca nelle segnalazioni",
            "Parole, una norma («art. 5-bis d.lgs. 142/2015»), un codice («S-2026/0042»)"))
        div.beside {
            section aria-label="Risultati" {
                (heading(&visit, counts.total))
                @if rows.is_empty() {
                    (parts::nothing("Nessuna segnalazione con questi filtri."))
                } @else {
                    (choosing(&visit, counts.total, &html! {
                        ol.rows { @for row in &rows { (row) } }
                    }))
                }
                (parts::pager(&visit.address, list.next.as_deref()))
            }
            (beside(&visit, &counts))
        }
    };
    Ok(visit.page("Segnalazioni", main).with_feed(FEED))
}

/// The filter that an address asks for.
pub fn filter(visit: &Visit) -> Result<IssueFilter, Fault> {
    let here = &visit.address;
    Ok(IssueFilter {
        q: here.searched()?,
        status: here.word("stato")?,
        theme: here.code("tema")?,
        norm: here.code("norma")?,
        authority_kind: here.code("autorita")?,
        province: here.code("provincia")?,
        body: here.code("ente")?,
        year: here.code("anno")?.and_then(Year::new),
        has_divergence: here.flag("difformita")?,
        has_valid_solution: here.flag("soluzione")?,
        composed: here.flag("ricomposta")?,
        to_verify: here.flag("da_verificare")?,
        sort: here.word::<IssueSort>("ordine")?,
        cursor: here.get("da").map(str::to_owned),
        limit: PAGE,
        ..IssueFilter::default()
    })
}

/// The facets of the list, beside it.
pub fn beside(visit: &Visit, counts: &IssueFacets) -> Markup {
    let plain = |count: &FacetCount| {
        let words = count.label_it.clone().unwrap_or_else(|| count.value.clone());
        (count.value.clone(), words, count.count)
    };
    let called = |count: &FacetCount, words: String| (count.value.clone(), words, count.count);
    let yes = |name, heading, words: &str, count| Facet {
        name,
        heading,
        values: if count > 0 { vec![("1".into(), words.into(), count)] } else { Vec::new() },
    };
    let facets = [
        Facet {
            name: "stato",
            heading: "Stato",
            values: counts
                .status
                .iter()
                .map(|count| called(count, words::status_named(&count.value)))
                .collect(),
        },
        yes("difformita", "Difformità", "ha interpretazioni opposte", counts.has_divergence),
        yes("soluzione", "Soluzione", "ha una soluzione valida", counts.has_valid_solution),
        Facet { name: "tema", heading: "Tema", values: counts.theme.iter().map(plain).collect() },
        Facet { name: "norma", heading: "Norma", values: counts.norm.iter().map(plain).collect() },
        Facet {
            name: "autorita",
            heading: "Autorità",
            values: counts
                .authority_kind
                .iter()
                .map(|count| called(count, words::authority_kind(&count.value)))
                .collect(),
        },
        Facet {
            name: "provincia",
            heading: "Provincia",
            values: counts
                .province
                .iter()
                .map(|count| called(count, words::province(&count.value).to_owned()))
                .collect(),
        },
        Facet { name: "anno", heading: "Anno", values: counts.year.iter().map(plain).collect() },
    ];
    html! {
        aside.facets id="filtri" aria-labelledby="filtri-titolo" tabindex="-1" {
            h2 id="filtri-titolo" { "Filtri" }
            (parts::facets(&visit.address, &facets))
        }
    }
}

/// How many there are, and in which order.
pub fn heading(visit: &Visit, total: u32) -> Markup {
    let here = &visit.address;
    let filtered =
        here.pairs().any(|(name, _)| !matches!(name, "da" | "ordine" | "al" | "vigente"));
    let chosen = here.get("ordine");
    html! {
        div.marks {
            h2.count-of { (counted(total)) }
            a.only-narrow href="#filtri" { "Vai ai filtri" }
            @if filtered { a href=(here.only(&["ordine", "al", "vigente"])) { "Togli tutti i filtri" } }
        }
        p.quiet {
            "In ordine di: "
            @for (at, (order, words)) in ORDERS.iter().enumerate() {
                @if at > 0 { " · " }
                @if chosen == Some(order) || (chosen.is_none() && at == 0 && here.get("q").is_none()) {
                    strong { (words) }
                } @else {
                    a href=(here.with("ordine", order)) { (words) }
                }
            }
        }
    }
}

fn counted(total: u32) -> String {
    match total {
        1 => "1 segnalazione".into(),
        many => format!("{many} segnalazioni"),
    }
}

/// For staff: the rows in a form that leads to a draft with those chosen, or with all that
/// the filters leave.
fn choosing(visit: &Visit, total: u32, rows: &Markup) -> Markup {
    let here = &visit.address;
    let filters = here.pairs().filter(|(name, _)| !matches!(*name, "da" | "ordine"));
    let filters: Vec<_> = filters.collect();
    html! {
        @if prepares(visit) {
            form method="get" action=(draft::ADDRESS) {
                @for (name, value) in &filters { input type="hidden" name=(name) value=(value); }
                (rows)
                div.buttons {
                    button type="submit" { "Prepara quesito con quelle scelte" }
                    @if !filters.is_empty() && total > 1 && total <= draft::MOST {
                        button.second type="submit" name=(draft::WHICH) value=(draft::ALL) { "Prepara quesito con tutte e " (total) }
                    }
                }
            }
        } @else {
            (rows)
        }
    }
}

/// Whether the visitor prepares questions.
fn prepares(visit: &Visit) -> bool {
    visit.visitor.role() == Some(Role::Staff)
}

/// A box with which staff choose an issue for a question.
fn tick(issue: &IssueRow) -> Markup {
    let own = format!("scelta-{}", issue.id);
    html! {
        div.tick {
            input id=(own) type="checkbox" name=(draft::ISSUE) value=(issue.id);
            label for=(own) { "Scegli" span.hidden { " " (issue.reference) " per un quesito" } }
        }
    }
}

/// One issue in a list, with the address that it leads to, and what stands before it.
///
/// # Errors
///
/// [`Fault`] when its names cannot be read.
pub fn row(
    visit: &Visit,
    issue: &IssueRow,
    address: &str,
    tick: Option<&Markup>,
) -> Result<Markup, Fault> {
    let (body, theme) =
        visit.named(|names| (names.body(&issue.body), names.theme(&issue.theme)))?;
    Ok(html! {
        li {
            @if let Some(tick) = tick { (tick) }
            div.marks {
                (parts::reference(&issue.reference))
                (parts::badge(words::issue_status(issue.status)))
                @if issue.has_divergence {
                    (parts::badge((parts::Tone::Warning, &opposed(issue.current_positions))))
                }
                @if issue.composed { (parts::badge((parts::Tone::Good, "difformità ricomposta"))) }
                @if issue.has_valid_solution { (parts::badge((parts::Tone::Good, "ha una soluzione valida"))) }
                @if issue.to_verify { (parts::badge((parts::Tone::Warning, "da verificare"))) }
            }
            h3 { a href=(address) { (issue.title) } }
            div.marks { @for norm in &issue.norms { (parts::norm_chip(norm, None)) } }
            p.quiet {
                (body) " · " (theme) " · " (bodies(issue.bodies_affected))
                @if issue.people_affected > 0 { " · " (people(issue.people_affected)) }
                " · " (open_for(issue)) " · ultimo evento " (parts::day(updated_on(issue)))
            }
        }
    })
}

fn updated_on(issue: &IssueRow) -> crate::domain::values::Day {
    crate::clock::civil_date(issue.updated_at.0).into()
}

/// How many readings are opposed.
pub fn opposed(readings: u32) -> String {
    format!("{readings} interpretazioni opposte")
}

/// How many bodies are affected.
pub fn bodies(count: u32) -> String {
    if count == 1 { "1 ente".into() } else { format!("{count} enti") }
}

/// How many people are affected.
pub fn people(count: u32) -> String {
    if count == 1 { "1 persona".into() } else { format!("{count} persone") }
}

/// How long it has been open, or was.
pub fn open_for(issue: &IssueRow) -> String {
    let days = match issue.days_open {
        1 => "1 giorno".into(),
        days => format!("{days} giorni"),
    };
    if words::is_over(issue.status) {
        format!("chiusa dopo {days}")
    } else {
        format!("aperta da {days}")
    }
}

/// What was published, for everybody: who searches on the first page is here, and finds the
/// solutions that hold the same words too.
async fn public(visit: &Visit, filter: &IssueFilter) -> Result<Page, Fault> {
    let views = visit.views().await?;
    let list = views.search_published_issues(filter, visit.today).await?;
    let rows =
        list.items.iter().map(|issue| public_row(visit, issue)).collect::<Result<Vec<_>, _>>()?;
    let solved = solved(visit, filter).await?;
    let main = html! {
        h1 { "Segnalazioni pubblicate" }
        p.lead {
            "Le sintesi approvate dal coordinamento. " strong { "Valido al " (parts::day(visit.today)) "." }
        }
        (parts::search_box(&visit.address, "Cerca nelle segnalazioni pubblicate", ""))
        @if let Some(solved) = solved {
            (solved)
            h2 { "Segnalazioni" }
        }
        @if rows.is_empty() {
            (parts::nothing("Nessuna segnalazione pubblicata con queste parole."))
        } @else {
            @if filter.q.is_none() { h2.hidden { "Risultati" } }
            ol.rows { @for row in &rows { (row) } }
        }
        (parts::pager(&visit.address, list.next.as_deref()))
        p { a href=(FEED) { "Segui gli aggiornamenti (Atom)" } }
    };
    Ok(visit.page("Segnalazioni pubblicate", main).with_feed(FEED).for_everybody())
}

/// The first published solutions with the words that are searched for.
async fn solved(visit: &Visit, filter: &IssueFilter) -> Result<Option<Markup>, Fault> {
    let Some(words) = filter.q.as_deref() else { return Ok(None) };
    let about = SolutionFilter { limit: SOLVED + 1, ..SolutionFilter::default() };
    let found = visit.moment().search_published_solutions(Some(words), &about, visit.today).await?;
    let shown = found.items.iter().take(SOLVED as usize);
    let all = visit.address.only(&["q"]).replacen("/segnalazioni", "/soluzioni", 1);
    Ok(Some(html! {
        h2 { "Soluzioni" }
        @if found.items.is_empty() {
            (parts::nothing("Nessuna soluzione pubblicata con queste parole."))
        } @else {
            ol.rows { @for one in shown { (solutions::published_row(one)) } }
            @if found.items.len() > SOLVED as usize {
                p { a href=(all) { "Tutte le soluzioni con queste parole" } }
            }
        }
    }))
}

/// One published issue in a list.
pub fn public_row(visit: &Visit, issue: &PublicIssueRow) -> Result<Markup, Fault> {
    let theme = visit.named(|names| names.theme(&issue.theme))?;
    Ok(html! {
        li {
            div.marks {
                (parts::reference(&issue.reference))
                (parts::badge(words::issue_status(issue.status)))
            }
            h3 { a href={ "/segnalazioni/" (issue.id) } { (first_words(&issue.summary)) } }
            div.marks { @for norm in &issue.norms { (parts::norm_chip(norm, None)) } }
            p.quiet {
                (words::capitalised(&issue.reported_by)) " · " (theme) " · segnalata il "
                (parts::day(issue.reported_on))
            }
        }
    })
}

/// The first sentence of a text, or its first words.
pub fn first_words(text: &str) -> String {
    const LONGEST: usize = 140;

    let sentence = text.split_inclusive(['.', '?', '!', '\n']).next().unwrap_or(text).trim();
    if sentence.chars().count() <= LONGEST {
        return sentence.trim_end_matches('.').to_owned();
    }
    let cut: String = sentence.chars().take(LONGEST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abstract_is_called_by_its_first_sentence() {
        assert_eq!(first_words("Basta la ricevuta? Il resto."), "Basta la ricevuta?");
        assert_eq!(first_words("Una sola frase."), "Una sola frase");
        let long = first_words(&"parola ".repeat(60));
        assert!(long.ends_with("parola…") && long.chars().count() < 145, "{long}");
    }
}
