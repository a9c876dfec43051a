//! What is expected when, on the bundled Italian holidays.

use super::*;
use crate::calendar::{Calendar, italian_holidays};
use crate::testing::day;

#[test]
fn a_reply_is_expected_when_stated_or_thirty_days_after_dispatch() {
    let holidays = italian_holidays();
    let calendar = Calendar::new(&holidays);
    let stated = event!(QuestionDispatched, {
        "addressees": [AD[1]], "text_version": 1, "reply_expected_by": "2024-03-01",
    });
    let state =
        given::<Question>([drafted(), approved(1), dispatched_to(&[AD[0]]), stated]).state();

    let computed = state.tracks[0].reply_expected(&calendar).unwrap();
    assert_eq!(computed.day(), day("2024-02-02"));
    assert!(matches!(computed, Expected::Computed(_)));
    let stated = Expected::Stated(day("2024-03-01"));
    assert_eq!(state.tracks[1].reply_expected(&calendar), Some(stated));
    assert_eq!(given::<Question>([drafted()]).state().tracks[0].reply_expected(&calendar), None);
}

#[test]
fn adhesions_are_expected_within_fifteen_days() {
    let holidays = italian_holidays();
    let open = event!(AdhesionsOpened, {"text_version": 1});
    let state = given::<Question>([drafted(), open]).state();
    let end = state.windows[0].expected_end(&Calendar::new(&holidays)).unwrap();
    assert_eq!(end.day(), day("2024-01-17"));
}

#[test]
fn a_reminder_is_due_thirty_days_after_the_last_letter_and_says_why() {
    let holidays = italian_holidays();
    let calendar = Calendar::new(&holidays);
    let state = given::<Question>(sent_and([note(), reminded(AD[0], Some(1))])).state();

    let first = state.tracks[1].next_reminder_due(&calendar).unwrap();
    assert_eq!(first.date, day("2024-02-02").date());
    let second = state.tracks[0].next_reminder_due(&calendar).unwrap();
    assert_eq!(second.date, day("2024-02-05").date());
    assert_eq!(
        second.explain_it(),
        "30 giorni dal 5 gennaio 2024: si arriva al 4 febbraio 2024; poiché domenica 4 non è \
         lavorativa, la scadenza passa a lunedì 5 febbraio 2024."
    );
}

#[test]
fn at_the_third_reminder_an_escalation_is_proposed() {
    let reminders = (1..=3).map(|n| reminded(AD[0], Some(n)));
    let state = given::<Question>(sent_and(reminders)).state();
    assert!(state.tracks[0].proposes_escalation());
    assert!(!state.tracks[1].proposes_escalation());
}

#[test]
fn only_those_who_owe_an_answer_are_to_be_reminded() {
    let holidays = italian_holidays();
    let calendar = Calendar::new(&holidays);
    let due = |history: Vec<QuestionEvent>| -> Vec<(Uuid, u32)> {
        let state = given::<Question>(history).state();
        let context = QuestionContext::default();
        state.reminders_due(&context, &calendar).map(|due| (due.track.id, due.n.get())).collect()
    };
    assert_eq!(due(vec![drafted()]), []);
    assert_eq!(due(sent_and([reminded(AD[0], Some(1))])), [(AD[0], 2), (AD[1], 1)]);
    // Passed on: the clock runs for the new office.
    assert_eq!(due(sent_and([forwarded(AD[0], "regione")])), [(AD[1], 1), (nth(3), 1)]);
    // The first point was the only one put to the first addressee.
    assert_eq!(due(sent_and([answered(ANSWER[0], &[(PT[0], "settled")])])), [(AD[1], 1)]);
    assert_eq!(due(sent_and([withdrawn()])), []);
}

#[test]
fn an_answer_is_shown_to_every_addressee_it_concerns() {
    let state = given::<Question>(sent_and([answered(ANSWER[0], &[(PT[1], "partly")])])).state();
    assert_eq!(state.answers_for(AD[0]).count(), 0);
    assert_eq!(state.answers_for(AD[1]).count(), 1);
}
