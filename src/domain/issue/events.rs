//! Everything that can happen to an issue (*segnalazione*).

use uuid::Uuid;

use crate::norm::NormRef;
use crate::shared::{
    AnswerLinked, AnswerUnlinked, Assigned, ContactRecorded, NoteAdded, Territory, TextErased,
    Unpublished, Urgency, Visibility,
};
use crate::values::bounds::{list, maybe_list};
use crate::values::{
    AuthorityId, BodyId, Count, Day, DocumentRef, ExternalRef, FormCode, ReceptionKind, Ref, Text,
    ThemeCode,
};
use crate::{data, events, words};

words! {
    /// How a reading is known.
    pub enum Known {
        /// The body saw it itself.
        Direct,
        /// It was written down by the office.
        Written,
        /// Somebody else told of it.
        ReportedByThird,
    }

    /// Why a position no longer holds.
    pub enum EndCause {
        /// The office aligned itself: the result everyone works for.
        Aligned,
        /// A stronger act or a ruling prevailed.
        Overridden,
        /// The office changed or was closed.
        OfficeChanged,
    }

    /// Whether a report belongs here.
    pub enum Scope {
        /// It does.
        InScope,
        /// It does not.
        OutOfScope,
    }

    /// How two issues are related.
    pub enum IssueLink {
        /// The same divergence, reported twice.
        Duplicate,
        /// Something in common.
        Related,
        /// One follows from the other.
        Consequence,
    }

    /// With which outcome an issue was closed.
    pub enum ClosingOutcome {
        /// An answer settled it.
        Answered,
        /// A general act settled it.
        AnsweredByGeneralAct,
        /// A local solution settled it.
        LocalSolution,
        /// The offices aligned.
        Composed,
        /// The law changed.
        OvertakenByLaw,
        /// Nobody answered.
        NoReply,
        /// The readings did not diverge after all.
        NotDivergent,
    }
}

