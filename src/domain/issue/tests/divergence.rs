//! Positions, endorsements and how they are counted.

use super::*;
use crate::values::{Ref, RefKind};

#[test]
fn an_authority_holds_one_current_position_in_a_territory() {
    accepted([reported()], second_position());
    refused([reported(), second_position()], second_position(), Rejection::PositionAlreadyRecorded);
    let elsewhere = position(json!({ "territory": { "level": "province", "code": "MO" } }));
    accepted([reported(), second_position()], elsewhere);
    let twice = [position_of("comune_anagrafe-pr", "PR"), position_of("comune_anagrafe-pr", "PR")];
    refused([], report_with(json!({ "positions": twice })), Rejection::PositionAlreadyRecorded);
}

#[test]
fn a_new_position_may_follow_one_that_ended() {
    accepted([reported(), second_position(), ended(nth(1))], second_position());
    // What had ended when it was recorded is history beside the current one.
    accepted([reported(), second_position()], position(json!({ "until": "2023-12-31" })));
}

#[test]
fn a_position_lies_in_the_past_and_runs_forward() {
    for future in ["since", "until", "document_date"] {
        refused([reported()], position(json!({ future: "2025-02-01" })), Rejection::DateInFuture);
    }
    refused(
        [reported()],
        position(json!({ "since": "2024-02-01", "until": "2024-01-01" })),
        Rejection::DatesReversed,
    );
}

#[test]
fn a_correction_of_a_position_changes_something_possible() {
    let given = || [reported(), second_position()];
    accepted(given(), corrected(nth(1), json!({ "since": "2022-06-01" })));
    refused(given(), corrected(nth(1), json!({})), Rejection::NothingToChange);
    refused(given(), corrected(nth(9), json!({ "form": "nota" })), Rejection::NoSuchPosition);
    for future in ["since", "document_date"] {
        let change = json!({ future: "2025-06-01" });
        refused(given(), corrected(nth(1), change), Rejection::DateInFuture);
    }
}

#[test]
fn a_correction_does_not_turn_the_dates_of_an_ended_position() {
    refused(
        [reported(), second_position(), ended(nth(1))],
        corrected(nth(1), json!({ "since": "2024-06-02" })),
        Rejection::DatesReversed,
    );
}

#[test]
fn a_correction_does_not_put_two_positions_in_one_place() {
    let to_parma = json!({
        "authority": "comune_anagrafe-pr", "territory": { "level": "province", "code": "PR" }
    });
    let history = [reported(), second_position()];
    refused(history, corrected(nth(1), to_parma.clone()), Rejection::PositionAlreadyRecorded);
    accepted([reported(), second_position(), ended(first_position())], corrected(nth(1), to_parma));
}

#[test]
fn a_withdrawn_position_is_gone() {
    let withdraw = |id: Uuid| {
        IssueEvent::from(data::<PositionWithdrawn>(
            json!({ "position_id": id, "reason": "Errore." }),
        ))
    };
    accepted([reported()], withdraw(first_position()));
    let history = [reported(), withdraw(first_position())];
    refused(history.clone(), withdraw(first_position()), Rejection::NoSuchPosition);
    refused(history.clone(), ended(first_position()), Rejection::NoSuchPosition);
    refused(
        history.clone(),
        endorsed(json!({ "position_seen": first_position() })),
        Rejection::NoSuchPosition,
    );
    let state = given::<Issue>(history).state();
    assert!(!state.positions[0].holds_on(day("2024-01-01")));
}

#[test]
fn a_position_ends_once_and_not_before_it_began() {
    let since = position(json!({ "since": "2024-06-15" }));
    accepted([reported()], ended(first_position()));
    refused(
        [reported(), ended(first_position())],
        ended(first_position()),
        Rejection::PositionAlreadyEnded,
    );
    refused([reported(), since], ended(nth(1)), Rejection::DatesReversed);
}

