//! Whether a solution was to be verified at a place of the log and on a day.
//!
//! The rule is the domain's (`solution::validity`); this brings what it rests on from the
//! streams of answers and norms.
//!
//! Depends on: `domain`, `operations`.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::gather::{Known, Reader};
use crate::domain::answer::{Answer, AnswerContext, AnswerState, Change, standing};
use crate::domain::norm::NormRef;
use crate::domain::registry::Norm;
use crate::domain::solution::{SolutionContext, SolutionState, SolutionValidity, validity};
use crate::domain::values::Day;
use crate::event_store::GlobalPosition;
use crate::operations::OperationError;

/// The answers and norms at a place of the log, asked of a day.
pub struct Then {
    position: GlobalPosition,
    day: Day,
    answers: BTreeMap<Uuid, AnswerState>,
    /// Amendments by norm, as far as they were asked for.
    norms: BTreeMap<Uuid, <Norm as crate::domain::Decider>::State>,
}

impl Then {
    /// Reads the answers: any of them may contradict another.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the store cannot be read.
    pub async fn at(
        reader: &Reader<'_>,
        known: &Known,
        position: GlobalPosition,
        day: Day,
    ) -> Result<Self, OperationError> {
        let mut answers = BTreeMap::new();
        for id in &known.answers {
            answers.insert(*id, reader.state::<Answer>(*id, position).await?);
        }
        Ok(Self { position, day, answers, norms: BTreeMap::new() })
    }

    /// Whether a solution is to be verified.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the store cannot be read.
    pub async fn shakes(
        &mut self,
        reader: &Reader<'_>,
        solution: &SolutionState,
    ) -> Result<bool, OperationError> {
        let mut context = SolutionContext::default();
        for link in &solution.basis_answers {
            let Some(answer) = self.answers.get(&link.id).cloned() else { continue };
            let mut of_answer = AnswerContext::default();
            for norm in answer.receipt.iter().flat_map(|receipt| &receipt.data.norms) {
                of_answer.norm_changes.extend(self.changes(reader, norm).await?);
            }
            for (other, state) in &self.answers {
                let with_this = state.conflicts.iter().filter(|one| one.with == link.id);
                of_answer.conflicts.extend(with_this.map(|one| one.seen_from_the_other(*other)));
            }
            context.answers.push(standing(&answer, &of_answer, self.day));
        }
        for one in &solution.basis_norms {
            context.norm_changes.extend(self.changes(reader, &one.norm).await?);
        }
        Ok(validity(solution, &context, self.day) == SolutionValidity::ToVerify)
    }

    /// The amendments after the text that a citation read.
    async fn changes(
        &mut self,
        reader: &Reader<'_>,
        norm: &NormRef,
    ) -> Result<Vec<Change>, OperationError> {
        let (Some(id), Some(read)) = (norm.norm_id(), norm.text_in_force_on()) else {
            return Ok(Vec::new());
        };
        if !self.norms.contains_key(&id) {
            self.norms.insert(id, reader.state::<Norm>(id, self.position).await?);
        }
        let Some(state) = self.norms.get(&id) else { return Ok(Vec::new()) };
        let article = norm.cited().article;
        let amended = state.amended_since(article.as_deref(), read);
        Ok(amended.map(|one| Change { from: one.from, recorded_at: one.recorded_at }).collect())
    }
}
