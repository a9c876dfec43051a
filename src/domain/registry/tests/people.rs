//! Roles of persons, and protocol numbers.

use uuid::Uuid;

use super::*;
use crate::communication::RegistrationRecorded;

const LETTER: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn granted(role: &str, body: &str) -> PersonEvent {
    data::<AccessGranted>(json!({
        "person": "revisione", "role": role, "body": body, "function": "controllo interno"
    }))
    .into()
}

fn revoked(role: &str, body: &str) -> PersonEvent {
    data::<AccessRevoked>(json!({ "role": role, "body": body })).into()
}

fn reserved(communication: Uuid) -> ReservationEvent {
    RegistrationReserved { communication }.into()
}

fn released(communication: Uuid) -> ReservationEvent {
    RegistrationReleased { communication }.into()
}

#[test]
fn a_role_is_granted_once_in_each_body() {
    accepted::<Person>([], granted("auditor", "anci_er"));
    let history = || [granted("auditor", "anci_er")];
    refused::<Person>(history(), granted("auditor", "anci_er"), Rejection::AlreadyGranted);
    accepted::<Person>(history(), granted("staff", "anci_er"));
    accepted::<Person>(history(), granted("auditor", "c_a944"));
}

#[test]
fn only_a_granted_role_is_revoked_and_it_may_be_granted_again() {
    let history = || [granted("auditor", "anci_er")];
    accepted::<Person>(history(), revoked("auditor", "anci_er"));
    refused::<Person>(history(), revoked("staff", "anci_er"), Rejection::NoSuchAccess);
    let without = || [granted("auditor", "anci_er"), revoked("auditor", "anci_er")];
    refused::<Person>(without(), revoked("auditor", "anci_er"), Rejection::NoSuchAccess);
    accepted::<Person>(without(), granted("auditor", "anci_er"));
    refused::<Person>([], revoked("auditor", "anci_er"), Rejection::NotFound);
}

#[test]
fn a_role_is_not_granted_for_tomorrow() {
    given::<Person>([])
        .on("2025-01-01")
        .when(granted("staff", "anci_er"))
        .then_rejected(Rejection::DateInFuture);
}

#[test]
fn in_which_role_somebody_acted_stays_provable() {
    let history =
        [granted("auditor", "anci_er"), revoked("auditor", "anci_er"), granted("staff", "anci_er")];
    let state = given::<Person>(history).state();
    let roles = |on: &str| state.held_on(day(on)).map(|one| one.role).collect::<Vec<_>>();
    assert_eq!(roles("2023-12-31"), []);
    assert_eq!(roles("2024-01-01"), [Role::Auditor]);
    assert_eq!(roles("2024-01-02"), []);
    assert_eq!(roles("2024-01-03"), [Role::Staff]);
    assert_eq!(state.current().count(), 1);
}

#[test]
fn a_protocol_number_belongs_to_one_letter() {
    accepted::<Reservation>([], reserved(LETTER));
    refused::<Reservation>([reserved(LETTER)], reserved(OTHER), Rejection::RegistrationTaken);
}

#[test]
fn reserving_again_for_the_same_letter_is_already_so() {
    given::<Reservation>([reserved(LETTER)]).when(reserved(LETTER)).then([]);
}

#[test]
fn only_the_holder_frees_a_number_and_it_may_be_taken_again() {
    accepted::<Reservation>([reserved(LETTER)], released(LETTER));
    refused::<Reservation>([reserved(LETTER)], released(OTHER), Rejection::RegistrationTaken);
    accepted::<Reservation>([reserved(LETTER), released(LETTER)], reserved(OTHER));
}

#[test]
fn a_free_number_is_free_already() {
    given::<Reservation>([]).when(released(LETTER)).then([]);
    given::<Reservation>([reserved(LETTER), released(LETTER)]).when(released(LETTER)).then([]);
}

#[test]
fn a_reservation_is_not_of_the_future() {
    given::<Reservation>([])
        .on("2025-01-01")
        .when(reserved(LETTER))
        .then_rejected(Rejection::DateInFuture);
}

#[test]
fn a_protocol_number_is_the_same_however_its_codes_are_typed() {
    let id = |change: Value| {
        let mut registration = json!({
            "body": "c_a944", "register": "PG", "year": 2026, "number": "0042",
            "date": "2026-01-10"
        });
        for (key, value) in change.as_object().unwrap() {
            registration[key] = value.clone();
        }
        reservation_id(&data::<RegistrationRecorded>(registration))
    };
    let plain = id(json!({}));
    assert_eq!(plain, id(json!({ "ipa": "C_A944", "register": "pg", "date": "2026-01-11" })));
    for other in [
        json!({ "number": "42" }),
        json!({ "year": 2025 }),
        json!({ "aoo": "AOO1" }),
        json!({ "register": "RIS" }),
        json!({ "ipa": "c_b034" }),
    ] {
        assert_ne!(plain, id(other));
    }
}

#[test]
fn the_id_of_a_protocol_number_never_changes() {
    let registration = json!({
        "body": "anci_er", "register": "SIM", "year": 2026, "number": "0000042",
        "date": "2026-11-20"
    });
    let id = reservation_id(&data::<RegistrationRecorded>(registration));
    assert_eq!(id.to_string(), "70d3b25a-38cd-585c-866e-db505759529e");
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let facts = Facts::default();
    let people =
        [granted("auditor", "anci_er"), revoked("auditor", "anci_er"), granted("staff", "anci_er")];
    hold_in_any_order::<Person>(&people, &facts, |state| {
        assert!(state.current().count() <= state.access.len());
    });
    let numbers = [reserved(LETTER), reserved(OTHER), released(LETTER), released(OTHER)];
    hold_in_any_order::<Reservation>(&numbers, &facts, |_| {});
}
