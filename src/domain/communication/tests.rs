//! The rules of a letter, one test each.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::testing::{data, day, given, hold_in_any_order, nth};
use crate::values::{Ref, RefKind};
use crate::{Facts, Rejection};

const QUESTION: Uuid = Uuid::from_u128(0x51);

fn letter_with(change: Value) -> CommunicationEvent {
    let mut letter = json!({
        "coordinator": "anci_er", "direction": "out", "channel": "pec",
        "counterpart": [
            { "kind": "authority", "id": "agenzia_entrate" }, { "kind": "authority", "id": "inps" }
        ],
        "subject": "Quesito collettivo: codice fiscale provvisorio",
        "documents": [document('a')],
        "about": [{ "kind": "question", "id": QUESTION }]
    });
    let (Value::Object(letter_data), Value::Object(change)) = (&mut letter, change) else {
        panic!("objects only");
    };
    letter_data.extend(change);
    data::<CommunicationRecorded>(letter).into()
}

fn letter() -> CommunicationEvent {
    letter_with(json!({}))
}

fn document(digit: char) -> Value {
    json!({
        "sha256": digit.to_string().repeat(64), "media_type": "application/pdf",
        "length": 1024, "name": "lettera.pdf"
    })
}

fn attached(digit: char) -> CommunicationEvent {
    data::<DocumentAttached>(json!({ "document": document(digit) })).into()
}

fn registered(body: &str, register: &str, year: u32, number: &str) -> CommunicationEvent {
    data::<RegistrationRecorded>(json!({
        "body": body, "register": register, "year": year, "number": number, "date": "2024-02-01"
    }))
    .into()
}

fn annulled(registration: Uuid) -> CommunicationEvent {
    data::<RegistrationAnnulled>(
        json!({ "registration_id": registration, "reason": "Oggetto errato." }),
    )
    .into()
}

fn receipt(receipt: &str, authority: &str, date: &str) -> CommunicationEvent {
    data::<ReceiptRecorded>(json!({
        "receipt": receipt, "date": date,
        "counterpart": { "kind": "authority", "id": authority }
    }))
    .into()
}

fn refused(
    history: impl IntoIterator<Item = CommunicationEvent>,
    proposed: CommunicationEvent,
    why: Rejection,
) {
    given::<Communication>(history).when(proposed).then_rejected(why);
}

fn accepted(history: impl IntoIterator<Item = CommunicationEvent>, proposed: CommunicationEvent) {
    given::<Communication>(history).when(proposed.clone()).then([proposed]);
}

#[test]
fn a_letter_is_recorded_once() {
    accepted([], letter());
    refused([letter()], letter(), Rejection::AlreadyExists);
}

#[test]
fn nothing_happens_to_a_letter_before_it_is_recorded() {
    refused([], registered("anci_er", "SIM", 2024, "0001"), Rejection::NotFound);
    refused([], attached('b'), Rejection::NotFound);
}

#[test]
fn a_letter_is_not_of_the_future() {
    given::<Communication>([])
        .on("2025-01-02")
        .when(letter())
        .then_rejected(Rejection::DateInFuture);
    let theirs = json!({ "number": "0071139", "year": 2025, "date": "2025-01-02" });
    let received = letter_with(json!({ "direction": "in", "counterpart_registration": theirs }));
    refused([], received, Rejection::DateInFuture);
}

