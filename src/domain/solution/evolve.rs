//! How each event changes a solution.
//!
//! Deliberately absent: any refusal. What is stored has happened, and an event that
//! points to something unknown changes nothing else.
//!
//! Depends on: `domain::answer`, `domain::values`.

use super::events::{
    AdoptionCorrected, SolutionAdopted, SolutionConfirmed, SolutionEvent, SolutionProposed,
    SolutionRevised,
};
use super::state::{
    Adoption, AttachedIssue, BasisAnswer, BasisNorm, Confirmation, Declination, Ending, Proposal,
    Publication, Retirement, SolutionState, Supersession, Validation, Version,
};
use crate::Recorded;
use crate::answer::Review;
use crate::lists::Add;
use crate::shared::Visibility;
use crate::values::{Number, inner_id};

type Fact = Recorded<SolutionEvent>;

/// Applies one event.
pub(super) fn evolve(state: &mut SolutionState, fact: &Fact) {
    use SolutionEvent as Is;

    state.updated_at = fact.recorded_at;
    state.events = state.events.saturating_add(1);
    match &fact.event {
        Is::Proposed(data) => propose(state, fact, data),
        Is::Revised(data) => revise(state, fact, data),
        Is::BasisAdded(data) => {
            let (reason, added_on) = (data.reason.clone(), fact.occurred_on);
            if let Some(norm) = data.norm.clone() {
                let reason = reason.clone();
                state.basis_norms.add(BasisNorm { id: fact.id, norm, reason, added_on });
            }
            if let Some(id) = data.answer {
                state.basis_answers.add(BasisAnswer { id, reason, added_on });
            }
        }
        Is::BasisRemoved(data) => {
            state.basis_answers.retain(|basis| basis.id != data.basis_id);
            state.basis_norms.retain(|basis| basis.id != data.basis_id);
        }
        Is::IssueAttached(data) => state.issues.add(AttachedIssue {
            issue: data.issue,
            reason: data.reason.clone(),
            attached_on: fact.occurred_on,
        }),
        Is::IssueDetached(data) => state.issues.retain(|one| one.issue != data.issue),
        Is::Validated(data) => {
            let validated = |version: &&mut Version| version.number == data.solution_version;
            if let Some(version) = state.versions.iter_mut().find(validated) {
                version.validation = Some(Validation {
                    id: fact.id,
                    by: data.by.clone(),
                    validated_on: fact.occurred_on,
                });
            }
        }
        Is::Adopted(data) => adopt(state, fact, data),
        Is::AdoptionCorrected(change) => correct(state, fact, change),
        Is::AdoptionEnded(data) => {
            let ended = state.adoptions.iter_mut().find(|one| one.id == data.adoption_id);
            if let Some(adoption) = ended {
                adoption.ended = Some(Ending {
                    until: data.until,
                    reason: data.reason.clone(),
                    ended_on: fact.occurred_on,
                });
            }
        }
        Is::Declined(data) => state.declinations.add(Declination {
            id: fact.id,
            body: data.body.clone(),
            version: data.solution_version,
            reason: data.reason.clone(),
            declined_on: fact.occurred_on,
            overtaken_by: None,
        }),
        Is::ReviewFlagged(data) => state.reviews.add(Review::flagged(fact, data)),
        Is::Confirmed(data) => confirm(state, fact, data),
        Is::Superseded(data) => {
            state.superseded = Some(Supersession {
                id: fact.id,
                by: data.by,
                from: data.from.unwrap_or(fact.occurred_on),
                reason: data.reason.clone(),
            });
        }
        Is::Retired(data) => {
            state.retired = Some(Retirement {
                id: fact.id,
                reason: data.reason.clone(),
                retired_on: fact.occurred_on,
            });
        }
        Is::Published(data) => {
            state.published =
                Some(Publication { summary: data.summary.clone(), published_on: fact.occurred_on });
        }
        Is::Unpublished(_) => state.published = None,
        // The key is gone, so the text reads as erased; nothing else changes.
        Is::TextErased(_) => {}
    }
}

