//! Laws of the analysis, safety of queries, and relevance on the 30 cases.

mod laws;
mod queries;
mod relevance;

use rusqlite::Connection;

use super::{Document, RANK_SQL, SCHEMA, SearchIndex, fts_query};

/// A connection with an empty index.
fn index() -> (Connection, SearchIndex) {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch("ATTACH ':memory:' AS search").unwrap();
    let index = SearchIndex::create(&conn, SCHEMA).unwrap();
    (conn, index)
}

/// An index whose rows 1, 2, … have these bodies.
fn index_of(bodies: &[&str]) -> (Connection, SearchIndex) {
    let (conn, index) = index();
    for (rowid, body) in (1..).zip(bodies) {
        index.put(&conn, rowid, &Document { body, ..Document::default() }).unwrap();
    }
    (conn, index)
}

/// The rows a user finds, best first.
fn search(conn: &Connection, user: &str) -> rusqlite::Result<Vec<i64>> {
    let Some(query) = fts_query(user) else { return Ok(vec![]) };
    let mut found = Vec::new();
    for (place, tier) in query.tiers.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| query.tiers.get(before));
        let rows: Vec<i64> = conn
            .prepare(&format!(
                "SELECT rowid FROM search.fts WHERE fts MATCH :tier AND (:before IS NULL OR
                 rowid NOT IN (SELECT rowid FROM search.fts WHERE fts MATCH coalesce(:before, 'x')))
                 ORDER BY {RANK_SQL}"
            ))?
            .query_map(&[(":tier", &Some(tier)), (":before", &before)], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        found.extend(rows);
    }
    Ok(found)
}
