//! Adhesions and approvals.

use super::*;

const BEFORE: &str = "before_dispatch";
const SUPPORT: &str = "supporting";

#[test]
fn collecting_is_for_the_current_text_and_begins_once() {
    given::<Question>([drafted()]).when(opened(1)).then([opened(1)]);
    given::<Question>([drafted()]).when(opened(2)).then_rejected(Rejection::NotTheCurrentText);
    given::<Question>([drafted(), opened(1)])
        .when(opened(1))
        .then_rejected(Rejection::AdhesionsAlreadyOpen);
    given::<Question>(sent()).when(opened(1)).then_rejected(Rejection::AlreadyDispatched);
    let passed = event!(AdhesionsOpened, {"text_version": 1, "deadline": "2024-12-30"});
    given::<Question>([drafted()]).when(passed).then_rejected(Rejection::DatesReversed);
}

#[test]
fn closing_a_collection_counts_its_adhesions() {
    let history = [drafted(), opened(1), adhesion("c_b034", 1, BEFORE)];
    let closing = event!(AdhesionsClosed, {});
    given::<Question>(history)
        .when(closing)
        .then([event!(AdhesionsClosed, {"text_version": 1, "adhesions": 1})]);
}

#[test]
fn adhesions_to_a_text_count_for_one_that_differs_only_in_wording() {
    let given_before = [drafted(), opened(1), adhesion("c_b034", 1, BEFORE), revised("editorial")];
    let closing = event!(AdhesionsClosed, {"text_version": 2, "adhesions": 0});
    given::<Question>(given_before)
        .when(closing)
        .then([event!(AdhesionsClosed, {"text_version": 2, "adhesions": 1})]);
}

#[test]
fn only_an_open_collection_of_the_current_text_is_closed() {
    given::<Question>([drafted()])
        .when(closed_adhesions())
        .then_rejected(Rejection::AdhesionsNotOpen);
    given::<Question>([drafted(), opened(1), revised("editorial")])
        .when(closed_adhesions())
        .then_rejected(Rejection::NotTheCurrentText);
    given::<Question>([drafted(), opened(1), revised("substance")])
        .when(event!(AdhesionsClosed, {}))
        .then_rejected(Rejection::AdhesionsNotOpen);
}

#[test]
fn an_adhesion_binds_to_the_hash_of_the_current_text() {
    let unsigned = event!(AdhesionGiven, {
        "body": "c_b034", "signatory_role": "sindaca", "text_version": 1, "kind": BEFORE,
        "text_sha256": "b".repeat(64),
    });
    given::<Question>([drafted()])
        .and(facts())
        .when(unsigned)
        .then([adhesion("c_b034", 1, BEFORE)]);
    given::<Question>([drafted(), revised("editorial")])
        .and(facts())
        .when(adhesion("c_b034", 1, BEFORE))
        .then_rejected(Rejection::NotTheCurrentText);
}

#[test]
fn before_dispatch_one_adheres_and_afterwards_one_supports() {
    let draft = || given::<Question>([drafted()]).and(facts());
    let after = || given::<Question>(sent()).and(facts());
    draft().when(adhesion("c_b034", 1, SUPPORT)).then_rejected(Rejection::WrongAdhesionKind);
    after().when(adhesion("c_b034", 1, BEFORE)).then_rejected(Rejection::WrongAdhesionKind);
    after().when(adhesion("c_b034", 1, SUPPORT)).then([adhesion("c_b034", 1, SUPPORT)]);
}

#[test]
fn a_closed_collection_takes_no_more_adhesions_until_it_is_opened_again() {
    let history = vec![drafted(), opened(1), closed_adhesions()];
    given::<Question>(history.clone())
        .and(facts())
        .when(adhesion("c_b034", 1, BEFORE))
        .then_rejected(Rejection::AdhesionsNotOpen);
    given::<Question>(history.into_iter().chain([opened(1)]))
        .and(facts())
        .when(adhesion("c_b034", 1, BEFORE))
        .accepted();
}

