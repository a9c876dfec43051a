//! Answers: received, assessed, in conflict, superseded, withdrawn.

use quesito::domain::Rejection as No;
use serde_json::{Value, json};

use super::issues::Issues;
use super::letters::Letters;
use super::{NOWHERE, because};
use crate::app::TestApp;
use crate::setting::{citation, with};

/// What later walks refer to.
pub struct Answers {
    pub valid: String,
    pub other: String,
    pub withdrawn: String,
}

const STAFF: &str = "staff";

pub async fn walk(app: &TestApp, letters: &Letters, issues: &Issues) -> Answers {
    let record = "record_answer";
    let mut unsourced = answer("interno_ps");
    unsourced.as_object_mut().unwrap().remove("address");
    app.refused(No::SourceNeeded, STAFF, record, &[], unsourced.clone()).await;
    let act = json!({"act": {"status": "adopted", "kind": "circolare"}});
    app.refused(No::ActIncomplete, STAFF, record, &[], with(answer("interno_ps"), act)).await;
    let by_letter = with(unsourced, json!({"communication": letters.sent}));
    let valid = app.act(STAFF, record, &[], by_letter).await.id;
    let other = app.act(STAFF, record, &[], answer("interno_dlci")).await.id;
    let withdrawn = app.act(STAFF, record, &[], answer("interno_dait")).await.id;
    let superseded = app.act(STAFF, record, &[], answer("interno_ps")).await.id;

    let arrived = with(because(), json!({"received_on": "2026-03-06"}));
    app.act(STAFF, "correct_answer", &[&valid], arrived).await;
    app.act(STAFF, "assess_answer", &[&valid], json!({"assessment": "clear"})).await;
    conflict(app, &valid, &other, &withdrawn).await;
    review(app, &valid, &superseded).await;

    let act = "supersede_answer";
    let by = |kind: &str, id: &str| {
        with(because(), json!({"by": {"kind": kind, "id": id}, "from": "2026-03-08"}))
    };
    app.refused(No::UnknownReference, STAFF, act, &[&other], by("issue", &issues.first)).await;
    app.act(STAFF, act, &[&superseded], by("answer", &valid)).await;
    app.refused(No::LinkCycle, STAFF, act, &[&valid], by("answer", &superseded)).await;
    let again = No::AnswerNoLongerValid;
    app.refused(again, STAFF, act, &[&superseded], by("answer", &other)).await;

    let taken_back = |by: &str| with(because(), json!({"by": by, "from": "2026-03-09"}));
    let act = "withdraw_answer";
    app.refused(No::NotAnAuthor, STAFF, act, &[&withdrawn], taken_back("interno_ps")).await;
    app.act(STAFF, act, &[&withdrawn], taken_back("interno_dait")).await;
    Answers { valid, other, withdrawn }
}

async fn conflict(app: &TestApp, one: &str, other: &str, third: &str) {
    let (declare, settle) = ("declare_conflict", "settle_conflict");
    let with_other = with(because(), json!({"with": other}));
    app.act(STAFF, declare, &[one], with_other.clone()).await;
    app.refused(No::AlreadyInConflict, STAFF, declare, &[one], with_other).await;
    let prevails = |answer: &str| with(because(), json!({"prevails": answer}));
    app.refused(No::PrevailsNeither, STAFF, settle, &[one, other], prevails(third)).await;
    app.act(STAFF, settle, &[one, other], prevails(one)).await;
    app.refused(No::NotInConflict, STAFF, settle, &[one, other], prevails(one)).await;
}

async fn review(app: &TestApp, answer: &str, because_of: &str) {
    let flag = json!({
        "reason": "La base è cambiata.", "reviewer": "p-staff", "due": "2026-04-10",
        "because_of": {"kind": "answer", "id": because_of},
    });
    let review = app.act(STAFF, "flag_answer_for_review", &[answer], flag).await.event;
    let confirm = "confirm_answer";
    app.refused(No::NoSuchReview, STAFF, confirm, &[answer, NOWHERE], because()).await;
    app.act(STAFF, confirm, &[answer, &review], because()).await;
}

fn answer(author: &str) -> Value {
    json!({
        "origin": "reply", "authors": [author], "form": "nota", "document_date": "2026-03-02",
        "received_on": "2026-03-05", "address": "Gazzetta interna, n. 3", "text": "Basta la ricevuta.",
        "norms": [citation("art5bis")],
    })
}
