//! What the public reads of solutions: the approved abstract, and whether it holds.
//!
//! Deliberately absent: bodies, issues, answers, texts that nobody approved.
//!
//! Depends on: `domain::solution`.

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::linked::{SOLUTION_STATUS, SOLUTION_VALIDITY, code, id_of, reference_of, word};
use super::super::lists::{List, Page};
use super::super::moment::Moment;
use super::super::texts::TextPlace;
use super::super::things::Kind;
use super::list::{SolutionFilter, narrow, order, territory};
use crate::domain::shared::Territory;
use crate::domain::solution::{SolutionLevel, SolutionStatus, SolutionValidity};
use crate::domain::values::Day;

/// A page of published solutions.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublishedSolutions {
    /// The solutions.
    #[schema(max_items = 200)]
    pub items: Vec<PublishedSolution>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A solution as the public reads it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublishedSolution {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "B-2026/0005")]
    pub reference: String,
    /// The approved abstract.
    #[serde(rename = "abstract")]
    #[schema(max_length = 2000)]
    pub summary: String,
    /// On which level it stands.
    pub level: SolutionLevel,
    /// Where it stands, on the day.
    pub status: SolutionStatus,
    /// Whether it may be relied on, on the day.
    pub validity: SolutionValidity,
    /// Where it holds.
    pub territory: Territory,
    /// Since when it is public.
    pub published_on: Day,
}

impl Moment {
    /// The published solutions, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_published_solutions(
        &self,
        filter: &SolutionFilter,
        on: Day,
    ) -> Result<PublishedSolutions, ViewsError> {
        let Page { items, next } = self.read(|conn| page(self, conn, filter, None, on))?;
        Ok(PublishedSolutions { items: self.with_abstracts(items).await?, next })
    }

    /// One published solution, as it stands on a day; `None` when it is not published.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn show_published_solution(
        &self,
        id: Uuid,
        on: Day,
    ) -> Result<Option<PublishedSolution>, ViewsError> {
        let filter = SolutionFilter { limit: 1, ..SolutionFilter::default() };
        let found = self.read(|conn| page(self, conn, &filter, Some(id), on))?;
        Ok(self.with_abstracts(found.items).await?.pop())
    }

    async fn with_abstracts(
        &self,
        found: Vec<(TextPlace, PublishedSolution)>,
    ) -> Result<Vec<PublishedSolution>, ViewsError> {
        let mut items = Vec::with_capacity(found.len());
        for (place, mut item) in found {
            self.texts().open(place).await?.as_ref().clone_into(&mut item.summary);
            items.push(item);
        }
        Ok(items)
    }
}

fn page(
    moment: &Moment,
    conn: &Connection,
    filter: &SolutionFilter,
    id: Option<Uuid>,
    on: Day,
) -> Result<Page<(TextPlace, PublishedSolution)>, ViewsError> {
    let mut select = Conditions::default();
    select.and(moment.published("t", Kind::Solution));
    select.and("t.summary_rev IS NOT NULL");
    select.bind(":on", on.to_string());
    select.filter("t.id = :id", ":id", id.map(|id| id.as_bytes().to_vec()));
    narrow(&mut select, filter, &moment.published("i", Kind::Issue));
    if filter.offered_to.is_some() {
        // Who takes part in what was published is not for everybody.
        select.and("0");
    }
    let columns = format!(
        "t.id, t.year, t.rank, t.summary_rev, t.level, t.territory_level, t.territory,
         t.published_on, {SOLUTION_STATUS} AS status, {SOLUTION_VALIDITY} AS validity"
    );
    let (order, after) = (order(filter.sort), filter.cursor.as_deref());
    let list = List { columns: &columns, from: "solutions t", order, after, limit: filter.limit };
    select.page(conn, &list, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(TextPlace, PublishedSolution)> {
    let id = id_of(row)?;
    let place = TextPlace {
        kind: Kind::Solution,
        id,
        revision: row.get("summary_rev")?,
        pointer: "/abstract",
    };
    let solution = PublishedSolution {
        id,
        reference: reference_of(row, Kind::Solution)?,
        summary: String::new(),
        level: word(row, "level")?,
        status: word(row, "status")?,
        validity: word(row, "validity")?,
        territory: territory(row)?,
        published_on: code(row, "published_on")?,
    };
    Ok((place, solution))
}
