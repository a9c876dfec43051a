//! *Norma*: by article and paragraph who reads it how, what was answered, what works; and
//! its amendments on a time line, with the issues as dots.
//!
//! Of each kind the page shows the newest, and leads to the list that has all of them.

use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::italian::italian_date;
use crate::projections::issues::{IssueFilter, IssueSort};
use crate::projections::norms::{NormPage, PlaceView};
use crate::projections::published::PublishedNorm;
use crate::projections::registry::AmendmentView;
use crate::projections::solutions::SolutionFilter;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::{issues, solutions};
use crate::web::parts::{self, Dot, Forms, Line};
use crate::web::visit::Visit;
use crate::web::words;

/// Things of a kind shown at one place.
const NEWEST: usize = 10;

/// Issues on the time line.
const DOTS: u32 = 100;

/// Things of a kind of which everybody reads the abstract.
const PUBLISHED: u32 = 25;

/// `/norme/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let views = visit.views().await?;
    if visit.visitor.actor.is_none() {
        let norm = views.show_published_norm(id)?.ok_or(Fault::NotFound)?;
        return public(&visit, &norm).await;
    }
    let scope = visit.scope();
    let norm = views.show_norm(&scope, id, visit.today, Some(NEWEST)).await?;
    let norm = norm.ok_or(Fault::NotFound)?;
    let citing = IssueFilter {
        norm: Some(id),
        sort: Some(IssueSort::Reported),
        limit: DOTS,
        ..IssueFilter::default()
    };
    let reported = views.list_issues(&scope, &citing, visit.today).await?;
    let dots: Vec<Dot> = reported
        .items
        .iter()
        .map(|issue| Dot {
            on: issue.reported_on.date(),
            label: format!("{} {}", issue.reference, issue.title),
            href: format!("/segnalazioni/{}", issue.id),
        })
        .collect();
    let forms = Forms::of(&visit)?;
    let places = norm
        .places
        .iter()
        .map(|place| self::place(&visit, &norm, place, &forms))
        .collect::<Result<Vec<_>, _>>()?;
    let main = html! {
        (parts::crumbs(&[("/norme", "Norme")], &norm.label))
        h1 { (norm.label) }
        (about(&norm))
        (amendments(&norm.amendments, &dots))
        @if reported.next.is_some() {
            p.quiet {
                "Sulla linea del tempo stanno le " (DOTS) " segnalazioni più recenti. "
                a href={ "/segnalazioni?norma=" (id) } { "Tutte le segnalazioni su quest'atto" }
            }
        }
        @if places.is_empty() { (parts::nothing("Nessuno la cita, fra i casi che puoi vedere.")) }
        @for place in &places { (place) }
    };
    Ok(visit.page(norm.label.clone(), main))
}

fn about(norm: &NormPage) -> Markup {
    match &norm.entry {
        None => html! {
            p.warning-note { "Non verificata: è stata citata, ma non è nel catalogo delle norme." }
        },
        Some(entry) => html! {
            @if let Some(subject) = &entry.subject_it { p.lead { (subject) } }
            @if let Some(urn) = &entry.urn {
                p { a rel="external" href={ "https://www.normattiva.it/uri-res/N2Ls?" (urn) } { "Testo su Normattiva" } }
            }
        },
    }
}

