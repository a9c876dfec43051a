//! From the state of an issue, and what other streams say of it, to its rows.
//!
//! Depends on: `domain::issue`.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::super::book::{Book, Entry};
use super::super::citations::write_citations;
use super::super::links::{linking, write_links};
use super::super::solutions::Basis;
use super::super::steps::steps;
use super::super::things::{Ident, Kind, remove_row, write_participants};
use super::super::touched::Touched;
use super::super::{ViewsError, answers, questions, words};
use crate::domain::answer::{Answer, AnswerContext, AnswerState, Validity, validity};
use crate::domain::issue::{
    Issue, IssueContext, IssueLink, IssueState, IssueStatus, PositionFate, QuestionOnIssue, Scope,
    status,
};
use crate::domain::question::{self, Question, QuestionState};
use crate::domain::shared::PointResult;
use crate::domain::solution::{Solution, SolutionState, SolutionValidity};
use crate::domain::values::{BodyId, Day};

/// Writes the touched issues.
pub(in super::super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.issues {
        let entry = book.find::<Issue>(tx, id)?;
        let links = links(&entry.state);
        let [digest, ..] = &mut entry.written;
        write_links(tx, *id, Kind::Issue, &links, digest)?;
        if entry.ident.is_some() && entry.state.report.is_some() {
            write_one(tx, book, *id)?;
        }
    }
    Ok(())
}

fn links(state: &IssueState) -> BTreeSet<(&'static str, Uuid)> {
    let issues = state.links.iter().map(|(other, link)| {
        let role = match link {
            IssueLink::Duplicate => "duplicate",
            IssueLink::Related => "related",
            IssueLink::Consequence => "consequence",
        };
        (role, *other)
    });
    let answers = state.answers.iter().map(|(answer, _)| ("answer", *answer));
    issues.chain(answers).collect()
}

/// What other streams say of an issue.
struct Surroundings {
    questions: Vec<Arc<QuestionState>>,
    /// The answers linked to it or to its questions.
    answers: Vec<(Uuid, Arc<AnswerState>, AnswerContext)>,
    solutions: Vec<(Arc<SolutionState>, Basis)>,
}

impl Surroundings {
    fn read(
        tx: &Transaction<'_>,
        book: &mut Book,
        id: Uuid,
        state: &IssueState,
    ) -> Result<Self, ViewsError> {
        let mut found = Self { questions: Vec::new(), answers: Vec::new(), solutions: Vec::new() };
        let mut answers: BTreeSet<Uuid> = state.answers.iter().map(|(answer, _)| *answer).collect();
        for question in linking(tx, id, Kind::Question)? {
            let question = book.find::<Question>(tx, &question)?.state.clone();
            if question.has_issue(id) {
                let points: BTreeSet<Uuid> =
                    points(&question, id).into_iter().map(|point| point.id).collect();
                let about = question.answers.iter().filter(|link| {
                    link.points.iter().any(|outcome| points.contains(&outcome.point_id))
                });
                answers.extend(about.map(|link| link.answer));
                found.questions.push(question);
            }
        }
        for answer in answers {
            let state = book.find::<Answer>(tx, &answer)?.state.clone();
            let context = answers::context(tx, book, answer, &state)?;
            found.answers.push((answer, state, context));
        }
        for solution in linking(tx, id, Kind::Solution)? {
            let state = book.find::<Solution>(tx, &solution)?.state.clone();
            if state.issues.iter().any(|one| one.issue == id) {
                let basis = Basis::read(tx, book, &state)?;
                found.solutions.push((state, basis));
            }
        }
        Ok(found)
    }

