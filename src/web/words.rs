//! The Italian words for the codes of the domain. Every list is closed: the compiler asks
//! for the next word.

use super::parts::Tone;
use crate::domain::answer::{Assessment, Validity};
use crate::domain::issue::{ClosingOutcome, EndCause, IssueLink, IssueStatus, Known};
use crate::domain::question::QuestionStatus;
use crate::domain::registry::Role;
use crate::domain::shared::{Audience, PointResult, TerritoryLevel, Urgency, Visibility};
use crate::domain::solution::{Manner, SolutionLevel, SolutionStatus, SolutionValidity};

/// A role, as one calls who has it.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Municipality => "ente",
        Role::Staff => "coordinamento",
        Role::Observer => "osservatore",
        Role::Auditor => "revisione",
        Role::Admin => "gestione",
    }
}

/// Where an issue stands, and how it is coloured.
pub fn issue_status(status: IssueStatus) -> (Tone, &'static str) {
    match status {
        IssueStatus::Reported => (Tone::New, "presentata"),
        IssueStatus::UnderReview => (Tone::New, "in istruttoria"),
        IssueStatus::Confirmed => (Tone::Open, "difformità confermata"),
        IssueStatus::InQuestion => (Tone::Open, "in un quesito"),
        IssueStatus::PartlyAnswered => (Tone::Open, "riscontro parziale"),
        IssueStatus::ConflictingAnswers => (Tone::Warning, "riscontri discordanti"),
        IssueStatus::Answered => (Tone::Good, "con riscontro"),
        IssueStatus::Solved => (Tone::Good, "risolta"),
        IssueStatus::Closed => (Tone::Done, "chiusa"),
        IssueStatus::NeedsClarification => (Tone::Warning, "in attesa di chiarimenti"),
        IssueStatus::Withdrawn => (Tone::Done, "ritirata"),
        IssueStatus::OutOfScope => (Tone::Done, "non pertinente"),
        IssueStatus::Reopened => (Tone::New, "riaperta"),
    }
}

/// Where a question stands.
pub fn question_status(status: QuestionStatus) -> (Tone, &'static str) {
    match status {
        QuestionStatus::Draft => (Tone::New, "in bozza"),
        QuestionStatus::CollectingAdhesions => (Tone::Open, "raccolta adesioni"),
        QuestionStatus::Approved => (Tone::Open, "approvato"),
        QuestionStatus::Dispatched => (Tone::Open, "trasmesso"),
        QuestionStatus::Forwarded => (Tone::Open, "trasmesso per competenza"),
        QuestionStatus::PartlyAnswered => (Tone::Open, "riscontro parziale"),
        QuestionStatus::Answered => (Tone::Good, "con riscontro"),
        QuestionStatus::Closed => (Tone::Done, "chiuso"),
        QuestionStatus::Rejected => (Tone::Done, "non accolto"),
        QuestionStatus::Withdrawn => (Tone::Done, "ritirato"),
        QuestionStatus::NoReply => (Tone::Warning, "senza riscontro"),
    }
}

/// Whether an answer may be relied on.
pub fn validity(validity: Validity) -> (Tone, &'static str) {
    match validity {
        Validity::Current => (Tone::Good, "valido"),
        Validity::ToVerify => (Tone::Warning, "da verificare"),
        Validity::InConflict => (Tone::Warning, "in contrasto con un altro"),
        Validity::Superseded => (Tone::Done, "superato"),
        Validity::Withdrawn => (Tone::Done, "ritirato"),
    }
}

/// Where a solution stands.
pub fn solution_status(status: SolutionStatus) -> (Tone, &'static str) {
    match status {
        SolutionStatus::Proposed => (Tone::New, "proposta"),
        SolutionStatus::Validated => (Tone::Open, "validata"),
        SolutionStatus::Adopted => (Tone::Good, "recepita"),
        SolutionStatus::Superseded => (Tone::Done, "superata"),
        SolutionStatus::Retired => (Tone::Done, "non più proposta"),
    }
}

/// Whether a solution may be relied on.
pub fn solution_validity(validity: SolutionValidity) -> (Tone, &'static str) {
    match validity {
        SolutionValidity::Current => (Tone::Good, "valida"),
        SolutionValidity::ToVerify => (Tone::Warning, "da verificare"),
        SolutionValidity::Superseded => (Tone::Done, "superata"),
        SolutionValidity::Retired => (Tone::Done, "non più proposta"),
    }
}

/// On which level a solution stands.
pub fn level(level: SolutionLevel) -> &'static str {
    match level {
        SolutionLevel::MinistryAnswer => "riscontro ministeriale",
        SolutionLevel::LocalAgreement => "accordo locale",
        SolutionLevel::GoodPractice => "buona prassi",
    }
}

