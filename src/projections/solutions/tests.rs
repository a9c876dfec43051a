//! What the view of solutions shows, to whom, and on which day.

use serde_json::json;

use super::*;
use crate::access::Scope;
use crate::domain::solution::{SolutionStatus, SolutionValidity};
use crate::projections::tests::tale::{ANSWER, SOLUTION, Story, member, staff};
use crate::projections::tests::world::{day, uuid};

fn all() -> SolutionFilter {
    SolutionFilter { limit: 50, ..SolutionFilter::default() }
}

async fn row(story: &Story, on: &str) -> SolutionRow {
    let views = story.shown().await;
    let list = views.list_solutions(&member("c_a944"), &all(), day(on)).await.unwrap();
    list.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_union_adopts_for_each_member_it_names() {
    let story = Story::whole().await;
    let row = row(&story, "2026-01-20").await;
    assert_eq!(
        (row.reference.as_str(), row.problem.words()),
        ("B-2026/0001", "Criterio di iscrizione.")
    );
    assert_eq!((row.adopted, row.adapted, row.declined), (2, 0, 0));
    assert_eq!((row.status, row.validity), (SolutionStatus::Adopted, SolutionValidity::Current));
    let by = SolutionFilter { adopted_by: Some("c_b880".parse().unwrap()), ..all() };
    let found = story.views.list_solutions(&staff(), &by, day("2026-01-20")).await.unwrap();
    assert_eq!(found.items.len(), 1);
}

#[tokio::test]
async fn a_solution_is_no_longer_adopted_after_the_last_day_of_the_last_adoption() {
    let story = Story::whole().await;
    story.shown().await;
    let detail =
        story.views.show_solution(&staff(), uuid(SOLUTION), day("2026-01-20")).await.unwrap();
    let adoption = detail.unwrap().adoptions[0].adoption_id;
    let ended = json!({"adoption_id": adoption, "until": "2026-05-31", "reason": "Concluso."});
    story.on::<Solution>(SOLUTION, "adoption-ended.v1", ended).await;
    assert_eq!(row(&story, "2026-05-31").await.status, SolutionStatus::Adopted);
    let after = row(&story, "2026-06-01").await;
    assert_eq!((after.status, after.adopted), (SolutionStatus::Proposed, 0));
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn an_answer_taken_back_makes_the_solution_to_be_verified_on_its_day() {
    let story = Story::whole().await;
    let withdrawn = json!({"by": "ministero", "from": "2026-04-01", "reason": "Ritirata."});
    story.on::<Answer>(ANSWER, "answer-withdrawn.v1", withdrawn).await;
    assert_eq!(row(&story, "2026-03-31").await.validity, SolutionValidity::Current);
    assert_eq!(row(&story, "2026-04-01").await.validity, SolutionValidity::ToVerify);
    let views = story.shown().await;
    let detail = views.show_solution(&staff(), uuid(SOLUTION), day("2026-04-01")).await.unwrap();
    let detail = detail.unwrap();
    assert_eq!(detail.basis_answers[0].validity, crate::domain::answer::Validity::Withdrawn);
    assert_eq!(detail.versions[0].text.clear(), Some("Si iscrive con la ricevuta."));
    story.is_what_a_rebuild_gives().await;
}

#[tokio::test]
async fn the_public_reads_the_abstract_and_nothing_before_it_is_approved() {
    let story = Story::whole().await;
    let on = day("2026-01-20");
    let views = story.shown().await;
    assert_eq!(views.list_published_solutions(&all(), on).await.unwrap().items, []);
    assert_eq!(views.list_solutions(&Scope::Nothing, &all(), on).await.unwrap().items, []);
    let published = json!({"abstract": "Scheda operativa."});
    story.on::<Solution>(SOLUTION, "solution-published.v1", published).await;
    let views = story.shown().await;
    let list = views.list_published_solutions(&all(), on).await.unwrap();
    assert_eq!(list.items[0].summary, "Scheda operativa.");
    assert!(views.show_published_solution(uuid(SOLUTION), on).await.unwrap().is_some());
    let reason = json!({"reason": "Da rivedere."});
    story.on::<Solution>(SOLUTION, "solution-unpublished.v1", reason).await;
    let views = story.shown().await;
    assert_eq!(views.show_published_solution(uuid(SOLUTION), on).await.unwrap(), None);
}

#[tokio::test]
async fn a_revision_without_a_new_problem_keeps_the_old_one() {
    let story = Story::whole().await;
    let revised = json!({"solution_version": 2, "text": "Nuovo testo.", "reason": "Osservazioni."});
    story.on::<Solution>(SOLUTION, "solution-revised.v1", revised).await;
    let row = row(&story, "2026-01-20").await;
    assert_eq!((row.version, row.problem.words()), (2, "Criterio di iscrizione."));
}

#[tokio::test]
async fn a_solution_is_found_by_theme_province_norm_and_issue() {
    let story = Story::whole().await;
    let on = day("2026-01-20");
    let views = story.shown().await;
    let hits = [
        SolutionFilter { theme: Some("residence_registration".parse().unwrap()), ..all() },
        SolutionFilter { province: Some("BO".parse().unwrap()), ..all() },
        SolutionFilter { norm: Some(crate::projections::tests::tale::decree()), ..all() },
        SolutionFilter { issue: Some(uuid(1)), sort: SolutionSort::Adoptions, ..all() },
        SolutionFilter { answer: Some(uuid(ANSWER)), ..all() },
    ];
    for filter in hits {
        let found = views.list_solutions(&staff(), &filter, on).await.unwrap();
        assert_eq!(found.items.len(), 1, "{filter:?}");
    }
    let elsewhere = SolutionFilter { province: Some("PR".parse().unwrap()), ..all() };
    assert_eq!(views.list_solutions(&staff(), &elsewhere, on).await.unwrap().items, []);
}

#[tokio::test]
async fn a_solution_for_a_region_holds_in_each_of_its_provinces() {
    let story = Story::whole().await;
    let proposal = json!({
        "coordinator": "anci_er", "problem": "Problema.", "text": "Soluzione.",
        "level": "good_practice", "issues": [], "basis": {"answers": [], "norms": []},
        "parties": [], "territory": {"level": "region", "code": "08"},
    });
    story.on::<Solution>(0x0508, "solution-proposed.v1", proposal).await;
    let views = story.shown().await;
    for (province, count) in [("BO", 2), ("PR", 1), ("MI", 0)] {
        let filter = SolutionFilter { province: Some(province.parse().unwrap()), ..all() };
        let found = views.list_solutions(&staff(), &filter, day("2026-01-20")).await.unwrap();
        assert_eq!(found.items.len(), count, "{province}");
    }
}
