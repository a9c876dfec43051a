//! *Segnalazione*: one case, for those who may see it; for everybody, what was published.

mod acts;
mod around;
mod events;
mod fields;
mod readings;

pub use events::told;

use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;

use super::acts::menu;
use super::{erasure, issues, report};
use crate::access::Scope;
use crate::domain::registry::Role;
use crate::projections::issues::{IssueDetail, NoteView, PublicIssueRow};
use crate::web::fault::Fault;
use crate::web::forms::Form;
use crate::web::layout::Page;
use crate::web::parts::{self, Forms, Tone};
use crate::web::visit::Visit;
use crate::web::words;

/// `/segnalazioni/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let views = visit.views().await?;
    let actor = visit.visitor.actor.as_ref();
    if visit.scope() != Scope::Nothing
        && let Some(issue) = views.show_issue(actor, id, visit.today).await?
    {
        return whole(&visit, &issue).await;
    }
    // What everybody may read, somebody of another network may too.
    let issue = views.show_published_issue(id, visit.today).await?.ok_or(Fault::NotFound)?;
    published(&visit, &issue).await
}

async fn whole(visit: &Visit, issue: &IssueDetail) -> Result<Page, Fault> {
    let forms = Forms::of(visit)?;
    let row = &issue.row;
    let main = html! {
        (parts::crumbs(&[("/segnalazioni", "Segnalazioni")], &row.reference))
        article {
            (marks(issue))
            h1 { (row.title) }
            (remarks(issue))
            (menu(visit, row.id, issue))
            (record(visit, issue, &forms).await?)
            (events::section(visit, row.id).await?)
            (erasure::link(visit, row.id, issue))
        }
    };
    Ok(visit.page(format!("{} {}", row.reference, row.title), main))
}

/// What is known of an issue, at the moment of the visit; its history apart.
///
/// # Errors
///
/// [`Fault`] when the views cannot be read.
pub async fn record(visit: &Visit, issue: &IssueDetail, forms: &Forms) -> Result<Markup, Fault> {
    Ok(html! {
        (parts::visible_to("Questa segnalazione", issue.row.visibility))
        (facts(visit, issue)?)
        section.prose {
            h2 { "I fatti" }
            (parts::paragraphs(&issue.description))
        }
        (norms(visit, issue))
        (readings::section(visit, issue, forms)?)
        (endorsements(visit, issue)?)
        (around::section(visit, issue, forms).await?)
        (clarifications(visit, issue)?)
        (notes(visit, issue)?)
    })
}

/// Its reference and its states.
pub fn marks(issue: &IssueDetail) -> Markup {
    let row = &issue.row;
    html! {
        p.marks {
            (parts::reference(&row.reference))
            (parts::badge(words::issue_status(row.status)))
            @if row.has_divergence {
                (parts::badge((Tone::Warning, &issues::opposed(row.current_positions))))
            }
            @if row.composed { (parts::badge((Tone::Good, "difformità ricomposta"))) }
            @if row.has_valid_solution { (parts::badge((Tone::Good, "ha una soluzione valida"))) }
            @if row.to_verify { (parts::badge((Tone::Warning, "da verificare"))) }
        }
    }
}

/// What should be known of it before the rest: that it is a duplicate, how it was closed.
pub fn remarks(issue: &IssueDetail) -> Markup {
    let row = &issue.row;
    html! {
        @if let Some(other) = row.duplicate_of {
            p.note {
                "È un doppione: il caso prosegue in "
                a href={ "/segnalazioni/" (other) } { "un'altra segnalazione" } ", il cui esito vale anche qui."
            }
        }
        @if let Some(outcome) = row.outcome {
            p.note {
                "Chiusa: " (words::outcome(outcome)) "."
                @if let Some(summary) = &issue.closing_summary { " " (summary.clear().unwrap_or_default()) }
            }
        }
    }
}

