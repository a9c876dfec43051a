//! Answers, points and ends.

use super::*;

#[test]
fn an_answer_is_linked_with_what_it_does_for_each_point() {
    given::<Question>(sent()).and(facts()).when(settled()).then([settled()]);

    let twice = answered(ANSWER[0], &[(PT[0], "settled"), (PT[0], "partly")]);
    let for_issue = event!(AnswerLinked, {"answer": ANSWER[0], "result": "settled",
        "points": [{"point_id": PT[0], "result": "settled"}]});
    for link in [answered(ANSWER[0], &[]), twice, for_issue] {
        given::<Question>(sent()).and(facts()).when(link).then_rejected(Rejection::WrongOutcome);
    }
}

#[test]
fn only_a_valid_answer_on_points_still_asked_is_linked() {
    let link = |answer, point| answered(answer, &[(point, "settled")]);
    let history = || given::<Question>(sent_and([withdrawn_point(PT[1])])).and(facts());
    history().when(link(ANSWER[0], NOWHERE)).then_rejected(Rejection::NoSuchPoint);
    history().when(link(ANSWER[0], PT[1])).then_rejected(Rejection::NoSuchPoint);
    history().when(link(ANSWER[2], PT[0])).then_rejected(Rejection::AnswerNoLongerValid);
    history().when(link(NOWHERE, PT[0])).then_rejected(Rejection::AnswerNoLongerValid);
}

#[test]
fn an_answer_is_linked_once_and_unlinked_once() {
    let linked = || given::<Question>(sent_and([settled()])).and(facts());
    linked().when(settled()).then_rejected(Rejection::AlreadyLinked);
    linked().when(unlinked(ANSWER[0])).then([unlinked(ANSWER[0])]);
    linked().when(unlinked(ANSWER[1])).then_rejected(Rejection::NotLinked);
}

#[test]
fn a_general_act_may_answer_before_dispatch() {
    given::<Question>([drafted()]).and(facts()).when(settled()).accepted();
}

#[test]
fn a_point_is_given_up_unless_it_is_settled() {
    let partly = || given::<Question>(sent_and([answered(ANSWER[0], &[(PT[0], "partly")])]));
    partly().when(declared(PT[0])).then([declared(PT[0])]);
    partly().when(withdrawn_point(PT[0])).then([withdrawn_point(PT[0])]);
    for proposal in [declared(PT[0]), withdrawn_point(PT[0])] {
        given::<Question>(sent_and([settled()]))
            .when(proposal.clone())
            .then_rejected(Rejection::PointAnswered);
        given::<Question>([drafted()])
            .when(proposal.clone())
            .then_rejected(Rejection::NotDispatched);
        given::<Question>(sent_and([withdrawn_point(PT[0])]))
            .when(proposal)
            .then_rejected(Rejection::NoSuchPoint);
    }
    given::<Question>(sent()).when(declared(NOWHERE)).then_rejected(Rejection::NoSuchPoint);
    given::<Question>(sent_and([declared(PT[0])]))
        .when(declared(PT[0]))
        .then_rejected(Rejection::PointAlreadyDeclared);
}

#[test]
fn a_question_closes_when_no_point_is_open() {
    let may_close = |then: Vec<QuestionEvent>, why: Option<Rejection>| {
        let asked = given::<Question>(sent_and(then)).and(facts()).when(closed());
        match why {
            Some(why) => asked.then_rejected(why),
            None => asked.then([closed()]),
        }
    };
    let half = || answered(ANSWER[0], &[(PT[0], "settled"), (PT[1], "no_merit")]);
    may_close(vec![], Some(Rejection::PointsOpen));
    may_close(vec![half()], Some(Rejection::PointsOpen));
    may_close(vec![half(), declared(PT[1])], None);
    may_close(vec![half(), withdrawn_point(PT[1])], None);
    may_close(vec![half(), answered(ANSWER[1], &[(PT[1], "settled")])], None);
    may_close(vec![settled(), unlinked(ANSWER[0])], Some(Rejection::PointsOpen));
}

