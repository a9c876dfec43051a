//! The derived status, case by case.

use super::*;
use crate::question::QuestionStatus;
use crate::shared::PointResult;

fn alone(history: impl IntoIterator<Item = IssueEvent>) -> IssueStatus {
    status_in(history, &IssueContext::default())
}

fn status_in(history: impl IntoIterator<Item = IssueEvent>, context: &IssueContext) -> IssueStatus {
    super::super::status(&given::<Issue>(history).state(), context)
}

fn question(status: QuestionStatus, points_settled: &[bool]) -> QuestionOnIssue {
    QuestionOnIssue { status, points_settled: points_settled.to_vec(), any_partly: false }
}

fn in_questions(questions: impl IntoIterator<Item = QuestionOnIssue>) -> IssueContext {
    IssueContext { questions: questions.into_iter().collect(), ..IssueContext::default() }
}

fn confirmed() -> [IssueEvent; 3] {
    [reported(), triaged("in_scope"), second_position()]
}

#[test]
fn a_report_is_reported_until_somebody_looks_at_it() {
    let assigned = data::<crate::shared::Assigned>(json!({ "staff_member": "ufficio-giuridico" }));
    assert_eq!(alone([reported()]), IssueStatus::Reported);
    assert_eq!(alone([reported(), assigned.into()]), IssueStatus::UnderReview);
}

#[test]
fn two_current_readings_in_scope_confirm_an_issue() {
    assert_eq!(alone(confirmed()), IssueStatus::Confirmed);
    assert_eq!(alone([reported(), second_position()]), IssueStatus::Reported);
    // In whichever order triage and second reading come.
    let late = [reported(), second_position(), triaged("in_scope")];
    assert_eq!(alone(late), IssueStatus::Confirmed);
}

#[test]
fn one_practice_without_stated_basis_confirms_an_issue() {
    assert_eq!(alone([reported(), triaged("in_scope")]), IssueStatus::Confirmed);
}

#[test]
fn one_written_reading_does_not_confirm_an_issue() {
    let mut note = position_of("questura-pr", "PR");
    merge(&mut note, json!({ "form": "nota" }));
    let written = report_with(json!({ "positions": [note] }));
    assert_eq!(alone([written, triaged("in_scope")]), IssueStatus::UnderReview);
    let silent = report_with(json!({ "positions": [] }));
    assert_eq!(alone([silent, triaged("in_scope")]), IssueStatus::UnderReview);
}

#[test]
fn what_does_not_belong_here_is_out_of_scope() {
    assert_eq!(alone([reported(), triaged("out_of_scope")]), IssueStatus::OutOfScope);
}

#[test]
fn an_open_request_needs_clarification() {
    let waiting = [reported(), triaged("in_scope"), asked()];
    assert_eq!(alone(waiting.clone()), IssueStatus::NeedsClarification);
    let told = waiting.into_iter().chain([replied(nth(2))]);
    assert_eq!(alone(told), IssueStatus::Confirmed);
}

#[test]
fn a_living_question_takes_the_issue_along() {
    let draft = in_questions([question(QuestionStatus::Draft, &[false])]);
    assert_eq!(status_in(confirmed(), &draft), IssueStatus::InQuestion);
    for ended in [QuestionStatus::Rejected, QuestionStatus::Withdrawn, QuestionStatus::NoReply] {
        let context = in_questions([question(ended, &[false])]);
        assert_eq!(status_in(confirmed(), &context), IssueStatus::Confirmed, "{ended:?}");
    }
}

#[test]
fn an_issue_is_answered_when_its_own_points_are() {
    let partly = in_questions([question(QuestionStatus::PartlyAnswered, &[true, false])]);
    assert_eq!(status_in(confirmed(), &partly), IssueStatus::PartlyAnswered);
    // The question has other points open, but none of this issue.
    let own = in_questions([question(QuestionStatus::PartlyAnswered, &[true, true])]);
    assert_eq!(status_in(confirmed(), &own), IssueStatus::Answered);
}

#[test]
fn an_answer_in_part_answers_partly() {
    let mut asked = question(QuestionStatus::Answered, &[true]);
    asked.any_partly = true;
    assert_eq!(status_in(confirmed(), &in_questions([asked])), IssueStatus::PartlyAnswered);
    let context = IssueContext { answers: vec![PointResult::Partly], ..IssueContext::default() };
    assert_eq!(status_in(confirmed(), &context), IssueStatus::PartlyAnswered);
}

#[test]
fn an_answer_linked_directly_answers_without_a_question() {
    let direct = |result| IssueContext { answers: vec![result], ..IssueContext::default() };
    assert_eq!(status_in(confirmed(), &direct(PointResult::Settled)), IssueStatus::Answered);
    for nothing in [PointResult::NoMerit, PointResult::NotCompetent] {
        assert_eq!(status_in(confirmed(), &direct(nothing)), IssueStatus::Confirmed);
    }
}

#[test]
fn over_several_questions_conflicting_outweighs_partial_and_partial_answered() {
    let answered = || question(QuestionStatus::Answered, &[true]);
    let open = || question(QuestionStatus::Dispatched, &[false]);
    assert_eq!(
        status_in(confirmed(), &in_questions([answered(), answered()])),
        IssueStatus::Answered
    );
    let mut context = in_questions([answered(), open()]);
    assert_eq!(status_in(confirmed(), &context), IssueStatus::PartlyAnswered);
    context.conflicting = true;
    assert_eq!(status_in(confirmed(), &context), IssueStatus::ConflictingAnswers);
}

#[test]
fn answers_in_conflict_settle_nothing_and_still_show() {
    let mut context = in_questions([question(QuestionStatus::PartlyAnswered, &[false])]);
    context.conflicting = true;
    assert_eq!(status_in(confirmed(), &context), IssueStatus::ConflictingAnswers);
}

#[test]
fn a_question_given_up_leaves_no_point_open() {
    for given_up in [QuestionStatus::Rejected, QuestionStatus::Withdrawn] {
        let context = in_questions([
            question(QuestionStatus::Answered, &[true]),
            question(given_up, &[false]),
        ]);
        assert_eq!(status_in(confirmed(), &context), IssueStatus::Answered, "{given_up:?}");
    }
}

#[test]
fn a_solution_in_force_outweighs_answers() {
    let mut context = in_questions([question(QuestionStatus::PartlyAnswered, &[true, false])]);
    context.solved = true;
    assert_eq!(status_in(confirmed(), &context), IssueStatus::Solved);
}

#[test]
fn closure_and_withdrawal_outweigh_everything() {
    let mut context = in_questions([question(QuestionStatus::Dispatched, &[false])]);
    context.solved = true;
    let ended = confirmed().into_iter().chain([closed("local_solution")]);
    assert_eq!(status_in(ended, &context), IssueStatus::Closed);
    assert_eq!(status_in([reported(), withdrawn()], &context), IssueStatus::Withdrawn);
}

#[test]
fn a_reopened_issue_shows_until_it_is_examined_again() {
    let history = || [reported(), triaged("in_scope"), closed("no_reply"), reopened()];
    assert_eq!(alone(history()), IssueStatus::Reopened);
    let examined = history().into_iter().chain([triaged("in_scope")]);
    assert_eq!(alone(examined), IssueStatus::Confirmed);
}
