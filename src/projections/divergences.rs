//! The matrix of divergences: norm × authority, who reads it how, since, until, in which
//! form.
//!
//! Deliberately absent: tables of its own. Citations and positions are written by the
//! views of issues and of links; withdrawn reports and those that do not belong here are
//! left out.
//!
//! Depends on: `access`, `domain::issue`.

#[cfg(test)]
mod tests;

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ViewsError;
use super::condition::Conditions;
use super::linked::ISSUE_STATUS;
use super::lists::{List, Order, Page};
use super::moment::Moment;
use super::norms::act_label;
use super::readings::{self, ReadingView};
use super::things::Kind;
use crate::access::Scope;
use crate::domain::values::{AuthorityKind, Day, ProvinceCode, ThemeCode};

/// Most readings shown of one row of the matrix.
const MOST_READINGS: u32 = 500;

/// Which part of the matrix is shown; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DivergenceFilter {
    /// Of this norm.
    pub norm: Option<Uuid>,
    /// As read by authorities of this kind.
    pub authority_kind: Option<AuthorityKind>,
    /// As read in this province.
    pub province: Option<ProvinceCode>,
    /// From issues of this theme.
    pub theme: Option<ThemeCode>,
    /// Only readings that held on this day.
    pub current_on: Option<Day>,
    /// Only from issues in which at least two readings hold: on that day, or as far as is
    /// recorded.
    pub only_opposed: bool,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many rows.
    pub limit: u32,
    /// At most so many readings of each kind of authority in a row.
    pub each: Option<u32>,
}

/// A page of the matrix.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DivergenceList {
    /// The rows, norm by norm and article by article.
    #[schema(max_items = 200)]
    pub items: Vec<DivergenceRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A row of the matrix: one place in a norm.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DivergenceRow {
    /// The norm.
    pub norm_id: Uuid,
    /// How the norm is cited.
    #[schema(max_length = 1000)]
    pub label: String,
    /// The article, such as `5-bis`; absent for the norm as a whole.
    #[schema(max_length = 100)]
    pub article: Option<String>,
    /// The paragraph (*comma*).
    #[schema(max_length = 100)]
    pub paragraph: Option<String>,
    /// Whether in one of the issues at least two readings hold.
    pub opposed: bool,
    /// Who reads it how: by kind of authority, province and office.
    #[schema(max_items = 500)]
    pub readings: Vec<ReadingView>,
}

impl Moment {
    /// The matrix, as far as somebody may see the issues it comes from.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_divergences(
        &self,
        scope: &Scope,
        filter: &DivergenceFilter,
        on: Day,
    ) -> Result<DivergenceList, ViewsError> {
        let Page { mut items, next } = self.read(|conn| {
            let mut page = rows(conn, scope, filter, on)?;
            for row in &mut page.items {
                row.readings = cells(conn, scope, filter, on, row)?;
            }
            Ok(page)
        })?;
        let shown = items.iter_mut().flat_map(|row| &mut row.readings);
        readings::open(self, shown).await?;
        Ok(DivergenceList { items, next })
    }
}

const FROM: &str = "citations c JOIN issues t ON t.no = c.thing
     JOIN issue_positions r ON r.issue = t.no
     LEFT JOIN authorities a ON a.authority = r.authority
     LEFT JOIN norms n ON n.norm = c.norm";

/// The readings that may be seen and fit the filter.
fn fitting(scope: &Scope, filter: &DivergenceFilter, on: Day) -> Conditions {
    let mut select = Conditions::scope(scope, "t", Kind::Issue);
    select.and("c.kind = 0 AND c.norm IS NOT NULL");
    select.bind(":on", on.to_string());
    select.and(format!("({ISSUE_STATUS}) NOT IN ('withdrawn', 'out_of_scope')"));
    select.filter("c.norm = :norm", ":norm", filter.norm.map(|norm| norm.as_bytes().to_vec()));
    let kind = filter.authority_kind.as_ref().map(ToString::to_string);
    select.filter("a.kind = :kind", ":kind", kind);
    select.filter(
        "(CASE WHEN r.level = 'province' THEN r.territory ELSE a.province END) = :province",
        ":province",
        filter.province.as_ref().map(ToString::to_string),
    );
    select.filter(
        "(t.theme = :theme OR EXISTS (SELECT 1 FROM issue_themes s
         WHERE s.issue = t.no AND s.theme = :theme))",
        ":theme",
        filter.theme.as_ref().map(ToString::to_string),
    );
    select.filter(
        "coalesce(r.since <= :day, 1) AND coalesce(r.until >= :day, 1)",
        ":day",
        filter.current_on.map(|day| day.to_string()),
    );
    if filter.only_opposed {
        select.and(format!("{} >= 2", held(filter)));
    }
    select
}