fn facts(visit: &Visit, issue: &IssueDetail) -> Result<Markup, Fault> {
    let row = &issue.row;
    visit.named(|names| {
        let themes: Vec<String> = std::iter::once(&row.theme)
            .chain(&issue.secondary_themes)
            .map(|theme| names.theme(theme))
            .collect();
        parts::facts(&[
            ("Presentata da", Some(html! { (names.body(&row.body)) })),
            ("Il", Some(parts::day(row.reported_on))),
            ("Tema", Some(html! { (themes.join(", ")) })),
            ("Enti coinvolti", Some(html! { (issues::bodies(row.bodies_affected)) })),
            (
                "Persone coinvolte",
                (row.people_affected > 0).then(|| html! { "circa " (row.people_affected) }),
            ),
            ("Dal", issue.since.map(parts::day)),
            ("Urgenza", Some(html! { (words::urgency(row.urgency)) })),
            ("Durata", Some(html! { (issues::open_for(row)) })),
            ("Coordinamento", Some(html! { (names.body(&row.coordinator)) })),
            ("Da esaminare entro", issue.assigned_until.map(parts::day)),
            (
                "Documenti",
                (!issue.documents.is_empty()).then(|| {
                    html! {
                        @for document in &issue.documents {
                            a.chip href={ "/segnalazioni/" (row.id) "/documenti/" (document.sha256) } {
                                (document.name.clear().unwrap_or("documento"))
                            } " "
                        }
                    }
                }),
            ),
        ])
    })
}

fn norms(visit: &Visit, issue: &IssueDetail) -> Markup {
    html! {
        section {
            h2 { "Norme" }
            @if issue.norm_citations.is_empty() {
                (parts::nothing("Nessuna norma citata."))
            } @else {
                ul {
                    @for cited in &issue.norm_citations {
                        li {
                            (parts::norm_chip(&cited.label_it, cited.norm_id))
                            @if let Some(on) = cited.norm.text_in_force_on() {
                                span.quiet { " nel testo in vigore al " (parts::day(on)) }
                            }
                        }
                    }
                }
            }
            @if let Some(summary) = issue.summary.as_ref().filter(|_| visit.visitor.actor.is_some()) {
                h3 { "Sintesi approvata per il pubblico" }
                (parts::paragraphs(summary))
            }
        }
    }
}

/// "Succede anche da noi", by whom, seeing which reading.
fn endorsements(visit: &Visit, issue: &IssueDetail) -> Result<Markup, Fault> {
    let own = own_endorsement(visit, issue)?;
    visit.named(|names| {
        html! {
            section {
                h2 id="anche-da-noi" { "Succede anche da noi" }
                @if issue.endorsements.is_empty() {
                    (parts::nothing("Finora nessun altro ente ha detto «succede anche da noi»."))
                } @else {
                    (parts::scrolling("Enti che vedono lo stesso problema", &html! {
                        table {
                            thead { tr {
                                th scope="col" { "Ente" } th scope="col" { "Per conto di" }
                                th scope="col" { "Vede" } th.number scope="col" { "Persone" }
                                th scope="col" { "Dal" } th scope="col" { "Detto il" }
                            } }
                            tbody {
                                @for one in &issue.endorsements {
                                    tr {
                                        th scope="row" { (names.body(&one.body)) }
                                        td { (one.speaks_for.iter().map(|body| names.body(body)).collect::<Vec<_>>().join(", ")) }
                                        td { (readings::seen(issue, one.position_seen)) }
                                        td.number { @if let Some(people) = one.people_affected { (people.get()) } }
                                        td { @if let Some(since) = one.since { (parts::day(since)) } }
                                        td { (parts::day(one.endorsed_on)) }
                                    }
                                }
                            }
                        }
                    }))
                }
                (own)
            }
        }
    })
}

