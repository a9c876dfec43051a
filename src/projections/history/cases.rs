//! The events of cases and letters in Italian. One arm for each: the compiler asks for
//! the next one.
//!
//! Depends on: `domain`.

use super::{Names, Told};
use crate::domain::answer::{AnswerEvent, Assessment};
use crate::domain::communication::{CommunicationEvent, Direction, Receipt};
use crate::domain::issue::{ClosingOutcome, EndCause, IssueEvent, IssueLink, Scope};
use crate::domain::question::{QuestionEvent, RejectionReason, RevisionKind};
use crate::domain::shared::{Audience, PointResult, Visibility};
use crate::domain::solution::{Manner, SolutionEvent};

const ERASED: &str = "Un testo è stato cancellato (art. 17 GDPR).";

impl Told for IssueEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Reported(data) => format!("{}: segnalazione presentata.", names.body(&data.body)),
            Self::Amended(_) => "Segnalazione modificata.".into(),
            Self::ClarificationRequested(data) => match &data.to {
                Some(to) => format!("Chiarimento richiesto: {}.", names.body(to)),
                None => "Chiarimento richiesto a chi ha segnalato.".into(),
            },
            Self::ClarificationProvided(_) => "Chiarimento fornito.".into(),
            Self::Triaged(data) => match data.scope {
                Scope::InScope => "Istruttoria: la segnalazione è pertinente.".into(),
                Scope::OutOfScope => "Istruttoria: la segnalazione non è pertinente.".into(),
            },
            Self::Assigned(data) => format!("Segnalazione affidata a {}.", data.staff_member),
            Self::NormCited(data) => format!("Norma citata: {}.", names.norm(&data.norm)),
            Self::NormCitationCorrected(data) => {
                format!("Norma citata, corretta: {}.", names.norm(&data.norm))
            }
            Self::NormCitationRemoved(_) => "Citazione di una norma tolta.".into(),
            Self::PositionRecorded(data) => {
                format!("{}: interpretazione registrata.", names.authority(&data.authority))
            }
            Self::PositionCorrected(_) => "Interpretazione corretta.".into(),
            Self::PositionWithdrawn(_) => {
                "Interpretazione annullata: era stata registrata per errore.".into()
            }
            Self::PositionEnded(data) => match data.cause {
                EndCause::Aligned => "Interpretazione superata: l'ufficio si è allineato.".into(),
                EndCause::Overridden => {
                    "Interpretazione superata da un atto o una decisione.".into()
                }
                EndCause::OfficeChanged => "Interpretazione abbandonata dall'ufficio.".into(),
            },
            Self::Endorsed(data) => format!("{}: «succede anche da noi».", names.body(&data.body)),
            Self::EndorsementCorrected(_) => "Condivisione corretta.".into(),
            Self::EndorsementWithdrawn(_) => "Condivisione ritirata.".into(),
            Self::ImpactEstimated(data) => {
                format!("Impatto stimato: {} persone.", data.people_affected.get())
            }
            Self::Linked(data) => format!("{} {}.", link(data.link), names.case(data.issue)),
            Self::Unlinked(data) => {
                format!("Collegamento tolto: {}.", names.case(data.issue))
            }
            Self::AnswerLinked(data) => {
                format!("Riscontro collegato: {}.", names.case(data.answer))
            }
            Self::AnswerUnlinked(data) => {
                format!("Riscontro scollegato: {}.", names.case(data.answer))
            }
            Self::NoteAdded(data) => note(data.audience).into(),
            Self::ContactRecorded(data) => {
                format!("{}: contatto informale annotato.", names.authority(&data.authority))
            }
            Self::VisibilityChanged(data) => format!("Visibilità: {}.", visibility(data.to)),
            Self::Published(_) => "Sintesi approvata e pubblicata.".into(),
            Self::Unpublished(_) => "Sintesi ritirata dalla pubblicazione.".into(),
            Self::Withdrawn(_) => "Segnalazione ritirata da chi l'aveva presentata.".into(),
            Self::Closed(data) => format!("Segnalazione chiusa: {}.", outcome(data.outcome)),
            Self::Reopened(_) => "Segnalazione riaperta.".into(),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for QuestionEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Drafted(_) => "Quesito collettivo redatto.".into(),
            Self::IssueAttached(data) => {
                format!("Segnalazione aggiunta: {}.", names.case(data.issue))
            }
            Self::IssueDetached(data) => format!("Segnalazione tolta: {}.", names.case(data.issue)),
            Self::TextRevised(data) => match data.kind {
                RevisionKind::Substance => "Testo modificato nella sostanza.".into(),
                RevisionKind::Editorial => "Testo modificato nella forma.".into(),
            },
            Self::AdhesionsOpened(data) => match data.deadline {
                Some(deadline) => format!("Raccolta adesioni aperta: termine {}.", day(deadline)),
                None => "Raccolta adesioni aperta.".into(),
            },
            Self::AdhesionsClosed(_) => "Raccolta adesioni chiusa.".into(),
            Self::AdhesionGiven(data) => format!(
                "{}: adesione alla versione {}.",
                names.body(&data.body),
                data.text_version.get()
            ),
            Self::AdhesionWithdrawn(_) => "Adesione ritirata.".into(),
            Self::Approved(data) => {
                format!("Testo approvato nella versione {}.", data.text_version.get())
            }
            Self::Dispatched(data) => {
                format!("Quesito trasmesso nella versione {}.", data.text_version.get())
            }
            Self::DispatchCorrected(_) => "Dati della trasmissione corretti.".into(),
            Self::ReminderSent(data) => match data.n {
                Some(n) => format!("Sollecito n. {} inviato.", n.get()),
                None => "Sollecito inviato.".into(),
            },
            Self::Forwarded(data) => {
                format!("Quesito trasmesso per competenza a: {}.", names.authority(&data.to))
            }
            Self::AnswerLinked(data) => {
                format!(
                    "Riscontro collegato: {}{}.",
                    names.case(data.answer),
                    results(&data.points)
                )
            }
            Self::AnswerUnlinked(data) => {
                format!("Riscontro scollegato: {}.", names.case(data.answer))
            }
            Self::PointDeclaredUnanswered(_) => "Un punto è dichiarato senza riscontro.".into(),
            Self::PointWithdrawn(_) => "Un punto è ritirato.".into(),
            Self::Rejected(data) => format!("Quesito non accolto: {}.", rejection(data.reason)),
            Self::Closed(_) => "Quesito chiuso.".into(),
            Self::Withdrawn(_) => "Quesito ritirato.".into(),
            Self::Reopened(_) => "Quesito riaperto.".into(),
            Self::Assigned(data) => format!("Quesito affidato a {}.", data.staff_member),
            Self::NoteAdded(data) => note(data.audience).into(),
            Self::ContactRecorded(data) => {
                format!("{}: contatto informale annotato.", names.authority(&data.authority))
            }
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for AnswerEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Received(data) => {
                let authors: Vec<String> =
                    data.authors.iter().map(|author| names.authority(author)).collect();
                let authors = crate::domain::italian::enumerate(&authors);
                format!("{authors}: riscontro ricevuto {}.", day(data.received_on))
            }
            Self::Corrected(_) => "Dati del riscontro corretti.".into(),
            Self::Assessed(data) => match data.assessment {
                Assessment::Clear => "Riscontro valutato: chiaro.".into(),
                Assessment::Partial => "Riscontro valutato: parziale.".into(),
                Assessment::Interlocutory => "Riscontro valutato: interlocutorio.".into(),
            },
            Self::Superseded(data) => {
                format!("Riscontro superato da {}, {}.", names.thing(&data.by), since(data.from))
            }
            Self::Withdrawn(data) => {
                format!("{}: riscontro ritirato, {}.", names.authority(&data.by), since(data.from))
            }
            Self::ConflictDeclared(data) => {
                format!("Riscontri discordanti: in contrasto con {}.", names.case(data.with))
            }
            Self::ConflictSettled(data) => match data.prevails {
                Some(one) => format!("Contrasto risolto: prevale {}.", names.case(one)),
                None => format!("Contrasto con {} risolto.", names.case(data.with)),
            },
            Self::ReviewFlagged(data) => format!("Verifica richiesta entro {}.", day(data.due)),
            Self::Confirmed(_) => "Riscontro confermato dopo la verifica.".into(),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for SolutionEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Proposed(_) => "Soluzione proposta.".into(),
            Self::Revised(data) => match data.solution_version {
                Some(version) => format!("Soluzione riscritta: versione {}.", version.get()),
                None => "Soluzione riscritta.".into(),
            },
            Self::BasisAdded(data) => match (&data.answer, &data.norm) {
                (Some(answer), _) => format!("Fondamento aggiunto: {}.", names.case(*answer)),
                (None, Some(norm)) => format!("Fondamento aggiunto: {}.", names.norm(norm)),
                (None, None) => "Fondamento aggiunto.".into(),
            },
            Self::BasisRemoved(_) => "Fondamento tolto.".into(),
            Self::IssueAttached(data) => {
                format!("Segnalazione aggiunta: {}.", names.case(data.issue))
            }
            Self::IssueDetached(data) => format!("Segnalazione tolta: {}.", names.case(data.issue)),
            Self::Validated(data) => {
                format!("Soluzione validata nella versione {}.", data.solution_version.get())
            }
            Self::Adopted(data) => {
                let how = match data.manner {
                    Manner::Adopted => "soluzione recepita",
                    Manner::Adapted => "soluzione recepita con adattamenti",
                };
                format!("{}: {how}.", names.body(&data.body))
            }
            Self::AdoptionCorrected(_) => "Dati del recepimento corretti.".into(),
            Self::AdoptionEnded(data) => {
                format!("Recepimento cessato: ultimo giorno {}.", day(data.until))
            }
            Self::Declined(data) => format!("{}: soluzione non recepita.", names.body(&data.body)),
            Self::ReviewFlagged(data) => format!("Verifica richiesta entro {}.", day(data.due)),
            Self::Confirmed(_) => "Soluzione confermata dopo la verifica.".into(),
            Self::Superseded(data) => format!("Soluzione superata da {}.", names.case(data.by)),
            Self::Retired(_) => "Soluzione non più proposta.".into(),
            Self::Published(_) => "Sintesi approvata e pubblicata.".into(),
            Self::Unpublished(_) => "Sintesi ritirata dalla pubblicazione.".into(),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

