//! The rules of the product, as pure functions.
//!
//! A *decider* turns a command and the current state into events, or rejects the
//! command. Nothing here reads a clock, draws a random number, touches a file or
//! awaits: time, identity and what other streams say arrive inside the command,
//! so an issue replayed in ten years decides exactly as it did today.
//!
//! A command *is* the event it proposes: most rules say "this may be recorded
//! now" or "it may not", and a decider may complete what it proposes (the number
//! of the next text version) or answer with nothing (already so).
//!
//! Depends on: nothing else of the product, which the compiler sees to: this is a crate
//! of its own, known as `quesito::domain` to whoever uses it.

use jiff::Timestamp;
use uuid::Uuid;

pub mod answer;
pub mod calendar;
pub mod communication;
pub mod document;
mod event;
pub mod facts;
mod from_json;
pub mod issue;
pub mod italian;
mod lists;
pub mod norm;
pub mod notice;
pub mod question;
pub mod registry;
mod rejection;
pub mod shared;
pub mod solution;
pub mod values;

pub use event::{EventSet, EventType};
pub use facts::Facts;
pub use from_json::{Fault, from_json};
pub use rejection::Rejection;

use values::{BodyId, Day, Ref};

/// A consistency boundary: one stream, one state, one place for its rules.
pub trait Decider: Send + Sync + 'static {
    /// What the decisions rest on; `Default` is "nothing has happened yet".
    type State: Default + Clone + Send + Sync + 'static;
    /// Everything that can happen.
    type Event: EventSet;

    /// The category of the streams: what stands before the hyphen of their names.
    const CATEGORY: &'static str;

    /// Answers a command with events; an empty vector means "already so".
    ///
    /// # Errors
    ///
    /// A [`Rejection`] when a rule of `DOMAIN.md` says no.
    fn decide(
        state: &Self::State,
        command: Command<Self::Event>,
    ) -> Result<Vec<Self::Event>, Rejection>;

    /// Applies one event. Total: history is never refused.
    fn evolve(state: &mut Self::State, fact: &Recorded<Self::Event>);
}

/// A proposal to record an event, with all that a decision may rest on.
#[derive(Debug, Clone)]
pub struct Command<E> {
    /// What is to be recorded.
    pub proposed: E,
    /// The id of the thing the stream is about; nil where ids are codes.
    pub stream_id: Uuid,
    /// The id that the first event will get.
    pub event_id: Uuid,
    /// The body for which the actor acts.
    pub body: BodyId,
    /// Whether the actor acts for the coordinator.
    pub staff: bool,
    /// The date of what is recorded.
    pub occurred_on: Day,
    /// The day of the decision.
    pub today: Day,
    /// What other streams say.
    pub facts: Facts,
}

/// An event that happened, with the part of its envelope that rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded<E> {
    /// Its id, which is also the id of the thing it created.
    pub id: Uuid,
    /// The date of what was recorded.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The body for which it was recorded.
    pub body: Option<BodyId>,
    /// What happened.
    pub event: E,
}

/// Checks that apply to every command, whatever it proposes.
///
/// # Errors
///
/// [`Rejection::DateInFuture`] when what is recorded lies after today.
pub fn check_dates(occurred_on: Day, today: Day) -> Result<(), Rejection> {
    if occurred_on > today { Err(Rejection::DateInFuture) } else { Ok(()) }
}

/// Checks that a day does not lie in the future.
///
/// # Errors
///
/// [`Rejection::DateInFuture`] when it does.
pub fn not_after(day: Option<Day>, today: Day) -> Result<(), Rejection> {
    if day.is_some_and(|day| day > today) { Err(Rejection::DateInFuture) } else { Ok(()) }
}

/// Checks that an interval does not end before it begins.
///
/// # Errors
///
/// [`Rejection::DatesReversed`] when it does.
pub fn not_reversed(from: Option<Day>, until: Option<Day>) -> Result<(), Rejection> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => Err(Rejection::DatesReversed),
        _ => Ok(()),
    }
}

/// Folds a whole history.
pub fn fold<'a, D: Decider>(history: impl IntoIterator<Item = &'a Recorded<D::Event>>) -> D::State {
    let mut state = D::State::default();
    for fact in history {
        D::evolve(&mut state, fact);
    }
    state
}

/// The members that a body speaks for, checked against the registry.
///
/// # Errors
///
/// [`Rejection::NotAMember`] when the body names one that is not among its members.
pub fn check_members(facts: &Facts, body: &BodyId, speaks_for: &[BodyId]) -> Result<(), Rejection> {
    let Some(union) = facts.body(body) else { return Err(Rejection::UnknownReference) };
    match speaks_for.iter().find(|member| !union.members.contains(*member)) {
        Some(_) => Err(Rejection::NotAMember),
        None => Ok(()),
    }
}

/// Fills in the revisions of the things a command refers to, as the facts know them.
pub fn with_revision(mut reference: Ref, facts: &Facts) -> Ref {
    reference.revision = facts.revision(&reference);
    reference
}

#[expect(
    clippy::missing_panics_doc,
    clippy::return_self_not_must_use,
    reason = "tests panic, and chain"
)]
pub mod testing;
