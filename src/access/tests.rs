//! The rule of access, case by case, and the laws it keeps.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Action, Actor, Denial, People, Permission, Resource, Scope, decide, permission};
use crate::codec::schemas::event_types;
use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::BodyId;

fn code<T: std::str::FromStr<Err = String>>(text: &str) -> T {
    text.parse().unwrap()
}

fn actor(role: Role, body: &str, network: Option<&str>) -> Actor {
    Actor { subject: code("p"), role, body: code(body), network: network.map(code), machine: false }
}

fn case(visibility: Visibility, participants: &[&str]) -> Resource {
    Resource {
        coordinator: Some(code("anci_er")),
        visibility: Some(visibility),
        participants: participants.iter().map(|body| code(body)).collect(),
        owner: participants.first().map(|body| code(body)),
        acting: None,
    }
}

fn reads(actor: Option<&Actor>, resource: &Resource) -> bool {
    decide(actor, Action::Read, resource).is_ok()
}

#[test]
fn the_network_sees_what_the_network_may_see() {
    let member = actor(Role::Municipality, "c_b034", Some("anci_er"));
    let observer = actor(Role::Observer, "regione_er", Some("anci_er"));
    let outsider = actor(Role::Municipality, "c_f205", Some("anci_lombardia"));
    let open = case(Visibility::Network, &["c_g337"]);
    let closed = case(Visibility::Restricted, &["c_g337"]);
    assert!(reads(Some(&member), &open) && reads(Some(&observer), &open));
    assert!(!reads(Some(&member), &closed) && !reads(Some(&observer), &closed));
    assert!(!reads(Some(&outsider), &open));
}

#[test]
fn who_takes_part_sees_a_restricted_case() {
    let closed = case(Visibility::Restricted, &["c_g337", "c_b034"]);
    assert!(reads(Some(&actor(Role::Municipality, "c_b034", None)), &closed));
}

#[test]
fn staff_see_what_their_association_is_in_charge_of() {
    let closed = case(Visibility::Restricted, &["c_g337"]);
    assert!(reads(Some(&actor(Role::Staff, "anci_er", Some("anci_er"))), &closed));
    assert!(!reads(Some(&actor(Role::Staff, "anci_lombardia", Some("anci_lombardia"))), &closed));
}

#[test]
fn auditors_see_everything_and_change_nothing() {
    let auditor = actor(Role::Auditor, "anci_er", None);
    assert!(reads(Some(&auditor), &case(Visibility::Restricted, &[])));
    for (category, kind) in event_types() {
        let Some(may) = permission(category, kind.stored) else { continue };
        let mut resource = case(Visibility::Network, &["anci_er"]);
        resource.acting = Some(code("anci_er"));
        assert!(decide(Some(&auditor), Action::Record(may), &resource).is_err(), "{}", kind.stored);
    }
}

#[test]
fn operators_read_no_case_by_right_of_office() {
    let admin = actor(Role::Admin, "system", None);
    assert!(!reads(Some(&admin), &case(Visibility::Network, &["system"])));
    assert!(reads(Some(&admin), &Resource::default()));
}

#[test]
fn functions_are_for_those_who_keep_audit_or_work_with_them() {
    let of = |role, body, network| People::of(Some(&actor(role, body, network)));
    assert_eq!(of(Role::Admin, "system", None), Ok(People::Everybody));
    assert_eq!(of(Role::Auditor, "corte_conti", None), Ok(People::Everybody));
    let staff = of(Role::Staff, "anci_er", Some("anci_er"));
    assert_eq!(staff, Ok(People::Network(code("anci_er"))));
    for role in [Role::Municipality, Role::Observer] {
        assert_eq!(of(role, "c_g337", Some("anci_er")), Err(Denial::Role));
        assert_eq!(of(role, "c_g337", None), Err(Denial::Role));
    }
    assert_eq!(People::of(None), Err(Denial::Anonymous));
}

#[test]
fn nobody_signed_in_sees_no_case_and_no_registry() {
    assert_eq!(decide(None, Action::Read, &case(Visibility::Public, &[])), Err(Denial::Hidden));
    assert_eq!(decide(None, Action::Read, &Resource::default()), Err(Denial::Anonymous));
}

#[test]
fn only_staff_act_on_behalf_of_a_body() {
    let mut resource = case(Visibility::Network, &["c_g337"]);
    resource.acting = Some(code("c_b034"));
    let contribute = Action::Record(Permission::Contribute);
    let member = actor(Role::Municipality, "c_g337", Some("anci_er"));
    assert_eq!(decide(Some(&member), contribute, &resource), Err(Denial::OnBehalf));
    let staff = actor(Role::Staff, "anci_er", Some("anci_er"));
    assert_eq!(decide(Some(&staff), contribute, &resource), Ok(()));
}

#[test]
fn a_body_changes_its_own_part_only() {
    let mut resource = case(Visibility::Network, &["c_g337"]);
    resource.acting = Some(code("c_b034"));
    let other = actor(Role::Municipality, "c_b034", Some("anci_er"));
    assert_eq!(
        decide(Some(&other), Action::Record(Permission::Own), &resource),
        Err(Denial::NotYours)
    );
    resource.acting = Some(code("c_g337"));
    let owner = actor(Role::Municipality, "c_g337", Some("anci_er"));
    assert_eq!(decide(Some(&owner), Action::Record(Permission::Own), &resource), Ok(()));
}

