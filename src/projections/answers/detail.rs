//! One answer, with everything that rests on it.
//!
//! Depends on: `access`, `domain::answer`.

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::linked::{
    self, LinkedAnswer, LinkedIssue, LinkedQuestion, LinkedSolution, Which,
};
use super::super::moment::Moment;
use super::super::opened;
use super::super::titles;
use super::list::{self, AnswerRow};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::answer::{
    Answer, AnswerOrigin, AnswerState, Assessment, Conflict, Review, Validity,
};
use crate::domain::norm::NormRef;
use crate::domain::shared::{Act, Visibility};
use crate::domain::values::{AuthorityId, BodyId, Day, DocumentRef, FormCode, PersonId, Ref, Text};

/// An answer.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnswerDetail {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "R-2026/0007")]
    pub reference: String,
    /// The association that received it.
    pub coordinator: BodyId,
    /// Who may see it.
    pub visibility: Visibility,
    /// How it came about.
    pub origin: AnswerOrigin,
    /// Who answers; often not who was asked.
    #[schema(max_items = 10)]
    pub authors: Vec<AuthorityId>,
    /// In which form.
    pub form: FormCode,
    /// The date of the document.
    pub document_date: Day,
    /// When it was received.
    pub received_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it may be relied on, on the day.
    pub validity: Validity,
    /// The letter that carries it; only some may read letters.
    pub communication: Option<Uuid>,
    /// Where it is published, when no letter carries it.
    pub address: Option<Text<500>>,
    /// The norms it reads, each in the text in force on a day.
    #[schema(max_items = 30)]
    pub norms: Vec<NormRef>,
    /// The act it became.
    pub act: Option<Act>,
    /// What it says.
    pub text: Option<Text<10000>>,
    /// The documents.
    #[schema(max_items = 20)]
    pub documents: Vec<DocumentRef>,
    /// How much it says.
    pub assessment: Option<AssessmentView>,
    /// What took its place.
    pub supersession: Option<SupersessionView>,
    /// That an author took it back.
    pub withdrawal: Option<WithdrawalView>,
    /// Conflicts with other answers, whichever of the two declared them.
    #[schema(max_items = 1000)]
    pub conflicts: Vec<ConflictView>,
    /// Reviews, in order.
    #[schema(max_items = 1000)]
    pub reviews: Vec<ReviewView>,
    /// Confirmations, in order.
    #[schema(max_items = 1000)]
    pub confirmations: Vec<ConfirmationView>,
    /// The questions it is linked to.
    #[schema(max_items = 10000)]
    pub questions: Vec<LinkedQuestion>,
    /// The issues it is linked to, directly or through a question.
    #[schema(max_items = 10000)]
    pub issues: Vec<LinkedIssue>,
    /// The solutions that rest on it.
    #[schema(max_items = 10000)]
    pub solutions: Vec<LinkedSolution>,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// How much an answer says.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AssessmentView {
    /// How much.
    pub assessment: Assessment,
    /// A remark.
    pub note: Option<Text<2000>>,
    /// On which day.
    pub assessed_on: Day,
}

/// What took the place of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SupersessionView {
    /// What.
    pub by: Ref,
    /// From when.
    pub from: Day,
    /// Why.
    pub reason: Text<1000>,
    /// When that was recorded.
    pub recorded_at: Instant,
}

/// That an author took the answer back.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WithdrawalView {
    /// Which author.
    pub by: AuthorityId,
    /// From when.
    pub from: Day,
    /// Why.
    pub reason: Text<1000>,
    /// When that was recorded.
    pub recorded_at: Instant,
}

/// A conflict with another answer.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictView {
    /// The event that declared it.
    pub conflict_id: Uuid,
    /// The other answer, when the reader may see it.
    pub with: Option<LinkedAnswer>,
    /// Whether the other answer declares it; it is settled there.
    pub from_there: bool,
    /// Why.
    pub reason: Text<1000>,
    /// On which day it was declared.
    pub declared_on: Day,
    /// How it was settled.
    pub settled: Option<SettlementView>,
}

/// How a conflict was settled.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SettlementView {
    /// Which of the two prevails; neither when absent.
    pub prevails: Option<Uuid>,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub settled_on: Day,
}

/// A review that was asked for.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReviewView {
    /// Its id.
    pub review_id: Uuid,
    /// Why.
    pub reason: Text<1000>,
    /// What has changed.
    pub because_of: Option<Ref>,
    /// Who reviews, by an opaque reference.
    pub reviewer: PersonId,
    /// By when.
    pub due: Day,
    /// The day it was asked for.
    pub flagged_on: Day,
    /// The day of the confirmation that closed it.
    pub confirmed_on: Option<Day>,
}

/// That a review found it still good.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConfirmationView {
    /// The review it closes; all that were open when absent.
    pub review_id: Option<Uuid>,
    /// Why.
    pub reason: Text<1000>,
    /// On which day.
    pub confirmed_on: Day,
}

impl From<&Review> for ReviewView {
    fn from(review: &Review) -> Self {
        Self {
            review_id: review.id,
            reason: review.reason.clone(),
            because_of: review.because_of.clone(),
            reviewer: review.reviewer.clone(),
            due: review.due,
            flagged_on: review.flagged_on,
            confirmed_on: review.confirmed_on,
        }
    }
}

