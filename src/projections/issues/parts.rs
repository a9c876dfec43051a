//! The parts of an issue as it is shown.
//!
//! Depends on: `domain::issue`.

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codec::Instant;
use crate::domain::issue::{EndCause, IssueLink, IssueStatus, Known};
use crate::domain::norm::NormRef;
use crate::domain::shared::{Audience, PointResult, Territory};
use crate::domain::values::{AuthorityId, BodyId, Count, Day, DocumentRef, FormCode, Ref, Text};

/// A norm cited.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NormCitation {
    /// The citation.
    pub citation_id: Uuid,
    /// The norm, when it is identified.
    pub norm_id: Option<Uuid>,
    /// How people cite it.
    #[schema(max_length = 500)]
    pub label_it: String,
    /// As cited.
    pub norm: NormRef,
}

/// A reading and what became of it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PositionView {
    /// Its id.
    pub position_id: Uuid,
    /// Whose.
    pub authority: AuthorityId,
    /// Where.
    pub territory: Territory,
    /// How the norm is read.
    pub reading: Text<4000>,
    /// In which form it is known.
    pub form: FormCode,
    /// How it is known.
    pub known: Known,
    /// Whether it holds.
    pub current: bool,
    /// Since when.
    pub since: Option<Day>,
    /// The day it was observed.
    pub observed_on: Day,
    /// The last day.
    pub until: Option<Day>,
    /// Why it ended.
    pub cause: Option<EndCause>,
    /// Because of what.
    pub because_of: Option<Ref>,
    /// The date of the document.
    pub document_date: Option<Day>,
    /// Documents.
    #[schema(max_items = 50)]
    pub documents: Vec<DocumentRef>,
    /// Remarks, of the reading and of its end.
    #[schema(max_items = 2)]
    pub remarks: Vec<Text<2000>>,
    /// The body that recorded it.
    pub recorded_by: Option<BodyId>,
}

/// An endorsement ("succede anche da noi").
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EndorsementView {
    /// Its id.
    pub endorsement_id: Uuid,
    /// By which body.
    pub body: BodyId,
    /// For which members.
    #[schema(max_items = 500)]
    pub speaks_for: Vec<BodyId>,
    /// Which reading is seen there.
    pub position_seen: Option<Uuid>,
    /// How many people.
    pub people_affected: Option<Count>,
    /// Since when.
    pub since: Option<Day>,
    /// The day of the endorsement.
    pub endorsed_on: Day,
    /// A remark.
    pub note: Option<Text<2000>>,
}

/// A request for clarification.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClarificationView {
    /// Its id.
    pub clarification_id: Uuid,
    /// Who is asked.
    pub to: BodyId,
    /// What is asked.
    pub text: Text<4000>,
    /// On which day.
    pub requested_on: Day,
    /// What was replied.
    pub reply: Option<Text<4000>>,
    /// On which day.
    pub replied_on: Option<Day>,
}

/// Another issue, and what it is to this one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkView {
    /// Which issue.
    pub issue: Uuid,
    /// Its reference for people.
    #[schema(max_length = 30)]
    pub reference: String,
    /// Its title.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it stands.
    pub status: IssueStatus,
    /// What the link says.
    pub link: IssueLink,
    /// Whether the link stands in the other issue.
    pub from_there: bool,
}

/// An answer linked to the issue directly.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DirectAnswer {
    /// Which answer.
    pub answer: Uuid,
    /// What it does for the issue.
    pub result: PointResult,
}

/// A note or an informal contact.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoteView {
    /// Its id.
    pub note_id: Uuid,
    /// For whom.
    pub audience: Audience,
    /// The office heard, when it is a contact.
    pub authority: Option<AuthorityId>,
    /// The words.
    pub text: Text<5000>,
    /// The day it refers to.
    pub noted_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// By which body.
    pub body: Option<BodyId>,
}