#[test]
fn a_letter_says_how_far_it_knew_what_it_is_about() {
    let mut facts = Facts::default();
    facts.add_known(RefKind::Question, QUESTION.to_string(), 7);
    facts.add_known(RefKind::Authority, "inps", 1);
    let events = given::<Communication>([]).and(facts).when(letter()).accepted();
    let [CommunicationEvent::Recorded(letter)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(letter.about[0].revision, Some(7));
    let revisions: Vec<_> = letter.counterpart.iter().map(|one| one.revision).collect();
    assert_eq!(revisions, [None, Some(1)]);
}

#[test]
fn a_letter_has_one_living_registration_for_each_body_register_and_year() {
    let history = || [letter(), registered("anci_er", "SIM", 2024, "0024")];
    refused(history(), registered("anci_er", "SIM", 2024, "0025"), Rejection::AlreadyRegistered);
    refused(history(), registered("anci_er", "SIM", 2024, "0024"), Rejection::AlreadyRegistered);
    accepted(history(), registered("c_a944", "SIM", 2024, "0025"));
    accepted(history(), registered("anci_er", "RIS", 2024, "0025"));
    accepted(history(), registered("anci_er", "SIM", 2023, "0025"));
}

#[test]
fn an_annulled_registration_is_replaced_and_never_deleted() {
    let history = || [letter(), registered("anci_er", "SIM", 2024, "0024"), annulled(nth(1))];
    accepted(history(), registered("anci_er", "SIM", 2024, "0025"));

    let state = given::<Communication>(history()).state();
    assert_eq!(state.living_registrations().count(), 0);
    let annulment = state.registrations[0].annulled.as_ref().unwrap();
    assert_eq!(annulment.annulled_on, day("2024-01-03"));
    assert_eq!(annulment.reason.clear(), Some("Oggetto errato."));
}

#[test]
fn an_annulled_number_is_not_given_out_again() {
    refused(
        [letter(), registered("anci_er", "SIM", 2024, "0024"), annulled(nth(1))],
        registered("anci_er", "SIM", 2024, "0024"),
        Rejection::RegistrationAlreadyAnnulled,
    );
}

#[test]
fn a_registration_is_annulled_once() {
    let history = || [letter(), registered("anci_er", "SIM", 2024, "0024")];
    accepted(history(), annulled(nth(1)));
    refused(history(), annulled(nth(9)), Rejection::NoSuchRegistration);
    let twice = history().into_iter().chain([annulled(nth(1))]);
    refused(twice, annulled(nth(1)), Rejection::RegistrationAlreadyAnnulled);
}

#[test]
fn a_registration_may_be_recorded_late_but_not_early() {
    let future = data::<RegistrationRecorded>(json!({
        "body": "anci_er", "register": "SIM", "year": 2025, "number": "0001", "date": "2025-01-02"
    }));
    refused([letter()], future.into(), Rejection::DateInFuture);
    accepted([letter()], registered("anci_er", "SIM", 2024, "0001"));
}

#[test]
fn a_receipt_is_for_somebody_at_the_other_end() {
    accepted([letter()], receipt("accepted", "inps", "2024-02-01"));
    refused(
        [letter()],
        receipt("accepted", "ministero_interno_ps", "2024-02-01"),
        Rejection::NoSuchCounterpart,
    );
    let whole = data::<ReceiptRecorded>(json!({ "receipt": "accepted", "date": "2024-02-01" }));
    accepted([letter()], whole.into());
    refused([letter()], receipt("delivered", "inps", "2025-01-01"), Rejection::DateInFuture);
}

#[test]
fn a_counterpart_is_the_same_at_any_revision() {
    let mut facts = Facts::default();
    facts.add_known(RefKind::Authority, "inps", 4);
    let counterpart = json!({ "kind": "authority", "id": "inps", "revision": 1 });
    let recorded = letter_with(json!({ "counterpart": [counterpart] }));
    let events = given::<Communication>([recorded])
        .and(facts)
        .when(receipt("delivered", "inps", "2024-02-01"))
        .accepted();
    let [CommunicationEvent::ReceiptRecorded(receipt)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(receipt.counterpart.as_ref().unwrap().revision, Some(4));
}

#[test]
fn the_last_receipt_tells_what_became_of_a_letter() {
    let state = given::<Communication>([
        letter(),
        receipt("accepted", "inps", "2024-02-01"),
        receipt("failed", "inps", "2024-02-01"),
        receipt("delivered", "agenzia_entrate", "2024-02-02"),
    ])
    .state();
    let last = |authority: &str| {
        let counterpart = Ref::authority(&authority.parse().unwrap()).unwrap();
        state.last_receipt(&counterpart).map(|receipt| receipt.receipt)
    };
    assert_eq!(last("inps"), Some(Receipt::Failed));
    assert_eq!(last("agenzia_entrate"), Some(Receipt::Delivered));
    assert_eq!(last("ministero_interno_ps"), None);
}

#[test]
fn a_document_is_attached_once_whatever_its_name() {
    accepted([letter()], attached('b'));
    refused([letter()], attached('a'), Rejection::AlreadyAttachedDocument);
    refused([letter(), attached('b')], attached('b'), Rejection::AlreadyAttachedDocument);
    let twice = letter_with(json!({ "documents": [document('a'), document('a')] }));
    refused([], twice, Rejection::AlreadyAttachedDocument);

    let state = given::<Communication>([letter(), attached('b')]).state();
    let from: Vec<_> = state.documents.iter().map(|one| one.event).collect();
    assert_eq!(from, [nth(0), nth(1)]);
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let samples = [
        letter(),
        registered("anci_er", "SIM", 2024, "0024"),
        registered("anci_er", "SIM", 2024, "0025"),
        annulled(nth(1)),
        annulled(nth(2)),
        receipt("failed", "inps", "2024-02-01"),
        attached('a'),
        attached('b'),
    ];
    hold_in_any_order::<Communication>(&samples, &Facts::default(), |state| {
        assert!(state.living_registrations().count() <= state.registrations.len());
    });
}
