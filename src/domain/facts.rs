//! What a decision may know of other streams.
//!
//! An operation reads the streams that a command refers to and passes what they
//! say in here; a decider never looks elsewhere. Nothing comes from a view: a view
//! may lag, a stream does not.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::calendar::Holiday;
use super::question::QuestionStatus;
use super::shared::Visibility;
use super::values::{BodyId, Number, Ref, RefKind, Sha256Hex};

/// What other streams say, by the things a command refers to.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The things that exist, each with the last revision of its stream.
    known: BTreeMap<(RefKind, String), u32>,
    bodies: BTreeMap<BodyId, BodyFacts>,
    issues: BTreeMap<Uuid, IssueFacts>,
    questions: BTreeMap<Uuid, QuestionFacts>,
    answers: BTreeMap<Uuid, AnswerFacts>,
    solutions: BTreeMap<Uuid, SolutionFacts>,
    /// Answers with an open conflict, the lesser id of each pair first.
    conflicts: BTreeSet<(Uuid, Uuid)>,
    /// For each version of the text of the question at hand, the hash that an adhesion
    /// binds to.
    pub text_hashes: BTreeMap<u32, Sha256Hex>,
    /// The holidays as registered.
    pub holidays: Vec<Holiday>,
}

/// What a decision may know of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyFacts {
    /// Its members, when it is a union or a coordinator.
    pub members: BTreeSet<BodyId>,
    /// Whether it was merged into another.
    pub merged: bool,
}

/// What a decision may know of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueFacts {
    /// Its coordinator.
    pub coordinator: BodyId,
    /// Who may see it.
    pub visibility: Visibility,
    /// The issue of which it is a duplicate, followed to the end.
    pub canonical: Option<Uuid>,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// What a decision may know of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionFacts {
    /// Its coordinator.
    pub coordinator: BodyId,
    /// Where it stands.
    pub status: QuestionStatus,
}

/// What a decision may know of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFacts {
    /// Whether its author took it back.
    pub withdrawn: bool,
    /// The answer, if any, that superseded it.
    pub superseded_by: Option<Uuid>,
}

/// What a decision may know of a solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolutionFacts {
    /// Its coordinator.
    pub coordinator: BodyId,
    /// Its current version.
    pub version: Number,
    /// The solution, if any, that superseded it.
    pub superseded_by: Option<Uuid>,
}

macro_rules! facts_about {
    ($($(#[$doc:meta])* $get:ident, $put:ident, $field:ident: $key:ty => $value:ty;)*) => {$(
        $(#[$doc])*
        pub fn $get(&self, id: &$key) -> Option<&$value> {
            self.$field.get(id)
        }

        /// Adds what is known of one thing.
        pub fn $put(&mut self, id: $key, facts: $value) {
            self.$field.insert(id, facts);
        }
    )*};
}

impl Facts {
    facts_about! {
        /// What is known of a body; `None` when it does not exist.
        body, add_body, bodies: BodyId => BodyFacts;
        /// What is known of an issue; `None` when it does not exist.
        issue, add_issue, issues: Uuid => IssueFacts;
        /// What is known of a question; `None` when it does not exist.
        question, add_question, questions: Uuid => QuestionFacts;
        /// What is known of an answer; `None` when it does not exist.
        answer, add_answer, answers: Uuid => AnswerFacts;
        /// What is known of a solution; `None` when it does not exist.
        solution, add_solution, solutions: Uuid => SolutionFacts;
    }

    /// Notes that a thing exists, with the last revision of its stream.
    pub fn add_known(&mut self, kind: RefKind, id: impl Into<String>, revision: u32) {
        self.known.insert((kind, id.into()), revision);
    }

    /// The last revision of the thing a reference points to, when it exists.
    pub fn revision(&self, reference: &Ref) -> Option<u32> {
        self.known.get(&(reference.kind, reference.id.as_str().to_owned())).copied()
    }

    /// Notes that two answers are in open conflict, whichever of them declared it.
    pub fn add_conflict(&mut self, one: Uuid, other: Uuid) {
        self.conflicts.insert((one.min(other), one.max(other)));
    }

    /// Whether two answers are in open conflict, whichever of them declared it.
    pub fn in_conflict(&self, one: Uuid, other: Uuid) -> bool {
        self.conflicts.contains(&(one.min(other), one.max(other)))
    }

    /// Whether the supersessions of answers, followed from one as far as they are
    /// known, lead to another.
    pub fn answers_lead_to(&self, from: Uuid, to: Uuid) -> bool {
        leads_to(from, to, |id| self.answers.get(&id)?.superseded_by)
    }

    /// Whether the supersessions of solutions, followed from one as far as they are
    /// known, lead to another.
    pub fn solutions_lead_to(&self, from: Uuid, to: Uuid) -> bool {
        leads_to(from, to, |id| self.solutions.get(&id)?.superseded_by)
    }
}

fn leads_to(from: Uuid, to: Uuid, next: impl Fn(Uuid) -> Option<Uuid>) -> bool {
    // Two simultaneous commands may have closed a circle that `to` is not part of.
    let mut seen = BTreeSet::from([from]);
    let mut at = from;
    while let Some(id) = next(at) {
        if id == to {
            return true;
        }
        if !seen.insert(id) {
            return false;
        }
        at = id;
    }
    false
}
