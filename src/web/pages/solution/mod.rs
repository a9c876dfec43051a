//! *Soluzione*: what it solves, on which basis, who applies it, whether it holds.

mod acts;
mod fields;

use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;

use crate::access::Scope;
use crate::domain::registry::Role;
use crate::domain::shared::{Act, ActStatus};
use crate::projections::history::Names;
use crate::projections::solutions::{PublishedSolution, SolutionDetail};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::acts::menu;
use crate::web::pages::erasure;
use crate::web::pages::issues::{bodies, first_words};
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// `/soluzioni/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let views = visit.views().await?;
    let scope = visit.scope();
    if scope != Scope::Nothing
        && let Some(solution) = views.show_solution(&scope, id, visit.today).await?
    {
        return whole(&visit, &solution);
    }
    // What everybody may read, somebody of another network may too.
    let solution = views.show_published_solution(id, visit.today).await?;
    published(&visit, &solution.ok_or(Fault::NotFound)?)
}

fn whole(visit: &Visit, one: &SolutionDetail) -> Result<Page, Fault> {
    let forms = Forms::of(visit)?;
    let current = one.versions.last();
    let title = current.and_then(|version| version.problem.clear()).unwrap_or("Soluzione");
    let title = first_words(title);
    let main = html! {
        (parts::crumbs(&[("/soluzioni", "Soluzioni")], &one.reference))
        article {
            p.marks {
                (parts::reference(&one.reference))
                (parts::badge(words::solution_validity(one.validity)))
                (parts::badge(words::solution_status(one.status)))
                (parts::chip(words::level(one.level)))
            }
            h1 { (title) }
            (parts::visible_to("Questa soluzione", one.visibility))
            (own_body(visit, one)?)
            (menu(visit, one.id, one))
            @if let Some(successor) = &one.superseded_by {
                p.warning-note {
                    "Superata da " a href={ "/soluzioni/" (successor.id) } { (successor.reference) }
                    @if let Some(from) = one.superseded_from { " dal " (parts::day(from)) } "."
                }
            }
            @if let Some(why) = &one.ended_because { (parts::paragraphs(why)) }
            @if let Some(version) = current {
                section.prose {
                    h2 { "Il problema" }
                    (parts::paragraphs(&version.problem))
                    h2 { "La soluzione" }
                    (parts::paragraphs(&version.text))
                }
            }
            (facts(visit, one)?)
            (basis(visit, one, &forms)?)
            (adoptions(visit, one)?)
            (solved(one))
            (versions(one))
            (reviews(one))
            (erasure::link(visit, one.id, one))
        }
    };
    Ok(visit.page(format!("{} {title}", one.reference), main))
}

/// What the visitor's own body decided.
fn own_body(visit: &Visit, one: &SolutionDetail) -> Result<Markup, Fault> {
    let Some(actor) = &visit.visitor.actor else { return Ok(html! {}) };
    let body = visit.named(|names| names.body(&actor.body))?;
    let spoken = |body: &crate::domain::values::BodyId,
                  members: &[crate::domain::values::BodyId]| {
        *body == actor.body || members.contains(&actor.body)
    };
    let adopted =
        one.adoptions.iter().rev().find(|adoption| {
            adoption.until.is_none() && spoken(&adoption.body, &adoption.speaks_for)
        });
    let declined = one
        .declinations
        .iter()
        .rev()
        .find(|one| one.overtaken_by.is_none() && one.body == actor.body);
    Ok(html! {
        @if let Some(adoption) = adopted {
            p.note {
                strong { "Nel tuo ente. " } (body) ": " (words::manner(adoption.manner).1)
                @if let Some(from) = adoption.in_force_from { ", dal " (parts::day(from)) } "."
            }
        } @else if let Some(declined) = declined {
            p.note { (body) ": non recepita, il " (parts::day(declined.declined_on)) "." }
        }
        @if adopted.is_none() || actor.role == Role::Staff { (super::adopt::ways(visit, one)) }
    })
}

