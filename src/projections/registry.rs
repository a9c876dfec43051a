//! The registry: bodies, authorities, norms, themes, forms, holidays, roles.
//!
//! Nothing else is written anew when an entry changes: lists join these tables.
//!
//! Deliberately absent: the few free texts of the registry (reasons, remarks), and the
//! names of persons, which live outside the log.
//!
//! Depends on: `domain::registry`.

mod entries;
mod lists;
#[cfg(test)]
mod tests;

pub use entries::{
    AccessView, AmendmentView, AuthorityView, BodyDetail, BodyRow, FormView, HolidayView,
    MemberView, NamedFrom, NormEntryView, PersonView, ProfileView, ProvinceFrom, ThemeView,
};
pub use lists::{
    AuthorityFilter, AuthorityList, BodyFilter, BodyList, FormList, HolidayList, PersonList,
    ThemeList,
};
pub(super) use lists::{among, holidays};

use std::sync::Arc;

use rusqlite::{ToSql, Transaction, params};

use super::ViewsError;
use super::book::{Book, OnShelf};
use super::lists::to_json;
use super::touched::Touched;
use super::words;
use crate::domain::registry::{Authority, Body, Calendar, Form, Norm, NormState, Person, Theme};

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE bodies (
        body TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        province TEXT,
        merged INTEGER NOT NULL,
        row TEXT NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE TABLE members (
        body TEXT NOT NULL,
        ord INTEGER NOT NULL,
        member TEXT NOT NULL,
        from_day TEXT,
        until TEXT,
        PRIMARY KEY (body, ord)
    ) WITHOUT ROWID;
    CREATE INDEX members_of ON members (member);
    CREATE TABLE authorities (
        authority TEXT PRIMARY KEY,
        office TEXT NOT NULL,
        kind TEXT NOT NULL,
        province TEXT,
        retired_from TEXT,
        doc TEXT NOT NULL
    );
    CREATE TABLE norms (
        norm BLOB PRIMARY KEY,
        label TEXT NOT NULL,
        kind TEXT NOT NULL,
        doc TEXT NOT NULL
    );
    -- What amended a norm of the catalogue, in order of recording.
    CREATE TABLE amendments (
        norm BLOB NOT NULL,
        ord INTEGER NOT NULL,
        id BLOB NOT NULL,
        from_day TEXT NOT NULL,
        doc TEXT NOT NULL,
        PRIMARY KEY (norm, ord)
    );
    CREATE TABLE themes (
        theme TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE TABLE forms (
        form TEXT PRIMARY KEY,
        label TEXT NOT NULL,
        rank INTEGER,
        doc TEXT NOT NULL
    );
    CREATE TABLE holidays (
        id BLOB PRIMARY KEY,
        ord INTEGER NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE TABLE persons (
        person TEXT PRIMARY KEY,
        doc TEXT NOT NULL
    );
    -- Up to where the events of each entry reach; the key is that of its table.
    CREATE TABLE entries (
        category TEXT NOT NULL,
        key NOT NULL,
        updated_at INTEGER NOT NULL,
        occurred_until TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (category, key)
    ) WITHOUT ROWID;
";

/// Writes the touched entries.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    bodies(tx, book, touched)?;
    for id in &touched.authorities {
        let state = &*reached::<Authority>(tx, book, id, id)?;
        let Some(view) = AuthorityView::of(state) else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO authorities VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                &**id,
                view.office.as_str(),
                view.kind.as_str(),
                view.province.as_ref().map(ToString::to_string),
                view.retired_from.map(|day| day.to_string()),
                to_json(&view),
            ])?;
    }
    for id in &touched.norms {
        let state = reached::<Norm>(tx, book, id, &id.as_bytes().as_slice())?;
        norm(tx, *id, &state)?;
    }
    labels(tx, book, touched)?;
    for id in &touched.calendars {
        let state = reached::<Calendar>(tx, book, id, id)?;
        for (ord, holiday) in state.declared.iter().enumerate() {
            let view = HolidayView::from(holiday);
            tx.prepare_cached("INSERT OR REPLACE INTO holidays VALUES (?1, ?2, ?3)")?.execute(
                params![
                    view.holiday_id.as_bytes().as_slice(),
                    i64::try_from(ord).unwrap_or(i64::MAX),
                    to_json(&view)
                ],
            )?;
        }
    }
    for id in &touched.persons {
        let state = &*reached::<Person>(tx, book, id, id)?;
        let Some(view) = PersonView::of(state) else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO persons VALUES (?1, ?2)")?
            .execute(params![&**id, to_json(&view)])?;
    }
    Ok(())
}