fn propose(state: &mut SolutionState, fact: &Fact, data: &SolutionProposed) {
    let day = fact.occurred_on;
    let attached = |issue: &_| AttachedIssue { issue: *issue, reason: None, attached_on: day };
    let answer = |id: &_| BasisAnswer { id: *id, reason: None, added_on: day };
    state.issues = data.issues.iter().map(attached).collect();
    state.basis_answers = data.basis.answers.iter().map(answer).collect();
    state.basis_norms = data
        .basis
        .norms
        .iter()
        .enumerate()
        .map(|(index, norm)| BasisNorm {
            id: inner_id(fact.id, "norms", index),
            norm: norm.clone(),
            reason: None,
            added_on: day,
        })
        .collect();
    state.versions = Number::new(1)
        .map(|number| Version {
            id: fact.id,
            number,
            problem: data.problem.clone(),
            text: data.text.clone(),
            reason: None,
            written_on: day,
            recorded_at: fact.recorded_at,
            validation: None,
        })
        .into_iter()
        .collect();
    state.proposal = Some(Box::new(Proposal {
        id: fact.id,
        coordinator: data.coordinator.clone(),
        level: data.level,
        origin: data.origin.clone(),
        parties: data.parties.clone(),
        territory: data.territory.clone(),
        instrument: data.instrument.clone(),
        visibility: data.visibility.unwrap_or(Visibility::Network),
        proposed_on: day,
        proposed_at: fact.recorded_at,
    }));
}

fn revise(state: &mut SolutionState, fact: &Fact, data: &SolutionRevised) {
    let Some(last) = state.versions.last() else { return };
    // The decider always fills the number in.
    let number = data.solution_version.or_else(|| Number::new(last.number.get() + 1));
    let version = Version {
        id: fact.id,
        number: number.unwrap_or(last.number),
        problem: data.problem.clone().unwrap_or_else(|| last.problem.clone()),
        text: data.text.clone(),
        reason: Some(data.reason.clone()),
        written_on: fact.occurred_on,
        recorded_at: fact.recorded_at,
        validation: None,
    };
    state.versions.add(version);
}

fn correct(state: &mut SolutionState, fact: &Fact, change: &AdoptionCorrected) {
    let adoption = state.adoptions.iter_mut().find(|one| one.id == change.adoption_id);
    if let Some(adoption) = adoption {
        adoption.manner = change.manner.unwrap_or(adoption.manner);
        adoption.in_force_from = change.in_force_from.or(adoption.in_force_from);
        if let Some(act) = &change.act {
            adoption.act.clone_from(act);
        }
        adoption.adopted_on = fact.occurred_on;
    }
}

fn adopt(state: &mut SolutionState, fact: &Fact, data: &SolutionAdopted) {
    let standing = state.declinations.iter_mut().filter(|one| one.overtaken_by.is_none());
    for declination in standing.filter(|one| one.body == data.body) {
        declination.overtaken_by = Some(fact.id);
    }
    state.adoptions.add(Adoption {
        id: fact.id,
        body: data.body.clone(),
        speaks_for: data.speaks_for.clone(),
        manner: data.manner,
        adaptation: data.adaptation.clone(),
        version: data.solution_version,
        act: data.act.clone(),
        in_force_from: data.in_force_from,
        adopted_on: fact.occurred_on,
        ended: None,
    });
}

fn confirm(state: &mut SolutionState, fact: &Fact, data: &SolutionConfirmed) {
    let open = state.reviews.iter_mut().filter(|review| review.is_open());
    for review in open.filter(|review| data.review_id.is_none_or(|id| id == review.id)) {
        review.confirmed_on = Some(fact.occurred_on);
    }
    state.confirmations.add(Confirmation {
        id: fact.id,
        review: data.review_id,
        version: data.solution_version,
        reason: data.reason.clone(),
        confirmed_on: fact.occurred_on,
        recorded_at: fact.recorded_at,
    });
}