fn facts(visit: &Visit, one: &SolutionDetail) -> Result<Markup, Fault> {
    visit.named(|names| {
        let parties: Vec<String> = one.parties.iter().map(|party| names.thing(party)).collect();
        let validation = one.versions.last().and_then(|version| version.validation.as_ref());
        parts::facts(&[
            ("Livello", Some(html! { (words::level(one.level)) })),
            ("Dove vale", Some(html! { (parts::territory(&one.territory, names)) })),
            (
                "Chi vi ha preso parte",
                (!parties.is_empty()).then(|| html! { (parties.join(", ")) }),
            ),
            (
                "Strumento",
                one.instrument.as_ref().and_then(|text| text.clear()).map(|text| html! { (text) }),
            ),
            ("Proposta il", Some(parts::day(one.proposed_on))),
            (
                "Validata",
                validation.map(|done| {
                    html! {
                        (parts::day(done.validated_on)) ", " (done.by.clear().unwrap_or_default())
                    }
                }),
            ),
            ("Valido al", Some(parts::day(visit.today))),
            ("Pubblica dal", one.published_on.map(parts::day)),
            ("Coordinamento", Some(html! { (names.body(&one.coordinator)) })),
        ])
    })
}

fn basis(visit: &Visit, one: &SolutionDetail, forms: &Forms) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            section {
                h2 { "Su che cosa si fonda" }
                @if one.basis_answers.is_empty() && one.basis_norms.is_empty() {
                    (parts::nothing("Nessun riscontro e nessuna norma indicati come fondamento."))
                }
                ul.rows {
                    @for answer in &one.basis_answers {
                        li {
                            div.marks {
                                (parts::reference(&answer.reference))
                                (parts::badge(words::validity(answer.validity)))
                            }
                            a href={ "/riscontri/" (answer.id) } { (forms.called(&answer.form)) " del " (parts::day(answer.document_date)) }
                            p.quiet { (answer.authors.iter().map(|author| names.authority(author)).collect::<Vec<_>>().join(", ")) }
                        }
                    }
                    @for basis in &one.basis_norms {
                        li {
                            div.marks {
                                (parts::norm_chip(&names.norm(&basis.norm), basis.norm.norm_id()))
                                @if let Some(on) = basis.norm.text_in_force_on() {
                                    span.quiet { "nel testo in vigore al " (parts::day(on)) }
                                }
                                @if let Some(from) = basis.amended_from {
                                    (parts::badge((parts::Tone::Warning, &format!("modificata dal {}", parts::day_text(from)))))
                                }
                            }
                            @if let Some(reason) = &basis.reason { (parts::paragraphs(reason)) }
                        }
                    }
                }
            }
        }
    })
}

/// Who adopted it, adapted it, declined it, with act and date.
fn adoptions(visit: &Visit, one: &SolutionDetail) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            section {
                h2 { "Chi l'ha recepita" }
                p {
                    "Recepita da " (bodies(one.adopted)) ", con adattamenti da " (bodies(one.adapted))
                    ", non recepita da " (bodies(one.declined)) "."
                }
                @if !one.adoptions.is_empty() || !one.declinations.is_empty() {
                    (parts::scrolling("Decisioni degli enti", &html! {
                        table {
                            thead { tr {
                                th scope="col" { "Ente" } th scope="col" { "Decisione" }
                                th scope="col" { "Atto" } th scope="col" { "In vigore" }
                                th.number scope="col" { "Versione" } th scope="col" { "Note" }
                            } }
                            tbody {
                                @for adoption in &one.adoptions {
                                    tr {
                                        th scope="row" {
                                            (names.body(&adoption.body))
                                            @if !adoption.speaks_for.is_empty() {
                                                br; span.quiet { "per " (called(&adoption.speaks_for, names)) }
                                            }
                                        }
                                        td {
                                            (parts::badge(words::manner(adoption.manner)))
                                            br; (parts::day(adoption.adopted_on))
                                        }
                                        td { (act(&adoption.act)) }
                                        td { (parts::period(adoption.in_force_from, adoption.until).unwrap_or_default()) }
                                        td.number { (adoption.solution_version.get()) }
                                        td {
                                            @if let Some(text) = &adoption.adaptation { (parts::paragraphs(text)) }
                                            @if let Some(text) = &adoption.ended_because { (parts::paragraphs(text)) }
                                        }
                                    }
                                }
                                @for declined in &one.declinations {
                                    tr {
                                        th scope="row" { (names.body(&declined.body)) }
                                        td {
                                            (parts::badge((parts::Tone::Done, "non recepita")))
                                            br; (parts::day(declined.declined_on))
                                        }
                                        td {}
                                        td { @if declined.overtaken_by.is_some() { "poi recepita" } }
                                        td.number { (declined.solution_version.get()) }
                                        td { (parts::paragraphs(&declined.reason)) }
                                    }
                                }
                            }
                        }
                    }))
                }
            }
        }
    })
}

