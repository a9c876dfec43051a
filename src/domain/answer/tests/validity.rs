//! When an answer may be relied on.

use super::*;

const RECEIVED: &str = "2024-01-05";

fn change(from: &str, recorded: &str) -> Change {
    Change { from: day(from), recorded_at: noon(recorded) }
}

fn amended(from: &str, recorded: &str) -> AnswerContext {
    AnswerContext { norm_changes: vec![change(from, recorded)], conflicts: Vec::new() }
}

fn alone(state: &AnswerState, on: &str) -> Validity {
    validity(state, &AnswerContext::default(), day(on))
}

#[test]
fn an_answer_is_current_until_something_happens() {
    let state = after(&[(RECEIVED, received())]);
    assert_eq!(alone(&state, "2024-12-31"), Validity::Current);
    assert_eq!(alone(&AnswerState::default(), "2024-12-31"), Validity::Current);
}

#[test]
fn supersession_and_withdrawal_count_from_their_day() {
    let state = after(&[
        (RECEIVED, received()),
        ("2024-02-01", superseded(OTHER, "2024-11-01")),
        ("2024-02-02", withdrawn("2024-12-01")),
    ]);
    assert_eq!(alone(&state, "2024-10-31"), Validity::Current);
    assert_eq!(alone(&state, "2024-11-01"), Validity::Superseded);
    assert_eq!(alone(&state, "2024-12-01"), Validity::Withdrawn);
    let standing = standing(&state, &AnswerContext::default(), day("2024-11-30"));
    assert_eq!(standing.since, Some(change("2024-11-01", "2024-02-01")));
}

#[test]
fn the_loser_of_a_conflict_is_superseded_and_the_winner_current() {
    let settled_for = |prevails| {
        after(&[
            (RECEIVED, received()),
            ("2024-02-01", conflict(OTHER)),
            ("2024-03-01", settled(OTHER, prevails)),
        ])
    };
    let open = after(&[(RECEIVED, received()), ("2024-02-01", conflict(OTHER))]);
    assert_eq!(alone(&open, "2024-02-01"), Validity::InConflict);
    assert_eq!(alone(&settled_for(Some(OTHER)), "2024-03-01"), Validity::Superseded);
    assert_eq!(alone(&settled_for(Some(SELF)), "2024-03-01"), Validity::Current);
    assert_eq!(alone(&settled_for(None), "2024-03-01"), Validity::Current);
}

#[test]
fn a_conflict_declared_by_the_other_answer_counts_as_well() {
    let state = after(&[(RECEIVED, received())]);
    let other = |history: &[(&str, AnswerEvent)]| {
        let conflicts = after(history).conflicts;
        AnswerContext {
            norm_changes: Vec::new(),
            conflicts: conflicts.iter().map(|one| one.seen_from_the_other(OTHER)).collect(),
        }
    };
    let declared = ("2024-02-01", conflict(SELF));
    let lost = ("2024-03-01", settled(SELF, Some(OTHER)));
    let won = ("2024-03-01", settled(SELF, Some(SELF)));
    let on = day("2024-12-31");
    let validity = |history: &[_]| validity(&state, &other(history), on);
    assert_eq!(validity(std::slice::from_ref(&declared)), Validity::InConflict);
    assert_eq!(validity(&[declared.clone(), lost]), Validity::Superseded);
    assert_eq!(validity(&[declared, won]), Validity::Current);
}

#[test]
fn a_conflict_declared_anew_forgets_how_it_was_settled() {
    let mut history = vec![
        (RECEIVED, received()),
        ("2024-02-01", conflict(OTHER)),
        ("2024-03-01", settled(OTHER, Some(OTHER))),
        ("2024-04-01", conflict(OTHER)),
    ];
    assert_eq!(alone(&after(&history), "2024-12-31"), Validity::InConflict);
    history.push(("2024-05-01", settled(OTHER, Some(SELF))));
    assert_eq!(alone(&after(&history), "2024-12-31"), Validity::Current);
}

#[test]
fn an_amendment_of_a_cited_norm_asks_for_a_look_from_its_day() {
    let state = after(&[(RECEIVED, received())]);
    let context = amended("2024-07-01", "2024-06-01");
    assert_eq!(validity(&state, &context, day("2024-06-30")), Validity::Current);
    assert_eq!(validity(&state, &context, day("2024-07-01")), Validity::ToVerify);
}

#[test]
fn a_confirmation_covers_what_was_recorded_before_it() {
    let state = after(&[
        (RECEIVED, received()),
        ("2024-06-10", flagged("2024-09-30")),
        ("2024-06-20", confirmed(nth(1))),
    ]);
    let on = day("2024-12-31");
    let known = amended("2024-07-01", "2024-06-01");
    assert_eq!(validity(&state, &known, on), Validity::Current);
    // In force long before, but recorded when the review was over.
    let late = amended("2023-10-06", "2024-07-02");
    assert_eq!(validity(&state, &late, on), Validity::ToVerify);
}

#[test]
fn an_open_review_asks_for_a_look() {
    let mut history = vec![(RECEIVED, received()), ("2024-06-10", flagged("2024-09-30"))];
    assert_eq!(alone(&after(&history), "2024-12-31"), Validity::ToVerify);
    history.push(("2024-06-20", confirmed(nth(1))));
    let state = after(&history);
    assert_eq!(alone(&state, "2024-12-31"), Validity::Current);
    assert_eq!(state.reviews.first().unwrap().confirmed_on, Some(day("2024-06-20")));
}

#[test]
fn validity_is_written_as_the_interface_says() {
    use Validity as Is;
    let all = [Is::Current, Is::ToVerify, Is::InConflict, Is::Superseded, Is::Withdrawn];
    let written = serde_json::to_value(all).unwrap();
    assert_eq!(written, json!(["current", "to_verify", "in_conflict", "superseded", "withdrawn"]));
    assert_eq!(all.map(Is::holds), [true, true, true, false, false]);
    assert!(all.is_sorted());
}
