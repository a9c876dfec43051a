//! What holds for every history of a solution.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{Command, Decider};

/// Any event over a handful of ids, bodies and days, so that they often meet.
fn event() -> impl Strategy<Value = SolutionEvent> {
    let id = || prop::sample::select((1..12).map(nth).chain([OTHER, SELF]).collect::<Vec<_>>());
    let body = || prop::sample::select(vec!["c_a944", "c_b034", "unione_x", "c_h294"]);
    let on = || prop::sample::select(vec!["2023-12-31", "2024-02-01", "2024-07-01", "2025-01-01"]);
    let number = || 1..4_u32;
    let changes = prop::sample::select(vec![
        json!({}),
        json!({"manner": "adapted"}),
        json!({"act": {"status": "adopted"}}),
    ]);
    prop_oneof![
        4 => Just(proposed()),
        2 => prop::option::of(number()).prop_map(revised),
        4 => number().prop_map(validated),
        6 => (body(), number()).prop_map(|(body, version)| {
            adoption(body, json!({"solution_version": version}))
        }),
        2 => (id(), changes).prop_map(|(id, changes)| corrected(id, changes)),
        3 => (id(), on()).prop_map(|(id, on)| ended(id, on)),
        2 => (body(), number()).prop_map(|(body, version)| declined(body, version)),
        1 => id().prop_map(|id| based_on(json!({"answer": id}))),
        1 => Just(based_on(json!({"norm": norm("47")}))),
        1 => id().prop_map(basis_removed),
        1 => id().prop_map(attached),
        1 => id().prop_map(detached),
        1 => on().prop_map(flagged),
        1 => prop::option::of(id()).prop_map(confirmed),
        1 => (id(), prop::option::of(on())).prop_map(|(id, on)| superseded(id, on)),
        1 => prop::sample::select(vec![retired(), published(), unpublished(), erased()]),
    ]
}

fn recorded(n: usize, event: SolutionEvent) -> Recorded<SolutionEvent> {
    let id = nth(n as u128);
    let at = Timestamp::from_second(i64::try_from(n).unwrap()).unwrap();
    Recorded { id, occurred_on: day("2024-06-01"), recorded_at: at, body: None, event }
}

proptest! {
    #[test]
    fn any_order_of_events_is_a_history(events in prop::collection::vec(event(), 0..16)) {
        let count = u32::try_from(events.len()).unwrap();
        let history: Vec<_> =
            events.into_iter().enumerate().map(|(n, event)| recorded(n, event)).collect();
        let state = fold::<Solution>(&history);
        prop_assert_eq!(state.events, count);
        let _ = status(&state, day("2024-06-01"));
        let _ = validity(&state, &SolutionContext::default(), day("2024-06-01"));
    }

    #[test]
    fn what_is_decided_keeps_the_record_in_order(
        proposals in prop::collection::vec(event(), 0..32)
    ) {
        let mut state = SolutionState::default();
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
                facts: facts(),
            };
            for event in Solution::decide(&state, command).unwrap_or_default() {
                Solution::evolve(&mut state, &recorded(n, event));
            }
            prop_assert!(before.retired.is_none() || before.retired == state.retired);
            prop_assert!(before.superseded.is_none() || before.superseded == state.superseded);
            prop_assert!(before.versions.len() <= state.versions.len());
        }
        // Versions are numbered without gaps, and only validated ones are adopted.
        for (version, expected) in state.versions.iter().zip(1..) {
            prop_assert_eq!(version.number.get(), expected);
        }
        let validated: BTreeSet<_> = state
            .versions
            .iter()
            .filter(|version| version.validation.is_some())
            .map(|version| version.number)
            .collect();
        prop_assert!(state.adoptions.iter().all(|one| validated.contains(&one.version)));
        // Nobody has two living adoptions, and nobody both adopts and declines.
        let mut living = BTreeSet::new();
        prop_assert!(
            state.adoptions.iter().filter(|one| one.is_living()).all(|one| living.insert(&one.body))
        );
        let standing = state.declinations.iter().filter(|one| one.overtaken_by.is_none());
        prop_assert!(standing.into_iter().all(|one| !living.contains(&one.body)));
    }
}
