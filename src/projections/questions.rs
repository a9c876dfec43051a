//! Collective questions (*quesiti collettivi*): rows, status, what they ask of whom.
//!
//! Depends on: `domain::question`.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::ViewsError;
use super::book::Book;
use super::links::{write_citations, write_links};
use super::things::{Kind, write_participants};
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
        updated_at INTEGER NOT NULL
    );
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
        let [digest, cited, ..] = &mut entry.written;
        let linked = write_links(tx, *id, Kind::Question, &links, digest)?;
        let of_issues = linked.into_iter().filter(|(role, _)| role == "issue");
        touched.issues.extend(of_issues.map(|(_, issue)| issue));
        let (Some(ident), Some(draft)) = (entry.ident, &entry.state.draft) else { continue };
        write_citations(tx, &ident, &draft.norms, cited)?;
        tx.prepare_cached(
            "INSERT OR REPLACE INTO questions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            ident.no,
            id.as_bytes().as_slice(),
            ident.year,
            ident.rank,
            i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
            entry.headlines.title.unwrap_or(0),
            draft.coordinator.as_str(),
            1,
            entry.state.updated_at.as_microsecond(),
        ])?;
    }
    for id in touched.questions.union(&touched.question_participants) {
        participants(tx, book, id)?;
    }
    Ok(())
}

/// Those who adhere, and the bodies of its issues.
fn participants(tx: &Transaction<'_>, book: &mut Book, id: &Uuid) -> Result<(), ViewsError> {
    let entry = book.find::<Question>(tx, id)?;
    let Some(ident) = entry.ident else { return Ok(()) };
    let mut bodies = BTreeSet::new();
    for adhesion in &entry.state.adhesions {
        bodies.insert(adhesion.body.clone());
        bodies.extend(adhesion.speaks_for.iter().cloned());
    }
    let issues: Vec<Uuid> = entry.state.issues.iter().map(|one| one.issue).collect();
    for issue in issues {
        bodies.extend(book.find::<Issue>(tx, &issue)?.state.participants());
    }
    write_participants(tx, &ident, bodies.iter().map(crate::domain::values::BodyId::as_str))
}
