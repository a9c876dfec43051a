//! The Italian words for the codes of the domain. Every list is closed: the compiler asks
//! for the next word.

mod questions;

pub use questions::*;

use super::parts::Tone;
use crate::access::accounts::Standing;
use crate::codec::{ActorKind, ReceivedVia};
use crate::domain::answer::{Assessment, Validity};
use crate::domain::from_json;
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

/// How things stand with an account.
pub fn standing(standing: Standing) -> (Tone, &'static str) {
    match standing {
        Standing::Pending => (Tone::Warning, "da approvare"),
        Standing::Open => (Tone::Good, "attivo"),
        Standing::Suspended => (Tone::Done, "sospeso"),
    }
}

/// What recorded something, when it was no person.
pub fn actor_kind(kind: ActorKind) -> Option<&'static str> {
    match kind {
        ActorKind::Person => None,
        ActorKind::Machine => Some("da un programma"),
        ActorKind::Policy => Some("in automatico"),
        ActorKind::Import => Some("dall'importazione dei dati precedenti"),
    }
}

/// By which way something arrived, when its body did not record it itself.
pub fn received_via(via: ReceivedVia) -> Option<&'static str> {
    match via {
        ReceivedVia::Own => None,
        ReceivedVia::Phone => Some("arrivato per telefono"),
        ReceivedVia::Email => Some("arrivato per e-mail"),
        ReceivedVia::Pec => Some("arrivato per PEC"),
        ReceivedVia::Meeting => Some("raccolto in riunione"),
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

/// Whether nothing more is expected of an issue.
pub fn is_over(status: IssueStatus) -> bool {
    matches!(status, IssueStatus::Closed | IssueStatus::Withdrawn | IssueStatus::OutOfScope)
}

/// The words for a status as the API spells it.
pub fn status_named(code: &str) -> String {
    match from_json(&code.into()) {
        Ok(status) => issue_status(status).1.into(),
        Err(_) => code.to_owned(),
    }
}

/// The code of a word of a closed list, as the API and our addresses spell it.
pub fn code(word: &impl serde::Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(code)) => code,
        Ok(_) | Err(_) => String::new(),
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

/// The name of a province of the region where the product was born; the code of another.
pub fn province(code: &str) -> &str {
    match code {
        "BO" => "Bologna",
        "FC" => "Forlì-Cesena",
        "FE" => "Ferrara",
        "MO" => "Modena",
        "PC" => "Piacenza",
        "PR" => "Parma",
        "RA" => "Ravenna",
        "RE" => "Reggio Emilia",
        "RN" => "Rimini",
        other => other,
    }
}

/// A kind of authority: kinds are data of the registry, the usual ones have a name here.
pub fn authority_kind(kind: &str) -> String {
    let known = match kind {
        "prefettura" => "Prefettura – UTG",
        "commissione_nazionale" => "Commissione nazionale per il diritto d'asilo",
        "unita_dublino" => "Unità Dublino",
        "comune_dpo" => "Comune, responsabile della protezione dei dati",
        "unione" => "Unione di Comuni",
        "ausl" => "AUSL",
        "acer" => "ACER",
        "servizio_centrale_sai" => "Servizio centrale SAI",
        "inps" => "INPS",
        "inail" => "INAIL",
        "agenzia_entrate" => "Agenzia delle entrate",
        "motorizzazione" => "Motorizzazione civile",
        "usr" => "Ufficio scolastico regionale",
        "cpia" => "CPIA",
        "tribunale_minorenni" => "Tribunale per i minorenni",
        "tar" => "TAR",
        "corte_conti" => "Corte dei conti",
        "avvocatura_stato" => "Avvocatura dello Stato",
        "garante_privacy" => "Garante per la protezione dei dati personali",
        "anac" => "ANAC",
        "agid" => "AgID",
        "altro" => "Altra autorità",
        _ => "",
    };
    if !known.is_empty() {
        return known.into();
    }
    match kind.split_once("comune_") {
        Some(("", office)) => format!("Comune, {}", office.replace('_', " ")),
        _ => capitalised(&kind.replace('_', " ")),
    }
}

/// The first letter as a capital.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_authorities_are_called_as_people_call_them() {
        assert_eq!(authority_kind("questura"), "Questura");
        assert_eq!(authority_kind("comune_servizi_sociali"), "Comune, servizi sociali");
        assert_eq!(authority_kind("tar"), "TAR");
    }
}
