//! Where figures gather: which norms which authorities read in opposed ways, which
//! addressees have not answered, how bodies decide on solutions.
//!
//! Depends on: `access`, `domain::values`.

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::linked::{ISSUE_STATUS, code, code_if_any};
use super::super::norms::act_label;
use super::super::things::Kind;
use super::SMALL;
use crate::access::Scope;
use crate::domain::values::{AuthorityId, AuthorityKind, Day};

/// Most cells of the spread of divergences.
const MOST_CELLS: usize = 500;

/// Issues in which a norm is read in opposed ways, one of them by a kind of authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DivergenceCount {
    /// The norm.
    pub norm_id: Uuid,
    /// How it is cited.
    #[schema(max_length = 1000)]
    pub label: String,
    /// The kind of authority.
    pub authority_kind: AuthorityKind,
    /// How many issues.
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub issues: u32,
}

/// Questions that an addressee has not answered, although an answer was expected by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnansweredCount {
    /// The addressee.
    pub authority: AuthorityId,
    /// How many questions.
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub questions: u32,
    /// The days since the earliest of them was sent.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub longest_days: u32,
}

/// The decisions of bodies on solutions that hold.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionCounts {
    /// They adopt; absent when it is hidden, as those below.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub adopted: Option<u32>,
    /// They adopt with changes.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub adapted: Option<u32>,
    /// They decline.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub declined: Option<u32>,
}

impl DecisionCounts {
    /// How many of a hundred adopt, with changes or without; `None` when there are none or
    /// one of the counts is hidden.
    pub(super) fn percent(&self) -> Option<u32> {
        let adopted = self.adopted? + self.adapted?;
        (adopted * 100).checked_div(adopted + self.declined?)
    }
}

/// The cells of norm and kind of authority, the fullest first; for the public those that
/// are full enough.
pub(super) fn divergences(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    hide_small: bool,
) -> Result<Vec<DivergenceCount>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Issue);
    select.bind(":on", on.to_string());
    select.bind(":least", i64::from(if hide_small { SMALL } else { 1 }));
    select.and("c.kind = 0 AND c.norm IS NOT NULL AND t.current_positions >= 2");
    select.and(format!("({ISSUE_STATUS}) NOT IN ('closed', 'withdrawn', 'out_of_scope')"));
    // A reading that somebody ended is no longer opposed to anything.
    select.and("coalesce(r.until >= :on, 1)");
    let statement = format!(
        "SELECT c.norm, a.kind AS authority_kind, n.label, min(c.label) AS cited,
                count(DISTINCT t.no) AS issues
         FROM citations c JOIN issues t ON t.no = c.thing
         JOIN issue_positions r ON r.issue = t.no
         JOIN authorities a ON a.authority = r.authority
         LEFT JOIN norms n ON n.norm = c.norm
         WHERE {} GROUP BY c.norm, a.kind HAVING issues >= :least
         ORDER BY issues DESC, coalesce(n.label, cited), a.kind LIMIT {MOST_CELLS}",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        let label: Option<String> = row.get("label")?;
        Ok(DivergenceCount {
            norm_id: row.get("norm").map(Uuid::from_bytes)?,
            label: match label {
                Some(label) => label,
                None => act_label(&row.get::<_, String>("cited")?),
            },
            authority_kind: code(row, "authority_kind")?,
            issues: row.get("issues")?,
        })
    })
}

/// The addressees that have not answered, those with most questions first; for the public
/// those with enough of them.
pub(super) fn unanswered(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    hide_small: bool,
) -> Result<Vec<UnansweredCount>, ViewsError> {
    let mut select = Conditions::scope(scope, "q", Kind::Question);
    select.bind(":on", on.to_string());
    select.bind(":least", i64::from(if hide_small { SMALL } else { 1 }));
    // Whoever is to be reminded has let the expected day pass already.
    select.and(
        "q.expected_on IS NOT NULL AND (q.expected ->> 'what' IN ('reminder', 'escalation')
         OR (q.expected ->> 'what' = 'reply' AND q.expected_on < :on))",
    );
    let statement = format!(
        "SELECT q.expected ->> 'authority' AS authority, count(*) AS questions,
                max(CAST(julianday(:on) - julianday(q.dispatched_on) AS INTEGER)) AS days
         FROM questions q WHERE {} GROUP BY 1 HAVING questions >= :least
         ORDER BY questions DESC, days DESC, authority",
        select.sql()
    );
    let rows = select.query(conn, &statement, |row| {
        let authority: Option<AuthorityId> = code_if_any(row, "authority")?;
        let (questions, days): (u32, Option<i64>) = (row.get("questions")?, row.get("days")?);
        let longest_days = u32::try_from(days.unwrap_or_default()).unwrap_or_default();
        Ok(authority.map(|authority| UnansweredCount { authority, questions, longest_days }))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// How bodies decide.
pub(super) fn decisions(
    conn: &Connection,
    conditions: &Conditions,
    shown: impl Fn(u32) -> Option<u32>,
) -> Result<DecisionCounts, ViewsError> {
    let sql = format!(
        "SELECT count(*) FILTER (WHERE d.manner = 'adopted'),
                count(*) FILTER (WHERE d.manner = 'adapted'),
                count(*) FILTER (WHERE d.manner = 'declined')
         FROM solution_bodies d JOIN solutions s ON s.no = d.solution
         WHERE d.until >= :today AND {}",
        conditions.sql()
    );
    let mut select = conn.prepare_cached(&sql)?;
    Ok(select.query_row(conditions.values(&sql).as_slice(), |row| {
        Ok(DecisionCounts {
            adopted: shown(row.get(0)?),
            adapted: shown(row.get(1)?),
            declined: shown(row.get(2)?),
        })
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_only_when_nothing_of_it_is_hidden() {
        let of = |adopted, adapted, declined| DecisionCounts { adopted, adapted, declined };
        assert_eq!(of(Some(6), Some(0), Some(2)).percent(), Some(75));
        assert_eq!(of(Some(0), Some(0), Some(0)).percent(), None);
        assert_eq!(of(Some(6), None, Some(6)).percent(), None);
    }
}
