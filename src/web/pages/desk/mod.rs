//! *Scrivania*: what waits for the coordinator's staff, each thing where it can be done.
//!
//! Deliberately absent: lists of its own. Every section asks the same views as the lists
//! do, shows the first of what it finds, and leads to the rest.

mod due;
mod triage;

pub use triage::{send as triage, show as show_triage, take};

use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::issue::IssueStatus;
use crate::domain::question::QuestionStatus;
use crate::domain::registry::Role;
use crate::domain::values::BodyId;
use crate::projections::answers::{AnswerFilter, AnswerRow};
use crate::projections::issues::{IssueFilter, IssueGroup, IssueRow, IssueSort};
use crate::projections::questions::{QuestionFilter, QuestionSort};
use crate::projections::solutions::SolutionFilter;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::question::draft;
use crate::web::pages::questions::counted;
use crate::web::pages::{issues, questions, report, solutions};
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// The address of the page.
pub const ADDRESS: &str = "/scrivania";

/// How many things of a kind are in view.
const IN_VIEW: u32 = 10;

/// `/scrivania`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    let own = in_charge(&visit)?;
    let new = new_reports(&visit, &own).await?;
    let groups = groups(&visit, &own).await?;
    let due = due::section(&visit, &own).await?;
    let drafts = drafts(&visit, &own).await?;
    let answers = to_assess(&visit, &own).await?;
    let verify = to_verify(&visit, &own).await?;
    let composed = composed(&visit, &own).await?;
    let main = html! {
        h1 { "Scrivania" }
        p.buttons {
            a.button href=(report::ADDRESS) { "Inserisci una segnalazione arrivata per telefono o per lettera" }
        }
        nav aria-label="Sezioni della scrivania" {
            ul.choices {
                @for (id, heading) in [
                    ("nuove", "Da prendere in carico"), ("gruppi", "Gruppi proposti"),
                    ("scadenze", "Scadenze"), ("bozze", "Bozze"), ("riscontri", "Riscontri da valutare"),
                    ("verifiche", "Da verificare"), ("ricomposte", "Ricomposte"),
                ] { li { a.chip href={ "#" (id) } { (heading) } } }
            }
        }
        (new) (groups) (due) (drafts) (answers) (verify) (composed)
    };
    Ok(visit.page("Scrivania", main))
}

/// The association of the visitor, when they are its staff.
fn in_charge(visit: &Visit) -> Result<BodyId, Fault> {
    let actor = visit.actor()?;
    if actor.role == Role::Staff {
        return Ok(actor.body.clone());
    }
    Err(Fault::Denied("La scrivania è del coordinamento.".into()))
}

/// A section: what waits, or that nothing does, and the way to the rest.
fn section(id: &str, heading: &str, none: &str, rows: &[Markup], all: Option<&str>) -> Markup {
    html! {
        section {
            h2 id=(id) { (heading) }
            @if rows.is_empty() {
                (parts::nothing(none))
            } @else {
                ul.rows { @for row in rows { (row) } }
                @if let Some(all) = all {
                    p { a href=(all) { "Tutte" span.hidden { ": " (heading) } } }
                }
            }
        }
    }
}

/// Reports that nobody has taken up, the oldest first, with the day by which the triage is
/// expected.
async fn new_reports(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let filter = IssueFilter {
        status: Some(IssueStatus::Reported),
        coordinator: Some(own.clone()),
        sort: Some(IssueSort::DaysOpen),
        limit: IN_VIEW,
        ..IssueFilter::default()
    };
    let found = views.list_issues(&scope, &filter, visit.today).await?;
    let holidays = due::holidays(visit)?;
    let mut rows = Vec::with_capacity(found.items.len());
    for one in &found.items {
        let body = visit.named(|names| names.body(&one.body))?;
        rows.push(html! {
            li {
                (issue_line(one))
                p.quiet {
                    (body) " · presentata il " (parts::day(one.reported_on))
                    @if let Some(expected) = due::triage(one.reported_on, &holidays) {
                        " · istruttoria attesa entro il " (parts::day(expected.date.into()))
                        @if expected.date < visit.today.date() {
                            " " (parts::badge((parts::Tone::Warning, "data trascorsa")))
                        }
                    }
                }
                div.buttons {
                    (triage::take_form(visit, one))
                    a.button.second href={ "/segnalazioni/" (one.id) "/istruttoria" } {
                        "Istruttoria" span.hidden { " di " (one.reference) }
                    }
                }
            }
        });
    }
    let none = "Nessuna segnalazione da prendere in carico.";
    Ok(section(
        "nuove",
        "Segnalazioni da prendere in carico",
        none,
        &rows,
        Some("/segnalazioni?stato=reported"),
    ))
}

fn issue_line(one: &IssueRow) -> Markup {
    html! {
        div.marks {
            (parts::reference(&one.reference))
            (parts::badge(words::issue_status(one.status)))
            @if one.has_divergence { (parts::badge((parts::Tone::Warning, &issues::opposed(one.current_positions)))) }
        }
        h3 { a href={ "/segnalazioni/" (one.id) } { (one.title) } }
    }
}

/// Issues about the same paragraph, read in different ways, that may make one question.
async fn groups(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let views = visit.views().await?;
    let found = views.issue_groups(&visit.scope(), Some(own), visit.today)?;
    let rows: Vec<Markup> = found.items.iter().map(group).collect();
    let none = "Nessun gruppo: non ci sono segnalazioni aperte sullo stesso comma, lette in modo \
                diverso e non ancora in un quesito.";
    Ok(section("gruppi", "Gruppi proposti per un quesito", none, &rows, None))
}

