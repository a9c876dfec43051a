//! What the view of divergences shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::domain::issue::Issue;
use crate::domain::values::PublicName;
use crate::projections::tests::tale::{CANARY, OPEN, RESTRICTED, Story, decree, member, staff};
use crate::projections::tests::world::{day, uuid};

fn all() -> DivergenceFilter {
    DivergenceFilter { limit: 50, ..DivergenceFilter::default() }
}

async fn rows(story: &Story, scope: &Scope, filter: &DivergenceFilter) -> Vec<DivergenceRow> {
    let views = story.shown().await;
    views.list_divergences(scope, filter, day("2026-01-20")).await.unwrap().items
}

#[tokio::test]
async fn the_matrix_says_who_reads_a_place_how_since_when_and_in_which_form() {
    let story = Story::begun().await;
    let rows = rows(&story, &member("c_a944"), &all()).await;
    let [row] = rows.as_slice() else { unreachable!() };
    assert_eq!((row.norm_id, row.label.as_str()), (decree(), "D.Lgs. 142/2015"));
    assert_eq!((row.article.as_deref(), row.paragraph.as_deref()), (Some("5"), Some("1")));
    assert!(row.opposed);
    let [bologna, parma] = row.readings.as_slice() else { unreachable!() };
    assert_eq!(bologna.authority.as_str(), "questura-bo");
    assert_eq!(parma.province.as_ref().map(ProvinceCode::as_str), Some("PR"));
    assert_eq!(parma.office.as_ref().map(PublicName::as_str), Some("Ufficio questura-pr"));
    assert_eq!((parma.form.as_str(), parma.since), ("practice", Some(day("2025-09-01"))));
    let words = parma.reading.as_ref().unwrap();
    assert_eq!(words.clear(), Some("La Questura chiede altro."));
    assert_eq!(parma.issue, uuid(OPEN));
}

#[tokio::test]
async fn readings_of_issues_that_one_may_not_read_are_not_in_the_matrix() {
    let story = Story::begun().await;
    let seen = rows(&story, &member("c_a944"), &all()).await;
    assert!(!serde_json::to_string(&seen).unwrap().contains(CANARY));
    assert_eq!(seen[0].readings.len(), 2);
    assert_eq!(rows(&story, &staff(), &all()).await[0].readings.len(), 4);
    assert_eq!(rows(&story, &Scope::Nothing, &all()).await, []);
}

#[tokio::test]
async fn the_matrix_is_narrowed_by_office_province_theme_and_day() {
    let story = Story::begun().await;
    let scope = member("c_a944");
    let parma = DivergenceFilter { province: Some("PR".parse().unwrap()), ..all() };
    assert_eq!(rows(&story, &scope, &parma).await[0].readings.len(), 1);
    let ministry = DivergenceFilter { authority_kind: Some("ministero".parse().unwrap()), ..all() };
    assert_eq!(rows(&story, &scope, &ministry).await, []);
    let theme = DivergenceFilter { theme: Some("altro".parse().unwrap()), ..all() };
    assert_eq!(rows(&story, &scope, &theme).await, []);
    // In July 2025 only Bologna read it so.
    let july = DivergenceFilter { current_on: Some(day("2025-07-01")), ..all() };
    let found = rows(&story, &scope, &july).await;
    assert_eq!((found[0].readings.len(), found[0].opposed), (1, false));
    let opposed = DivergenceFilter { only_opposed: true, ..july };
    assert_eq!(rows(&story, &scope, &opposed).await, []);
}

#[tokio::test]
async fn a_reading_that_ended_shows_until_when_and_opposes_nothing() {
    let story = Story::begun().await;
    let position = rows(&story, &member("c_a944"), &all()).await[0].readings[1].position_id;
    let ended = json!({"position_id": position, "cause": "aligned", "until": "2026-01-05"});
    story.on::<Issue>(OPEN, "position-ended.v1", ended).await;
    let found = rows(&story, &member("c_a944"), &all()).await;
    assert_eq!(found[0].readings[1].until, Some(day("2026-01-05")));
    assert!(!found[0].opposed);
    story.on::<Issue>(RESTRICTED, "issue-withdrawn.v1", json!({"reason": "Risolto."})).await;
    assert_eq!(rows(&story, &staff(), &all()).await[0].readings.len(), 2);
}

#[tokio::test]
async fn of_each_kind_of_authority_no_more_readings_are_opened_than_asked_for() {
    let story = Story::begun().await;
    let whole = rows(&story, &staff(), &all()).await;
    let few = rows(&story, &staff(), &DivergenceFilter { each: Some(1), ..all() }).await;
    for (whole, few) in whole.iter().zip(&few) {
        let kinds = |row: &DivergenceRow| {
            let kinds = row.readings.iter().map(|one| one.authority_kind.clone());
            kinds.collect::<std::collections::HashSet<_>>()
        };
        assert_eq!(kinds(few), kinds(whole));
        assert_eq!(few.readings.len(), kinds(whole).len());
        assert!(few.readings.len() < whole.readings.len());
        assert!(few.readings.iter().all(|one| whole.readings.contains(one)));
    }
    assert!(!few.is_empty());
}
