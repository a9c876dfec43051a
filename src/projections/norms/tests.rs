//! What the view of norms shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::domain::issue::Issue;
use crate::domain::registry::Norm;
use crate::projections::tests::tale::{CANARY, OPEN, RESTRICTED, Story, decree, member, staff};
use crate::projections::tests::world::{day, uuid};

fn all() -> NormFilter {
    NormFilter { limit: 50, ..NormFilter::default() }
}

#[tokio::test]
async fn a_norm_counts_only_what_the_reader_may_read() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let row = |scope: &Scope| views.list_norms(scope, &all()).unwrap().items.remove(0);
    let found = row(&staff());
    assert_eq!(found.label, "D.Lgs. 142/2015");
    assert_eq!((found.issues, found.questions, found.answers, found.solutions), (2, 1, 1, 1));
    assert_eq!(row(&member("c_a944")).issues, 1);
    assert_eq!(row(&Scope::Nothing).issues, 0);
}

#[tokio::test]
async fn a_norm_cited_only_where_one_may_not_read_is_not_there() {
    let story = Story::begun().await;
    let norm = json!({"kind": "nir", "urn": "urn:nir:stato:legge:2017-04-07;47~art13-com2",
                      "text_in_force_on": "2026-01-01"});
    story.on::<Issue>(RESTRICTED, "norm-cited.v1", json!({"norm": norm})).await;
    let views = story.shown().await;
    let labels = |scope: &Scope| -> Vec<String> {
        views.list_norms(scope, &all()).unwrap().items.into_iter().map(|row| row.label).collect()
    };
    assert_eq!(labels(&member("c_a944")), ["D.Lgs. 142/2015"]);
    assert_eq!(labels(&member("c_b880")), ["D.Lgs. 142/2015", "L. 7 aprile 2017, n. 47"]);
    let law = crate::domain::norm::norm_id("urn:nir:stato:legge:2017-04-07;47");
    let on = day("2026-01-20");
    assert_eq!(views.show_norm(&member("c_a944"), law, on, None).await.unwrap(), None);
    let page = views.show_norm(&member("c_b880"), law, on, None).await.unwrap().unwrap();
    assert_eq!(page.entry, None);
    let place = &page.places[0];
    assert_eq!((place.article.as_deref(), place.paragraph.as_deref()), (Some("13"), Some("2")));
    assert_eq!(place.issues[0].id, uuid(RESTRICTED));
    assert_eq!(place.positions.len(), 2);
}

#[tokio::test]
async fn the_page_of_a_norm_goes_by_article_and_paragraph() {
    let story = Story::whole().await;
    let by = json!({"kind": "nir", "urn": "urn:nir:stato:legge:2026-02-01;9"});
    for (articles, from) in [(json!(["Art. 5", "19-bis"]), "2026-03-01"), (json!([]), "2026-02-01")]
    {
        let amended = json!({"by": by, "from": from, "articles": articles});
        story.world.record::<Norm>(&decree().to_string(), "norm-amended.v1", amended).await;
    }
    let views = story.shown().await;
    let on = day("2026-01-20");
    let page = views.show_norm(&member("c_a944"), decree(), on, None).await.unwrap().unwrap();
    let places: Vec<_> = page
        .places
        .iter()
        .map(|place| (place.article.as_deref(), place.paragraph.as_deref()))
        .collect();
    assert_eq!(
        places,
        [(None, None), (Some("5"), None), (Some("5"), Some("1")), (Some("19-bis"), None)]
    );
    let [whole, article, paragraph, _] = page.places.as_slice() else { unreachable!() };
    assert_eq!((whole.amendments.len(), article.amendments.len()), (1, 1));
    assert_eq!((article.questions.len(), article.solutions.len()), (1, 1));
    assert_eq!(paragraph.issues.iter().map(|one| one.id).collect::<Vec<_>>(), [uuid(OPEN)]);
    assert_eq!(paragraph.answers.len(), 1);
    let reading = paragraph.positions[0].reading.as_ref().unwrap();
    assert_eq!(reading.clear(), Some("La Questura chiede altro."));
    assert_eq!(page.amendments[0].from, day("2026-02-01"));
    assert!(!serde_json::to_string(&page).unwrap().contains(CANARY));
}

#[tokio::test]
async fn the_page_of_a_norm_may_hold_the_newest_of_each_kind_only() {
    let story = Story::whole().await;
    let views = story.shown().await;
    let page = views.show_norm(&staff(), decree(), day("2026-01-20"), Some(1)).await;
    let page = page.unwrap().unwrap();
    let paragraph = page.places.iter().find(|place| place.paragraph.is_some()).unwrap();
    let shown: Vec<_> = paragraph.issues.iter().map(|one| one.id).collect();
    assert_eq!((shown, paragraph.positions.len()), (vec![uuid(RESTRICTED)], 1));
    let there = PlaceCounts { issues: 2, positions: 4, answers: 1, ..PlaceCounts::default() };
    assert_eq!(paragraph.in_all, there);
}

#[test]
fn an_act_is_cited_as_a_whole_without_its_places() {
    assert_eq!(
        act_label("D.Lgs. 18 agosto 2015, n. 142, art. 5, c. 1"),
        "D.Lgs. 18 agosto 2015, n. 142"
    );
    assert_eq!(act_label("CELEX 32011L0095, art. 4"), "CELEX 32011L0095");
    assert_eq!(act_label("Cost., art. 3"), "Cost.");
}