/// The state of an entry, up to where its events reach being written down.
fn reached<D: OnShelf>(
    tx: &Transaction<'_>,
    book: &mut Book,
    id: &D::Key,
    key: &dyn ToSql,
) -> Result<Arc<D::State>, ViewsError> {
    let entry = book.find::<D>(tx, id)?;
    if entry.events > 0 {
        let extent = entry.extent;
        tx.prepare_cached("INSERT OR REPLACE INTO entries VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![
                D::CATEGORY,
                key,
                extent.micros(),
                extent.occurred_on.to_string(),
                extent.place()
            ],
        )?;
    }
    Ok(Arc::clone(&entry.state))
}

fn bodies(tx: &Transaction<'_>, book: &mut Book, touched: &Touched) -> Result<(), ViewsError> {
    for id in &touched.bodies {
        let state = &*reached::<Body>(tx, book, id, id)?;
        let (Some(row), Some(detail)) = (BodyRow::of(state), BodyDetail::of(state)) else {
            continue;
        };
        tx.prepare_cached("INSERT OR REPLACE INTO bodies VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                &**id,
                row.name.as_str(),
                row.kind.as_str(),
                row.province.as_ref().map(ToString::to_string),
                row.merged_into.is_some(),
                to_json(&row),
                to_json(&detail),
            ])?;
        tx.prepare_cached("DELETE FROM members WHERE body = ?1")?.execute([&**id])?;
        for (ord, member) in detail.members.iter().enumerate() {
            tx.prepare_cached("INSERT INTO members VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
                params![
                    &**id,
                    i64::try_from(ord).unwrap_or(i64::MAX),
                    member.member.as_str(),
                    member.from.map(|day| day.to_string()),
                    member.until.map(|day| day.to_string()),
                ],
            )?;
        }
    }
    Ok(())
}

fn norm(tx: &Transaction<'_>, id: uuid::Uuid, state: &NormState) -> Result<(), ViewsError> {
    let Some(view) = NormEntryView::of(id, state) else { return Ok(()) };
    tx.prepare_cached("INSERT OR REPLACE INTO norms VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        id.as_bytes().as_slice(),
        view.label_it.as_str(),
        words::text(&view.kind),
        to_json(&view),
    ])?;
    for (ord, amendment) in state.amendments.iter().enumerate() {
        let view = AmendmentView::from(amendment);
        tx.prepare_cached("INSERT OR REPLACE INTO amendments VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                id.as_bytes().as_slice(),
                i64::try_from(ord).unwrap_or(i64::MAX),
                view.amendment_id.as_bytes().as_slice(),
                view.from.to_string(),
                to_json(&view),
            ])?;
    }
    Ok(())
}

fn labels(tx: &Transaction<'_>, book: &mut Book, touched: &Touched) -> Result<(), ViewsError> {
    for id in &touched.themes {
        let state = &*reached::<Theme>(tx, book, id, id)?;
        let Some(view) = ThemeView::of(state) else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO themes VALUES (?1, ?2, ?3)")?
            .execute(params![&**id, view.label_it.as_str(), to_json(&view)])?;
    }
    for id in &touched.forms {
        let state = &*reached::<Form>(tx, book, id, id)?;
        let Some(view) = FormView::of(state) else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO forms VALUES (?1, ?2, ?3, ?4)")?.execute(
            params![
                &**id,
                view.label_it.as_str(),
                view.rank.map(crate::domain::values::Number::get),
                to_json(&view)
            ],
        )?;
    }
    Ok(())
}
