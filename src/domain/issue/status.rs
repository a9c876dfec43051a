//! The status of an issue, derived and never stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::Scope;
use super::state::IssueState;
use crate::question::QuestionStatus;
use crate::shared::PointResult;

/// Where an issue stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    /// Reported, nobody looked at it yet.
    Reported,
    /// Staff look at it.
    UnderReview,
    /// In scope, with readings that diverge (or one practice without stated basis).
    Confirmed,
    /// Part of a collective question.
    InQuestion,
    /// Some of its points are answered.
    PartlyAnswered,
    /// Answers contradict each other.
    ConflictingAnswers,
    /// All its points are answered.
    Answered,
    /// A valid solution is in force somewhere.
    Solved,
    /// Closed.
    Closed,
    /// Waiting for a clarification.
    NeedsClarification,
    /// Withdrawn by its reporter.
    Withdrawn,
    /// It does not belong here.
    OutOfScope,
    /// Reopened, and not examined since.
    Reopened,
}

/// What other streams say about an issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueContext {
    /// The questions it is part of.
    pub questions: Vec<QuestionOnIssue>,
    /// What the valid answers linked to it directly do for it.
    pub answers: Vec<PointResult>,
    /// Whether any answer that concerns it is in conflict with another.
    pub conflicting: bool,
    /// Whether a valid solution attached to it is adopted by somebody.
    pub solved: bool,
}

/// A question as seen from one of its issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionOnIssue {
    /// Where the question stands.
    pub status: QuestionStatus,
    /// For each of *this issue's* points that is still asked, whether a valid answer
    /// settles it.
    pub points_settled: Vec<bool>,
    /// Whether any of this issue's points got a valid answer in part.
    pub any_partly: bool,
}

impl QuestionOnIssue {
    /// Whether each point is settled. A question that was rejected or withdrawn asks
    /// nothing any more; what it settled before stays settled.
    fn points(&self) -> impl Iterator<Item = bool> {
        let given_up = matches!(self.status, QuestionStatus::Rejected | QuestionStatus::Withdrawn);
        self.points_settled.iter().copied().filter(move |settled| *settled || !given_up)
    }
}

/// Derives the status from the issue's own history and from its context.
///
/// Over several questions conflicting outweighs partial, and partial outweighs
/// answered (`DOMAIN.md`, Rules).
pub fn status(state: &IssueState, context: &IssueContext) -> IssueStatus {
    if state.withdrawn {
        return IssueStatus::Withdrawn;
    }
    if state.closed.is_some() {
        return IssueStatus::Closed;
    }
    if state.scope == Some(Scope::OutOfScope) {
        return IssueStatus::OutOfScope;
    }
    if state.clarifications.iter().any(|one| one.reply.is_none()) {
        return IssueStatus::NeedsClarification;
    }
    if context.solved {
        return IssueStatus::Solved;
    }
    if let Some(answered) = answered(context) {
        return answered;
    }
    if context.questions.iter().any(|question| question.status.is_alive()) {
        return IssueStatus::InQuestion;
    }
    if state.reopened {
        return IssueStatus::Reopened;
    }
    match state.scope {
        Some(Scope::InScope) if is_confirmed(state) => IssueStatus::Confirmed,
        Some(_) => IssueStatus::UnderReview,
        None if state.assigned.is_some() => IssueStatus::UnderReview,
        None => IssueStatus::Reported,
    }
}

fn answered(context: &IssueContext) -> Option<IssueStatus> {
    if context.conflicting {
        return Some(IssueStatus::ConflictingAnswers);
    }
    let points = || context.questions.iter().flat_map(QuestionOnIssue::points);
    let direct = |result| context.answers.contains(&result);
    let any_settled = points().any(|settled| settled) || direct(PointResult::Settled);
    let any_partly =
        context.questions.iter().any(|question| question.any_partly) || direct(PointResult::Partly);
    if !any_settled && !any_partly {
        return None;
    }
    Some(if any_partly || points().any(|settled| !settled) {
        IssueStatus::PartlyAnswered
    } else {
        IssueStatus::Answered
    })
}

fn is_confirmed(state: &IssueState) -> bool {
    let mut current = state.current_positions();
    let first = current.next();
    let practice =
        |position: &super::state::HeldPosition| position.data.form.as_str() == "practice";
    current.next().is_some() || first.is_some_and(practice)
}
