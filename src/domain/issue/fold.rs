//! How each event changes an issue.

use uuid::Uuid;

use super::events::{IssueEvent, IssueReported, Position};
use super::state::{
    Clarification, Closing, Endorsement, HeldPosition, IssueState, NoteState, PositionFate,
    Publication, Report,
};
use crate::Recorded;
use crate::lists::Add;
use crate::shared::Audience;
use crate::values::{AuthorityId, Text, inner_id};

/// Applies one event.
#[expect(clippy::too_many_lines, reason = "one table: an arm for each event")]
pub(super) fn evolve(state: &mut IssueState, fact: &Recorded<IssueEvent>) {
    use IssueEvent as Is;

    state.updated_at = fact.recorded_at;
    state.events += 1;
    match &fact.event {
        Is::Reported(data) => report(state, fact, data),
        Is::Amended(change) => {
            if let Some(report) = &mut state.report {
                let data = &mut report.data;
                assign(&mut data.title, change.title.as_ref());
                assign(&mut data.description, change.description.as_ref());
                assign(&mut data.theme, change.theme.as_ref());
                assign(&mut data.urgency, change.urgency.as_ref());
                data.since = change.since.or(data.since);
                data.people_affected = change.people_affected.or(data.people_affected);
                if change.reception_kind.is_some() {
                    data.reception_kind.clone_from(&change.reception_kind);
                }
            }
        }
        Is::ClarificationRequested(data) => {
            let reporter = state.report.as_ref().map(|report| report.lead_body.clone());
            if let Some(to) = data.to.clone().or(reporter) {
                state.clarifications.add(Clarification {
                    id: fact.id,
                    to,
                    text: data.text.clone(),
                    requested_on: fact.occurred_on,
                    reply: None,
                });
            }
        }
        Is::ClarificationProvided(data) => {
            let asked = state.clarifications.iter_mut().find(|one| one.id == data.clarification_id);
            if let Some(clarification) = asked {
                clarification.reply = Some((fact.occurred_on, data.text.clone()));
            }
        }
        Is::Triaged(data) => {
            state.scope = Some(data.scope);
            state.triaged_on.get_or_insert(fact.occurred_on);
            state.reopened = false;
            if let Some(report) = &mut state.report {
                assign(&mut report.data.theme, data.theme.as_ref());
                assign(&mut report.data.urgency, data.urgency.as_ref());
            }
        }
        Is::Assigned(data) => state.assigned = Some((data.staff_member.clone(), data.until)),
        Is::NormCited(data) => state.citations.add((fact.id, data.norm.clone())),
        Is::NormCitationCorrected(data) => {
            let cited = state.citations.iter_mut().find(|(id, _)| *id == data.citation_id);
            if let Some((_, norm)) = cited {
                *norm = data.norm.clone();
            }
        }
        Is::NormCitationRemoved(data) => state.citations.retain(|(id, _)| *id != data.citation_id),
        Is::PositionRecorded(data) => hold(state, fact, fact.id, data),
        Is::PositionCorrected(change) => {
            let held = state.positions.iter_mut().find(|held| held.id == change.position_id);
            if let Some(held) = held {
                assign(&mut held.data.authority, change.authority.as_ref());
                assign(&mut held.data.territory, change.territory.as_ref());
                assign(&mut held.data.reading, change.reading.as_ref());
                assign(&mut held.data.form, change.form.as_ref());
                assign(&mut held.data.known, change.known.as_ref());
                held.data.since = change.since.or(held.data.since);
                held.data.document_date = change.document_date.or(held.data.document_date);
            }
        }
        Is::PositionWithdrawn(data) => fate(state, data.position_id, PositionFate::Withdrawn),
        Is::PositionEnded(data) => {
            let ended = PositionFate::Ended {
                cause: data.cause,
                because_of: data.because_of.clone(),
                until: data.until.unwrap_or(fact.occurred_on),
                note: data.note.clone(),
            };
            fate(state, data.position_id, ended);
        }
        Is::Endorsed(data) => {
            let mut seen = data.position_seen;
            if let Some(position) = &data.new_position {
                let id = inner_id(fact.id, "new_position", 0);
                hold(state, fact, id, position);
                seen = Some(id);
            }
            state.endorsements.add(Endorsement {
                id: fact.id,
                body: data.body.clone(),
                speaks_for: data.speaks_for.clone(),
                position_seen: seen,
                people_affected: data.people_affected,
                since: data.since,
                endorsed_on: fact.occurred_on,
                note: data.note.clone(),
                withdrawn: false,
            });
        }
        Is::EndorsementCorrected(change) => {
            let one = state.endorsements.iter_mut().find(|one| one.id == change.endorsement_id);
            if let Some(one) = one {
                assign(&mut one.speaks_for, change.speaks_for.as_ref());
                one.position_seen = change.position_seen.or(one.position_seen);
                one.people_affected = change.people_affected.or(one.people_affected);
                one.since = change.since.or(one.since);
            }
        }
        Is::EndorsementWithdrawn(data) => {
            let one = state.endorsements.iter_mut().find(|one| one.id == data.endorsement_id);
            if let Some(one) = one {
                one.withdrawn = true;
            }
        }
        Is::ImpactEstimated(data) => state.impact = Some((**data).clone()),
        Is::Linked(data) => state.links.add((data.issue, data.link)),
        Is::Unlinked(data) => state.links.retain(|link| *link != (data.issue, data.link)),
        Is::AnswerLinked(data) => {
            if let Some(result) = data.result {
                state.answers.add((data.answer, result));
            }
        }
        Is::AnswerUnlinked(data) => state.answers.retain(|(answer, _)| *answer != data.answer),
        Is::NoteAdded(data) => note(state, fact, data.audience, None, &data.text),
        Is::ContactRecorded(data) => {
            note(state, fact, Audience::Internal, Some(data.authority.clone()), &data.text);
        }
        Is::VisibilityChanged(data) => {
            if let Some(report) = &mut state.report {
                report.visibility = data.to;
            }
        }
        Is::Published(data) => {
            state.published = Some(Publication {
                summary: data.summary.clone(),
                show_body: data.show_body,
                published_on: fact.occurred_on,
            });
        }
        Is::Unpublished(_) => state.published = None,
        Is::Withdrawn(_) => state.withdrawn = true,
        Is::Closed(data) => {
            state.closed = Some(Closing {
                outcome: data.outcome,
                summary: data.summary.clone(),
                closed_on: fact.occurred_on,
            });
        }
        Is::Reopened(data) => {
            state.closed = None;
            state.withdrawn = false;
            state.reopened = true;
            if let Some(report) = &mut state.report {
                assign(&mut report.lead_body, data.lead_body.as_ref());
            }
        }
        // The key is gone, so the text reads as erased; nothing else changes.
        Is::TextErased(_) => {}
    }
}

