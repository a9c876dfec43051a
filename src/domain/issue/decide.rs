//! The rules of an issue.

use uuid::Uuid;

use super::events::{
    ClosingOutcome, IssueEndorsed, IssueEvent, IssueLink, IssueLinked, IssueReported, Position,
    PositionCorrected, Scope,
};
use super::fold::evolve;
use super::state::{Endorsement, HeldPosition, IssueState, PositionFate, Report};
use crate::norm::NormRef;
use crate::values::Day;
use crate::{
    Command, Decider, Recorded, Rejection, check_dates, check_members, not_after, not_reversed,
    with_revision,
};

/// The decider of issues.
#[derive(Debug, Clone, Copy)]
pub struct Issue;

type Decision = Result<Vec<IssueEvent>, Rejection>;

impl Decider for Issue {
    type State = IssueState;
    type Event = IssueEvent;

    const CATEGORY: &'static str = "issue";

    #[expect(clippy::too_many_lines, reason = "one table: an arm for each event")]
    fn decide(state: &IssueState, command: Command<IssueEvent>) -> Decision {
        use IssueEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        let Some(report) = state.report.as_deref() else {
            return match command.proposed.clone() {
                Do::Reported(data) => begin(*data, &command),
                _ => Err(No::NotFound),
            };
        };
        check_open(state, &command.proposed)?;

        match command.proposed.clone() {
            Do::Reported(_) => Err(No::AlreadyExists),
            Do::Amended(change) => {
                let changes = change.title.is_some()
                    || change.description.is_some()
                    || change.theme.is_some()
                    || change.since.is_some()
                    || change.people_affected.is_some()
                    || change.urgency.is_some()
                    || change.reception_kind.is_some();
                not_after(change.since, command.today)?;
                accept_if(changes, No::NothingToChange, Do::Amended(change))
            }
            Do::ClarificationProvided(data) => {
                let asked = state.clarifications.iter().find(|one| one.id == data.clarification_id);
                match asked {
                    None => Err(No::NoSuchClarification),
                    Some(one) if one.reply.is_some() => Err(No::ClarificationAlreadyProvided),
                    // Staff write down what the body asked says; not what another says.
                    Some(one)
                        if one.to != command.body
                            && !(command.staff && command.body == report.data.coordinator) =>
                    {
                        Err(No::ClarificationAskedOfAnother)
                    }
                    Some(_) => accept(Do::ClarificationProvided(data)),
                }
            }
            Do::NormCited(mut data) => {
                let cited = state.citations.iter().any(|(_, known)| repeats(known, &data.norm));
                data.norm = data.norm.settled(command.occurred_on);
                accept_if(!cited, No::AlreadyCited, Do::NormCited(data))
            }
            Do::NormCitationCorrected(mut data) => {
                if !is_cited(state, data.citation_id) {
                    return Err(No::NoSuchCitation);
                }
                let mut others = state.citations.iter().filter(|(id, _)| *id != data.citation_id);
                let cited = others.any(|(_, known)| repeats(known, &data.norm));
                data.norm = data.norm.settled(command.occurred_on);
                accept_if(!cited, No::AlreadyCited, Do::NormCitationCorrected(data))
            }
            Do::NormCitationRemoved(data) => {
                let cited = is_cited(state, data.citation_id);
                accept_if(cited, No::NoSuchCitation, Do::NormCitationRemoved(data))
            }
            Do::PositionRecorded(data) => {
                check_position(&data, command.today)?;
                accept_if(
                    !is_held(state, &data),
                    No::PositionAlreadyRecorded,
                    Do::PositionRecorded(data),
                )
            }
            Do::PositionCorrected(change) => {
                correct_position(state, &change, command.today)?;
                accept(Do::PositionCorrected(change))
            }
            Do::PositionWithdrawn(data) => {
                find_position(state, data.position_id)?;
                accept(Do::PositionWithdrawn(data))
            }
            Do::PositionEnded(mut data) => {
                let held = find_position(state, data.position_id)?;
                if matches!(held.fate, PositionFate::Ended { .. }) {
                    return Err(No::PositionAlreadyEnded);
                }
                let until = *data.until.get_or_insert(command.occurred_on);
                not_after(Some(until), command.today)?;
                not_reversed(held.data.since, Some(until))?;
                data.because_of = data.because_of.map(|cause| with_revision(cause, &command.facts));
                accept(Do::PositionEnded(data))
            }
            Do::Endorsed(data) => endorse(state, report, *data, &command),
            Do::EndorsementCorrected(change) => {
                let one = find_endorsement(state, change.endorsement_id)?;
                let changes = change.speaks_for.is_some()
                    || change.position_seen.is_some()
                    || change.people_affected.is_some()
                    || change.since.is_some();
                if let Some(speaks_for) = &change.speaks_for {
                    check_members(&command.facts, &one.body, speaks_for)?;
                }
                if let Some(position) = change.position_seen {
                    find_position(state, position)?;
                }
                not_after(change.since, command.today)?;
                accept_if(changes, No::NothingToChange, Do::EndorsementCorrected(change))
            }
            Do::EndorsementWithdrawn(data) => {
                find_endorsement(state, data.endorsement_id)?;
                accept(Do::EndorsementWithdrawn(data))
            }
            Do::Linked(data) => link(state, report, *data, &command),
            Do::Unlinked(data) => {
                let linked = state.links.contains(&(data.issue, data.link));
                accept_if(linked, No::NotLinked, Do::Unlinked(data))
            }
            Do::AnswerLinked(data) => {
                if data.result.is_none() || !data.points.is_empty() {
                    return Err(No::WrongOutcome);
                }
                if command.facts.answer(&data.answer).is_none_or(|answer| answer.withdrawn) {
                    return Err(No::AnswerNoLongerValid);
                }
                let linked = state.answers.iter().any(|(answer, _)| *answer == data.answer);
                accept_if(!linked, No::AlreadyLinked, Do::AnswerLinked(data))
            }
            Do::AnswerUnlinked(data) => {
                let linked = state.answers.iter().any(|(answer, _)| *answer == data.answer);
                accept_if(linked, No::NotLinked, Do::AnswerUnlinked(data))
            }
            Do::VisibilityChanged(mut data) => {
                data.from = Some(report.visibility);
                accept_if(
                    data.to != report.visibility,
                    No::SameVisibility,
                    Do::VisibilityChanged(data),
                )
            }
            Do::Published(data) => {
                accept_if(state.published.is_none(), No::AlreadyPublished, Do::Published(data))
            }
            Do::Unpublished(data) => {
                accept_if(state.published.is_some(), No::NotPublished, Do::Unpublished(data))
            }
            Do::Closed(data) => {
                may_close_as(state, data.outcome)?;
                accept(Do::Closed(data))
            }
            Do::Reopened(data) => {
                let ended = state.closed.is_some() || state.withdrawn;
                accept_if(ended, No::IssueNotClosed, Do::Reopened(data))
            }
            // Nothing but an open issue is needed for these.
            proposed @ (Do::ClarificationRequested(_)
            | Do::Triaged(_)
            | Do::Assigned(_)
            | Do::ImpactEstimated(_)
            | Do::NoteAdded(_)
            | Do::ContactRecorded(_)
            | Do::Withdrawn(_)
            | Do::TextErased(_)) => accept(proposed),
        }
    }

