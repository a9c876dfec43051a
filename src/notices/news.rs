//! What is news to whom: from an event, and the thing before and after it.
//!
//! Pure. Nothing is news that only repeats what was so before: a second triage, an issue
//! that was in the question already, an answer linked once more.
//!
//! Deliberately absent: whether somebody may read it. That is asked of the one rule, when a
//! digest is put together.
//!
//! Depends on: `domain`.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::Recorded;
use crate::domain::issue::{IssueEvent, IssueState, Scope};
use crate::domain::notice::NewsKind;
use crate::domain::question::{QuestionEvent, QuestionState};
use crate::domain::shared::{AnswerLinked, PointResult};
use crate::domain::solution::SolutionState;
use crate::domain::values::{BodyId, Day, Ref, RefKind};

/// Something that happened, and whom it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// What it is.
    pub kind: NewsKind,
    /// The thing that one wants to look at.
    pub about: Ref,
    /// It concerns the bodies that take part in these issues,
    pub issues: BTreeSet<Uuid>,
    /// and these bodies,
    pub bodies: BTreeSet<BodyId>,
    /// but not these: they know, or have decided.
    pub except: BTreeSet<BodyId>,
    /// and not those that take part in these issues: they are told of them.
    pub told_of: BTreeSet<Uuid>,
}

impl Happening {
    fn of(kind: NewsKind, about: Ref) -> Self {
        Self {
            kind,
            about,
            issues: BTreeSet::new(),
            bodies: BTreeSet::new(),
            except: BTreeSet::new(),
            told_of: BTreeSet::new(),
        }
    }

    fn to_issue(kind: NewsKind, issue: Uuid) -> Self {
        Self { issues: [issue].into(), ..Self::of(kind, Ref::to(RefKind::Issue, issue)) }
    }
}

/// What an event of an issue is news of.
pub fn of_issue(id: Uuid, before: &IssueState, fact: &Recorded<IssueEvent>) -> Vec<Happening> {
    match &fact.event {
        IssueEvent::Triaged(data)
            if data.scope == Scope::InScope && before.scope != Some(Scope::InScope) =>
        {
            vec![Happening::to_issue(NewsKind::TakenUp, id)]
        }
        IssueEvent::AnswerLinked(data)
            if data.result.is_some_and(says_something)
                && !before.answers.iter().any(|(known, _)| *known == data.answer) =>
        {
            vec![Happening::to_issue(NewsKind::Answered, id)]
        }
        _ => Vec::new(),
    }
}

/// What an event of a question is news of.
pub fn of_question(
    id: Uuid,
    before: &QuestionState,
    fact: &Recorded<QuestionEvent>,
    after: &QuestionState,
) -> Vec<Happening> {
    let joined = after.issues.iter().map(|one| one.issue).filter(|one| !before.has_issue(*one));
    let mut news: Vec<_> =
        joined.map(|issue| Happening::to_issue(NewsKind::Joined, issue)).collect();
    if let QuestionEvent::AnswerLinked(data) = &fact.event
        && !before.answers.iter().any(|link| link.answer == data.answer)
    {
        news.extend(answered(id, after, data));
    }
    news
}

/// An answer to a question: for the issues of the points that it goes into, and for the
/// bodies that adhered.
fn answered(id: Uuid, question: &QuestionState, link: &AnswerLinked) -> Vec<Happening> {
    let goes_into = |point: Uuid| {
        link.points.iter().any(|one| one.point_id == point && says_something(one.result))
    };
    let points = question.current_text().map_or(&[][..], |text| &text.points);
    let points = points.iter().filter(|point| goes_into(point.id));
    let mut any = false;
    let issues: BTreeSet<_> =
        points.inspect(|_| any = true).flat_map(|point| point.issues.iter().copied()).collect();
    if !any {
        return Vec::new();
    }
    let living = question.adhesions.iter().filter(|one| one.withdrawn.is_none());
    let adhered = Happening {
        bodies: living.flat_map(|one| with_members(&one.body, &one.speaks_for)).collect(),
        told_of: issues.clone(),
        ..Happening::of(NewsKind::Answered, Ref::to(RefKind::Question, id))
    };
    let of_issues = issues.iter().map(|one| Happening::to_issue(NewsKind::Answered, *one));
    of_issues.chain([adhered]).collect()
}

/// What a change of a solution is news of, on a day.
pub fn of_solution(
    id: Uuid,
    before: &SolutionState,
    after: &SolutionState,
    on: Day,
) -> Vec<Happening> {
    let issues: BTreeSet<_> = &offered(after) - &offered(before);
    if issues.is_empty() || after.has_ended_by(on) {
        return Vec::new();
    }
    let solution = Happening::of(NewsKind::Offered, Ref::to(RefKind::Solution, id));
    vec![Happening { issues, except: decided(after, on), ..solution }]
}

/// The issues to whose bodies a solution is offered: those it solves, once a version of it
/// was validated. Nobody can adopt it before.
fn offered(state: &SolutionState) -> BTreeSet<Uuid> {
    let validated = state.versions.iter().any(|version| version.validation.is_some());
    let issues = state.issues.iter().map(|one| one.issue);
    issues.filter(|_| validated).collect()
}

/// The bodies that have adopted or declined a solution: nothing is offered to them.
fn decided(state: &SolutionState, on: Day) -> BTreeSet<BodyId> {
    let declined = state.declinations.iter().filter(|one| one.overtaken_by.is_none());
    adopters(state, on).into_iter().chain(declined.map(|one| one.body.clone())).collect()
}

/// A solution that was not to be verified at the last run, and is now.
pub fn to_verify(id: Uuid, state: &SolutionState, on: Day) -> Option<Happening> {
    let bodies = adopters(state, on);
    let news = Happening::of(NewsKind::ToVerify, Ref::to(RefKind::Solution, id));
    (!bodies.is_empty()).then_some(Happening { bodies, ..news })
}

/// The bodies that apply a solution, unions with the members they speak for.
fn adopters(state: &SolutionState, on: Day) -> BTreeSet<BodyId> {
    let holding = state.adoptions.iter().filter(|one| one.holds_on(on));
    holding.flat_map(|one| with_members(&one.body, &one.speaks_for)).collect()
}

fn with_members<'a>(body: &'a BodyId, members: &'a [BodyId]) -> impl Iterator<Item = BodyId> + 'a {
    std::iter::once(body).chain(members).cloned()
}

/// Whether an answer goes into what was asked.
fn says_something(result: PointResult) -> bool {
    match result {
        PointResult::Settled | PointResult::Partly => true,
        PointResult::NoMerit | PointResult::NotCompetent => false,
    }
}