/// The way to say that it happens at one's own body too: at once for a body that has not
/// said so, on a page of its own for staff, who say it for others.
fn own_endorsement(visit: &Visit, issue: &IssueDetail) -> Result<Markup, Fault> {
    let Some(actor) = visit.visitor.actor.as_ref().filter(|_| visit.reports()) else {
        return Ok(html! {});
    };
    if actor.role == Role::Staff {
        let there = format!("/segnalazioni/{}/anche-da-noi", issue.row.id);
        return Ok(html! { p { a.button href=(there) { "Succede anche da noi" } } });
    }
    let said = issue
        .endorsements
        .iter()
        .any(|one| one.body == actor.body || one.speaks_for.contains(&actor.body));
    if said || issue.row.body == actor.body || words::is_over(issue.row.status) {
        return Ok(html! {});
    }
    let form = report::endorsement_form(visit, issue, None, &Form::default(), &[])?;
    Ok(html! { div.confirm { h3 { "E da noi?" } (form) } })
}

fn clarifications(visit: &Visit, issue: &IssueDetail) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            @if !issue.clarifications.is_empty() {
                section.prose {
                    h2 { "Chiarimenti" }
                    @for one in &issue.clarifications {
                        h3 { "Chiesti a " (names.body(&one.to)) " il " (parts::day(one.requested_on)) }
                        (parts::paragraphs(&one.text))
                        @match (&one.reply, one.replied_on) {
                            (Some(reply), Some(on)) => {
                                h4 { "Risposta del " (parts::day(on)) }
                                (parts::paragraphs(reply))
                            }
                            _ => p.quiet { "In attesa di risposta." }
                        }
                    }
                }
            }
        }
    })
}

/// The notes that the visitor may read, by audience.
fn notes(visit: &Visit, issue: &IssueDetail) -> Result<Markup, Fault> {
    use crate::domain::shared::Audience;

    let of = |audience| issue.notes.iter().filter(move |note| note.audience == audience);
    visit.named(|names| {
        html! {
            @if !issue.notes.is_empty() {
                section.prose {
                    h2 { "Note" }
                    @for audience in [Audience::Network, Audience::Participants, Audience::Internal] {
                        @if of(audience).next().is_some() {
                            h3 { "Le legge: " (words::audience(audience)) }
                            @for note in of(audience) { (self::note(note, names)) }
                        }
                    }
                }
            }
        }
    })
}

fn note(note: &NoteView, names: &crate::projections::history::Names<'_>) -> Markup {
    html! {
        div.card.over {
            p.quiet {
                (parts::day(note.noted_on))
                @if let Some(body) = &note.body { " · " (names.body(body)) }
                @if let Some(authority) = &note.authority { " · sentito: " (names.authority(authority)) }
            }
            (parts::paragraphs(&note.text))
        }
    }
}

async fn published(visit: &Visit, issue: &PublicIssueRow) -> Result<Page, Fault> {
    let theme = visit.named(|names| names.theme(&issue.theme))?;
    let solutions = around::published_solutions(visit, issue.id).await?;
    let title = issues::first_words(&issue.summary);
    let main = html! {
        (parts::crumbs(&[("/segnalazioni", "Segnalazioni pubblicate")], &issue.reference))
        article.prose {
            p.marks {
                (parts::reference(&issue.reference))
                (parts::badge(words::issue_status(issue.status)))
            }
            h1 { (title) }
            @for paragraph in issue.summary.split('\n').filter(|text| !text.trim().is_empty()) {
                p { (paragraph) }
            }
            div.marks { @for norm in &issue.norms { (parts::norm_chip(norm, None)) } }
            (parts::facts(&[
                ("Segnalata da", Some(html! { (issue.reported_by) })),
                ("Il", Some(parts::day(issue.reported_on))),
                ("Tema", Some(html! { (theme) })),
                ("Valido al", Some(parts::day(visit.today))),
            ]))
            (solutions)
            p.quiet { "Indirizzo permanente: " code { (visit.site.options.base) "/segnalazioni/" (issue.id) } }
        }
    };
    Ok(visit.page(title, main).for_everybody())
}