    /// The days on which something may change.
    fn days(&self) -> Vec<Day> {
        let mut days = Vec::new();
        for (_, state, context) in &self.answers {
            days.extend(answers::days(state, context));
        }
        for question in &self.questions {
            // Answers to other points may decide whether the question is answered.
            let withdrawn = question.answers.iter().filter_map(|link| {
                let (_, state, _) = self.answers.iter().find(|(id, ..)| *id == link.answer)?;
                state.withdrawn.as_ref().map(|one| one.from)
            });
            days.extend(withdrawn);
        }
        for (state, basis) in &self.solutions {
            days.extend(basis.days(state));
            let ends = state.adoptions.iter().filter_map(|one| one.ended.as_ref());
            days.extend(ends.filter_map(|end| end.until.date().tomorrow().ok().map(Day::from)));
        }
        days
    }

    fn on(
        &self,
        tx: &Transaction<'_>,
        book: &mut Book,
        id: Uuid,
        state: &IssueState,
        day: Day,
    ) -> Result<OnDay, ViewsError> {
        let mut context = IssueContext::default();
        let mut to_verify = false;
        for (answer, answered, around) in &self.answers {
            let validity = validity(answered, around, day);
            context.conflicting |= validity == Validity::InConflict;
            to_verify |= validity != Validity::Current;
            let direct = state.answers.iter().filter(|(linked, _)| linked == answer);
            if validity != Validity::Withdrawn {
                context.answers.extend(direct.map(|(_, result)| *result));
            }
        }
        for question in &self.questions {
            let around = questions::context(tx, book, question, day)?;
            let standings: Vec<_> = points(question, id)
                .into_iter()
                .map(|point| question.standing(point.id, &around))
                .filter(|standing| !standing.withdrawn)
                .collect();
            context.questions.push(QuestionOnIssue {
                status: question::status(question, &around),
                points_settled: standings.iter().map(|one| one.is_settled()).collect(),
                any_partly: standings.iter().any(|one| one.best == Some(PointResult::Partly)),
            });
        }
        let mut has_valid_solution = false;
        for (solution, basis) in &self.solutions {
            let validity = basis.validity(solution, day);
            let holds = validity <= SolutionValidity::ToVerify;
            has_valid_solution |= validity == SolutionValidity::Current;
            to_verify |= validity == SolutionValidity::ToVerify;
            context.solved |= holds && solution.adoptions.iter().any(|one| one.holds_on(day));
        }
        Ok(OnDay { status: status(state, &context), to_verify, has_valid_solution })
    }
}

/// The points of a question that come from an issue; all of them when none names it.
fn points(question: &QuestionState, issue: Uuid) -> Vec<&crate::domain::question::TextPoint> {
    let named: Vec<_> = question.points_from(issue).collect();
    if named.is_empty() { question.points().collect() } else { named }
}

/// What depends on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OnDay {
    status: IssueStatus,
    to_verify: bool,
    has_valid_solution: bool,
}

fn write_one(tx: &Transaction<'_>, book: &mut Book, id: Uuid) -> Result<(), ViewsError> {
    let entry = book.find::<Issue>(tx, &id)?.clone();
    let around = Surroundings::read(tx, book, id, &entry.state)?;
    let mut failed = None;
    let found = steps(around.days(), |day| {
        around.on(tx, book, id, &entry.state, day).map_err(|why| failed = Some(why)).ok()
    });
    if let Some(why) = failed {
        return Err(why);
    }
    let found: Vec<(Day, OnDay)> =
        found.into_iter().filter_map(|(day, on)| on.map(|on| (day, on))).collect();
    let Some(ident) = entry.ident else { return Ok(()) };
    write_row(tx, id, &ident, &entry, &around, &found)?;
    let norms = entry.state.citations.iter().map(|(_, norm)| norm);
    let [_, written, ..] = entry.written;
    let digest = write_citations(tx, &mut book.citations, &ident, norms, written)?;
    let entry = book.find::<Issue>(tx, &id)?;
    let state = &entry.state;
    let [_, cited, parts, positions, themes, stepped] = &mut entry.written;
    *cited = digest;
    let bodies = state.participants();
    write_participants(tx, &ident, bodies.iter().map(BodyId::as_str).collect(), parts)?;
    write_positions(tx, &ident, state, positions)?;
    write_themes(tx, &ident, state, themes)?;
    write_steps(tx, &ident, &found, stepped)
}

