//! The status of a question, derived and never stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::state::{EndingKind, QuestionState};

/// Where a question stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum QuestionStatus {
    /// Being written.
    Draft,
    /// Bodies are invited to adhere.
    CollectingAdhesions,
    /// The text is approved.
    Approved,
    /// Sent.
    Dispatched,
    /// Passed on by an addressee.
    Forwarded,
    /// Some points are answered.
    PartlyAnswered,
    /// All points are answered.
    Answered,
    /// Closed.
    Closed,
    /// Not taken forward by the coordinator.
    Rejected,
    /// Withdrawn.
    Withdrawn,
    /// Closed without any answer.
    NoReply,
}

impl QuestionStatus {
    /// Whether the question is still being worked on.
    pub fn is_alive(self) -> bool {
        !matches!(self, Self::Closed | Self::Rejected | Self::Withdrawn | Self::NoReply)
    }
}

/// What other streams say about a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuestionContext {
    /// The linked answers that their authors took back.
    pub withdrawn_answers: BTreeSet<Uuid>,
}

impl QuestionContext {
    /// Whether an answer was not taken back.
    pub fn is_valid(&self, answer: Uuid) -> bool {
        !self.withdrawn_answers.contains(&answer)
    }
}

/// Derives the status from the question's own history and from its context.
///
/// An approval, a collection of adhesions and a dispatch say where the question is
/// on its way; answers outweigh the way. A question nobody has sent yet may have
/// been answered by a general act: it is answered when every point is, and stays
/// on its way otherwise, since there is still something to send.
pub fn status(state: &QuestionState, context: &QuestionContext) -> QuestionStatus {
    if let Some(ending) = &state.ended {
        return match ending.kind {
            EndingKind::Rejected { .. } => QuestionStatus::Rejected,
            EndingKind::Withdrawn { .. } => QuestionStatus::Withdrawn,
            EndingKind::Closed { .. } if any_answer(state) => QuestionStatus::Closed,
            EndingKind::Closed { .. } => QuestionStatus::NoReply,
        };
    }
    let (mut asked, mut answered, mut settled) = (0_usize, 0_usize, 0_usize);
    for point in state.standings(context) {
        asked += 1;
        answered += usize::from(point.is_answered());
        settled += usize::from(point.is_settled());
    }
    match () {
        () if asked > 0 && settled == asked => QuestionStatus::Answered,
        () if !state.is_dispatched() => before_dispatch(state),
        () if answered > 0 => QuestionStatus::PartlyAnswered,
        () if state.tracks.iter().any(|track| track.forwarded_from.is_some()) => {
            QuestionStatus::Forwarded
        }
        () => QuestionStatus::Dispatched,
    }
}

fn before_dispatch(state: &QuestionState) -> QuestionStatus {
    match () {
        () if state.is_approved() => QuestionStatus::Approved,
        () if state.is_collecting() => QuestionStatus::CollectingAdhesions,
        () => QuestionStatus::Draft,
    }
}

/// Whether any point got an answer at all: one that was taken back after the
/// closure had been given nevertheless.
fn any_answer(state: &QuestionState) -> bool {
    let everything_counts = QuestionContext::default();
    state.points().any(|point| state.standing(point.id, &everything_counts).is_answered())
}
