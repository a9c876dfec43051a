//! What stands around an issue: linked and similar issues, questions, answers, solutions.

use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::issue::IssueLink;
use crate::projections::answers::{AnswerFilter, AnswerRow};
use crate::projections::issues::{IssueDetail, IssueFilter, IssueRow};
use crate::projections::questions::{QuestionFilter, QuestionRow};
use crate::projections::solutions::SolutionFilter;
use crate::web::fault::Fault;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// Most things of a kind that one page names.
const MOST: u32 = 50;

/// Similar issues proposed.
const SIMILAR: usize = 5;

/// Everything around an issue.
pub async fn section(visit: &Visit, issue: &IssueDetail, forms: &Forms) -> Result<Markup, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let id = issue.row.id;
    let asked = QuestionFilter { issue: Some(id), limit: MOST, ..QuestionFilter::default() };
    let questions = views.list_questions(&scope, &asked, visit.today).await?.items;
    let mut answers: Vec<AnswerRow> = Vec::new();
    for question in &questions {
        let linked =
            AnswerFilter { question: Some(question.id), limit: MOST, ..AnswerFilter::default() };
        for answer in views.list_answers(&scope, &linked, visit.today).await?.items {
            if answers.iter().all(|known| known.id != answer.id) {
                answers.push(answer);
            }
        }
    }
    let solved = SolutionFilter { issue: Some(id), limit: MOST, ..SolutionFilter::default() };
    let solutions = views.list_solutions(&scope, &solved, visit.today).await?.items;
    let similar = similar(visit, issue).await?;
    let direct = direct_answers(visit, issue, forms).await?;
    let answered = answers
        .iter()
        .map(|answer| answer_row(visit, answer, forms))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(html! {
        section {
            h2 { "Soluzioni" }
            @if solutions.is_empty() {
                (parts::nothing("Nessuna soluzione proposta finora."))
            } @else {
                ul.rows { @for one in &solutions { (super::super::solutions::row(one)) } }
            }
        }
        section {
            h2 { "Quesiti e riscontri" }
            @if questions.is_empty() && answered.is_empty() && direct.is_empty() {
                (parts::nothing("Non fa parte di alcun quesito e non ha riscontri."))
            }
            ul.rows {
                @for question in &questions { (question_row(question)) }
                @for row in answered.iter().chain(&direct) { (row) }
            }
        }
        @if !issue.links.is_empty() || !similar.is_empty() {
            section {
                h2 { "Segnalazioni collegate e simili" }
                ul.rows {
                    @for link in &issue.links {
                        li {
                            div.marks {
                                (parts::chip(words::link(link.link, link.from_there)))
                                (parts::reference(&link.reference))
                                (parts::badge(words::issue_status(link.status)))
                            }
                            a href={ "/segnalazioni/" (link.issue) } { (link.title) }
                        }
                    }
                    @for one in &similar {
                        li {
                            div.marks {
                                (parts::chip("simile"))
                                (parts::reference(&one.reference))
                                (parts::badge(words::issue_status(one.status)))
                            }
                            a href={ "/segnalazioni/" (one.id) } { (one.title) }
                        }
                    }
                }
            }
        }
    })
}

/// Issues whose words are alike, best first, those linked already left out.
async fn similar(visit: &Visit, issue: &IssueDetail) -> Result<Vec<IssueRow>, Fault> {
    // What looks alike is found for the one who reads, and is no part of a past record.
    if visit.held().is_some() {
        return Ok(Vec::new());
    }
    let alike = IssueFilter {
        q: Some(issue.row.title.chars().take(300).collect()),
        limit: 12,
        ..IssueFilter::default()
    };
    let found = visit.moment().list_issues(&visit.scope(), &alike, visit.today).await?;
    let known = |one: &IssueRow| {
        one.id == issue.row.id
            || issue.links.iter().any(|link| {
                link.issue == one.id
                    && matches!(
                        link.link,
                        IssueLink::Duplicate | IssueLink::Related | IssueLink::Consequence
                    )
            })
    };
    Ok(found.items.into_iter().filter(|one| !known(one)).take(SIMILAR).collect())
}

fn question_row(question: &QuestionRow) -> Markup {
    html! {
        li {
            div.marks {
                (parts::reference(&question.reference))
                (parts::badge(words::question_status(question.status)))
            }
            a href={ "/quesiti/" (question.id) } { (question.subject.words()) }
            p.quiet {
                (question.points_settled) " di " (question.points) " punti risolti · "
                (question.adhesions) " adesioni"
                @if let Some(on) = question.dispatched_on { " · trasmesso il " (parts::day(on)) }
            }
        }
    }
}

/// An answer: never without form, date, authors and validity.
fn answer_row(visit: &Visit, answer: &AnswerRow, forms: &Forms) -> Result<Markup, Fault> {
    let authors: Vec<String> = visit
        .named(|names| answer.authors.iter().map(|author| names.authority(author)).collect())?;
    Ok(html! {
        li {
            div.marks {
                (parts::reference(&answer.reference))
                (parts::badge(words::validity(answer.validity)))
                @if let Some(said) = answer.assessment { (parts::chip(words::assessment(said))) }
            }
            a href={ "/riscontri/" (answer.id) } { (forms.called(&answer.form)) " del " (parts::day(answer.document_date)) }
            p { (answer.text.words()) }
            p.quiet { (authors.join(", ")) " · ricevuto il " (parts::day(answer.received_on)) }
        }
    })
}

/// Answers linked to the issue itself.
async fn direct_answers(
    visit: &Visit,
    issue: &IssueDetail,
    forms: &Forms,
) -> Result<Vec<Markup>, Fault> {
    let mut rows = Vec::with_capacity(issue.answers.len());
    for one in &issue.answers {
        let shown = visit.moment().show_answer(&visit.scope(), one.answer, visit.today).await?;
        let Some(answer) = shown else { continue };
        let authors: Vec<String> = visit
            .named(|names| answer.authors.iter().map(|author| names.authority(author)).collect())?;
        rows.push(html! {
            li {
                div.marks {
                    (parts::reference(&answer.reference))
                    (parts::badge(words::validity(answer.validity)))
                    (parts::badge(words::point_result(one.result)))
                }
                a href={ "/riscontri/" (answer.id) } { (forms.called(&answer.form)) " del " (parts::day(answer.document_date)) }
                @if let Some(text) = &answer.text { (parts::paragraphs(text)) }
                p.quiet { (authors.join(", ")) " · ricevuto il " (parts::day(answer.received_on)) }
            }
        });
    }
    Ok(rows)
}

/// The published solutions of an issue, for everybody.
pub async fn published_solutions(visit: &Visit, issue: Uuid) -> Result<Markup, Fault> {
    let of = SolutionFilter { issue: Some(issue), limit: MOST, ..SolutionFilter::default() };
    let found = visit.moment().list_published_solutions(&of, visit.today).await?;
    Ok(html! {
        h2 { "Soluzioni" }
        @if found.items.is_empty() {
            (parts::nothing("Nessuna soluzione pubblicata finora."))
        } @else {
            ul.rows { @for one in &found.items { (super::super::solutions::published_row(one)) } }
        }
    })
}
