//! Everything that can happen to a solution (*soluzione*).

use uuid::Uuid;

use crate::norm::NormRef;
use crate::shared::{
    Act, IssueAttached, IssueDetached, ReviewFlagged, Territory, TextErased, Unpublished,
    Visibility,
};
use crate::values::bounds::list;
use crate::values::{BodyId, Day, Number, Ref, Text};
use crate::{data, events, words};

words! {
    /// On which level a solution stands.
    pub enum SolutionLevel {
        /// It follows an answer of a ministry.
        MinistryAnswer,
        /// It was agreed locally.
        LocalAgreement,
        /// It is a good practice.
        GoodPractice,
    }

    /// How a body adopted a solution.
    pub enum Manner {
        /// As it is.
        Adopted,
        /// With changes of its own.
        Adapted,
    }
}

data! {
    /// What a solution rests on.
    pub struct Basis {
        /// Answers.
        #[serde(default, deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub answers: Vec<Uuid>,
        /// Norms, each in the text in force on a day.
        #[serde(default, deserialize_with = "list::<0, 30, _, _>")]
        #[schema(max_items = 30)]
        pub norms: Vec<NormRef>,
    }

    /// A solution was proposed.
    #[schema(example = json!({"coordinator": "anci_er", "problem": "Criterio di iscrizione per gli appartamenti SAI.", "text": "Protocollo distrettuale: convivenza per gli alloggi con più nuclei.", "level": "local_agreement", "issues": [], "basis": {"answers": [], "norms": []}, "parties": [{"kind": "authority", "id": "prefettura-pr"}], "territory": {"level": "province", "code": "PR"}}))]
    pub struct SolutionProposed {
        /// The association in charge.
        pub coordinator: BodyId,
        /// Which problem it solves.
        pub problem: Text<2000>,
        /// The solution.
        pub text: Text<10000>,
        /// On which level.
        pub level: SolutionLevel,
        /// Where it comes from: an issue, an answer.
        pub origin: Option<Ref>,
        /// The issues it solves.
        #[serde(default, deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub issues: Vec<Uuid>,
        /// What it rests on.
        pub basis: Basis,
        /// Who agreed: authorities and bodies.
        #[serde(default, deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub parties: Vec<Ref>,
        /// Where it holds.
        pub territory: Territory,
        /// The instrument, such as "protocollo d'intesa".
        pub instrument: Option<Text<200>>,
        /// Who may see it; the network when absent.
        pub visibility: Option<Visibility>,
    }

    /// The solution was revised.
    #[schema(example = json!({"text": "Schema comune con tetto ai costi indiretti.", "reason": "Osservazioni del gruppo di lavoro."}))]
    pub struct SolutionRevised {
        /// The number of the new version; must be the next when given, filled in otherwise.
        pub solution_version: Option<Number>,
        /// The new text.
        pub text: Text<10000>,
        /// The new problem.
        pub problem: Option<Text<2000>>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Something was added to what it rests on.
    #[schema(example = json!({"answer": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct BasisAdded {
        /// An answer.
        pub answer: Option<Uuid>,
        /// Or a norm.
        pub norm: Option<NormRef>,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// Something was removed from what it rests on.
    #[schema(example = json!({"basis_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Riscontro ritirato."}))]
    pub struct BasisRemoved {
        /// Which: the id of an answer, or of the norm in the basis.
        pub basis_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The solution was validated.
    #[schema(example = json!({"solution_version": 1, "by": "gruppo di lavoro MSNA"}))]
    pub struct SolutionValidated {
        /// Which version.
        pub solution_version: Number,
        /// By whom.
        pub by: Text<200>,
    }

    /// A body adopted the solution.
    #[schema(example = json!({"body": "c_b034", "manner": "adopted", "solution_version": 1, "act": {"status": "adopted", "kind": "determinazione dirigenziale", "number": "0388", "date": "2024-07-15"}, "in_force_from": "2024-08-01"}))]
    pub struct SolutionAdopted {
        /// Which body.
        pub body: BodyId,
        /// The members for which a union adopts.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 100, _, _>")]
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
    }

    /// The record of an adoption was corrected.
    #[schema(example = json!({"adoption_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "act": {"status": "adopted", "kind": "determinazione dirigenziale", "number": "0211", "date": "2024-03-25"}, "reason": "Numero dell'atto trascritto male."}))]
    pub struct AdoptionCorrected {
        /// Which adoption.
        pub adoption_id: Uuid,
        /// The manner.
        pub manner: Option<Manner>,
        /// The act.
        pub act: Option<Act>,
        /// From when.
        pub in_force_from: Option<Day>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A body no longer applies the solution.
    #[schema(example = json!({"adoption_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "until": "2025-08-31", "reason": "Concluso l'anno scolastico."}))]
    pub struct AdoptionEnded {
        /// Which adoption.
        pub adoption_id: Uuid,
        /// The last day.
        pub until: Day,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A body decided not to adopt the solution.
    #[schema(example = json!({"body": "c_c553", "solution_version": 1, "reason": "La Questura competente non è parte dell'intesa."}))]
    pub struct SolutionDeclined {
        /// Which body.
        pub body: BodyId,
        /// Which version.
        pub solution_version: Number,
        /// Why.
        pub reason: Text<2000>,
    }

    /// The solution was confirmed: after a review, or of one's own accord.
    #[schema(example = json!({"review_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Modello invariato."}))]
    pub struct SolutionConfirmed {
        /// Which review it closes; all that are open when absent.
        pub review_id: Option<Uuid>,
        /// Which version.
        pub solution_version: Option<Number>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Another solution took its place.
    #[schema(example = json!({"by": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Nuovo accordo regionale."}))]
    pub struct SolutionSuperseded {
        /// Which solution.
        pub by: Uuid,
        /// From when.
        pub from: Option<Day>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The solution is no longer proposed.
    #[schema(example = json!({"reason": "La norma di base è stata abrogata."}))]
    pub struct SolutionRetired {
        /// Why.
        pub reason: Text<1000>,
    }

    /// An abstract was approved for the public.
    #[schema(example = json!({"abstract": "Scheda operativa sulla conversione dei permessi."}))]
    pub struct SolutionPublished {
        /// The abstract.
        #[serde(rename = "abstract")]
        pub summary: Text<2000>,
    }
}

events! {
    /// Everything that can happen to a solution.
    pub enum SolutionEvent {
        "solution-proposed.v1" => Proposed(SolutionProposed), "the day of the proposal";
        "solution-revised.v1" => Revised(SolutionRevised), "the day of the new version";
        "basis-added.v1" => BasisAdded(BasisAdded), "the day of recording";
        "basis-removed.v1" => BasisRemoved(BasisRemoved), "the day of recording";
        "issue-attached.v1" => IssueAttached(IssueAttached), "the day of recording";
        "issue-detached.v1" => IssueDetached(IssueDetached), "the day of recording";
        "solution-validated.v1" => Validated(SolutionValidated), "the day of the validation";
        "solution-adopted.v1" => Adopted(SolutionAdopted), "the date of the act, or of the announcement";
        "adoption-corrected.v1" => AdoptionCorrected(AdoptionCorrected), "the date of the act";
        "adoption-ended.v1" => AdoptionEnded(AdoptionEnded), "the day of the decision";
        "solution-declined.v1" => Declined(SolutionDeclined), "the day of the decision";
        "review-flagged.v1" => ReviewFlagged(ReviewFlagged), "the day of recording";
        "solution-confirmed.v1" => Confirmed(SolutionConfirmed), "the day of the confirmation";
        "solution-superseded.v1" => Superseded(SolutionSuperseded), "the day of recording";
        "solution-retired.v1" => Retired(SolutionRetired), "the day of recording";
        "solution-published.v1" => Published(SolutionPublished), "the day of the approval";
        "solution-unpublished.v1" => Unpublished(Unpublished), "the day of recording";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}
