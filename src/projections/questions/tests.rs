//! What the view of questions shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::access::Scope;
use crate::domain::question::QuestionStatus;
use crate::domain::registry::{Calendar, Norm};
use crate::projections::tests::tale::{
    ADDRESSEE, ANSWER, CANARY, OPEN, POINT, QUESTION, RESTRICTED, Story, decree, member, staff,
};
use crate::projections::tests::world::{day, uuid};

async fn row(story: &Story, scope: &Scope, on: &str) -> QuestionRow {
    let filter = QuestionFilter { limit: 50, ..QuestionFilter::default() };
    let list = story.shown().await.list_questions(scope, &filter, day(on)).await.unwrap();
    list.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_question_is_listed_with_its_way_its_points_and_what_is_expected() {
    let story = Story::dispatched().await;
    let row = row(&story, &member("c_a944"), "2026-01-12").await;
    assert_eq!(
        (row.reference.as_str(), row.subject.words()),
        ("Q-2026/0001", "Iscrizione anagrafica")
    );
    assert_eq!(row.status, QuestionStatus::Dispatched);
    assert_eq!((row.points, row.points_settled, row.adhesions), (1, 0, 1));
    assert_eq!(row.addressees[0].status, TrackStatus::Waiting);
    let expected = row.expected.unwrap();
    assert_eq!((expected.what, expected.on), (ExpectedWhat::Reply, day("2026-02-10")));
    assert_eq!(
        expected.explanation,
        "30 giorni dall'11 gennaio 2026: la scadenza è martedì 10 febbraio 2026."
    );
}

#[tokio::test]
async fn a_holiday_declared_later_moves_what_is_expected() {
    let story = Story::dispatched().await;
    let holiday = json!({"name": "Festa nuova", "rule": "02-10", "from": "2026-01-01"});
    story.world.record::<Calendar>("it", "holiday-declared.v1", holiday).await;
    let row = row(&story, &staff(), "2026-01-12").await;
    assert_eq!(row.expected.unwrap().on, day("2026-02-11"));
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn questions_are_found_by_an_issue_that_one_may_read_and_by_no_other() {
    let story = Story::dispatched().await;
    let views = story.shown().await;
    for (scope, issue, found) in [
        (member("c_a944"), OPEN, 1),
        (member("c_a944"), RESTRICTED, 0),
        (member("c_b880"), RESTRICTED, 1),
    ] {
        let filter =
            QuestionFilter { issue: Some(uuid(issue)), limit: 50, ..QuestionFilter::default() };
        let list = views.list_questions(&scope, &filter, day("2026-01-12")).await.unwrap();
        assert_eq!(list.items.len(), found, "{scope:?} {issue}");
    }
}

#[tokio::test]
async fn a_question_is_overdue_after_the_day_and_not_on_it() {
    let story = Story::dispatched().await;
    let overdue = QuestionFilter { overdue: Some(true), limit: 50, ..QuestionFilter::default() };
    let views = story.shown().await;
    for (on, found) in [("2026-02-10", 0), ("2026-02-11", 1)] {
        let list = views.list_questions(&staff(), &overdue, day(on)).await.unwrap();
        assert_eq!(list.items.len(), found, "{on}");
    }
}

#[tokio::test]
async fn an_answer_taken_back_from_a_day_reopens_the_point_on_that_day() {
    let story = Story::whole().await;
    assert_eq!(row(&story, &staff(), "2026-01-20").await.status, QuestionStatus::Answered);
    let withdrawn = json!({"by": "ministero", "from": "2026-04-01", "reason": "Ritirata."});
    story.on::<Answer>(ANSWER, "answer-withdrawn.v1", withdrawn).await;
    let before = row(&story, &staff(), "2026-03-31").await;
    assert_eq!((before.status, before.points_settled), (QuestionStatus::Answered, 1));
    let after = row(&story, &staff(), "2026-04-01").await;
    assert_eq!((after.status, after.points_settled), (QuestionStatus::Dispatched, 0));
    assert!(after.to_verify && !before.to_verify);
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn an_amended_norm_makes_an_open_question_to_be_verified() {
    let story = Story::dispatched().await;
    let by = json!({"kind": "nir", "urn": "urn:nir:stato:legge:2026-02-01;9"});
    let amended = json!({"by": by, "from": "2026-03-01", "articles": ["5"]});
    story.world.record::<Norm>(&decree().to_string(), "norm-amended.v1", amended).await;
    assert!(!row(&story, &staff(), "2026-02-28").await.to_verify);
    assert!(row(&story, &staff(), "2026-03-01").await.to_verify);
    story.on::<Question>(QUESTION, "question-closed.v1", json!({})).await;
    assert!(!row(&story, &staff(), "2026-03-01").await.to_verify);
}

#[tokio::test]
async fn a_question_shows_its_texts_its_annex_and_its_clocks() {
    let story = Story::whole().await;
    let on = day("2026-01-20");
    let views = story.shown().await;
    let detail = views.show_question(&staff(), uuid(QUESTION), on).await.unwrap().unwrap();
    let text = &detail.text_versions[0];
    assert_eq!(text.background.clear(), Some("Gli uffici leggono in modo diverso."));
    assert!(text.text_sha256.is_some());
    assert_eq!(detail.points[0].point_id, uuid(POINT));
    assert!(!detail.points[0].open);
    let adhesion = &detail.adhesions[0];
    assert!(adhesion.holds && adhesion.in_annex);
    assert_eq!(detail.addressees[0].addressee_id, uuid(ADDRESSEE));
    assert_eq!(detail.addressees[0].status, TrackStatus::Answered);
    assert_eq!(detail.answers[0].answer.as_ref().unwrap().reference, "R-2026/0001");
    assert_eq!(detail.issues.len(), 2);
    assert_eq!(detail.notes.len(), 2);
}

#[tokio::test]
async fn what_is_not_for_a_reader_is_not_in_the_question_they_read() {
    let story = Story::whole().await;
    let on = day("2026-01-20");
    let views = story.shown().await;
    let seen = views.show_question(&member("c_a944"), uuid(QUESTION), on).await.unwrap().unwrap();
    assert_eq!(seen.issues.iter().map(|issue| issue.id).collect::<Vec<_>>(), [uuid(OPEN)]);
    assert_eq!(seen.text_versions[0].points[0].issues, [uuid(OPEN)]);
    assert_eq!(seen.notes.len(), 1, "the note for those who take part");
    assert!(!serde_json::to_string(&seen).unwrap().contains(CANARY));
    let other = views.show_question(&member("c_z999"), uuid(QUESTION), on).await.unwrap().unwrap();
    assert_eq!(other.notes.len(), 0);
    assert_eq!(views.show_question(&Scope::Nothing, uuid(QUESTION), on).await.unwrap(), None);
}
