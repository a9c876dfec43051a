//! Given, when, then: what is news to whom, and what a digest tells.

use serde_json::{Value, json};
use uuid::Uuid;

use super::digest::{Line, MOST, STALE_DAYS, digest, is_fresh, text};
use super::news::{Happening, of_issue, of_question, of_solution, to_verify};
use crate::domain::issue::{Issue, IssueEvent, IssueReported, IssueTriaged};
use crate::domain::notice::{News, NewsKind, NoticeEvent, NoticesState, NoticesStopped};
use crate::domain::question::{
    AdhesionGiven, Question, QuestionDrafted, QuestionEvent, TextRevised,
};
use crate::domain::shared::{AnswerLinked, IssueAttached};
use crate::domain::solution::{
    Solution, SolutionAdopted, SolutionDeclined, SolutionEvent, SolutionProposed, SolutionValidated,
};
use crate::domain::testing::{code, data, day, given, nth};
use crate::domain::values::{BodyId, Ref, RefKind};
use crate::domain::{Decider, Recorded};

/// The thing that the news is about.
const SELF: Uuid = Uuid::from_u128(0x00C0_FFEE);
const ISSUE: Uuid = Uuid::from_u128(0x155);
const OTHER: Uuid = Uuid::from_u128(0x156);
const ANSWER: Uuid = Uuid::from_u128(0xA17);
const POINT: Uuid = Uuid::from_u128(0xB01);

/// The last event of a history, with the thing before and after it.
struct Last<D: Decider> {
    before: D::State,
    fact: Recorded<D::Event>,
    after: D::State,
}

fn last<D: Decider>(history: impl IntoIterator<Item = D::Event>) -> Last<D> {
    let history: Vec<_> = history.into_iter().collect();
    let (event, earlier) = history.split_last().unwrap();
    let before = given::<D>(earlier.to_vec()).state();
    let fact = Recorded {
        id: nth(earlier.len() as u128),
        occurred_on: day("2024-12-31"),
        recorded_at: jiff::Timestamp::UNIX_EPOCH,
        body: Some(code("anci_er")),
        event: event.clone(),
    };
    let mut after = before.clone();
    D::evolve(&mut after, &fact);
    Last { before, fact, after }
}

fn reported() -> IssueEvent {
    data::<IssueReported>(json!({
        "coordinator": "anci_er", "body": "c_a944", "title": "Ricevuta", "description": "Due usi.",
        "theme": "residence", "norms": [], "positions": [], "urgency": "medium",
        "visibility": "network",
    }))
    .into()
}

fn triaged(scope: &str) -> IssueEvent {
    data::<IssueTriaged>(json!({"scope": scope})).into()
}

fn answered(result: &str) -> IssueEvent {
    data::<AnswerLinked>(json!({"answer": ANSWER, "result": result})).into()
}

fn issue(history: impl IntoIterator<Item = IssueEvent>) -> Vec<(NewsKind, Ref)> {
    let Last { before, fact, .. } = last::<Issue>(history);
    kinds(&of_issue(SELF, &before, &fact))
}

fn kinds(news: &[Happening]) -> Vec<(NewsKind, Ref)> {
    news.iter().map(|one| (one.kind, one.about.clone())).collect()
}

fn about(kind: NewsKind, thing: RefKind, id: Uuid) -> (NewsKind, Ref) {
    (kind, Ref::to(thing, id))
}

#[test]
fn a_report_is_taken_up_once() {
    let taken = || about(NewsKind::TakenUp, RefKind::Issue, SELF);
    assert!(issue([reported()]).is_empty());
    assert_eq!(issue([reported(), triaged("in_scope")]), [taken()]);
    assert!(issue([reported(), triaged("in_scope"), triaged("in_scope")]).is_empty());
    assert!(issue([reported(), triaged("out_of_scope")]).is_empty());
    assert_eq!(issue([reported(), triaged("out_of_scope"), triaged("in_scope")]), [taken()]);
}

#[test]
fn an_answer_is_news_once_and_when_it_goes_into_the_matter() {
    let told = || about(NewsKind::Answered, RefKind::Issue, SELF);
    assert_eq!(issue([reported(), answered("settled")]), [told()]);
    assert_eq!(issue([reported(), answered("partly")]), [told()]);
    assert!(issue([reported(), answered("no_merit")]).is_empty());
    assert!(issue([reported(), answered("not_competent")]).is_empty());
    assert!(issue([reported(), answered("settled"), answered("settled")]).is_empty());
}