/// How many readings hold in the issue `t`.
fn held(filter: &DivergenceFilter) -> &'static str {
    match filter.current_on {
        None => "t.current_positions",
        Some(_) => {
            "(SELECT count(*) FROM issue_positions h WHERE h.issue = t.no
             AND coalesce(h.since <= :day, 1) AND coalesce(h.until >= :day, 1))"
        }
    }
}

fn rows(
    conn: &Connection,
    scope: &Scope,
    filter: &DivergenceFilter,
    on: Day,
) -> Result<Page<DivergenceRow>, ViewsError> {
    let mut select = fitting(scope, filter, on);
    let conditions = select.nested();
    // Norms of the catalogue come first, by name; articles in the order of their numbers.
    let from = format!(
        "(SELECT c.norm, coalesce(c.article, '') AS article,
          coalesce(c.paragraph, '') AS paragraph, min(c.label) AS cited, n.label,
          max({}) >= 2 AS opposed FROM {FROM} WHERE {conditions} GROUP BY 1, 2, 3) t",
        held(filter)
    );
    let order = Order::unique(
        "divergences/norm",
        "printf('%d|%s|%s|%06d|%s|%06d|%s', t.label IS NULL, coalesce(t.label, ''),
         hex(t.norm), CAST(t.article AS INTEGER), t.article,
         CAST(t.paragraph AS INTEGER), t.paragraph)",
    );
    let columns = "t.norm, t.article, t.paragraph, t.cited, t.label, t.opposed";
    let after = filter.cursor.as_deref();
    let list = List { columns, from: &from, order, after, limit: filter.limit };
    select.page(conn, &list, |row| {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let label: Option<String> = row.get("label")?;
        Ok(DivergenceRow {
            norm_id: row.get("norm").map(Uuid::from_bytes)?,
            label: match label {
                Some(label) => label,
                None => act_label(&row.get::<_, String>("cited")?),
            },
            article: some(row.get("article")?),
            paragraph: some(row.get("paragraph")?),
            opposed: row.get("opposed")?,
            readings: Vec::new(),
        })
    })
}

fn cells(
    conn: &Connection,
    scope: &Scope,
    filter: &DivergenceFilter,
    on: Day,
    row: &DivergenceRow,
) -> Result<Vec<ReadingView>, ViewsError> {
    let mut select = fitting(scope, filter, on);
    select.and("c.norm = :row_norm AND coalesce(c.article, '') = :row_article");
    select.and("coalesce(c.paragraph, '') = :row_paragraph");
    select.bind(":row_norm", row.norm_id.as_bytes().to_vec());
    select.bind(":row_article", row.article.clone().unwrap_or_default());
    select.bind(":row_paragraph", row.paragraph.clone().unwrap_or_default());
    select.bind(":each", filter.each.unwrap_or(MOST_READINGS));
    // An issue may cite the same place twice.
    let statement = format!(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY authority_kind
           ORDER BY coalesce(province, ''), authority, issue_no, ord) AS place
         FROM (SELECT DISTINCT {}, t.no AS issue_no, r.ord FROM {FROM} WHERE {}))
         WHERE place <= :each
         ORDER BY coalesce(authority_kind, ''), place LIMIT {MOST_READINGS}",
        readings::COLUMNS,
        select.sql()
    );
    select.query(conn, &statement, readings::read)
}
