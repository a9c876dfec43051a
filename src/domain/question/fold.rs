//! How the history of a question becomes its state. Total: what does not fit is
//! passed over, history is never refused.

use uuid::Uuid;

use super::events::{
    AdhesionGiven, Point, QuestionDispatched, QuestionDrafted, QuestionEvent, QuestionForwarded,
    RevisionKind, TextRevised,
};
use super::state::{
    AdhesionState, AdhesionWindow, AnswerLink, Approval, AttachedIssue, Dispatch, DraftState,
    Ending, EndingKind, PointFate, QuestionNote, QuestionState, ReminderState, TextPoint,
    TextVersion, Track, WithdrawnAdhesion,
};
use crate::Recorded;
use crate::lists::Add;
use crate::shared::Audience;
use crate::values::{AuthorityId, Day, Number, Text, inner_id};

/// Applies one event.
#[expect(clippy::too_many_lines, reason = "one arm for each event, read as a table")]
pub(super) fn evolve(state: &mut QuestionState, fact: &Recorded<QuestionEvent>) {
    use QuestionEvent as Is;

    state.updated_at = fact.recorded_at;
    state.events += 1;
    match &fact.event {
        Is::Drafted(data) => draft(state, fact, data),
        Is::IssueAttached(data) => {
            state.issues.retain(|one| one.issue != data.issue);
            state.issues.add(AttachedIssue {
                issue: data.issue,
                attached_on: fact.occurred_on,
                reason: data.reason.clone(),
                from_points: false,
            });
        }
        Is::IssueDetached(data) => state.issues.retain(|one| one.issue != data.issue),
        Is::TextRevised(data) => revise(state, fact, data),
        Is::AdhesionsOpened(data) => state.windows.add(AdhesionWindow {
            text_version: data.text_version,
            opened_on: fact.occurred_on,
            deadline: data.deadline,
            closed_on: None,
            adhesions: None,
        }),
        Is::AdhesionsClosed(data) => close_window(state, fact.occurred_on, data.adhesions),
        Is::AdhesionGiven(data) => adhere(state, fact, data),
        Is::AdhesionWithdrawn(data) => {
            let after_dispatch = state.is_dispatched();
            let given = state.adhesions.iter_mut().find(|one| one.id == data.adhesion_id);
            if let Some(adhesion) = given {
                adhesion.withdrawn = Some(WithdrawnAdhesion {
                    on: fact.occurred_on,
                    reason: data.reason.clone(),
                    after_dispatch,
                });
            }
        }
        Is::Approved(data) => state.approvals.add(Approval {
            id: fact.id,
            text_version: data.text_version,
            role: data.role.clone(),
            approved_on: fact.occurred_on,
            body: fact.body.clone(),
        }),
        Is::Dispatched(data) => dispatch(state, fact, data),
        Is::DispatchCorrected(data) => {
            let named = |track: &&mut Track| data.addressees.contains(&track.id);
            for track in state.tracks.iter_mut().filter(named) {
                track.communication = data.communication.or(track.communication);
                track.dispatched_on = data.dispatched_on.or(track.dispatched_on);
            }
        }
        Is::ReminderSent(data) => {
            let reminded = state.tracks.iter_mut().find(|track| track.id == data.addressee);
            if let Some(track) = reminded
                && let Some(n) = data.n.or_else(|| track.next_reminder())
            {
                track.reminders.add(ReminderState {
                    id: fact.id,
                    n,
                    sent_on: fact.occurred_on,
                    communication: data.communication,
                });
            }
        }
        Is::Forwarded(data) => forward(state, fact, data),
        Is::AnswerLinked(data) => state.answers.add(AnswerLink {
            answer: data.answer,
            points: data.points.clone(),
            note: data.note.clone(),
            linked_on: fact.occurred_on,
        }),
        Is::AnswerUnlinked(data) => state.answers.retain(|link| link.answer != data.answer),
        Is::PointDeclaredUnanswered(data) => {
            fate(state, fact.occurred_on, data.point_id, false, &data.reason);
        }
        Is::PointWithdrawn(data) => {
            fate(state, fact.occurred_on, data.point_id, true, &data.reason);
        }
        Is::Rejected(data) => {
            let rejected = EndingKind::Rejected {
                reason: data.reason,
                already_answered_by: data.already_answered_by.clone(),
                note: data.note.clone(),
            };
            state.ended = Some(Ending { kind: rejected, ended_on: fact.occurred_on });
        }
        Is::Closed(data) => {
            let closed = EndingKind::Closed { note: data.note.clone() };
            state.ended = Some(Ending { kind: closed, ended_on: fact.occurred_on });
        }
        Is::Withdrawn(data) => {
            let withdrawn = EndingKind::Withdrawn {
                reason: data.reason.clone(),
                communication: data.communication,
            };
            state.ended = Some(Ending { kind: withdrawn, ended_on: fact.occurred_on });
        }
        Is::Reopened(_) => {
            state.ended = None;
            state.reopened_on = Some(fact.occurred_on);
            // That a point stays without an answer was accepted for the end that is
            // undone; what is no longer asked stays so.
            state.fates.retain(|fate| fate.withdrawn);
        }
        Is::Assigned(data) => state.assigned = Some((data.staff_member.clone(), data.until)),
        Is::NoteAdded(data) => note(state, fact, data.audience, None, &data.text),
        Is::ContactRecorded(data) => {
            note(state, fact, Audience::Internal, Some(data.authority.clone()), &data.text);
        }
        // The key is gone, so the text reads as erased; nothing else changes.
        Is::TextErased(_) => {}
    }
}

