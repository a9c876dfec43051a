//! What is written at the end of a batch, and in which order.
//!
//! ```text
//! registry ─► norms ─► communications ─► answers ─► questions ─► solutions ─► issues
//! ```
//!
//! What stands further right depends on what stands further left, so each step may
//! touch things further down, found through the tables of `links`.
//!
//! Depends on: the views.

use std::collections::BTreeSet;

use rusqlite::Transaction;

use super::book::Book;
use super::links::{citing, linking};
use super::things::Kind;
use super::touched::Touched;
use super::{ViewsError, answers, communications, issues, questions, registry, solutions, things};

/// How many things are written at once where there are many.
const AT_ONCE: usize = 500;

/// Which part of the states is kept between.
const KEPT_PART: usize = 8;

/// Writes the rows that follow from what was touched.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    entries(tx, book, touched)?;
    communications::write(tx, book, touched)?;
    take_part(tx, touched)?;
    answers::write(tx, book, touched)?;
    questions::write(tx, book, touched)?;
    solutions::write(tx, book, touched)?;
    issues::write(tx, book, touched)
}

/// The same for any number of things: some at a time, few of their states in memory.
pub(super) fn write_in_parts(
    tx: &Transaction<'_>,
    book: &mut Book,
    mut touched: Touched,
) -> Result<(), ViewsError> {
    entries(tx, book, &mut touched)?;
    some(tx, book, &mut touched, Kind::Communication, communications::write)?;
    take_part(tx, &mut touched)?;
    some(tx, book, &mut touched, Kind::Answer, answers::write)?;
    some(tx, book, &mut touched, Kind::Question, questions::write)?;
    some(tx, book, &mut touched, Kind::Solution, solutions::write)?;
    some(tx, book, &mut touched, Kind::Issue, issues::write)
}

/// Writes what is touched of a kind, and touches further things.
type Write = fn(&Transaction<'_>, &mut Book, &mut Touched) -> Result<(), ViewsError>;

fn some(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
    kind: Kind,
    write: Write,
) -> Result<(), ViewsError> {
    let mut numbered = Vec::new();
    for id in std::mem::take(touched.of(kind)) {
        numbered.push((things::find(tx, &id.to_string())?.map(|ident| ident.no), id));
    }
    // What belongs together came about one after the other.
    numbered.sort_unstable();
    let mut participants = match kind {
        Kind::Question => std::mem::take(&mut touched.question_participants),
        Kind::Issue | Kind::Answer | Kind::Solution | Kind::Communication => BTreeSet::new(),
    };
    for ids in numbered.chunks(AT_ONCE) {
        let mut part = Touched::default();
        part.of(kind).extend(ids.iter().map(|(_, id)| *id));
        write(tx, book, &mut part)?;
        for further in [Kind::Question, Kind::Solution, Kind::Issue] {
            if further != kind {
                touched.of(further).append(part.of(further));
            }
        }
        participants = &participants - &part.questions;
        book.trim_to(KEPT_PART);
    }
    while !participants.is_empty() {
        let question_participants = participants.iter().take(AT_ONCE).copied().collect();
        participants = &participants - &question_participants;
        write(tx, book, &mut Touched { question_participants, ..Touched::default() })?;
        book.trim_to(KEPT_PART);
    }
    Ok(())
}

/// Entries of the registry, and what rests on them.
fn entries(tx: &Transaction<'_>, book: &mut Book, touched: &mut Touched) -> Result<(), ViewsError> {
    registry::write(tx, book, touched)?;
    for norm in &touched.norms {
        touched.answers.extend(citing(tx, *norm, Kind::Answer)?);
        touched.questions.extend(citing(tx, *norm, Kind::Question)?);
        touched.solutions.extend(citing(tx, *norm, Kind::Solution)?);
    }
    if !touched.calendars.is_empty() {
        touched.questions.extend(questions::expecting(tx)?);
    }
    Ok(())
}

/// The bodies of an issue take part in its questions.
fn take_part(tx: &Transaction<'_>, touched: &mut Touched) -> Result<(), ViewsError> {
    for issue in &touched.issues {
        touched.question_participants.extend(linking(tx, *issue, Kind::Question)?);
    }
    Ok(())
}
