//! The answers linked to a question, each with what it does for the points.

use maud::{Markup, html};

use crate::projections::history::Names;
use crate::projections::questions::{LinkedAnswerView, QuestionDetail};
use crate::web::fault::Fault;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

use super::Asked;

/// The answers, point by point, as a table: a row for each answer, a column for each point.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn section(visit: &Visit, asked: &Asked) -> Result<Markup, Fault> {
    let question = &asked.question;
    visit.named(|names| {
        html! {
            section {
                h2 id="riscontri" { "Riscontri, punto per punto" }
                @if question.answers.is_empty() {
                    (parts::nothing("Nessun riscontro finora."))
                } @else {
                    (parts::scrolling("Riscontri, punto per punto", &html! {
                        table.both {
                            thead { tr {
                                th scope="col" { "Riscontro" }
                                @for at in 1..=question.points.len() { th scope="col" { "Punto " (at) } }
                                th scope="col" { "Note" }
                            } }
                            tbody {
                                @for link in &question.answers { (row(question, link, &asked.forms, names)) }
                            }
                        }
                    }))
                }
            }
        }
    })
}

fn row(
    question: &QuestionDetail,
    link: &LinkedAnswerView,
    forms: &Forms,
    names: &Names<'_>,
) -> Markup {
    html! {
        tr {
            th scope="row" {
                @match &link.answer {
                    Some(answer) => {
                        a href={ "/riscontri/" (answer.id) } { (answer.reference) }
                        " " (parts::badge(words::validity(answer.validity)))
                        br;
                        (forms.called(&answer.form)) " del " (parts::day(answer.document_date))
                        br;
                        span.quiet { (answer.authors.iter().map(|author| names.authority(author)).collect::<Vec<_>>().join(", ")) }
                    }
                    None => "riscontro riservato",
                }
            }
            @for point in &question.points {
                td {
                    @if let Some(outcome) = link.points.iter().find(|one| one.point_id == point.point_id) {
                        (parts::badge(words::point_result(outcome.result)))
                    } @else {
                        span.quiet { "non ne tratta" }
                    }
                }
            }
            td {
                @if let Some(note) = &link.note { (parts::paragraphs(note)) }
                span.quiet { "Collegato il " (parts::day(link.linked_on)) }
            }
        }
    }
}
