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

use rusqlite::Transaction;

use super::book::Book;
use super::links::{citing, linking};
use super::things::Kind;
use super::touched::Touched;
use super::{ViewsError, answers, communications, issues, questions, registry, solutions};

/// Writes the rows that follow from what was touched.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    registry::write(tx, book, touched)?;
    for norm in &touched.norms {
        touched.answers.extend(citing(tx, *norm, Kind::Answer)?);
        touched.questions.extend(citing(tx, *norm, Kind::Question)?);
        touched.solutions.extend(citing(tx, *norm, Kind::Solution)?);
    }
    communications::write(tx, book, touched)?;
    // The bodies of an issue take part in its questions.
    for issue in &touched.issues {
        touched.question_participants.extend(linking(tx, *issue, Kind::Question)?);
    }
    answers::write(tx, book, touched)?;
    questions::write(tx, book, touched)?;
    solutions::write(tx, book, touched)?;
    issues::write(tx, book, touched)
}
