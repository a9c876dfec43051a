//! The rules of a solution itself: text, basis, issues, reviews, end.

use super::*;
use crate::Rejection;
use crate::facts::SolutionFacts;
use crate::testing::{Given, given};
use crate::values::{Number, RefKind, inner_id};

fn after_these(history: impl IntoIterator<Item = SolutionEvent>) -> Given<Solution> {
    given::<Solution>(history).and(facts())
}

#[test]
fn a_solution_is_proposed_once_and_before_all_else() {
    after_these([]).when(proposed()).then([proposed()]);
    after_these([proposed()]).when(proposed()).then_rejected(Rejection::AlreadyExists);
    after_these([]).when(validated(1)).then_rejected(Rejection::NotFound);
    after_these([]).on("2025-01-01").when(proposed()).then_rejected(Rejection::DateInFuture);
}

#[test]
fn a_proposal_rests_on_norms_in_force_on_its_day_and_keeps_revisions() {
    let mut facts = facts();
    facts.add_known(RefKind::Issue, OTHER.to_string(), 3);
    facts.add_known(RefKind::Authority, "prefettura-pr", 1);
    let urn = "URN:nir:stato:legge:2017-04-07;47~art10";
    let proposal = proposal(json!({
        "origin": {"kind": "issue", "id": OTHER},
        "parties": [{"kind": "authority", "id": "prefettura-pr"}],
        "basis": {"norms": [{"kind": "nir", "urn": urn}]},
    }));
    let accepted = given::<Solution>([]).and(facts).on("2024-01-01").when(proposal).accepted();
    let [SolutionEvent::Proposed(data)] = accepted.as_slice() else { panic!("{accepted:?}") };
    assert_eq!(serde_json::to_value(&data.basis.norms).unwrap(), json!([norm("47~art10")]));
    assert_eq!(data.origin.as_ref().unwrap().revision, Some(3));
    assert_eq!(data.parties.first().unwrap().revision, Some(1));
}

#[test]
fn a_proposal_names_each_basis_and_each_issue_once() {
    let answers = json!({"basis": {"answers": [OTHER, OTHER]}});
    after_these([]).when(proposal(answers)).then_rejected(Rejection::BasisAlreadyThere);
    let norms = json!({"basis": {"norms": [norm("47"), norm("47")]}});
    after_these([]).when(proposal(norms)).then_rejected(Rejection::BasisAlreadyThere);
    let issues = json!({"issues": [OTHER, OTHER]});
    after_these([]).when(proposal(issues)).then_rejected(Rejection::AlreadyAttached);
}

#[test]
fn a_solution_solves_issues_of_its_own_coordinator() {
    let of = |issue| proposal(json!({"issues": [issue]}));
    after_these([]).when(of(OTHER)).then([of(OTHER).into()]);
    after_these([]).when(of(nth(90))).then_rejected(Rejection::OtherCoordinator);
    after_these([]).when(of(nth(91))).then_rejected(Rejection::UnknownReference);
    after_these([proposed()]).when(attached(OTHER)).then([attached(OTHER)]);
    after_these([proposed()]).when(attached(nth(90))).then_rejected(Rejection::OtherCoordinator);
    after_these([proposed()]).when(attached(nth(91))).then_rejected(Rejection::UnknownReference);
}

#[test]
fn an_issue_is_attached_once_and_detached_when_there() {
    after_these([proposed(), attached(OTHER)])
        .when(attached(OTHER))
        .then_rejected(Rejection::AlreadyAttached);
    after_these([proposed(), attached(OTHER)]).when(detached(OTHER)).then([detached(OTHER)]);
    after_these([proposed(), attached(OTHER), detached(OTHER)])
        .when(detached(OTHER))
        .then_rejected(Rejection::NotAttached);
}

#[test]
fn a_revision_gets_the_next_number() {
    after_these([proposed()]).when(revised(None)).then([revised(Some(2))]);
    after_these([proposed(), revised(Some(2))]).when(revised(Some(3))).then([revised(Some(3))]);
    after_these([proposed()]).when(revised(Some(3))).then_rejected(Rejection::NotTheNextNumber);
    after_these([proposed()]).when(revised(Some(1))).then_rejected(Rejection::NotTheNextNumber);
}

#[test]
fn after_the_last_number_nothing_is_revised() {
    after_these([proposed(), revised(Some(9_999))])
        .when(revised(None))
        .then_rejected(Rejection::NotTheNextNumber);
}

#[test]
fn a_revision_keeps_the_problem_unless_it_states_another() {
    let state = after_these([proposed(), revised(Some(2))]).state();
    let current = state.current().unwrap();
    assert_eq!(current.number.get(), 2);
    assert_eq!(current.problem, state.versions.first().unwrap().problem);
    assert_eq!(current.text.clear(), Some("Testo nuovo."));
}

#[test]
fn the_current_version_is_validated_once() {
    after_these([proposed()]).when(validated(1)).then([validated(1)]);
    after_these([proposed(), validated(1)])
        .when(validated(1))
        .then_rejected(Rejection::AlreadyValidated);
    after_these([proposed(), revised(Some(2))])
        .when(validated(1))
        .then_rejected(Rejection::NotTheCurrentVersion);
    after_these([proposed(), validated(1), revised(Some(2))])
        .when(validated(2))
        .then([validated(2)]);
}

#[test]
fn a_basis_is_one_answer_or_one_norm() {
    for basis in [json!({"answer": OTHER}), json!({"norm": norm("47~art13")})] {
        let basis = based_on(basis);
        after_these([proposed()]).when(basis.clone()).then([basis]);
    }
    for basis in [json!({}), json!({"answer": OTHER, "norm": norm("47")})] {
        after_these([proposed()]).when(based_on(basis)).then_rejected(Rejection::OneBasisOnly);
    }
}