fn report(state: &mut IssueState, fact: &Recorded<IssueEvent>, data: &IssueReported) {
    state.citations = data
        .norms
        .iter()
        .enumerate()
        .map(|(index, norm)| (inner_id(fact.id, "norms", index), norm.clone()))
        .collect();
    for (index, position) in data.positions.iter().enumerate() {
        hold(state, fact, inner_id(fact.id, "positions", index), position);
    }
    state.report = Some(Box::new(Report {
        id: fact.id,
        lead_body: data.body.clone(),
        reported_on: fact.occurred_on,
        reported_at: fact.recorded_at,
        visibility: data.visibility,
        // Norms and positions live on beside the report, where they can change.
        data: IssueReported { norms: Vec::new(), positions: Vec::new(), ..data.clone() },
    }));
}

fn hold(state: &mut IssueState, fact: &Recorded<IssueEvent>, id: Uuid, position: &Position) {
    state.positions.add(HeldPosition {
        id,
        data: position.clone(),
        observed_on: fact.occurred_on,
        recorded_by: fact.body.clone(),
        fate: PositionFate::Current,
    });
}

fn fate(state: &mut IssueState, position: Uuid, fate: PositionFate) {
    if let Some(held) = state.positions.iter_mut().find(|held| held.id == position) {
        held.fate = fate;
    }
}

fn note(
    state: &mut IssueState,
    fact: &Recorded<IssueEvent>,
    audience: Audience,
    authority: Option<AuthorityId>,
    text: &Text<5000>,
) {
    state.notes.add(NoteState {
        id: fact.id,
        audience,
        authority,
        text: text.clone(),
        noted_on: fact.occurred_on,
        recorded_at: fact.recorded_at,
        body: fact.body.clone(),
    });
}

fn assign<T: Clone>(target: &mut T, change: Option<&T>) {
    if let Some(change) = change {
        target.clone_from(change);
    }
}
