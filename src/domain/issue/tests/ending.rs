//! Links, answers, and how an issue ends and begins again.

use super::*;

fn unlinked(link: &str) -> IssueEvent {
    data::<IssueUnlinked>(json!({ "issue": OTHER, "link": link, "reason": "Errore." })).into()
}

fn when_other_is(other: IssueFacts) -> Facts {
    let mut facts = facts();
    facts.add_issue(OTHER, other);
    facts
}

#[test]
fn two_issues_are_linked_once_until_unlinked() {
    accepted([reported()], linked("related"));
    refused([reported(), linked("related")], linked("consequence"), Rejection::AlreadyLinked);
    accepted([reported(), linked("duplicate"), unlinked("duplicate")], linked("related"));
}

#[test]
fn only_an_existing_link_is_taken_back() {
    accepted([reported(), linked("related")], unlinked("related"));
    refused([reported()], unlinked("related"), Rejection::NotLinked);
    refused([reported(), linked("related")], unlinked("duplicate"), Rejection::NotLinked);
}

#[test]
fn an_issue_is_not_linked_to_itself() {
    let itself = data::<IssueLinked>(json!({ "issue": THIS, "link": "related", "reason": "x" }));
    refused([reported()], itself.into(), Rejection::LinkToSelf);
}

#[test]
fn a_link_leads_to_an_issue_of_the_same_coordinator() {
    given::<Issue>([reported()]).when(linked("related")).then_rejected(Rejection::UnknownReference);
    let elsewhere = IssueFacts { coordinator: code("anci_toscana"), ..other_issue() };
    given::<Issue>([reported()])
        .and(when_other_is(elsewhere))
        .when(linked("related"))
        .then_rejected(Rejection::OtherCoordinator);
}

#[test]
fn duplicates_form_no_circle() {
    let duplicate_of_this = IssueFacts { canonical: Some(THIS), ..other_issue() };
    given::<Issue>([reported()])
        .and(when_other_is(duplicate_of_this.clone()))
        .when(linked("duplicate"))
        .then_rejected(Rejection::LinkCycle);
    // Other links may go both ways.
    given::<Issue>([reported()])
        .and(when_other_is(duplicate_of_this))
        .when(linked("related"))
        .then([linked("related")]);
}

#[test]
fn an_issue_is_the_duplicate_of_one_other() {
    let third =
        data::<IssueLinked>(json!({ "issue": nth(99), "link": "duplicate", "reason": "x" }));
    let mut facts = facts();
    facts.add_issue(nth(99), other_issue());
    let history = [reported(), linked("duplicate")];
    assert_eq!(given::<Issue>(history.clone()).state().duplicate_of(), Some(OTHER));
    given::<Issue>(history).and(facts).when(third).then_rejected(Rejection::AlreadyADuplicate);
}

#[test]
fn a_duplicate_may_still_be_endorsed() {
    accepted([reported(), linked("duplicate")], endorsed(json!({})));
}

#[test]
fn an_answer_is_linked_once_with_its_result() {
    let settled = || answer_linked(json!({ "result": "settled" }));
    accepted([reported()], settled());
    refused([reported(), settled()], settled(), Rejection::AlreadyLinked);
    refused([reported()], answer_linked(json!({})), Rejection::WrongOutcome);
    let points = json!([{ "point_id": nth(1), "result": "settled" }]);
    let with_points = json!({ "result": "settled", "points": points });
    refused([reported()], answer_linked(with_points), Rejection::WrongOutcome);
}

#[test]
fn an_answer_that_was_taken_back_answers_nothing() {
    let mut facts = facts();
    facts.add_answer(ANSWER, AnswerFacts { withdrawn: true, superseded_by: None });
    given::<Issue>([reported()])
        .and(facts)
        .when(answer_linked(json!({ "result": "settled" })))
        .then_rejected(Rejection::AnswerNoLongerValid);
}

#[test]
fn only_a_linked_answer_is_unlinked() {
    let unlink = || {
        IssueEvent::from(data::<crate::shared::AnswerUnlinked>(
            json!({ "answer": ANSWER, "reason": "Errore." }),
        ))
    };
    accepted([reported(), answer_linked(json!({ "result": "partly" }))], unlink());
    refused([reported()], unlink(), Rejection::NotLinked);
}

#[test]
fn an_issue_is_closed_after_a_triage_in_scope() {
    accepted([reported(), triaged("in_scope")], closed("local_solution"));
    refused([reported()], closed("local_solution"), Rejection::NotInScope);
    refused([reported(), triaged("out_of_scope")], closed("answered"), Rejection::NotInScope);
}

#[test]
fn while_readings_diverge_an_issue_is_not_closed_as_composed() {
    let history = [reported(), triaged("in_scope"), second_position()];
    refused(history.clone(), closed("composed"), Rejection::StillDivergent);
    accepted(history.into_iter().chain([ended(nth(2))]), closed("composed"));
}

#[test]
fn a_closed_issue_takes_afterthoughts_only() {
    let history = [reported(), triaged("in_scope"), closed("answered")];
    refused(history.clone(), second_position(), Rejection::IssueClosed);
    refused(history.clone(), closed("answered"), Rejection::IssueClosed);
    accepted(history.clone(), noted());
    accepted(history.clone(), ended(first_position()));
    accepted(history, answer_linked(json!({ "result": "settled" })));
}

#[test]
fn a_withdrawn_issue_takes_afterthoughts_only() {
    let history = [reported(), withdrawn()];
    refused(history.clone(), endorsed(json!({})), Rejection::IssueWithdrawn);
    refused(history.clone(), withdrawn(), Rejection::IssueWithdrawn);
    accepted(history.clone(), noted());
    accepted(history, linked("duplicate"));
}

#[test]
fn only_what_ended_is_reopened() {
    accepted([reported(), withdrawn()], reopened());
    accepted([reported(), triaged("in_scope"), closed("no_reply")], reopened());
    refused([reported()], reopened(), Rejection::IssueNotClosed);
}

#[test]
fn a_reopened_issue_may_have_another_lead() {
    let history = [reported(), endorsed(json!({})), withdrawn(), reopened()];
    let state = given::<Issue>(history.clone()).state();
    let report = state.report.as_ref().unwrap();
    assert_eq!((report.lead_body.as_str(), report.data.body.as_str()), ("c_b034", "c_g337"));
    accepted(history, second_position());
}
