//! The registry: bodies, authorities, norms, themes.
//!
//! Nothing else is written anew when an entry changes: lists join these tables.
//!
//! Depends on: `domain::registry`.

use rusqlite::{Transaction, params};

use super::ViewsError;
use super::book::Book;
use super::touched::Touched;
use crate::domain::registry::{Authority, Body, Norm, Theme};

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE bodies (
        body TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        province TEXT
    ) WITHOUT ROWID;
    CREATE TABLE authorities (
        authority TEXT PRIMARY KEY,
        office TEXT NOT NULL,
        kind TEXT NOT NULL,
        province TEXT
    ) WITHOUT ROWID;
    CREATE TABLE norms (
        norm BLOB PRIMARY KEY,
        label TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE themes (
        theme TEXT PRIMARY KEY,
        label TEXT NOT NULL
    ) WITHOUT ROWID;
";

/// Writes the touched entries.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.bodies {
        let state = &book.find::<Body>(tx, id)?.state;
        let Some(entry) = &state.entry else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO bodies VALUES (?1, ?2, ?3, ?4)")?.execute(
            params![
                &**id,
                state.names.latest().map_or("", |name| name.as_str()),
                entry.kind.as_str(),
                state.provinces.latest().map(|province| province.as_str().to_owned()),
            ],
        )?;
    }
    for id in &touched.authorities {
        let state = &book.find::<Authority>(tx, id)?.state;
        let Some(entry) = &state.entry else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO authorities VALUES (?1, ?2, ?3, ?4)")?.execute(
            params![
                &**id,
                state.offices.latest().map_or("", |name| name.as_str()),
                entry.kind.as_str(),
                entry.province.as_ref().map(|province| province.as_str().to_owned()),
            ],
        )?;
    }
    for id in &touched.norms {
        let state = &book.find::<Norm>(tx, id)?.state;
        let Some(entry) = &state.entry else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO norms VALUES (?1, ?2)")?
            .execute(params![id.as_bytes().as_slice(), entry.data.label_it.as_str()])?;
    }
    for id in &touched.themes {
        let state = &book.find::<Theme>(tx, id)?.state;
        let Some(label) = state.labels.latest() else { continue };
        tx.prepare_cached("INSERT OR REPLACE INTO themes VALUES (?1, ?2)")?
            .execute(params![&**id, label.as_str()])?;
    }
    Ok(())
}
