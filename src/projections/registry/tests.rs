//! What the view of registry shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::access::People;
use crate::projections::tests::tale::{Story, decree};
use crate::projections::tests::world::day;

#[tokio::test]
async fn bodies_are_listed_by_name_kind_and_membership() {
    let story = Story::begun().await;
    let views = story.shown().await;
    let on = day("2026-01-20");
    let filter = BodyFilter { limit: 50, ..BodyFilter::default() };
    let shown = |list: BodyList| -> Vec<String> {
        list.items.iter().map(|body| body.name.to_string()).collect()
    };
    let all = shown(views.list_bodies(&filter, on).unwrap());
    assert_eq!(all, ["ANCI Emilia-Romagna", "Comune di Bologna", "Comune di Casalecchio"]);
    let members = BodyFilter { member_of: Some("anci_er".parse().unwrap()), ..filter.clone() };
    assert_eq!(shown(views.list_bodies(&members, on).unwrap()).len(), 2);
    let called = BodyFilter { name: Some("CASAL".into()), ..filter };
    assert_eq!(shown(views.list_bodies(&called, on).unwrap()), ["Comune di Casalecchio"]);
}

#[tokio::test]
async fn a_member_that_leaves_is_one_until_its_last_day() {
    let story = Story::begun().await;
    let removed = json!({"member": "c_b880", "until": "2026-06-30"});
    story.world.record::<Body>("anci_er", "member-removed.v1", removed).await;
    let views = story.shown().await;
    let members = BodyFilter {
        member_of: Some("anci_er".parse().unwrap()),
        limit: 50,
        ..BodyFilter::default()
    };
    assert_eq!(views.list_bodies(&members, day("2026-06-30")).unwrap().items.len(), 2);
    assert_eq!(views.list_bodies(&members, day("2026-07-01")).unwrap().items.len(), 1);
    let network = views.show_body(&"anci_er".parse().unwrap()).unwrap().unwrap();
    assert_eq!(network.members.len(), 2);
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn single_entries_are_shown_as_they_stand() {
    let story = Story::begun().await;
    let renamed = json!({"office": "Ufficio immigrazione e asilo"});
    story.world.record::<Authority>("questura-bo", "authority-renamed.v1", renamed).await;
    let views = story.shown().await;
    let office = views.show_authority(&"questura-bo".parse().unwrap()).unwrap().unwrap();
    assert_eq!(office.office.as_str(), "Ufficio immigrazione e asilo");
    assert_eq!(office.offices.len(), 2);
    assert_eq!(views.show_authority(&"questura-xx".parse().unwrap()).unwrap(), None);
    let forms: Vec<String> =
        views.list_forms().unwrap().items.iter().map(|one| one.form.to_string()).collect();
    assert_eq!(forms, ["practice", "nota"]);
    assert_eq!(views.list_themes().unwrap().items.len(), 1);
    assert_eq!(views.list_holidays().unwrap().items[0].name.as_str(), "Epifania");
    let norm = views.show_norm_entry(decree()).unwrap().unwrap();
    assert_eq!(norm.label_it.as_str(), "D.Lgs. 142/2015");
    assert_eq!(views.show_body(&"anci_er".parse().unwrap()).unwrap().unwrap().revision, 0);
}

#[tokio::test]
async fn the_roles_of_a_person_are_kept_without_a_name() {
    let story = Story::begun().await;
    let id = "p-7".parse().unwrap();
    let network = |body: &str| People::Network(body.parse().unwrap());
    let granted = json!({"person": "p-7", "role": "staff", "body": "anci_er", "function": "Mario"});
    story.world.record::<Person>("p-7", "access-granted.v1", granted).await;
    let views = story.shown().await;
    let person = views.show_person(&People::Everybody, &id).unwrap().unwrap();
    assert_eq!(person.access[0].body.as_str(), "anci_er");
    for (people, count) in
        [(People::Everybody, 1), (network("anci_er"), 1), (network("anci_lo"), 0)]
    {
        let listed = views.list_persons(&people, None, 50).unwrap().items.len();
        let shown = views.show_person(&people, &id).unwrap();
        assert_eq!((listed, shown.iter().count()), (count, count), "{people:?}");
    }
    assert!(!views.dump().unwrap().contains("Mario"));
}
