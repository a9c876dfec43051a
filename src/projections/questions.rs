//! Collective questions (*quesiti collettivi*): rows, status, what they ask of whom.
//!
//! Depends on: `domain::question`.

mod clocks;
mod detail;
mod facets;
mod list;
mod parts;
#[cfg(test)]
mod tests;
mod write;

pub use clocks::{Expectation, ExpectedWhat, TrackStatus};
pub use detail::QuestionDetail;
pub use facets::QuestionFacets;
pub use list::{AddresseeRow, QuestionFilter, QuestionList, QuestionRow, QuestionSort};
pub use parts::{
    AddresseeView, AdhesionView, AdhesionWindowView, ApprovalView, DispatchView, EndingView,
    LinkedAnswerView, PointOutcomeView, PointView, ReminderView, TextPointView, TextVersionView,
};

use std::collections::BTreeSet;

use rusqlite::Transaction;
use uuid::Uuid;

use super::ViewsError;
use super::book::Book;
use super::citations::write_citations;
use super::links::write_links;
use super::things::{self, Kind, write_participants};
use super::touched::Touched;
use crate::domain::answer::Answer;
use crate::domain::issue::Issue;
use crate::domain::question::{Question, QuestionContext, QuestionState};
use crate::domain::values::Day;

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE questions (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        year INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        coordinator TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        drafted_on TEXT NOT NULL,
        text_version INTEGER NOT NULL,
        points INTEGER NOT NULL,
        adhesions INTEGER NOT NULL,
        issues INTEGER NOT NULL,
        dispatched_on TEXT,
        verify_from TEXT,
        -- What is expected next, and its day.
        expected_on TEXT,
        expected TEXT,
        addressees TEXT NOT NULL,
        -- The latest day on which something happened, and the last event: see `past`.
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL
    );
    CREATE INDEX questions_by_id ON questions (id);
    -- What holds from a day on; every question has a first day.
    CREATE TABLE question_steps (
        question INTEGER NOT NULL,
        from_day TEXT NOT NULL,
        status TEXT NOT NULL,
        settled INTEGER NOT NULL,
        PRIMARY KEY (question, from_day)
    ) WITHOUT ROWID;
";

/// What other streams say about a question on a day.
pub(super) fn context(
    tx: &Transaction<'_>,
    book: &mut Book,
    state: &QuestionState,
    on: Day,
) -> Result<QuestionContext, ViewsError> {
    let mut context = QuestionContext::default();
    for link in &state.answers {
        let withdrawn = &book.find::<Answer>(tx, &link.answer)?.state.withdrawn;
        if withdrawn.as_ref().is_some_and(|one| one.from <= on) {
            context.withdrawn_answers.insert(link.answer);
        }
    }
    Ok(context)
}

/// Writes the touched questions, and touches their issues.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.questions {
        let entry = book.find::<Question>(tx, id)?;
        let issues = entry.state.issues.iter().map(|one| ("issue", one.issue));
        let answers = entry.state.answers.iter().map(|one| ("answer", one.answer));
        let links = issues.chain(answers).collect();
        let [digest, ..] = &mut entry.written;
        let linked = write_links(tx, *id, Kind::Question, &links, digest)?;
        let of_issues = linked.into_iter().filter(|(role, _)| role == "issue");
        let of_issues = of_issues.map(|(_, issue)| issue);
        let entry = entry.clone();
        let (Some(ident), Some(draft)) = (entry.ident, &entry.state.draft) else {
            touched.issues.extend(of_issues);
            continue;
        };
        let [_, written, ..] = entry.written;
        let digest = write_citations(tx, &mut book.citations, &ident, &draft.norms, written)?;
        let seen = write::row(tx, book, *id, &ident, &entry)?;
        let [_, cited, _, _, last_seen, _] = &mut book.find::<Question>(tx, id)?.written;
        *cited = digest;
        if *last_seen != seen {
            *last_seen = seen;
            touched.issues.extend(of_issues);
        }
    }
    for id in touched.questions.union(&touched.question_participants) {
        participants(tx, book, id)?;
    }
    Ok(())
}

/// The questions from which something is expected: on which day, holidays decide.
pub(super) fn expecting(tx: &Transaction<'_>) -> Result<Vec<Uuid>, ViewsError> {
    let mut found = tx.prepare("SELECT id FROM questions WHERE expected_on IS NOT NULL")?;
    let rows = found.query_map([], |row| row.get(0).map(Uuid::from_bytes))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those who adhere, and the bodies of its issues.
fn participants(tx: &Transaction<'_>, book: &mut Book, id: &Uuid) -> Result<(), ViewsError> {
    let entry = book.find::<Question>(tx, id)?;
    let Some(ident) = entry.ident else { return Ok(()) };
    let own = entry.state.participants();
    let mut bodies: BTreeSet<String> = own.iter().map(|body| body.as_str().to_owned()).collect();
    let issues: Vec<Uuid> = entry.state.issues.iter().map(|one| one.issue).collect();
    for issue in issues {
        // The state of an issue that a batch has folded is at hand. Any other has not moved
        // since its rows were written, if they were.
        let written = if book.holds((Kind::Issue, issue)) {
            Vec::new()
        } else {
            things::participants(tx, Kind::Issue, issue)?
        };
        if written.is_empty() {
            let state = &book.find::<Issue>(tx, &issue)?.state;
            bodies.extend(state.participants().iter().map(|body| body.as_str().to_owned()));
        }
        bodies.extend(written);
    }
    let [_, _, _, parts, ..] = &mut book.find::<Question>(tx, id)?.written;
    write_participants(tx, &ident, bodies.iter().map(String::as_str).collect(), parts)
}
