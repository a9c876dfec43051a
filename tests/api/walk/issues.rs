//! Issues: reported, completed, endorsed, linked, published, ended.

use quesito::domain::Rejection as No;
use serde_json::{Value, json};

use super::answers::Answers;
use super::{NOWHERE, because};
use crate::app::TestApp;
use crate::setting::{citation, position, report, with};

/// What later walks refer to.
pub struct Issues {
    pub first: String,
    pub second: String,
    pub withdrawn: String,
    /// Of another coordinator; ours take part in it.
    pub elsewhere: String,
}

const STAFF: &str = "staff";

pub async fn walk(app: &TestApp) -> Issues {
    let first = begin(app).await;
    clarify(app, &first).await;
    cite(app, &first).await;
    read(app, &first).await;
    endorse(app, &first).await;
    let issues = link(app, first).await;
    show(app, &issues.first).await;
    withdraw(app, &issues).await;
    issues
}

async fn begin(app: &TestApp) -> String {
    let refused = async |why, changes| {
        app.refused(why, "bologna", "report_issue", &[], with(report(), changes)).await;
    };
    refused(No::DateInFuture, json!({"occurred_on": "2026-03-11"})).await;
    refused(No::AlreadyCited, json!({"norms": [citation("art5"), citation("art5")]})).await;
    let twice = [position("questura-bo", "BO"), position("questura-bo", "BO")];
    refused(No::PositionAlreadyRecorded, json!({"positions": twice})).await;
    refused(No::NotAMember, json!({"speaks_for": ["c_a558"]})).await;

    let issue = app.reported().await;
    let amend = "amend_issue";
    app.refused(No::NothingToChange, "bologna", amend, &[&issue], because()).await;
    app.act("bologna", amend, &[&issue], with(because(), json!({"people_affected": 12}))).await;
    app.refused(No::NotInScope, STAFF, "close_issue", &[&issue], outcome("no_reply")).await;
    app.act(STAFF, "triage_issue", &[&issue], json!({"scope": "in_scope"})).await;
    app.act(STAFF, "assign_issue", &[&issue], json!({"staff_member": "p-staff"})).await;
    let impact = json!({"people_affected": 64, "method": "conteggio degli ospiti"});
    app.act(STAFF, "estimate_impact", &[&issue], impact).await;
    let note = json!({"audience": "network", "text": "Il caso si ripete."});
    app.act("bologna", "add_issue_note", &[&issue], note).await;
    let contact = json!({"authority": "prefettura-pr", "text": "Riscontro entro giugno."});
    app.act(STAFF, "record_issue_contact", &[&issue], contact).await;
    issue
}

async fn clarify(app: &TestApp, issue: &str) {
    let (ask, reply) = ("request_clarification", "provide_clarification");
    let text = json!({"text": "Su carta o per posta elettronica?"});
    let asked = app.act(STAFF, ask, &[issue], text.clone()).await.event;
    app.refused(No::NoSuchClarification, STAFF, reply, &[issue, NOWHERE], text.clone()).await;
    let for_another = with(text.clone(), json!({"on_behalf_of": "c_g337"}));
    let another = No::ClarificationAskedOfAnother;
    app.refused(another, STAFF, reply, &[issue, &asked], for_another).await;
    app.act("bologna", reply, &[issue, &asked], text.clone()).await;
    app.refused(No::ClarificationAlreadyProvided, "bologna", reply, &[issue, &asked], text).await;
}

async fn cite(app: &TestApp, issue: &str) {
    let norm = |article: &str| json!({"norm": citation(article)});
    let cited = app.act("bologna", "cite_norm", &[issue], norm("art22-com12quater")).await.event;
    let again = norm("art22-com12quater");
    app.refused(No::AlreadyCited, "bologna", "cite_norm", &[issue], again).await;
    let corrected = with(norm("art22"), because());
    let correct = "correct_norm_citation";
    app.refused(No::NoSuchCitation, STAFF, correct, &[issue, NOWHERE], corrected.clone()).await;
    app.act("bologna", correct, &[issue, &cited], corrected).await;
    app.act("bologna", "withdraw_norm_citation", &[issue, &cited], because()).await;
}

async fn read(app: &TestApp, issue: &str) {
    let record = "record_position";
    let reading = position("questura-pr", "PR");
    let reversed = with(reading.clone(), json!({"since": "2026-02-01", "until": "2026-01-01"}));
    app.refused(No::DatesReversed, "bologna", record, &[issue], reversed).await;
    let recorded = app.act("bologna", record, &[issue], reading.clone()).await.event;
    app.refused(No::PositionAlreadyRecorded, "bologna", record, &[issue], reading).await;
    let correct = "correct_position";
    let more = with(because(), json!({"since": "2026-01-15"}));
    app.act("bologna", correct, &[issue, &recorded], more.clone()).await;
    app.refused(No::StillDivergent, STAFF, "close_issue", &[issue], outcome("composed")).await;
    app.act("bologna", "withdraw_position", &[issue, &recorded], because()).await;
    app.refused(No::NoSuchPosition, STAFF, correct, &[issue, &recorded], more).await;
    let recorded =
        app.act("bologna", record, &[issue], position("prefettura-pr", "PR")).await.event;
    let end = json!({"cause": "aligned", "until": "2026-03-01"});
    app.act("bologna", "end_position", &[issue, &recorded], end.clone()).await;
    let ended = No::PositionAlreadyEnded;
    app.refused(ended, "bologna", "end_position", &[issue, &recorded], end).await;
}