fn draft(state: &mut QuestionState, fact: &Recorded<QuestionEvent>, data: &QuestionDrafted) {
    state.draft = Some(Box::new(DraftState {
        id: fact.id,
        coordinator: data.coordinator.clone(),
        norms: data.norms.clone(),
        silence_effect: data.silence_effect,
        drafted_on: fact.occurred_on,
        drafted_at: fact.recorded_at,
    }));
    let track = |(index, to): (usize, &super::events::Addressee)| Track {
        id: to.addressee_id.unwrap_or_else(|| inner_id(fact.id, "addressees", index)),
        addressee: to.addressee.clone(),
        via: to.via.clone(),
        legal_basis: to.legal_basis.clone(),
        dispatched_on: None,
        communication: None,
        reply_expected_by: None,
        forwarded_from: None,
        forwarding_note: None,
        forwarded_to: Vec::new(),
        reminders: Vec::new(),
    };
    state.tracks = data.addressees.iter().enumerate().map(track).collect();
    let Some(number) = next_text(state) else { return };
    state.texts.add(TextVersion {
        id: fact.id,
        number,
        kind: None,
        reason: None,
        subject: data.subject.clone(),
        background: data.background.clone(),
        proposed_reading: data.proposed_reading.clone(),
        points: text_points(fact.id, &data.points),
        revised_on: fact.occurred_on,
    });
    attach_from_points(state, fact.occurred_on, &[]);
}

fn revise(state: &mut QuestionState, fact: &Recorded<QuestionEvent>, data: &TextRevised) {
    let (Some(before), Some(next)) = (state.current_text().cloned(), next_text(state)) else {
        return;
    };
    let points = data.points.as_deref().map(|points| text_points(fact.id, points));
    let named_before = named_issues(state);
    state.texts.add(TextVersion {
        id: fact.id,
        number: next,
        kind: Some(data.kind),
        reason: Some(data.reason.clone()),
        subject: data.subject.clone().unwrap_or(before.subject),
        background: data.background.clone().unwrap_or(before.background),
        proposed_reading: data.proposed_reading.clone().or(before.proposed_reading),
        points: points.unwrap_or(before.points),
        revised_on: fact.occurred_on,
    });
    attach_from_points(state, fact.occurred_on, &named_before);
    if data.kind == RevisionKind::Substance {
        // What was collected was for another text.
        close_window(state, fact.occurred_on, None);
    }
}

/// The number of the next text. Counted, so that texts are numbered without gaps
/// whatever a history says.
pub(super) fn next_text(state: &QuestionState) -> Option<Number> {
    Number::new(state.current_text().map_or(0, |text| text.number.get()) + 1)
}

