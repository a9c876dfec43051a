//! Everything that can happen to an answer (*riscontro*).

use uuid::Uuid;

use crate::norm::NormRef;
use crate::shared::{Act, ReviewFlagged, TextErased, Visibility};
use crate::values::bounds::{list, maybe_list};
use crate::values::{AuthorityId, BodyId, Day, DocumentRef, FormCode, Ref, Text};
use crate::{data, events, words};

words! {
    /// How an answer came about.
    pub enum AnswerOrigin {
        /// In reply to a question.
        Reply,
        /// Without having been asked.
        Spontaneous,
        /// From a local office.
        Local,
        /// A circular, a decree or a law for everybody.
        GeneralAct,
    }

    /// How much an answer says.
    pub enum Assessment {
        /// It settles what was asked.
        Clear,
        /// It settles part of it.
        Partial,
        /// It announces a later answer.
        Interlocutory,
    }
}

data! {
    /// An answer was received.
    #[schema(example = json!({"coordinator": "anci_er", "origin": "reply", "authors": ["ministero_interno_dlci"], "form": "nota", "document_date": "2024-03-21", "received_on": "2024-03-25", "text": "Basta la ricevuta."}))]
    pub struct AnswerReceived {
        /// The association that received it.
        pub coordinator: BodyId,
        /// How it came about.
        pub origin: AnswerOrigin,
        /// Who answers; often not who was asked.
        #[serde(deserialize_with = "list::<1, 10, _, _>")]
        #[schema(min_items = 1, max_items = 10)]
        pub authors: Vec<AuthorityId>,
        /// In which form.
        pub form: FormCode,
        /// The date of the document.
        pub document_date: Day,
        /// When it was received.
        pub received_on: Day,
        /// The letter that carries it.
        pub communication: Option<Uuid>,
        /// Where it is published, when no letter carries it.
        pub address: Option<Text<500>>,
        /// The norms it reads.
        #[serde(default, deserialize_with = "list::<0, 30, _, _>")]
        #[schema(max_items = 30)]
        pub norms: Vec<NormRef>,
        /// The act it became.
        pub act: Option<Act>,
        /// What it says.
        pub text: Text<10000>,
        /// The documents.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub documents: Vec<DocumentRef>,
        /// Who may see it; the network when absent.
        pub visibility: Option<Visibility>,
    }

    /// The record of an answer was corrected.
    #[schema(example = json!({"received_on": "2025-10-09", "reason": "Data di arrivo trascritta male."}))]
    pub struct AnswerCorrected {
        /// The authors.
        #[serde(default, deserialize_with = "maybe_list::<1, 10, _, _>")]
        #[schema(min_items = 1, max_items = 10)]
        pub authors: Option<Vec<AuthorityId>>,
        /// The form.
        pub form: Option<FormCode>,
        /// The date of the document.
        pub document_date: Option<Day>,
        /// When it was received.
        pub received_on: Option<Day>,
        /// The letter.
        pub communication: Option<Uuid>,
        /// The text.
        pub text: Option<Text<10000>>,
        /// The act.
        pub act: Option<Act>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Staff assessed how much the answer says.
    #[schema(example = json!({"assessment": "clear"}))]
    pub struct AnswerAssessed {
        /// How much.
        pub assessment: Assessment,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// The answer no longer holds, because something took its place.
    #[schema(example = json!({"by": {"kind": "answer", "id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}, "from": "2025-11-01", "reason": "La circolare sostituisce la nota."}))]
    pub struct AnswerSuperseded {
        /// What took its place: an answer, a norm, a ruling (an answer in that form).
        pub by: Ref,
        /// From when.
        pub from: Day,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The answer was taken back by its author.
    #[schema(example = json!({"by": "ministero_interno_ps", "from": "2025-02-25", "reason": "Pagina rimossa dall'autore."}))]
    pub struct AnswerWithdrawn {
        /// By which author.
        pub by: AuthorityId,
        /// From when.
        pub from: Day,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Two answers contradict each other.
    #[schema(example = json!({"with": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Danno indicazioni opposte."}))]
    pub struct ConflictDeclared {
        /// The other answer.
        pub with: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The contradiction was settled.
    #[schema(example = json!({"with": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "prevails": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Prevale la nota del Dipartimento."}))]
    pub struct ConflictSettled {
        /// The other answer.
        pub with: Uuid,
        /// Which of the two prevails; neither when absent.
        pub prevails: Option<Uuid>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// After a review, the answer was confirmed.
    #[schema(example = json!({"review_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "La modifica non tocca il comma citato."}))]
    pub struct AnswerConfirmed {
        /// Which review it closes.
        pub review_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }
}

events! {
    /// Everything that can happen to an answer.
    pub enum AnswerEvent {
        "answer-received.v1" => Received(AnswerReceived), "the date of the document";
        "answer-corrected.v1" => Corrected(AnswerCorrected), "the date of the document";
        "answer-assessed.v1" => Assessed(AnswerAssessed), "the day of the assessment";
        "answer-superseded.v1" => Superseded(AnswerSuperseded), "the day of recording";
        "answer-withdrawn.v1" => Withdrawn(AnswerWithdrawn), "the day the author took it back";
        "conflict-declared.v1" => ConflictDeclared(ConflictDeclared), "the day of recording";
        "conflict-settled.v1" => ConflictSettled(ConflictSettled), "the day of recording";
        "review-flagged.v1" => ReviewFlagged(ReviewFlagged), "the day of recording";
        "answer-confirmed.v1" => Confirmed(AnswerConfirmed), "the day of the confirmation";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}
