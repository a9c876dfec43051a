//! From the state of a question, and what other streams say of it, to its row.
//!
//! Depends on: `domain::question`, `domain::calendar`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::super::book::{Book, Entry};
use super::super::lists::to_json;
use super::super::steps::{first_day, steps};
use super::super::things::{Ident, remove_row};
use super::super::{ViewsError, answers, words};
use super::clocks::{Expectation, expectations, track_status};
use super::list::AddresseeRow;
use crate::clock::civil_date;
use crate::domain::answer::{Answer, AnswerContext, AnswerState, Change, Validity, validity};
use crate::domain::calendar::{Calendar, Holiday};
use crate::domain::question::{Question, QuestionContext, QuestionState, status};
use crate::domain::registry;
use crate::domain::shared::PointResult;
use crate::domain::values::{Day, RefKind};

/// What other streams say of a question, ready to be asked for any day.
struct Surroundings {
    answers: BTreeMap<Uuid, (Arc<AnswerState>, AnswerContext)>,
    norm_changes: Vec<Change>,
    holidays: Vec<Holiday>,
}

impl Surroundings {
    fn read(
        tx: &Transaction<'_>,
        book: &mut Book,
        state: &QuestionState,
    ) -> Result<Self, ViewsError> {
        let mut answers = BTreeMap::new();
        for link in &state.answers {
            let answer = book.find::<Answer>(tx, &link.answer)?.state.clone();
            let context = answers::context(tx, book, link.answer, &answer)?;
            answers.insert(link.answer, (answer, context));
        }
        let mut norm_changes = Vec::new();
        for norm in state.draft.iter().flat_map(|draft| &draft.norms) {
            norm_changes.extend(answers::norm_changes(tx, book, norm)?);
        }
        let calendar = book.find::<registry::Calendar>(tx, &"it".into())?;
        Ok(Self { answers, norm_changes, holidays: calendar.state.holidays() })
    }

    fn days(&self) -> Vec<Day> {
        let answers = self.answers.values();
        let answers = answers.flat_map(|(state, context)| answers::days(state, context));
        answers.chain(self.norm_changes.iter().map(|change| change.from)).collect()
    }

    fn context(&self, on: Day) -> QuestionContext {
        let withdrawn = self
            .answers
            .iter()
            .filter(|(_, (answer, _))| answer.withdrawn.as_ref().is_some_and(|one| one.from <= on));
        QuestionContext { withdrawn_answers: withdrawn.map(|(id, _)| *id).collect() }
    }

    /// Whether something an open question rests on has changed by a day: a norm after its
    /// text was written, or an answer that nothing linked to it has replaced.
    fn is_to_verify(&self, state: &QuestionState, on: Day) -> bool {
        if state.ended.is_some() {
            return false;
        }
        // The day of a new text stands for the moment it was written: in doubt one looks
        // once more.
        let rewritten = state.texts.iter().skip(1).map(|text| text.revised_on).max();
        let amended = self.norm_changes.iter().any(|change| {
            let recorded: Day = civil_date(change.recorded_at).into();
            change.from <= on && rewritten.is_none_or(|rewritten| rewritten <= recorded)
        });
        amended
            || self.answers.values().any(|(answer, context)| {
                let shaken = validity(answer, context, on) > Validity::ToVerify;
                shaken && !self.is_replaced(answer)
            })
    }

    fn is_replaced(&self, answer: &AnswerState) -> bool {
        answer.superseded.as_ref().is_some_and(|superseded| {
            superseded.by.kind == RefKind::Answer
                && superseded.by.uuid().is_some_and(|by| self.answers.contains_key(&by))
        })
    }
}

