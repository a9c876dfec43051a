//! The rules of a solution.
//!
//! Deliberately absent: whether its basis still holds. A solution whose basis was
//! shaken shows as to be verified; it is not refused.
//!
//! Depends on: `domain::answer`, `domain::facts`, `domain::shared`, `domain::values`.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::events::{
    AdoptionCorrected, AdoptionEnded, BasisAdded, SolutionAdopted, SolutionConfirmed,
    SolutionDeclined, SolutionEvent, SolutionProposed, SolutionRevised, SolutionSuperseded,
    SolutionValidated,
};
use super::evolve::evolve;
use super::state::{Adoption, Proposal, SolutionState, Version};
use crate::answer::flag;
use crate::norm::NormRef;
use crate::shared::Act;
use crate::values::{BodyId, Day, Number};
use crate::{
    Command, Decider, Facts, Recorded, Rejection, check_dates, check_members, not_after,
    not_reversed, with_revision,
};

/// The decider of solutions.
#[derive(Debug, Clone, Copy)]
pub struct Solution;

type Decision = Result<Vec<SolutionEvent>, Rejection>;

impl Decider for Solution {
    type State = SolutionState;
    type Event = SolutionEvent;

    const CATEGORY: &'static str = "solution";

    fn decide(state: &SolutionState, command: Command<SolutionEvent>) -> Decision {
        use Rejection as No;
        use SolutionEvent as Do;

        check_dates(command.occurred_on, command.today)?;
        let (Some(proposal), Some(current)) = (state.proposal.as_deref(), state.current()) else {
            return match command.proposed.clone() {
                Do::Proposed(data) => begin(*data, &command),
                _ => Err(No::NotFound),
            };
        };
        check_open(state, &command)?;

        match command.proposed.clone() {
            Do::Proposed(_) => Err(No::AlreadyExists),
            Do::Revised(data) => revise(current, *data),
            Do::BasisAdded(data) => add_basis(state, *data, command.occurred_on),
            Do::BasisRemoved(data) => {
                let there = state.basis_answers.iter().any(|basis| basis.id == data.basis_id)
                    || state.basis_norms.iter().any(|basis| basis.id == data.basis_id);
                accept_if(there, No::NoSuchBasis, Do::BasisRemoved(data))
            }
            Do::IssueAttached(data) => {
                check_issue(data.issue, &proposal.coordinator, &command.facts)?;
                let attached = is_attached(state, data.issue);
                accept_if(!attached, No::AlreadyAttached, Do::IssueAttached(data))
            }
            Do::IssueDetached(data) => {
                let attached = is_attached(state, data.issue);
                accept_if(attached, No::NotAttached, Do::IssueDetached(data))
            }
            Do::Validated(data) => validate(current, *data),
            Do::Adopted(data) => adopt(state, current, *data, &command),
            Do::AdoptionCorrected(change) => correct(state, *change, command.today),
            Do::AdoptionEnded(data) => end(state, *data),
            Do::Declined(data) => decline(state, current, *data),
            Do::ReviewFlagged(data) => accept(flag(*data, &command)?.into()),
            Do::Confirmed(data) => confirm(state, current, *data),
            Do::Superseded(data) => supersede(state, proposal, *data, &command),
            Do::Published(data) => {
                accept_if(state.published.is_none(), No::AlreadyPublished, Do::Published(data))
            }
            Do::Unpublished(data) => {
                accept_if(state.published.is_some(), No::NotPublished, Do::Unpublished(data))
            }
            // Nothing but a solution that is still proposed is needed for these.
            proposed @ (Do::Retired(_) | Do::TextErased(_)) => accept(proposed),
        }
    }

