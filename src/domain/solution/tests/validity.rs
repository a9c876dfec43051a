//! Where a solution stands, and when it may be relied on.

use super::*;
use crate::answer::{Change, Standing, Validity};

const ON: &str = "2024-12-31";

fn change(from: &str, recorded: &str) -> Change {
    Change { from: day(from), recorded_at: noon(recorded) }
}

fn amended(from: &str, recorded: &str) -> SolutionContext {
    SolutionContext { answers: Vec::new(), norm_changes: vec![change(from, recorded)] }
}

fn resting_on(validity: Validity) -> SolutionContext {
    let since = (validity != Validity::Current).then(|| change("2024-05-01", "2024-05-02"));
    SolutionContext { answers: vec![Standing { validity, since }], norm_changes: Vec::new() }
}

fn alone(state: &SolutionState, on: &str) -> SolutionValidity {
    validity(state, &SolutionContext::default(), day(on))
}

#[test]
fn a_solution_goes_from_proposed_to_validated_to_adopted() {
    use SolutionStatus as Is;

    let mut history = vec![("2024-01-10", proposed())];
    let mut expect = |event: Option<SolutionEvent>, expected| {
        history.extend(event.map(|event| ("2024-02-01", event)));
        assert_eq!(status(&after(&history), day("2024-06-01")), expected);
    };
    expect(None, Is::Proposed);
    expect(Some(validated(1)), Is::Validated);
    expect(Some(revised(Some(2))), Is::Proposed);
    expect(Some(validated(2)), Is::Validated);
    expect(Some(adoption("c_a944", json!({"solution_version": 2}))), Is::Adopted);
    expect(Some(superseded(OTHER, Some("2024-06-02"))), Is::Adopted);
    expect(Some(retired()), Is::Retired);
}

#[test]
fn an_adoption_counts_to_its_last_day() {
    let history = [
        ("2024-01-10", proposed()),
        ("2024-01-11", validated(1)),
        ("2024-01-12", adopted("c_a944")),
        ("2024-10-06", ended(nth(2), "2024-08-31")),
    ];
    let state = after(&history);
    assert_eq!(status(&state, day("2024-08-31")), SolutionStatus::Adopted);
    assert_eq!(status(&state, day("2024-09-01")), SolutionStatus::Validated);
    assert!(state.adopters_on(day("2024-09-01")).is_empty());
}

#[test]
fn supersession_counts_from_its_day() {
    let state = after(&[("2024-01-10", proposed()), ("2024-02-01", superseded(OTHER, Some(ON)))]);
    assert_eq!(alone(&state, "2024-12-30"), SolutionValidity::Current);
    assert_eq!(alone(&state, ON), SolutionValidity::Superseded);
    assert_eq!(status(&state, day(ON)), SolutionStatus::Superseded);
    let at_once = after(&[("2024-01-10", proposed()), ("2024-02-01", superseded(OTHER, None))]);
    assert_eq!(alone(&at_once, "2024-02-01"), SolutionValidity::Superseded);
    let retired = after(&[("2024-01-10", proposed()), ("2024-02-01", retired())]);
    assert_eq!(alone(&retired, ON), SolutionValidity::Retired);
}

#[test]
fn a_shaken_basis_answer_asks_for_a_look() {
    use SolutionValidity as Is;

    let state = after(&[("2024-01-10", proposed())]);
    for (answer, expected) in [
        (Validity::Current, Is::Current),
        (Validity::ToVerify, Is::Current),
        (Validity::InConflict, Is::ToVerify),
        (Validity::Superseded, Is::ToVerify),
        (Validity::Withdrawn, Is::ToVerify),
    ] {
        assert_eq!(validity(&state, &resting_on(answer), day(ON)), expected, "{answer:?}");
    }
}

#[test]
fn an_amended_basis_norm_asks_for_a_look_from_its_day() {
    let state = after(&[("2024-01-10", proposed())]);
    let context = amended("2024-07-01", "2024-06-01");
    assert_eq!(validity(&state, &context, day("2024-06-30")), SolutionValidity::Current);
    assert_eq!(validity(&state, &context, day("2024-07-01")), SolutionValidity::ToVerify);
}

#[test]
fn a_confirmation_or_a_new_version_covers_what_was_recorded_before_it() {
    for look in [confirmed(None), revised(Some(2))] {
        let state = after(&[("2024-01-10", proposed()), ("2024-06-20", look)]);
        let on = day(ON);
        let shaken = resting_on(Validity::Superseded);
        assert_eq!(validity(&state, &shaken, on), SolutionValidity::Current);
        let known = amended("2024-07-01", "2024-06-01");
        assert_eq!(validity(&state, &known, on), SolutionValidity::Current);
        // In force long before, but recorded months after: nobody could have seen it.
        let late = amended("2023-10-06", "2024-07-02");
        assert_eq!(validity(&state, &late, on), SolutionValidity::ToVerify);
    }
}

#[test]
fn a_review_asks_for_a_look_until_it_is_confirmed_or_the_text_rewritten() {
    let flagged = |look: Option<SolutionEvent>| {
        let mut history = vec![
            ("2024-01-10", proposed()),
            ("2024-06-10", flagged("2024-09-30")),
            ("2024-06-11", flagged("2024-09-30")),
        ];
        history.extend(look.map(|look| ("2024-06-20", look)));
        alone(&after(&history), ON)
    };
    assert_eq!(flagged(None), SolutionValidity::ToVerify);
    assert_eq!(flagged(Some(confirmed(Some(nth(1))))), SolutionValidity::ToVerify);
    assert_eq!(flagged(Some(confirmed(None))), SolutionValidity::Current);
    assert_eq!(flagged(Some(revised(Some(2)))), SolutionValidity::Current);
}

#[test]
fn status_and_validity_are_written_as_the_interface_says() {
    use {SolutionStatus as At, SolutionValidity as Is};

    let all = [At::Proposed, At::Validated, At::Adopted, At::Superseded, At::Retired];
    let written = serde_json::to_value(all).unwrap();
    assert_eq!(written, json!(["proposed", "validated", "adopted", "superseded", "retired"]));
    let all = [Is::Current, Is::ToVerify, Is::Superseded, Is::Retired];
    let written = serde_json::to_value(all).unwrap();
    assert_eq!(written, json!(["current", "to_verify", "superseded", "retired"]));
}
