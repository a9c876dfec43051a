//! Bodies, their names, provinces and members.

use super::*;
use crate::facts::BodyFacts;

fn body(members: &[&str]) -> BodyEvent {
    data::<BodyRegistered>(json!({
        "body": "unione_reno_galliera", "name": "Unione Reno Galliera", "kind": "unione",
        "province": "BO", "members": members
    }))
    .into()
}

fn renamed(name: &str) -> BodyEvent {
    data::<BodyRenamed>(json!({ "name": name })).into()
}

fn merged(into: &str, from: &str) -> BodyEvent {
    data::<BodyMerged>(json!({ "into": into, "from": from })).into()
}

fn moved(province: &str, from: &str) -> BodyEvent {
    data::<BodyMoved>(json!({ "province": province, "from": from })).into()
}

fn member_added(member: &str, from: &str) -> BodyEvent {
    data::<MemberAdded>(json!({ "member": member, "from": from })).into()
}

fn member_removed(member: &str, until: &str) -> BodyEvent {
    data::<MemberRemoved>(json!({ "member": member, "until": until })).into()
}

fn profile(places: u32, on: &str) -> BodyEvent {
    data::<ProfileRecorded>(json!({ "sai_owner": true, "places": places, "on": on })).into()
}

#[test]
fn a_body_is_registered_once() {
    accepted::<Body>([], body(&["c_a785"]));
    refused::<Body>([body(&[])], body(&[]), Rejection::AlreadyExists);
}

#[test]
fn a_body_changes_only_after_it_is_registered() {
    for change in [renamed("Altro"), merged("c_a944", "2024-01-01"), profile(48, "2024-01-01")] {
        refused::<Body>([], change, Rejection::NotFound);
    }
}

#[test]
fn a_body_is_not_its_own_member() {
    refused::<Body>([], body(&["c_a785", "unione_reno_galliera"]), Rejection::LinkToSelf);
    let itself = member_added("unione_reno_galliera", "2024-01-01");
    refused::<Body>([body(&[])], itself, Rejection::LinkToSelf);
}

#[test]
fn a_member_is_added_once() {
    accepted::<Body>([body(&["c_a785"])], member_added("c_a392", "2024-01-01"));
    let again = member_added("c_a785", "2024-01-01");
    refused::<Body>([body(&["c_a785"])], again, Rejection::AlreadyAMember);
    refused::<Body>([], body(&["c_a785", "c_a785"]), Rejection::AlreadyAMember);
}

#[test]
fn only_a_member_is_removed_and_not_before_it_came() {
    accepted::<Body>([body(&["c_a785"])], member_removed("c_a785", "2024-06-30"));
    let stranger = member_removed("c_a392", "2024-06-30");
    refused::<Body>([body(&["c_a785"])], stranger, Rejection::NotAMember);
    refused::<Body>(
        [body(&[]), member_added("c_a392", "2024-06-01")],
        member_removed("c_a392", "2024-05-31"),
        Rejection::DatesReversed,
    );
}

#[test]
fn a_member_that_left_may_come_back_and_the_past_stays_known() {
    let history = || {
        [
            body(&["c_a785"]),
            member_removed("c_a785", "2024-03-31"),
            member_added("c_a785", "2024-09-01"),
        ]
    };
    let left = given::<Body>(history().into_iter().take(2)).state();
    assert!(left.current_members().is_empty());
    let back = given::<Body>(history()).state();
    for (on, member) in
        [("2024-03-31", true), ("2024-04-01", false), ("2024-08-31", false), ("2024-09-01", true)]
    {
        assert_eq!(back.members_on(day(on)).len() == 1, member, "{on}");
    }
    accepted::<Body>(history().into_iter().take(2), member_added("c_a785", "2024-09-01"));
}

