//! What holds for every history of an answer.

use proptest::prelude::*;

use super::*;
use crate::{Command, Decider, Facts};

/// Any event over a handful of ids and days, so that they often meet.
fn event() -> impl Strategy<Value = AnswerEvent> {
    let id = || prop::sample::select(vec![OTHER, SELF, nth(1), nth(2), nth(3), nth(4)]);
    let on = || prop::sample::select(vec!["2023-12-31", "2024-01-01", "2024-05-05", "2025-01-01"]);
    prop_oneof![
        3 => on().prop_map(|on| receipt(json!({"received_on": on})).into()),
        1 => on().prop_map(|on| corrected(json!({"document_date": on}))),
        1 => Just(corrected(json!({}))),
        1 => Just(assessed()),
        1 => (id(), on()).prop_map(|(id, on)| superseded(id, on)),
        1 => on().prop_map(withdrawn),
        3 => id().prop_map(conflict),
        3 => (id(), prop::option::of(id())).prop_map(|(with, prevails)| settled(with, prevails)),
        2 => on().prop_map(flagged),
        2 => id().prop_map(confirmed),
    ]
}

fn recorded(n: usize, event: AnswerEvent) -> Recorded<AnswerEvent> {
    let id = nth(n as u128);
    let at = Timestamp::from_second(i64::try_from(n).unwrap()).unwrap();
    Recorded { id, occurred_on: day("2024-06-01"), recorded_at: at, body: None, event }
}

proptest! {
    #[test]
    fn any_order_of_events_is_a_history(events in prop::collection::vec(event(), 0..12)) {
        let count = u32::try_from(events.len()).unwrap();
        let history: Vec<_> =
            events.into_iter().enumerate().map(|(n, event)| recorded(n, event)).collect();
        let state = fold::<Answer>(&history);
        prop_assert_eq!(state.events, count);
        let context = AnswerContext { conflicts: state.conflicts.clone(), ..Default::default() };
        let _ = standing(&state, &context, day("2024-06-01"));
    }

    #[test]
    fn what_is_decided_keeps_the_record_in_order(
        proposals in prop::collection::vec(event(), 0..24)
    ) {
        let mut state = AnswerState::default();
        for (n, proposed) in proposals.into_iter().enumerate() {
            let before = state.clone();
            let command = Command {
                proposed,
                stream_id: SELF,
                event_id: nth(n as u128),
                body: "anci_er".parse().unwrap(),
                staff: true,
                occurred_on: day("2024-06-01"),
                today: day("2024-06-01"),
                facts: Facts::default(),
            };
            for event in Answer::decide(&state, command).unwrap_or_default() {
                Answer::evolve(&mut state, &recorded(n, event));
            }
            // Nothing that ended an answer is ever replaced or forgotten.
            prop_assert!(before.superseded.is_none() || before.superseded == state.superseded);
            prop_assert!(before.withdrawn.is_none() || before.withdrawn == state.withdrawn);
            prop_assert!(before.conflicts.len() <= state.conflicts.len());
        }
        if let Some(receipt) = &state.receipt {
            prop_assert!(receipt.data.document_date <= receipt.data.received_on);
        }
        for conflict in &state.conflicts {
            let open = state.conflicts.iter().filter(|one| one.with == conflict.with && one.is_open());
            prop_assert!(conflict.with != SELF && open.count() <= 1);
        }
    }

    #[test]
    fn an_answer_only_ever_loses_validity_as_days_pass(
        events in prop::collection::vec(event(), 0..12)
    ) {
        let history: Vec<_> =
            events.into_iter().enumerate().map(|(n, event)| recorded(n, event)).collect();
        let state = fold::<Answer>(&history);
        let days = ["2023-12-30", "2023-12-31", "2024-01-01", "2024-05-05", "2025-01-01"];
        let over_time = days.map(|on| validity(&state, &AnswerContext::default(), day(on)));
        prop_assert!(over_time.is_sorted());
    }
}
