//! A review that was asked for, of an answer or of a solution.
//!
//! Deliberately absent: who may be a reviewer, and what happens when it is late;
//! a due date is an expectation, not a duty.
//!
//! Depends on: `domain::shared`, `domain::values`.

use jiff::Timestamp;
use uuid::Uuid;

use crate::shared::ReviewFlagged;
use crate::values::{Day, PersonId, Ref, Text};
use crate::{Command, EventSet, Recorded, Rejection, not_reversed, with_revision};

/// A review that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub reason: Text<1000>,
    /// What has changed.
    pub because_of: Option<Ref>,
    /// Who reviews.
    pub reviewer: PersonId,
    /// By when.
    pub due: Day,
    /// The day it was asked for.
    pub flagged_on: Day,
    /// When that was recorded.
    pub flagged_at: Timestamp,
    /// The day of the confirmation that closed it.
    pub confirmed_on: Option<Day>,
}

impl Review {
    /// The review that an event asks for.
    pub(crate) fn flagged<E>(fact: &Recorded<E>, data: &ReviewFlagged) -> Self {
        Self {
            id: fact.id,
            reason: data.reason.clone(),
            because_of: data.because_of.clone(),
            reviewer: data.reviewer.clone(),
            due: data.due,
            flagged_on: fact.occurred_on,
            flagged_at: fact.recorded_at,
            confirmed_on: None,
        }
    }

    /// Whether nobody has confirmed yet what it is about.
    pub fn is_open(&self) -> bool {
        self.confirmed_on.is_none()
    }
}

/// Completes a request for a review.
///
/// # Errors
///
/// [`Rejection::DatesReversed`] when it is due before it is asked for.
pub(crate) fn flag<E: EventSet>(
    mut data: ReviewFlagged,
    command: &Command<E>,
) -> Result<ReviewFlagged, Rejection> {
    not_reversed(Some(command.occurred_on), Some(data.due))?;
    data.because_of = data.because_of.map(|cause| with_revision(cause, &command.facts));
    Ok(data)
}
