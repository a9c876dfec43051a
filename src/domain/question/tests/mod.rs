//! The rules of a question, one test each.

mod collecting;
mod deadlines;
mod dispatching;
mod drafting;
mod ending;
mod laws;
mod status;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::facts::{AnswerFacts, BodyFacts, IssueFacts};
use crate::shared::{
    AnswerLinked, AnswerUnlinked, Assigned, ContactRecorded, IssueAttached, IssueDetached,
    NoteAdded, TextErased, Visibility,
};
use crate::testing::{code, data, given, nth};
use crate::values::inner_id;
use crate::{Facts, Rejection};

/// The addressees of [`drafted`].
const AD: [Uuid; 2] = [Uuid::from_u128(0xAD01), Uuid::from_u128(0xAD02)];
/// The points of [`drafted`].
const PT: [Uuid; 2] = [Uuid::from_u128(0x9701), Uuid::from_u128(0x9702)];
/// Issues: of this coordinator (0 and 1), withdrawn (2), of another coordinator (3).
const ISSUE: [Uuid; 4] =
    [Uuid::from_u128(0x15), Uuid::from_u128(0x25), Uuid::from_u128(0x35), Uuid::from_u128(0x45)];
/// Answers: valid (0 and 1), withdrawn (2).
const ANSWER: [Uuid; 3] = [Uuid::from_u128(0xA1), Uuid::from_u128(0xA2), Uuid::from_u128(0xA3)];
const LETTER: Uuid = Uuid::from_u128(0xC1);
const NOWHERE: Uuid = Uuid::from_u128(0xDEAD);

/// The event an adhesion, an approval or another simple fact makes.
macro_rules! event {
    ($data:ty, $($json:tt)+) => {
        QuestionEvent::from(data::<$data>(json!($($json)+)))
    };
}
use event;

fn facts() -> Facts {
    let mut facts = Facts::default();
    for (index, issue) in ISSUE.into_iter().enumerate() {
        facts.add_issue(
            issue,
            IssueFacts {
                coordinator: code(if index == 3 { "anci_toscana" } else { "anci_er" }),
                visibility: Visibility::Network,
                canonical: None,
                withdrawn: index == 2,
            },
        );
    }
    for (index, answer) in ANSWER.into_iter().enumerate() {
        facts.add_answer(answer, AnswerFacts { withdrawn: index == 2, superseded_by: None });
    }
    for body in ["c_b034", "c_g337"] {
        facts.add_body(code(body), BodyFacts::default());
    }
    let members = [code("c_l885"), code("c_i903")].into();
    facts.add_body(code("unione_terre_castelli"), BodyFacts { members, merged: false });
    for version in 1..=3 {
        facts.text_hashes.insert(version, code(&"a".repeat(64)));
    }
    facts
}

/// Two points: the first for both addressees, the second for the second one.
fn draft_json() -> Value {
    json!({
        "coordinator": "anci_er",
        "subject": "Validità del codice fiscale provvisorio",
        "addressees": [
            {"addressee_id": AD[0], "addressee": "agenzia_entrate"},
            {"addressee_id": AD[1], "addressee": "inps"},
        ],
        "background": "I portali ammettono soltanto codici di sedici caratteri.",
        "silence_effect": "none",
        "points": points_json(),
    })
}

fn points_json() -> Value {
    json!([
        {"point_id": PT[0], "text": "Se il codice sia valido.", "issues": [ISSUE[0]]},
        {"point_id": PT[1], "text": "Come vada inserito.", "issues": [ISSUE[0]],
         "addressees": [AD[1]]},
    ])
}

fn drafted() -> QuestionEvent {
    data::<QuestionDrafted>(draft_json()).into()
}

fn revised(kind: &str) -> QuestionEvent {
    event!(TextRevised, {"kind": kind, "reason": "Corretti due refusi.", "subject": "Il codice fiscale"})
}

fn opened(version: u32) -> QuestionEvent {
    event!(AdhesionsOpened, {"text_version": version, "deadline": "2025-01-15"})
}

fn closed_adhesions() -> QuestionEvent {
    event!(AdhesionsClosed, {"text_version": 1, "adhesions": 0})
}

fn adhesion(body: &str, version: u32, kind: &str) -> QuestionEvent {
    event!(AdhesionGiven, {
        "body": body, "signatory_role": "sindaca", "text_version": version, "kind": kind,
        "text_sha256": "a".repeat(64),
    })
}

fn adhesion_withdrawn(id: Uuid) -> QuestionEvent {
    event!(AdhesionWithdrawn, {"adhesion_id": id, "reason": "Attende un contenzioso."})
}

fn approved(version: u32) -> QuestionEvent {
    event!(QuestionApproved, {"text_version": version, "role": "presidente"})
}

fn dispatched_to(addressees: &[Uuid]) -> QuestionEvent {
    event!(QuestionDispatched, {"addressees": addressees, "text_version": 1, "communication": LETTER})
}

fn reminded(addressee: Uuid, n: Option<u32>) -> QuestionEvent {
    event!(ReminderSent, {"addressee": addressee, "n": n})
}

fn forwarded(from: Uuid, to: &str) -> QuestionEvent {
    event!(QuestionForwarded, {"from": from, "to": to})
}

fn answered(answer: Uuid, points: &[(Uuid, &str)]) -> QuestionEvent {
    let points: Vec<Value> =
        points.iter().map(|(point, result)| json!({"point_id": point, "result": result})).collect();
    event!(AnswerLinked, {"answer": answer, "points": points})
}

fn settled() -> QuestionEvent {
    answered(ANSWER[0], &[(PT[0], "settled"), (PT[1], "settled")])
}

fn unlinked(answer: Uuid) -> QuestionEvent {
    event!(AnswerUnlinked, {"answer": answer, "reason": "Ritirato dal suo autore."})
}

fn declared(point: Uuid) -> QuestionEvent {
    event!(PointDeclaredUnanswered, {"point_id": point, "reason": "Tre solleciti senza esito."})
}

fn withdrawn_point(point: Uuid) -> QuestionEvent {
    event!(PointWithdrawn, {"point_id": point, "reason": "Superato dalla nuova norma."})
}

fn rejected() -> QuestionEvent {
    event!(QuestionRejected, {"reason": "too_specific"})
}

fn closed() -> QuestionEvent {
    event!(QuestionClosed, {})
}

fn withdrawn() -> QuestionEvent {
    event!(QuestionWithdrawn, {"reason": "La norma è stata abrogata.", "communication": LETTER})
}

fn reopened() -> QuestionEvent {
    event!(QuestionReopened, {"reason": "Riscontro ritirato dal suo autore."})
}

fn note() -> QuestionEvent {
    event!(NoteAdded, {"audience": "internal", "text": "Si attende."})
}

/// Drafted on 1 January 2024, approved on the 2nd, sent to everybody on the 3rd.
fn sent() -> Vec<QuestionEvent> {
    vec![drafted(), approved(1), dispatched_to(&[])]
}

/// What was sent, and then.
fn sent_and(then: impl IntoIterator<Item = QuestionEvent>) -> Vec<QuestionEvent> {
    sent().into_iter().chain(then).collect()
}
