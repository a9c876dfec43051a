//! Official letters (*comunicazioni*) and their registrations.
//!
//! Depends on: `domain::communication`.

use rusqlite::{Transaction, params};

use super::ViewsError;
use super::book::Book;
use super::things::write_participants;
use super::touched::Touched;
use crate::domain::communication::Communication;
use crate::domain::values::RefKind;

/// The tables.
pub(super) const TABLES: &str = "
    CREATE TABLE communications (
        no INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        revision INTEGER NOT NULL,
        title_rev INTEGER NOT NULL,
        coordinator TEXT NOT NULL,
        visibility INTEGER NOT NULL,
        dated TEXT NOT NULL,
        updated_at INTEGER NOT NULL
    );
";

/// Writes the touched letters.
pub(super) fn write(
    tx: &Transaction<'_>,
    book: &mut Book,
    touched: &mut Touched,
) -> Result<(), ViewsError> {
    for id in &touched.communications {
        let entry = book.find::<Communication>(tx, id)?;
        let (Some(ident), Some(letter)) = (entry.ident, entry.state.letter.as_deref()) else {
            continue;
        };
        tx.prepare_cached(
            "INSERT OR REPLACE INTO communications VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            ident.no,
            id.as_bytes().as_slice(),
            i64::try_from(entry.events).unwrap_or(i64::MAX) - 1,
            entry.headlines.title.unwrap_or(0),
            letter.data.coordinator.as_str(),
            // For staff, and for the bodies it was exchanged with.
            0,
            letter.dated.to_string(),
            entry.state.updated_at.as_microsecond(),
        ])?;
        let bodies = letter.data.counterpart.iter().filter(|one| one.kind == RefKind::Body);
        write_participants(tx, &ident, bodies.map(|one| one.id.as_str()))?;
    }
    Ok(())
}
