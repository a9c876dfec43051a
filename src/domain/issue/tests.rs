//! The rules of an issue, one test each; what they share stands here.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::facts::{AnswerFacts, BodyFacts, IssueFacts};
use crate::shared::Visibility;
use crate::testing::{code, data, day, given, nth};
use crate::values::inner_id;
use crate::{Facts, Rejection};

mod case;
mod divergence;
mod ending;
mod properties;
mod status;

const OTHER: Uuid = Uuid::from_u128(0xBEEF);
const ANSWER: Uuid = Uuid::from_u128(0xA5);
const THIS: Uuid = Uuid::from_u128(0x00C0_FFEE);

/// A report of `c_g337` with one practice of Parma and two citations.
fn reported() -> IssueEvent {
    report_with(json!({}))
}

fn report_with(change: Value) -> IssueEvent {
    let mut report = json!({
        "coordinator": "anci_er", "body": "c_g337",
        "title": "Basta la ricevuta?", "description": "Due uffici, due risposte.",
        "theme": "residence_registration",
        "norms": [
            { "kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13" },
            { "kind": "eu", "celex": "32013L0033", "article": "art. 17" }
        ],
        "positions": [position_of("comune_anagrafe-pr", "PR")],
        "urgency": "medium", "visibility": "network", "people_affected": 64
    });
    merge(&mut report, change);
    data::<IssueReported>(report).into()
}

fn position_of(authority: &str, province: &str) -> Value {
    json!({
        "authority": authority, "territory": { "level": "province", "code": province },
        "reading": "Basta la ricevuta.", "form": "practice", "known": "direct"
    })
}

fn merge(target: &mut Value, change: Value) {
    let (Value::Object(target), Value::Object(change)) = (target, change) else {
        panic!("objects only");
    };
    target.extend(change);
}

/// A position of another authority in another province.
fn second_position() -> IssueEvent {
    position(json!({}))
}

fn position(change: Value) -> IssueEvent {
    let mut position = position_of("comune_anagrafe-re", "RE");
    merge(&mut position, change);
    data::<Position>(position).into()
}

fn ended(position: Uuid) -> IssueEvent {
    data::<PositionEnded>(
        json!({ "position_id": position, "cause": "aligned", "until": "2024-06-01" }),
    )
    .into()
}

fn corrected(position: Uuid, change: Value) -> IssueEvent {
    let mut correction = json!({ "position_id": position, "reason": "Rettifica." });
    merge(&mut correction, change);
    data::<PositionCorrected>(correction).into()
}

fn triaged(scope: &str) -> IssueEvent {
    data::<IssueTriaged>(json!({ "scope": scope })).into()
}

fn endorsed(change: Value) -> IssueEvent {
    let mut endorsement = json!({ "body": "c_b034", "people_affected": 18 });
    merge(&mut endorsement, change);
    data::<IssueEndorsed>(endorsement).into()
}

fn withdrawn() -> IssueEvent {
    data::<IssueWithdrawn>(json!({ "reason": "Risolto." })).into()
}

fn closed(outcome: &str) -> IssueEvent {
    data::<IssueClosed>(json!({ "outcome": outcome })).into()
}

fn reopened() -> IssueEvent {
    data::<IssueReopened>(json!({ "reason": "Si ripete.", "lead_body": "c_b034" })).into()
}

fn noted() -> IssueEvent {
    data::<crate::shared::NoteAdded>(json!({ "audience": "internal", "text": "Visto." })).into()
}

fn asked() -> IssueEvent {
    data::<ClarificationRequested>(json!({ "text": "Su carta?" })).into()
}

fn replied(clarification: Uuid) -> IssueEvent {
    data::<ClarificationProvided>(json!({ "clarification_id": clarification, "text": "Sì." }))
        .into()
}

fn cited(urn: &str) -> IssueEvent {
    data::<NormCited>(json!({ "norm": { "kind": "nir", "urn": urn } })).into()
}

fn linked(link: &str) -> IssueEvent {
    data::<IssueLinked>(json!({ "issue": OTHER, "link": link, "reason": "Stesso ufficio." })).into()
}

fn answer_linked(change: Value) -> IssueEvent {
    let mut link = json!({ "answer": ANSWER });
    merge(&mut link, change);
    data::<crate::shared::AnswerLinked>(link).into()
}

/// The position with which the report began.
fn first_position() -> Uuid {
    inner_id(nth(0), "positions", 0)
}

/// Bodies, a union of two members, another issue and an answer.
fn facts() -> Facts {
    let mut facts = Facts::default();
    for body in ["c_g337", "c_b034", "c_c852"] {
        facts.add_body(code(body), BodyFacts::default());
    }
    let members = [code("c_c852"), code("c_d526")].into();
    facts.add_body(code("unione_pedemontana"), BodyFacts { members, merged: false });
    facts.add_issue(OTHER, other_issue());
    facts.add_answer(ANSWER, AnswerFacts { withdrawn: false, superseded_by: None });
    facts
}

fn other_issue() -> IssueFacts {
    IssueFacts {
        coordinator: code("anci_er"),
        visibility: Visibility::Network,
        canonical: None,
        withdrawn: false,
    }
}

fn refused(history: impl IntoIterator<Item = IssueEvent>, proposed: IssueEvent, why: Rejection) {
    given::<Issue>(history).and(facts()).when(proposed).then_rejected(why);
}

fn accepted(history: impl IntoIterator<Item = IssueEvent>, proposed: IssueEvent) {
    given::<Issue>(history).and(facts()).when(proposed.clone()).then([proposed]);
}