fn write_row(
    tx: &Transaction<'_>,
    id: Uuid,
    ident: &Ident,
    entry: &Entry<IssueState>,
    around: &Surroundings,
    steps: &[(Day, OnDay)],
) -> Result<(), ViewsError> {
    let state = &entry.state;
    let (Some(report), Some((_, first))) = (state.report.as_deref(), steps.first()) else {
        return Ok(());
    };
    let text = |day: Option<Day>| day.map(|day| day.to_string());
    let counted = state.positions.iter().filter(|one| one.fate != PositionFate::Withdrawn).count();
    let milestones = Milestones::of(id, state, around);
    remove_row(tx, ident)?;
    tx.prepare_cached(
        "INSERT INTO issues VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
          ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)",
    )?
    .execute(params![
        ident.no,
        id.as_bytes().as_slice(),
        ident.year,
        ident.rank,
        i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
        entry.headlines.title.unwrap_or(0),
        entry.headlines.summary,
        report.data.coordinator.as_str(),
        report.lead_body.as_str(),
        report.visibility as u8,
        state.published.as_ref().map_or(0, |one| 1 + u8::from(one.show_body)),
        report.data.theme.as_str(),
        words::text(&report.data.urgency),
        words::text(&first.status),
        first.to_verify,
        first.has_valid_solution,
        steps.get(1).map(|(day, _)| day.to_string()),
        report.reported_on.to_string(),
        state.updated_at.as_microsecond(),
        state.people_affected(),
        count(state.bodies_affected()),
        count(counted),
        count(state.current_positions().count()),
        state.is_composed(),
        count(around.questions.len()),
        state.duplicate_of().map(|other| other.as_bytes().to_vec()),
        state.closed.as_ref().map(|closing| words::text(&closing.outcome)),
        text(state.triaged_on),
        text(milestones.confirmed_on),
        text(milestones.questioned_on),
        text(milestones.dispatched_on),
        text(milestones.answered_on),
        text(milestones.solved_on),
        text(state.closed.as_ref().map(|closing| closing.closed_on)),
        entry.extent.occurred_on.to_string(),
        entry.extent.place(),
    ])?;
    Ok(())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The days on which an issue first reached a step.
#[expect(clippy::struct_field_names, reason = "they are called as the columns are")]
struct Milestones {
    confirmed_on: Option<Day>,
    questioned_on: Option<Day>,
    dispatched_on: Option<Day>,
    answered_on: Option<Day>,
    solved_on: Option<Day>,
}

impl Milestones {
    fn of(id: Uuid, state: &IssueState, around: &Surroundings) -> Self {
        let in_scope = state.scope == Some(Scope::InScope);
        let mut seen: Vec<Day> = state
            .positions
            .iter()
            .filter(|one| one.fate != PositionFate::Withdrawn)
            .map(|one| one.observed_on)
            .collect();
        seen.sort_unstable();
        let second = seen.get(1).copied();
        let attached = around.questions.iter().flat_map(|question| {
            question.issues.iter().filter(|one| one.issue == id).map(|one| one.attached_on)
        });
        let dispatched = around
            .questions
            .iter()
            .flat_map(|question| question.dispatches.iter().map(|one| one.dispatched_on));
        let merits =
            |result: PointResult| matches!(result, PointResult::Settled | PointResult::Partly);
        let replied = around.questions.iter().flat_map(|question| {
            let points: BTreeSet<Uuid> =
                points(question, id).into_iter().map(|point| point.id).collect();
            question.answers.iter().filter(move |link| {
                link.points.iter().any(|one| points.contains(&one.point_id) && merits(one.result))
            })
        });
        let direct = state.answers.iter().filter(|(_, result)| merits(*result));
        let received = |answer: &Uuid| {
            let (_, state, _) = around.answers.iter().find(|(id, ..)| id == answer)?;
            state.receipt.as_ref().map(|receipt| receipt.data.received_on)
        };
        let answered = replied
            .map(|link| link.answer)
            .chain(direct.map(|(answer, _)| *answer))
            .filter_map(|answer| received(&answer));
        let adopted = around
            .solutions
            .iter()
            .flat_map(|(solution, _)| solution.adoptions.iter().map(|one| one.adopted_on));
        Self {
            confirmed_on: state
                .triaged_on
                .zip(second)
                .filter(|_| in_scope)
                .map(|(triaged, second)| triaged.max(second)),
            questioned_on: attached.min(),
            dispatched_on: dispatched.min(),
            answered_on: answered.min(),
            solved_on: adopted.min(),
        }
    }
}

