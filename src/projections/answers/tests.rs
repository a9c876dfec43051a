//! What the view of answers shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::access::Scope;
use crate::domain::registry::Norm;
use crate::domain::values::Day;
use crate::projections::tests::tale::{
    ANSWER, OPEN, QUESTION, SOLUTION, Story, decree, member, staff,
};
use crate::projections::tests::world::{day, uuid};

fn at_most(limit: u32) -> AnswerFilter {
    AnswerFilter { limit, ..AnswerFilter::default() }
}

async fn validity_on(story: &Story, on: Day) -> Validity {
    let list = story.shown().await.list_answers(&staff(), &at_most(50), on).await.unwrap();
    list.items.iter().find(|row| row.id == uuid(ANSWER)).unwrap().validity
}

#[tokio::test]
async fn an_answer_is_listed_with_its_form_its_dates_and_its_authors() {
    let story = Story::whole().await;
    let on = story.world.today();
    let list = story.shown().await.list_answers(&staff(), &at_most(50), on).await.unwrap();
    let row = &list.items[0];
    assert_eq!((row.reference.as_str(), row.form.as_str()), ("R-2026/0001", "nota"));
    assert_eq!((row.document_date, row.received_on), (day("2026-01-08"), day("2026-01-09")));
    assert_eq!((row.authors[0].as_str(), row.text.words()), ("ministero", "Basta la ricevuta."));
    assert_eq!(row.validity, Validity::Current);
}

#[tokio::test]
async fn an_amended_norm_makes_an_answer_to_be_verified_from_its_day_on() {
    let story = Story::whole().await;
    let by = json!({"kind": "nir", "urn": "urn:nir:stato:legge:2026-02-01;9"});
    let amended = json!({"by": by, "from": "2026-03-01", "articles": ["5"]});
    story.world.record::<Norm>(&decree().to_string(), "norm-amended.v1", amended).await;
    assert_eq!(validity_on(&story, day("2026-02-28")).await, Validity::Current);
    assert_eq!(validity_on(&story, day("2026-03-01")).await, Validity::ToVerify);
    let to_verify = AnswerFilter { to_verify: Some(true), ..at_most(50) };
    let found = |on| story.views.list_answers(&Scope::Everything, &to_verify, on);
    assert_eq!(found(day("2026-02-28")).await.unwrap().items.len(), 0);
    assert_eq!(found(day("2026-03-01")).await.unwrap().items.len(), 1);
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn a_conflict_shows_on_both_answers_and_a_supersession_from_its_day() {
    let story = Story::whole().await;
    story.answer(22, "Non basta la ricevuta.").await;
    let conflict = json!({"with": uuid(ANSWER), "reason": "Opposti."});
    story.on::<Answer>(22, "conflict-declared.v1", conflict).await;
    assert_eq!(validity_on(&story, day("2026-01-20")).await, Validity::InConflict);
    let settled = json!({"with": uuid(ANSWER), "reason": "Riletti."});
    story.on::<Answer>(22, "conflict-settled.v1", settled).await;
    assert_eq!(validity_on(&story, day("2026-01-20")).await, Validity::Current);
    let by = json!({"kind": "answer", "id": uuid(22)});
    let superseded = json!({"by": by, "from": "2026-06-01", "reason": "Sostituita."});
    story.on::<Answer>(ANSWER, "answer-superseded.v1", superseded).await;
    assert_eq!(validity_on(&story, day("2026-05-31")).await, Validity::Current);
    assert_eq!(validity_on(&story, day("2026-06-01")).await, Validity::Superseded);
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn an_answer_shows_what_rests_on_it() {
    let story = Story::whole().await;
    let on = story.world.today();
    let views = story.shown().await;
    let detail = views.show_answer(&staff(), uuid(ANSWER), on).await.unwrap().unwrap();
    assert_eq!(detail.text.as_ref().unwrap().clear(), Some("Basta la ricevuta."));
    assert_eq!(detail.questions[0].id, uuid(QUESTION));
    assert_eq!(detail.questions[0].subject.words(), "Iscrizione anagrafica");
    assert_eq!(detail.solutions[0].id, uuid(SOLUTION));
    assert_eq!(detail.issues.len(), 2);
    // Bologna does not see the restricted report of Casalecchio.
    let seen = views.show_answer(&member("c_a944"), uuid(ANSWER), on).await.unwrap().unwrap();
    assert_eq!(seen.issues.iter().map(|issue| issue.id).collect::<Vec<_>>(), [uuid(OPEN)]);
    assert_eq!(views.show_answer(&Scope::Nothing, uuid(ANSWER), on).await.unwrap(), None);
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let story = Story::begun().await;
    for n in 0..7 {
        story.answer(100 + n, "Testo.").await;
    }
    let (on, views) = (story.world.today(), story.shown().await);
    let (mut filter, mut seen) = (at_most(3), Vec::new());
    loop {
        let list = views.list_answers(&staff(), &filter, on).await.unwrap();
        seen.extend(list.items.iter().map(|row| row.id));
        let Some(next) = list.next else { break };
        filter.cursor = Some(next);
    }
    assert_eq!(seen, (0..7).rev().map(|n| uuid(100 + n)).collect::<Vec<_>>());
    filter.sort = AnswerSort::ReceivedOn;
    assert!(matches!(views.list_answers(&staff(), &filter, on).await, Err(ViewsError::Cursor)));
}
