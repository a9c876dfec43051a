//! The list of solutions.
//!
//! Depends on: `access`, `domain::solution`.

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::linked::{
    SOLUTION_STATUS, SOLUTION_VALIDITY, code, code_if_any, id_of, instant, reference_of,
    visibility, word,
};
use super::super::lists::{List, Order, Page};
use super::super::moment::Moment;
use super::super::things::Kind;
use super::super::titles::{self, Title, Titled};
use super::super::{ViewsError, words};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::shared::{Territory, Visibility};
use crate::domain::solution::{SolutionLevel, SolutionStatus, SolutionValidity};
use crate::domain::values::{BodyId, Day, ProvinceCode, TerritoryCode, ThemeCode};

/// In which order solutions are listed: the most recent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SolutionSort {
    /// By the last event.
    #[default]
    UpdatedAt,
    /// By the day of the proposal.
    ProposedOn,
    /// By how many bodies apply them on the day.
    Adoptions,
}

/// Which solutions are listed; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SolutionFilter {
    /// On this level.
    pub level: Option<SolutionLevel>,
    /// With this status on the day.
    pub status: Option<SolutionStatus>,
    /// With this validity on the day.
    pub validity: Option<SolutionValidity>,
    /// That this body applies on the day, as it is or adapted.
    pub adopted_by: Option<BodyId>,
    /// That solves an issue in which this body takes part, and about which it has not
    /// decided; those that no longer hold are offered to nobody.
    pub offered_to: Option<BodyId>,
    /// That solves an issue of this theme.
    pub theme: Option<ThemeCode>,
    /// That this issue is attached to.
    pub issue: Option<Uuid>,
    /// That rests on this answer.
    pub answer: Option<Uuid>,
    /// That rests on this norm.
    pub norm: Option<Uuid>,
    /// For exactly this territory.
    pub territory: Option<TerritoryCode>,
    /// That holds in this province: for it, for one of its municipalities, for its region,
    /// or for the whole country.
    pub province: Option<ProvinceCode>,
    /// Of this association.
    pub coordinator: Option<BodyId>,
    /// Whether an abstract was approved for the public.
    pub published: Option<bool>,
    /// Whether something it rests on has changed.
    pub to_verify: Option<bool>,
    /// With an event since this instant.
    pub updated_since: Option<Instant>,
    /// In which order.
    pub sort: SolutionSort,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of solutions.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SolutionList {
    /// The solutions.
    #[schema(max_items = 200)]
    pub items: Vec<SolutionRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A solution in a list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SolutionRow {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "B-2026/0005")]
    pub reference: String,
    /// Which problem it solves.
    pub problem: Title,
    /// On which level it stands.
    pub level: SolutionLevel,
    /// Where it stands, on the day.
    pub status: SolutionStatus,
    /// Whether it may be relied on, on the day.
    pub validity: SolutionValidity,
    /// Where it holds.
    pub territory: Territory,
    /// The number of its present version.
    #[schema(minimum = 0, maximum = 9_999)]
    pub version: u32,
    /// How many bodies apply it as it is, each counted once.
    #[schema(minimum = 0, maximum = 10_000)]
    pub adopted: u32,
    /// How many bodies apply it with changes of their own.
    #[schema(minimum = 0, maximum = 10_000)]
    pub adapted: u32,
    /// How many bodies decided not to apply it.
    #[schema(minimum = 0, maximum = 10_000)]
    pub declined: u32,
    /// How many issues it solves.
    #[schema(minimum = 0, maximum = 10_000)]
    pub issues: u32,
    /// By when an open review is due.
    pub review_due: Option<Day>,
    /// The day of the proposal.
    pub proposed_on: Day,
    /// Since when an abstract is public.
    pub published_on: Option<Day>,
    /// The association in charge.
    pub coordinator: BodyId,
    /// Who may see it.
    pub visibility: Visibility,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

impl Titled for SolutionRow {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.problem]
    }
}

