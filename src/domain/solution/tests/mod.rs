//! What the tests of solutions share.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::facts::{BodyFacts, Facts, IssueFacts};
use crate::shared::{
    IssueAttached, IssueDetached, ReviewFlagged, TextErased, Unpublished, Visibility,
};
use crate::testing::{code, data, day, nth};
use crate::{Recorded, fold};

mod bodies;
mod laws;
mod rules;
mod validity;

/// An issue, an answer or a solution other than the one the tests are about.
pub(super) const OTHER: Uuid = Uuid::from_u128(0xA17);

/// The solution the tests are about: the id of the stream in given / when / then.
pub(super) const SELF: Uuid = Uuid::from_u128(0x00C0_FFEE);

fn with(mut base: Value, changes: Value) -> Value {
    if let (Some(base), Value::Object(changes)) = (base.as_object_mut(), changes) {
        base.extend(changes);
    }
    base
}

pub(super) fn proposal(changes: Value) -> SolutionProposed {
    let base = json!({
        "coordinator": "anci_er",
        "problem": "Criterio di iscrizione per gli appartamenti SAI.",
        "text": "Convivenza per gli alloggi con più nuclei.",
        "level": "local_agreement",
        "basis": {"answers": [nth(80)], "norms": [norm("47~art10")]},
        "territory": {"level": "province", "code": "PR"},
    });
    data(with(base, changes))
}

/// A norm, read in the text of 2024-01-01.
pub(super) fn norm(act: &str) -> Value {
    let urn = format!("urn:nir:stato:legge:2017-04-07;{act}");
    json!({"kind": "nir", "urn": urn, "text_in_force_on": "2024-01-01"})
}

pub(super) fn proposed() -> SolutionEvent {
    proposal(json!({})).into()
}

pub(super) fn revised(version: Option<u32>) -> SolutionEvent {
    let revision =
        json!({"solution_version": version, "text": "Testo nuovo.", "reason": "Rilievi."});
    data::<SolutionRevised>(revision).into()
}

pub(super) fn validated(version: u32) -> SolutionEvent {
    data::<SolutionValidated>(json!({"solution_version": version, "by": "gruppo MSNA"})).into()
}

pub(super) fn adoption(body: &str, changes: Value) -> SolutionEvent {
    let base = json!({
        "body": body,
        "manner": "adopted",
        "solution_version": 1,
        "act": {"status": "not_yet_adopted"},
        "in_force_from": "2024-02-01",
    });
    data::<SolutionAdopted>(with(base, changes)).into()
}

pub(super) fn adopted(body: &str) -> SolutionEvent {
    adoption(body, json!({}))
}

pub(super) fn corrected(adoption: Uuid, changes: Value) -> SolutionEvent {
    let base = json!({"adoption_id": adoption, "reason": "Numero trascritto male."});
    data::<AdoptionCorrected>(with(base, changes)).into()
}

pub(super) fn ended(adoption: Uuid, until: &str) -> SolutionEvent {
    let ending = json!({"adoption_id": adoption, "until": until, "reason": "Anno concluso."});
    data::<AdoptionEnded>(ending).into()
}

pub(super) fn declined(body: &str, version: u32) -> SolutionEvent {
    let reason = "La Questura non è parte dell'intesa.";
    data::<SolutionDeclined>(json!({"body": body, "solution_version": version, "reason": reason}))
        .into()
}

pub(super) fn based_on(basis: Value) -> SolutionEvent {
    data::<BasisAdded>(basis).into()
}

pub(super) fn basis_removed(id: Uuid) -> SolutionEvent {
    data::<BasisRemoved>(json!({"basis_id": id, "reason": "Riscontro ritirato."})).into()
}

pub(super) fn attached(issue: Uuid) -> SolutionEvent {
    data::<IssueAttached>(json!({"issue": issue})).into()
}

pub(super) fn detached(issue: Uuid) -> SolutionEvent {
    data::<IssueDetached>(json!({"issue": issue, "reason": "Altra norma."})).into()
}

pub(super) fn flagged(due: &str) -> SolutionEvent {
    let review =
        json!({"reason": "Norma modificata.", "reviewer": "ufficio-giuridico", "due": due});
    data::<ReviewFlagged>(review).into()
}

pub(super) fn confirmed(review: Option<Uuid>) -> SolutionEvent {
    data::<SolutionConfirmed>(json!({"review_id": review, "reason": "Modello invariato."})).into()
}

pub(super) fn superseded(by: Uuid, from: Option<&str>) -> SolutionEvent {
    data::<SolutionSuperseded>(json!({"by": by, "from": from, "reason": "Nuovo accordo."})).into()
}

pub(super) fn retired() -> SolutionEvent {
    data::<SolutionRetired>(json!({"reason": "La norma di base è stata abrogata."})).into()
}

pub(super) fn published() -> SolutionEvent {
    data::<SolutionPublished>(json!({"abstract": "Scheda operativa."})).into()
}

pub(super) fn unpublished() -> SolutionEvent {
    data::<Unpublished>(json!({"reason": "Il testo va aggiornato."})).into()
}

pub(super) fn erased() -> SolutionEvent {
    data::<TextErased>(json!({"reason": "Dati personali.", "legal_basis": "art. 17"})).into()
}

/// Two municipalities, their union, and an issue of each of two coordinators.
pub(super) fn facts() -> Facts {
    let mut facts = Facts::default();
    for body in ["c_a944", "c_b034"] {
        facts.add_body(code(body), BodyFacts::default());
    }
    let members = [code("c_a944"), code("c_b034")].into();
    facts.add_body(code("unione_x"), BodyFacts { members, merged: false });
    for (issue, coordinator) in [(OTHER, "anci_er"), (nth(90), "anci_toscana")] {
        let visibility = Visibility::Network;
        let coordinator = code(coordinator);
        facts.add_issue(
            issue,
            IssueFacts { coordinator, visibility, canonical: None, withdrawn: false },
        );
    }
    facts
}

/// Noon of a day, UTC.
pub(super) fn noon(on: &str) -> Timestamp {
    format!("{on}T12:00:00Z").parse().unwrap()
}

/// The state after events that were recorded at noon of the day they occurred.
pub(super) fn after(history: &[(&str, SolutionEvent)]) -> SolutionState {
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
    fold::<Solution>(&history)
}
