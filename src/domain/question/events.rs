//! Everything that can happen to a collective question (*quesito collettivo*).

use uuid::Uuid;

use crate::norm::NormRef;
use crate::shared::{
    AnswerLinked, AnswerUnlinked, Assigned, ContactRecorded, IssueAttached, IssueDetached,
    NoteAdded, TextErased,
};
use crate::values::bounds::{list, maybe_at_most, maybe_list};
use crate::values::{AuthorityId, BodyId, Day, Number, Ref, Sha256Hex, Text};
use crate::{data, events, words};

words! {
    /// What the law says of silence.
    pub enum SilenceEffect {
        /// Nothing follows from silence.
        None,
        /// Silence counts as consent.
        Consent,
        /// Silence counts as refusal.
        Refusal,
    }

    /// Whether a new text asks for new adhesions.
    pub enum RevisionKind {
        /// The substance changed: adhesions are asked for again.
        Substance,
        /// Only the wording changed: adhesions stand.
        Editorial,
    }

    /// When an adhesion was given.
    pub enum AdhesionKind {
        /// Before the question was dispatched.
        BeforeDispatch,
        /// Afterwards, in support.
        Supporting,
    }

    /// Why the coordinator does not take a question forward.
    pub enum RejectionReason {
        /// It does not belong here.
        OutOfScope,
        /// There is an answer already.
        AlreadyAnswered,
        /// It concerns a single case.
        TooSpecific,
        /// Nothing new.
        NotNew,
    }
}

