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
use uuid::Uuid;

use super::ahead::in_parts;
use super::book::Book;
use super::citations::citing;
use super::links::linking;
use super::things::Kind;
use super::touched::Touched;
use super::{ViewsError, answers, communications, issues, questions, registry, solutions, things};

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
    let mut participants = match kind {
        Kind::Question => std::mem::take(&mut touched.question_participants),
        Kind::Issue | Kind::Answer | Kind::Solution | Kind::Communication => BTreeSet::new(),
    };
    let ids = in_order(tx, std::mem::take(touched.of(kind)))?;
    in_parts(tx, book, kind, &ids, |book, ids| {
        let mut part = Touched::default();
        part.of(kind).extend(ids);
        write(tx, book, &mut part)?;
        for further in [Kind::Question, Kind::Solution, Kind::Issue] {
            if further != kind {
                touched.of(further).append(part.of(further));
            }
        }
        participants = &participants - &part.questions;
        Ok(())
    })?;
    in_parts(tx, book, kind, &in_order(tx, participants)?, |book, ids| {
        let question_participants = ids.iter().copied().collect();
        write(tx, book, &mut Touched { question_participants, ..Touched::default() })
    })
}

/// Things as they came about: what belongs together did so one after the other.
fn in_order(tx: &Transaction<'_>, ids: BTreeSet<Uuid>) -> Result<Vec<Uuid>, ViewsError> {
    let mut numbered = Vec::with_capacity(ids.len());
    for id in ids {
        numbered.push((things::find(tx, &id.to_string())?.map(|ident| ident.no), id));
    }
    numbered.sort_unstable();
    Ok(numbered.into_iter().map(|(_, id)| id).collect())
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