fn text_points(event: Uuid, points: &[Point]) -> Vec<TextPoint> {
    let point = |(index, point): (usize, &Point)| TextPoint {
        id: point.point_id.unwrap_or_else(|| inner_id(event, "points", index)),
        text: point.text.clone(),
        issues: point.issues.clone(),
        addressees: point.addressees.clone(),
    };
    points.iter().enumerate().map(point).collect()
}

fn named_issues(state: &QuestionState) -> Vec<Uuid> {
    state.points().flat_map(|point| point.issues.iter().copied()).collect()
}

/// The issues that the points of a new text name become part of the question, and
/// those that only an earlier text named no longer are. An issue that was detached
/// stays so although its point, which is still asked, goes on naming it.
fn attach_from_points(state: &mut QuestionState, on: Day, named_before: &[Uuid]) {
    let named = named_issues(state);
    state.issues.retain(|one| !one.from_points || named.contains(&one.issue));
    for issue in named {
        if !named_before.contains(&issue) && !state.has_issue(issue) {
            let attached =
                AttachedIssue { issue, attached_on: on, reason: None, from_points: true };
            state.issues.add(attached);
        }
    }
}

fn close_window(state: &mut QuestionState, on: Day, adhesions: Option<u32>) {
    if let Some(window) = state.windows.last_mut().filter(|window| window.closed_on.is_none()) {
        window.closed_on = Some(on);
        window.adhesions = adhesions;
    }
}

fn adhere(state: &mut QuestionState, fact: &Recorded<QuestionEvent>, data: &AdhesionGiven) {
    state.adhesions.add(AdhesionState {
        id: fact.id,
        body: data.body.clone(),
        speaks_for: data.speaks_for.clone(),
        signatory_role: data.signatory_role.clone(),
        text_version: data.text_version,
        text_sha256: data.text_sha256.clone(),
        kind: data.kind,
        communication: data.communication,
        signed_on: fact.occurred_on,
        recorded_at: fact.recorded_at,
        withdrawn: None,
    });
}

fn dispatch(state: &mut QuestionState, fact: &Recorded<QuestionEvent>, data: &QuestionDispatched) {
    let reached = |track: &&mut Track| match data.addressees.as_slice() {
        [] => track.dispatched_on.is_none(),
        named => named.contains(&track.id),
    };
    let mut addressees = Vec::new();
    for track in state.tracks.iter_mut().filter(reached) {
        track.dispatched_on = Some(fact.occurred_on);
        track.communication = data.communication;
        track.reply_expected_by = data.reply_expected_by;
        addressees.push(track.id);
    }
    close_window(state, fact.occurred_on, None);
    state.dispatches.add(Dispatch {
        id: fact.id,
        text_version: data.text_version,
        addressees,
        cc: data.cc.clone(),
        communication: data.communication,
        dispatched_on: fact.occurred_on,
    });
}

fn forward(state: &mut QuestionState, fact: &Recorded<QuestionEvent>, data: &QuestionForwarded) {
    if let Some(from) = state.tracks.iter_mut().find(|track| track.id == data.from) {
        from.forwarded_to.add(fact.id);
    }
    state.tracks.add(Track {
        id: fact.id,
        addressee: data.to.clone(),
        via: None,
        legal_basis: None,
        dispatched_on: Some(fact.occurred_on),
        communication: data.communication,
        reply_expected_by: None,
        forwarded_from: Some(data.from),
        forwarding_note: data.note.clone(),
        forwarded_to: Vec::new(),
        reminders: Vec::new(),
    });
}

fn fate(state: &mut QuestionState, on: Day, point: Uuid, withdrawn: bool, reason: &Text<1000>) {
    state.fates.add(PointFate { point, withdrawn, reason: reason.clone(), decided_on: on });
}

fn note(
    state: &mut QuestionState,
    fact: &Recorded<QuestionEvent>,
    audience: Audience,
    authority: Option<AuthorityId>,
    text: &Text<5000>,
) {
    state.notes.add(QuestionNote {
        id: fact.id,
        audience,
        authority,
        text: text.clone(),
        noted_on: fact.occurred_on,
        recorded_at: fact.recorded_at,
        body: fact.body.clone(),
    });
}