    fn evolve(state: &mut IssueState, fact: &Recorded<IssueEvent>) {
        evolve(state, fact);
    }
}

#[expect(clippy::unnecessary_wraps, reason = "so that an arm of the table is one expression")]
fn accept(event: IssueEvent) -> Decision {
    Ok(vec![event])
}

fn accept_if(rule: bool, otherwise: Rejection, event: IssueEvent) -> Decision {
    if rule { accept(event) } else { Err(otherwise) }
}

/// After an end only afterthoughts are recorded: history, not the case itself.
fn check_open(state: &IssueState, proposed: &IssueEvent) -> Result<(), Rejection> {
    use IssueEvent as Do;

    let afterthought = matches!(
        proposed,
        Do::Reported(_)
            | Do::NoteAdded(_)
            | Do::ContactRecorded(_)
            | Do::Linked(_)
            | Do::Unlinked(_)
            | Do::VisibilityChanged(_)
            | Do::Published(_)
            | Do::Unpublished(_)
            | Do::PositionEnded(_)
            | Do::AnswerLinked(_)
            | Do::AnswerUnlinked(_)
            | Do::Reopened(_)
            | Do::TextErased(_)
    );
    match () {
        () if afterthought => Ok(()),
        () if state.withdrawn => Err(Rejection::IssueWithdrawn),
        () if state.closed.is_some() => Err(Rejection::IssueClosed),
        () => Ok(()),
    }
}

fn begin(mut data: IssueReported, command: &Command<IssueEvent>) -> Decision {
    check_members(&command.facts, &data.body, &data.speaks_for)?;
    not_after(data.since, command.today)?;
    for (index, position) in data.positions.iter().enumerate() {
        check_position(position, command.today)?;
        let twice = data.positions[..index].iter().any(|other| same_holder(other, position));
        if twice && position.until.is_none() {
            return Err(Rejection::PositionAlreadyRecorded);
        }
    }
    data.norms = data.norms.into_iter().map(|norm| norm.settled(command.occurred_on)).collect();
    let twice = |(index, norm): (usize, &NormRef)| data.norms[..index].contains(norm);
    if data.norms.iter().enumerate().any(twice) {
        return Err(Rejection::AlreadyCited);
    }
    accept(data.into())
}

