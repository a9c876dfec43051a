//! What the view of communications shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::access::Scope;
use crate::projections::tests::tale::{CANARY, LETTER, Story, member, staff};
use crate::projections::tests::world::uuid;

fn numbered(number: &str) -> CommunicationFilter {
    CommunicationFilter {
        ipa: Some("anci_er".parse().unwrap()),
        register: Some("SIM".parse().unwrap()),
        number: Some(number.parse().unwrap()),
        limit: 50,
        ..CommunicationFilter::default()
    }
}

#[tokio::test]
async fn a_letter_is_for_staff_and_for_whom_it_was_exchanged_with() {
    let story = Story::whole().await;
    let views = story.shown().await;
    for (scope, found) in [
        (staff(), 1),
        (Scope::Everything, 1),
        (member("c_b880"), 1),
        (member("c_a944"), 0),
        (Scope::Nothing, 0),
    ] {
        let list = views.list_communications(&scope, &numbered("0000042")).await.unwrap();
        assert_eq!(list.items.len(), found, "{scope:?}");
        let one = views.show_communication(&scope, uuid(LETTER)).await.unwrap();
        assert_eq!(one.is_some(), found == 1, "{scope:?}");
    }
}

#[tokio::test]
async fn a_letter_is_found_by_its_registration_until_that_is_annulled() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let detail = views.show_communication(&staff(), uuid(LETTER)).await.unwrap().unwrap();
    assert_eq!(detail.subject.clear(), Some(CANARY));
    let found = views.list_communications(&staff(), &numbered("42")).await.unwrap();
    assert_eq!(found.items, []);
    let annulled = json!({
        "registration_id": detail.registrations[0].registration_id, "reason": "Errata."
    });
    story.on::<Communication>(LETTER, "registration-annulled.v1", annulled).await;
    let views = story.shown().await;
    let found = views.list_communications(&staff(), &numbered("0000042")).await.unwrap();
    assert_eq!(found.items, []);
    let detail = views.show_communication(&staff(), uuid(LETTER)).await.unwrap().unwrap();
    assert!(detail.registrations[0].annulled_on.is_some());
    story.is_what_a_rebuild_gives().await;
}
