//! Status and validity of a solution, derived and never stored.
//!
//! Two questions: how far bodies have taken it up, and whether it may be relied on.
//!
//! Depends on: `domain::answer`, `domain::values`.

use super::state::SolutionState;
use crate::answer::{Change, Standing, Validity};
use crate::values::Day;
use crate::words;

words! {
    /// Where a solution stands.
    pub enum SolutionStatus {
        /// Proposed; its current version was not validated.
        Proposed,
        /// Its current version was validated.
        Validated,
        /// At least one body applies it.
        Adopted,
        /// Another solution took its place.
        Superseded,
        /// It is no longer proposed.
        Retired,
    }

    /// Whether a solution may be relied on; the later in order, the less.
    pub enum SolutionValidity {
        /// What it rests on holds, as far as is recorded.
        Current,
        /// Something it rests on has changed, or a review is under way.
        ToVerify,
        /// Another solution took its place.
        Superseded,
        /// It is no longer proposed.
        Retired,
    }
}

/// What other streams say about what a solution rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SolutionContext {
    /// How each of its basis answers stands.
    pub answers: Vec<Standing>,
    /// Amendments that touch a norm of its basis, after the text it rests on.
    pub norm_changes: Vec<Change>,
}

/// Derives the status on a day.
pub fn status(state: &SolutionState, on: Day) -> SolutionStatus {
    match () {
        () if state.retired.is_some() => SolutionStatus::Retired,
        () if state.is_superseded_on(on) => SolutionStatus::Superseded,
        () if state.adoptions.iter().any(|one| one.holds_on(on)) => SolutionStatus::Adopted,
        () if state.current().is_some_and(|one| one.validation.is_some()) => {
            SolutionStatus::Validated
        }
        () => SolutionStatus::Proposed,
    }
}

/// Derives the validity on a day.
///
/// A solution is to be verified as soon as a basis answer was withdrawn, superseded
/// or contradicted, or a basis norm amended, or a review asked for. A confirmation or
/// a new version recorded after the change makes it current again; a review stays
/// open until it is confirmed itself, or the text rewritten.
pub fn validity(state: &SolutionState, context: &SolutionContext, on: Day) -> SolutionValidity {
    match () {
        () if state.retired.is_some() => SolutionValidity::Retired,
        () if state.is_superseded_on(on) => SolutionValidity::Superseded,
        () if under_review(state) || rests_on_change(state, context, on) => {
            SolutionValidity::ToVerify
        }
        () => SolutionValidity::Current,
    }
}

fn under_review(state: &SolutionState) -> bool {
    let rewritten_at = state.last_revision();
    let pending = |flagged_at| rewritten_at.is_none_or(|rewritten| rewritten <= flagged_at);
    state.reviews.iter().any(|review| review.is_open() && pending(review.flagged_at))
}

fn rests_on_change(state: &SolutionState, context: &SolutionContext, on: Day) -> bool {
    let last_look = state.last_look();
    let answers = context.answers.iter().filter(|standing| shakes(standing.validity));
    answers
        .filter_map(|standing| standing.since)
        .chain(context.norm_changes.iter().copied())
        .any(|change| change.is_pending(on, last_look))
}

/// Whether an answer in this state shakes what rests on it. One that is itself to be
/// verified does not: the same amendment shakes the solution, if it cites the norm.
fn shakes(validity: Validity) -> bool {
    match validity {
        Validity::Current | Validity::ToVerify => false,
        Validity::InConflict | Validity::Superseded | Validity::Withdrawn => true,
    }
}
