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
use super::super::opened;
use super::super::registry::holidays;
use super::super::things::Kind;
use super::super::titles;
use super::super::views::Views;
use super::clocks::{Expectation, TrackStatus, expectations, explained, points_of, track_status};
use super::list::{self, QuestionRow};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::calendar::{Calendar, Holiday};
use crate::domain::norm::NormRef;
use crate::domain::question::{
    AdhesionKind, AdhesionState, EndingKind, Question, QuestionContext, QuestionState,
    QuestionStatus, RejectionReason, RevisionKind, SilenceEffect, TextPoint, TextVersion, Track,
};
use crate::domain::shared::PointResult;
use crate::domain::values::{AuthorityId, BodyId, Day, Number, PersonId, Ref, Sha256Hex, Text};
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

/// A version of the text.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TextVersionView {
    /// Its number, from 1.
    pub text_version: Number,
    /// How it differs from the one before.
    pub kind: Option<RevisionKind>,
    /// Why it was written.
    pub reason: Option<Text<1000>>,
    /// One line.
    pub subject: Text<300>,
    /// What has happened.
    pub background: Text<10000>,
    /// The reading the association proposes.
    pub proposed_reading: Option<Text<4000>>,
    /// The points as of this version.
    #[schema(max_items = 50)]
    pub points: Vec<TextPointView>,
    /// The day of the text.
    pub revised_on: Day,
    /// The SHA-256 of the stored bytes that an adhesion to this text binds to.
    pub text_sha256: Option<Sha256Hex>,
}

/// A point as one text words it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TextPointView {
    /// Its stable id.
    pub point_id: Uuid,
    /// What is asked.
    pub text: Text<4000>,
    /// The issues it comes from, those that the reader may see.
    #[schema(max_items = 100)]
    pub issues: Vec<Uuid>,
    /// The addressees it is put to; all of them when empty.
    #[schema(max_items = 20)]
    pub addressees: Vec<Uuid>,
}

/// A point and what it has got.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PointView {
    /// Its stable id.
    pub point_id: Uuid,
    /// What is asked.
    pub text: Text<4000>,
    /// The best that a valid answer does for it.
    pub best: Option<PointResult>,
    /// Whether something is still to be done about it.
    pub open: bool,
    /// Whether it was accepted that it stays without an answer.
    pub declared_unanswered: bool,
    /// Whether it is no longer asked.
    pub withdrawn: bool,
    /// Why it was declared unanswered or withdrawn.
    pub reason: Option<Text<1000>>,
    /// On which day.
    pub decided_on: Option<Day>,
}

/// A collection of adhesions.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AdhesionWindowView {
    /// To which text bodies were invited to adhere.
    pub text_version: Number,
    /// The day of the invitation.
    pub opened_on: Day,
    /// Until when adhesions are expected.
    pub until: Option<Day>,
    /// Why until then, in Italian.
    #[schema(max_length = 2000)]
    pub explanation: Option<String>,
    /// The day it was closed.
    pub closed_on: Option<Day>,
}

/// An adhesion to one text.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AdhesionView {
    /// Its id.
    pub adhesion_id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// For which members.
    #[schema(max_items = 100)]
    pub speaks_for: Vec<BodyId>,
    /// In which role the signatory signs.
    pub signatory_role: Text<120>,
    /// To which text.
    pub text_version: Number,
    /// The hash of that text.
    pub text_sha256: Option<Sha256Hex>,
    /// Before dispatch or in support.
    pub kind: AdhesionKind,
    /// The letter that carries it.
    pub communication: Option<Uuid>,
    /// The day of the signature.
    pub signed_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it holds for the present text.
    pub holds: bool,
    /// Whether it is listed in the annex of the letter.
    pub in_annex: bool,
    /// The day it was taken back.
    pub withdrawn_on: Option<Day>,
    /// Why it was taken back.
    pub withdrawn_because: Option<Text<1000>>,
}

/// The approval of one text.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Its id.
    pub approval_id: Uuid,
    /// Which text.
    pub text_version: Number,
    /// In which role.
    pub role: Text<120>,
    /// On which day.
    pub approved_on: Day,
    /// For which body.
    pub body: Option<BodyId>,
}

/// One sending.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DispatchView {
    /// Its id.
    pub dispatch_id: Uuid,
    /// Which text.
    pub text_version: Number,
    /// To which addressees.
    #[schema(max_items = 20)]
    pub addressees: Vec<Uuid>,
    /// For information.
    #[schema(max_items = 20)]
    pub cc: Vec<AuthorityId>,
    /// The letter, as first recorded.
    pub communication: Option<Uuid>,
    /// The day it was sent, as first recorded.
    pub dispatched_on: Day,
}

/// What happened with one addressee.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AddresseeView {
    /// Its id in the question.
    pub addressee_id: Uuid,
    /// Which office.
    pub addressee: AuthorityId,
    /// Through whom.
    pub via: Option<AuthorityId>,
    /// The provision that makes it competent.
    pub legal_basis: Option<Text<500>>,
    /// Where the question stands with it.
    pub status: TrackStatus,
    /// The points put to it.
    #[schema(max_items = 50)]
    pub points: Vec<Uuid>,
    /// The day the question was sent, or passed on, to it.
    pub dispatched_on: Option<Day>,
    /// The letter that counts.
    pub communication: Option<Uuid>,
    /// When a reply may be expected.
    pub reply_expected_on: Option<Day>,
    /// Why then, in Italian.
    #[schema(max_length = 2000)]
    pub reply_explanation: Option<String>,
    /// When the next reminder falls due.
    pub next_reminder_on: Option<Day>,
    /// Why then, in Italian.
    #[schema(max_length = 2000)]
    pub reminder_explanation: Option<String>,
    /// Whether to take the question to a higher level instead of one more reminder.
    pub propose_escalation: bool,
    /// Who passed the question on to it.
    pub forwarded_from: Option<Uuid>,
    /// The remark of the one who passed it on.
    pub forwarding_note: Option<Text<2000>>,
    /// To whom it passed the question on.
    #[schema(max_items = 20)]
    pub forwarded_to: Vec<Uuid>,
    /// Reminders, in order.
    #[schema(max_items = 1000)]
    pub reminders: Vec<ReminderView>,
}

/// A reminder.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReminderView {
    /// Its number, from 1.
    pub n: Number,
    /// The day the letter was sent.
    pub sent_on: Day,
    /// The letter.
    pub communication: Option<Uuid>,
}

/// An answer and what it does for each point.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkedAnswerView {
    /// The answer, when the reader may see it.
    pub answer: Option<LinkedAnswer>,
    /// What it does for the points.
    #[schema(max_items = 50)]
    pub points: Vec<PointOutcomeView>,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// The day it was linked.
    pub linked_on: Day,
}

/// What an answer does for one point.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PointOutcomeView {
    /// Which point.
    pub point_id: Uuid,
    /// What it does for it.
    pub result: PointResult,
}

/// How a question ended.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EndingView {
    /// On which day.
    pub ended_on: Day,
    /// Why the coordinator did not take it forward.
    pub rejection: Option<RejectionReason>,
    /// What answers it already.
    pub already_answered_by: Option<Ref>,
    /// A remark, or why it was withdrawn.
    pub note: Option<Text<2000>>,
    /// The letter that tells the addressees.
    pub communication: Option<Uuid>,
}

impl Views {
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
        let state = opened::state::<Question>(self.texts(), id, row.revision.into()).await?;
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
            for ending in &mut detail.ending {
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
            recorded_at: note.recorded_at,
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