#[test]
fn an_answer_its_author_took_back_closes_nothing() {
    let void = answered(ANSWER[2], &[(PT[0], "settled"), (PT[1], "settled")]);
    given::<Question>(sent_and([void]))
        .and(facts())
        .when(closed())
        .then_rejected(Rejection::PointsOpen);
}

#[test]
fn a_question_is_rejected_only_before_dispatch() {
    given::<Question>([drafted()]).when(rejected()).then([rejected()]);
    given::<Question>(sent()).when(rejected()).then_rejected(Rejection::AlreadyDispatched);
}

#[test]
fn a_question_already_answered_names_what_answers_it() {
    let reject = |by: Value| {
        event!(QuestionRejected, {
            "reason": "already_answered", "already_answered_by": by,
        })
    };
    given::<Question>([drafted()])
        .when(reject(Value::Null))
        .then_rejected(Rejection::AnswerNotNamed);
    let mut known = facts();
    known.add_known(crate::values::RefKind::Answer, ANSWER[0].to_string(), 4);
    given::<Question>([drafted()])
        .and(known)
        .when(reject(json!({"kind": "answer", "id": ANSWER[0]})))
        .then([reject(json!({"kind": "answer", "id": ANSWER[0], "revision": 4}))]);
}

#[test]
fn after_dispatch_a_withdrawal_needs_a_letter() {
    let silently = || event!(QuestionWithdrawn, {"reason": "Norma abrogata."});
    given::<Question>([drafted()]).when(silently()).then([silently()]);
    given::<Question>(sent()).when(silently()).then_rejected(Rejection::CommunicationNeeded);
    given::<Question>(sent()).when(withdrawn()).then([withdrawn()]);
}

#[test]
fn only_an_ended_question_is_reopened() {
    given::<Question>(sent()).when(reopened()).then_rejected(Rejection::QuestionNotEnded);
    for end in [rejected(), closed(), withdrawn()] {
        given::<Question>([drafted(), end]).when(reopened()).then([reopened()]);
    }
}

#[test]
fn reopening_asks_again_what_nobody_answered() {
    let history = [declared(PT[0]), withdrawn_point(PT[1]), closed(), reopened()];
    given::<Question>(sent_and(history)).when(closed()).then_rejected(Rejection::PointsOpen);
}

#[test]
fn after_the_end_only_afterthoughts_are_recorded() {
    let ended = || given::<Question>(sent_and([settled(), closed()])).and(facts());
    for proposal in [
        reminded(AD[0], None),
        declared(PT[0]),
        approved(1),
        closed(),
        rejected(),
        withdrawn(),
        adhesion("c_b034", 1, "supporting"),
        forwarded(AD[0], "inps"),
        event!(Assigned, {"staff_member": "ufficio-giuridico"}),
        event!(IssueAttached, {"issue": ISSUE[1]}),
    ] {
        ended().when(proposal).then_rejected(Rejection::QuestionEnded);
    }
    for proposal in [
        note(),
        unlinked(ANSWER[0]),
        answered(ANSWER[1], &[(PT[0], "partly")]),
        event!(ContactRecorded, {"authority": "inps", "text": "Sentito l'ufficio."}),
        event!(TextErased, {"reason": "Persona riconoscibile.", "legal_basis": "art. 17"}),
        event!(DispatchCorrected, {"addressees": [AD[0]], "communication": LETTER, "reason": "PEC."}),
    ] {
        ended().when(proposal.clone()).then([proposal]);
    }
}

#[test]
fn while_it_lives_a_question_is_assigned_and_annotated() {
    let assigned = event!(Assigned, {"staff_member": "ufficio-giuridico"});
    let contact = event!(ContactRecorded, {"authority": "inps", "text": "Sentito l'ufficio."});
    for proposal in [assigned, contact, note()] {
        given::<Question>([drafted()]).when(proposal.clone()).then([proposal]);
    }
}
