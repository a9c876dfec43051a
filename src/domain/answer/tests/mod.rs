//! What the tests of answers share.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::testing::{data, day, nth};
use crate::{Recorded, fold};

mod laws;
mod rules;
mod validity;

/// Another answer.
pub(super) const OTHER: Uuid = Uuid::from_u128(0xA17);

/// The answer the tests are about: the id of the stream in given / when / then.
pub(super) const SELF: Uuid = Uuid::from_u128(0x00C0_FFEE);

/// The JSON of an answer dated 2024-01-01, with changes.
pub(super) fn receipt(changes: Value) -> AnswerReceived {
    let mut receipt = json!({
        "coordinator": "anci_er",
        "origin": "reply",
        "authors": ["ministero_interno_dlci", "inps"],
        "form": "nota",
        "document_date": "2024-01-01",
        "received_on": "2024-01-05",
        "communication": Uuid::from_u128(0xC06),
        "text": "Basta la ricevuta.",
    });
    if let (Some(receipt), Value::Object(changes)) = (receipt.as_object_mut(), changes) {
        receipt.extend(changes);
    }
    data(receipt)
}

pub(super) fn received() -> AnswerEvent {
    receipt(json!({})).into()
}

pub(super) fn superseded(by: Uuid, from: &str) -> AnswerEvent {
    data::<AnswerSuperseded>(json!({
        "by": {"kind": "answer", "id": by}, "from": from, "reason": "La circolare sostituisce la nota."
    }))
    .into()
}

pub(super) fn withdrawn(from: &str) -> AnswerEvent {
    data::<AnswerWithdrawn>(json!({"by": "inps", "from": from, "reason": "Pagina rimossa."})).into()
}

pub(super) fn conflict(with: Uuid) -> AnswerEvent {
    data::<ConflictDeclared>(json!({"with": with, "reason": "Indicazioni opposte."})).into()
}

pub(super) fn settled(with: Uuid, prevails: Option<Uuid>) -> AnswerEvent {
    data::<ConflictSettled>(
        json!({"with": with, "prevails": prevails, "reason": "Prevale la nota."}),
    )
    .into()
}

pub(super) fn flagged(due: &str) -> AnswerEvent {
    data::<crate::shared::ReviewFlagged>(
        json!({"reason": "Norma modificata.", "reviewer": "ufficio-giuridico", "due": due}),
    )
    .into()
}

pub(super) fn confirmed(review: Uuid) -> AnswerEvent {
    data::<AnswerConfirmed>(json!({"review_id": review, "reason": "Il comma citato è invariato."}))
        .into()
}

pub(super) fn corrected(changes: Value) -> AnswerEvent {
    let mut correction = json!({"reason": "Trascritto male."});
    if let (Some(correction), Value::Object(changes)) = (correction.as_object_mut(), changes) {
        correction.extend(changes);
    }
    data::<AnswerCorrected>(correction).into()
}

pub(super) fn assessed() -> AnswerEvent {
    data::<AnswerAssessed>(json!({"assessment": "clear"})).into()
}

/// Noon of a day, UTC.
pub(super) fn noon(on: &str) -> Timestamp {
    format!("{on}T12:00:00Z").parse().unwrap()
}

/// The state after events that were recorded at noon of the day they occurred.
pub(super) fn after(history: &[(&str, AnswerEvent)]) -> AnswerState {
    let history: Vec<_> = history
        .iter()
        .enumerate()
        .map(|(n, (on, event))| Recorded {
            id: nth(n as u128),
            occurred_on: day(on),
            recorded_at: noon(on),
            body: None,
            event: event.clone(),
        })
        .collect();
    fold::<Answer>(&history)
}
