//! Pages of lists, and the columns that their rows are read from.
//!
//! A list begins with the rule of access, so that no list can forget it. Pages go on
//! after a key and a number, never after a count of rows: rows that come and go
//! meanwhile neither repeat nor hide others.
//!
//! Depends on: nothing in this crate.

use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ViewsError;
use super::condition::Conditions;
use super::cursor::Cursor;

impl Conditions {
    /// Adds a condition when the filter is set; the condition names the parameter.
    pub(super) fn filter(
        &mut self,
        condition: &str,
        name: &'static str,
        value: Option<impl Into<Value>>,
    ) {
        self.and_if(name, value, || condition.to_owned());
    }

    /// Runs a statement with the parameters bound so far.
    pub(super) fn query<T>(
        &self,
        conn: &Connection,
        statement: &str,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, ViewsError> {
        let mut prepared = conn.prepare_cached(statement)?;
        let rows = prepared.query_map(self.values(statement).as_slice(), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One page of a list: `columns` of `from`, whose rows are called `t`.
    pub(super) fn page<T>(
        mut self,
        conn: &Connection,
        list: &List<'_>,
        mut item: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>, ViewsError> {
        let List { columns, from, order, after, limit } = list;
        let direction = if order.descending { "DESC" } else { "ASC" };
        if let Some(after) = after {
            let after = Cursor::read(after, order.name)?;
            let beyond = if order.descending { "<" } else { ">" };
            self.and(format!("({}, {}) {beyond} (:after_key, :after_no)", order.key, order.tie));
            self.bind(":after_key", after.key);
            self.bind(":after_no", after.no);
        }
        let found = self.query(
            conn,
            &format!(
                "SELECT {columns}, {} AS page_key, {} AS page_no FROM {from} WHERE {} \
                 ORDER BY page_key {direction}, page_no {direction} LIMIT {}",
                order.key,
                order.tie,
                self.sql(),
                limit.saturating_add(1)
            ),
            |row| {
                let seen = Cursor { key: row.get("page_key")?, no: row.get("page_no")? };
                Ok((item(row)?, seen))
            },
        )?;
        let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        let mut page = Page { items: Vec::with_capacity(found.len()), next: None };
        for (one, end) in found.into_iter().take(limit) {
            page.items.push(one);
            page.next = more.then(|| end.write(order.name));
        }
        Ok(page)
    }
}

/// Which rows, in which order, from where on.
pub(super) struct List<'a> {
    pub(super) columns: &'a str,
    pub(super) from: &'a str,
    pub(super) order: Order<'a>,
    pub(super) after: Option<&'a str>,
    pub(super) limit: u32,
}

/// An order of rows. The key is never null; the tie breaker tells rows apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub(super) name: &'static str,
    pub(super) key: &'a str,
    pub(super) tie: &'static str,
    pub(super) descending: bool,
}

impl<'a> Order<'a> {
    /// The order of a column, the last first.
    pub(super) const fn last_first(name: &'static str, key: &'a str) -> Self {
        Self { name, key, tie: "t.no", descending: true }
    }

    /// The order of a column, the first first.
    pub(super) const fn first_first(name: &'static str, key: &'a str) -> Self {
        Self { name, key, tie: "t.no", descending: false }
    }

    /// The order of a key that no two rows share.
    pub(super) const fn unique(name: &'static str, key: &'a str) -> Self {
        Self { name, key, tie: "0", descending: false }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page<T> {
    /// The rows.
    pub(super) items: Vec<T>,
    /// Where the list goes on; `None` at its end.
    pub(super) next: Option<String>,
}

/// A list of codes or references kept in one column as JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_slice(text.as_bytes()).map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(why))
    })
}

/// Values as JSON, for one column.
pub(super) fn to_json(value: &impl Serialize) -> String {
    // Codes, numbers and days always are representable.
    serde_json::to_string(value).unwrap_or_default()
}
