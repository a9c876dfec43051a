//! Solutions (*soluzioni*): rows, status, validity, who adopted them.
//!
//! Depends on: `domain::solution`.

mod detail;
mod list;
mod published;
#[cfg(test)]
mod tests;

pub use detail::{
    AdoptionView, BasisNormView, DeclinationView, SolutionDetail, SolutionVersionView,
    ValidationView,
};
pub use list::{SolutionFilter, SolutionList, SolutionRow, SolutionSort};
pub use published::{PublishedSolution, PublishedSolutions};

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::ViewsError;
use super::answers::{self, norm_changes};
use super::book::{Book, Entry};
use super::citations::write_citations;
use super::links::write_links;
use super::steps::{first_day, steps};
use super::things::{Ident, Kind, remove_row, write_participants};
use super::touched::Touched;
use super::words;
use crate::domain::answer::{Answer, AnswerContext, AnswerState, standing};
use crate::domain::shared::counted_once;
use crate::domain::solution::{
    Adoption, Solution, SolutionContext, SolutionState, SolutionValidity, validity,
};
use crate::domain::values::{BodyId, Day};

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE solutions (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        year INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        summary_rev INTEGER,
        coordinator TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        verify_from TEXT,
        superseded_from TEXT,
        retired_from TEXT,
        level TEXT NOT NULL,
        territory_level TEXT NOT NULL,
        territory TEXT NOT NULL,
        version INTEGER NOT NULL,
        validated INTEGER NOT NULL,
        -- The last day on which somebody applies it, as far as is recorded.
        adopted_until TEXT,
        proposed_on TEXT NOT NULL,
        published_on TEXT,
        issues INTEGER NOT NULL,
        -- The earliest day by which an open review is due.
        review_due TEXT,
        -- The latest day on which something happened, and the last event: see `past`.
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL
    );
    CREATE INDEX solutions_by_id ON solutions (id);
    -- What bodies decided, a union as the members it names: adopted, adapted, declined.
    CREATE TABLE solution_bodies (
        solution INTEGER NOT NULL,
        body TEXT NOT NULL,
        manner TEXT NOT NULL,
        until TEXT NOT NULL,
        PRIMARY KEY (solution, body, manner)
    ) WITHOUT ROWID;
    CREATE INDEX solutions_by_body ON solution_bodies (body);
";

/// What a solution rests on, ready to be asked for any day.
pub(super) struct Basis {
    answers: Vec<(Arc<AnswerState>, AnswerContext)>,
    norm_changes: Vec<crate::domain::answer::Change>,
}

impl Basis {
    /// Reads what a solution rests on.
    pub(super) fn read(
        tx: &Transaction<'_>,
        book: &mut Book,
        state: &SolutionState,
    ) -> Result<Self, ViewsError> {
        let mut basis = Self { answers: Vec::new(), norm_changes: Vec::new() };
        for link in &state.basis_answers {
            let answer = book.find::<Answer>(tx, &link.id)?.state.clone();
            let context = answers::context(tx, book, link.id, &answer)?;
            basis.answers.push((answer, context));
        }
        for one in &state.basis_norms {
            basis.norm_changes.extend(norm_changes(tx, book, &one.norm)?);
        }
        Ok(basis)
    }

    /// The days on which the validity of the solution may change.
    pub(super) fn days(&self, state: &SolutionState) -> Vec<Day> {
        let answers =
            self.answers.iter().flat_map(|(answer, context)| answers::days(answer, context));
        let amended = self.norm_changes.iter().map(|one| one.from);
        let superseded = state.superseded.iter().map(|one| one.from);
        answers.chain(amended).chain(superseded).collect()
    }

    /// The validity of the solution on a day.
    pub(super) fn validity(&self, state: &SolutionState, on: Day) -> SolutionValidity {
        let standings = self.answers.iter().map(|(answer, context)| standing(answer, context, on));
        let context = SolutionContext {
            answers: standings.collect(),
            norm_changes: self.norm_changes.clone(),
        };
        validity(state, &context, on)
    }
}

