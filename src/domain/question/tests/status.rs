//! Where a question stands after its history.

use super::QuestionStatus as Is;
use super::*;

fn after(history: impl IntoIterator<Item = QuestionEvent>) -> Is {
    status(&given::<Question>(history).state(), &QuestionContext::default())
}

#[test]
fn a_question_goes_its_way_until_it_is_sent() {
    assert_eq!(after([drafted()]), Is::Draft);
    assert_eq!(after([drafted(), opened(1)]), Is::CollectingAdhesions);
    assert_eq!(after([drafted(), opened(1), closed_adhesions()]), Is::Draft);
    assert_eq!(after([drafted(), opened(1), closed_adhesions(), approved(1)]), Is::Approved);
    assert_eq!(after(sent()), Is::Dispatched);
    assert_eq!(after(sent_and([forwarded(AD[0], "regione")])), Is::Forwarded);
}

#[test]
fn a_new_text_needs_approval_and_when_its_substance_changed_adhesions_again() {
    assert_eq!(after([drafted(), approved(1), revised("editorial")]), Is::Draft);
    assert_eq!(after([drafted(), opened(1), revised("editorial")]), Is::CollectingAdhesions);
    assert_eq!(after([drafted(), opened(1), revised("substance")]), Is::Draft);
}

#[test]
fn it_is_answered_when_every_point_still_asked_is_settled() {
    let one = |result| answered(ANSWER[0], &[(PT[0], result)]);
    assert_eq!(after(sent_and([settled()])), Is::Answered);
    assert_eq!(after(sent_and([one("settled")])), Is::PartlyAnswered);
    assert_eq!(after(sent_and([one("partly")])), Is::PartlyAnswered);
    assert_eq!(after(sent_and([one("settled"), withdrawn_point(PT[1])])), Is::Answered);
    assert_eq!(after(sent_and([one("settled"), declared(PT[1])])), Is::PartlyAnswered);
    assert_eq!(after(sent_and([one("partly"), forwarded(AD[0], "regione")])), Is::PartlyAnswered);
}

#[test]
fn words_that_answer_nothing_leave_it_where_it_was() {
    let nothing = || answered(ANSWER[0], &[(PT[0], "no_merit"), (PT[1], "not_competent")]);
    assert_eq!(after(sent_and([nothing()])), Is::Dispatched);
    assert_eq!(after(sent_and([nothing(), forwarded(AD[0], "regione")])), Is::Forwarded);
}

#[test]
fn a_general_act_answers_a_draft_only_when_it_answers_all_of_it() {
    assert_eq!(after([drafted(), settled()]), Is::Answered);
    assert_eq!(after([drafted(), answered(ANSWER[0], &[(PT[0], "settled")])]), Is::Draft);
}

#[test]
fn an_answer_taken_back_answers_nothing() {
    let state = given::<Question>(sent_and([settled()])).state();
    let context = QuestionContext { withdrawn_answers: [ANSWER[0]].into() };
    assert_eq!(status(&state, &context), Is::Dispatched);
    assert_eq!(after(sent_and([settled(), unlinked(ANSWER[0])])), Is::Dispatched);
}

#[test]
fn the_best_result_counts() {
    let partly = answered(ANSWER[1], &[(PT[0], "partly"), (PT[1], "no_merit")]);
    assert_eq!(after(sent_and([settled(), partly])), Is::Answered);
}

#[test]
fn an_end_outweighs_everything_until_it_is_undone() {
    assert_eq!(after([drafted(), rejected()]), Is::Rejected);
    assert_eq!(after(sent_and([withdrawn()])), Is::Withdrawn);
    assert_eq!(after(sent_and([settled(), closed()])), Is::Closed);
    assert_eq!(after(sent_and([settled(), closed(), reopened()])), Is::Answered);
    assert_eq!(
        after(sent_and([settled(), closed(), reopened(), unlinked(ANSWER[0])])),
        Is::Dispatched
    );
    assert_eq!(after([drafted(), rejected(), reopened()]), Is::Draft);
}

#[test]
fn closed_without_any_point_answered_is_no_reply() {
    let given_up = || vec![declared(PT[0]), declared(PT[1]), closed()];
    assert_eq!(after(sent_and(given_up())), Is::NoReply);
    let partly = answered(ANSWER[0], &[(PT[0], "partly")]);
    assert_eq!(after(sent_and([partly].into_iter().chain(given_up()))), Is::Closed);
}

#[test]
fn an_ended_question_is_no_longer_alive() {
    for ended in [Is::Closed, Is::Rejected, Is::Withdrawn, Is::NoReply] {
        assert!(!ended.is_alive());
    }
    assert!(Is::Draft.is_alive() && Is::Answered.is_alive());
}
