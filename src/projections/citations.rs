//! Which norms a thing cites.
//!
//! Citations are kept as they were written; what one says takes the reading of a URN. The
//! same few are met again and again, so each is read once.
//!
//! Depends on: `domain::norm`.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::things::{Ident, Kind};
use super::{ViewsError, words};
use crate::domain::norm::{Cited, NormRef};

/// The table.
pub(super) const TABLES: &str = "
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

/// How many are kept read.
const READ: usize = 4_096;

/// What a citation says.
#[derive(Debug)]
pub(super) struct Citation {
    /// The act; `None` when it is not named.
    pub(super) act: Option<Uuid>,
    /// Where in the act.
    pub(super) cited: Cited,
    /// How an official would cite it.
    label: String,
}

/// Citations that were read.
#[derive(Debug, Default)]
pub(super) struct Citations(HashMap<NormRef, Arc<Citation>>);

impl Citations {
    /// What a citation says.
    pub(super) fn read(&mut self, norm: &NormRef) -> Arc<Citation> {
        if let Some(known) = self.0.get(norm) {
            return Arc::clone(known);
        }
        if self.0.len() >= READ {
            self.0.clear();
        }
        let (act, cited, label) = (norm.norm_id(), norm.cited(), norm.label_it());
        let citation = Arc::new(Citation { act, cited, label });
        self.0.insert(norm.clone(), Arc::clone(&citation));
        citation
    }
}

/// Writes the norms a thing cites, in place of what was written before, unless that is the
/// same; answers the digest of what is written now.
pub(super) fn write_citations<'a>(
    tx: &Transaction<'_>,
    citations: &mut Citations,
    ident: &Ident,
    norms: impl IntoIterator<Item = &'a NormRef>,
    written: u64,
) -> Result<u64, ViewsError> {
    let norms: Vec<_> = norms.into_iter().collect();
    let digest = words::digest(&norms);
    if written == digest {
        return Ok(digest);
    }
    tx.prepare_cached("DELETE FROM citations WHERE kind = ?1 AND thing = ?2")?
        .execute(params![ident.kind as u8, ident.no])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO citations (kind, thing, ord, norm, article, paragraph, in_force_on, label)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (ord, norm) in (0_i64..).zip(norms) {
        let citation = citations.read(norm);
        insert.execute(params![
            ident.kind as u8,
            ident.no,
            ord,
            citation.act.as_ref().map(|id| id.as_bytes().as_slice()),
            citation.cited.article,
            citation.cited.paragraph,
            norm.text_in_force_on().map(|day| day.to_string()),
            citation.label,
        ])?;
    }
    Ok(digest)
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