async fn endorse(app: &TestApp, issue: &str) {
    let act = "endorse_issue";
    let seen = json!({"new_position": position("questura-pr", "PR"), "people_affected": 18});
    let given = app.act("parma", act, &[issue], seen.clone()).await;
    app.refused(No::AlreadyEndorsed, "parma", act, &[issue], json!({})).await;
    app.refused(No::ReporterCannotEndorse, "bologna", act, &[issue], json!({})).await;
    let both = with(seen, json!({"position_seen": given.inner("new_position", 0)}));
    app.refused(No::OneReadingOnly, "modena", act, &[issue], both).await;
    let corrected = with(because(), json!({"people_affected": 31}));
    let correct = "correct_endorsement";
    app.act("parma", correct, &[issue, &given.event], corrected.clone()).await;
    app.act("parma", "withdraw_endorsement", &[issue, &given.event], because()).await;
    app.refused(No::NoSuchEndorsement, STAFF, correct, &[issue, &given.event], corrected).await;
}

async fn link(app: &TestApp, first: String) -> Issues {
    let report_of = async |who| app.act(who, "report_issue", &[], report()).await.id;
    let (second, third) = (report_of("parma").await, report_of("modena").await);
    let elsewhere = report_of("milano").await;
    let asked = json!({"text": "Accade anche in Emilia-Romagna?", "to": "anci_er"});
    app.act("staff-lo", "request_clarification", &[&elsewhere], asked).await;

    let act = "link_issue";
    let to = |issue: &str, link: &str| with(because(), json!({"issue": issue, "link": link}));
    app.act(STAFF, act, &[&second], to(&first, "duplicate")).await;
    app.refused(No::AlreadyLinked, STAFF, act, &[&second], to(&first, "related")).await;
    app.refused(No::AlreadyADuplicate, STAFF, act, &[&second], to(&third, "duplicate")).await;
    app.refused(No::LinkCycle, STAFF, act, &[&first], to(&second, "duplicate")).await;
    app.refused(No::LinkToSelf, STAFF, act, &[&first], to(&first, "related")).await;
    app.refused(No::OtherCoordinator, STAFF, act, &[&first], to(&elsewhere, "related")).await;
    let unlink = with(because(), json!({"link": "duplicate"}));
    app.act(STAFF, "unlink_issue", &[&second, &first], unlink.clone()).await;
    app.refused(No::NotLinked, STAFF, "unlink_issue", &[&second, &first], unlink).await;
    Issues { first, second, withdrawn: third, elsewhere }
}

async fn show(app: &TestApp, issue: &str) {
    let public = json!({"to": "public"});
    app.act(STAFF, "change_issue_visibility", &[issue], public.clone()).await;
    app.refused(No::SameVisibility, STAFF, "change_issue_visibility", &[issue], public).await;
    let summary = json!({"abstract": "Letture diverse.", "approved_role": "coordinatore"});
    app.act(STAFF, "publish_issue", &[issue], summary.clone()).await;
    app.refused(No::AlreadyPublished, STAFF, "publish_issue", &[issue], summary).await;
    app.act(STAFF, "unpublish_issue", &[issue], because()).await;
    app.refused(No::NotPublished, STAFF, "unpublish_issue", &[issue], because()).await;
}

async fn withdraw(app: &TestApp, issues: &Issues) {
    let issue = issues.withdrawn.as_str();
    app.act("modena", "withdraw_issue", &[issue], because()).await;
    app.refused(
        No::IssueWithdrawn,
        "modena",
        "cite_norm",
        &[issue],
        json!({"norm": citation("art1")}),
    )
    .await;
    app.act(STAFF, "reopen_issue", &[issue], because()).await;
    app.refused(No::IssueNotClosed, STAFF, "reopen_issue", &[issue], because()).await;
    app.act("modena", "withdraw_issue", &[issue], because()).await;
}

/// The last steps: an answer arrives, and the issue is closed.
pub async fn end(app: &TestApp, issues: &Issues, answers: &Answers) {
    let issue = issues.first.as_str();
    let answer = answers.valid.as_str();
    let link = "link_answer_to_issue";
    app.refused(No::WrongOutcome, STAFF, link, &[issue], json!({"answer": answer})).await;
    let settled = json!({"answer": answer, "result": "settled"});
    app.act(STAFF, link, &[issue], settled.clone()).await;
    app.act(STAFF, "unlink_answer_from_issue", &[issue, answer], because()).await;
    app.act(STAFF, link, &[issue], settled).await;
    app.act(STAFF, "close_issue", &[issue], outcome("answered")).await;
    app.refused(No::IssueClosed, "parma", "endorse_issue", &[issue], json!({})).await;
}

fn outcome(outcome: &str) -> Value {
    json!({"outcome": outcome})
}
