//! The parts of a question, as its page shows them.
//!
//! Depends on: `domain::question`.

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::linked::LinkedAnswer;
use super::clocks::TrackStatus;
use crate::codec::Instant;
use crate::domain::question::{AdhesionKind, RejectionReason, RevisionKind};
use crate::domain::shared::PointResult;
use crate::domain::values::{AuthorityId, BodyId, Day, Number, Ref, Sha256Hex, Text};

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
