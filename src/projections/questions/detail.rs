//! One collective question, with all its texts and everything that came of it.
//!
//! Depends on: `access`, `domain::question`, `domain::calendar`.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::audience::{Nearness, nearness};
use super::super::issues::NoteView;
use super::super::linked::{self, LinkedAnswer, LinkedIssue, Which};
use super::super::moment::Moment;
use super::super::opened;
use super::super::registry::holidays;
use super::super::things::Kind;
use super::super::titles;
use super::clocks::{Expectation, expectations, explained, points_of, track_status};
use super::list::{self, QuestionRow};
use super::parts::{
    AddresseeView, AdhesionView, AdhesionWindowView, ApprovalView, DispatchView, EndingView,
    LinkedAnswerView, PointOutcomeView, PointView, ReminderView, TextPointView, TextVersionView,
};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::calendar::{Calendar, Holiday};
use crate::domain::norm::NormRef;
use crate::domain::question::{
    AdhesionState, EndingKind, Question, QuestionContext, QuestionState, QuestionStatus,
    SilenceEffect, TextPoint, TextVersion, Track,
};
use crate::domain::values::{BodyId, Day, PersonId, Sha256Hex, Text};
use crate::event_store::StreamName;
use crate::privacy;

/// A collective question.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionDetail {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "Q-2026/0003")]
    pub reference: String,
    /// Where it stands.
    pub status: QuestionStatus,
    /// Whether something it rests on has changed.
    pub to_verify: bool,
    /// The association in charge.
    pub coordinator: BodyId,
    /// The day of the draft.
    pub drafted_on: Day,
    /// The norms in question, each in the text in force on a day.
    #[schema(max_items = 30)]
    pub norms: Vec<NormRef>,
    /// What follows from silence.
    pub silence_effect: SilenceEffect,
    /// Its texts, in order; the last is the present one.
    #[schema(max_items = 1000)]
    pub text_versions: Vec<TextVersionView>,
    /// The points of the present text and what they have got.
    #[schema(max_items = 50)]
    pub points: Vec<PointView>,
    /// The issues that are part of it, those that the reader may see.
    #[schema(max_items = 10000)]
    pub issues: Vec<LinkedIssue>,
    /// The collections of adhesions, in order.
    #[schema(max_items = 1000)]
    pub adhesion_windows: Vec<AdhesionWindowView>,
    /// How many bodies adhere to the present text, each counted once.
    #[schema(minimum = 0, maximum = 10_000)]
    pub bodies_adhering: u32,
    /// Adhesions, in order.
    #[schema(max_items = 10000)]
    pub adhesions: Vec<AdhesionView>,
    /// Approvals, in order.
    #[schema(max_items = 1000)]
    pub approvals: Vec<ApprovalView>,
    /// Letters that sent it, in order.
    #[schema(max_items = 1000)]
    pub dispatches: Vec<DispatchView>,
    /// The addressees, then those to whom it was passed on.
    #[schema(max_items = 100)]
    pub addressees: Vec<AddresseeView>,
    /// Everything that is expected, the earliest first.
    #[schema(max_items = 200)]
    pub expected: Vec<Expectation>,
    /// The answers linked, in order.
    #[schema(max_items = 1000)]
    pub answers: Vec<LinkedAnswerView>,
    /// The notes and contacts that are for the reader, in order.
    #[schema(max_items = 10000)]
    pub notes: Vec<NoteView>,
    /// Who is in charge among staff, by an opaque reference.
    pub assigned_to: Option<PersonId>,
    /// Until when.
    pub assigned_until: Option<Day>,
    /// How it ended.
    pub ending: Option<EndingView>,
    /// The day it was last reopened.
    pub reopened_on: Option<Day>,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

