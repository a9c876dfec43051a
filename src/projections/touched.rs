//! What a batch of events has touched, and so what is to be written anew.
//!
//! Depends on: nothing in this crate.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::things::Kind;
use super::to_index::Changed;

/// The things to be written at the end of a batch, by category.
#[derive(Debug, Default)]
pub struct Touched {
    /// Issues.
    pub issues: BTreeSet<Uuid>,
    /// Questions.
    pub questions: BTreeSet<Uuid>,
    /// Questions of which only the participants may have changed.
    pub question_participants: BTreeSet<Uuid>,
    /// Answers.
    pub answers: BTreeSet<Uuid>,
    /// Solutions.
    pub solutions: BTreeSet<Uuid>,
    /// Letters.
    pub communications: BTreeSet<Uuid>,
    /// Norms of the catalogue.
    pub norms: BTreeSet<Uuid>,
    /// Bodies.
    pub bodies: BTreeSet<Box<str>>,
    /// Authorities.
    pub authorities: BTreeSet<Box<str>>,
    /// Themes.
    pub themes: BTreeSet<Box<str>>,
    /// Forms.
    pub forms: BTreeSet<Box<str>>,
    /// Calendars.
    pub calendars: BTreeSet<Box<str>>,
    /// Persons.
    pub persons: BTreeSet<Box<str>>,
    /// Streams of which a text was erased: nothing opened before may be shown again.
    pub erased: BTreeSet<Box<str>>,
    /// What of it is indexed.
    pub(super) changed: Changed,
}

impl Touched {
    /// The set of a kind of cases.
    pub(super) fn of(&mut self, kind: Kind) -> &mut BTreeSet<Uuid> {
        match kind {
            Kind::Issue => &mut self.issues,
            Kind::Question => &mut self.questions,
            Kind::Answer => &mut self.answers,
            Kind::Solution => &mut self.solutions,
            Kind::Communication => &mut self.communications,
        }
    }
}
