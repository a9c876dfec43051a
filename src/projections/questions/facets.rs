//! How the listed questions are spread: the counts beside the list.
//!
//! Counted are exactly the questions that the list shows to the same reader. They are few
//! (a network asks some dozens a year), so that one pass in memory is enough.
//!
//! Depends on: `access`.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::ViewsError;
use super::super::issues::FacetCount;
use super::super::linked::QUESTION_STATUS;
use super::super::lists::json;
use super::super::moment::Moment;
use super::list::{AddresseeRow, OVERDUE, QuestionFilter, TO_VERIFY, narrowed};
use crate::access::Scope;
use crate::domain::values::Day;

/// Values shown of each facet, the most frequent first.
const SHOWN: usize = 50;

/// The counts beside a list of questions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct QuestionFacets {
    /// How many questions in all.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub total: u32,
    /// By where they stand.
    #[schema(max_items = 50)]
    pub status: Vec<FacetCount>,
    /// By office to which they are put, or were passed on.
    #[schema(max_items = 50)]
    pub addressee: Vec<FacetCount>,
    /// With something they rest on that has changed.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub to_verify: u32,
    /// With an expected day that has passed.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub overdue: u32,
}

impl Moment {
    /// The counts beside the list that the same filter gives the same reader.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn question_facets(
        &self,
        scope: &Scope,
        filter: &QuestionFilter,
        on: Day,
    ) -> Result<QuestionFacets, ViewsError> {
        self.read(|conn| count(conn, scope, filter, on))
    }
}

fn count(
    conn: &Connection,
    scope: &Scope,
    filter: &QuestionFilter,
    on: Day,
) -> Result<QuestionFacets, ViewsError> {
    let select = narrowed(scope, filter, on);
    let sql = format!(
        "SELECT {QUESTION_STATUS} AS status, t.addressees, {TO_VERIFY}, {OVERDUE}
         FROM questions t WHERE {}",
        select.sql()
    );
    let rows = select.query(conn, &sql, |row| {
        let addressees: Vec<AddresseeRow> = json(row, "addressees")?;
        Ok((row.get::<_, String>(0)?, addressees, row.get::<_, bool>(2)?, row.get::<_, bool>(3)?))
    })?;
    let mut facets = QuestionFacets::default();
    let (mut status, mut addressee) = (BTreeMap::new(), BTreeMap::new());
    for (standing, addressees, to_verify, overdue) in rows {
        facets.total += 1;
        facets.to_verify += u32::from(to_verify);
        facets.overdue += u32::from(overdue);
        *status.entry(standing).or_default() += 1;
        // One that it was sent to and passed on to is one office.
        let offices: BTreeSet<_> = addressees.into_iter().map(|one| one.addressee).collect();
        for office in offices {
            *addressee.entry(office.to_string()).or_default() += 1;
        }
    }
    facets.status = most(status);
    facets.addressee = most(addressee);
    let called = "SELECT office || coalesce(' (' || province || ')', '') FROM authorities
                  WHERE authority = ?1";
    let mut called = conn.prepare_cached(called)?;
    for office in &mut facets.addressee {
        let mut found = called.query_map([&office.value], |row| row.get(0))?;
        office.label_it = found.next().transpose()?;
    }
    Ok(facets)
}

fn most(counts: BTreeMap<String, u32>) -> Vec<FacetCount> {
    let mut counts: Vec<FacetCount> = counts
        .into_iter()
        .map(|(value, count)| FacetCount { value, label_it: None, count })
        .collect();
    // What is equally frequent stays in the order of its value.
    counts.sort_by_key(|one| std::cmp::Reverse(one.count));
    counts.truncate(SHOWN);
    counts
}