impl Moment {
    /// One question as it stands on a day; `None` when it does not exist or may not be read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_question(
        &self,
        scope: &Scope,
        id: Uuid,
        on: Day,
    ) -> Result<Option<QuestionDetail>, ViewsError> {
        let Some(row) = self.read(|conn| list::one(conn, scope, id, on))? else { return Ok(None) };
        let state = opened::state::<Question>(self, id, row.revision.into()).await?;
        let (mut issues, answers, withdrawn, holidays, near) = self.read(|conn| {
            Ok((
                linked::issues(conn, scope, on, Which::LinkedFrom(id, "issue"))?,
                linked::answers(conn, scope, on, Which::LinkedFrom(id, "answer"))?,
                linked::withdrawn_answers(conn, id, on)?,
                holidays(conn)?,
                nearness(conn, scope, Kind::Question, id, Some(&row.coordinator))?,
            ))
        })?;
        titles::open(self.texts(), &mut issues).await?;
        let hashes = self.text_hashes(id, &state).await?;
        let context = QuestionContext { withdrawn_answers: withdrawn };
        let shown = Shown { row, state, context, issues, answers, holidays, hashes, near };
        let Some(mut detail) = shown.detail() else { return Ok(None) };
        self.read(|conn| {
            let adhesions = detail.adhesions.iter_mut().map(|one| &mut one.communication);
            let dispatches = detail.dispatches.iter_mut().map(|one| &mut one.communication);
            let ending = detail.ending.iter_mut().map(|one| &mut one.communication);
            let mut letters: Vec<_> = adhesions.chain(dispatches).chain(ending).collect();
            for track in &mut detail.addressees {
                letters.push(&mut track.communication);
                letters.extend(track.reminders.iter_mut().map(|one| &mut one.communication));
            }
            for letter in letters {
                linked::keep_named(conn, scope, letter)?;
            }
            if let Some(ending) = &mut detail.ending {
                linked::keep_referred(conn, scope, &mut ending.already_answered_by)?;
            }
            Ok(())
        })?;
        Ok(Some(detail))
    }

    /// What an adhesion to each text binds to: the hash of the stored bytes of its event.
    async fn text_hashes(
        &self,
        id: Uuid,
        state: &QuestionState,
    ) -> Result<Vec<Option<Sha256Hex>>, ViewsError> {
        let mut hashes = Vec::with_capacity(state.texts.len());
        let Ok(stream) = StreamName::new(format!("question-{id}")) else { return Ok(hashes) };
        for text in &state.texts {
            let stored = self.texts().store().find_command(&stream, text.id).await?;
            hashes.push(stored.and_then(|one| privacy::sha256_hex(&one.data).parse().ok()));
        }
        Ok(hashes)
    }
}

/// What was read of a question.
struct Shown {
    row: QuestionRow,
    state: QuestionState,
    context: QuestionContext,
    issues: Vec<LinkedIssue>,
    answers: Vec<LinkedAnswer>,
    holidays: Vec<Holiday>,
    hashes: Vec<Option<Sha256Hex>>,
    near: Nearness,
}

impl Shown {
    fn detail(self) -> Option<QuestionDetail> {
        let calendar = Calendar::new(&self.holidays);
        let (state, row) = (&self.state, &self.row);
        let draft = state.draft.as_deref()?;
        Some(QuestionDetail {
            id: row.id,
            reference: row.reference.clone(),
            status: row.status,
            to_verify: row.to_verify,
            coordinator: row.coordinator.clone(),
            drafted_on: draft.drafted_on,
            norms: draft.norms.clone(),
            silence_effect: draft.silence_effect,
            text_versions: self.texts(),
            points: state.points().map(|point| self.point(point)).collect(),
            adhesion_windows: self.windows(&calendar),
            bodies_adhering: row.adhesions,
            adhesions: self.adhesions(),
            approvals: self.approvals(),
            dispatches: self.dispatches(),
            addressees: state.tracks.iter().map(|one| self.track(one, &calendar)).collect(),
            expected: expectations(state, &self.context, &calendar),
            answers: self.linked_answers(),
            notes: self.notes(),
            assigned_to: state.assigned.as_ref().map(|(who, _)| who.clone()),
            assigned_until: state.assigned.as_ref().and_then(|(_, until)| *until),
            ending: self.ending(),
            reopened_on: state.reopened_on,
            updated_at: row.updated_at,
            revision: row.revision,
            issues: self.issues,
        })
    }

    fn texts(&self) -> Vec<TextVersionView> {
        let readable: BTreeSet<Uuid> = self.issues.iter().map(|issue| issue.id).collect();
        let view = |(text, hash): (&TextVersion, &Option<Sha256Hex>)| TextVersionView {
            text_version: text.number,
            kind: text.kind,
            reason: text.reason.clone(),
            subject: text.subject.clone(),
            background: text.background.clone(),
            proposed_reading: text.proposed_reading.clone(),
            points: text
                .points
                .iter()
                .map(|point| TextPointView {
                    point_id: point.id,
                    text: point.text.clone(),
                    issues: point
                        .issues
                        .iter()
                        .filter(|id| readable.contains(id))
                        .copied()
                        .collect(),
                    addressees: point.addressees.clone(),
                })
                .collect(),
            revised_on: text.revised_on,
            text_sha256: hash.clone(),
        };
        self.state.texts.iter().zip(&self.hashes).map(view).collect()
    }

    fn point(&self, point: &TextPoint) -> PointView {
        let standing = self.state.standing(point.id, &self.context);
        let fate = self.state.fate(point.id);
        PointView {
            point_id: point.id,
            text: point.text.clone(),
            best: standing.best,
            open: standing.is_open(),
            declared_unanswered: standing.declared_unanswered,
            withdrawn: standing.withdrawn,
            reason: fate.map(|fate| fate.reason.clone()),
            decided_on: fate.map(|fate| fate.decided_on),
        }
    }

    fn windows(&self, calendar: &Calendar<'_>) -> Vec<AdhesionWindowView> {
        let view = |window: &crate::domain::question::AdhesionWindow| {
            let end = window.expected_end(calendar);
            AdhesionWindowView {
                text_version: window.text_version,
                opened_on: window.opened_on,
                until: end.as_ref().map(crate::domain::question::Expected::day),
                explanation: end.map(|end| explained(&end, "come indicato nell'invito ad aderire")),
                closed_on: window.closed_on,
            }
        };
        self.state.windows.iter().map(view).collect()
    }

