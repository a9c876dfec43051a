//! The words of questions, letters and answers.

use super::super::parts::Tone;
use super::question_status;
use crate::domain::answer::AnswerOrigin;
use crate::domain::communication::{Channel, Receipt};
use crate::domain::from_json;
use crate::domain::question::{AdhesionKind, RejectionReason, RevisionKind, SilenceEffect};
use crate::projections::questions::{ExpectedWhat, TrackStatus};

/// The words for the status of a question as the API spells it.
pub fn question_status_named(code: &str) -> String {
    match from_json(&code.into()) {
        Ok(status) => question_status(status).1.into(),
        Err(_) => code.to_owned(),
    }
}

/// Where a question stands with one addressee.
pub fn track_status(status: TrackStatus) -> (Tone, &'static str) {
    match status {
        TrackStatus::NotSent => (Tone::New, "non ancora trasmesso"),
        TrackStatus::Waiting => (Tone::Open, "in attesa di riscontro"),
        TrackStatus::Forwarded => (Tone::Open, "trasmesso ad altri per competenza"),
        TrackStatus::PartlyAnswered => (Tone::Open, "riscontro parziale"),
        TrackStatus::Answered => (Tone::Good, "con riscontro"),
    }
}

/// What is expected.
pub fn expected(what: ExpectedWhat) -> &'static str {
    match what {
        ExpectedWhat::Adhesions => "Adesioni attese",
        ExpectedWhat::Reply => "Riscontro atteso",
        ExpectedWhat::Reminder => "Sollecito da inviare",
        ExpectedWhat::Escalation => "Da valutare un livello superiore",
    }
}

/// What the law says of silence.
pub fn silence(effect: SilenceEffect) -> &'static str {
    match effect {
        SilenceEffect::None => "nessuno",
        SilenceEffect::Consent => "vale come assenso",
        SilenceEffect::Refusal => "vale come diniego",
    }
}

/// How a text differs from the one before.
pub fn revision(kind: RevisionKind) -> (Tone, &'static str) {
    match kind {
        RevisionKind::Substance => (Tone::Warning, "modifica di sostanza"),
        RevisionKind::Editorial => (Tone::Done, "modifica di forma"),
    }
}

/// When an adhesion was given.
pub fn adhesion(kind: AdhesionKind) -> &'static str {
    match kind {
        AdhesionKind::BeforeDispatch => "prima della trasmissione",
        AdhesionKind::Supporting => "a sostegno, dopo la trasmissione",
    }
}

/// Why the coordinator does not take a question forward.
pub fn rejection(reason: RejectionReason) -> &'static str {
    match reason {
        RejectionReason::OutOfScope => "non pertinente",
        RejectionReason::AlreadyAnswered => "ha già un riscontro",
        RejectionReason::TooSpecific => "riguarda un caso singolo",
        RejectionReason::NotNew => "nulla di nuovo",
    }
}

/// By which way a letter came or went.
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Pec => "PEC",
        Channel::Email => "posta elettronica",
        Channel::Portal => "portale",
        Channel::Paper => "posta cartacea",
        Channel::Interop => "interoperabilità di protocollo",
    }
}

/// What a receipt says.
pub fn receipt(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::Accepted => "accettata",
        Receipt::Delivered => "consegnata",
        Receipt::Failed => "mancata consegna",
    }
}

/// How an answer came about.
pub fn origin(origin: AnswerOrigin) -> &'static str {
    match origin {
        AnswerOrigin::Reply => "in risposta a un quesito",
        AnswerOrigin::Spontaneous => "senza che fosse stato chiesto",
        AnswerOrigin::Local => "da un ufficio locale",
        AnswerOrigin::GeneralAct => "atto generale",
    }
}