#[test]
fn what_cannot_be_seen_cannot_be_told_from_what_is_not_there() {
    let closed = case(Visibility::Restricted, &["c_g337"]);
    let other = actor(Role::Municipality, "c_b034", Some("anci_er"));
    for (category, kind) in event_types() {
        if !matches!(category, "issue" | "question" | "answer" | "solution" | "communication") {
            continue;
        }
        let Some(may) = permission(category, kind.stored) else { continue };
        let denied = decide(Some(&other), Action::Record(may), &closed);
        assert_eq!(denied, Err(Denial::Hidden), "{}", kind.stored);
    }
}

#[test]
fn every_event_type_has_a_permission_unless_it_is_operational() {
    for (category, kind) in event_types() {
        let known = permission(category, kind.stored).is_some();
        assert_eq!(known, category != "op", "{category} {}", kind.stored);
    }
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![
        Just(Role::Municipality),
        Just(Role::Staff),
        Just(Role::Observer),
        Just(Role::Auditor),
        Just(Role::Admin)
    ]
}

fn body() -> impl Strategy<Value = BodyId> {
    prop_oneof![Just("c_1"), Just("c_2"), Just("anci_er"), Just("anci_lo")].prop_map(code)
}

prop_compose! {
    fn somebody()(role in role(), body in body(), network in proptest::option::of(body())) -> Actor {
        Actor { subject: code("p"), role, body, network, machine: false }
    }
}

prop_compose! {
    fn something()(
        coordinator in body(),
        visibility in prop_oneof![
            Just(Visibility::Restricted), Just(Visibility::Network), Just(Visibility::Public)
        ],
        participants in proptest::collection::btree_set(body(), 0..3),
    ) -> Resource {
        Resource {
            coordinator: Some(coordinator), visibility: Some(visibility), participants,
            owner: None, acting: None,
        }
    }
}

/// The condition a view filters by, asked of one row in a real table.
fn sql_allows(scope: &Scope, then: &Resource, today: &Resource) -> bool {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    put(&db, "issues", "participants", then);
    put(&db, "today_0", "today_participants", today);
    let (body, network) = scope.parameters();
    db.query_row(
        &format!("SELECT count(*) FROM issues i WHERE {}", scope.sql("i", 0)),
        rusqlite::named_params! {":scope_body": body, ":scope_network": network},
        |row| row.get::<_, i64>(0),
    )
    .unwrap()
        == 1
}

fn put(db: &rusqlite::Connection, things: &str, participants: &str, resource: &Resource) {
    db.execute_batch(&format!(
        "CREATE TABLE {things} (no INTEGER PRIMARY KEY, coordinator TEXT, visibility INTEGER);
         CREATE TABLE {participants} (kind INTEGER, thing INTEGER, body TEXT);",
    ))
    .unwrap();
    let visibility = match resource.visibility {
        Some(Visibility::Restricted) | None => 0,
        Some(Visibility::Network) => 1,
        Some(Visibility::Public) => 2,
    };
    let coordinator = resource.coordinator.as_ref().map(BodyId::as_str);
    let row = format!("INSERT INTO {things} VALUES (1, ?1, ?2)");
    db.execute(&row, (coordinator, visibility)).unwrap();
    for body in &resource.participants {
        let row = format!("INSERT INTO {participants} VALUES (0, 1, ?1)");
        db.execute(&row, [body.as_str()]).unwrap();
    }
}

proptest! {
    #[test]
    fn a_list_shows_exactly_what_the_rule_allows(
        who in proptest::option::of(somebody()),
        what in something(),
    ) {
        let scope = Scope::of(who.as_ref());
        prop_assert_eq!(scope.allows(&what), reads(who.as_ref(), &what));
        prop_assert_eq!(sql_allows(&scope, &what, &what), scope.allows(&what));
    }

    #[test]
    fn the_past_shows_what_then_and_today_both_allow(
        who in proptest::option::of(somebody()),
        then in something(),
        today in something(),
    ) {
        let scope = Scope::of(who.as_ref());
        let past = scope.in_the_past();
        prop_assert_eq!(sql_allows(&past, &then, &today), past.allows_past(&then, &today));
        if past.allows_past(&then, &today) && scope != Scope::Everything {
            prop_assert!(reads(who.as_ref(), &today));
        }
    }

    #[test]
    fn nobody_records_what_they_cannot_read(who in somebody(), what in something()) {
        let registry: BTreeSet<_> =
            [Permission::Registry, Permission::NormRegistry, Permission::Operate].map(|p| format!("{p:?}")).into();
        for (category, kind) in event_types() {
            let Some(may) = permission(category, kind.stored) else { continue };
            let case = !registry.contains(&format!("{may:?}"));
            if case && decide(Some(&who), Action::Record(may), &what).is_ok() {
                prop_assert!(reads(Some(&who), &what), "{} by {:?}", kind.stored, who);
            }
        }
    }
}
