//! The rules of an answer, one test each.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::facts::{AnswerFacts, Facts};
use crate::shared::TextErased;
use crate::testing::given;
use crate::values::RefKind;
use crate::{Rejection, norm::NormRef};

fn facts(supersessions: &[(Uuid, Uuid)]) -> Facts {
    let mut facts = Facts::default();
    for (answer, by) in supersessions {
        let known = AnswerFacts { withdrawn: false, superseded_by: Some(*by) };
        facts.add_answer(*answer, known);
    }
    facts
}

#[test]
fn an_answer_is_received_with_the_norms_in_force_on_its_date() {
    let cited = json!({"kind": "nir", "urn": " URN:nir:stato:legge:2017-04-07;47~art13 "});
    let accepted = given::<Answer>([]).when(receipt(json!({"norms": [cited]}))).accepted();
    let settled = json!({
        "kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13", "text_in_force_on": "2024-01-01",
    });
    let [AnswerEvent::Received(received)] = accepted.as_slice() else { panic!("{accepted:?}") };
    assert_eq!(received.norms, [data::<NormRef>(settled)]);
}

#[test]
fn an_address_is_as_good_a_source_as_a_letter() {
    let faq = receipt(json!({"communication": null, "address": "portale, sezione FAQ"}));
    given::<Answer>([]).when(faq.clone()).then([faq.into()]);
    let nowhere = receipt(json!({"communication": null}));
    given::<Answer>([]).when(nowhere).then_rejected(Rejection::SourceNeeded);
}

#[test]
fn an_answer_is_not_received_before_it_is_written() {
    let early = receipt(json!({"received_on": "2023-12-31"}));
    given::<Answer>([]).when(early).then_rejected(Rejection::DatesReversed);
    let same_day = receipt(json!({"received_on": "2024-01-01"}));
    assert_eq!(given::<Answer>([]).when(same_day).accepted().len(), 1);
}

#[test]
fn the_dates_of_an_answer_do_not_lie_in_the_future() {
    let written = receipt(json!({"document_date": "2025-01-01", "received_on": "2025-01-01"}));
    given::<Answer>([]).when(written).then_rejected(Rejection::DateInFuture);
    let received = receipt(json!({"received_on": "2025-01-01"}));
    given::<Answer>([]).when(received).then_rejected(Rejection::DateInFuture);
    given::<Answer>([])
        .on("2025-01-01")
        .when(receipt(json!({})))
        .then_rejected(Rejection::DateInFuture);
}

#[test]
fn the_act_an_answer_became_is_complete() {
    let act = json!({"status": "adopted", "kind": "decreto", "number": "1187/2024"});
    let answer = receipt(json!({"act": act}));
    given::<Answer>([]).when(answer).then_rejected(Rejection::ActIncomplete);
}

#[test]
fn an_answer_is_received_once_and_before_all_else() {
    given::<Answer>([received()]).when(received()).then_rejected(Rejection::AlreadyExists);
    given::<Answer>([]).when(assessed()).then_rejected(Rejection::NotFound);
    given::<Answer>([received()]).when(assessed()).then([assessed()]);
}

#[test]
fn a_correction_changes_something_and_keeps_the_dates_in_order() {
    let later = corrected(json!({"received_on": "2024-01-09"}));
    given::<Answer>([received()]).when(later.clone()).then([later]);
    given::<Answer>([received()])
        .when(corrected(json!({})))
        .then_rejected(Rejection::NothingToChange);
    given::<Answer>([received()])
        .when(corrected(json!({"document_date": "2024-01-06"})))
        .then_rejected(Rejection::DatesReversed);
    given::<Answer>([received()])
        .when(corrected(json!({"received_on": "2025-01-06"})))
        .then_rejected(Rejection::DateInFuture);
    given::<Answer>([received()])
        .when(corrected(json!({"act": {"status": "adopted"}})))
        .then_rejected(Rejection::ActIncomplete);
}

#[test]
fn a_correction_leaves_the_rest_as_it_was() {
    let change = json!({"received_on": "2024-01-09", "authors": ["inps"], "form": "faq"});
    let state = given::<Answer>([received(), corrected(change)]).state();
    let expected =
        receipt(json!({"received_on": "2024-01-09", "authors": ["inps"], "form": "faq"}));
    assert_eq!(state.receipt.unwrap().data, expected);
}