/// Writes the touched solutions, and touches their issues.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.solutions {
        let entry = book.find::<Solution>(tx, id)?;
        let issues = entry.state.issues.iter().map(|one| ("issue", one.issue));
        let basis = entry.state.basis_answers.iter().map(|one| ("basis", one.id));
        let links = issues.chain(basis).collect();
        let [digest, ..] = &mut entry.written;
        let linked = write_links(tx, *id, Kind::Solution, &links, digest)?;
        let of_issues = linked.into_iter().filter(|(role, _)| role == "issue");
        let of_issues = of_issues.map(|(_, issue)| issue);
        let entry = entry.clone();
        let Some(ident) = entry.ident else {
            touched.issues.extend(of_issues);
            continue;
        };
        let norms = entry.state.basis_norms.iter().map(|one| &one.norm);
        let [_, written, ..] = entry.written;
        let digest = write_citations(tx, &mut book.citations, &ident, norms, written)?;
        let basis = Basis::read(tx, book, &entry.state)?;
        write_row(tx, *id, &ident, &entry, &basis)?;
        let entry = book.find::<Solution>(tx, id)?;
        let [_, cited, parts, decided, last_seen, _] = &mut entry.written;
        *cited = digest;
        let seen = seen_by_issues(&entry.state, &basis);
        if *last_seen != seen {
            *last_seen = seen;
            touched.issues.extend(of_issues);
        }
        let bodies = entry.state.adoptions.iter().map(|adoption| adoption.body.as_str());
        write_participants(tx, &ident, bodies.collect(), parts)?;
        write_bodies(tx, &ident, &entry.state, decided)?;
    }
    Ok(())
}

/// A digest of what the rows of issues follow from: of adoptions, only the first and the
/// last count.
fn seen_by_issues(state: &SolutionState, basis: &Basis) -> u64 {
    let ends = state.adoptions.iter().filter_map(|one| one.ended.as_ref());
    let ends = ends.filter_map(|end| end.until.date().tomorrow().ok().map(Day::from));
    let from_day = steps(basis.days(state).into_iter().chain(ends), |on| {
        (basis.validity(state, on), state.adoptions.iter().any(|one| one.holds_on(on)))
    });
    let issues: Vec<_> = state.issues.iter().map(|one| one.issue).collect();
    let adopted = state.adoptions.iter().map(|one| one.adopted_on).min();
    words::digest(&(from_day, issues, adopted))
}

fn write_row(
    tx: &Transaction<'_>,
    id: Uuid,
    ident: &Ident,
    entry: &Entry<SolutionState>,
    basis: &Basis,
) -> Result<(), ViewsError> {
    let Some(proposal) = entry.state.proposal.as_deref() else { return Ok(()) };
    let state = &entry.state;
    let from = |least: SolutionValidity| {
        first_day(basis.days(state), |day| basis.validity(state, day) >= least)
            .map(|day| day.to_string())
    };
    remove_row(tx, ident)?;
    tx.prepare_cached(
        "INSERT INTO solutions VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
          ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
    )?
    .execute(params![
        ident.no,
        id.as_bytes().as_slice(),
        ident.year,
        ident.rank,
        i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
        entry.headlines.title.unwrap_or(0),
        entry.headlines.summary,
        proposal.coordinator.as_str(),
        proposal.visibility as u8,
        state.updated_at.as_microsecond(),
        from(SolutionValidity::ToVerify),
        from(SolutionValidity::Superseded),
        from(SolutionValidity::Retired),
        words::text(&proposal.level),
        words::text(&proposal.territory.level),
        proposal.territory.code.as_str(),
        state.current().map_or(0, |version| version.number.get()),
        state.current().is_some_and(|version| version.validation.is_some()),
        state.adoptions.iter().map(until).max(),
        proposal.proposed_on.to_string(),
        state.published.as_ref().map(|one| one.published_on.to_string()),
        i64::try_from(state.issues.len()).unwrap_or(i64::MAX),
        answers::reviews_due(&state.reviews),
        entry.extent.occurred_on.to_string(),
        entry.extent.place(),
    ])?;
    Ok(())
}

/// The last day of an adoption; of one that goes on, a day after all others.
fn until(adoption: &Adoption) -> String {
    adoption.ended.as_ref().map_or(Day::LAST, |ended| ended.until).to_string()
}

/// What each body decided: a union counts as the members it names, once each.
fn write_bodies(
    tx: &Transaction<'_>,
    ident: &Ident,
    state: &SolutionState,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let mut rows: BTreeMap<(BodyId, String), String> = BTreeMap::new();
    for one in &state.adoptions {
        for body in counted_once(&one.body, &one.speaks_for) {
            let last = rows.entry((body, words::text(&one.manner))).or_default();
            *last = until(one).max(std::mem::take(last));
        }
    }
    for one in state.declinations.iter().filter(|one| one.overtaken_by.is_none()) {
        rows.insert((one.body.clone(), "declined".into()), Day::LAST.to_string());
    }
    let digest = words::digest(&rows);
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM solution_bodies WHERE solution = ?1")?.execute([ident.no])?;
    for ((body, manner), until) in rows {
        tx.prepare_cached("INSERT INTO solution_bodies VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![ident.no, body.as_str(), manner, until])?;
    }
    *written = digest;
    Ok(())
}