fn called(members: &[crate::domain::values::BodyId], names: &Names<'_>) -> String {
    members.iter().map(|body| names.body(body)).collect::<Vec<_>>().join(", ")
}

fn act(act: &Act) -> Markup {
    html! {
        @match act.status {
            ActStatus::NotYetAdopted => "annunciato, non ancora adottato",
            ActStatus::Adopted => {
                (act.kind.as_ref().and_then(|kind| kind.clear()).unwrap_or("atto"))
                @if let Some(number) = &act.number { " n. " (number) }
                @if let Some(date) = act.date { " del " (parts::day(date)) }
            }
        }
    }
}

fn solved(one: &SolutionDetail) -> Markup {
    html! {
        section {
            h2 { "Segnalazioni che risolve" }
            @if one.issues.is_empty() {
                (parts::nothing("Nessuna segnalazione fra quelle che puoi vedere."))
            } @else {
                ul.rows {
                    @for issue in &one.issues {
                        li {
                            div.marks {
                                (parts::reference(&issue.reference))
                                (parts::badge(words::issue_status(issue.status)))
                            }
                            a href={ "/segnalazioni/" (issue.id) } { (issue.title.words()) }
                        }
                    }
                }
            }
        }
    }
}

fn versions(one: &SolutionDetail) -> Markup {
    let earlier = one.versions.iter().rev().skip(1);
    html! {
        @if one.versions.len() > 1 {
            section.prose {
                h2 { "Versioni precedenti" }
                @for version in earlier {
                    details {
                        summary { "Versione " (version.solution_version.get()) " del " (parts::day(version.written_on)) }
                        (parts::paragraphs(&version.problem))
                        (parts::paragraphs(&version.text))
                    }
                }
            }
        }
    }
}

fn reviews(one: &SolutionDetail) -> Markup {
    html! {
        @if !one.reviews.is_empty() || !one.confirmations.is_empty() {
            section.prose {
                h2 { "Verifiche" }
                ul {
                    @for review in &one.reviews {
                        li { "Richiesta entro il " (parts::day(review.due)) ": " (review.reason.clear().unwrap_or_default()) }
                    }
                    @for done in &one.confirmations {
                        li { "Confermata il " (parts::day(done.confirmed_on)) "." }
                    }
                }
            }
        }
    }
}

fn published(visit: &Visit, one: &PublishedSolution) -> Result<Page, Fault> {
    let territory = visit.named(|names| parts::territory(&one.territory, names))?;
    let title = first_words(&one.summary);
    let main = html! {
        (parts::crumbs(&[("/soluzioni", "Soluzioni pubblicate")], &one.reference))
        article.prose {
            p.marks {
                (parts::reference(&one.reference))
                (parts::badge(words::solution_validity(one.validity)))
                (parts::chip(words::level(one.level)))
            }
            h1 { (title) }
            @for paragraph in one.summary.split('\n').filter(|text| !text.trim().is_empty()) {
                p { (paragraph) }
            }
            (parts::facts(&[
                ("Dove vale", Some(html! { (territory) })),
                ("Pubblicata il", Some(parts::day(one.published_on))),
                ("Valido al", Some(parts::day(visit.today))),
            ]))
            p.quiet { "Indirizzo permanente: " code { (visit.site.options.base) "/soluzioni/" (one.id) } }
        }
    };
    Ok(visit.page(title, main).for_everybody())
}
