//! The rows that hold keys: the only ones that ever change.
//!
//! An erased key must stand nowhere, and a split of a page leaves copies of its rows in
//! bytes nobody uses (tried: two dozen of 3,000 rings, in spite of `secure_delete`). So
//! no page of keys is ever split: rings in the order of their ids go to the end of one
//! table; the few that concurrent writers send late go to the end of another one, which
//! needs an index. A ring changes in place, since it never becomes longer.
//!
//! Deliberately absent: deleting rings. A destroyed key is zeros.
//!
//! Depends on: the port.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row};

use crate::event_store::{AppendError, KeyRing, rules};

/// The tables. Epoch (four bytes, big-endian) and wrapped keys share one blob, whose
/// length therefore does not depend on the epoch.
pub(super) const TABLES: &str = "
CREATE TABLE key_rings (id INTEGER PRIMARY KEY, ring BLOB NOT NULL) STRICT;
CREATE TABLE late_rings (
    place INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, ring BLOB NOT NULL
) STRICT;
CREATE VIEW all_rings AS
    SELECT id, ring FROM key_rings UNION ALL SELECT id, ring FROM late_rings;";

/// The greatest id so far, which a ring must exceed to come in order.
pub(super) fn greatest(db: &Connection) -> rusqlite::Result<i64> {
    let greatest = "SELECT max(id) FROM key_rings";
    db.query_row(greatest, [], |row| Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(i64::MIN)))
}

/// Adds a ring, unless there is one of its id. Whether it was added.
pub(super) fn add(db: &Connection, greatest: &mut i64, ring: &KeyRing) -> rusqlite::Result<bool> {
    if ring.id > *greatest {
        db.prepare_cached("INSERT INTO key_rings (id, ring) VALUES (?1, ?2)")?
            .execute((ring.id, to_bytes(ring)))?;
        *greatest = ring.id;
        return Ok(true);
    }
    if db.prepare_cached("SELECT 1 FROM key_rings WHERE id = ?1")?.exists([ring.id])? {
        return Ok(false);
    }
    let added = db
        .prepare_cached("INSERT INTO late_rings (id, ring) VALUES (?1, ?2)")?
        .execute((ring.id, to_bytes(ring)));
    match added {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Ok(false)
        }
        added => added.map(|_| true),
    }
}

/// Overwrites a ring in place. The inner result is the refusal.
pub(super) fn replace(
    db: &Connection,
    ring: &KeyRing,
) -> rusqlite::Result<Result<(), AppendError>> {
    let Some(old) = one(db, ring.id)? else { return Ok(Err(rules::ring_missing(ring.id))) };
    if ring.wrapped.len() > old.wrapped.len() {
        return Ok(Err(rules::ring_longer(ring.id)));
    }
    let new = (ring.id, to_bytes(ring));
    if db
        .prepare_cached("UPDATE key_rings SET ring = ?2 WHERE id = ?1")?
        .execute((new.0, &new.1))?
        == 0
    {
        db.prepare_cached("UPDATE late_rings SET ring = ?2 WHERE id = ?1")?.execute(new)?;
    }
    Ok(Ok(()))
}

/// One ring.
pub(super) fn one(db: &Connection, id: i64) -> rusqlite::Result<Option<KeyRing>> {
    db.prepare_cached("SELECT id, ring FROM all_rings WHERE id = ?1")?
        .query_row([id], from_row)
        .optional()
}

/// Rings from an id on, in the order of ids.
pub(super) fn page(db: &Connection, from: i64, limit: i64) -> rusqlite::Result<Vec<KeyRing>> {
    db.prepare_cached("SELECT id, ring FROM all_rings WHERE id >= ?1 ORDER BY id LIMIT ?2")?
        .query_map((from, limit), from_row)?
        .collect()
}

fn to_bytes(ring: &KeyRing) -> Vec<u8> {
    [&ring.epoch.to_be_bytes(), ring.wrapped.as_slice()].concat()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<KeyRing> {
    let bytes = row.get_ref(1)?.as_blob()?;
    let (epoch, wrapped) = bytes.split_first_chunk().ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(KeyRing {
        id: row.get(0)?,
        epoch: u32::from_be_bytes(*epoch),
        wrapped: wrapped.to_vec(),
        read_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listing_rings_sorts_nothing() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(TABLES).unwrap();
        let plan = "EXPLAIN QUERY PLAN
                    SELECT id, ring FROM all_rings WHERE id >= 1 ORDER BY id LIMIT 9";

        let mut statement = db.prepare(plan).unwrap();
        let steps: Vec<String> =
            statement.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();

        let plan = steps.join("\n");
        assert!(plan.contains("MERGE") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
