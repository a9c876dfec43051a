//! Collective questions: drafted, adhered to, approved, dispatched, answered, ended.

use quesito::domain::Rejection as No;
use serde_json::{Value, json};

use super::answers::Answers;
use super::issues::Issues;
use super::letters::Letters;
use super::{NOWHERE, because};
use crate::app::TestApp;
use crate::setting::{citation, with};

const STAFF: &str = "staff";

/// A question under way.
struct Asked<'a> {
    app: &'a TestApp,
    id: String,
    addressees: [String; 2],
    points: [String; 2],
}

impl Asked<'_> {
    async fn act(&self, who: &str, id: &str, data: Value) -> String {
        self.app.act(who, id, &[&self.id], data).await.event
    }

    async fn refused(&self, why: No, who: &str, id: &str, data: Value) {
        self.app.refused(why, who, id, &[&self.id], data).await;
    }

    async fn inside(&self, id: &str, inner: &str, data: Value) {
        self.app.act(STAFF, id, &[&self.id, inner], data).await;
    }

    async fn refused_inside(&self, why: No, id: &str, inner: &str, data: Value) {
        self.app.refused(why, STAFF, id, &[&self.id, inner], data).await;
    }
}

pub async fn walk(app: &TestApp, letters: &Letters, issues: &Issues, answers: &Answers) {
    let question = draft(app, issues).await;
    attach(&question, issues).await;
    revise(&question).await;
    adhere(&question, letters).await;
    dispatch(&question, letters).await;
    answer(&question, answers).await;
    end(&question, letters).await;
    reject(app, issues, answers).await;
}

async fn draft<'a>(app: &'a TestApp, issues: &Issues) -> Asked<'a> {
    let act = "draft_question";
    let addressed = with(
        text(issues),
        json!({"points": [
            {"text": "Se basti la ricevuta.", "addressees": [NOWHERE]},
        ]}),
    );
    app.refused(No::NoSuchAddressee, STAFF, act, &[], addressed).await;
    let office = json!({"addressee": "interno_ps"});
    let twice = with(text(issues), json!({"addressees": [office, office]}));
    app.refused(No::AlreadyExists, STAFF, act, &[], twice).await;
    let drafted = app.act(STAFF, act, &[], text(issues)).await;
    let both = |list: &str| [drafted.inner(list, 0), drafted.inner(list, 1)];
    let (addressees, points) = (both("addressees"), both("points"));
    Asked { app, id: drafted.id, addressees, points }
}

async fn attach(question: &Asked<'_>, issues: &Issues) {
    let issue = |id: &str| json!({"issue": id});
    let act = "attach_issue_to_question";
    question.act(STAFF, act, issue(&issues.second)).await;
    question.refused(No::AlreadyAttached, STAFF, act, issue(&issues.second)).await;
    question.refused(No::OtherCoordinator, STAFF, act, issue(&issues.elsewhere)).await;
    question.refused(No::IssueWithdrawn, STAFF, act, issue(&issues.withdrawn)).await;
    let detach = "detach_issue_from_question";
    question.inside(detach, &issues.second, because()).await;
    question.refused_inside(No::NotAttached, detach, &issues.second, because()).await;

    question.act(STAFF, "assign_question", json!({"staff_member": "p-staff"})).await;
    let note = json!({"audience": "participants", "text": "Da inviare entro il mese."});
    question.act(STAFF, "add_question_note", note).await;
    let contact = json!({"authority": "interno_ps", "text": "Sentito l'ufficio."});
    question.act(STAFF, "record_question_contact", contact).await;
}

async fn revise(question: &Asked<'_>) {
    let act = "revise_question_text";
    let revision = json!({
        "kind": "editorial", "reason": "Più chiaro.", "background": "Due letture della stessa norma.",
    });
    let numbered = with(revision.clone(), json!({"text_version": 9}));
    question.refused(No::NotTheNextNumber, STAFF, act, numbered).await;
    let unknown = with(revision.clone(), json!({"points": [{"point_id": NOWHERE, "text": "Se."}]}));
    question.refused(No::NoSuchPoint, STAFF, act, unknown).await;
    question.act(STAFF, act, revision).await;
}

async fn adhere(question: &Asked<'_>, letters: &Letters) {
    let open = json!({"text_version": 2, "deadline": "2026-03-25"});
    let (begin, end) = ("open_adhesions", "close_adhesions");
    question.refused(No::AdhesionsNotOpen, STAFF, end, json!({})).await;
    question.act(STAFF, begin, open.clone()).await;
    question.refused(No::AdhesionsAlreadyOpen, STAFF, begin, open).await;
    let adhesion = |kind: &str| {
        json!({
            "signatory_role": "sindaca", "text_version": 2, "kind": kind,
        })
    };
    let act = "give_adhesion";
    question.refused(No::WrongAdhesionKind, "parma", act, adhesion("supporting")).await;
    let by_letter = with(
        adhesion("before_dispatch"),
        json!({"on_behalf_of": "c_g337", "communication": letters.sent}),
    );
    let given = question.act(STAFF, act, by_letter).await;
    question.refused(No::AlreadyAdhered, "parma", act, adhesion("before_dispatch")).await;
    let back = "withdraw_adhesion";
    question.app.act("parma", back, &[&question.id, &given], because()).await;
    question.refused_inside(No::NoSuchAdhesion, back, &given, because()).await;
    question.act(STAFF, end, json!({})).await;
}

