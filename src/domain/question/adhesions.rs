//! Who adheres to a question: bodies put their name to one text, and an adhesion
//! holds as long as only its wording changes.

use std::collections::BTreeSet;

use super::state::{AdhesionState, AdhesionWindow, QuestionState};
use crate::shared::counted_once;
use crate::values::BodyId;

impl QuestionState {
    /// The last collection of adhesions, when it was for the substance of the current text.
    pub fn window(&self) -> Option<&AdhesionWindow> {
        self.windows.last().filter(|window| self.still_stands(window.text_version))
    }

    /// Whether bodies are invited to adhere to the current text.
    pub fn is_collecting(&self) -> bool {
        self.window().is_some_and(|window| window.closed_on.is_none())
    }

    /// The adhesions that hold for the current text and were not taken back.
    pub fn standing_adhesions(&self) -> impl Iterator<Item = &AdhesionState> {
        self.adhesions
            .iter()
            .filter(|one| one.withdrawn.is_none() && self.still_stands(one.text_version))
    }

    /// The adhesions to be listed with the text: those that hold, and those taken
    /// back only after the text was sent, which stay there marked.
    pub fn annex(&self) -> impl Iterator<Item = &AdhesionState> {
        self.adhesions.iter().filter(|one| {
            let listed = one.withdrawn.as_ref().is_none_or(|taken_back| taken_back.after_dispatch);
            listed && self.still_stands(one.text_version)
        })
    }

    /// How many bodies adhere: a union counts as the members it names, once each.
    pub fn bodies_adhering(&self) -> usize {
        let bodies: BTreeSet<BodyId> = self
            .standing_adhesions()
            .flat_map(|one| counted_once(&one.body, &one.speaks_for))
            .collect();
        bodies.len()
    }

    /// The bodies that take part: the coordinator and those that adhere to any of its texts,
    /// with the members they speak for. Each once. Whoever takes part in one of its issues
    /// does too; those are other streams.
    pub fn participants(&self) -> BTreeSet<BodyId> {
        let mut bodies: BTreeSet<BodyId> =
            self.draft.iter().map(|draft| draft.coordinator.clone()).collect();
        for one in self.adhesions.iter().filter(|one| one.withdrawn.is_none()) {
            bodies.insert(one.body.clone());
            bodies.extend(one.speaks_for.iter().cloned());
        }
        bodies
    }
}
