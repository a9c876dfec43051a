//! One solution: its versions, what it rests on, who applies it.
//!
//! Depends on: `access`, `domain::solution`.

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::answers::{ConfirmationView, ReviewView};
use super::super::linked::{self, LinkedAnswer, LinkedIssue, LinkedSolution, Which};
use super::super::moment::Moment;
use super::super::opened;
use super::super::titles;
use super::list::{self, SolutionRow};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::norm::NormRef;
use crate::domain::shared::{Act, Territory, Visibility};
use crate::domain::solution::{
    Adoption, Declination, Manner, Solution, SolutionLevel, SolutionState, SolutionStatus,
    SolutionValidity, Version,
};
use crate::domain::values::{BodyId, Day, Number, Ref, Text};

/// A solution.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SolutionDetail {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "B-2026/0005")]
    pub reference: String,
    /// The association in charge.
    pub coordinator: BodyId,
    /// Who may see it.
    pub visibility: Visibility,
    /// On which level it stands.
    pub level: SolutionLevel,
    /// Where it stands, on the day.
    pub status: SolutionStatus,
    /// Whether it may be relied on, on the day.
    pub validity: SolutionValidity,
    /// Where it comes from.
    pub origin: Option<Ref>,
    /// Who agreed: authorities and bodies.
    #[schema(max_items = 100)]
    pub parties: Vec<Ref>,
    /// Where it holds.
    pub territory: Territory,
    /// The instrument, such as "protocollo d'intesa".
    pub instrument: Option<Text<200>>,
    /// The day of the proposal.
    pub proposed_on: Day,
    /// Versions of the text, in order; the last is the present one.
    #[schema(max_items = 1000)]
    pub versions: Vec<SolutionVersionView>,
    /// The issues it solves, those that the reader may see.
    #[schema(max_items = 10000)]
    pub issues: Vec<LinkedIssue>,
    /// The answers it rests on with their validity, those that the reader may see.
    #[schema(max_items = 1000)]
    pub basis_answers: Vec<LinkedAnswer>,
    /// The norms it rests on.
    #[schema(max_items = 1000)]
    pub basis_norms: Vec<BasisNormView>,
    /// How many bodies apply it as it is, each counted once.
    #[schema(minimum = 0, maximum = 10_000)]
    pub adopted: u32,
    /// How many bodies apply it with changes of their own.
    #[schema(minimum = 0, maximum = 10_000)]
    pub adapted: u32,
    /// How many bodies decided not to apply it.
    #[schema(minimum = 0, maximum = 10_000)]
    pub declined: u32,
    /// Adoptions, in order.
    #[schema(max_items = 10000)]
    pub adoptions: Vec<AdoptionView>,
    /// Declinations, in order.
    #[schema(max_items = 10000)]
    pub declinations: Vec<DeclinationView>,
    /// Reviews, in order.
    #[schema(max_items = 1000)]
    pub reviews: Vec<ReviewView>,
    /// Confirmations, in order.
    #[schema(max_items = 1000)]
    pub confirmations: Vec<ConfirmationView>,
    /// The solution that took its place, when the reader may see it.
    pub superseded_by: Option<LinkedSolution>,
    /// From when.
    pub superseded_from: Option<Day>,
    /// Why it was superseded or retired.
    pub ended_because: Option<Text<1000>>,
    /// The day it was retired.
    pub retired_on: Option<Day>,
    /// The approved abstract for the public.
    #[serde(rename = "abstract")]
    pub summary: Option<Text<2000>>,
    /// Since when the abstract is public.
    pub published_on: Option<Day>,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// A version of the text.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SolutionVersionView {
    /// Its number, from 1.
    pub solution_version: Number,
    /// Which problem it solves.
    pub problem: Text<2000>,
    /// The solution.
    pub text: Text<10000>,
    /// Why it was written.
    pub reason: Option<Text<1000>>,
    /// The day it was written.
    pub written_on: Day,
    /// Its validation.
    pub validation: Option<ValidationView>,
}

/// That a version was validated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ValidationView {
    /// By whom.
    pub by: Text<200>,
    /// On which day.
    pub validated_on: Day,
}

/// A norm it rests on.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BasisNormView {
    /// Its id in the basis.
    pub basis_id: Uuid,
    /// Which norm, in the text in force on a day.
    pub norm: NormRef,
    /// Why.
    pub reason: Option<Text<1000>>,
    /// Since which day.
    pub added_on: Day,
    /// The first day on which an amendment recorded so far changes that text.
    pub amended_from: Option<Day>,
}

/// That a body adopted it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AdoptionView {
    /// Its id.
    pub adoption_id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// For which members.
    #[schema(max_items = 100)]
    pub speaks_for: Vec<BodyId>,
    /// As it is or adapted.
    pub manner: Manner,
    /// What the body changed.
    pub adaptation: Option<Text<4000>>,
    /// Which version.
    pub solution_version: Number,
    /// By which act.
    pub act: Act,
    /// From when it holds there.
    pub in_force_from: Option<Day>,
    /// The date of the act, or of the announcement.
    pub adopted_on: Day,
    /// The last day, when the body no longer applies it.
    pub until: Option<Day>,
    /// Why the body no longer applies it.
    pub ended_because: Option<Text<1000>>,
}

/// That a body decided not to adopt a version.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeclinationView {
    /// Its id.
    pub declination_id: Uuid,
    /// Which body.
    pub body: BodyId,
    /// Which version.
    pub solution_version: Number,
    /// Why.
    pub reason: Text<2000>,
    /// The day of the decision.
    pub declined_on: Day,
    /// The adoption with which the body changed its mind.
    pub overtaken_by: Option<Uuid>,
}