#[test]
fn a_body_adheres_once_to_a_text_and_again_when_its_substance_changes() {
    let adhered = |kind| {
        given::<Question>([drafted(), adhesion("c_b034", 1, BEFORE), revised(kind)]).and(facts())
    };
    let again = || {
        event!(AdhesionGiven, {
            "body": "c_b034", "signatory_role": "sindaca", "text_version": 2, "kind": BEFORE,
            "text_sha256": "a".repeat(64),
        })
    };
    adhered("editorial").when(again()).then_rejected(Rejection::AlreadyAdhered);
    adhered("substance").when(again()).then([again()]);
}

#[test]
fn a_body_that_took_its_adhesion_back_may_adhere_again() {
    let history = [drafted(), adhesion("c_b034", 1, BEFORE), adhesion_withdrawn(nth(1))];
    given::<Question>(history).and(facts()).when(adhesion("c_b034", 1, BEFORE)).accepted();
}

#[test]
fn a_union_adheres_for_its_own_members_counted_once() {
    let union = |speaks_for: &[&str]| {
        event!(AdhesionGiven, {
            "body": "unione_terre_castelli", "speaks_for": speaks_for, "signatory_role": "presidente",
            "text_version": 1, "kind": BEFORE, "text_sha256": "a".repeat(64),
        })
    };
    let draft = || given::<Question>([drafted(), adhesion("c_l885", 1, BEFORE)]).and(facts());
    draft().when(union(&["c_b034"])).then_rejected(Rejection::NotAMember);
    draft().when(union(&["c_l885", "c_i903"])).then([union(&["c_l885", "c_i903"])]);

    let both = [drafted(), adhesion("c_l885", 1, BEFORE), union(&["c_l885", "c_i903"])];
    assert_eq!(given::<Question>(both).state().bodies_adhering(), 2);
}

#[test]
fn a_body_the_registry_does_not_know_cannot_adhere() {
    given::<Question>([drafted()])
        .when(adhesion("c_b034", 1, BEFORE))
        .then_rejected(Rejection::UnknownReference);
}

#[test]
fn an_adhesion_is_taken_back_once() {
    let history = vec![drafted(), adhesion("c_b034", 1, BEFORE)];
    given::<Question>(history.clone())
        .when(adhesion_withdrawn(nth(1)))
        .then([adhesion_withdrawn(nth(1))]);
    given::<Question>(history.clone())
        .when(adhesion_withdrawn(NOWHERE))
        .then_rejected(Rejection::NoSuchAdhesion);
    given::<Question>(history.into_iter().chain([adhesion_withdrawn(nth(1))]))
        .when(adhesion_withdrawn(nth(1)))
        .then_rejected(Rejection::NoSuchAdhesion);
}

#[test]
fn an_adhesion_taken_back_after_dispatch_stays_in_the_annex() {
    let history = [
        drafted(),
        adhesion("c_b034", 1, BEFORE),
        adhesion("c_g337", 1, BEFORE),
        adhesion_withdrawn(nth(2)),
        approved(1),
        dispatched_to(&[]),
        adhesion_withdrawn(nth(1)),
    ];
    let state = given::<Question>(history).state();
    let annex: Vec<Uuid> = state.annex().map(|one| one.id).collect();
    assert_eq!(annex, [nth(1)]);
    assert_eq!(state.standing_adhesions().count(), 0);
}

#[test]
fn this_very_text_is_approved_once() {
    given::<Question>([drafted()]).when(approved(1)).then([approved(1)]);
    given::<Question>([drafted(), approved(1)])
        .when(approved(1))
        .then_rejected(Rejection::AlreadyApproved);
    given::<Question>([drafted(), approved(1), revised("editorial")])
        .when(approved(1))
        .then_rejected(Rejection::NotTheCurrentText);
}
