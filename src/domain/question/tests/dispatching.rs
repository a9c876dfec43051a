//! Dispatches, reminders, passing on.

use super::*;
use crate::testing::day;

/// The first addressee only was sent the question, on 3 January 2024.
fn half_sent() -> [QuestionEvent; 3] {
    [drafted(), approved(1), dispatched_to(&[AD[0]])]
}

#[test]
fn nothing_is_sent_without_approval_of_that_very_text() {
    let approved_before = [drafted(), approved(1), revised("editorial")];
    given::<Question>([drafted()]).when(dispatched_to(&[])).then_rejected(Rejection::NotApproved);
    given::<Question>(approved_before.clone())
        .when(dispatched_to(&[]))
        .then_rejected(Rejection::NotTheCurrentText);
    given::<Question>(approved_before)
        .when(event!(QuestionDispatched, {"text_version": 2}))
        .then_rejected(Rejection::NotApproved);
    given::<Question>([drafted(), approved(1)]).when(dispatched_to(&[])).then([dispatched_to(&[])]);
}

#[test]
fn approval_comes_first_and_a_reply_is_expected_later() {
    given::<Question>([drafted(), approved(1)])
        .on("2024-01-01")
        .when(dispatched_to(&[]))
        .then_rejected(Rejection::DatesReversed);
    given::<Question>([drafted(), approved(1)])
        .when(event!(QuestionDispatched, {"text_version": 1, "reply_expected_by": "2024-12-30"}))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn each_addressee_is_sent_the_question_once() {
    let half = || given::<Question>(half_sent());
    half().when(dispatched_to(&[AD[0]])).then_rejected(Rejection::AddresseeAlreadyReached);
    half().when(dispatched_to(&[NOWHERE])).then_rejected(Rejection::NoSuchAddressee);
    half().when(dispatched_to(&[])).then([dispatched_to(&[])]);
    half().when(dispatched_to(&[AD[1]])).then([dispatched_to(&[AD[1]])]);
    given::<Question>(sent())
        .when(dispatched_to(&[]))
        .then_rejected(Rejection::AddresseeAlreadyReached);
}

#[test]
fn sending_to_nobody_in_particular_reaches_those_still_waiting() {
    let state = given::<Question>(half_sent().into_iter().chain([dispatched_to(&[])])).state();
    let days: Vec<_> = state.tracks.iter().map(|track| track.dispatched_on).collect();
    assert_eq!(days, [Some(day("2024-01-03")), Some(day("2024-01-04"))]);
}

#[test]
fn dispatch_ends_the_collection_of_adhesions() {
    let history = [drafted(), opened(1), approved(1), dispatched_to(&[])];
    given::<Question>(history).when(closed_adhesions()).then_rejected(Rejection::AdhesionsNotOpen);
}

#[test]
fn the_record_of_a_dispatch_can_be_corrected() {
    let correct = |to: &[Uuid], on: &str| {
        event!(DispatchCorrected, {
            "addressees": to, "communication": ANSWER[0], "dispatched_on": on, "reason": "PEC.",
        })
    };
    let fixed = correct(&[AD[0]], "2024-01-05");
    given::<Question>(sent()).when(fixed.clone()).then([fixed.clone()]);
    let state = given::<Question>(sent_and([fixed])).state();
    assert_eq!(state.tracks[0].dispatched_on, Some(day("2024-01-05")));
    assert_eq!(state.tracks[0].communication, Some(ANSWER[0]));
    assert_eq!(state.tracks[1].communication, Some(LETTER));

    let nothing = event!(DispatchCorrected, {"addressees": [AD[0]], "reason": "PEC."});
    for (history, correction, why) in [
        (sent(), correct(&[AD[0]], "2025-01-01"), Rejection::DateInFuture),
        (sent(), correct(&[NOWHERE], "2024-01-05"), Rejection::NoSuchAddressee),
        (sent(), nothing, Rejection::NothingToChange),
        (half_sent().into(), correct(&[AD[1]], "2024-01-05"), Rejection::AddresseeNotReached),
        (vec![drafted()], correct(&[AD[1]], "2024-01-05"), Rejection::NotDispatched),
        (
            sent_and([reminded(AD[0], Some(1))]),
            correct(&[AD[0]], "2024-02-01"),
            Rejection::DatesReversed,
        ),
    ] {
        given::<Question>(history).when(correction).then_rejected(why);
    }
}

#[test]
fn reminders_are_numbered_on_each_track() {
    let history = || given::<Question>(sent_and([reminded(AD[0], Some(1))]));
    history().when(reminded(AD[0], None)).then([reminded(AD[0], Some(2))]);
    history().when(reminded(AD[1], Some(1))).then([reminded(AD[1], Some(1))]);
    history().when(reminded(AD[0], Some(1))).then_rejected(Rejection::NotTheNextNumber);
}

#[test]
fn only_those_who_were_reached_are_reminded() {
    let why = |history: Vec<QuestionEvent>, to, why| {
        given::<Question>(history).when(reminded(to, None)).then_rejected(why);
    };
    why(half_sent().into(), AD[1], Rejection::AddresseeNotReached);
    why(sent(), NOWHERE, Rejection::NoSuchAddressee);
    why(vec![drafted()], AD[0], Rejection::NotDispatched);
}

#[test]
fn a_reminder_does_not_precede_what_it_recalls() {
    given::<Question>(sent())
        .on("2024-01-02")
        .when(reminded(AD[0], None))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn passing_the_question_on_makes_a_track_with_the_same_points() {
    let passed_on = forwarded(AD[0], "ministero_interno_ps");
    given::<Question>(sent()).when(passed_on.clone()).then([passed_on.clone()]);

    let state = given::<Question>(sent_and([passed_on, reminded(nth(3), Some(1))])).state();
    let track = state.track(nth(3)).unwrap();
    assert_eq!(track.dispatched_on, Some(day("2024-01-04")));
    assert_eq!(track.forwarded_from, Some(AD[0]));
    assert_eq!(track.reminders.len(), 1);
    assert_eq!(state.tracks[0].forwarded_to, [nth(3)]);
    let points: Vec<Uuid> = state.points_put_to(nth(3)).map(|point| point.id).collect();
    assert_eq!(points, [PT[0]]);
}

#[test]
fn a_question_is_passed_on_by_those_who_have_it_to_somebody_else_once() {
    let to = "ministero_interno_ps";
    for (history, from, to, why) in [
        (half_sent().into(), AD[1], to, Rejection::AddresseeNotReached),
        (sent(), NOWHERE, to, Rejection::NoSuchAddressee),
        (vec![drafted()], AD[0], to, Rejection::NotDispatched),
        (sent(), AD[0], "agenzia_entrate", Rejection::LinkToSelf),
        (sent_and([forwarded(AD[0], to)]), AD[0], to, Rejection::AlreadyExists),
    ] {
        given::<Question>(history).when(forwarded(from, to)).then_rejected(why);
    }
    given::<Question>(sent())
        .on("2024-01-02")
        .when(forwarded(AD[0], to))
        .then_rejected(Rejection::DatesReversed);
}
