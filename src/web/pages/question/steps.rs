//! How far a question has come, and whose turn it is.

use maud::{Markup, html};

use crate::domain::italian::enumerate;
use crate::domain::question::QuestionStatus;
use crate::projections::questions::{Expectation, QuestionDetail, TrackStatus};
use crate::web::fault::Fault;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The steps, in order.
const STEPS: &[&str] =
    &["Bozza", "Adesioni", "Approvazione", "Trasmissione", "Riscontro", "Chiusura"];

/// The step at which a question stands.
fn step(question: &QuestionDetail) -> usize {
    match question.status {
        QuestionStatus::Draft => 0,
        QuestionStatus::CollectingAdhesions => 1,
        QuestionStatus::Approved => 2,
        QuestionStatus::Dispatched | QuestionStatus::Forwarded => 3,
        QuestionStatus::PartlyAnswered | QuestionStatus::Answered => 4,
        QuestionStatus::Closed
        | QuestionStatus::Rejected
        | QuestionStatus::Withdrawn
        | QuestionStatus::NoReply => 5,
    }
}

/// The steps, with the present one marked.
pub fn bar(question: &QuestionDetail) -> Markup {
    let present = step(question);
    // Inviting bodies to adhere is optional, and so is sending what has an answer already.
    let skipped = |at: usize| match at {
        1 => question.adhesion_windows.is_empty() && question.adhesions.is_empty(),
        2 => question.approvals.is_empty(),
        3 => question.dispatches.is_empty(),
        4 => question.answers.is_empty(),
        _ => false,
    };
    html! {
        div role="group" aria-label="A che punto è" {
            ol.steps {
                @for (at, step) in STEPS.iter().enumerate() {
                    @if at == present {
                        li.present aria-current="step" { (step) }
                    } @else if at < present && skipped(at) {
                        li.skipped { (step) span.hidden { ": saltata" } }
                    } @else if at < present {
                        li.done { (step) span.hidden { ": fatto" } }
                    } @else {
                        li { (step) }
                    }
                }
            }
        }
    }
}

/// Whose turn it is, until when, and how the day was computed.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn holder(visit: &Visit, question: &QuestionDetail) -> Result<Markup, Fault> {
    if question.ending.is_some() {
        return Ok(html! {});
    }
    let waiting = |status| matches!(status, TrackStatus::Waiting | TrackStatus::PartlyAnswered);
    visit.named(|names| {
        let coordinator = names.body(&question.coordinator);
        let turn = match question.status {
            QuestionStatus::Draft => format!("{coordinator}: completare il testo"),
            QuestionStatus::CollectingAdhesions => "gli enti della rete: aderire al testo".into(),
            QuestionStatus::Approved => format!("{coordinator}: trasmettere il testo approvato"),
            QuestionStatus::Answered => {
                format!("{coordinator}: valutare i riscontri e chiudere il quesito")
            }
            QuestionStatus::Dispatched
            | QuestionStatus::Forwarded
            | QuestionStatus::PartlyAnswered => {
                let tracks = question
                    .addressees
                    .iter()
                    .filter(|track| track.dispatched_on.is_some() && waiting(track.status));
                let offices: Vec<String> =
                    tracks.map(|track| names.authority(&track.addressee)).collect();
                if offices.is_empty() {
                    format!("{coordinator}: vedere i punti ancora aperti")
                } else {
                    format!("{}: dare riscontro", enumerate(&offices))
                }
            }
            QuestionStatus::Closed
            | QuestionStatus::Rejected
            | QuestionStatus::Withdrawn
            | QuestionStatus::NoReply => String::new(),
        };
        html! {
            section.clock {
                h2 { "Che cosa si attende" }
                p { strong { "Tocca a " } (turn) "." }
                @if question.expected.is_empty() {
                    p.quiet { "Nessuna data attesa." }
                } @else {
                    ul.rows {
                        @for one in &question.expected {
                            (expectation(visit, one, one.authority.as_ref().map(|office| names.authority(office))))
                        }
                    }
                    p.quiet { "Nessuna norma obbliga a rispondere a un quesito: sono date attese, non termini di legge." }
                }
            }
        }
    })
}

/// A day by which something is expected, and why that day.
fn expectation(visit: &Visit, one: &Expectation, office: Option<String>) -> Markup {
    html! {
        li {
            div.marks {
                strong { (words::expected(one.what)) }
                (parts::day(one.on))
                @if let Some(office) = office { span.chip { (office) } }
                @if one.on < visit.today { (parts::badge((parts::Tone::Warning, "data trascorsa"))) }
                @if one.on == visit.today { (parts::badge((parts::Tone::Open, "oggi"))) }
            }
            details {
                summary { "Come è calcolata la data" }
                p { (one.explanation) }
            }
        }
    }
}