/// Writes the row of a question and what holds from which day on. Answers a digest of what
/// the rows of its issues follow from.
pub(super) fn row(
    tx: &Transaction<'_>,
    book: &mut Book,
    id: Uuid,
    ident: &Ident,
    entry: &Entry<QuestionState>,
) -> Result<u64, ViewsError> {
    let Some(draft) = &entry.state.draft else { return Ok(0) };
    let state = &entry.state;
    let around = Surroundings::read(tx, book, state)?;
    let recorded = around.context(Day::LAST);
    let calendar = Calendar::new(&around.holidays);
    let next = expectations(state, &recorded, &calendar).into_iter().next();
    let to_verify = first_day(around.days(), |on| around.is_to_verify(state, on));
    let text = |day: Option<Day>| day.map(|day| day.to_string());
    remove_row(tx, ident)?;
    tx.prepare_cached(
        "INSERT INTO questions VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
          ?20, ?21)",
    )?
    .execute(params![
        ident.no,
        id.as_bytes().as_slice(),
        ident.year,
        ident.rank,
        i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
        entry.headlines.title.unwrap_or(0),
        draft.coordinator.as_str(),
        // A question is put for the whole network.
        1,
        state.updated_at.as_microsecond(),
        draft.drafted_on.to_string(),
        state.current_text().map_or(0, |text| text.number.get()),
        count(state.standings(&recorded).count()),
        count(state.bodies_adhering()),
        count(state.issues.len()),
        text(state.dispatches.iter().map(|one| one.dispatched_on).min()),
        text(to_verify),
        text(next.as_ref().map(|next| next.on)),
        next.as_ref().map(|next: &Expectation| to_json(next)),
        to_json(&addressees(state, &recorded)),
        entry.extent.occurred_on.to_string(),
        entry.extent.place(),
    ])?;
    write_steps(tx, book, id, ident, entry, &around)?;
    Ok(seen_by_issues(state, &around))
}

/// What the rows of issues follow from. An adhesion or a reminder is not of it, and they are
/// the most of what happens to a question.
fn seen_by_issues(state: &QuestionState, around: &Surroundings) -> u64 {
    let from_day = steps(around.days(), |on| {
        let context = around.context(on);
        let standings: Vec<_> = state
            .points()
            .map(|point| state.standing(point.id, &context))
            .map(|one| (one.withdrawn, one.is_settled(), one.best == Some(PointResult::Partly)))
            .collect();
        let answers = around.answers.values();
        let validity: Vec<_> = answers.map(|(state, others)| validity(state, others, on)).collect();
        (status(state, &context), standings, validity)
    });
    let points: Vec<_> = state.points().map(|point| (point.id, &point.issues)).collect();
    let attached: Vec<_> = state.issues.iter().map(|one| (one.issue, one.attached_on)).collect();
    let dispatched = state.dispatches.iter().map(|one| one.dispatched_on).min();
    let links: Vec<_> = state
        .answers
        .iter()
        .map(|link| {
            let outcomes = link.points.iter().map(|one| (one.point_id, one.result));
            (link.answer, outcomes.collect::<Vec<_>>())
        })
        .collect();
    let receipts = around.answers.values().map(|(answer, _)| answer.receipt.as_ref());
    let received: Vec<_> = receipts.map(|one| one.map(|one| one.data.received_on)).collect();
    words::digest(&(from_day, points, attached, dispatched, links, received))
}

fn addressees(state: &QuestionState, context: &QuestionContext) -> Vec<AddresseeRow> {
    let row = |track| AddresseeRow::of(track, track_status(state, context, track));
    state.tracks.iter().map(row).collect()
}

fn write_steps(
    tx: &Transaction<'_>,
    book: &mut Book,
    id: Uuid,
    ident: &Ident,
    entry: &Entry<QuestionState>,
    around: &Surroundings,
) -> Result<(), ViewsError> {
    let state = &entry.state;
    let found = steps(around.days(), |on| {
        let context = around.context(on);
        let settled = state.standings(&context).filter(|one| one.is_settled()).count();
        (status(state, &context), settled)
    });
    let digest = words::digest(&found);
    let entry = book.find::<Question>(tx, &id)?;
    let [_, _, stepped, ..] = &mut entry.written;
    if *stepped == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM question_steps WHERE question = ?1")?.execute([ident.no])?;
    for (day, (status, settled)) in &found {
        tx.prepare_cached("INSERT INTO question_steps VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![ident.no, day.to_string(), words::text(status), count(*settled)])?;
    }
    *stepped = digest;
    Ok(())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