impl Moment {
    /// One answer as it stands on a day; `None` when it does not exist or may not be read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_answer(
        &self,
        scope: &Scope,
        id: Uuid,
        on: Day,
    ) -> Result<Option<AnswerDetail>, ViewsError> {
        let Some(row) = self.read(|conn| list::one(conn, scope, id, on))? else { return Ok(None) };
        let state = opened::state::<Answer>(self, id, row.revision.into()).await?;
        let conflicts = self.conflicts(scope, id, &state, on).await?;
        let (mut questions, mut issues, mut solutions) = self.read(|conn| {
            Ok((
                linked::questions(conn, scope, on, Which::LinkingTo(id, "answer"))?,
                linked::issues(conn, scope, on, Which::Answered(id))?,
                linked::solutions(conn, scope, on, Which::LinkingTo(id, "basis"))?,
            ))
        })?;
        titles::open(self.texts(), &mut questions).await?;
        titles::open(self.texts(), &mut issues).await?;
        titles::open(self.texts(), &mut solutions).await?;
        let shown = Shown { row, state, conflicts, questions, issues, solutions };
        let mut detail = shown.detail();
        self.read(|conn| {
            linked::keep_named(conn, scope, &mut detail.communication)?;
            for settled in detail.conflicts.iter_mut().filter_map(|one| one.settled.as_mut()) {
                linked::keep_named(conn, scope, &mut settled.prevails)?;
            }
            for review in &mut detail.reviews {
                linked::keep_referred(conn, scope, &mut review.because_of)?;
            }
            Ok(())
        })?;
        Ok(Some(detail))
    }

    /// The conflicts declared by the answer itself, and those that others declared.
    async fn conflicts(
        &self,
        scope: &Scope,
        id: Uuid,
        state: &AnswerState,
        on: Day,
    ) -> Result<Vec<ConflictView>, ViewsError> {
        let (targets, sources) = self.read(|conn| {
            Ok((
                linked::answers(conn, scope, on, Which::LinkedFrom(id, "conflict"))?,
                linked::answers(conn, scope, on, Which::LinkingTo(id, "conflict"))?,
            ))
        })?;
        let mut found: Vec<(Conflict, Option<LinkedAnswer>, bool)> = Vec::new();
        for conflict in &state.conflicts {
            let with = targets.iter().find(|other| other.id == conflict.with).cloned();
            found.push((conflict.clone(), with, false));
        }
        for other in sources {
            let declared = opened::state::<Answer>(self, other.id, u64::MAX).await?;
            let with_this = declared.conflicts.iter().filter(|one| one.with == id);
            found.extend(
                with_this.map(|one| (one.seen_from_the_other(other.id), Some(other.clone()), true)),
            );
        }
        found.sort_by_key(|(conflict, ..)| (conflict.declared_at, conflict.id));
        let view = |(conflict, with, from_there)| conflict_view(conflict, with, from_there);
        Ok(found.into_iter().map(view).collect())
    }
}

fn conflict_view(conflict: Conflict, with: Option<LinkedAnswer>, from_there: bool) -> ConflictView {
    ConflictView {
        conflict_id: conflict.id,
        with,
        from_there,
        reason: conflict.reason,
        declared_on: conflict.declared_on,
        settled: conflict.settled.map(|settled| SettlementView {
            prevails: settled.prevails,
            reason: settled.reason,
            settled_on: settled.settled_on,
        }),
    }
}

/// What was read of an answer.
struct Shown {
    row: AnswerRow,
    state: AnswerState,
    conflicts: Vec<ConflictView>,
    questions: Vec<LinkedQuestion>,
    issues: Vec<LinkedIssue>,
    solutions: Vec<LinkedSolution>,
}

impl Shown {
    fn detail(self) -> AnswerDetail {
        let Self { row, state, conflicts, questions, issues, solutions } = self;
        let data = state.receipt.map(|receipt| receipt.data);
        let (norms, documents) = data
            .as_ref()
            .map(|data| (data.norms.clone(), data.documents.clone()))
            .unwrap_or_default();
        AnswerDetail {
            id: row.id,
            reference: row.reference,
            coordinator: row.coordinator,
            visibility: row.visibility,
            origin: row.origin,
            authors: row.authors,
            form: row.form,
            document_date: row.document_date,
            received_on: row.received_on,
            recorded_at: row.recorded_at,
            validity: row.validity,
            communication: data.as_ref().and_then(|data| data.communication),
            address: data.as_ref().and_then(|data| data.address.clone()),
            norms,
            act: data.as_ref().and_then(|data| data.act.clone()),
            text: data.map(|data| data.text),
            documents,
            assessment: state.assessed.map(|one| AssessmentView {
                assessment: one.assessment,
                note: one.note,
                assessed_on: one.assessed_on,
            }),
            supersession: state.superseded.map(|one| SupersessionView {
                by: one.by,
                from: one.from,
                reason: one.reason,
                recorded_at: Instant(one.recorded_at),
            }),
            withdrawal: state.withdrawn.map(|one| WithdrawalView {
                by: one.by,
                from: one.from,
                reason: one.reason,
                recorded_at: Instant(one.recorded_at),
            }),
            conflicts,
            reviews: state.reviews.iter().map(ReviewView::from).collect(),
            confirmations: state
                .confirmations
                .into_iter()
                .map(|one| ConfirmationView {
                    review_id: Some(one.review),
                    reason: one.reason,
                    confirmed_on: one.confirmed_on,
                })
                .collect(),
            questions,
            issues,
            solutions,
            updated_at: row.updated_at,
            revision: row.revision,
        }
    }
}
