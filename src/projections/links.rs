//! Which thing refers to which, kept both ways.
//!
//! The row of one thing depends on other streams: an issue on its questions, a
//! solution on its answers, all of them on the norms they cite. These tables say what
//! is to be written anew when one of them changes.
//!
//! Depends on: nothing in this crate.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::ViewsError;
use super::things::Kind;
use super::views::Views;
use super::words;

/// The tables.
pub(super) const TABLES: &str = "
    -- owner refers to target, as it stands now: role is issue, answer, conflict, basis,
    -- duplicate, related, consequence, about. kind is the kind of the owner.
    CREATE TABLE links (
        owner BLOB NOT NULL,
        role TEXT NOT NULL,
        target BLOB NOT NULL,
        kind INTEGER NOT NULL,
        PRIMARY KEY (owner, role, target)
    ) WITHOUT ROWID;
    CREATE INDEX links_back ON links (target, kind);
";

/// Writes what a thing refers to, in place of what was written before, and answers
/// every target of then and now.
pub(super) fn write_links(
    tx: &Transaction<'_>,
    owner: Uuid,
    kind: Kind,
    links: &BTreeSet<(&'static str, Uuid)>,
    written: &mut u64,
) -> Result<BTreeSet<(String, Uuid)>, ViewsError> {
    let mut all: BTreeSet<(String, Uuid)> =
        links.iter().map(|(role, target)| ((*role).to_owned(), *target)).collect();
    let digest = words::digest(links);
    if *written == digest {
        return Ok(all);
    }
    let owner = owner.as_bytes().as_slice();
    let mut old = tx.prepare_cached("SELECT role, target FROM links WHERE owner = ?1")?;
    let mut rows = old.query([owner])?;
    while let Some(row) = rows.next()? {
        all.insert((row.get(0)?, Uuid::from_bytes(row.get(1)?)));
    }
    drop(rows);
    tx.prepare_cached("DELETE FROM links WHERE owner = ?1")?.execute([owner])?;
    let mut insert =
        tx.prepare_cached("INSERT INTO links (owner, role, target, kind) VALUES (?1, ?2, ?3, ?4)")?;
    for (role, target) in links {
        insert.execute(params![owner, role, target.as_bytes().as_slice(), kind as u8])?;
    }
    *written = digest;
    Ok(all)
}

/// The things of one kind that refer to a target.
pub(super) fn linking(
    tx: &Transaction<'_>,
    target: Uuid,
    kind: Kind,
) -> Result<Vec<Uuid>, ViewsError> {
    let mut found = tx.prepare_cached(
        "SELECT DISTINCT owner FROM links WHERE target = ?1 AND kind = ?2 ORDER BY 1",
    )?;
    let rows = found.query_map(params![target.as_bytes().as_slice(), kind as u8], |row| {
        row.get(0).map(Uuid::from_bytes)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What a thing refers to in some of its roles.
pub(super) fn targets(
    tx: &Transaction<'_>,
    owner: Uuid,
    roles: &[&str],
) -> Result<Vec<Uuid>, ViewsError> {
    let mut found = tx.prepare_cached("SELECT role, target FROM links WHERE owner = ?1")?;
    let mut rows = found.query([owner.as_bytes().as_slice()])?;
    let mut targets = Vec::new();
    while let Some(row) = rows.next()? {
        if roles.contains(&row.get_ref(0)?.as_str().unwrap_or_default()) {
            targets.push(Uuid::from_bytes(row.get(1)?));
        }
    }
    Ok(targets)
}

impl Views {
    /// The things that refer to one, as they stand now, whoever may read them.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn linking(&self, target: Uuid) -> Result<Vec<Uuid>, ViewsError> {
        self.read(|conn| {
            let mut found = conn
                .prepare_cached("SELECT DISTINCT owner FROM links WHERE target = ?1 ORDER BY 1")?;
            let rows = found.query_map([target.as_bytes().as_slice()], |row| {
                row.get(0).map(Uuid::from_bytes)
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
