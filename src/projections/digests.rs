//! Who was told of what by e-mail: the things of each digest, and what became of it.
//!
//! A digest is prepared, and later the mail server takes it or does not; when neither is
//! recorded, nobody knows. Rows say when each was recorded, so that the past shows as much
//! as was known then.
//!
//! Deliberately absent: addresses and words, which no digest in the log has.
//!
//! Depends on: `domain::notice`, `event_store`.

use rusqlite::{Connection, Transaction, params};
use uuid::Uuid;

use super::ViewsError;
use super::cut::Cut;
use super::linked::code;
use crate::domain::Recorded;
use crate::domain::notice::NoticeEvent;
use crate::domain::values::{Day, PersonId};
use crate::event_store::GlobalPosition;

/// The tables.
pub(super) const TABLES: &str = "
    -- What a digest told of, and whether the mail server took it: NULL while nobody knows.
    CREATE TABLE digests (
        thing BLOB NOT NULL,
        notice BLOB NOT NULL,
        person TEXT NOT NULL,
        day TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        occurred_on TEXT NOT NULL,
        position INTEGER NOT NULL,
        taken INTEGER,
        taken_at INTEGER,
        taken_on TEXT,
        taken_position INTEGER,
        PRIMARY KEY (thing, notice)
    ) WITHOUT ROWID;
    CREATE INDEX digests_by_notice ON digests (notice);
";

/// A digest that told of a thing.
pub(super) struct Told {
    /// To whom, by an opaque reference.
    pub(super) person: PersonId,
    /// The day of the digest.
    pub(super) day: Day,
    /// Whether it is known that the mail server took it.
    pub(super) known: bool,
}

/// Writes what an event says.
pub(super) fn write(
    tx: &Transaction<'_>,
    person: &str,
    fact: &Recorded<NoticeEvent>,
    position: GlobalPosition,
) -> Result<(), ViewsError> {
    let (at, on, position) =
        (fact.recorded_at.as_microsecond(), fact.occurred_on.to_string(), position.0.cast_signed());
    let taken = match &fact.event {
        NoticeEvent::Prepared(data) => {
            let mut insert = tx.prepare_cached(
                "INSERT OR IGNORE INTO digests
                 (thing, notice, person, day, recorded_at, occurred_on, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let (notice, day) = (fact.id.as_bytes().as_slice(), data.day.to_string());
            for thing in data.items.iter().filter_map(|one| one.about.uuid()) {
                let thing = thing.as_bytes().as_slice();
                insert.execute(params![thing, notice, person, day, at, on, position])?;
            }
            return Ok(());
        }
        NoticeEvent::Sent(data) => (data.notice_id, true),
        NoticeEvent::Refused(data) => (data.notice_id, false),
        NoticeEvent::Stopped(_) | NoticeEvent::Resumed(_) => return Ok(()),
    };
    let (notice, taken) = taken;
    tx.prepare_cached(
        "UPDATE digests SET taken = ?2, taken_at = ?3, taken_on = ?4, taken_position = ?5
         WHERE notice = ?1",
    )?
    .execute(params![notice.as_bytes().as_slice(), taken, at, on, position])?;
    Ok(())
}

/// Copies the rows of the present as they stood at a moment.
pub(super) fn copy(tx: &Transaction<'_>, cut: &Cut) -> Result<(), ViewsError> {
    let seen = |at: &str, on: &str, position: &str| {
        let mut conditions = vec!["1".to_owned()];
        conditions.extend(cut.as_of.map(|as_of| format!("t.{at} <= {}", as_of.as_microsecond())));
        conditions.extend(cut.effective_on.map(|day| format!("t.{on} <= '{day}'")));
        conditions.extend(cut.head.map(|head| format!("t.{position} <= {}", head.0.cast_signed())));
        conditions.join(" AND ")
    };
    let outcome = seen("taken_at", "taken_on", "taken_position");
    let told = ["taken", "taken_at", "taken_on", "taken_position"]
        .map(|column| format!("CASE WHEN {outcome} THEN t.{column} END"))
        .join(", ");
    tx.execute(
        &format!(
            "INSERT INTO main.digests
             SELECT t.thing, t.notice, t.person, t.day, t.recorded_at, t.occurred_on, t.position,
               {told} FROM today.digests t WHERE {}",
            seen("recorded_at", "occurred_on", "position")
        ),
        [],
    )?;
    Ok(())
}

/// The digests that told of a thing and were sent, or may have been.
pub(super) fn of_thing(conn: &Connection, thing: Uuid) -> Result<Vec<Told>, ViewsError> {
    let mut select = conn.prepare_cached(
        "SELECT person, day, taken IS NOT NULL AS known FROM digests
         WHERE thing = ?1 AND coalesce(taken, 1) ORDER BY position",
    )?;
    let rows = select.query_map([thing.as_bytes().as_slice()], |row| {
        Ok(Told { person: code(row, "person")?, day: code(row, "day")?, known: row.get("known")? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
