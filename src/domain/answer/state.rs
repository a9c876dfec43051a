//! What an answer is after its history: folded for decisions, for views and for
//! the page that shows it.
//!
//! Deliberately absent: its validity, which depends on a day and on other streams
//! (see `status`).
//!
//! Depends on: `domain::facts`, `domain::shared`, `domain::values`.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{AnswerCorrected, AnswerEvent, AnswerReceived, Assessment};
use super::review::Review;
use crate::Recorded;
use crate::facts::AnswerFacts;
use crate::lists::Add;
use crate::shared::Visibility;
use crate::values::{AuthorityId, Day, Ref, RefKind, Text};

/// An answer after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerState {
    /// The answer as it stands; `None` when nothing was received.
    pub receipt: Option<Box<Receipt>>,
    /// The last assessment.
    pub assessed: Option<Assessed>,
    /// What took its place.
    pub superseded: Option<Supersession>,
    /// That its author took it back.
    pub withdrawn: Option<Withdrawal>,
    /// Conflicts declared in this stream, in order.
    pub conflicts: Vec<Conflict>,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
    /// Confirmations, in order.
    pub confirmations: Vec<Confirmation>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// An answer as received, after corrections.
///
/// Its three dates: `data.document_date`, `data.received_on`, `recorded_at`.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The event that recorded it.
    pub id: Uuid,
    /// What was received, with corrections applied.
    pub data: AnswerReceived,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who may see it.
    pub visibility: Visibility,
}

/// How much the answer says.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessed {
    /// The event that assessed it.
    pub id: Uuid,
    /// How much.
    pub assessment: Assessment,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// On which day.
    pub assessed_on: Day,
}

/// That something took the answer's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Supersession {
    /// The event that recorded it.
    pub id: Uuid,
    /// What took its place.
    pub by: Ref,
    /// From when.
    pub from: Day,
    /// Why.
    pub reason: Text<1000>,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// That an author took the answer back.
#[derive(Debug, Clone, PartialEq)]
pub struct Withdrawal {
    /// The event that recorded it.
    pub id: Uuid,
    /// Which author.
    pub by: AuthorityId,
    /// From when.
    pub from: Day,
    /// Why.
    pub reason: Text<1000>,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// That two answers contradict each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The event that declared it.
    pub id: Uuid,
    /// The other answer.
    pub with: Uuid,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub declared_on: Day,
    /// When that was recorded.
    pub declared_at: Timestamp,
    /// How it was settled.
    pub settled: Option<Settlement>,
}

/// How a contradiction was settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// The event that settled it.
    pub id: Uuid,
    /// Which of the two prevails; neither when absent.
    pub prevails: Option<Uuid>,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub settled_on: Day,
    /// When that was recorded.
    pub settled_at: Timestamp,
}

/// That a review found the answer still good.
#[derive(Debug, Clone, PartialEq)]
pub struct Confirmation {
    /// The event that recorded it.
    pub id: Uuid,
    /// The review it closes.
    pub review: Uuid,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub confirmed_on: Day,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

impl Conflict {
    /// Whether nobody has settled it.
    pub fn is_open(&self) -> bool {
        self.settled.is_none()
    }

    /// The settlement, when the other answer prevails.
    pub fn lost(&self) -> Option<&Settlement> {
        self.settled.as_ref().filter(|settled| settled.prevails == Some(self.with))
    }

    /// The same conflict as seen from the other answer: only one of the two streams
    /// records it.
    #[must_use]
    pub fn seen_from_the_other(&self, declared_by: Uuid) -> Self {
        Self { with: declared_by, ..self.clone() }
    }
}

impl AnswerState {
    /// What decisions on other streams may know of it.
    pub fn facts(&self) -> AnswerFacts {
        let by_answer = |one: &&Supersession| one.by.kind == RefKind::Answer;
        AnswerFacts {
            withdrawn: self.withdrawn.is_some(),
            superseded_by: self
                .superseded
                .as_ref()
                .filter(by_answer)
                .and_then(|superseded| superseded.by.uuid()),
        }
    }