#[test]
fn an_answer_is_superseded_once_from_a_day_that_may_be_to_come() {
    given::<Answer>([received()])
        .when(superseded(OTHER, "2025-11-01"))
        .then([superseded(OTHER, "2025-11-01")]);
    given::<Answer>([received(), superseded(OTHER, "2025-11-01")])
        .when(superseded(nth(9), "2024-03-01"))
        .then_rejected(Rejection::AnswerNoLongerValid);
    given::<Answer>([received()])
        .when(superseded(OTHER, "2023-12-31"))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn what_supersedes_an_answer_is_kept_with_its_revision() {
    let mut facts = Facts::default();
    facts.add_known(RefKind::Answer, OTHER.to_string(), 4);
    let accepted =
        given::<Answer>([received()]).and(facts).when(superseded(OTHER, "2024-03-01")).accepted();
    let [AnswerEvent::Superseded(data)] = accepted.as_slice() else { panic!("{accepted:?}") };
    assert_eq!(data.by.revision, Some(4));
}

#[test]
fn an_answer_is_superseded_by_an_answer_or_a_norm() {
    let by = |kind: &str, id: &str| -> AnswerSuperseded {
        let by = json!({"kind": kind, "id": id});
        data(json!({"by": by, "from": "2024-03-01", "reason": "Nuova disciplina."}))
    };
    let norm = by("norm", &nth(7).to_string());
    given::<Answer>([received()]).when(norm.clone()).then([norm.into()]);
    for (kind, id) in [("body", "c_a944"), ("meeting", "12"), ("answer", "non-uuid")] {
        given::<Answer>([received()]).when(by(kind, id)).then_rejected(Rejection::UnknownReference);
    }
}

#[test]
fn supersessions_form_a_chain_but_no_circle() {
    given::<Answer>([received()])
        .when(superseded(SELF, "2024-03-01"))
        .then_rejected(Rejection::LinkToSelf);
    given::<Answer>([received()])
        .and(facts(&[(OTHER, nth(7)), (nth(7), SELF)]))
        .when(superseded(OTHER, "2024-03-01"))
        .then_rejected(Rejection::LinkCycle);
    given::<Answer>([received()])
        .and(facts(&[(OTHER, nth(7)), (nth(7), OTHER)]))
        .when(superseded(OTHER, "2024-03-01"))
        .then([superseded(OTHER, "2024-03-01")]);
}

#[test]
fn only_an_author_takes_an_answer_back() {
    given::<Answer>([received()]).when(withdrawn("2025-02-25")).then([withdrawn("2025-02-25")]);
    let other: AnswerWithdrawn =
        data(json!({"by": "questura-bo", "from": "2024-02-25", "reason": "Non più valida."}));
    given::<Answer>([received()]).when(other).then_rejected(Rejection::NotAnAuthor);
    given::<Answer>([received()])
        .when(withdrawn("2023-12-31"))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn a_withdrawn_answer_only_has_its_record_tidied_up() {
    let gone = withdrawn("2024-02-25");
    let history =
        || given::<Answer>([received(), flagged("2024-06-30"), conflict(OTHER), gone.clone()]);

    for refused in [
        assessed(),
        superseded(OTHER, "2024-03-01"),
        gone.clone(),
        conflict(nth(9)),
        flagged("2025-06-30"),
    ] {
        history().when(refused).then_rejected(Rejection::AnswerNoLongerValid);
    }
    history().when(received()).then_rejected(Rejection::AlreadyExists);
    let erased: TextErased = data(json!({"reason": "Dati.", "legal_basis": "art. 17"}));
    for allowed in [
        corrected(json!({"form": "faq"})),
        settled(OTHER, Some(OTHER)),
        confirmed(nth(1)),
        erased.into(),
    ] {
        history().when(allowed.clone()).then([allowed]);
    }
}

#[test]
fn a_superseded_answer_may_still_be_taken_back() {
    given::<Answer>([received(), superseded(OTHER, "2024-03-01")])
        .when(withdrawn("2024-04-01"))
        .then([withdrawn("2024-04-01")]);
}

#[test]
fn a_conflict_is_declared_once_whoever_declares_it() {
    given::<Answer>([received()]).when(conflict(OTHER)).then([conflict(OTHER)]);
    given::<Answer>([received()]).when(conflict(SELF)).then_rejected(Rejection::LinkToSelf);
    given::<Answer>([received(), conflict(OTHER)])
        .when(conflict(OTHER))
        .then_rejected(Rejection::AlreadyInConflict);
    let mut facts = Facts::default();
    facts.add_conflict(OTHER, SELF);
    given::<Answer>([received()])
        .and(facts)
        .when(conflict(OTHER))
        .then_rejected(Rejection::AlreadyInConflict);
}

#[test]
fn a_settled_conflict_may_be_declared_anew() {
    given::<Answer>([received(), conflict(OTHER), settled(OTHER, None)])
        .when(conflict(OTHER))
        .then([conflict(OTHER)]);
}

#[test]
fn an_open_conflict_is_settled_for_one_of_the_two_or_for_neither() {
    let open = || given::<Answer>([received(), conflict(OTHER)]);
    for prevails in [None, Some(OTHER), Some(SELF)] {
        open().when(settled(OTHER, prevails)).then([settled(OTHER, prevails)]);
    }
    open().when(settled(OTHER, Some(nth(9)))).then_rejected(Rejection::PrevailsNeither);
    open().when(settled(nth(9), None)).then_rejected(Rejection::NotInConflict);
    given::<Answer>([received(), conflict(OTHER), settled(OTHER, None)])
        .when(settled(OTHER, None))
        .then_rejected(Rejection::NotInConflict);
}

#[test]
fn a_review_is_closed_once_by_a_confirmation() {
    given::<Answer>([received(), flagged("2024-06-30")])
        .when(confirmed(nth(1)))
        .then([confirmed(nth(1))]);
    given::<Answer>([received(), flagged("2024-06-30"), confirmed(nth(1))])
        .when(confirmed(nth(1)))
        .then_rejected(Rejection::NoSuchReview);
    given::<Answer>([received()]).when(confirmed(nth(1))).then_rejected(Rejection::NoSuchReview);
}

#[test]
fn a_review_is_not_due_before_it_is_asked_for() {
    given::<Answer>([received()]).when(flagged("2025-06-30")).then([flagged("2025-06-30")]);
    given::<Answer>([received()])
        .on("2024-03-02")
        .when(flagged("2024-03-01"))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn other_streams_learn_that_it_is_withdrawn_and_by_which_answer_superseded() {
    let history = [received(), superseded(OTHER, "2024-03-01"), withdrawn("2024-04-01")];
    let expected = AnswerFacts { withdrawn: true, superseded_by: Some(OTHER) };
    assert_eq!(given::<Answer>(history).state().facts(), expected);
    let by_norm: AnswerSuperseded = data(
        json!({"by": {"kind": "norm", "id": OTHER}, "from": "2024-03-01", "reason": "Legge."}),
    );
    let state = given::<Answer>([received(), by_norm.into()]).state();
    assert_eq!(state.facts(), AnswerFacts { withdrawn: false, superseded_by: None });
}