#[test]
fn an_end_without_date_is_of_the_day_it_was_seen_and_knows_its_cause() {
    let because = Ref::to(RefKind::Answer, ANSWER);
    let end = data::<PositionEnded>(json!({
        "position_id": first_position(), "cause": "aligned", "because_of": because
    }));
    let mut facts = facts();
    facts.add_known(RefKind::Answer, ANSWER.to_string(), 3);

    let events = given::<Issue>([reported()]).and(facts).on("2024-05-08").when(end).accepted();
    let [IssueEvent::PositionEnded(end)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(end.until, Some(day("2024-05-08")));
    assert_eq!(end.because_of, Some(Ref { revision: Some(3), ..because }));
}

#[test]
fn a_position_does_not_end_tomorrow() {
    let end = json!({
        "position_id": first_position(), "cause": "aligned", "until": "2025-01-01"
    });
    refused([reported()], data::<PositionEnded>(end).into(), Rejection::DateInFuture);
}

#[test]
fn a_position_holds_from_its_first_to_its_last_day() {
    let since = position(json!({ "since": "2022-06-01" }));
    let state = given::<Issue>([reported(), since, ended(nth(1))]).state();
    let held = state.positions.iter().find(|held| held.id == nth(1)).unwrap();
    for (on, holds) in
        [("2022-05-31", false), ("2022-06-01", true), ("2024-06-01", true), ("2024-06-02", false)]
    {
        assert_eq!(held.holds_on(day(on)), holds, "{on}");
    }
}

#[test]
fn an_office_that_aligned_composes_the_divergence() {
    let divergent = given::<Issue>([reported(), second_position()]).state();
    assert!(divergent.is_divergent() && !divergent.is_composed());
    let composed = given::<Issue>([reported(), second_position(), ended(nth(1))]).state();
    assert!(!composed.is_divergent() && composed.is_composed());
    let single = given::<Issue>([reported(), ended(first_position())]).state();
    assert!(!single.is_composed(), "one reading never diverged");
}

#[test]
fn a_body_endorses_once() {
    accepted([reported()], endorsed(json!({ "position_seen": first_position() })));
    refused([reported(), endorsed(json!({}))], endorsed(json!({})), Rejection::AlreadyEndorsed);
}

#[test]
fn the_reporter_need_not_endorse() {
    refused([reported()], endorsed(json!({ "body": "c_g337" })), Rejection::ReporterCannotEndorse);
}

#[test]
fn an_endorsement_that_was_withdrawn_may_be_given_again() {
    let withdraw = |id: Uuid| {
        IssueEvent::from(data::<EndorsementWithdrawn>(
            json!({ "endorsement_id": id, "reason": "Caso diverso." }),
        ))
    };
    let history = [reported(), endorsed(json!({})), withdraw(nth(1))];
    accepted(history.clone(), endorsed(json!({})));
    refused(history.clone(), withdraw(nth(1)), Rejection::NoSuchEndorsement);
    let correction = data::<EndorsementCorrected>(
        json!({ "endorsement_id": nth(1), "people_affected": 1, "reason": "x" }),
    );
    refused(history.clone(), correction.into(), Rejection::NoSuchEndorsement);

    let state = given::<Issue>(history).state();
    assert_eq!((state.bodies_affected(), state.people_affected()), (1, 64));
    assert!(!state.participants().contains(&code("c_b034")));
}

#[test]
fn an_endorsement_is_corrected_within_the_rules() {
    let correct = |change: Value| {
        let mut correction = json!({ "endorsement_id": nth(1), "reason": "Aggiornato." });
        merge(&mut correction, change);
        IssueEvent::from(data::<EndorsementCorrected>(correction))
    };
    let union = json!({ "body": "unione_pedemontana", "speaks_for": ["c_c852"] });
    let given = || [reported(), endorsed(union.clone())];
    accepted(given(), correct(json!({ "speaks_for": ["c_c852", "c_d526"] })));
    refused(given(), correct(json!({ "speaks_for": ["c_b034"] })), Rejection::NotAMember);
    refused(given(), correct(json!({})), Rejection::NothingToChange);
    refused(given(), correct(json!({ "position_seen": nth(9) })), Rejection::NoSuchPosition);
    refused(given(), correct(json!({ "since": "2025-01-01" })), Rejection::DateInFuture);
}

#[test]
fn an_endorsement_names_a_recorded_reading_or_a_new_one() {
    let new = position_of("questura-re", "RE");
    accepted([reported()], endorsed(json!({ "new_position": new })));
    let both = json!({ "new_position": new, "position_seen": first_position() });
    refused([reported()], endorsed(both), Rejection::OneReadingOnly);
    refused([reported()], endorsed(json!({ "position_seen": nth(9) })), Rejection::NoSuchPosition);
    let known = json!({ "new_position": position_of("comune_anagrafe-pr", "PR") });
    refused([reported()], endorsed(known), Rejection::PositionAlreadyRecorded);
}

#[test]
fn the_new_reading_of_an_endorsement_counts_as_a_position() {
    let new = json!({ "new_position": position_of("questura-re", "RE") });
    let state = given::<Issue>([reported(), endorsed(new)]).state();
    assert!(state.is_divergent());
    assert_eq!(state.endorsements[0].position_seen, Some(state.positions[1].id));
}

#[test]
fn an_endorsement_is_not_of_the_future_nor_by_strangers() {
    refused([reported()], endorsed(json!({ "since": "2025-01-01" })), Rejection::DateInFuture);
    refused([reported()], endorsed(json!({ "body": "c_z999" })), Rejection::UnknownReference);
    refused([reported()], endorsed(json!({ "speaks_for": ["c_c852"] })), Rejection::NotAMember);
}

#[test]
fn the_members_of_a_union_are_counted_once() {
    let union = json!({ "body": "unione_pedemontana", "speaks_for": ["c_c852", "c_d526"] });
    let state = given::<Issue>([
        reported(),
        endorsed(union),
        endorsed(json!({ "body": "c_c852", "people_affected": 9 })),
    ])
    .state();
    // Parma, Collecchio and Felino: the union stands for its members, not beside them.
    assert_eq!(state.bodies_affected(), 3);
    let parts: Vec<_> = state.participants().iter().map(ToString::to_string).collect();
    assert_eq!(parts, ["c_c852", "c_d526", "c_g337", "unione_pedemontana"]);
}

#[test]
fn an_estimate_outweighs_what_bodies_declared() {
    let estimate = data::<ImpactEstimated>(json!({ "people_affected": 70, "method": "conteggio" }));
    let counted = given::<Issue>([reported(), endorsed(json!({}))]).state();
    assert_eq!(counted.people_affected(), 82);
    let estimated = given::<Issue>([reported(), endorsed(json!({})), estimate.into()]).state();
    assert_eq!(estimated.people_affected(), 70);
}