    fn adhesions(&self) -> Vec<AdhesionView> {
        let annex: BTreeSet<Uuid> = self.state.annex().map(|one| one.id).collect();
        let standing: BTreeSet<Uuid> = self.state.standing_adhesions().map(|one| one.id).collect();
        let view = |one: &AdhesionState| AdhesionView {
            adhesion_id: one.id,
            body: one.body.clone(),
            speaks_for: one.speaks_for.clone(),
            signatory_role: one.signatory_role.clone(),
            text_version: one.text_version,
            text_sha256: one.text_sha256.clone(),
            kind: one.kind,
            communication: one.communication,
            signed_on: one.signed_on,
            recorded_at: Instant(one.recorded_at),
            holds: standing.contains(&one.id),
            in_annex: annex.contains(&one.id),
            withdrawn_on: one.withdrawn.as_ref().map(|taken_back| taken_back.on),
            withdrawn_because: one.withdrawn.as_ref().map(|back| back.reason.clone()),
        };
        self.state.adhesions.iter().map(view).collect()
    }

    fn approvals(&self) -> Vec<ApprovalView> {
        let approvals = self.state.approvals.iter().map(|one| ApprovalView {
            approval_id: one.id,
            text_version: one.text_version,
            role: one.role.clone(),
            approved_on: one.approved_on,
            body: one.body.clone(),
        });
        approvals.collect()
    }

    fn dispatches(&self) -> Vec<DispatchView> {
        let dispatches = self.state.dispatches.iter().map(|one| DispatchView {
            dispatch_id: one.id,
            text_version: one.text_version,
            addressees: one.addressees.clone(),
            cc: one.cc.clone(),
            communication: one.communication,
            dispatched_on: one.dispatched_on,
        });
        dispatches.collect()
    }

    fn track(&self, track: &Track, calendar: &Calendar<'_>) -> AddresseeView {
        let reply = track.reply_expected(calendar);
        let reminder =
            self.state.reminders_due(&self.context, calendar).find(|due| due.track.id == track.id);
        AddresseeView {
            addressee_id: track.id,
            addressee: track.addressee.clone(),
            via: track.via.clone(),
            legal_basis: track.legal_basis.clone(),
            status: track_status(&self.state, &self.context, track),
            points: points_of(&self.state, track.id),
            dispatched_on: track.dispatched_on,
            communication: track.communication,
            reply_expected_on: reply.as_ref().map(crate::domain::question::Expected::day),
            reply_explanation: reply.map(|reply| explained(&reply, "come indicato all'invio")),
            next_reminder_on: reminder.as_ref().map(|due| due.due.date.into()),
            reminder_explanation: reminder.as_ref().map(|due| due.due.explain_it()),
            propose_escalation: reminder.is_some_and(|due| due.propose_escalation),
            forwarded_from: track.forwarded_from,
            forwarding_note: track.forwarding_note.clone(),
            forwarded_to: track.forwarded_to.clone(),
            reminders: track
                .reminders
                .iter()
                .map(|one| ReminderView {
                    n: one.n,
                    sent_on: one.sent_on,
                    communication: one.communication,
                })
                .collect(),
        }
    }

    fn linked_answers(&self) -> Vec<LinkedAnswerView> {
        let view = |link: &crate::domain::question::AnswerLink| LinkedAnswerView {
            answer: self.answers.iter().find(|answer| answer.id == link.answer).cloned(),
            points: link
                .points
                .iter()
                .map(|one| PointOutcomeView { point_id: one.point_id, result: one.result })
                .collect(),
            note: link.note.clone(),
            linked_on: link.linked_on,
        };
        self.state.answers.iter().map(view).collect()
    }

    fn notes(&self) -> Vec<NoteView> {
        let heard = self.state.notes.iter().filter(|note| self.near.hears(note.audience));
        let view = |note: &crate::domain::question::QuestionNote| NoteView {
            note_id: note.id,
            audience: note.audience,
            authority: note.authority.clone(),
            text: note.text.clone(),
            noted_on: note.noted_on,
            recorded_at: crate::codec::Instant(note.recorded_at),
            body: note.body.clone(),
        };
        heard.map(view).collect()
    }

    fn ending(&self) -> Option<EndingView> {
        let ending = self.state.ended.as_ref()?;
        let mut view = EndingView {
            ended_on: ending.ended_on,
            rejection: None,
            already_answered_by: None,
            note: None,
            communication: None,
        };
        match &ending.kind {
            EndingKind::Rejected { reason, already_answered_by, note } => {
                view.rejection = Some(*reason);
                view.already_answered_by.clone_from(already_answered_by);
                view.note.clone_from(note);
            }
            EndingKind::Closed { note } => view.note.clone_from(note),
            EndingKind::Withdrawn { reason, communication } => {
                view.note = reason.clear().and_then(|words| Text::new(words).ok());
                view.communication = *communication;
            }
        }
        Some(view)
    }
}