#[test]
fn a_basis_is_added_once() {
    for basis in [json!({"answer": nth(80)}), json!({"norm": norm("47~art10")})] {
        after_these([proposed()]).when(based_on(basis)).then_rejected(Rejection::BasisAlreadyThere);
    }
}

#[test]
fn a_basis_is_removed_by_its_id() {
    let first = inner_id(nth(0), "norms", 0);
    let history = || after_these([proposed(), based_on(json!({"norm": norm("47~art13")}))]);
    for id in [nth(80), first, nth(1)] {
        history().when(basis_removed(id)).then([basis_removed(id)]);
    }
    history().when(basis_removed(nth(81))).then_rejected(Rejection::NoSuchBasis);
    let state = after_these([proposed(), basis_removed(first), basis_removed(nth(80))]).state();
    assert!(state.basis_answers.is_empty() && state.basis_norms.is_empty());
}

#[test]
fn a_review_is_closed_once_by_a_confirmation() {
    let review = Some(nth(1));
    after_these([proposed(), flagged("2024-06-30")])
        .when(confirmed(review))
        .then([confirmed(review)]);
    after_these([proposed(), flagged("2024-06-30"), confirmed(review)])
        .when(confirmed(review))
        .then_rejected(Rejection::NoSuchReview);
    after_these([proposed()]).when(confirmed(review)).then_rejected(Rejection::NoSuchReview);
    after_these([proposed()])
        .on("2024-03-02")
        .when(flagged("2024-03-01"))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn a_solution_may_be_confirmed_without_having_been_flagged() {
    after_these([proposed()]).when(confirmed(None)).then([confirmed(None)]);
    let reviews = [flagged("2024-06-30"), flagged("2024-07-31")];
    let history = [proposed()].into_iter().chain(reviews).chain([confirmed(None)]);
    let state = after_these(history).state();
    assert!(state.reviews.iter().all(|review| review.confirmed_on == Some(day("2024-01-04"))));
}

#[test]
fn what_is_confirmed_is_the_current_version() {
    let version = |number| -> SolutionConfirmed {
        data(json!({"solution_version": number, "reason": "Invariato."}))
    };
    after_these([proposed()]).when(version(1)).then([version(1).into()]);
    after_these([proposed()]).when(version(2)).then_rejected(Rejection::NotTheCurrentVersion);
}

#[test]
fn a_solution_is_superseded_by_another_without_circles() {
    let mut circle = facts();
    for (solution, by) in [(OTHER, nth(7)), (nth(7), SELF)] {
        let version = Number::new(1).unwrap();
        let coordinator = code("anci_er");
        circle.add_solution(
            solution,
            SolutionFacts { coordinator, version, superseded_by: Some(by) },
        );
    }
    after_these([proposed()])
        .when(superseded(OTHER, Some("2025-03-01")))
        .then([superseded(OTHER, Some("2025-03-01"))]);
    after_these([proposed()]).when(superseded(SELF, None)).then_rejected(Rejection::LinkToSelf);
    given::<Solution>([proposed()])
        .and(circle)
        .when(superseded(OTHER, None))
        .then_rejected(Rejection::LinkCycle);
    after_these([proposed()])
        .when(superseded(OTHER, Some("2023-12-31")))
        .then_rejected(Rejection::DatesReversed);
}

#[test]
fn a_solution_is_superseded_once_even_by_one_to_come() {
    after_these([proposed(), superseded(OTHER, Some("2025-03-01"))])
        .when(superseded(nth(7), None))
        .then_rejected(Rejection::SolutionEnded);
}

#[test]
fn until_the_other_takes_its_place_a_solution_goes_on() {
    let history = [proposed(), validated(1), superseded(OTHER, Some("2025-03-01"))];
    after_these(history).when(adopted("c_a944")).then([adopted("c_a944")]);
}

#[test]
fn an_abstract_is_published_until_it_is_withdrawn() {
    after_these([proposed()]).when(published()).then([published()]);
    after_these([proposed(), published()])
        .when(published())
        .then_rejected(Rejection::AlreadyPublished);
    after_these([proposed(), published()]).when(unpublished()).then([unpublished()]);
    after_these([proposed()]).when(unpublished()).then_rejected(Rejection::NotPublished);
}

#[test]
fn an_ended_solution_only_has_its_record_tidied_up() {
    for end in [retired(), superseded(OTHER, None)] {
        let history = || {
            let history = [proposed(), validated(1), adopted("c_a944"), published(), end.clone()];
            after_these(history)
        };
        for refused in [
            revised(None),
            based_on(json!({"answer": OTHER})),
            basis_removed(nth(80)),
            attached(OTHER),
            detached(OTHER),
            validated(1),
            adopted("c_b034"),
            declined("c_b034", 1),
            flagged("2025-06-30"),
            confirmed(None),
            superseded(nth(7), None),
            retired(),
            published(),
        ] {
            history().when(refused).then_rejected(Rejection::SolutionEnded);
        }
        for allowed in [
            corrected(nth(2), json!({"manner": "adapted"})),
            ended(nth(2), "2024-12-01"),
            unpublished(),
            erased(),
        ] {
            history().when(allowed.clone()).then([allowed]);
        }
    }
}

#[test]
fn other_streams_learn_its_coordinator_version_and_successor() {
    assert_eq!(SolutionState::default().facts(), None);
    let history = [proposed(), revised(Some(2)), superseded(OTHER, None)];
    let expected = SolutionFacts {
        coordinator: code("anci_er"),
        version: Number::new(2).unwrap(),
        superseded_by: Some(OTHER),
    };
    assert_eq!(after_these(history).state().facts(), Some(expected));
}
