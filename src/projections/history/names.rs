//! How people call what events cite by id.
//!
//! Depends on: the tables of the registry and of references.

use rusqlite::{Connection, OptionalExtension, ToSql};
use uuid::Uuid;

use super::super::linked::may_be_named;
use super::super::things::{Kind, reference};
use crate::access::Scope;
use crate::domain::italian::{italian_date, the};
use crate::domain::norm::NormRef;
use crate::domain::values::{AuthorityId, BodyId, Day, Ref, RefKind, ThemeCode};

/// Names from the registry as it stands; what is not there is called by its id.
pub struct Names<'c> {
    conn: &'c Connection,
    reader: &'c Scope,
}

/// How a case is called to whom it may not be named.
const RESERVED: &str = "un caso riservato";

impl<'c> Names<'c> {
    /// The names in a file of views, as a reader may hear them.
    pub fn new(conn: &'c Connection, reader: &'c Scope) -> Self {
        Self { conn, reader }
    }

    fn find(&self, sql: &str, key: impl ToSql) -> Option<String> {
        // A name that cannot be read is no reason to hide what happened.
        let mut find = self.conn.prepare_cached(sql).ok()?;
        find.query_row([key], |row| row.get(0)).optional().ok().flatten()
    }

    /// A body.
    pub fn body(&self, id: &BodyId) -> String {
        self.find("SELECT name FROM bodies WHERE body = ?1", id.as_str())
            .unwrap_or_else(|| id.to_string())
    }

    /// An authority: "Questura, Ufficio immigrazione (BO)".
    pub fn authority(&self, id: &AuthorityId) -> String {
        let called = "SELECT office || coalesce(' (' || province || ')', '') FROM authorities
                      WHERE authority = ?1";
        self.find(called, id.as_str()).unwrap_or_else(|| id.to_string())
    }

    /// A theme.
    pub fn theme(&self, id: &ThemeCode) -> String {
        self.find("SELECT label FROM themes WHERE theme = ?1", id.as_str())
            .unwrap_or_else(|| id.to_string())
    }

    /// A norm, as the catalogue calls it or as it was cited.
    pub fn norm(&self, norm: &NormRef) -> String {
        let known = norm.norm_id().filter(|_| norm.cited().article.is_none());
        known
            .and_then(|id| {
                let called = "SELECT label FROM norms WHERE norm = ?1";
                self.find(called, id.as_bytes().as_slice())
            })
            .unwrap_or_else(|| norm.label_it())
    }

    /// A case, by its reference.
    pub fn case(&self, id: Uuid) -> String {
        // What cannot be told is for the fewest.
        if !may_be_named(self.conn, self.reader, id).unwrap_or(false) {
            return RESERVED.into();
        }
        let numbered = self
            .conn
            .prepare_cached("SELECT kind, year, rank FROM things WHERE id = ?1")
            .and_then(|mut find| {
                find.query_row([id.as_bytes().as_slice()], |row| {
                    Ok((row.get::<_, u8>(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
            });
        match numbered {
            Ok(Some((kind, year, rank))) => match Kind::of(kind) {
                Some(Kind::Communication) | None => id.to_string(),
                Some(kind) => reference(kind, year, rank),
            },
            Ok(None) | Err(_) => id.to_string(),
        }
    }

    /// Whatever a reference points to.
    pub fn thing(&self, reference: &Ref) -> String {
        match (reference.kind, reference.uuid()) {
            (RefKind::Body, _) => self
                .find("SELECT name FROM bodies WHERE body = ?1", reference.id.as_str())
                .unwrap_or_else(|| reference.id.to_string()),
            (RefKind::Authority, _) => self
                .find("SELECT office FROM authorities WHERE authority = ?1", reference.id.as_str())
                .unwrap_or_else(|| reference.id.to_string()),
            (RefKind::Norm, Some(id)) => self
                .find("SELECT label FROM norms WHERE norm = ?1", id.as_bytes().as_slice())
                .unwrap_or_else(|| reference.id.to_string()),
            (_, Some(id)) => self.case(id),
            (_, None) => reference.id.to_string(),
        }
    }

    /// A day in a sentence: "il 7 marzo 2026", "l'8 marzo 2026".
    pub fn day(day: Day) -> String {
        format!("{}{}", the(day.date()), italian_date(day.date()))
    }
}