    /// The conflict with another answer that is still open, if this stream declared one.
    pub fn open_conflict(&self, with: Uuid) -> Option<&Conflict> {
        self.conflicts.iter().find(|one| one.with == with && one.is_open())
    }

    /// A review that is still open.
    pub fn open_review(&self, id: Uuid) -> Option<&Review> {
        self.reviews.iter().find(|review| review.id == id && review.is_open())
    }
}

/// Applies one event.
pub(super) fn evolve(state: &mut AnswerState, fact: &Recorded<AnswerEvent>) {
    use AnswerEvent as Is;

    state.updated_at = fact.recorded_at;
    state.events = state.events.saturating_add(1);
    match &fact.event {
        Is::Received(data) => {
            state.receipt = Some(Box::new(Receipt {
                id: fact.id,
                visibility: data.visibility.unwrap_or(Visibility::Network),
                data: (**data).clone(),
                recorded_at: fact.recorded_at,
            }));
        }
        Is::Corrected(change) => {
            if let Some(receipt) = &mut state.receipt {
                correct(&mut receipt.data, change);
            }
        }
        Is::Assessed(data) => {
            state.assessed = Some(Assessed {
                id: fact.id,
                assessment: data.assessment,
                note: data.note.clone(),
                assessed_on: fact.occurred_on,
            });
        }
        Is::Superseded(data) => {
            state.superseded = Some(Supersession {
                id: fact.id,
                by: data.by.clone(),
                from: data.from,
                reason: data.reason.clone(),
                recorded_at: fact.recorded_at,
            });
        }
        Is::Withdrawn(data) => {
            state.withdrawn = Some(Withdrawal {
                id: fact.id,
                by: data.by.clone(),
                from: data.from,
                reason: data.reason.clone(),
                recorded_at: fact.recorded_at,
            });
        }
        Is::ConflictDeclared(data) => state.conflicts.add(Conflict {
            id: fact.id,
            with: data.with,
            reason: data.reason.clone(),
            declared_on: fact.occurred_on,
            declared_at: fact.recorded_at,
            settled: None,
        }),
        Is::ConflictSettled(data) => {
            let open = |one: &&mut Conflict| one.with == data.with && one.is_open();
            if let Some(conflict) = state.conflicts.iter_mut().find(open) {
                conflict.settled = Some(Settlement {
                    id: fact.id,
                    prevails: data.prevails,
                    reason: data.reason.clone(),
                    settled_on: fact.occurred_on,
                    settled_at: fact.recorded_at,
                });
            }
        }
        Is::ReviewFlagged(data) => state.reviews.add(Review::flagged(fact, data)),
        Is::Confirmed(data) => {
            if let Some(review) = state.reviews.iter_mut().find(|one| one.id == data.review_id) {
                review.confirmed_on = Some(fact.occurred_on);
            }
            state.confirmations.add(Confirmation {
                id: fact.id,
                review: data.review_id,
                reason: data.reason.clone(),
                confirmed_on: fact.occurred_on,
                recorded_at: fact.recorded_at,
            });
        }
        // The key is gone, so the text reads as erased; nothing else changes.
        Is::TextErased(_) => {}
    }
}

fn correct(data: &mut AnswerReceived, change: &AnswerCorrected) {
    if let Some(authors) = &change.authors {
        data.authors.clone_from(authors);
    }
    if let Some(form) = &change.form {
        data.form.clone_from(form);
    }
    if let Some(text) = &change.text {
        data.text.clone_from(text);
    }
    if change.act.is_some() {
        data.act.clone_from(&change.act);
    }
    data.document_date = change.document_date.unwrap_or(data.document_date);
    data.received_on = change.received_on.unwrap_or(data.received_on);
    data.communication = change.communication.or(data.communication);
}