/// How a solution was adopted.
pub fn manner(manner: Manner) -> (Tone, &'static str) {
    match manner {
        Manner::Adopted => (Tone::Good, "recepita"),
        Manner::Adapted => (Tone::Open, "recepita con adattamenti"),
    }
}

/// How much an answer says.
pub fn assessment(assessment: Assessment) -> &'static str {
    match assessment {
        Assessment::Clear => "chiaro",
        Assessment::Partial => "parziale",
        Assessment::Interlocutory => "interlocutorio",
    }
}

/// What an answer does for a point.
pub fn point_result(result: PointResult) -> (Tone, &'static str) {
    match result {
        PointResult::Settled => (Tone::Good, "risolto"),
        PointResult::Partly => (Tone::Open, "risolto in parte"),
        PointResult::NoMerit => (Tone::Warning, "non trattato nel merito"),
        PointResult::NotCompetent => (Tone::Warning, "l'ufficio si dichiara non competente"),
    }
}

/// How a reading is known.
pub fn known(known: Known) -> &'static str {
    match known {
        Known::Direct => "constatata direttamente",
        Known::Written => "messa per iscritto dall'ufficio",
        Known::ReportedByThird => "riferita da altri",
    }
}

/// Why a reading no longer holds.
pub fn end_cause(cause: EndCause) -> &'static str {
    match cause {
        EndCause::Aligned => "l'ufficio si è allineato",
        EndCause::Overridden => "superata da un atto o da una decisione",
        EndCause::OfficeChanged => "l'ufficio è cambiato",
    }
}

/// What another issue is to this one; the other way round when the link stands there.
pub fn link(link: IssueLink, from_there: bool) -> &'static str {
    match (link, from_there) {
        (IssueLink::Duplicate, false) => "doppione di",
        (IssueLink::Duplicate, true) => "ha come doppione",
        (IssueLink::Related, _) => "collegata a",
        (IssueLink::Consequence, false) => "conseguenza di",
        (IssueLink::Consequence, true) => "ha come conseguenza",
    }
}

/// With which outcome an issue was closed.
pub fn outcome(outcome: ClosingOutcome) -> &'static str {
    match outcome {
        ClosingOutcome::Answered => "risolta da un riscontro",
        ClosingOutcome::AnsweredByGeneralAct => "risolta da un atto generale",
        ClosingOutcome::LocalSolution => "risolta da una soluzione locale",
        ClosingOutcome::Composed => "difformità ricomposta",
        ClosingOutcome::OvertakenByLaw => "superata da una norma",
        ClosingOutcome::NoReply => "nessun riscontro",
        ClosingOutcome::NotDivergent => "nessuna difformità",
    }
}

/// How pressing an issue is.
pub fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Low => "bassa",
        Urgency::Medium => "media",
        Urgency::High => "alta",
    }
}

/// For whom a note is.
pub fn audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Internal => "Solo il coordinamento",
        Audience::Participants => "Gli enti coinvolti",
        Audience::Network => "Tutta la rete",
    }
}

/// Who sees a case, as the end of "Questa segnalazione è visibile …".
pub fn visible_to(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Restricted => "a chi l'ha presentata, agli enti coinvolti e al coordinamento",
        Visibility::Network => "a tutti gli enti della rete e al coordinamento",
        Visibility::Public => {
            "a tutti gli enti della rete e al coordinamento; il pubblico ne legge solo la sintesi \
             approvata"
        }
    }
}

/// How wide a territory is.
pub fn territory_level(level: TerritoryLevel) -> &'static str {
    match level {
        TerritoryLevel::National => "tutto il territorio nazionale",
        TerritoryLevel::Region => "regione",
        TerritoryLevel::Province => "provincia",
        TerritoryLevel::Municipality => "comune",
    }
}

/// A kind of authority, as codes name it: `comune_anagrafe` is "comune, anagrafe".
///
/// Kinds are data of the registry; the usual ones have a better name here.
pub fn authority_kind(kind: &str) -> String {
    match kind {
        "questura" => "Questura".into(),
        "prefettura" => "Prefettura – UTG".into(),
        "comune_anagrafe" => "Comune, anagrafe".into(),
        "comune_servizi_sociali" => "Comune, servizi sociali".into(),
        "comune_stato_civile" => "Comune, stato civile".into(),
        "ausl" => "AUSL".into(),
        "inps" => "INPS".into(),
        "agenzia_entrate" => "Agenzia delle entrate".into(),
        "commissione_territoriale" => "Commissione territoriale".into(),
        "servizio_centrale" => "Servizio centrale SAI".into(),
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|first| first.to_uppercase().to_string());
            first.unwrap_or_default() + &letters.as_str().replace('_', " ")
        }
    }
}
