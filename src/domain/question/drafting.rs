//! The rules of a question before it is sent: its draft, its texts, its issues.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::decide::{Decision, accept, is_withdrawn, not_dispatched, the_next};
use super::events::{Point, QuestionDrafted, QuestionEvent, TextRevised};
use super::fold::next_text;
use super::state::{DraftState, QuestionState};
use crate::shared::IssueAttached;
use crate::values::{BodyId, inner_id};
use crate::{Command, Rejection};

/// Begins a question, and gives ids to what it asks and of whom.
pub(super) fn begin(mut data: QuestionDrafted, command: &Command<QuestionEvent>) -> Decision {
    for (index, to) in data.addressees.iter_mut().enumerate() {
        let id = || inner_id(command.event_id, "addressees", index);
        to.addressee_id.get_or_insert_with(id);
    }
    let ids: Vec<Uuid> = data.addressees.iter().filter_map(|to| to.addressee_id).collect();
    let offices = data.addressees.iter().map(|to| &to.addressee);
    if !all_differ(&ids) || !all_differ(offices) {
        return Err(Rejection::AlreadyExists);
    }
    identify_points(&mut data.points, command.event_id)?;
    let to_known = |id: &Uuid| ids.contains(id);
    check_points(&data.points, to_known, |_| false, &data.coordinator, command)?;
    data.norms = data.norms.into_iter().map(|norm| norm.settled(command.occurred_on)).collect();
    accept(data.into())
}

/// Attaches an issue of the same coordinator.
pub(super) fn attach(
    state: &QuestionState,
    draft: &DraftState,
    data: IssueAttached,
    command: &Command<QuestionEvent>,
) -> Decision {
    if state.has_issue(data.issue) {
        return Err(Rejection::AlreadyAttached);
    }
    check_issue(data.issue, &draft.coordinator, command)?;
    accept(data.into())
}

/// Writes the next text, as long as nobody was sent one.
pub(super) fn revise(
    state: &QuestionState,
    draft: &DraftState,
    mut data: TextRevised,
    command: &Command<QuestionEvent>,
) -> Decision {
    not_dispatched(state)?;
    let changes = data.subject.is_some()
        || data.background.is_some()
        || data.proposed_reading.is_some()
        || data.points.is_some();
    if !changes {
        return Err(Rejection::NothingToChange);
    }
    data.text_version = Some(the_next(data.text_version, next_text(state))?);
    if let Some(points) = &mut data.points {
        let known = |id: Uuid| {
            let ever = state.texts.iter().flat_map(|text| text.points.iter());
            ever.into_iter().any(|point| point.id == id) && !is_withdrawn(state, id)
        };
        if points.iter().filter_map(|point| point.point_id).any(|id| !known(id)) {
            return Err(Rejection::NoSuchPoint);
        }
        identify_points(points, command.event_id)?;
        let to_known = |id: &Uuid| state.track(*id).is_some();
        let named = |issue| state.points().any(|point| point.issues.contains(&issue));
        let attached = |issue| state.has_issue(issue) || named(issue);
        check_points(points, to_known, attached, &draft.coordinator, command)?;
    }
    accept(data.into())
}

/// Gives ids to new points.
fn identify_points(points: &mut [Point], event: Uuid) -> Result<(), Rejection> {
    for (index, point) in points.iter_mut().enumerate() {
        point.point_id.get_or_insert_with(|| inner_id(event, "points", index));
    }
    let differ = all_differ(points.iter().map(|point| point.point_id));
    if differ { Ok(()) } else { Err(Rejection::AlreadyExists) }
}

/// Points are put to addressees of the question, and come from issues of its coordinator.
fn check_points(
    points: &[Point],
    is_addressee: impl Fn(&Uuid) -> bool,
    is_attached: impl Fn(Uuid) -> bool,
    coordinator: &BodyId,
    command: &Command<QuestionEvent>,
) -> Result<(), Rejection> {
    for point in points {
        if !point.addressees.iter().all(&is_addressee) {
            return Err(Rejection::NoSuchAddressee);
        }
        for issue in point.issues.iter().filter(|issue| !is_attached(**issue)) {
            check_issue(*issue, coordinator, command)?;
        }
    }
    Ok(())
}

fn check_issue(
    issue: Uuid,
    coordinator: &BodyId,
    command: &Command<QuestionEvent>,
) -> Result<(), Rejection> {
    match command.facts.issue(&issue) {
        None => Err(Rejection::UnknownReference),
        Some(issue) if issue.coordinator != *coordinator => Err(Rejection::OtherCoordinator),
        Some(issue) if issue.withdrawn => Err(Rejection::IssueWithdrawn),
        Some(_) => Ok(()),
    }
}

/// Whether no two of them are equal.
pub(super) fn all_differ<T: Ord>(things: impl IntoIterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    things.into_iter().all(|thing| seen.insert(thing))
}