impl Moment {
    /// The solutions that somebody may see, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_solutions(
        &self,
        scope: &Scope,
        filter: &SolutionFilter,
        on: Day,
    ) -> Result<SolutionList, ViewsError> {
        let Page { mut items, next } = self.read(|conn| page(conn, scope, filter, on))?;
        titles::open(self.texts(), &mut items).await?;
        Ok(SolutionList { items, next })
    }
}

fn columns() -> String {
    let bodies = |manner| {
        format!(
            "(SELECT count(*) FROM solution_bodies b WHERE b.solution = t.no
             AND b.manner = '{manner}' AND b.until >= :on)"
        )
    };
    format!(
        "t.id, t.year, t.rank, t.revision, t.title_rev, t.coordinator, t.visibility,
         t.updated_at, t.level, t.territory_level, t.territory, t.version, t.proposed_on,
         t.published_on, t.issues, t.review_due, {SOLUTION_STATUS} AS status,
         {SOLUTION_VALIDITY} AS validity, {} AS adopted, {} AS adapted, {} AS declined",
        bodies("adopted"),
        bodies("adapted"),
        bodies("declined")
    )
}

/// The row of one solution, if it may be read.
pub(super) fn one(
    conn: &Connection,
    scope: &Scope,
    id: Uuid,
    on: Day,
) -> Result<Option<SolutionRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Solution);
    select.filter("t.id = :id", ":id", Some(id.as_bytes().to_vec()));
    select.bind(":on", on.to_string());
    let statement = format!("SELECT {} FROM solutions t WHERE {}", columns(), select.sql());
    Ok(select.query(conn, &statement, read)?.pop())
}

/// The conditions of the filter. `readable` says which issues `i` may be asked for, so
/// that no filter tells of one that may not be read.
pub(super) fn narrow(select: &mut Conditions, filter: &SolutionFilter, readable: &str) {
    let bytes = |id: Uuid| id.as_bytes().to_vec();
    select.filter("t.level = :level", ":level", filter.level.as_ref().map(words::text));
    let status = filter.status.as_ref().map(words::text);
    select.filter(&format!("{SOLUTION_STATUS} = :status"), ":status", status);
    let validity = filter.validity.as_ref().map(words::text);
    select.filter(&format!("{SOLUTION_VALIDITY} = :validity"), ":validity", validity);
    select.filter(
        "t.no IN (SELECT b.solution FROM solution_bodies b WHERE b.body = :adopted_by
         AND b.manner <> 'declined' AND b.until >= :on)",
        ":adopted_by",
        filter.adopted_by.as_ref().map(ToString::to_string),
    );
    let solves = format!(
        "EXISTS (SELECT 1 FROM links l JOIN things n ON n.id = l.target AND n.kind = 0
         JOIN issues i ON i.no = n.no WHERE l.owner = t.id AND l.role = 'issue' AND {readable}"
    );
    select.filter(
        &format!(
            "{solves} AND EXISTS (SELECT 1 FROM participants p WHERE p.kind = 0
             AND p.thing = i.no AND p.body = :offered_to))
             AND NOT EXISTS (SELECT 1 FROM solution_bodies b WHERE b.solution = t.no
             AND b.body = :offered_to AND b.until >= :on)
             AND ({SOLUTION_VALIDITY}) NOT IN ('superseded', 'retired')"
        ),
        ":offered_to",
        filter.offered_to.as_ref().map(ToString::to_string),
    );
    select.filter(
        &format!(
            "{solves} AND (i.theme = :theme OR EXISTS (SELECT 1 FROM issue_themes s
             WHERE s.issue = i.no AND s.theme = :theme)))"
        ),
        ":theme",
        filter.theme.as_ref().map(ToString::to_string),
    );
    select.filter(&format!("{solves} AND i.id = :issue)"), ":issue", filter.issue.map(bytes));
    select.filter(
        "t.id IN (SELECT l.owner FROM links l WHERE l.target = :answer AND l.kind = 3
         AND l.role = 'basis')",
        ":answer",
        filter.answer.map(bytes),
    );
    select.filter(
        "t.no IN (SELECT c.thing FROM citations c WHERE c.norm = :norm AND c.kind = 3)",
        ":norm",
        filter.norm.map(bytes),
    );
    select.bind(
        ":region",
        filter
            .province
            .as_ref()
            .and_then(crate::domain::values::ProvinceCode::region)
            .map(str::to_owned),
    );
    let territory = filter.territory.as_ref().map(ToString::to_string);
    select.filter("t.territory = :territory", ":territory", territory);
    select.filter(
        "(t.territory_level = 'national'
          OR (t.territory_level = 'region' AND t.territory = :region)
          OR (t.territory_level = 'province' AND t.territory = :province)
          OR (t.territory_level = 'municipality' AND EXISTS (SELECT 1 FROM bodies b
              WHERE b.body = 'c_' || lower(t.territory) AND b.province = :province)))",
        ":province",
        filter.province.as_ref().map(ToString::to_string),
    );
    let coordinator = filter.coordinator.as_ref().map(ToString::to_string);
    select.filter("t.coordinator = :coordinator", ":coordinator", coordinator);
    select.filter("(t.published_on IS NOT NULL) = :published", ":published", filter.published);
    select.filter(
        &format!("(({SOLUTION_VALIDITY}) = 'to_verify') = :to_verify"),
        ":to_verify",
        filter.to_verify,
    );
    let since = filter.updated_since.map(|since| since.0.as_microsecond());
    select.filter("t.updated_at >= :updated_since", ":updated_since", since);
}

