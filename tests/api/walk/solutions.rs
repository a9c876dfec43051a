//! Solutions: proposed, validated, adopted or declined, reviewed, superseded.

use quesito::domain::Rejection as No;
use serde_json::{Value, json};

use super::answers::Answers;
use super::issues::Issues;
use super::{NOWHERE, because};
use crate::app::TestApp;
use crate::setting::{citation, with};

const STAFF: &str = "staff";

pub async fn walk(app: &TestApp, issues: &Issues, answers: &Answers) {
    let solution = app.act(STAFF, "propose_solution", &[], proposal(issues)).await.id;
    revise(app, &solution).await;
    rest(app, &solution, answers).await;
    attach(app, &solution, issues).await;
    adopt(app, &solution).await;
    review(app, &solution).await;
    end(app, &solution, issues).await;
}

async fn revise(app: &TestApp, solution: &str) {
    let validate = |version: u32| json!({"solution_version": version, "by": "gruppo di lavoro"});
    let revision = with(because(), json!({"text": "Protocollo, con un termine."}));
    let numbered = with(revision.clone(), json!({"solution_version": 7}));
    app.refused(No::NotTheNextNumber, STAFF, "revise_solution", &[solution], numbered).await;
    app.act(STAFF, "revise_solution", &[solution], revision).await;
    app.refused(No::NotValidated, "parma", "adopt_solution", &[solution], adoption()).await;
    let act = "validate_solution";
    app.refused(No::NotTheCurrentVersion, STAFF, act, &[solution], validate(1)).await;
    app.act(STAFF, act, &[solution], validate(2)).await;
    app.refused(No::AlreadyValidated, STAFF, act, &[solution], validate(2)).await;
}

async fn rest(app: &TestApp, solution: &str, answers: &Answers) {
    let (add, remove) = ("add_basis", "remove_basis");
    let basis = json!({"answer": answers.valid});
    app.act(STAFF, add, &[solution], basis.clone()).await;
    app.refused(No::BasisAlreadyThere, STAFF, add, &[solution], basis.clone()).await;
    let both = with(basis, json!({"norm": citation("art1")}));
    app.refused(No::OneBasisOnly, STAFF, add, &[solution], both).await;
    app.refused(No::NoSuchBasis, STAFF, remove, &[solution, &answers.other], because()).await;
    app.act(STAFF, remove, &[solution, &answers.valid], because()).await;
}

async fn attach(app: &TestApp, solution: &str, issues: &Issues) {
    let issue = json!({"issue": issues.second});
    let (attach, detach) = ("attach_issue_to_solution", "detach_issue_from_solution");
    app.act(STAFF, attach, &[solution], issue.clone()).await;
    app.refused(No::AlreadyAttached, STAFF, attach, &[solution], issue).await;
    app.act(STAFF, detach, &[solution, &issues.second], because()).await;
    app.refused(No::NotAttached, STAFF, detach, &[solution, &issues.second], because()).await;
}

async fn adopt(app: &TestApp, solution: &str) {
    let act = "adopt_solution";
    let adopted = app.act("parma", act, &[solution], adoption()).await.event;
    app.refused(No::AlreadyAdopted, "parma", act, &[solution], adoption()).await;
    let number = with(because(), json!({"manner": "adapted"}));
    let (correct, end) = ("correct_adoption", "end_adoption");
    app.refused(No::NoSuchAdoption, STAFF, correct, &[solution, NOWHERE], number.clone()).await;
    app.act("parma", correct, &[solution, &adopted], number).await;
    let until = with(because(), json!({"until": "2026-12-31"}));
    app.act("parma", end, &[solution, &adopted], until.clone()).await;
    app.refused(No::AdoptionAlreadyEnded, "parma", end, &[solution, &adopted], until).await;
    let declined = with(because(), json!({"solution_version": 2}));
    app.act("modena", "decline_solution", &[solution], declined.clone()).await;
    app.refused(No::AlreadyDeclined, "modena", "decline_solution", &[solution], declined).await;
}

async fn review(app: &TestApp, solution: &str) {
    let flag = json!({"reason": "Norma modificata.", "reviewer": "p-staff", "due": "2026-04-10"});
    let review = app.act(STAFF, "flag_solution_for_review", &[solution], flag).await.event;
    app.refused(No::NoSuchReview, STAFF, "confirm_solution", &[solution, NOWHERE], because()).await;
    app.act(STAFF, "confirm_solution", &[solution, &review], because()).await;
    let summary = json!({"abstract": "Scheda operativa."});
    app.act(STAFF, "publish_solution", &[solution], summary.clone()).await;
    app.refused(No::AlreadyPublished, STAFF, "publish_solution", &[solution], summary).await;
    app.act(STAFF, "unpublish_solution", &[solution], because()).await;
    app.refused(No::NotPublished, STAFF, "unpublish_solution", &[solution], because()).await;
}

async fn end(app: &TestApp, solution: &str, issues: &Issues) {
    let successor = app.act(STAFF, "propose_solution", &[], proposal(issues)).await.id;
    let by = with(because(), json!({"by": successor, "from": "2026-03-10"}));
    app.act(STAFF, "supersede_solution", &[solution], by.clone()).await;
    app.refused(No::SolutionEnded, STAFF, "supersede_solution", &[solution], by).await;
    app.act(STAFF, "retire_solution", &[&successor], because()).await;
}

fn adoption() -> Value {
    json!({
        "manner": "adopted", "solution_version": 2, "in_force_from": "2026-04-01",
        "act": {"status": "adopted", "kind": "determina", "number": "0388", "date": "2026-03-09"},
    })
}

fn proposal(issues: &Issues) -> Value {
    json!({
        "problem": "Criterio di iscrizione.", "text": "Protocollo distrettuale.",
        "level": "local_agreement", "issues": [issues.first],
        "basis": {"answers": [], "norms": [citation("art5bis")]},
        "parties": [{"kind": "authority", "id": "prefettura-pr"}],
        "territory": {"level": "province", "code": "PR"},
    })
}