/// Amendments and issues on one time line: did the change cause the divergence?
fn amendments(amendments: &[AmendmentView], dots: &[Dot]) -> Markup {
    let lines: Vec<Line> = amendments
        .iter()
        .map(|one| Line { on: one.from.date(), label: format!("Modifica: {}", one.by) })
        .collect();
    let mut told: Vec<(jiff::civil::Date, Markup)> = amendments
        .iter()
        .map(|one| {
            (
                one.from.date(),
                html! {
                    "Modifica: " (one.by)
                    @if !one.articles.is_empty() {
                        ", art. " (one.articles.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
                    }
                },
            )
        })
        .chain(dots.iter().map(|dot| (dot.on, html! { a href=(dot.href) { (dot.label) } })))
        .collect();
    told.sort_by_key(|(on, _)| *on);
    html! {
        @if !told.is_empty() {
            section {
                h2 { "Modifiche e segnalazioni nel tempo" }
                p.quiet { "Le linee sono le modifiche della norma, i punti le segnalazioni: se i punti seguono una linea, la modifica può aver causato la difformità." }
                (parts::scrolling("Linea del tempo", &parts::timeline("Modifiche della norma e segnalazioni nel tempo", &lines, dots)))
                details {
                    summary { "Le stesse date in una tabella" }
                    table {
                        thead { tr { th scope="col" { "Data" } th scope="col" { "Che cosa" } } }
                        tbody { @for (on, what) in &told {
                            tr { td { time datetime=(on) { (italian_date(*on)) } } td { (what) } }
                        } }
                    }
                }
            }
        }
    }
}

/// How a place in an act is called.
pub fn place_name(article: Option<&str>, paragraph: Option<&str>) -> String {
    match (article, paragraph) {
        (None, _) => "L'atto nel suo complesso".into(),
        (Some(article), None) => format!("Art. {}", bare(article)),
        (Some(article), Some(paragraph)) => format!("Art. {}, comma {paragraph}", bare(article)),
    }
}

/// "5-bis" from "art. 5-bis".
fn bare(article: &str) -> &str {
    article.strip_prefix("art. ").or_else(|| article.strip_prefix("Art. ")).unwrap_or(article)
}

fn place(
    visit: &Visit,
    norm: &NormPage,
    place: &PlaceView,
    forms: &Forms,
) -> Result<Markup, Fault> {
    let changed: Vec<&AmendmentView> =
        norm.amendments.iter().filter(|one| place.amendments.contains(&one.amendment_id)).collect();
    let name = place_name(place.article.as_deref(), place.paragraph.as_deref());
    let in_all = place.in_all;
    let list = |of: &str| format!("/{of}?norma={}", norm.norm_id);
    visit.named(|names| {
        html! {
            section {
                h2 { (name) }
                @for one in &changed {
                    p { (parts::badge((parts::Tone::Warning, "modificato"))) " da " (one.by) ", in vigore dal " (parts::day(one.from)) }
                }
                @if !place.positions.is_empty() {
                    h3 { "Chi la legge come" }
                    (parts::scrolling(&format!("Interpretazioni: {name}"), &html! {
                        table {
                            thead { tr {
                                th scope="col" { "Autorità" } th scope="col" { "Dove" }
                                th scope="col" { "Lettura" } th scope="col" { "Forma" }
                                th scope="col" { "Periodo" } th scope="col" { "Segnalazione" }
                            } }
                            tbody { @for one in &place.positions {
                                tr {
                                    th scope="row" { (parts::reader(one)) }
                                    td { (parts::territory(&one.territory, names)) }
                                    td { @if let Some(reading) = &one.reading { (parts::paragraphs(reading)) } }
                                    td { (forms.called(&one.form)) }
                                    td {
                                        (parts::period(one.since, one.until).unwrap_or_default())
                                        @if let Some(cause) = one.cause { " (" (words::end_cause(cause)) ")" }
                                    }
                                    td { a href={ "/segnalazioni/" (one.issue) } { (one.issue_reference) } }
                                }
                            } }
                        }
                    }))
                    (more(place.positions.len(), in_all.positions, "interpretazioni più recenti", &list("difformita"), "Tutte le interpretazioni dell'atto"))
                }
                @if !place.issues.is_empty() {
                    h3 { "Segnalazioni" }
                    ul { @for one in &place.issues {
                        li { (parts::reference(&one.reference)) " " (parts::badge(words::issue_status(one.status))) " "
                            a href={ "/segnalazioni/" (one.id) } { (one.title.words()) } }
                    } }
                    (more(place.issues.len(), in_all.issues, "segnalazioni più recenti", &list("segnalazioni"), "Tutte le segnalazioni su quest'atto"))
                }
                @if !place.questions.is_empty() {
                    h3 { "Quesiti" }
                    ul { @for one in &place.questions {
                        li { (parts::reference(&one.reference)) " " (parts::badge(words::question_status(one.status))) " "
                            a href={ "/quesiti/" (one.id) } { (one.subject.words()) } }
                    } }
                    (more(place.questions.len(), in_all.questions, "quesiti più recenti", &list("quesiti"), "Tutti i quesiti su quest'atto"))
                }
                @if !place.answers.is_empty() {
                    h3 { "Riscontri" }
                    ul { @for one in &place.answers {
                        li {
                            (parts::reference(&one.reference)) " " (parts::badge(words::validity(one.validity))) " "
                            a href={ "/riscontri/" (one.id) } { (forms.called(&one.form)) " del " (parts::day(one.document_date)) } ", "
                            (one.authors.iter().map(|author| names.authority(author)).collect::<Vec<_>>().join(", "))
                        }
                    } }
                    (more(place.answers.len(), in_all.answers, "riscontri più recenti", &list("quesiti"), "Tutti i quesiti su quest'atto, con i loro riscontri"))
                }
                @if !place.solutions.is_empty() {
                    h3 { "Soluzioni" }
                    ul { @for one in &place.solutions {
                        li { (parts::reference(&one.reference)) " " (parts::badge(words::solution_validity(one.validity))) " "
                            a href={ "/soluzioni/" (one.id) } { (one.problem.words()) } }
                    } }
                    (more(place.solutions.len(), in_all.solutions, "soluzioni più recenti", &list("soluzioni"), "Tutte le soluzioni su quest'atto"))
                }
            }
        }
    })
}

/// That there are more than those in view, and where all of them are.
fn more(shown: usize, there: usize, what: &str, list: &str, all: &str) -> Markup {
    html! {
        @if shown < there {
            p.quiet { "In vista " (shown) " " (what) " su " (there) ". " a href=(list) { (all) } }
        }
    }
}

/// What everybody reads of a norm: its amendments and what was published about it.
async fn public(visit: &Visit, norm: &PublishedNorm) -> Result<Page, Fault> {
    let views = visit.moment();
    let id = norm.norm_id;
    let about = IssueFilter { norm: Some(id), limit: PUBLISHED, ..IssueFilter::default() };
    let published = views.list_published_issues(&about, visit.today).await?;
    let resting = SolutionFilter { norm: Some(id), limit: PUBLISHED, ..SolutionFilter::default() };
    let solved = views.list_published_solutions(&resting, visit.today).await?;
    let dots: Vec<Dot> = published
        .items
        .iter()
        .map(|issue| Dot {
            on: issue.reported_on.date(),
            label: format!("{} {}", issue.reference, issues::first_words(&issue.summary)),
            href: format!("/segnalazioni/{}", issue.id),
        })
        .collect();
    let rows = published
        .items
        .iter()
        .map(|one| issues::public_row(visit, one))
        .collect::<Result<Vec<_>, _>>()?;
    let main = html! {
        (parts::crumbs(&[("/norme", "Norme")], &norm.label))
        h1 { (norm.label) }
        @if let Some(entry) = &norm.entry {
            @if let Some(subject) = &entry.subject_it { p.lead { (subject) } }
            @if let Some(urn) = &entry.urn {
                p { a rel="external" href={ "https://www.normattiva.it/uri-res/N2Ls?" (urn) } { "Testo su Normattiva" } }
            }
        }
        p { strong { "Valido al " (parts::day(visit.today)) "." } }
        (amendments(&norm.amendments, &dots))
        h2 { "Soluzioni" }
        @if solved.items.is_empty() { (parts::nothing("Nessuna soluzione pubblicata.")) }
        @else { ul.rows { @for one in &solved.items { (solutions::published_row(one)) } } }
        @if solved.next.is_some() {
            p { a href={ "/soluzioni?norma=" (id) } { "Tutte le soluzioni pubblicate su quest'atto" } }
        }
        h2 { "Segnalazioni" }
        @if rows.is_empty() { (parts::nothing("Nessuna segnalazione pubblicata.")) }
        @else { ul.rows { @for row in &rows { (row) } } }
        @if published.next.is_some() {
            p { a href={ "/segnalazioni?norma=" (id) } { "Tutte le segnalazioni pubblicate su quest'atto" } }
        }
    };
    Ok(visit.page(norm.label.clone(), main).for_everybody())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_called_as_jurists_do() {
        assert_eq!(place_name(None, None), "L'atto nel suo complesso");
        assert_eq!(place_name(Some("5-bis"), None), "Art. 5-bis");
        assert_eq!(place_name(Some("art. 29"), Some("2")), "Art. 29, comma 2");
    }
}