fn write_positions(
    tx: &Transaction<'_>,
    ident: &Ident,
    state: &IssueState,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let held = || state.positions.iter().filter(|one| one.fate != PositionFate::Withdrawn);
    let rows: Vec<_> = held()
        .map(|one| {
            let (cause, ended) = match &one.fate {
                PositionFate::Ended { cause, until, .. } => (Some(*cause), Some(*until)),
                PositionFate::Current | PositionFate::Withdrawn => (None, one.data.until),
            };
            let data = &one.data;
            let place = (data.territory.level, &data.territory.code);
            (one.id, &data.authority, place, &data.form, data.known, data.since, ended, cause)
        })
        .collect();
    let digest = words::digest(&(&rows, held().map(|one| one.observed_on).collect::<Vec<_>>()));
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM issue_positions WHERE issue = ?1")?.execute([ident.no])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO issue_positions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for (ord, (row, one)) in rows.iter().zip(held()).enumerate() {
        let (id, authority, (level, code), form, known, since, ended, cause) = row;
        insert.execute(params![
            ident.no,
            count(ord),
            id.as_bytes().as_slice(),
            authority.as_str(),
            words::text(level),
            code.as_str(),
            form.as_str(),
            words::text(known),
            since.map(|day| day.to_string()),
            one.observed_on.to_string(),
            ended.map(|day| day.to_string()),
            cause.as_ref().map(words::text),
        ])?;
    }
    *written = digest;
    Ok(())
}

fn write_themes(
    tx: &Transaction<'_>,
    ident: &Ident,
    state: &IssueState,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let Some(report) = &state.report else { return Ok(()) };
    let (first, others) = (&report.data.theme, &report.data.secondary_themes);
    let updated_at = state.updated_at.as_microsecond();
    let digest = words::digest(&(first, others, updated_at));
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM issue_themes WHERE issue = ?1")?.execute([ident.no])?;
    for theme in std::iter::once(first).chain(others) {
        tx.prepare_cached("INSERT OR IGNORE INTO issue_themes VALUES (?1, ?2, ?3)")?
            .execute(params![ident.no, theme.as_str(), updated_at])?;
    }
    *written = digest;
    Ok(())
}

fn write_steps(
    tx: &Transaction<'_>,
    ident: &Ident,
    steps: &[(Day, OnDay)],
    written: &mut u64,
) -> Result<(), ViewsError> {
    let later = steps.get(1..).unwrap_or_default();
    let rows: Vec<_> = later
        .iter()
        .map(|(day, on)| (*day, on.status, on.to_verify, on.has_valid_solution))
        .collect();
    let digest = words::digest(&rows);
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM issue_steps WHERE issue = ?1")?.execute([ident.no])?;
    for (day, status, to_verify, solution) in rows {
        tx.prepare_cached("INSERT INTO issue_steps VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![ident.no, day.to_string(), words::text(&status), to_verify, solution],
        )?;
    }
    *written = digest;
    Ok(())
}
