//! What is asked, point by point, and what each point has got.

use maud::{Markup, html};
use uuid::Uuid;

use crate::projections::history::Names;
use crate::projections::questions::{LinkedAnswerView, PointView, QuestionDetail};
use crate::web::fault::Fault;
use crate::web::parts::{self, Forms, Tone};
use crate::web::visit::Visit;
use crate::web::words;

use super::Asked;

/// The points of the present text.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn section(visit: &Visit, asked: &Asked) -> Result<Markup, Fault> {
    let question = &asked.question;
    visit.named(|names| {
        html! {
            section {
                h2 id="punti" { "Che cosa si chiede" }
                ol.points {
                    @for point in &question.points { (row(question, point, &asked.forms, names)) }
                }
            }
        }
    })
}

fn row(question: &QuestionDetail, point: &PointView, forms: &Forms, names: &Names<'_>) -> Markup {
    let put_to: Vec<String> = addressees(question, point.point_id)
        .map(|track| names.authority(&track.addressee))
        .collect();
    let answers: Vec<Markup> =
        question.answers.iter().filter_map(|link| answered(link, point, forms, names)).collect();
    html! {
        li.over[point.withdrawn] id={ "punto-" (point.point_id) } {
            (parts::paragraphs(&point.text))
            div.marks {
                (parts::badge(standing(point)))
                span.quiet { "Posto a " (put_to.join("; ")) }
            }
            @if let (Some(why), Some(on)) = (&point.reason, point.decided_on) {
                p.quiet {
                    @if point.withdrawn { "Ritirato il " } @else { "Dichiarato senza riscontro il " }
                    (parts::day(on)) ": " (why.clear().unwrap_or(crate::domain::values::ERASED_IT))
                }
            }
            @if !answers.is_empty() { ul.plain { @for answer in &answers { (answer) } } }
        }
    }
}

/// The addressees to which a point is put: those that name it; all that were asked else.
fn addressees(
    question: &QuestionDetail,
    point: Uuid,
) -> impl Iterator<Item = &crate::projections::questions::AddresseeView> {
    question.addressees.iter().filter(move |track| track.points.contains(&point))
}

/// Where a point stands.
pub fn standing(point: &PointView) -> (Tone, &'static str) {
    match point.best {
        _ if point.withdrawn => (Tone::Done, "ritirato"),
        Some(result) => words::point_result(result),
        None if point.declared_unanswered => (Tone::Done, "senza riscontro"),
        None => (Tone::New, "senza riscontro finora"),
    }
}

/// What an answer does for a point.
fn answered(
    link: &LinkedAnswerView,
    point: &PointView,
    forms: &Forms,
    names: &Names<'_>,
) -> Option<Markup> {
    let outcome = link.points.iter().find(|one| one.point_id == point.point_id)?;
    Some(html! {
        li {
            div.marks {
                (parts::badge(words::point_result(outcome.result)))
                @match &link.answer {
                    Some(answer) => {
                        a href={ "/riscontri/" (answer.id) } { (answer.reference) }
                        span {
                            (forms.called(&answer.form)) " del " (parts::day(answer.document_date)) ", "
                            (answer.authors.iter().map(|author| names.authority(author)).collect::<Vec<_>>().join(", "))
                        }
                        (parts::badge(words::validity(answer.validity)))
                    }
                    None => span.quiet { "riscontro riservato" },
                }
            }
        }
    })
}
