//! What a question is after its history: folded for decisions, for views and for
//! the page that shows it.
//!
//! Deliberately absent: how it comes about (`fold`), who adheres (`adhesions`), what
//! its points have got (`points`), what is expected when (`deadlines`).

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{AdhesionKind, RejectionReason, RevisionKind, SilenceEffect};
use crate::norm::NormRef;
use crate::shared::{Audience, PointOutcome};
use crate::values::{AuthorityId, BodyId, Day, Number, PersonId, Ref, Sha256Hex, Text};

/// A question after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QuestionState {
    /// What was drafted and does not change; `None` when nothing was drafted.
    pub draft: Option<Box<DraftState>>,
    /// The texts, in order; the last one is the current one.
    pub texts: Vec<TextVersion>,
    /// The issues that are part of it, in order of attachment.
    pub issues: Vec<AttachedIssue>,
    /// The collections of adhesions, in order.
    pub windows: Vec<AdhesionWindow>,
    /// Adhesions, in order of recording.
    pub adhesions: Vec<AdhesionState>,
    /// Approvals, in order.
    pub approvals: Vec<Approval>,
    /// Letters that sent it, in order.
    pub dispatches: Vec<Dispatch>,
    /// The addressees, then those to whom it was passed on.
    pub tracks: Vec<Track>,
    /// Answers linked, in order.
    pub answers: Vec<AnswerLink>,
    /// Points declared unanswered or withdrawn, in order.
    pub fates: Vec<PointFate>,
    /// Notes and contacts, in order.
    pub notes: Vec<QuestionNote>,
    /// Who is in charge among staff, and until when.
    pub assigned: Option<(PersonId, Option<Day>)>,
    /// How it ended.
    pub ended: Option<Ending>,
    /// The day it was last reopened.
    pub reopened_on: Option<Day>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// What was drafted and stays as it is; what may change lives beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftState {
    /// The event that drafted it.
    pub id: Uuid,
    /// The association in charge.
    pub coordinator: BodyId,
    /// The norms in question.
    pub norms: Vec<NormRef>,
    /// What follows from silence.
    pub silence_effect: SilenceEffect,
    /// The day of the draft.
    pub drafted_on: Day,
    /// When the draft was recorded.
    pub drafted_at: Timestamp,
}

/// One version of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct TextVersion {
    /// The event that wrote it.
    pub id: Uuid,
    /// Its number, from 1.
    pub number: Number,
    /// How it differs from the one before; `None` for the first.
    pub kind: Option<RevisionKind>,
    /// Why it was written; `None` for the first.
    pub reason: Option<Text<1000>>,
    /// One line.
    pub subject: Text<300>,
    /// What has happened.
    pub background: Text<10000>,
    /// The reading the association proposes.
    pub proposed_reading: Option<Text<4000>>,
    /// The points as of this version.
    pub points: Vec<TextPoint>,
    /// The day of the text.
    pub revised_on: Day,
}

/// A point as one text words it.
#[derive(Debug, Clone, PartialEq)]
pub struct TextPoint {
    /// Its stable id.
    pub id: Uuid,
    /// What is asked.
    pub text: Text<4000>,
    /// The issues it comes from.
    pub issues: Vec<Uuid>,
    /// The addressees it is put to; all of them when empty.
    pub addressees: Vec<Uuid>,
}

/// An issue that is part of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedIssue {
    /// Which issue.
    pub issue: Uuid,
    /// Since when.
    pub attached_on: Day,
    /// Why, when it was attached by itself.
    pub reason: Option<Text<1000>>,
    /// Whether it is here only because a point of the current text names it.
    pub from_points: bool,
}

/// A collection of adhesions.
#[derive(Debug, Clone, PartialEq)]
pub struct AdhesionWindow {
    /// To which text bodies were invited to adhere.
    pub text_version: Number,
    /// The day of the invitation.
    pub opened_on: Day,
    /// Until when, as stated in the invitation.
    pub deadline: Option<Day>,
    /// The day it was closed; the day of dispatch when nobody closed it before.
    pub closed_on: Option<Day>,
    /// How many adhesions it had when it was closed.
    pub adhesions: Option<u32>,
}

/// An adhesion to one text.
#[derive(Debug, Clone, PartialEq)]
pub struct AdhesionState {
    /// Its id.
    pub id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// For which members.
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
    pub recorded_at: Timestamp,
    /// Whether it was taken back.
    pub withdrawn: Option<WithdrawnAdhesion>,
}

/// How an adhesion was taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct WithdrawnAdhesion {
    /// On which day.
    pub on: Day,
    /// Why.
    pub reason: Text<1000>,
    /// Whether the question had been sent: then the adhesion stays in the annex, marked.
    pub after_dispatch: bool,
}