fn drafted(issues: &[Uuid]) -> QuestionEvent {
    data::<QuestionDrafted>(json!({
        "coordinator": "anci_er", "subject": "Ricevuta",
        "addressees": [{"addressee_id": nth(70), "addressee": "interno_ps"}],
        "background": "Due usi.", "norms": [], "silence_effect": "none",
        "points": [{"point_id": POINT, "text": "Se basti.", "issues": issues}],
    }))
    .into()
}

fn attached(issue: Uuid) -> QuestionEvent {
    data::<IssueAttached>(json!({"issue": issue})).into()
}

fn linked(result: &str) -> QuestionEvent {
    let points = json!([{"point_id": POINT, "result": result}]);
    data::<AnswerLinked>(json!({"answer": ANSWER, "points": points})).into()
}

fn question(history: impl IntoIterator<Item = QuestionEvent>) -> Vec<Happening> {
    let Last { before, fact, after } = last::<Question>(history);
    of_question(SELF, &before, &fact, &after)
}

#[test]
fn an_issue_joins_a_question_once_by_whichever_way() {
    let joined = |id| about(NewsKind::Joined, RefKind::Issue, id);
    assert_eq!(kinds(&question([drafted(&[ISSUE])])), [joined(ISSUE)]);
    assert_eq!(kinds(&question([drafted(&[ISSUE]), attached(OTHER)])), [joined(OTHER)]);
    let text = json!({"text_version": 2, "kind": "editorial", "reason": "Forma.",
        "points": [{"point_id": POINT, "text": "Se basti.", "issues": [ISSUE, OTHER]}]});
    let revised = data::<TextRevised>(text).into();
    assert_eq!(kinds(&question([drafted(&[ISSUE]), revised])), [joined(OTHER)]);
}

#[test]
fn an_answer_reaches_the_issues_of_its_points_and_the_bodies_that_adhered() {
    let adhesion = json!({"body": "unione_reno", "speaks_for": ["c_a558"], "signatory_role": "x",
        "text_version": 1, "kind": "before_dispatch"});
    let adhered: QuestionEvent = data::<AdhesionGiven>(adhesion).into();
    let history = [drafted(&[ISSUE]), attached(OTHER), adhered];
    let settled = question(history.clone().into_iter().chain([linked("settled")]));
    let of_issue = about(NewsKind::Answered, RefKind::Issue, ISSUE);
    let of_question = about(NewsKind::Answered, RefKind::Question, SELF);
    assert_eq!(kinds(&settled), [of_issue, of_question]);
    assert_eq!(settled[0].issues, [ISSUE].into());
    let bodies: Vec<_> = settled[1].bodies.iter().map(BodyId::as_str).collect();
    assert_eq!(bodies, ["c_a558", "unione_reno"]);
    // Whoever takes part in the issue is told of that.
    assert_eq!(settled[1].told_of, [ISSUE].into());
    assert!(question(history.clone().into_iter().chain([linked("no_merit")])).is_empty());
    let again = [linked("settled"), linked("settled")];
    assert!(question(history.into_iter().chain(again)).is_empty());
}

fn proposed(issues: &[Uuid]) -> SolutionEvent {
    data::<SolutionProposed>(json!({
        "coordinator": "anci_er", "problem": "Ricevuta.", "text": "Si accetta.",
        "level": "good_practice", "issues": issues, "basis": {"answers": [], "norms": []},
        "parties": [], "territory": {"level": "region", "code": "08"},
    }))
    .into()
}

fn adopted(body: &str) -> SolutionEvent {
    data::<SolutionAdopted>(json!({
        "body": body, "manner": "adopted", "solution_version": 1,
        "act": {"status": "not_yet_adopted"},
    }))
    .into()
}

fn solution(history: impl IntoIterator<Item = SolutionEvent>) -> Vec<Happening> {
    let Last { before, after, .. } = last::<Solution>(history);
    of_solution(SELF, &before, &after, day("2024-12-31"))
}

#[test]
fn a_solution_is_offered_once_it_is_validated_to_those_who_have_not_decided() {
    let validated = || -> SolutionEvent {
        data::<SolutionValidated>(json!({"solution_version": 1, "by": "gruppo"})).into()
    };
    let attach = || -> SolutionEvent { data::<IssueAttached>(json!({"issue": OTHER})).into() };
    let offered = || about(NewsKind::Offered, RefKind::Solution, SELF);
    assert!(solution([proposed(&[ISSUE])]).is_empty());
    assert!(solution([proposed(&[]), validated()]).is_empty());
    assert!(solution([proposed(&[ISSUE]), attach()]).is_empty());
    let first = solution([proposed(&[ISSUE]), validated()]);
    assert_eq!(kinds(&first), [offered()]);
    assert_eq!(first[0].issues, [ISSUE].into());
    assert!(solution([proposed(&[ISSUE]), validated(), validated()]).is_empty());
    let declined = json!({"body": "c_g337", "solution_version": 1, "reason": "Altro uso."});
    let declined: SolutionEvent = data::<SolutionDeclined>(declined).into();
    let history = [proposed(&[ISSUE]), validated(), adopted("c_a944"), declined, attach()];
    let more = solution(history);
    assert_eq!(kinds(&more), [offered()]);
    assert_eq!(more[0].issues, [OTHER].into());
    let decided: Vec<_> = more[0].except.iter().map(BodyId::as_str).collect();
    assert_eq!(decided, ["c_a944", "c_g337"]);
}