async fn dispatch(question: &Asked<'_>, letters: &Letters) {
    let [first, second] = &question.addressees;
    let approval = |version: u32| json!({"text_version": version, "role": "presidente"});
    let letter = json!({"addressees": [first], "text_version": 2, "communication": letters.sent});
    let (approve, send) = ("approve_question", "dispatch_question");
    question.refused(No::NotTheCurrentText, STAFF, approve, approval(1)).await;
    question.refused(No::NotApproved, STAFF, send, letter.clone()).await;
    question.act(STAFF, approve, approval(2)).await;
    question.refused(No::AlreadyApproved, STAFF, approve, approval(2)).await;
    let remind = "send_reminder";
    question.refused_inside(No::NotDispatched, remind, first, json!({})).await;
    question.act(STAFF, send, letter.clone()).await;
    question.refused(No::AddresseeAlreadyReached, STAFF, send, letter).await;
    let late = json!({"kind": "editorial", "reason": "Tardi.", "background": "Altro."});
    question.refused(No::AlreadyDispatched, STAFF, "revise_question_text", late).await;
    question.refused_inside(No::AddresseeNotReached, remind, second, json!({})).await;
    question.refused_inside(No::NoSuchAddressee, remind, NOWHERE, json!({})).await;
    let corrected = json!({
        "addressees": [first], "dispatched_on": "2026-03-09", "reason": "Data della ricevuta.",
    });
    question.act(STAFF, "correct_dispatch", corrected).await;
    question.inside(remind, first, json!({"communication": letters.sent})).await;
    let onward = json!({"from": first, "to": "interno_dait"});
    question.act(STAFF, "record_forwarding", onward).await;
}

async fn answer(question: &Asked<'_>, answers: &Answers) {
    let [first, second] = &question.points;
    let outcome = |answer: &str, point: &str| json!({"answer": answer, "points": [{"point_id": point, "result": "settled"}]});
    let act = "link_answer_to_question";
    let bare = json!({"answer": answers.valid});
    question.refused(No::WrongOutcome, STAFF, act, bare).await;
    let withdrawn = outcome(&answers.withdrawn, first);
    question.refused(No::AnswerNoLongerValid, STAFF, act, withdrawn).await;
    question.act(STAFF, act, outcome(&answers.valid, first)).await;
    question.refused(No::AlreadyLinked, STAFF, act, outcome(&answers.valid, first)).await;
    question.inside("unlink_answer_from_question", &answers.valid, because()).await;
    question.act(STAFF, act, outcome(&answers.valid, first)).await;

    let declare = "declare_point_unanswered";
    question.refused(No::PointsOpen, STAFF, "close_question", json!({})).await;
    question.refused_inside(No::PointAnswered, declare, first, because()).await;
    question.inside(declare, second, because()).await;
    question.refused_inside(No::PointAlreadyDeclared, declare, second, because()).await;
    question.inside("withdraw_point", second, because()).await;
}

async fn end(question: &Asked<'_>, letters: &Letters) {
    question.act(STAFF, "close_question", json!({})).await;
    let adhesion = json!({"signatory_role": "sindaco", "text_version": 2, "kind": "supporting"});
    question.refused(No::QuestionEnded, "modena", "give_adhesion", adhesion).await;
    question.act(STAFF, "reopen_question", because()).await;
    question.refused(No::QuestionNotEnded, STAFF, "reopen_question", because()).await;
    let act = "withdraw_question";
    question.refused(No::CommunicationNeeded, STAFF, act, because()).await;
    let told = with(because(), json!({"communication": letters.sent}));
    question.act(STAFF, act, told).await;
}

async fn reject(app: &TestApp, issues: &Issues, answers: &Answers) {
    let question = draft(app, issues).await;
    let act = "reject_question";
    let unnamed = json!({"reason": "already_answered"});
    question.refused(No::AnswerNotNamed, STAFF, act, unnamed.clone()).await;
    let by = json!({"already_answered_by": {"kind": "answer", "id": answers.valid}});
    question.act(STAFF, act, with(unnamed, by)).await;
}

fn text(issues: &Issues) -> Value {
    json!({
        "subject": "Iscrizione anagrafica dei richiedenti protezione",
        "addressees": [
            {"addressee": "interno_ps", "via": "anci_nazionale"},
            {"addressee": "interno_dlci"},
        ],
        "background": "Gli uffici leggono in modo diverso la stessa norma.",
        "norms": [citation("art5bis")], "silence_effect": "none",
        "points": [
            {"text": "Se basti la ricevuta.", "issues": [issues.first]},
            {"text": "Entro quale termine."},
        ],
    })
}
