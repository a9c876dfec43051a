//! What the view of feed shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::projections::tests::tale::{CANARY, OPEN, QUESTION, RESTRICTED, Story, member, staff};
use crate::projections::tests::world::{World, uuid};

const HERE: &str = "https://esempio.it/api/v1";

fn all() -> FeedFilter {
    FeedFilter { limit: 1000, ..FeedFilter::default() }
}

#[tokio::test]
async fn the_feed_has_codes_and_links_and_no_text_neither_open_nor_sealed() {
    let story = Story::whole().await;
    let page = story.shown().await.feed(&Scope::Everything, &all(), HERE).await.unwrap();
    let told = serde_json::to_string(&page).unwrap();
    for nowhere in [CANARY, "Titolo aperto", "\"ct\"", "commitment", "key_id"] {
        assert!(!told.contains(nowhere), "{nowhere}");
    }
    let reported = page.items.iter().find(|one| one.kind == "issue-reported.v1").unwrap();
    assert_eq!(reported.subject, format!("issue-{}", uuid(OPEN)));
    assert_eq!(reported.dataschema, "urn:quesito:event:issue-reported.v1");
    assert_eq!(reported.data["body"], json!("c_a944"));
    assert_eq!(reported.data["positions"][0]["authority"], json!("questura-bo"));
    assert_eq!(reported.data.get("title"), None);
    assert_eq!((reported.specversion, reported.source.as_str()), ("1.0", HERE));
}

#[tokio::test]
async fn events_of_what_one_may_not_read_are_passed_over() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let hidden = format!("issue-{}", uuid(RESTRICTED));
    let subjects = |page: &FeedPage| -> Vec<String> {
        page.items.iter().map(|one| one.subject.clone()).collect()
    };
    let seen = views.feed(&member("c_a944"), &all(), HERE).await.unwrap();
    assert!(!subjects(&seen).contains(&hidden));
    assert!(!subjects(&seen).iter().any(|subject| subject.starts_with("communication-")));
    assert!(subjects(&seen).contains(&"body-c_a944".to_owned()));
    let notes = seen.items.iter().filter(|one| one.kind == "note-added.v1").count();
    assert_eq!(notes, 1, "the internal note is not for those who take part");
    let one = FeedFilter { subject: Some(hidden.clone()), ..all() };
    assert_eq!(views.feed(&member("c_a944"), &one, HERE).await.unwrap().items, []);
    assert_eq!(subjects(&views.feed(&staff(), &one, HERE).await.unwrap()), [hidden]);
    // An operator sees the registry and no case.
    let operator = views.feed(&Scope::Nothing, &all(), HERE).await.unwrap();
    assert!(subjects(&operator).iter().all(|subject| !subject.contains(&uuid(OPEN).to_string())));
    assert!(!operator.items.is_empty());
}

#[tokio::test]
async fn the_feed_goes_on_after_a_token_without_gap_or_repeat() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let whole = views.feed(&staff(), &all(), HERE).await.unwrap();
    assert!(!whole.more);
    let (mut filter, mut parts) = (FeedFilter { limit: 4, ..all() }, Vec::new());
    loop {
        let page = views.feed(&staff(), &filter, HERE).await.unwrap();
        filter.after = page.after;
        parts.extend(page.items);
        if !page.more {
            break;
        }
    }
    assert_eq!(parts, whole.items);
    let page = views.feed(&staff(), &filter, HERE).await.unwrap();
    assert_eq!((page.items.len(), page.after), (0, filter.after.clone()));
    let after_fourth = FeedFilter { after: Some(whole.items[3].sequence.clone()), ..all() };
    let rest = views.feed(&staff(), &after_fourth, HERE).await.unwrap();
    assert_eq!(rest.items, whole.items[4..]);
}

#[tokio::test]
async fn the_feed_is_narrowed_by_type_and_subject() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let filter = FeedFilter {
        types: vec!["adhesion-given.v1".into(), "question-dispatched.v1".into()],
        subject: Some(format!("question-{}", uuid(QUESTION))),
        ..all()
    };
    let page = views.feed(&staff(), &filter, HERE).await.unwrap();
    assert_eq!(page.items.len(), 2);
    let filter = FeedFilter { after: Some(page.items[0].sequence.clone()), ..filter };
    assert_eq!(views.feed(&staff(), &filter, HERE).await.unwrap().items, page.items[1..]);
}

#[tokio::test]
async fn a_token_of_another_store_is_refused() {
    let story = Story::begun().await;
    let views = story.shown().await;
    let page = views.feed(&staff(), &all(), HERE).await.unwrap();
    let other = World::new();
    let filter = FeedFilter { after: page.after, ..all() };
    let refused = other.open().feed(&staff(), &filter, HERE).await;
    assert!(matches!(refused, Err(ViewsError::Store(ReadError::ForeignBookmark))));
    let nonsense = FeedFilter { after: Some("AAAA".into()), ..all() };
    assert!(matches!(views.feed(&staff(), &nonsense, HERE).await, Err(ViewsError::Cursor)));
}
