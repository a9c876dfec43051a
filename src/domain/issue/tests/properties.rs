//! Laws that hold whatever happened.

use super::*;
use crate::testing::hold_in_any_order;

fn samples() -> Vec<IssueEvent> {
    vec![
        reported(),
        triaged("in_scope"),
        second_position(),
        ended(nth(2)),
        ended(first_position()),
        corrected(nth(2), json!({ "since": "2023-01-01" })),
        endorsed(json!({ "position_seen": first_position() })),
        endorsed(json!({ "body": "c_c852", "new_position": position_of("questura-bo", "BO") })),
        asked(),
        replied(nth(3)),
        cited("urn:nir:stato:legge:2017-04-07;47~art14"),
        linked("duplicate"),
        answer_linked(json!({ "result": "settled" })),
        noted(),
        closed("composed"),
        withdrawn(),
        reopened(),
    ]
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    hold_in_any_order::<Issue>(&samples(), &facts(), |state| {
        let _ = super::super::status(state, &IssueContext::default());
        assert!(state.current_positions().count() <= state.positions.len());
        assert!(!(state.is_divergent() && state.is_composed()));
        if state.report.is_some() {
            assert!(state.bodies_affected() <= state.participants().len());
        }
    });
}