    fn evolve(state: &mut SolutionState, fact: &Recorded<SolutionEvent>) {
        evolve(state, fact);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of a rule that says yes")]
fn accept(event: SolutionEvent) -> Decision {
    Ok(vec![event])
}

fn accept_if(rule: bool, otherwise: Rejection, event: SolutionEvent) -> Decision {
    if rule { accept(event) } else { Err(otherwise) }
}

/// After its end only what tidies up is accepted: bodies may go on applying a
/// retired solution for a while, and stop later.
fn check_open(state: &SolutionState, command: &Command<SolutionEvent>) -> Result<(), Rejection> {
    use SolutionEvent as Do;

    let tidies_up = match &command.proposed {
        Do::Proposed(_)
        | Do::AdoptionCorrected(_)
        | Do::AdoptionEnded(_)
        | Do::Unpublished(_)
        | Do::TextErased(_) => true,
        Do::Revised(_)
        | Do::BasisAdded(_)
        | Do::BasisRemoved(_)
        | Do::IssueAttached(_)
        | Do::IssueDetached(_)
        | Do::Validated(_)
        | Do::Adopted(_)
        | Do::Declined(_)
        | Do::ReviewFlagged(_)
        | Do::Confirmed(_)
        | Do::Superseded(_)
        | Do::Retired(_)
        | Do::Published(_) => false,
    };
    if tidies_up || !state.has_ended_by(command.today) {
        Ok(())
    } else {
        Err(Rejection::SolutionEnded)
    }
}

fn begin(mut data: SolutionProposed, command: &Command<SolutionEvent>) -> Decision {
    let mut attached = BTreeSet::new();
    for issue in &data.issues {
        check_issue(*issue, &data.coordinator, &command.facts)?;
        if !attached.insert(issue) {
            return Err(Rejection::AlreadyAttached);
        }
    }
    let answers: BTreeSet<&Uuid> = data.basis.answers.iter().collect();
    let mut norms: Vec<NormRef> = Vec::new();
    for norm in data.basis.norms.drain(..).map(|norm| norm.settled(command.occurred_on)) {
        if norms.contains(&norm) {
            return Err(Rejection::BasisAlreadyThere);
        }
        norms.push(norm);
    }
    if answers.len() < data.basis.answers.len() {
        return Err(Rejection::BasisAlreadyThere);
    }
    data.basis.norms = norms;
    data.origin = data.origin.map(|origin| with_revision(origin, &command.facts));
    for party in &mut data.parties {
        *party = with_revision(party.clone(), &command.facts);
    }
    accept(data.into())
}

fn revise(current: &Version, mut data: SolutionRevised) -> Decision {
    let next = Number::new(current.number.get().saturating_add(1));
    if next.is_none() || data.solution_version.is_some_and(|number| Some(number) != next) {
        return Err(Rejection::NotTheNextNumber);
    }
    data.solution_version = next;
    accept(data.into())
}

fn add_basis(state: &SolutionState, mut data: BasisAdded, occurred_on: Day) -> Decision {
    data.norm = data.norm.map(|norm| norm.settled(occurred_on));
    let there = match (&data.answer, &data.norm) {
        (Some(answer), None) => state.basis_answers.iter().any(|basis| basis.id == *answer),
        (None, Some(norm)) => state.basis_norms.iter().any(|basis| basis.norm == *norm),
        (Some(_), Some(_)) | (None, None) => return Err(Rejection::OneBasisOnly),
    };
    accept_if(!there, Rejection::BasisAlreadyThere, data.into())
}

fn validate(current: &Version, data: SolutionValidated) -> Decision {
    check_current(current, data.solution_version)?;
    accept_if(current.validation.is_none(), Rejection::AlreadyValidated, data.into())
}

fn adopt(
    state: &SolutionState,
    current: &Version,
    data: SolutionAdopted,
    command: &Command<SolutionEvent>,
) -> Decision {
    check_current(current, data.solution_version)?;
    if current.validation.is_none() {
        return Err(Rejection::NotValidated);
    }
    if state.living_adoption(&data.body).is_some() {
        return Err(Rejection::AlreadyAdopted);
    }
    check_members(&command.facts, &data.body, &data.speaks_for)?;
    check_act(&data.act, command.today)?;
    accept(data.into())
}

fn correct(state: &SolutionState, change: AdoptionCorrected, today: Day) -> Decision {
    find_living(state, change.adoption_id)?;
    if let Some(act) = &change.act {
        check_act(act, today)?;
    }
    let changes = change.manner.is_some() || change.act.is_some() || change.in_force_from.is_some();
    accept_if(changes, Rejection::NothingToChange, change.into())
}

fn end(state: &SolutionState, data: AdoptionEnded) -> Decision {
    let adoption = find_living(state, data.adoption_id)?;
    not_reversed(adoption.in_force_from, Some(data.until))?;
    accept(data.into())
}

fn decline(state: &SolutionState, current: &Version, data: SolutionDeclined) -> Decision {
    check_current(current, data.solution_version)?;
    if state.living_adoption(&data.body).is_some() {
        return Err(Rejection::AlreadyAdopted);
    }
    let declined = state.declinations.iter().any(|one| {
        one.overtaken_by.is_none() && one.body == data.body && one.version == data.solution_version
    });
    accept_if(!declined, Rejection::AlreadyDeclined, data.into())
}

fn confirm(state: &SolutionState, current: &Version, data: SolutionConfirmed) -> Decision {
    if let Some(version) = data.solution_version {
        check_current(current, version)?;
    }
    let is_open = |id| state.reviews.iter().any(|review| review.id == id && review.is_open());
    accept_if(data.review_id.is_none_or(is_open), Rejection::NoSuchReview, data.into())
}

fn supersede(
    state: &SolutionState,
    proposal: &Proposal,
    data: SolutionSuperseded,
    command: &Command<SolutionEvent>,
) -> Decision {
    // The other may take its place on a day to come; a third may not.
    if state.superseded.is_some() {
        return Err(Rejection::SolutionEnded);
    }
    if data.by == command.stream_id {
        return Err(Rejection::LinkToSelf);
    }
    if command.facts.solutions_lead_to(data.by, command.stream_id) {
        return Err(Rejection::LinkCycle);
    }
    not_reversed(Some(proposal.proposed_on), data.from)?;
    accept(data.into())
}

fn check_current(current: &Version, version: Number) -> Result<(), Rejection> {
    if version == current.number { Ok(()) } else { Err(Rejection::NotTheCurrentVersion) }
}

fn check_issue(issue: Uuid, coordinator: &BodyId, facts: &Facts) -> Result<(), Rejection> {
    match facts.issue(&issue) {
        None => Err(Rejection::UnknownReference),
        Some(known) if known.coordinator != *coordinator => Err(Rejection::OtherCoordinator),
        Some(_) => Ok(()),
    }
}

fn check_act(act: &Act, today: Day) -> Result<(), Rejection> {
    not_after(act.date, today)?;
    if act.is_complete() { Ok(()) } else { Err(Rejection::ActIncomplete) }
}

fn is_attached(state: &SolutionState, issue: Uuid) -> bool {
    state.issues.iter().any(|one| one.issue == issue)
}

fn find_living(state: &SolutionState, id: Uuid) -> Result<&Adoption, Rejection> {
    match state.adoptions.iter().find(|one| one.id == id) {
        None => Err(Rejection::NoSuchAdoption),
        Some(adoption) if !adoption.is_living() => Err(Rejection::AdoptionAlreadyEnded),
        Some(adoption) => Ok(adoption),
    }
}