data! {
    /// An office to which a question is addressed.
    pub struct Addressee {
        /// Its stable id; given by the server when absent.
        pub addressee_id: Option<Uuid>,
        /// Which office.
        pub addressee: AuthorityId,
        /// Through whom.
        pub via: Option<AuthorityId>,
        /// The provision that makes it competent; never assumed.
        pub legal_basis: Option<Text<500>>,
    }

    /// One thing that is asked.
    pub struct Point {
        /// Its stable id; given by the server when absent.
        pub point_id: Option<Uuid>,
        /// What is asked.
        pub text: Text<4000>,
        /// The issues it comes from.
        #[serde(default, deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub issues: Vec<Uuid>,
        /// The addressees it is put to, by their ids; all of them when empty.
        #[serde(default, deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub addressees: Vec<Uuid>,
    }

    /// A collective question was drafted.
    #[schema(example = json!({"coordinator": "anci_er", "subject": "Iscrizione anagrafica dei richiedenti protezione", "addressees": [{"addressee": "ministero_interno_servizi_demografici", "via": "anci_nazionale"}], "background": "Gli uffici leggono in modo diverso la stessa norma.", "proposed_reading": "Basta la ricevuta.", "norms": [{"kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis", "text_in_force_on": "2024-02-12"}], "silence_effect": "none", "points": [{"text": "Se la ricevuta basti per l'iscrizione.", "issues": ["0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"]}]}))]
    pub struct QuestionDrafted {
        /// The association in charge.
        pub coordinator: BodyId,
        /// One line.
        pub subject: Text<300>,
        /// To whom it is put.
        #[serde(deserialize_with = "list::<1, 20, _, _>")]
        #[schema(min_items = 1, max_items = 20)]
        pub addressees: Vec<Addressee>,
        /// What has happened.
        pub background: Text<10000>,
        /// The reading the association proposes.
        pub proposed_reading: Option<Text<4000>>,
        /// The norms in question.
        #[serde(default, deserialize_with = "list::<0, 30, _, _>")]
        #[schema(max_items = 30)]
        pub norms: Vec<NormRef>,
        /// What follows from silence.
        pub silence_effect: SilenceEffect,
        /// The points.
        #[serde(deserialize_with = "list::<1, 50, _, _>")]
        #[schema(min_items = 1, max_items = 50)]
        pub points: Vec<Point>,
    }

    /// The text was revised.
    #[schema(example = json!({"kind": "substance", "reason": "Aggiunto il punto 2.", "points": [{"text": "Se la ricevuta basti.", "issues": []}, {"text": "Entro quale termine.", "issues": []}]}))]
    pub struct TextRevised {
        /// The number of the new text; must be the next when given, filled in otherwise.
        pub text_version: Option<Number>,
        /// Substance or wording.
        pub kind: RevisionKind,
        /// Why.
        pub reason: Text<1000>,
        /// The new subject.
        pub subject: Option<Text<300>>,
        /// The new background.
        pub background: Option<Text<10000>>,
        /// The new proposed reading.
        pub proposed_reading: Option<Text<4000>>,
        /// The points as they stand now; those that keep their id are the same points.
        #[serde(default, deserialize_with = "maybe_list::<1, 50, _, _>")]
        #[schema(min_items = 1, max_items = 50)]
        pub points: Option<Vec<Point>>,
    }

    /// Bodies were invited to adhere to a text.
    #[schema(example = json!({"text_version": 1, "deadline": "2026-12-04"}))]
    pub struct AdhesionsOpened {
        /// To which text.
        pub text_version: Number,
        /// Until when.
        pub deadline: Option<Day>,
    }

    /// The collection of adhesions was closed.
    #[schema(example = json!({"text_version": 1}))]
    pub struct AdhesionsClosed {
        /// For which text.
        pub text_version: Option<Number>,
        /// How many adhesions it had; filled in by the server.
        #[serde(default, deserialize_with = "maybe_at_most::<10_000, _>")]
        #[schema(minimum = 0, maximum = 10_000)]
        pub adhesions: Option<u32>,
    }

    /// A body adhered to the exact text.
    #[schema(example = json!({"body": "c_b034", "signatory_role": "sindaca", "text_version": 1, "kind": "before_dispatch"}))]
    pub struct AdhesionGiven {
        /// Which body.
        pub body: BodyId,
        /// The members for which a union speaks.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub speaks_for: Vec<BodyId>,
        /// In which role the signatory signs.
        pub signatory_role: Text<120>,
        /// To which text.
        pub text_version: Number,
        /// The SHA-256 of the stored bytes of the event that wrote that text; filled in by
        /// the server.
        pub text_sha256: Option<Sha256Hex>,
        /// Before dispatch or in support.
        pub kind: AdhesionKind,
        /// The letter that carries it.
        pub communication: Option<Uuid>,
    }

    /// An adhesion was taken back.
    #[schema(example = json!({"adhesion_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "L'ente attende l'esito di un contenzioso."}))]
    pub struct AdhesionWithdrawn {
        /// Which adhesion.
        pub adhesion_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The text was approved for dispatch.
    #[schema(example = json!({"text_version": 1, "role": "presidente del coordinamento immigrazione"}))]
    pub struct QuestionApproved {
        /// Which text.
        pub text_version: Number,
        /// In which role.
        pub role: Text<120>,
    }

    /// The question was sent.
    #[schema(example = json!({"addressees": ["0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"], "text_version": 1, "communication": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct QuestionDispatched {
        /// To which addressees; all of them when empty.
        #[serde(default, deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub addressees: Vec<Uuid>,
        /// For information.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub cc: Vec<AuthorityId>,
        /// Which text.
        pub text_version: Number,
        /// The letter.
        pub communication: Option<Uuid>,
        /// When a reply may be expected; computed when absent.
        pub reply_expected_by: Option<Day>,
    }

    /// The record of a dispatch was corrected.
    #[schema(example = json!({"addressees": ["0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"], "communication": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Consegna PEC non riuscita: trasmesso di nuovo."}))]
    pub struct DispatchCorrected {
        /// For which addressees.
        #[serde(deserialize_with = "list::<1, 20, _, _>")]
        #[schema(min_items = 1, max_items = 20)]
        pub addressees: Vec<Uuid>,
        /// The letter that counts.
        pub communication: Option<Uuid>,
        /// The day it was sent.
        pub dispatched_on: Option<Day>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// An addressee was reminded.
    #[schema(example = json!({"addressee": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "communication": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d"}))]
    pub struct ReminderSent {
        /// Whom.
        pub addressee: Uuid,
        /// The number of the reminder; must be the next when given, filled in otherwise.
        pub n: Option<Number>,
        /// The letter.
        pub communication: Option<Uuid>,
    }

    /// An addressee passed the question on to the competent office.
    #[schema(example = json!({"from": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "to": "ministero_interno_ps"}))]
    pub struct QuestionForwarded {
        /// Which addressee passed it on.
        pub from: Uuid,
        /// To which office.
        pub to: AuthorityId,
        /// The letter that says so.
        pub communication: Option<Uuid>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// It was accepted that a point stays without an answer.
    #[schema(example = json!({"point_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Nessun riscontro dopo tre solleciti."}))]
    pub struct PointDeclaredUnanswered {
        /// Which point.
        pub point_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A point is no longer asked.
    #[schema(example = json!({"point_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Superato dalla nuova norma."}))]
    pub struct PointWithdrawn {
        /// Which point.
        pub point_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// The coordinator does not take the question forward.
    #[schema(example = json!({"reason": "too_specific", "note": "Si apre un tavolo locale."}))]
    pub struct QuestionRejected {
        /// Why.
        pub reason: RejectionReason,
        /// What answers it already.
        pub already_answered_by: Option<Ref>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// The question was closed.
    #[schema(example = json!({"note": "Tutti i punti hanno avuto riscontro."}))]
    pub struct QuestionClosed {
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// The question was withdrawn.
    #[schema(example = json!({"reason": "La norma è stata abrogata."}))]
    pub struct QuestionWithdrawn {
        /// Why.
        pub reason: Text<1000>,
        /// The letter that tells the addressees; needed after dispatch.
        pub communication: Option<Uuid>,
    }

    /// The question was reopened.
    #[schema(example = json!({"reason": "Riscontro ritirato dal suo autore."}))]
    pub struct QuestionReopened {
        /// Why.
        pub reason: Text<1000>,
    }
}

events! {
    /// Everything that can happen to a collective question.
    pub enum QuestionEvent {
        "question-drafted.v1" => Drafted(QuestionDrafted), "the day of the draft";
        "issue-attached.v1" => IssueAttached(IssueAttached), "the day of recording";
        "issue-detached.v1" => IssueDetached(IssueDetached), "the day of recording";
        "text-revised.v1" => TextRevised(TextRevised), "the day of the new text";
        "adhesions-opened.v1" => AdhesionsOpened(AdhesionsOpened), "the day of the invitation";
        "adhesions-closed.v1" => AdhesionsClosed(AdhesionsClosed), "the day of the closure";
        "adhesion-given.v1" => AdhesionGiven(AdhesionGiven), "the day of the signature";
        "adhesion-withdrawn.v1" => AdhesionWithdrawn(AdhesionWithdrawn), "the day of the withdrawal";
        "question-approved.v1" => Approved(QuestionApproved), "the day of the approval";
        "question-dispatched.v1" => Dispatched(QuestionDispatched), "the day the letter was sent";
        "dispatch-corrected.v1" => DispatchCorrected(DispatchCorrected), "the day of recording";
        "reminder-sent.v1" => ReminderSent(ReminderSent), "the day the letter was sent";
        "question-forwarded.v1" => Forwarded(QuestionForwarded), "the date of the letter that forwards";
        "answer-linked.v1" => AnswerLinked(AnswerLinked), "the day of recording";
        "answer-unlinked.v1" => AnswerUnlinked(AnswerUnlinked), "the day of recording";
        "point-declared-unanswered.v1" => PointDeclaredUnanswered(PointDeclaredUnanswered), "the day of recording";
        "point-withdrawn.v1" => PointWithdrawn(PointWithdrawn), "the day of recording";
        "question-rejected.v1" => Rejected(QuestionRejected), "the day of the decision";
        "question-closed.v1" => Closed(QuestionClosed), "the day of the closure";
        "question-withdrawn.v1" => Withdrawn(QuestionWithdrawn), "the day of the withdrawal";
        "question-reopened.v1" => Reopened(QuestionReopened), "the day of the reopening";
        "question-assigned.v1" => Assigned(Assigned), "the day of recording";
        "note-added.v1" => NoteAdded(NoteAdded), "the day the note refers to";
        "contact-recorded.v1" => ContactRecorded(ContactRecorded), "the day of the contact";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}
