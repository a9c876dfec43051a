//! How the listed issues are spread: the counts beside a list.
//!
//! Counted are exactly the issues that the list shows to the same reader.
//!
//! Depends on: `access`.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::moment::Moment;
use super::filter::{IssueFilter, Source, on_day};
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

/// How many things have a value.
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

impl Moment {
    /// The counts beside the list that the same filter gives the same reader.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub async fn issue_facets(
        &self,
        scope: &Scope,
        filter: &IssueFilter,
        today: Day,
    ) -> Result<IssueFacets, ViewsError> {
        if filter.q.is_some() {
            self.searchable().await?;
        }
        self.read(|conn| count(conn, &filter.conditions(scope, today, Source::Issues)))
    }
}

/// Counts in one pass over the issues, one over what they cite and one over who reads it.
/// (Grouping in SQL sorts all of them three times; measured on 50,000 issues, 360 ms.)
fn count(conn: &Connection, conditions: &Conditions) -> Result<IssueFacets, ViewsError> {
    let sql = format!(
        "SELECT i.no, {}, i.theme, i.body, substr(i.reported_on, 1, 4),
                i.current_positions >= 2, {}
         FROM issues i WHERE {}",
        on_day("status"),
        on_day("has_valid_solution"),
        conditions.sql()
    );
    let mut facets = IssueFacets::default();
    let mut shown = HashSet::new();
    let [mut status, mut theme, mut body, mut year] = [(); 4].map(|()| Counts::new());
    let mut matching = conn.prepare_cached(&sql)?;
    let mut rows = matching.query(conditions.values(&sql).as_slice())?;
    while let Some(row) = rows.next()? {
        shown.insert(row.get(0)?);
        add(&mut status, text(row, 1)?);
        add(&mut theme, text(row, 2)?);
        add(&mut body, text(row, 3)?);
        add(&mut year, text(row, 4)?);
        facets.has_divergence += u32::from(row.get::<_, bool>(5)?);
        facets.has_valid_solution += u32::from(row.get::<_, bool>(6)?);
    }
    facets.total = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let unnamed = HashMap::new();
    facets.status = most(status, &unnamed);
    facets.theme = most(theme, &names(conn, "SELECT theme, label FROM themes")?);
    facets.year = most(year, &unnamed);
    let provinces = names(conn, "SELECT body, province FROM bodies WHERE province IS NOT NULL")?;
    let mut province = Counts::new();
    for (body, issues) in body {
        if let Some(name) = provinces.get(&body) {
            *province.entry(name.clone()).or_default() += issues;
        }
    }
    facets.province = most(province, &unnamed);
    let cited = "SELECT thing, lower(hex(norm)) FROM citations
                 WHERE kind = 0 AND norm IS NOT NULL ORDER BY thing";
    let labels = names(conn, "SELECT lower(hex(norm)), label FROM norms")?;
    facets.norm = most(spread(conn, cited, &shown)?, &labels);
    for norm in &mut facets.norm {
        if let Ok(id) = uuid::Uuid::try_parse(&norm.value) {
            norm.value = id.to_string();
        }
    }
    let read_by =
        "SELECT p.issue, a.kind FROM issue_positions p JOIN authorities a USING (authority)
                   ORDER BY p.issue";
    facets.authority_kind = most(spread(conn, read_by, &shown)?, &unnamed);
    Ok(facets)
}

/// How many issues have which value; those without one are in no group.
type Counts = HashMap<String, u32>;

fn add(counts: &mut Counts, value: Option<&str>) {
    let Some(value) = value else { return };
    match counts.get_mut(value) {
        Some(count) => *count += 1,
        None => {
            counts.insert(value.to_owned(), 1);
        }
    }
}

fn text<'row>(row: &'row Row<'_>, column: usize) -> rusqlite::Result<Option<&'row str>> {
    row.get_ref(column).and_then(|value| Ok(value.as_str_or_null()?))
}

/// Counts values of which an issue may have several, or one of them twice. The statement
/// answers issues with their values, issue by issue.
fn spread(conn: &Connection, sql: &str, shown: &HashSet<i64>) -> Result<Counts, ViewsError> {
    let mut counts = Counts::new();
    let (mut issue, mut counted) = (None, BTreeSet::new());
    let mut all = conn.prepare_cached(sql)?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let no: i64 = row.get(0)?;
        if issue != Some(no) {
            issue = Some(no);
            counted.clear();
        }
        let value = text(row, 1)?.filter(|value| shown.contains(&no) && !counted.contains(*value));
        counted.extend(value.map(str::to_owned));
        add(&mut counts, value);
    }
    Ok(counts)
}

/// How people call values.
fn names(conn: &Connection, sql: &str) -> Result<HashMap<String, String>, ViewsError> {
    let mut all = conn.prepare_cached(sql)?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn most(counts: Counts, names: &HashMap<String, String>) -> Vec<FacetCount> {
    let mut counts: Vec<FacetCount> = counts
        .into_iter()
        .map(|(value, count)| FacetCount { label_it: names.get(&value).cloned(), value, count })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(SHOWN);
    counts
}