impl From<&Version> for SolutionVersionView {
    fn from(version: &Version) -> Self {
        Self {
            solution_version: version.number,
            problem: version.problem.clone(),
            text: version.text.clone(),
            reason: version.reason.clone(),
            written_on: version.written_on,
            validation: version
                .validation
                .as_ref()
                .map(|one| ValidationView { by: one.by.clone(), validated_on: one.validated_on }),
        }
    }
}

impl From<&Adoption> for AdoptionView {
    fn from(adoption: &Adoption) -> Self {
        Self {
            adoption_id: adoption.id,
            body: adoption.body.clone(),
            speaks_for: adoption.speaks_for.clone(),
            manner: adoption.manner,
            adaptation: adoption.adaptation.clone(),
            solution_version: adoption.version,
            act: adoption.act.clone(),
            in_force_from: adoption.in_force_from,
            adopted_on: adoption.adopted_on,
            until: adoption.ended.as_ref().map(|ended| ended.until),
            ended_because: adoption.ended.as_ref().map(|ended| ended.reason.clone()),
        }
    }
}

impl From<&Declination> for DeclinationView {
    fn from(one: &Declination) -> Self {
        Self {
            declination_id: one.id,
            body: one.body.clone(),
            solution_version: one.version,
            reason: one.reason.clone(),
            declined_on: one.declined_on,
            overtaken_by: one.overtaken_by,
        }
    }
}

impl Moment {
    /// One solution as it stands on a day; `None` when it does not exist or may not be
    /// read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_solution(
        &self,
        scope: &Scope,
        id: Uuid,
        on: Day,
    ) -> Result<Option<SolutionDetail>, ViewsError> {
        let Some(row) = self.read(|conn| list::one(conn, scope, id, on))? else { return Ok(None) };
        let state = opened::state::<Solution>(self, id, row.revision.into()).await?;
        let successor = state.superseded.as_ref().map(|superseded| superseded.by);
        let (mut issues, answers, mut successors, norms) = self.read(|conn| {
            let successors = match successor {
                Some(by) => linked::solutions(conn, scope, on, Which::This(by))?,
                None => Vec::new(),
            };
            let mut norms = Vec::with_capacity(state.basis_norms.len());
            for one in &state.basis_norms {
                norms.push(super::super::norms::amended_from(conn, &one.norm)?);
            }
            Ok((
                linked::issues(conn, scope, on, Which::LinkedFrom(id, "issue"))?,
                linked::answers(conn, scope, on, Which::LinkedFrom(id, "basis"))?,
                successors,
                norms,
            ))
        })?;
        titles::open(self.texts(), &mut issues).await?;
        titles::open(self.texts(), &mut successors).await?;
        let others = Others { issues, answers, successor: successors.pop(), norms };
        let Some(mut detail) = detail(row, state, others) else { return Ok(None) };
        self.read(|conn| {
            linked::keep_referred(conn, scope, &mut detail.origin)?;
            for review in &mut detail.reviews {
                linked::keep_referred(conn, scope, &mut review.because_of)?;
            }
            Ok(())
        })?;
        Ok(Some(detail))
    }
}

/// What other streams say of a solution.
struct Others {
    issues: Vec<LinkedIssue>,
    answers: Vec<LinkedAnswer>,
    successor: Option<LinkedSolution>,
    norms: Vec<Option<Day>>,
}

fn detail(row: SolutionRow, state: SolutionState, others: Others) -> Option<SolutionDetail> {
    let proposal = *state.proposal?;
    let superseded_because = state.superseded.as_ref().map(|one| one.reason.clone());
    let retired_because = state.retired.as_ref().map(|one| one.reason.clone());
    let basis_norms = state.basis_norms.into_iter().zip(others.norms);
    Some(SolutionDetail {
        id: row.id,
        reference: row.reference,
        coordinator: row.coordinator,
        visibility: row.visibility,
        level: row.level,
        status: row.status,
        validity: row.validity,
        origin: proposal.origin,
        parties: proposal.parties,
        territory: proposal.territory,
        instrument: proposal.instrument,
        proposed_on: row.proposed_on,
        versions: state.versions.iter().map(SolutionVersionView::from).collect(),
        issues: others.issues,
        basis_answers: others.answers,
        basis_norms: basis_norms
            .map(|(one, amended_from)| BasisNormView {
                basis_id: one.id,
                norm: one.norm,
                reason: one.reason,
                added_on: one.added_on,
                amended_from,
            })
            .collect(),
        adopted: row.adopted,
        adapted: row.adapted,
        declined: row.declined,
        adoptions: state.adoptions.iter().map(AdoptionView::from).collect(),
        declinations: state.declinations.iter().map(DeclinationView::from).collect(),
        reviews: state.reviews.iter().map(ReviewView::from).collect(),
        confirmations: state
            .confirmations
            .into_iter()
            .map(|one| ConfirmationView {
                review_id: one.review,
                reason: one.reason,
                confirmed_on: one.confirmed_on,
            })
            .collect(),
        superseded_by: others.successor,
        superseded_from: state.superseded.as_ref().map(|one| one.from),
        ended_because: retired_because.or(superseded_because),
        retired_on: state.retired.as_ref().map(|one| one.retired_on),
        summary: state.published.as_ref().map(|one| one.summary.clone()),
        published_on: row.published_on,
        updated_at: row.updated_at,
        revision: row.revision,
    })
}