#[test]
fn a_body_has_one_name_and_one_province_on_each_day() {
    let history =
        [body(&[]), moved("RN", "2024-06-17"), renamed("Unione nuova"), moved("BO", "2024-03-01")];
    let state = given::<Body>(history).state();
    let name = |on: &str| state.names.on(day(on)).map(ToString::to_string);
    assert_eq!(name("2024-01-02").as_deref(), Some("Unione Reno Galliera"));
    assert_eq!(name("2024-01-03").as_deref(), Some("Unione nuova"));
    assert_eq!(name("2020-01-01").as_deref(), Some("Unione Reno Galliera"));
    let province = |on: &str| state.provinces.on(day(on)).map(ToString::to_string);
    assert_eq!(province("2024-06-16").as_deref(), Some("BO"));
    assert_eq!(province("2024-06-17").as_deref(), Some("RN"));
    assert_eq!(state.provinces.latest(), Some(&code("RN")));
}

#[test]
fn a_change_changes_something() {
    refused::<Body>([body(&[])], renamed("Unione Reno Galliera"), Rejection::NothingToChange);
    refused::<Body>([body(&[])], moved("BO", "2024-06-17"), Rejection::NothingToChange);
    accepted::<Body>([body(&[])], renamed("Unione nuova"));
    accepted::<Body>([body(&[])], moved("RN", "2026-06-17"));
}

#[test]
fn a_body_is_merged_into_another_that_is_in_use() {
    accepted::<Body>([body(&[])], merged("c_a944", "2026-01-01"));
    let itself = merged("unione_reno_galliera", "2024-01-01");
    refused::<Body>([body(&[])], itself, Rejection::LinkToSelf);

    let mut facts = Facts::default();
    facts.add_body(code("c_a944"), BodyFacts { merged: true, ..BodyFacts::default() });
    given::<Body>([body(&[])])
        .and(facts)
        .when(merged("c_a944", "2024-01-01"))
        .then_rejected(Rejection::Retired);
}

#[test]
fn a_merged_body_does_not_change_any_more() {
    let history = || [body(&["c_a785"]), merged("c_a944", "2024-06-01")];
    for change in [
        renamed("Altro"),
        merged("c_b034", "2024-07-01"),
        moved("RN", "2024-07-01"),
        member_added("c_a392", "2024-07-01"),
        member_removed("c_a785", "2024-07-01"),
        profile(48, "2024-07-01"),
    ] {
        refused::<Body>(history(), change, Rejection::Retired);
    }
    refused::<Body>(history(), body(&[]), Rejection::AlreadyExists);
}

#[test]
fn until_the_day_of_its_merger_a_body_is_in_use() {
    let history = || [body(&[]), merged("c_a944", "2026-01-01")];
    accepted::<Body>(history(), renamed("Altro"));
    refused::<Body>(history(), merged("c_b034", "2026-01-01"), Rejection::Retired);
    let state = given::<Body>(history()).state();
    assert!(!state.is_merged_on(day("2025-12-31")) && state.is_merged_on(day("2026-01-01")));
}

#[test]
fn a_profile_is_of_a_day_that_has_come() {
    accepted::<Body>([body(&[])], profile(48, "2024-01-01"));
    refused::<Body>([body(&[])], profile(48, "2025-01-01"), Rejection::DateInFuture);
    // One that is told later does not replace one of a later day.
    let history = [body(&[]), profile(52, "2024-01-01"), profile(48, "2023-01-01")];
    let state = given::<Body>(history).state();
    let places = |on: &str| state.profiles.on(day(on)).and_then(|one| one.places).unwrap().get();
    assert_eq!((places("2023-06-01"), places("2024-06-01")), (48, 52));
}

#[test]
fn other_streams_know_a_registered_body_with_its_members() {
    let today = day("2024-12-31");
    assert_eq!(BodyState::default().facts(today), None);
    let state = given::<Body>([body(&["c_a785"]), merged("c_a944", "2024-06-01")]).state();
    let known = BodyFacts { members: [code("c_a785")].into(), merged: true };
    assert_eq!(state.facts(today), Some(known));
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let samples = [
        body(&["c_a785"]),
        renamed("Altro"),
        merged("c_a944", "2024-06-01"),
        moved("RN", "2024-07-01"),
        member_added("c_a392", "2024-07-01"),
        member_removed("c_a785", "2024-07-01"),
        profile(48, "2024-07-01"),
    ];
    hold_in_any_order::<Body>(&samples, &Facts::default(), |state| {
        assert!(state.current_members().len() <= state.members.len());
        assert!(state.names.entries().is_sorted_by_key(|name| name.from));
    });
}
