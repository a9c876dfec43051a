//! What follows from other streams.

use serde_json::json;

use super::story::{answer, happen, issue, question};
use super::world::{World, day};
use crate::access::Scope;
use crate::domain::answer::Answer;
use crate::domain::issue::IssueStatus;
use crate::projections::Views;
use crate::projections::issues::{IssueFilter, IssueRow};

async fn first(views: &Views, on: &str) -> IssueRow {
    let filter = IssueFilter { limit: 50, ..IssueFilter::default() };
    let list = views.list_issues(&Scope::Everything, &filter, day(on)).await.unwrap();
    list.items.into_iter().find(|row| row.id.to_string() == issue(0)).unwrap()
}

#[tokio::test]
async fn an_answer_withdrawn_from_a_day_counts_until_then() {
    let world = World::new();
    let views = world.open();
    happen(&world, 7, 0).await;
    world.shown(&views).await;
    assert_eq!(first(&views, "2026-02-28").await.status, IssueStatus::PartlyAnswered);
    happen(&world, 13, 0).await;
    world.shown(&views).await;
    assert_eq!(first(&views, "2026-02-28").await.status, IssueStatus::PartlyAnswered);
    let after = first(&views, "2026-03-01").await;
    assert_eq!(after.status, IssueStatus::InQuestion);
    assert!(after.to_verify);
}

#[tokio::test]
async fn a_norm_amended_makes_what_cites_it_to_verify_from_that_day() {
    let world = World::new();
    let views = world.open();
    happen(&world, 7, 0).await;
    happen(&world, 20, 0).await;
    world.shown(&views).await;
    assert!(!first(&views, "2026-01-31").await.to_verify);
    let after = first(&views, "2026-02-01").await;
    assert!(after.to_verify);
    assert!(!after.has_valid_solution);
}

#[tokio::test]
async fn a_conflict_is_seen_from_both_answers() {
    let world = World::new();
    let views = world.open();
    happen(&world, 7, 0).await;
    // Declared by the other one.
    let data = json!({"with": answer(0), "reason": "Dice il contrario."});
    world.record::<Answer>(&answer(1), "conflict-declared.v1", data).await;
    world.shown(&views).await;
    assert_eq!(first(&views, "2026-06-01").await.status, IssueStatus::ConflictingAnswers);
}

#[tokio::test]
async fn an_issue_detached_is_no_longer_in_question() {
    let world = World::new();
    let views = world.open();
    happen(&world, 0, 0).await;
    world.shown(&views).await;
    let row = first(&views, "2026-06-01").await;
    assert_eq!((row.status, row.questions), (IssueStatus::InQuestion, 1));
    let detached = json!({"issue": issue(0), "reason": "Altra materia."});
    world
        .record::<crate::domain::question::Question>(&question(0), "issue-detached.v1", detached)
        .await;
    world.shown(&views).await;
    let row = first(&views, "2026-06-01").await;
    assert_eq!((row.status, row.questions), (IssueStatus::Confirmed, 0));
}
