//! Answers (*riscontri*): rows, validity, what they cite.
//!
//! Depends on: `domain::answer`.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use uuid::Uuid;

mod detail;
mod list;
#[cfg(test)]
mod tests;

pub use detail::{
    AnswerDetail, AssessmentView, ConfirmationView, ConflictView, ReviewView, SettlementView,
    SupersessionView, WithdrawalView,
};
pub use list::{AnswerFilter, AnswerList, AnswerRow, AnswerSort};

use super::ViewsError;
use super::book::{Book, Entry};
use super::citations::write_citations;
use super::links::{linking, write_links};
use super::lists::to_json;
use super::steps::first_day;
use super::things::{Kind, remove_row};
use super::touched::Touched;
use super::words;
use crate::domain::answer::{
    Answer, AnswerContext, AnswerState, Change, Review, Validity, validity,
};
use crate::domain::registry::Norm;
use crate::domain::values::Day;

/// The tables. A validity is as good as its first day has come: the query compares
/// `…_from` with its day, the worst first.
pub(super) const TABLES: &str = "
    CREATE TABLE answers (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        year INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        coordinator TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        form TEXT NOT NULL,
        document_date TEXT NOT NULL,
        received_on TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        verify_from TEXT,
        conflict_from TEXT,
        superseded_from TEXT,
        withdrawn_from TEXT,
        origin TEXT NOT NULL,
        authors TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        assessment TEXT,
        -- The earliest day by which an open review is due.
        review_due TEXT,
        -- The latest day on which something happened, and the last event: see `past`.
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL
    );
    CREATE INDEX answers_by_id ON answers (id);
";

/// What other streams say about an answer.
pub(super) fn context(
    tx: &Transaction<'_>,
    book: &mut Book,
    id: Uuid,
    state: &AnswerState,
) -> Result<AnswerContext, ViewsError> {
    let mut context = AnswerContext::default();
    let norms = state.receipt.iter().flat_map(|receipt| &receipt.data.norms);
    for norm in norms {
        context.norm_changes.extend(norm_changes(tx, book, norm)?);
    }
    for other in linking(tx, id, Kind::Answer)? {
        let declared = &book.find::<Answer>(tx, &other)?.state.conflicts;
        let with_this = declared.iter().filter(|conflict| conflict.with == id);
        context.conflicts.extend(with_this.map(|one| one.seen_from_the_other(other)));
    }
    Ok(context)
}

/// The amendments after the text that a citation read.
pub(super) fn norm_changes(
    tx: &Transaction<'_>,
    book: &mut Book,
    norm: &crate::domain::norm::NormRef,
) -> Result<Vec<Change>, ViewsError> {
    let citation = book.citations.read(norm);
    let (Some(id), Some(read)) = (citation.act, norm.text_in_force_on()) else {
        return Ok(Vec::new());
    };
    let state = &book.find::<Norm>(tx, &id)?.state;
    if state.amendments.is_empty() {
        return Ok(Vec::new());
    }
    let amended = state.amended_since(citation.cited.article.as_deref(), read);
    Ok(amended.map(|one| Change { from: one.from, recorded_at: one.recorded_at }).collect())
}

/// The days on which the validity of an answer may change.
pub(super) fn days(state: &AnswerState, context: &AnswerContext) -> Vec<Day> {
    let withdrawn = state.withdrawn.iter().map(|one| one.from);
    let superseded = state.superseded.iter().map(|one| one.from);
    let amended = context.norm_changes.iter().map(|one| one.from);
    withdrawn.chain(superseded).chain(amended).collect()
}

/// Writes the touched answers, and touches what rests on them.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    // Links first, since a conflict is declared in one stream and seen from two.
    let mut others = BTreeSet::new();
    for id in &touched.answers {
        let entry = book.find::<Answer>(tx, id)?;
        let links = entry.state.conflicts.iter().map(|one| ("conflict", one.with)).collect();
        let [digest, ..] = &mut entry.written;
        let linked = write_links(tx, *id, Kind::Answer, &links, digest)?;
        others.extend(linked.into_iter().map(|(_, other)| other));
    }
    touched.answers.append(&mut others);
    for id in &touched.answers {
        let entry = book.find::<Answer>(tx, id)?.clone();
        let context = context(tx, book, *id, &entry.state)?;
        write_row(tx, *id, &entry, &context)?;
        if let (Some(ident), Some(receipt)) = (entry.ident, &entry.state.receipt) {
            let [_, written, ..] = entry.written;
            let norms = &receipt.data.norms;
            let digest = write_citations(tx, &mut book.citations, &ident, norms, written)?;
            let [_, cited, ..] = &mut book.find::<Answer>(tx, id)?.written;
            *cited = digest;
        }
        touched.questions.extend(linking(tx, *id, Kind::Question)?);
        touched.solutions.extend(linking(tx, *id, Kind::Solution)?);
        touched.issues.extend(linking(tx, *id, Kind::Issue)?);
    }
    Ok(())
}

fn write_row(
    tx: &Transaction<'_>,
    id: Uuid,
    entry: &Entry<AnswerState>,
    context: &AnswerContext,
) -> Result<(), ViewsError> {
    let (Some(ident), Some(receipt)) = (entry.ident, entry.state.receipt.as_deref()) else {
        return Ok(());
    };
    let state = &entry.state;
    let from = |least: Validity| {
        first_day(days(state, context), |day| validity(state, context, day) >= least)
            .map(|day| day.to_string())
    };
    remove_row(tx, &ident)?;
    tx.prepare_cached(
        "INSERT INTO answers VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
          ?19, ?20, ?21, ?22, ?23)",
    )?
    .execute(params![
        ident.no,
        id.as_bytes().as_slice(),
        ident.year,
        ident.rank,
        i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
        entry.headlines.title.unwrap_or(0),
        receipt.data.coordinator.as_str(),
        receipt.visibility as u8,
        receipt.data.form.as_str(),
        receipt.data.document_date.to_string(),
        receipt.data.received_on.to_string(),
        state.updated_at.as_microsecond(),
        from(Validity::ToVerify),
        from(Validity::InConflict),
        from(Validity::Superseded),
        from(Validity::Withdrawn),
        words::text(&receipt.data.origin),
        to_json(&receipt.data.authors),
        receipt.recorded_at.as_microsecond(),
        state.assessed.as_ref().map(|one| words::text(&one.assessment)),
        reviews_due(&state.reviews),
        entry.extent.occurred_on.to_string(),
        entry.extent.place(),
    ])?;
    Ok(())
}

/// The earliest day by which an open review is due.
pub(super) fn reviews_due(reviews: &[Review]) -> Option<String> {
    let open = reviews.iter().filter(|review| review.is_open());
    open.map(|review| review.due).min().map(|due| due.to_string())
}
