//! A query put together from the filters that are set.
//!
//! Values are always bound, never written into the text, so that one text serves all
//! callers and its preparation is kept.
//!
//! Depends on: `access`.

use rusqlite::ToSql;
use rusqlite::types::Value;

use super::things::Kind;
use crate::access::Scope;
use crate::domain::values::Day;

/// Conditions joined by AND, and the values they bind.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    texts: Vec<String>,
    bound: Vec<(&'static str, Value)>,
}

impl Conditions {
    /// What somebody may see of a kind, the table having the alias `alias`.
    pub(super) fn scope(scope: &Scope, alias: &str, kind: Kind) -> Self {
        let mut conditions = Self::default();
        conditions.texts.push(scope.sql(alias, kind as u8));
        let (body, network) = scope.parameters();
        conditions.bind(":scope_body", body.map(str::to_owned));
        conditions.bind(":scope_network", network.map(str::to_owned));
        conditions
    }

    /// One more condition.
    pub(super) fn and(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    /// One more condition, if a value for it is given.
    pub(super) fn and_if<V: Into<Value>>(
        &mut self,
        name: &'static str,
        value: Option<V>,
        text: impl FnOnce() -> String,
    ) {
        if let Some(value) = value {
            self.texts.push(text());
            self.bound.push((name, value.into()));
        }
    }

    /// A value.
    pub(super) fn bind(&mut self, name: &'static str, value: impl Into<Value>) {
        self.bound.push((name, value.into()));
    }

    /// The day as of which columns are read.
    pub(super) fn on(&mut self, today: Day) {
        self.bind(":today", today.to_string());
    }

    /// The conditions as text; `1` when there are none.
    pub(super) fn sql(&self) -> String {
        if self.texts.is_empty() { "1".into() } else { self.texts.join(" AND ") }
    }

    /// The conditions as text, to stand inside a table that is selected from; the values
    /// stay.
    pub(super) fn nested(&mut self) -> String {
        let text = self.sql();
        self.texts.clear();
        text
    }

    /// The values bound, of which a statement takes those it names.
    pub(super) fn values(&self, sql: &str) -> Vec<(&'static str, &dyn ToSql)> {
        let named = self.bound.iter().filter(|(name, _)| names(sql, name));
        named.map(|(name, value)| (*name, value as &dyn ToSql)).collect()
    }
}

/// Whether a statement names a parameter (`:scope` is not `:scope_body`).
fn names(sql: &str, name: &str) -> bool {
    sql.match_indices(name).any(|(at, _)| {
        let next = sql.get(at + name.len()..).and_then(|rest| rest.chars().next());
        next.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_')
    })
}