#[test]
fn what_is_to_be_verified_is_told_to_those_who_apply_it() {
    let on = day("2024-12-31");
    let state = given::<Solution>([proposed(&[ISSUE]), adopted("c_a944")]).state();
    let news = to_verify(SELF, &state, on).unwrap();
    assert_eq!((news.kind, news.bodies), (NewsKind::ToVerify, [code("c_a944")].into()));
    assert_eq!(to_verify(SELF, &given::<Solution>([proposed(&[])]).state(), on), None);
}

fn item(kind: &str, id: u128) -> News {
    data(json!({"kind": kind, "about": {"kind": "issue", "id": nth(id)}}))
}

fn state(history: impl IntoIterator<Item = NoticeEvent>) -> NoticesState {
    given::<crate::domain::notice::Notices>(history).state()
}

#[test]
fn a_digest_tells_each_thing_once_in_the_order_of_its_kinds() {
    let today = day("2026-03-10");
    let news = [item("answered", 1), item("taken_up", 1), item("answered", 1)];
    let digest = digest(&state([]), today, news).unwrap();
    assert_eq!(digest.items, [item("taken_up", 1), item("answered", 1)]);
    assert_eq!((digest.more, digest.unsure_of), (None, None));
}

#[test]
fn without_news_or_wish_there_is_no_digest() {
    let today = day("2026-03-10");
    assert_eq!(digest(&state([]), today, []), None);
    let stopped: NoticesStopped = data(json!({"by": "letter"}));
    assert_eq!(digest(&state([stopped.into()]), today, [item("taken_up", 1)]), None);
}

#[test]
fn a_digest_has_an_end_and_counts_the_rest() {
    let many = (0..MOST as u128 + 3).map(|n| item("taken_up", n));
    let digest = digest(&state([]), day("2026-03-10"), many).unwrap();
    assert_eq!((digest.items.len(), digest.more.unwrap().get()), (MOST, 3));
}

#[test]
fn what_is_older_than_a_fortnight_is_no_news() {
    let today = day("2026-03-31");
    let days_ago =
        |days: i64| today.date().checked_sub(jiff::Span::new().days(days)).unwrap().into();
    assert!(is_fresh(days_ago(STALE_DAYS.into()), today));
    assert!(!is_fresh(days_ago(i64::from(STALE_DAYS) + 1), today));
}

#[test]
fn a_letter_names_things_and_leads_to_them() {
    let line = |kind, thing, reference: &str, theme: Option<&str>| Line {
        kind,
        thing,
        id: "x".into(),
        reference: reference.into(),
        theme: theme.map(str::to_owned),
    };
    let lines = [
        line(NewsKind::TakenUp, RefKind::Issue, "S-2026/0001", Some("Salute")),
        line(NewsKind::Offered, RefKind::Solution, "B-2026/0002", None),
    ];
    let prepared: Value = json!({"day": "2026-03-10", "items": [item("taken_up", 1)], "more": 4,
        "unsure_of": "2026-03-09"});
    let letter = text(&data(prepared), &lines, "https://q.it", "https://q.it/avvisi/t");
    insta::assert_snapshot!(letter, @r"
    Buongiorno,

    ecco le novità che riguardano il suo ente.

    Segnalazioni prese in carico
    - S-2026/0001 (Salute)
      https://q.it/segnalazioni/x

    Soluzioni proposte al suo ente
    - B-2026/0002
      https://q.it/soluzioni/x

    E altre 4 novità: https://q.it/segnalazioni

    Il riepilogo del 9 marzo 2026 potrebbe non essere arrivato, e per sicurezza
    non viene ripetuto. Tutte le segnalazioni: https://q.it/segnalazioni

    I testi si leggono dopo l'accesso. Arriva al massimo un messaggio al giorno, e
    solo se c'è qualcosa di nuovo. Per non riceverne più:
    https://q.it/avvisi/t
    ");
}