impl Told for CommunicationEvent {
    fn sentence_it(&self, names: &Names<'_>) -> String {
        match self {
            Self::Recorded(data) => {
                let who: Vec<String> =
                    data.counterpart.iter().map(|one| names.thing(one)).collect();
                let who = crate::domain::italian::enumerate(&who);
                match data.direction {
                    Direction::In => format!("Comunicazione in arrivo da {who}."),
                    Direction::Out => format!("Comunicazione in uscita a {who}."),
                }
            }
            Self::RegistrationRecorded(data) => format!(
                "{}: protocollo n. {} del {}.",
                names.body(&data.body),
                data.number,
                crate::domain::italian::italian_date(data.date.date())
            ),
            Self::RegistrationAnnulled(_) => "Protocollo annullato.".into(),
            Self::ReceiptRecorded(data) => match data.receipt {
                Receipt::Accepted => "Ricevuta di accettazione.".into(),
                Receipt::Delivered => "Ricevuta di consegna.".into(),
                Receipt::Failed => "Avviso di mancata consegna.".into(),
            },
            Self::DocumentAttached(_) => "Documento allegato.".into(),
            Self::TextErased(_) => ERASED.into(),
        }
    }
}

fn day(day: crate::domain::values::Day) -> String {
    Names::day(day)
}

