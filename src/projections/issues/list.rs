//! The list of issues.
//!
//! Depends on: `domain::issue`, `access`.

use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::texts::TextPlace;
use super::super::things::{Kind, reference};
use super::super::views::Views;
use super::super::{ViewsError, words};
use crate::access::Scope;
use crate::domain::issue::IssueStatus;
use crate::domain::values::Day;

/// In which order issues are listed; the most recent, the most people, the longest
/// open, the best match first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueSort {
    /// By the last event.
    #[default]
    Updated,
    /// By the day of the report.
    Reported,
}

/// Which issues are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssueFilter {
    /// In which order.
    pub sort: IssueSort,
    /// At most so many.
    pub limit: u32,
}

/// A page of issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueList {
    /// The issues.
    pub items: Vec<IssueRow>,
}

/// An issue in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueRow {
    /// Its id.
    pub id: Uuid,
    /// The reference for people.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: IssueStatus,
}

impl Views {
    /// The issues that somebody may see, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read.
    pub async fn list_issues(
        &self,
        scope: &Scope,
        filter: &IssueFilter,
        today: Day,
    ) -> Result<IssueList, ViewsError> {
        let found = self.read(|conn| rows(conn, scope, filter, today))?;
        let mut items = Vec::with_capacity(found.len());
        for (place, mut row) in found {
            row.title = self.texts().open(place).await?.to_string();
            items.push(row);
        }
        Ok(IssueList { items })
    }
}

/// A column that depends on the day `:today`.
pub(super) fn on_day(column: &str) -> String {
    format!(
        "(CASE WHEN i.changes_on IS NULL OR i.changes_on > :today THEN i.{column} ELSE
          (SELECT s.{column} FROM issue_steps s WHERE s.issue = i.no AND s.from_day <= :today
           ORDER BY s.from_day DESC LIMIT 1) END)"
    )
}

fn rows(
    conn: &Connection,
    scope: &Scope,
    filter: &IssueFilter,
    today: Day,
) -> Result<Vec<(TextPlace, IssueRow)>, ViewsError> {
    let (status, allowed) = (on_day("status"), scope.sql("i", Kind::Issue as u8));
    let order = match filter.sort {
        IssueSort::Updated => "i.updated_at DESC, i.no DESC",
        IssueSort::Reported => "i.reported_on DESC, i.no DESC",
    };
    let mut list = conn.prepare_cached(&format!(
        "SELECT i.id, i.year, i.rank, i.title_rev, {status} FROM issues i WHERE {allowed}
         ORDER BY {order} LIMIT :limit"
    ))?;
    let (body, network) = scope.parameters();
    let rows = list.query_map(
        named_params! {
            ":scope_body": body,
            ":scope_network": network,
            ":today": today.to_string(),
            ":limit": filter.limit,
        },
        |row| {
            let id = Uuid::from_bytes(row.get(0)?);
            let place =
                TextPlace { kind: Kind::Issue, id, revision: row.get(3)?, pointer: "/title" };
            let status: String = row.get(4)?;
            let reference = reference(Kind::Issue, row.get(1)?, row.get(2)?);
            let status = words::parse(4, &status)?;
            Ok((place, IssueRow { id, reference, title: String::new(), status }))
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
