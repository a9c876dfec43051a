//! The index itself: one FTS5 table in an attached database.
//!
//! The table holds finished terms and no text (`content=''`): cases are shown
//! from the views, and what is erased there must not survive here. Its
//! tokenizer is `ascii`, which keeps everything above ASCII together and so
//! changes no term; case and accents are settled before.
//!
//! Deliberately absent: who may see what. A search is one statement that joins
//! this table with the caller's own access filter:
//!
//! ```sql
//! SELECT issue.reference
//!   FROM search.fts JOIN issue ON issue.rowid = fts.rowid
//!  WHERE fts MATCH :tier             -- one of FtsQuery::tiers, the strictest first
//!    AND fts.rowid NOT IN (SELECT rowid FROM search.fts WHERE fts MATCH :tier_before)
//!    AND issue.visibility = 'public' -- the caller's filter
//!  ORDER BY <RANK_SQL>
//!  LIMIT 50
//! ```
//!
//! Depends on: nothing in this crate.

use rusqlite::Connection;
use thiserror::Error;

use super::analysis::index_terms;

/// The name under which the search database is attached, and which
/// [`RANK_SQL`] expects.
pub const SCHEMA: &str = "search";

/// The `ORDER BY` terms of a search within one of [`FtsQuery::tiers`](super::FtsQuery),
/// best first.
///
/// By bm25, a term in the title weighing 10, in the norms 6, in the body 3, in the people
/// 1. The last term makes the order total, so that pages neither repeat nor miss a row.
pub const RANK_SQL: &str = "bm25(fts, 10.0, 3.0, 6.0, 1.0), fts.rowid";

/// The texts of one case, as people wrote them; the index analyses them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document<'d> {
    /// Title or subject.
    pub title: &'d str,
    /// Description and readings.
    pub body: &'d str,
    /// Labels of the norms cited ("D.Lgs. 18 agosto 2015, n. 142, art. 5-bis"),
    /// CELEX numbers and references such as S-2026/0042.
    pub norms: &'d str,
    /// Bodies, authorities and places.
    pub people: &'d str,
}

/// Why the index could not be changed.
#[derive(Debug, Error)]
pub enum SearchIndexError {
    /// The name of the schema is not lower-case letters and underscores.
    #[error("the name of a schema is lower-case letters and underscores")]
    Schema,
    /// `SQLite` refused.
    #[error("the search index failed")]
    Sqlite(#[from] rusqlite::Error),
}

/// The statements of the index in one schema; the connection stays the
/// caller's, so that several rows and a bookmark share one transaction.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    put: String,
    remove: String,
    purge: String,
}

impl SearchIndex {
    /// Creates the table `fts` in `schema` unless it exists.
    ///
    /// # Errors
    ///
    /// [`SearchIndexError::Schema`] for a name that is not an identifier,
    /// [`SearchIndexError::Sqlite`] when the schema is not attached or writable.
    pub fn create(conn: &Connection, schema: &str) -> Result<Self, SearchIndexError> {
        // The name becomes part of statements, where it cannot be bound.
        if schema.is_empty() || !schema.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            return Err(SearchIndexError::Schema);
        }
        conn.execute_batch(&format!(
            "CREATE VIRTUAL TABLE IF NOT EXISTS {schema}.fts USING fts5(
                 title, body, norms, people,
                 content = '', contentless_delete = 1,
                 tokenize = \"ascii tokenchars '-_/.'\"
             );
             INSERT INTO {schema}.fts(fts, rank) VALUES ('secure-delete', 1);"
        ))?;
        Ok(Self {
            put: format!(
                "INSERT OR REPLACE INTO {schema}.fts(rowid, title, body, norms, people)
                 VALUES (?1, ?2, ?3, ?4, ?5)"
            ),
            remove: format!("DELETE FROM {schema}.fts WHERE rowid = ?1"),
            purge: format!("INSERT INTO {schema}.fts(fts) VALUES ('optimize')"),
        })
    }

    /// Indexes a document, in place of what the row held before.
    ///
    /// Within a transaction, put each row once and in ascending order: FTS5
    /// writes out what it has gathered whenever a row number does not rise
    /// (measured on 200,000 rows: 28,000 new rows/s; replacing, 6,000/s in
    /// order and 2,000/s out of order).
    ///
    /// # Errors
    ///
    /// [`SearchIndexError::Sqlite`], for example when the disk is full.
    pub fn put(
        &self,
        conn: &Connection,
        rowid: i64,
        document: &Document<'_>,
    ) -> Result<(), SearchIndexError> {
        conn.prepare_cached(&self.put)?.execute((
            rowid,
            index_terms(document.title),
            index_terms(document.body),
            index_terms(document.norms),
            index_terms(document.people),
        ))?;
        Ok(())
    }

    /// Removes a row from the index; a row that is not there is no error.
    ///
    /// It is found no more, but its terms may stay in the file, marked deleted,
    /// until FTS5 merges that part: see [`purge`](Self::purge).
    ///
    /// # Errors
    ///
    /// [`SearchIndexError::Sqlite`], for example when the disk is full.
    pub fn remove(&self, conn: &Connection, rowid: i64) -> Result<(), SearchIndexError> {
        conn.prepare_cached(&self.remove)?.execute([rowid])?;
        Ok(())
    }

    /// Rewrites the index without the terms of removed and replaced rows.
    ///
    /// To be called after an erasure, in the background: it costs as much as
    /// writing the index once. A table without content cannot know which terms
    /// a row had, so FTS5's 'secure-delete' alone does not remove them.
    /// `PRAGMA secure_delete` and a WAL checkpoint see to the free pages.
    ///
    /// # Errors
    ///
    /// [`SearchIndexError::Sqlite`], for example when the disk is full.
    pub fn purge(&self, conn: &Connection) -> Result<(), SearchIndexError> {
        conn.prepare_cached(&self.purge)?.execute(())?;
        Ok(())
    }
}
