//! Drafts, issues, texts.

use super::*;
use crate::values::Number;

fn draft_with(field: &str, value: Value) -> QuestionEvent {
    let mut draft = draft_json();
    draft[field] = value;
    data::<QuestionDrafted>(draft).into()
}

fn points_revised(points: Value) -> QuestionEvent {
    let mut revision = json!({"kind": "substance", "reason": "Nuovo punto."});
    revision["points"] = points;
    data::<TextRevised>(revision).into()
}

#[test]
fn a_question_begins_with_a_draft() {
    given::<Question>([]).and(facts()).when(drafted()).then([drafted()]);
    given::<Question>([]).when(note()).then_rejected(Rejection::NotFound);
    given::<Question>([drafted()]).when(drafted()).then_rejected(Rejection::AlreadyExists);
}

#[test]
fn nothing_is_recorded_of_tomorrow() {
    let tomorrow = given::<Question>([]).and(facts()).on("2025-01-01");
    tomorrow.when(drafted()).then_rejected(Rejection::DateInFuture);
}

#[test]
fn a_draft_gives_ids_to_its_points_and_addressees() {
    let draft = draft_with("points", json!([{"text": "Se il codice sia valido."}]));
    let QuestionEvent::Drafted(mut draft) = draft else { unreachable!() };
    draft.addressees[1].addressee_id = None;

    let decided = given::<Question>([]).and(facts()).when(*draft.clone()).accepted();

    draft.points[0].point_id = Some(inner_id(nth(0), "points", 0));
    draft.addressees[1].addressee_id = Some(inner_id(nth(0), "addressees", 1));
    assert_eq!(decided, [(*draft).into()]);
}

#[test]
fn no_draft_asks_nothing_or_nobody() {
    // The shape of the event says so: such a draft cannot even be proposed.
    for field in ["points", "addressees"] {
        let mut draft = draft_json();
        draft[field] = json!([]);
        assert!(serde_json::from_value::<QuestionDrafted>(draft).is_err(), "{field}");
    }
    let revision = json!({"kind": "substance", "reason": "Nuovo punto.", "points": []});
    assert!(serde_json::from_value::<TextRevised>(revision).is_err());
}

#[test]
fn ids_and_offices_appear_once_in_a_draft() {
    let point = json!({"point_id": PT[0], "text": "Se valga."});
    let office = |id: Uuid| json!({"addressee_id": id, "addressee": "inps"});
    for draft in [
        draft_with("points", json!([point, point])),
        draft_with("addressees", json!([office(AD[0]), office(AD[1])])),
    ] {
        given::<Question>([]).and(facts()).when(draft).then_rejected(Rejection::AlreadyExists);
    }
}

#[test]
fn points_are_put_to_addressees_of_the_question() {
    let draft = draft_with("points", json!([{"text": "Se valga.", "addressees": [NOWHERE]}]));
    given::<Question>([]).and(facts()).when(draft).then_rejected(Rejection::NoSuchAddressee);
}

#[test]
fn points_come_from_issues_of_the_same_coordinator() {
    for (issue, why) in [
        (ISSUE[2], Rejection::IssueWithdrawn),
        (ISSUE[3], Rejection::OtherCoordinator),
        (NOWHERE, Rejection::UnknownReference),
    ] {
        let draft = draft_with("points", json!([{"text": "Se valga.", "issues": [issue]}]));
        given::<Question>([]).and(facts()).when(draft).then_rejected(why);
    }
}

#[test]
fn norms_are_cited_in_the_text_of_the_day() {
    let urn = "urn:nir:stato:decreto.legislativo:2015-08-18;142~art4";
    let draft = draft_with("norms", json!([{"kind": "nir", "urn": urn}]));
    let decided = given::<Question>([]).and(facts()).on("2024-02-12").when(draft).accepted();
    let QuestionEvent::Drafted(draft) = &decided[0] else { panic!("{decided:?}") };
    assert_eq!(serde_json::to_value(&draft.norms[0]).unwrap()["text_in_force_on"], "2024-02-12");
}