/// The approval of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Its id.
    pub id: Uuid,
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
#[derive(Debug, Clone, PartialEq)]
pub struct Dispatch {
    /// Its id.
    pub id: Uuid,
    /// Which text.
    pub text_version: Number,
    /// To which addressees.
    pub addressees: Vec<Uuid>,
    /// For information.
    pub cc: Vec<AuthorityId>,
    /// The letter, as first recorded; corrections are on the tracks.
    pub communication: Option<Uuid>,
    /// The day it was sent, as first recorded.
    pub dispatched_on: Day,
}

/// What happened with one addressee.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Its id: of the addressee, or of the event that passed the question on to it.
    pub id: Uuid,
    /// Which office.
    pub addressee: AuthorityId,
    /// Through whom.
    pub via: Option<AuthorityId>,
    /// The provision that makes it competent.
    pub legal_basis: Option<Text<500>>,
    /// The day the question was sent, or passed on, to it.
    pub dispatched_on: Option<Day>,
    /// The letter that counts.
    pub communication: Option<Uuid>,
    /// When a reply may be expected, as stated at dispatch.
    pub reply_expected_by: Option<Day>,
    /// Who passed the question on to it, if anybody.
    pub forwarded_from: Option<Uuid>,
    /// The remark of the one who passed it on.
    pub forwarding_note: Option<Text<2000>>,
    /// To whom it passed the question on.
    pub forwarded_to: Vec<Uuid>,
    /// Reminders, in order.
    pub reminders: Vec<ReminderState>,
}

/// A reminder.
#[derive(Debug, Clone, PartialEq)]
pub struct ReminderState {
    /// Its id.
    pub id: Uuid,
    /// Its number on this track, from 1.
    pub n: Number,
    /// The day the letter was sent.
    pub sent_on: Day,
    /// The letter.
    pub communication: Option<Uuid>,
}

/// An answer and what it does for each point.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerLink {
    /// Which answer.
    pub answer: Uuid,
    /// What it does.
    pub points: Vec<PointOutcome>,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// The day it was linked.
    pub linked_on: Day,
}

/// What became of a point other than an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PointFate {
    /// Which point.
    pub point: Uuid,
    /// Whether it is no longer asked; otherwise it stays without an answer.
    pub withdrawn: bool,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub decided_on: Day,
}

/// A note or an informal contact.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionNote {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub audience: Audience,
    /// The office heard, when it is a contact.
    pub authority: Option<AuthorityId>,
    /// The words.
    pub text: Text<5000>,
    /// The day it refers to.
    pub noted_on: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By which body.
    pub body: Option<BodyId>,
}

/// The end of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// How.
    pub kind: EndingKind,
    /// On which day.
    pub ended_on: Day,
}

/// How a question ended.
#[derive(Debug, Clone, PartialEq)]
pub enum EndingKind {
    /// The coordinator does not take it forward.
    Rejected {
        /// Why.
        reason: RejectionReason,
        /// What answers it already.
        already_answered_by: Option<Ref>,
        /// A remark.
        note: Option<Text<2000>>,
    },
    /// It is closed.
    Closed {
        /// A remark.
        note: Option<Text<2000>>,
    },
    /// It was withdrawn.
    Withdrawn {
        /// Why.
        reason: Text<1000>,
        /// The letter that tells the addressees.
        communication: Option<Uuid>,
    },
}

impl QuestionState {
    /// The text as it stands; `None` when nothing was drafted.
    pub fn current_text(&self) -> Option<&TextVersion> {
        self.texts.last()
    }

    /// One version of the text.
    pub fn text(&self, number: Number) -> Option<&TextVersion> {
        self.texts.iter().find(|text| text.number == number)
    }

    /// Whether what was said of one text holds for the current one: only the
    /// wording has changed since.
    pub fn still_stands(&self, number: Number) -> bool {
        let mut later = self.texts.iter().filter(|text| text.number > number);
        self.text(number).is_some() && later.all(|text| text.kind == Some(RevisionKind::Editorial))
    }

    /// Whether the current text, in these very words, was approved.
    pub fn is_approved(&self) -> bool {
        self.current_text().is_some_and(|text| self.approval(text.number).is_some())
    }

    /// The approval of one text.
    pub fn approval(&self, number: Number) -> Option<&Approval> {
        self.approvals.iter().find(|approval| approval.text_version == number)
    }

    /// Whether it was sent to anybody.
    pub fn is_dispatched(&self) -> bool {
        !self.dispatches.is_empty()
    }

    /// The track of one addressee.
    pub fn track(&self, id: Uuid) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == id)
    }

    /// Whether an issue is part of the question.
    pub fn has_issue(&self, issue: Uuid) -> bool {
        self.issues.iter().any(|one| one.issue == issue)
    }
}