/// "dal 7 marzo 2026".
fn since(day: crate::domain::values::Day) -> String {
    let date = day.date();
    format!(
        "{}{}",
        crate::domain::italian::from_the(date),
        crate::domain::italian::italian_date(date)
    )
}

fn link(link: IssueLink) -> &'static str {
    match link {
        IssueLink::Duplicate => "Riconosciuta come doppione di",
        IssueLink::Related => "Collegata a",
        IssueLink::Consequence => "Riconosciuta come conseguenza di",
    }
}

fn note(audience: Audience) -> &'static str {
    match audience {
        Audience::Internal => "Nota interna aggiunta.",
        Audience::Participants => "Nota per gli enti coinvolti aggiunta.",
        Audience::Network => "Nota per la rete aggiunta.",
    }
}

fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Restricted => "solo gli enti coinvolti",
        Visibility::Network => "tutta la rete",
        Visibility::Public => "pubblica, nella sola sintesi approvata",
    }
}

fn outcome(outcome: ClosingOutcome) -> &'static str {
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

fn rejection(reason: RejectionReason) -> &'static str {
    match reason {
        RejectionReason::OutOfScope => "non pertinente",
        RejectionReason::AlreadyAnswered => "ha già avuto riscontro",
        RejectionReason::TooSpecific => "riguarda un caso troppo specifico",
        RejectionReason::NotNew => "non è nuovo",
    }
}

fn results(points: &[crate::domain::shared::PointOutcome]) -> String {
    let count = |result| points.iter().filter(|point| point.result == result).count();
    let parts: Vec<String> = [
        (PointResult::Settled, "risolti"),
        (PointResult::Partly, "risolti in parte"),
        (PointResult::NoMerit, "non trattati nel merito"),
        (PointResult::NotCompetent, "per i quali l'ufficio si dichiara non competente"),
    ]
    .into_iter()
    .filter(|(result, _)| count(*result) > 0)
    .map(|(result, called)| format!("punti {called}: {}", count(result)))
    .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
}