/// The order of a list.
pub(super) fn order(sort: SolutionSort) -> Order<'static> {
    match sort {
        SolutionSort::UpdatedAt => Order::last_first("solutions/updated_at", "t.updated_at"),
        SolutionSort::ProposedOn => Order::last_first("solutions/proposed_on", "t.proposed_on"),
        SolutionSort::Adoptions => Order::last_first(
            "solutions/adoptions",
            "(SELECT count(DISTINCT b.body) FROM solution_bodies b WHERE b.solution = t.no
              AND b.manner <> 'declined' AND b.until >= :on)",
        ),
    }
}

fn page(
    conn: &Connection,
    scope: &Scope,
    filter: &SolutionFilter,
    on: Day,
) -> Result<Page<SolutionRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Solution);
    select.bind(":on", on.to_string());
    narrow(&mut select, filter, &scope.sql("i", Kind::Issue as u8));
    let (columns, order) = (columns(), order(filter.sort));
    let after = filter.cursor.as_deref();
    let list = List { columns: &columns, from: "solutions t", order, after, limit: filter.limit };
    select.page(conn, &list, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<SolutionRow> {
    let id = id_of(row)?;
    Ok(SolutionRow {
        id,
        reference: reference_of(row, Kind::Solution)?,
        problem: Title::of(row, Kind::Solution, id, "title_rev")?,
        level: word(row, "level")?,
        status: word(row, "status")?,
        validity: word(row, "validity")?,
        territory: territory(row)?,
        version: row.get("version")?,
        adopted: row.get("adopted")?,
        adapted: row.get("adapted")?,
        declined: row.get("declined")?,
        issues: row.get("issues")?,
        review_due: code_if_any(row, "review_due")?,
        proposed_on: code(row, "proposed_on")?,
        published_on: code_if_any(row, "published_on")?,
        coordinator: code(row, "coordinator")?,
        visibility: visibility(row)?,
        updated_at: instant(row, "updated_at")?,
        revision: row.get("revision")?,
    })
}

/// The territory in the columns `territory_level` and `territory`.
pub(super) fn territory(row: &Row<'_>) -> rusqlite::Result<Territory> {
    Ok(Territory { level: word(row, "territory_level")?, code: code(row, "territory")? })
}
