//! Marked places of the log: when the latest event up to there had been recorded, so that
//! the instant of an earlier head is found without reading everything before it (decision
//! record 0021).
//!
//! Depends on: `event_store`.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::{ViewsError, words};
use crate::event_store::GlobalPosition;

/// Whether the place of an event is marked. That follows from the event alone, so that a
/// rebuild marks the same places: one in a thousand.
pub(super) fn is_marked(event: Uuid) -> bool {
    const APART: u128 = if cfg!(test) { 4 } else { 1_024 };

    event.as_u128().is_multiple_of(APART)
}

/// Marks a place.
pub(super) fn write(
    tx: &Transaction<'_>,
    position: GlobalPosition,
    latest: Timestamp,
) -> Result<(), ViewsError> {
    tx.prepare_cached("INSERT OR REPLACE INTO marks (position, latest) VALUES (?1, ?2)")?
        .execute(params![position.0.cast_signed(), latest.as_microsecond()])?;
    Ok(())
}

/// The last marked place at or before a position, and when the latest event up to there had
/// been recorded; the beginning when none is.
pub(super) fn read(
    conn: &Connection,
    database: &str,
    up_to: GlobalPosition,
) -> Result<(GlobalPosition, Timestamp), ViewsError> {
    let statement = format!(
        "SELECT position, latest FROM {database}.marks WHERE position <= ?1
         ORDER BY position DESC LIMIT 1"
    );
    let found = conn
        .query_row(&statement, [up_to.0.cast_signed()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((position, latest)) = found else {
        return Ok((GlobalPosition::START, Timestamp::default()));
    };
    Ok((GlobalPosition(position.cast_unsigned()), words::instant(1, latest)?))
}