#[test]
fn an_issue_is_attached_once_and_detached_once() {
    let attach = |issue: Uuid| event!(IssueAttached, {"issue": issue});
    let detach = |issue: Uuid| event!(IssueDetached, {"issue": issue, "reason": "Altra norma."});
    let draft = || given::<Question>([drafted()]).and(facts());

    draft().when(attach(ISSUE[1])).then([attach(ISSUE[1])]);
    draft().when(attach(ISSUE[0])).then_rejected(Rejection::AlreadyAttached);
    draft().when(attach(ISSUE[2])).then_rejected(Rejection::IssueWithdrawn);
    draft().when(attach(ISSUE[3])).then_rejected(Rejection::OtherCoordinator);
    draft().when(attach(NOWHERE)).then_rejected(Rejection::UnknownReference);
    draft().when(detach(ISSUE[0])).then([detach(ISSUE[0])]);
    draft().when(detach(ISSUE[1])).then_rejected(Rejection::NotAttached);
}

#[test]
fn a_detached_issue_is_not_brought_back_by_a_text_that_still_names_it() {
    let detach = event!(IssueDetached, {"issue": ISSUE[0], "reason": "Altra norma."});
    let state = given::<Question>([drafted(), detach, points_revised(points_json())]).state();
    assert!(!state.has_issue(ISSUE[0]));
    assert_eq!(state.points_from(ISSUE[0]).count(), 0);
}

#[test]
fn an_issue_that_no_point_names_any_more_leaves_unless_it_was_attached_by_itself() {
    let attach = event!(IssueAttached, {"issue": ISSUE[1]});
    let other = points_revised(json!([{"point_id": PT[0], "text": "Se valga."}]));
    let state = given::<Question>([drafted(), attach, other]).state();
    assert!(!state.has_issue(ISSUE[0]));
    assert!(state.has_issue(ISSUE[1]));
}

#[test]
fn a_revised_text_has_the_next_number_and_keeps_what_it_does_not_mention() {
    let decided = given::<Question>([drafted()]).when(revised("editorial")).accepted();
    let QuestionEvent::TextRevised(revision) = &decided[0] else { panic!("{decided:?}") };
    assert_eq!(revision.text_version.map(Number::get), Some(2));

    let state = given::<Question>([drafted(), decided[0].clone()]).state();
    let text = state.current_text().unwrap();
    assert_eq!(text.subject.clear(), Some("Il codice fiscale"));
    assert_eq!(text.background, state.texts[0].background);
    assert_eq!(text.points, state.texts[0].points);
}

#[test]
fn a_stated_text_version_must_be_the_next() {
    let skipping = event!(TextRevised, {
        "text_version": 3, "kind": "editorial", "reason": "Refuso.", "subject": "Codice",
    });
    given::<Question>([drafted()]).when(skipping).then_rejected(Rejection::NotTheNextNumber);
}

#[test]
fn a_revision_changes_something() {
    let empty = event!(TextRevised, {"kind": "editorial", "reason": "Refuso."});
    given::<Question>([drafted()]).when(empty).then_rejected(Rejection::NothingToChange);
}

#[test]
fn a_revised_list_keeps_points_by_id_and_names_new_ones() {
    let list = json!([{"text": "Entro quando."}, {"point_id": PT[0], "text": "Se sia valido."}]);
    let decided = given::<Question>([drafted()]).when(points_revised(list)).accepted();
    let state = given::<Question>([drafted(), decided[0].clone()]).state();
    let ids: Vec<Uuid> = state.points().map(|point| point.id).collect();
    assert_eq!(ids, [inner_id(nth(1), "points", 0), PT[0]]);
}

#[test]
fn a_revised_list_names_known_points_once() {
    let point = json!({"point_id": PT[0], "text": "Se valga."});
    for (points, why) in [
        (json!([{"point_id": NOWHERE, "text": "Se valga."}]), Rejection::NoSuchPoint),
        (json!([point, point]), Rejection::AlreadyExists),
        (json!([{"text": "Se valga.", "addressees": [NOWHERE]}]), Rejection::NoSuchAddressee),
        (json!([{"text": "Se valga.", "issues": [ISSUE[3]]}]), Rejection::OtherCoordinator),
    ] {
        given::<Question>([drafted()]).and(facts()).when(points_revised(points)).then_rejected(why);
    }
}

#[test]
fn a_dropped_point_may_come_back_under_its_id() {
    let without = points_revised(json!([{"point_id": PT[0], "text": "Se valga."}]));
    let history = [drafted(), without];
    given::<Question>(history).and(facts()).when(points_revised(points_json())).accepted();
}

#[test]
fn the_text_cannot_change_after_dispatch() {
    for kind in ["substance", "editorial"] {
        given::<Question>(sent()).when(revised(kind)).then_rejected(Rejection::AlreadyDispatched);
    }
}
