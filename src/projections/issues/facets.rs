//! How the listed issues are spread: the counts beside a list.
//!
//! Counted are exactly the issues that the list shows to the same reader.
//!
//! Depends on: `access`.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::views::Views;
use super::filter::{AMONG_FOUND, IssueFilter, on_day};
use crate::access::Scope;
use crate::domain::values::Day;

/// Values shown of each facet, the most frequent first.
const SHOWN: usize = 50;

/// The counts beside a list of issues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct IssueFacets {
    /// How many issues in all.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub total: u32,
    /// By where they stand.
    #[schema(max_items = 50)]
    pub status: Vec<FacetCount>,
    /// By norm cited: its id.
    #[schema(max_items = 50)]
    pub norm: Vec<FacetCount>,
    /// By theme, the first of each.
    #[schema(max_items = 50)]
    pub theme: Vec<FacetCount>,
    /// By kind of authority whose reading is recorded.
    #[schema(max_items = 50)]
    pub authority_kind: Vec<FacetCount>,
    /// By province of the body that leads.
    #[schema(max_items = 50)]
    pub province: Vec<FacetCount>,
    /// By year of the report.
    #[schema(max_items = 50)]
    pub year: Vec<FacetCount>,
    /// With readings that oppose each other at present.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub has_divergence: u32,
    /// With a solution that holds.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub has_valid_solution: u32,
}

/// How many issues have a value.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    /// The value, as the filter of the same name takes it.
    #[schema(max_length = 100)]
    pub value: String,
    /// How people call it, where that is not the value.
    #[schema(max_length = 500)]
    pub label_it: Option<String>,
    /// How many.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub count: u32,
}

impl Views {
    /// The counts beside the list that the same filter gives the same reader.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn issue_facets(
        &self,
        scope: &Scope,
        filter: &IssueFilter,
        today: Day,
    ) -> Result<IssueFacets, ViewsError> {
        self.read(|conn| count(conn, &filter.conditions(scope, today, AMONG_FOUND)))
    }
}

fn count(conn: &Connection, conditions: &Conditions) -> Result<IssueFacets, ViewsError> {
    let matching = conditions.sql();
    let sql = format!(
        "SELECT {}, i.theme, t.label, b.province, substr(i.reported_on, 1, 4),
                i.current_positions >= 2, {}, count(*)
         FROM issues i LEFT JOIN themes t ON t.theme = i.theme LEFT JOIN bodies b ON b.body = i.body
         WHERE {matching} GROUP BY 1, 2, 3, 4, 5, 6, 7",
        on_day("status"),
        on_day("has_valid_solution"),
    );
    let mut facets = IssueFacets::default();
    let (mut status, mut theme, mut province, mut year) =
        (Tally::default(), Tally::default(), Tally::default(), Tally::default());
    let mut groups = conn.prepare_cached(&sql)?;
    let mut rows = groups.query(conditions.values(&sql).as_slice())?;
    while let Some(row) = rows.next()? {
        let issues: u32 = row.get(7)?;
        facets.total += issues;
        status.add(row.get(0)?, None, issues);
        theme.add(row.get(1)?, row.get(2)?, issues);
        province.add(row.get(3)?, None, issues);
        year.add(row.get(4)?, None, issues);
        facets.has_divergence += if row.get(5)? { issues } else { 0 };
        facets.has_valid_solution += if row.get(6)? { issues } else { 0 };
    }
    facets.status = status.most();
    facets.theme = theme.most();
    facets.province = province.most();
    facets.year = year.most();
    facets.norm = grouped(
        conn,
        conditions,
        &format!(
            "SELECT lower(hex(c.norm)), n.label, count(DISTINCT i.no)
             FROM issues i JOIN citations c ON c.kind = 0 AND c.thing = i.no
             LEFT JOIN norms n ON n.norm = c.norm
             WHERE c.norm IS NOT NULL AND {matching} GROUP BY c.norm"
        ),
    )?;
    for norm in &mut facets.norm {
        if let Ok(id) = uuid::Uuid::try_parse(&norm.value) {
            norm.value = id.to_string();
        }
    }
    facets.authority_kind = grouped(
        conn,
        conditions,
        &format!(
            "SELECT a.kind, NULL, count(DISTINCT i.no)
             FROM issues i JOIN issue_positions p ON p.issue = i.no
             JOIN authorities a USING (authority) WHERE {matching} GROUP BY a.kind"
        ),
    )?;
    Ok(facets)
}

fn grouped(
    conn: &Connection,
    conditions: &Conditions,
    sql: &str,
) -> Result<Vec<FacetCount>, ViewsError> {
    let mut tally = Tally::default();
    let mut groups = conn.prepare_cached(sql)?;
    let mut rows = groups.query(conditions.values(sql).as_slice())?;
    while let Some(row) = rows.next()? {
        tally.add(row.get(0)?, row.get(1)?, row.get(2)?);
    }
    Ok(tally.most())
}

#[derive(Default)]
struct Tally(BTreeMap<String, (Option<String>, u32)>);

impl Tally {
    /// Counts issues that have a value; those without one are in no group.
    fn add(&mut self, value: Option<String>, label: Option<String>, issues: u32) {
        if let Some(value) = value {
            let (known, count) = self.0.entry(value).or_default();
            *known = known.take().or(label);
            *count += issues;
        }
    }

    fn most(self) -> Vec<FacetCount> {
        let mut counts: Vec<FacetCount> = self
            .0
            .into_iter()
            .map(|(value, (label_it, count))| FacetCount { value, label_it, count })
            .collect();
        counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        counts.truncate(SHOWN);
        counts
    }
}
