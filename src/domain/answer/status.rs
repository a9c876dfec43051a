//! The validity of an answer, derived and never stored.
//!
//! Deliberately absent: how strong an answer is. Form and rank are data of the
//! registry; an answer that holds may still weigh little.
//!
//! Depends on: `domain::values`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::state::{AnswerState, Conflict};
use crate::values::Day;
use crate::words;

words! {
    /// Whether an answer may be relied on; the later in order, the less.
    pub enum Validity {
        /// It holds.
        Current,
        /// It holds as far as is known, but something it reads has changed.
        ToVerify,
        /// Another answer contradicts it.
        InConflict,
        /// Something took its place, or prevailed over it.
        Superseded,
        /// Its author took it back.
        Withdrawn,
    }
}

impl Validity {
    /// Whether the answer is still standing, if only in doubt.
    pub fn holds(self) -> bool {
        match self {
            Self::Current | Self::ToVerify | Self::InConflict => true,
            Self::Superseded | Self::Withdrawn => false,
        }
    }
}

/// Something that answers or solutions rest on has changed.
///
/// Two times, because changes are often recorded months after they took effect:
/// whoever confirmed in between could not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// From which day it is in effect.
    pub from: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl Change {
    /// Whether the change is in effect on a day and nobody has looked since it was recorded.
    pub fn is_pending(&self, on: Day, last_look: Option<Timestamp>) -> bool {
        self.from <= on && last_look.is_none_or(|look| look <= self.recorded_at)
    }
}

/// What other streams say about an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerContext {
    /// Amendments that touch a norm it reads, after the text it read.
    pub norm_changes: Vec<Change>,
    /// Conflicts that other answers declared with it, as [seen from here].
    ///
    /// [seen from here]: Conflict::seen_from_the_other
    pub conflicts: Vec<Conflict>,
}

/// The validity of an answer, and what brought it about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it may be relied on.
    pub validity: Validity,
    /// Since when it is no longer simply current; `None` while it is.
    pub since: Option<Change>,
}

/// Whether an answer may be relied on, on a day; see [`standing`].
pub fn validity(state: &AnswerState, context: &AnswerContext, on: Day) -> Validity {
    standing(state, context, on).validity
}

/// Derives the validity from the answer's own history and from its context.
///
/// Withdrawals, supersessions and amendments count from the day they take effect.
/// An answer that lost a conflict counts as superseded from its settlement. A
/// conflict with one answer is as it was last declared, by either of the two.
pub fn standing(state: &AnswerState, context: &AnswerContext, on: Day) -> Standing {
    let stands = |validity| move |since| Standing { validity, since: Some(since) };
    withdrawn(state, on)
        .map(stands(Validity::Withdrawn))
        .or_else(|| superseded(state, context, on).map(stands(Validity::Superseded)))
        .or_else(|| in_conflict(state, context).map(stands(Validity::InConflict)))
        .or_else(|| to_verify(state, context, on).map(stands(Validity::ToVerify)))
        .unwrap_or(Standing { validity: Validity::Current, since: None })
}

fn withdrawn(state: &AnswerState, on: Day) -> Option<Change> {
    let withdrawal = state.withdrawn.as_ref().filter(|one| one.from <= on)?;
    Some(Change { from: withdrawal.from, recorded_at: withdrawal.recorded_at })
}

fn superseded(state: &AnswerState, context: &AnswerContext, on: Day) -> Option<Change> {
    let replaced = state.superseded.as_ref().filter(|one| one.from <= on);
    let replaced = replaced.map(|one| Change { from: one.from, recorded_at: one.recorded_at });
    let lost = || {
        last_conflicts(state, context)
            .filter_map(Conflict::lost)
            .map(|one| Change { from: one.settled_on, recorded_at: one.settled_at })
            .min()
    };
    replaced.or_else(lost)
}

fn in_conflict(state: &AnswerState, context: &AnswerContext) -> Option<Change> {
    last_conflicts(state, context)
        .filter(|conflict| conflict.is_open())
        .map(|one| Change { from: one.declared_on, recorded_at: one.declared_at })
        .min()
}

fn to_verify(state: &AnswerState, context: &AnswerContext, on: Day) -> Option<Change> {
    let last_look = state.confirmations.iter().map(|one| one.recorded_at).max();
    let amended = context.norm_changes.iter().filter(|one| one.is_pending(on, last_look)).copied();
    let flagged = state
        .reviews
        .iter()
        .filter(|review| review.is_open())
        .map(|review| Change { from: review.flagged_on, recorded_at: review.flagged_at });
    amended.chain(flagged).min()
}

fn last_conflicts<'a>(
    state: &'a AnswerState,
    context: &'a AnswerContext,
) -> impl Iterator<Item = &'a Conflict> {
    let mut last: BTreeMap<Uuid, &Conflict> = BTreeMap::new();
    for conflict in state.conflicts.iter().chain(&context.conflicts) {
        let kept = last.entry(conflict.with).or_insert(conflict);
        if kept.declared_at <= conflict.declared_at {
            *kept = conflict;
        }
    }
    last.into_values()
}