fn group(one: &IssueGroup) -> Markup {
    let place = place(one);
    let issues = u32::try_from(one.issues.len()).unwrap_or(u32::MAX);
    html! {
        li {
            h3 { a href={ "/norme/" (one.norm_id) } { (place) } }
            p {
                (counted(issues, "segnalazione", "segnalazioni")) ", "
                (counted(one.readings, "interpretazione", "interpretazioni")) " di "
                (counted(one.authorities, "ufficio", "uffici")) ", in nessun quesito."
            }
            p.buttons {
                a.button href=(prepare(&one.issues)) { "Prepara quesito" span.hidden { " su " (place) } }
            }
        }
    }
}

/// "D.Lgs. 142/2015, art. 5-bis, comma 2".
fn place(one: &IssueGroup) -> String {
    let article = one.article.as_ref().map(|article| format!(", art. {article}"));
    let paragraph = one.paragraph.as_ref().map(|paragraph| format!(", comma {paragraph}"));
    format!("{}{}{}", one.label, article.unwrap_or_default(), paragraph.unwrap_or_default())
}

/// The address of a draft with these issues.
fn prepare(issues: &[Uuid]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for issue in issues {
        query.append_pair(draft::ISSUE, &issue.to_string());
    }
    format!("{}?{}", draft::ADDRESS, query.finish())
}

/// Questions that were not sent yet.
async fn drafts(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let mut rows = Vec::new();
    let waiting =
        [QuestionStatus::Draft, QuestionStatus::CollectingAdhesions, QuestionStatus::Approved];
    for status in waiting {
        let filter = QuestionFilter {
            status: Some(status),
            coordinator: Some(own.clone()),
            sort: QuestionSort::DraftedOn,
            limit: IN_VIEW,
            ..QuestionFilter::default()
        };
        for one in &views.list_questions(&scope, &filter, visit.today).await?.items {
            rows.push(questions::row(visit, one)?);
        }
    }
    Ok(section("bozze", "Bozze in attesa", "Nessuna bozza in attesa.", &rows, Some("/quesiti")))
}

/// Answers of which nobody said how much they say.
async fn to_assess(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let filter = AnswerFilter {
        assessed: Some(false),
        coordinator: Some(own.clone()),
        limit: IN_VIEW,
        ..AnswerFilter::default()
    };
    let found = visit.views().await?.list_answers(&visit.scope(), &filter, visit.today).await?;
    let forms = Forms::of(visit)?;
    let rows: Vec<Markup> = found
        .items
        .iter()
        .map(|one| {
            html! {
                li {
                    (answer_line(one, &forms))
                    p.buttons {
                        a.button.second href={ "/riscontri/" (one.id) "/valutazione" } { "Valuta" span.hidden { " " (one.reference) } }
                    }
                }
            }
        })
        .collect();
    Ok(section("riscontri", "Riscontri da valutare", "Nessun riscontro da valutare.", &rows, None))
}

fn answer_line(one: &AnswerRow, forms: &Forms) -> Markup {
    html! {
        div.marks { (parts::reference(&one.reference)) (parts::badge(words::validity(one.validity))) }
        h3 { a href={ "/riscontri/" (one.id) } { (forms.called(&one.form)) " del " (parts::day(one.document_date)) } }
        p { (one.text.words()) }
    }
}

/// Whatever rests on something that has changed.
async fn to_verify(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let own = Some(own.clone());
    let mut rows = Vec::new();
    let filter = SolutionFilter {
        to_verify: Some(true),
        coordinator: own.clone(),
        limit: IN_VIEW,
        ..SolutionFilter::default()
    };
    for one in &views.list_solutions(&scope, &filter, visit.today).await?.items {
        rows.push(solutions::row(one));
    }
    let filter = AnswerFilter {
        to_verify: Some(true),
        coordinator: own.clone(),
        limit: IN_VIEW,
        ..AnswerFilter::default()
    };
    let forms = Forms::of(visit)?;
    for one in &views.list_answers(&scope, &filter, visit.today).await?.items {
        rows.push(html! { li { (answer_line(one, &forms)) } });
    }
    let filter = QuestionFilter {
        to_verify: Some(true),
        coordinator: own,
        limit: IN_VIEW,
        ..QuestionFilter::default()
    };
    for one in &views.list_questions(&scope, &filter, visit.today).await?.items {
        rows.push(questions::row(visit, one)?);
    }
    Ok(section("verifiche", "Da verificare", "Niente da verificare.", &rows, None))
}

/// Divergences that were and no longer are: the result everybody works for.
async fn composed(visit: &Visit, own: &BodyId) -> Result<Markup, Fault> {
    let filter = IssueFilter {
        composed: Some(true),
        coordinator: Some(own.clone()),
        limit: IN_VIEW,
        ..IssueFilter::default()
    };
    let found = visit.views().await?.list_issues(&visit.scope(), &filter, visit.today).await?;
    let rows: Vec<Markup> =
        found.items.iter().map(|one| html! { li { (issue_line(one)) } }).collect();
    let none = "Nessuna difformità ricomposta finora.";
    Ok(section(
        "ricomposte",
        "Difformità ricomposte",
        none,
        &rows,
        Some("/segnalazioni?ricomposta=1"),
    ))
}
