//! Who sees what, and finds it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::story::{happen, issue, registry};
use super::world::{World, day, report, uuid};
use crate::access::{Actor, Resource, Scope};
use crate::domain::issue::Issue;
use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::BodyId;
use crate::event_store::EventStore;
use crate::projections::issues::{IssueFilter, IssueSort};
use crate::projections::things::Kind;

fn code(text: &str) -> BodyId {
    text.parse().unwrap()
}

fn actor(role: Role, body: &str) -> Actor {
    let network = (!matches!(role, Role::Auditor | Role::Admin)).then(|| code("anci_er"));
    Actor { subject: "p-1".parse().unwrap(), role, body: code(body), network, machine: false }
}

fn all() -> IssueFilter {
    IssueFilter { limit: 50, ..IssueFilter::default() }
}

#[tokio::test]
async fn lists_and_counts_show_exactly_what_the_scope_allows() {
    let world = World::new();
    let views = world.open();
    let mut resources = Vec::new();
    for (n, coordinator) in ["anci_er", "anci_to"].into_iter().enumerate() {
        for (m, visibility) in [Visibility::Restricted, Visibility::Network, Visibility::Public]
            .into_iter()
            .enumerate()
        {
            for (k, body) in ["c_a944", "c_f257"].into_iter().enumerate() {
                let id = uuid((n * 100 + m * 10 + k + 1) as u128);
                let mut data = report(body, "Titolo");
                data["coordinator"] = json!(coordinator);
                data["visibility"] = json!(visibility);
                world.record::<Issue>(&id.to_string(), "issue-reported.v1", data).await;
                resources.push((
                    id,
                    Resource {
                        coordinator: Some(code(coordinator)),
                        visibility: Some(visibility),
                        participants: [code(body)].into(),
                        ..Resource::default()
                    },
                ));
            }
        }
    }
    world.shown(&views).await;
    let member = |body: &str| Scope::Member { body: code(body), network: code("anci_er") };
    let scopes = [
        Scope::Nothing,
        Scope::Everything,
        Scope::Body(code("c_a944")),
        Scope::Coordinator(code("anci_er")),
        Scope::Coordinator(code("anci_to")),
        member("c_a944"),
        member("c_h223"),
    ];
    for scope in scopes {
        let allowed: BTreeSet<_> =
            resources.iter().filter(|(_, one)| scope.allows(one)).map(|(id, _)| *id).collect();
        let list = views.list_issues(&scope, &all(), day("2026-06-01")).await.unwrap();
        let listed: BTreeSet<_> = list.items.iter().map(|row| row.id).collect();
        assert_eq!(listed, allowed, "{scope:?}");
        let facets = views.issue_facets(&scope, &all(), day("2026-06-01")).await.unwrap();
        assert_eq!(facets.total as usize, allowed.len(), "{scope:?}");
        let by_status: u32 = facets.status.iter().map(|one| one.count).sum();
        assert_eq!(by_status, facets.total);
        let by_norm: u32 = facets.norm.iter().map(|one| one.count).sum();
        assert_eq!(by_norm, facets.total);
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let world = World::new();
    let views = world.open();
    for n in 1..=7 {
        let mut data = report("c_a944", &format!("Titolo {n}"));
        data["people_affected"] = json!(n % 3);
        world.record::<Issue>(&uuid(n).to_string(), "issue-reported.v1", data).await;
    }
    world.shown(&views).await;
    let today = day("2026-06-01");
    for sort in [IssueSort::Updated, IssueSort::Reported, IssueSort::People, IssueSort::DaysOpen] {
        let whole = IssueFilter { sort: Some(sort), ..all() };
        let whole = views.list_issues(&Scope::Everything, &whole, today).await.unwrap();
        assert_eq!(whole.next, None);
        let mut found = Vec::new();
        let mut cursor = None;
        loop {
            let filter =
                IssueFilter { sort: Some(sort), cursor, limit: 2, ..IssueFilter::default() };
            let page = views.list_issues(&Scope::Everything, &filter, today).await.unwrap();
            found.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(found, whole.items, "{sort:?}");
    }
    let foreign = IssueFilter { cursor: Some("xyz".into()), ..all() };
    assert!(views.list_issues(&Scope::Everything, &foreign, today).await.is_err());
}

#[tokio::test]
async fn filters_by_the_registry_follow_bodies_and_offices() {
    let world = World::new();
    let views = world.open();
    registry(&world).await;
    for (n, body) in [(1, "c_a944"), (2, "c_f257")] {
        let mut data = report(body, "Titolo");
        if n == 2 {
            data["positions"] = json!([]);
        }
        world.record::<Issue>(&uuid(n).to_string(), "issue-reported.v1", data).await;
    }
    world.shown(&views).await;
    let found = async |filter: IssueFilter| {
        let list = views.list_issues(&Scope::Everything, &filter, day("2026-06-01")).await.unwrap();
        list.items.into_iter().map(|row| row.id.as_u128()).collect::<Vec<_>>()
    };
    let province = |text: &str| IssueFilter { province: Some(text.parse().unwrap()), ..all() };
    assert_eq!(found(province("MO")).await, [2]);
    assert_eq!(found(province("BO")).await, [1]);
    let kind = IssueFilter { authority_kind: Some("questura".parse().unwrap()), ..all() };
    assert_eq!(found(kind).await, [1]);
    let body = IssueFilter { body: Some(code("c_f257")), ..all() };
    assert_eq!(found(body).await, [2]);
    let none = IssueFilter { theme: Some("health".parse().unwrap()), ..all() };
    assert_eq!(found(none).await, [0_u128; 0]);
}

#[tokio::test]
async fn words_find_a_case_only_for_those_who_may_see_it() {
    let world = World::new();
    let views = world.open();
    let mut hidden = report("c_f257", "Codice fiscale provvisorio");
    hidden["visibility"] = json!("restricted");
    world.record::<Issue>(&uuid(1).to_string(), "issue-reported.v1", hidden).await;
    world
        .record::<Issue>(
            &uuid(2).to_string(),
            "issue-reported.v1",
            report("c_a944", "Tessera sanitaria"),
        )
        .await;
    let head = world.store.head().await.unwrap();
    world.shown(&views).await;
    views.wait_for_search(head, Duration::from_secs(20)).await.unwrap();
    let today = day("2026-06-01");
    let query = |q: &str| IssueFilter { q: Some(q.into()), ..all() };
    let member = Scope::Member { body: code("c_a944"), network: code("anci_er") };
    let found = views.list_issues(&member, &query("tessere sanitarie"), today).await.unwrap();
    assert_eq!(found.items.len(), 1);
    let found = views.list_issues(&member, &query("codice fiscale"), today).await.unwrap();
    assert_eq!(found.items, []);
    assert_eq!(
        views.issue_facets(&member, &query("codice fiscale"), today).await.unwrap().total,
        0
    );
    let found = views.list_issues(&Scope::Everything, &query("codice fiscale"), today).await;
    assert_eq!(found.unwrap().items[0].title, "Codice fiscale provvisorio");
    let found = views.list_issues(&Scope::Everything, &query("S-2026/2"), today).await.unwrap();
    assert_eq!(found.items[0].title, "Tessera sanitaria");
}

#[tokio::test]
async fn a_note_is_shown_to_those_it_is_for() {
    let world = World::new();
    let views = world.open();
    happen(&world, 0, 0).await;
    for audience in ["internal", "participants", "network"] {
        let data = json!({"audience": audience, "text": audience});
        world.record::<Issue>(&issue(0), "note-added.v1", data).await;
    }
    world.shown(&views).await;
    let id = issue(0).parse().unwrap();
    for (role, body, heard) in [
        (Role::Staff, "anci_er", 3),
        (Role::Auditor, "audit", 3),
        (Role::Municipality, "c_a944", 2),
        (Role::Municipality, "c_h223", 1),
    ] {
        let reader = actor(role, body);
        let shown = views.show_issue(Some(&reader), id, day("2026-06-01")).await.unwrap().unwrap();
        assert_eq!(shown.notes.len(), heard, "{role:?}");
        let told = views.history(Some(&reader), Kind::Issue, id).await.unwrap().unwrap();
        let notes = told.iter().filter(|event| event.stored_type == "note-added.v1").count();
        assert_eq!(notes, heard, "{role:?}");
    }
    assert_eq!(views.show_issue(None, id, day("2026-06-01")).await.unwrap(), None);
    assert_eq!(views.history(None, Kind::Issue, id).await.unwrap(), None);
}

#[tokio::test]
async fn the_history_says_what_happened_in_italian() {
    let world = World::new();
    let views = world.open();
    happen(&world, 1, 0).await;
    world.shown(&views).await;
    let auditor = actor(Role::Auditor, "audit");
    let id = issue(0).parse().unwrap();
    let told = views.history(Some(&auditor), Kind::Issue, id).await.unwrap().unwrap();
    let told: Vec<_> = told.into_iter().map(|event| event.sentence_it).collect();
    assert_eq!(
        told,
        [
            "Comune di Bologna: segnalazione presentata.",
            "Ufficio immigrazione (BO): interpretazione registrata."
        ]
    );
}

#[tokio::test]
async fn the_public_reads_the_abstract_and_nothing_else() {
    let world = World::new();
    let views = world.open();
    happen(&world, 0, 1).await;
    happen(&world, 6, 0).await;
    world.shown(&views).await;
    let list = views.list_published_issues(&all(), day("2026-06-01")).await.unwrap();
    assert_eq!(list.items.len(), 1);
    assert_eq!(list.items[0].summary, "Sintesi.");
    assert_eq!(list.items[0].reported_by, "un ente della provincia di BO");
    let text = serde_json::to_string(&list).unwrap();
    assert!(!text.contains("Titolo") && !text.contains("c_a944"), "{text}");
}

#[tokio::test]
async fn small_cells_are_hidden_from_the_public() {
    let world = World::new();
    let views = world.open();
    happen(&world, 18, 0).await;
    world.shown(&views).await;
    let public = views.statistics(&Scope::Nothing, day("2026-06-01")).unwrap();
    assert_eq!((public.issues, public.adoption_percent), (None, None));
    let staff = views.statistics(&Scope::Everything, day("2026-06-01")).unwrap();
    assert_eq!((staff.issues, staff.adoption_percent), (Some(2), Some(100)));
}