data! {
    /// A reading of a rule by an authority, somewhere, in some form.
    #[schema(example = json!({"authority": "questura-bo", "territory": {"level": "province", "code": "BO"}, "reading": "La ricevuta non basta: serve il permesso elettronico.", "form": "practice", "known": "direct", "since": "2024-01-15"}))]
    pub struct Position {
        /// Whose reading.
        pub authority: AuthorityId,
        /// Where it holds.
        pub territory: Territory,
        /// How the rule is read.
        pub reading: Text<4000>,
        /// In which form it is known, from practice to law.
        pub form: FormCode,
        /// How the reporter knows it.
        pub known: Known,
        /// Since when it holds.
        pub since: Option<Day>,
        /// Until when, if it has ended already.
        pub until: Option<Day>,
        /// The date of the document that states it.
        pub document_date: Option<Day>,
        /// The documents.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub documents: Vec<DocumentRef>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// A body reported that a rule is read in different ways.
    #[schema(example = json!({"coordinator": "anci_er", "body": "c_a944", "title": "Iscrizione anagrafica: basta la ricevuta?", "description": "Due uffici chiedono documenti diversi per la stessa iscrizione.", "theme": "residence_registration", "norms": [{"kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis", "text_in_force_on": "2024-02-12"}], "positions": [{"authority": "comune_anagrafe-bo", "territory": {"level": "province", "code": "BO"}, "reading": "Basta la ricevuta.", "form": "practice", "known": "direct"}], "urgency": "medium", "visibility": "network"}))]
    pub struct IssueReported {
        /// The association in charge.
        pub coordinator: BodyId,
        /// The body that reports.
        pub body: BodyId,
        /// The members for which a union reports.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub speaks_for: Vec<BodyId>,
        /// One line.
        pub title: Text<200>,
        /// What happens.
        pub description: Text<10000>,
        /// The theme.
        pub theme: ThemeCode,
        /// Other themes it touches.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 10, _, _>")]
        #[schema(max_items = 10)]
        pub secondary_themes: Vec<ThemeCode>,
        /// The norms that are read differently.
        #[serde(default, deserialize_with = "list::<0, 30, _, _>")]
        #[schema(max_items = 30)]
        pub norms: Vec<NormRef>,
        /// The readings known so far.
        #[serde(default, deserialize_with = "list::<0, 30, _, _>")]
        #[schema(max_items = 30)]
        pub positions: Vec<Position>,
        /// Since when.
        pub since: Option<Day>,
        /// How many people it affects.
        pub people_affected: Option<Count>,
        /// How pressing.
        pub urgency: Urgency,
        /// In which kind of reception.
        pub reception_kind: Option<ReceptionKind>,
        /// Documents.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub documents: Vec<DocumentRef>,
        /// The same case in other systems.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 20, _, _>")]
        #[schema(max_items = 20)]
        pub external_refs: Vec<ExternalRef>,
        /// Who may see it.
        pub visibility: Visibility,
    }

    /// The reporter amended the report.
    #[schema(example = json!({"reason": "Precisata la decorrenza.", "since": "2025-02-10"}))]
    pub struct IssueAmended {
        /// Why.
        pub reason: Text<1000>,
        /// The new title.
        pub title: Option<Text<200>>,
        /// The new description.
        pub description: Option<Text<10000>>,
        /// The new theme.
        pub theme: Option<ThemeCode>,
        /// The new beginning.
        pub since: Option<Day>,
        /// The new number of people.
        pub people_affected: Option<Count>,
        /// The new urgency.
        pub urgency: Option<Urgency>,
        /// The new kind of reception.
        pub reception_kind: Option<ReceptionKind>,
    }

    /// Staff asked for a clarification.
    #[schema(example = json!({"text": "L'attestazione è rilasciata su carta o per posta elettronica?", "to": "c_a944"}))]
    pub struct ClarificationRequested {
        /// The question.
        pub text: Text<4000>,
        /// Who is asked; the reporter when absent.
        pub to: Option<BodyId>,
    }

    /// The clarification was given.
    #[schema(example = json!({"clarification_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "text": "Su carta, allo sportello."}))]
    pub struct ClarificationProvided {
        /// Which request it answers.
        pub clarification_id: Uuid,
        /// The answer.
        pub text: Text<4000>,
    }

    /// Staff examined the report (*istruttoria*).
    #[schema(example = json!({"scope": "in_scope", "theme": "residence_registration", "urgency": "medium"}))]
    pub struct IssueTriaged {
        /// Whether it belongs here.
        pub scope: Scope,
        /// The theme as staff see it.
        pub theme: Option<ThemeCode>,
        /// The urgency as staff see it.
        pub urgency: Option<Urgency>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// A norm was cited.
    #[schema(example = json!({"norm": {"kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13-com2", "text_in_force_on": "2024-02-12"}}))]
    pub struct NormCited {
        /// The norm.
        pub norm: NormRef,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// A citation was corrected.
    #[schema(example = json!({"citation_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "norm": {"kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13-com1", "text_in_force_on": "2024-02-12"}, "reason": "Precisato il comma."}))]
    pub struct NormCitationCorrected {
        /// Which citation.
        pub citation_id: Uuid,
        /// The norm as it should have been cited.
        pub norm: NormRef,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A citation was removed.
    #[schema(example = json!({"citation_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Norma citata per errore."}))]
    pub struct NormCitationRemoved {
        /// Which citation.
        pub citation_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A recorded position was corrected.
    #[schema(example = json!({"position_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reading": "Basta la ricevuta con fotografia.", "reason": "Rettifica dopo verifica."}))]
    pub struct PositionCorrected {
        /// Which position.
        pub position_id: Uuid,
        /// The authority.
        pub authority: Option<AuthorityId>,
        /// The territory.
        pub territory: Option<Territory>,
        /// The reading.
        pub reading: Option<Text<4000>>,
        /// The form.
        pub form: Option<FormCode>,
        /// How it is known.
        pub known: Option<Known>,
        /// Since when.
        pub since: Option<Day>,
        /// The date of the document.
        pub document_date: Option<Day>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A position had been recorded in error.
    #[schema(example = json!({"position_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Registrata per errore."}))]
    pub struct PositionWithdrawn {
        /// Which position.
        pub position_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// An authority no longer reads the rule so.
    #[schema(example = json!({"position_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "cause": "aligned", "until": "2024-07-15", "note": "La Questura si è allineata."}))]
    pub struct PositionEnded {
        /// Which position.
        pub position_id: Uuid,
        /// Why it ended.
        pub cause: EndCause,
        /// Because of which answer, solution or norm.
        pub because_of: Option<Ref>,
        /// The last day it held.
        pub until: Option<Day>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// It happens to another body too ("succede anche da noi").
    #[schema(example = json!({"body": "c_b034", "position_seen": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "people_affected": 18}))]
    pub struct IssueEndorsed {
        /// Which body.
        pub body: BodyId,
        /// The members for which a union speaks.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub speaks_for: Vec<BodyId>,
        /// Which recorded reading is seen there.
        pub position_seen: Option<Uuid>,
        /// A reading not yet recorded, seen there.
        pub new_position: Option<Position>,
        /// How many people it affects there.
        pub people_affected: Option<Count>,
        /// Since when.
        pub since: Option<Day>,
        /// A remark.
        pub note: Option<Text<2000>>,
    }

    /// An endorsement was corrected.
    #[schema(example = json!({"endorsement_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "people_affected": 31, "reason": "Aggiornato il conteggio."}))]
    pub struct EndorsementCorrected {
        /// Which endorsement.
        pub endorsement_id: Uuid,
        /// The members.
        #[serde(default, deserialize_with = "maybe_list::<0, 100, _, _>")]
        #[schema(max_items = 100)]
        pub speaks_for: Option<Vec<BodyId>>,
        /// The reading seen.
        pub position_seen: Option<Uuid>,
        /// How many people.
        pub people_affected: Option<Count>,
        /// Since when.
        pub since: Option<Day>,
        /// Why.
        pub reason: Text<1000>,
    }

    /// An endorsement was taken back.
    #[schema(example = json!({"endorsement_id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "reason": "Riferita a un caso diverso."}))]
    pub struct EndorsementWithdrawn {
        /// Which endorsement.
        pub endorsement_id: Uuid,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Staff estimated how far the divergence reaches.
    #[schema(example = json!({"people_affected": 64, "bodies_affected": 3, "method": "conteggio degli ospiti"}))]
    pub struct ImpactEstimated {
        /// How many people.
        pub people_affected: Count,
        /// How many bodies.
        pub bodies_affected: Option<Count>,
        /// How it was estimated.
        pub method: Text<1000>,
    }

    /// Two issues were linked. A duplicate points to the earlier report.
    #[schema(example = json!({"issue": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "link": "related", "reason": "Stessa Questura."}))]
    pub struct IssueLinked {
        /// The other issue.
        pub issue: Uuid,
        /// How they are related.
        pub link: IssueLink,
        /// Why.
        pub reason: Text<1000>,
    }

    /// A link was taken back.
    #[schema(example = json!({"issue": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "link": "duplicate", "reason": "Collegamento errato."}))]
    pub struct IssueUnlinked {
        /// The other issue.
        pub issue: Uuid,
        /// How they had been related.
        pub link: IssueLink,
        /// Why.
        pub reason: Text<1000>,
    }

    /// Who may see it was changed.
    #[schema(example = json!({"to": "network", "reason": "Il caso riguarda più Comuni."}))]
    pub struct VisibilityChanged {
        /// Before; filled in by the server.
        pub from: Option<Visibility>,
        /// From now on.
        pub to: Visibility,
        /// Why.
        pub reason: Option<Text<1000>>,
    }

    /// An abstract was approved for the public.
    #[schema(example = json!({"abstract": "Un Comune ha segnalato letture diverse sull'iscrizione anagrafica.", "approved_role": "coordinatore"}))]
    pub struct IssuePublished {
        /// The abstract.
        #[serde(rename = "abstract")]
        pub summary: Text<2000>,
        /// The role of who approved it.
        pub approved_role: Text<120>,
        /// Whether the public sees the name of the body, or only "un Comune della provincia di …".
        #[serde(default)]
        pub show_body: bool,
    }

    /// The reporter withdrew the report.
    #[schema(example = json!({"reason": "Il caso concreto è stato risolto."}))]
    pub struct IssueWithdrawn {
        /// Why.
        pub reason: Text<1000>,
    }

    /// The issue was closed.
    #[schema(example = json!({"outcome": "local_solution", "summary": "Protocollo distrettuale in vigore dal 15 luglio."}))]
    pub struct IssueClosed {
        /// With which outcome.
        pub outcome: ClosingOutcome,
        /// In a few words.
        pub summary: Option<Text<2000>>,
    }

    /// The issue was reopened.
    #[schema(example = json!({"reason": "Un altro ente ha lo stesso problema.", "lead_body": "c_c912"}))]
    pub struct IssueReopened {
        /// Why.
        pub reason: Text<1000>,
        /// The body that leads from now on.
        pub lead_body: Option<BodyId>,
    }
}

events! {
    /// Everything that can happen to an issue.
    pub enum IssueEvent {
        "issue-reported.v1" => Reported(IssueReported), "the day of the report";
        "issue-amended.v1" => Amended(IssueAmended), "the day of recording";
        "clarification-requested.v1" => ClarificationRequested(ClarificationRequested), "the day of the request";
        "clarification-provided.v1" => ClarificationProvided(ClarificationProvided), "the day of the reply";
        "issue-triaged.v1" => Triaged(IssueTriaged), "the day of the triage";
        "issue-assigned.v1" => Assigned(Assigned), "the day of recording";
        "norm-cited.v1" => NormCited(NormCited), "the day of recording";
        "norm-citation-corrected.v1" => NormCitationCorrected(NormCitationCorrected), "the day of recording";
        "norm-citation-removed.v1" => NormCitationRemoved(NormCitationRemoved), "the day of recording";
        "position-recorded.v1" => PositionRecorded(Position), "the day the reading was observed";
        "position-corrected.v1" => PositionCorrected(PositionCorrected), "the day of recording";
        "position-withdrawn.v1" => PositionWithdrawn(PositionWithdrawn), "the day of recording";
        "position-ended.v1" => PositionEnded(PositionEnded), "the day the reading ended or was seen to have ended";
        "issue-endorsed.v1" => Endorsed(IssueEndorsed), "the day of the endorsement";
        "endorsement-corrected.v1" => EndorsementCorrected(EndorsementCorrected), "the day of recording";
        "endorsement-withdrawn.v1" => EndorsementWithdrawn(EndorsementWithdrawn), "the day of recording";
        "impact-estimated.v1" => ImpactEstimated(ImpactEstimated), "the day of the estimate";
        "issue-linked.v1" => Linked(IssueLinked), "the day of recording";
        "issue-unlinked.v1" => Unlinked(IssueUnlinked), "the day of recording";
        "answer-linked.v1" => AnswerLinked(AnswerLinked), "the day of recording";
        "answer-unlinked.v1" => AnswerUnlinked(AnswerUnlinked), "the day of recording";
        "note-added.v1" => NoteAdded(NoteAdded), "the day the note refers to";
        "contact-recorded.v1" => ContactRecorded(ContactRecorded), "the day of the contact";
        "visibility-changed.v1" => VisibilityChanged(VisibilityChanged), "the day of recording";
        "issue-published.v1" => Published(IssuePublished), "the day of the approval";
        "issue-unpublished.v1" => Unpublished(Unpublished), "the day of recording";
        "issue-withdrawn.v1" => Withdrawn(IssueWithdrawn), "the day of the withdrawal";
        "issue-closed.v1" => Closed(IssueClosed), "the day of the closure";
        "issue-reopened.v1" => Reopened(IssueReopened), "the day of the reopening";
        "text-erased.v1" => TextErased(TextErased), "the day of recording";
    }
}
