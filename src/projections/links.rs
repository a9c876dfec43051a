//! Which thing refers to which, kept both ways.
//!
//! The row of one thing depends on other streams: an issue on its questions, a
//! solution on its answers, all of them on the norms they cite. These tables say what
//! is to be written anew when one of them changes, and serve the lists by norm.
//!
//! Depends on: `domain::norm`.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::ViewsError;
use super::things::{Ident, Kind};
use super::views::Views;
use super::words;
use crate::domain::norm::NormRef;

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
    -- Norms cited, by the kind and number of the thing that cites them.
    CREATE TABLE citations (
        kind INTEGER NOT NULL,
        thing INTEGER NOT NULL,
        ord INTEGER NOT NULL,
        norm BLOB,
        article TEXT,
        paragraph TEXT,
        in_force_on TEXT,
        label TEXT NOT NULL,
        PRIMARY KEY (kind, thing, ord)
    ) WITHOUT ROWID;
    CREATE INDEX citations_by_norm ON citations (norm, kind) WHERE norm IS NOT NULL;
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

/// Writes the norms a thing cites, in place of what was written before.
pub(super) fn write_citations<'a>(
    tx: &Transaction<'_>,
    ident: &Ident,
    norms: impl IntoIterator<Item = &'a NormRef>,
    written: &mut u64,
) -> Result<(), ViewsError> {
    let norms: Vec<_> = norms.into_iter().collect();
    let digest = words::digest(&norms);
    if *written == digest {
        return Ok(());
    }
    tx.prepare_cached("DELETE FROM citations WHERE kind = ?1 AND thing = ?2")?
        .execute(params![ident.kind as u8, ident.no])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO citations (kind, thing, ord, norm, article, paragraph, in_force_on, label)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (ord, norm) in norms.into_iter().enumerate() {
        let cited = norm.cited();
        insert.execute(params![
            ident.kind as u8,
            ident.no,
            i64::try_from(ord).unwrap_or(i64::MAX),
            norm.norm_id().as_ref().map(|id| id.as_bytes().as_slice()),
            cited.article,
            cited.paragraph,
            norm.text_in_force_on().map(|day| day.to_string()),
            norm.label_it(),
        ])?;
    }
    *written = digest;
    Ok(())
}

/// The things of one kind that cite a norm.
pub(super) fn citing(
    tx: &Transaction<'_>,
    norm: Uuid,
    kind: Kind,
) -> Result<Vec<Uuid>, ViewsError> {
    let table = match kind {
        Kind::Issue => "issues",
        Kind::Question => "questions",
        Kind::Answer => "answers",
        Kind::Solution => "solutions",
        // Letters cite no norms.
        Kind::Communication => return Ok(Vec::new()),
    };
    let mut found = tx.prepare_cached(&format!(
        "SELECT DISTINCT t.id FROM citations c JOIN {table} t ON t.no = c.thing
         WHERE c.norm = ?1 AND c.kind = ?2 ORDER BY 1"
    ))?;
    let rows = found.query_map(params![norm.as_bytes().as_slice(), kind as u8], |row| {
        row.get(0).map(Uuid::from_bytes)
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
