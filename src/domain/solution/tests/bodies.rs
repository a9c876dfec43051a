//! What bodies do with a solution: adopt, adapt, decline, stop.

use super::*;
use crate::Rejection;
use crate::testing::{Given, given};

/// A validated solution, and what bodies did with it.
fn validated_then(history: impl IntoIterator<Item = SolutionEvent>) -> Given<Solution> {
    given::<Solution>([proposed(), validated(1)].into_iter().chain(history)).and(facts())
}

#[test]
fn a_body_adopts_a_validated_version() {
    validated_then([]).when(adopted("c_a944")).then([adopted("c_a944")]);
    given::<Solution>([proposed()])
        .and(facts())
        .when(adopted("c_a944"))
        .then_rejected(Rejection::NotValidated);
}

#[test]
fn a_body_adopts_or_declines_the_current_version() {
    validated_then([revised(Some(2))])
        .when(adopted("c_a944"))
        .then_rejected(Rejection::NotTheCurrentVersion);
    validated_then([revised(Some(2))])
        .when(declined("c_a944", 1))
        .then_rejected(Rejection::NotTheCurrentVersion);
    validated_then([revised(Some(2))])
        .when(adoption("c_a944", json!({"solution_version": 2})))
        .then_rejected(Rejection::NotValidated);
}

#[test]
fn a_body_has_one_living_adoption() {
    validated_then([adopted("c_a944")])
        .when(adopted("c_a944"))
        .then_rejected(Rejection::AlreadyAdopted);
    validated_then([adopted("c_a944")]).when(adopted("c_b034")).then([adopted("c_b034")]);
    validated_then([adopted("c_a944"), ended(nth(2), "2024-08-31")])
        .when(adopted("c_a944"))
        .then([adopted("c_a944")]);
}

#[test]
fn a_union_adopts_for_its_members() {
    let union = adoption("unione_x", json!({"speaks_for": ["c_a944", "c_b034"]}));
    validated_then([]).when(union.clone()).then([union.clone()]);
    let stranger = adoption("unione_x", json!({"speaks_for": ["c_a944", "c_h294"]}));
    validated_then([]).when(stranger).then_rejected(Rejection::NotAMember);
    validated_then([]).when(adopted("c_h294")).then_rejected(Rejection::UnknownReference);

    let state = validated_then([adopted("c_a944"), union]).state();
    let counted: Vec<_> = state.adopters_on(day("2024-06-01")).into_iter().collect();
    assert_eq!(counted, [code("c_a944"), code("c_b034")]);
}

#[test]
fn an_act_is_complete_and_not_of_tomorrow() {
    let act = |act: Value| adoption("c_a944", json!({"act": act}));
    let whole =
        json!({"status": "adopted", "kind": "delibera", "number": "0210", "date": "2024-03-25"});
    validated_then([]).when(act(whole.clone())).then([act(whole.clone())]);
    let without_number = json!({"status": "adopted", "kind": "delibera", "date": "2024-03-25"});
    let numbered_too_soon = json!({"status": "not_yet_adopted", "number": "0210"});
    for incomplete in [without_number, numbered_too_soon] {
        validated_then([]).when(act(incomplete.clone())).then_rejected(Rejection::ActIncomplete);
        validated_then([adopted("c_a944")])
            .when(corrected(nth(2), json!({"act": incomplete})))
            .then_rejected(Rejection::ActIncomplete);
    }
    let tomorrow = with(whole, json!({"date": "2025-01-01"}));
    validated_then([]).when(act(tomorrow)).then_rejected(Rejection::DateInFuture);
}

#[test]
fn an_adoption_may_be_in_force_from_a_day_to_come() {
    let adoption = adoption("c_a944", json!({"in_force_from": "2025-02-01"}));
    validated_then([]).when(adoption.clone()).then([adoption]);
}

#[test]
fn a_living_adoption_is_corrected() {
    let act =
        json!({"status": "adopted", "kind": "delibera", "number": "0211", "date": "2024-03-25"});
    let correction = corrected(nth(2), json!({"act": act, "manner": "adapted"}));
    validated_then([adopted("c_a944")]).when(correction.clone()).then([correction.clone()]);
    let state = validated_then([adopted("c_a944"), correction]).state();
    let adoption = state.adoptions.first().unwrap();
    assert_eq!(adoption.manner, Manner::Adapted);
    assert_eq!(adoption.act.number, Some(code("0211")));
    assert_eq!(adoption.in_force_from, Some(day("2024-02-01")));

    validated_then([adopted("c_a944")])
        .when(corrected(nth(2), json!({})))
        .then_rejected(Rejection::NothingToChange);
    validated_then([adopted("c_a944")])
        .when(corrected(nth(9), json!({"manner": "adapted"})))
        .then_rejected(Rejection::NoSuchAdoption);
    validated_then([adopted("c_a944"), ended(nth(2), "2024-08-31")])
        .when(corrected(nth(2), json!({"manner": "adapted"})))
        .then_rejected(Rejection::AdoptionAlreadyEnded);
}

#[test]
fn an_adoption_ends_once_and_not_before_it_is_in_force() {
    let ending = ended(nth(2), "2025-08-31");
    validated_then([adopted("c_a944")]).when(ending.clone()).then([ending.clone()]);
    validated_then([adopted("c_a944"), ending.clone()])
        .when(ending.clone())
        .then_rejected(Rejection::AdoptionAlreadyEnded);
    validated_then([]).when(ending).then_rejected(Rejection::NoSuchAdoption);
    validated_then([adopted("c_a944")])
        .when(ended(nth(2), "2024-01-31"))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn a_body_declines_a_version_once() {
    given::<Solution>([proposed()]).when(declined("c_a944", 1)).then([declined("c_a944", 1)]);
    validated_then([declined("c_a944", 1)])
        .when(declined("c_a944", 1))
        .then_rejected(Rejection::AlreadyDeclined);
    validated_then([declined("c_a944", 1)])
        .when(declined("c_b034", 1))
        .then([declined("c_b034", 1)]);
    validated_then([declined("c_a944", 1), revised(Some(2))])
        .when(declined("c_a944", 2))
        .then([declined("c_a944", 2)]);
}

#[test]
fn who_adopted_does_not_decline() {
    validated_then([adopted("c_a944")])
        .when(declined("c_a944", 1))
        .then_rejected(Rejection::AlreadyAdopted);
}

#[test]
fn who_declined_may_change_its_mind_and_change_it_again() {
    validated_then([declined("c_a944", 1)]).when(adopted("c_a944")).then([adopted("c_a944")]);
    let history = [declined("c_a944", 1), adopted("c_a944"), ended(nth(3), "2024-08-31")];
    let state = validated_then(history.clone()).state();
    assert_eq!(state.declinations.first().unwrap().overtaken_by, Some(nth(3)));
    validated_then(history).when(declined("c_a944", 1)).then([declined("c_a944", 1)]);
}