fn endorse(
    state: &IssueState,
    report: &Report,
    data: IssueEndorsed,
    command: &Command<IssueEvent>,
) -> Decision {
    if data.body == report.data.body {
        return Err(Rejection::ReporterCannotEndorse);
    }
    let living = |body| state.endorsements.iter().any(|one| !one.withdrawn && one.body == body);
    if living(data.body.clone()) {
        return Err(Rejection::AlreadyEndorsed);
    }
    check_members(&command.facts, &data.body, &data.speaks_for)?;
    if data.position_seen.is_some() && data.new_position.is_some() {
        return Err(Rejection::OneReadingOnly);
    }
    if let Some(position) = data.position_seen {
        find_position(state, position)?;
    }
    if let Some(position) = &data.new_position {
        check_position(position, command.today)?;
        if is_held(state, position) {
            return Err(Rejection::PositionAlreadyRecorded);
        }
    }
    not_after(data.since, command.today)?;
    accept(data.into())
}

fn link(
    state: &IssueState,
    report: &Report,
    data: IssueLinked,
    command: &Command<IssueEvent>,
) -> Decision {
    if command.stream_id == data.issue {
        return Err(Rejection::LinkToSelf);
    }
    if state.links.iter().any(|(issue, _)| *issue == data.issue) {
        return Err(Rejection::AlreadyLinked);
    }
    let Some(other) = command.facts.issue(&data.issue) else {
        return Err(Rejection::UnknownReference);
    };
    if other.coordinator != report.data.coordinator {
        return Err(Rejection::OtherCoordinator);
    }
    if data.link == IssueLink::Duplicate {
        if state.duplicate_of().is_some() {
            return Err(Rejection::AlreadyADuplicate);
        }
        if other.canonical == Some(command.stream_id) {
            return Err(Rejection::LinkCycle);
        }
    }
    accept(data.into())
}

fn may_close_as(state: &IssueState, outcome: ClosingOutcome) -> Result<(), Rejection> {
    match outcome {
        ClosingOutcome::Composed if state.is_divergent() => Err(Rejection::StillDivergent),
        _ if state.scope != Some(Scope::InScope) => Err(Rejection::NotInScope),
        _ => Ok(()),
    }
}

fn check_position(position: &Position, today: Day) -> Result<(), Rejection> {
    not_after(position.since, today)?;
    not_after(position.document_date, today)?;
    not_after(position.until, today)?;
    not_reversed(position.since, position.until)
}

fn correct_position(
    state: &IssueState,
    change: &PositionCorrected,
    today: Day,
) -> Result<(), Rejection> {
    let held = find_position(state, change.position_id)?;
    let moves = change.authority.is_some() || change.territory.is_some();
    let changes = moves
        || change.reading.is_some()
        || change.form.is_some()
        || change.known.is_some()
        || change.since.is_some()
        || change.document_date.is_some();
    if !changes {
        return Err(Rejection::NothingToChange);
    }
    not_after(change.since, today)?;
    not_after(change.document_date, today)?;
    not_reversed(change.since, held.until())?;
    let authority = change.authority.as_ref().unwrap_or(&held.data.authority);
    let territory = change.territory.as_ref().unwrap_or(&held.data.territory);
    let taken = state.current_positions().any(|other| {
        other.id != held.id
            && other.data.authority == *authority
            && other.data.territory == *territory
    });
    if moves && held.is_current() && taken {
        return Err(Rejection::PositionAlreadyRecorded);
    }
    Ok(())
}

fn is_held(state: &IssueState, position: &Position) -> bool {
    position.until.is_none()
        && state.current_positions().any(|held| same_holder(&held.data, position))
}

fn same_holder(one: &Position, other: &Position) -> bool {
    one.until.is_none() && one.authority == other.authority && one.territory == other.territory
}

/// Whether a citation says what a known one says already. Without a day it means
/// whatever text is cited; with one, that text only. Documents are compared by what
/// identifies them: their titles may be sealed.
fn repeats(known: &NormRef, proposed: &NormRef) -> bool {
    let day = known.text_in_force_on().unwrap_or(Day::FIRST);
    let (known, proposed) = (known.clone().settled(day), proposed.clone().settled(day));
    match (&known, &proposed, known.norm_id()) {
        (NormRef::Other { .. }, NormRef::Other { .. }, Some(id)) => {
            proposed.norm_id() == Some(id)
                && proposed.text_in_force_on() == known.text_in_force_on()
        }
        _ => known == proposed,
    }
}

fn is_cited(state: &IssueState, citation: Uuid) -> bool {
    state.citations.iter().any(|(id, _)| *id == citation)
}

fn find_position(state: &IssueState, id: Uuid) -> Result<&HeldPosition, Rejection> {
    let living = |held: &&HeldPosition| held.id == id && held.fate != PositionFate::Withdrawn;
    state.positions.iter().find(living).ok_or(Rejection::NoSuchPosition)
}

fn find_endorsement(state: &IssueState, id: Uuid) -> Result<&Endorsement, Rejection> {
    let living = |one: &&Endorsement| one.id == id && !one.withdrawn;
    state.endorsements.iter().find(living).ok_or(Rejection::NoSuchEndorsement)
}
