//! The list of issues, for those who may see them and for the public.
//!
//! Depends on: `domain::issue`, `access`, `search`.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, ToSql};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::cursor::Cursor;
use super::super::linked::keep_named;
use super::super::moment::Moment;
use super::super::texts::TextPlace;
use super::super::things::{Kind, reference};
use super::super::{ViewsError, words};
use super::filter::{IssueFilter, IssueSort, Source, on_day};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::issue::{ClosingOutcome, IssueStatus};
use crate::domain::shared::{Urgency, Visibility};
use crate::domain::values::{BodyId, Day, ThemeCode};
use crate::search::{RANK_SQL, fts_query};

/// Between the labels of norms in one column.
const BETWEEN: char = '\u{1f}';

/// A page of issues.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueList {
    /// The issues.
    #[schema(max_items = 200)]
    pub items: Vec<IssueRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// An issue in a list.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueRow {
    /// Its id.
    pub id: Uuid,
    /// The reference for people, such as `S-2026/0042`.
    #[schema(max_length = 30)]
    pub reference: String,
    /// Its title.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it stands.
    pub status: IssueStatus,
    /// How it was closed, if it was.
    pub outcome: Option<ClosingOutcome>,
    /// Its theme.
    pub theme: ThemeCode,
    /// The norms it cites.
    #[schema(max_items = 100)]
    pub norms: Vec<String>,
    /// How pressing it is.
    pub urgency: Urgency,
    /// How many bodies it affects.
    #[schema(minimum = 0, maximum = 100_000)]
    pub bodies_affected: u32,
    /// How many people it affects.
    #[schema(minimum = 0, maximum = 4_294_967_295_u64)]
    pub people_affected: u32,
    /// How many readings are recorded.
    #[schema(minimum = 0, maximum = 100_000)]
    pub positions: u32,
    /// How many of them hold.
    #[schema(minimum = 0, maximum = 100_000)]
    pub current_positions: u32,
    /// Whether readings oppose each other at present.
    pub has_divergence: bool,
    /// Whether they did, and no longer do.
    pub composed: bool,
    /// The day of the report.
    pub reported_on: Day,
    /// When it last changed.
    pub updated_at: Instant,
    /// How many days it has been open, or was until it was closed.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub days_open: u32,
    /// Who may see it.
    pub visibility: Visibility,
    /// Whether an abstract is published.
    pub published: bool,
    /// The association in charge.
    pub coordinator: BodyId,
    /// The body that leads it.
    pub body: BodyId,
    /// Whether something that answers or solves it has changed.
    pub to_verify: bool,
    /// The issue of which it is a duplicate.
    pub duplicate_of: Option<Uuid>,
    /// How many collective questions it is part of.
    #[schema(minimum = 0, maximum = 10_000)]
    pub questions: u32,
    /// Whether a solution that holds is attached to it.
    pub has_valid_solution: bool,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// A page of what was published.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicIssueList {
    /// The issues.
    #[schema(max_items = 200)]
    pub items: Vec<PublicIssueRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// What the public sees of an issue: the approved abstract, and what is no secret.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicIssueRow {
    /// Its id.
    pub id: Uuid,
    /// The reference for people.
    #[schema(max_length = 30)]
    pub reference: String,
    /// The approved abstract.
    #[serde(rename = "abstract")]
    #[schema(max_length = 2000)]
    pub summary: String,
    /// Where it stands.
    pub status: IssueStatus,
    /// Its theme.
    pub theme: ThemeCode,
    /// The norms it cites.
    #[schema(max_items = 100)]
    pub norms: Vec<String>,
    /// Who reported it, named or as "un Comune della provincia di …".
    #[schema(max_length = 300)]
    pub reported_by: String,
    /// The day of the report.
    pub reported_on: Day,
}

impl Moment {
    /// The issues that somebody may see, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Cursor`] for a cursor of another list; else when the views or a
    /// text cannot be read.
    pub async fn list_issues(
        &self,
        scope: &Scope,
        filter: &IssueFilter,
        today: Day,
    ) -> Result<IssueList, ViewsError> {
        if filter.q.is_some() {
            self.searchable().await?;
        }
        let (found, next) = self.read(|conn| {
            let source = filter.source();
            let conditions = filter.conditions(scope, today, source);
            let mut found = page(conn, conditions, source, filter, &columns(), issue_row)?;
            for (_, row) in &mut found.0 {
                keep_named(conn, scope, &mut row.duplicate_of)?;
            }
            Ok(found)
        })?;
        let mut items = Vec::with_capacity(found.len());
        for (place, mut row) in found {
            row.title = self.texts().open(place).await?.to_string();
            items.push(row);
        }
        Ok(IssueList { items, next })
    }

    /// What was published, as it stands on a day. Words are not searched: the index
    /// knows more than was published.
    ///
    /// # Errors
    ///
    /// As [`Moment::list_issues`].
    pub async fn list_published_issues(
        &self,
        filter: &IssueFilter,
        today: Day,
    ) -> Result<PublicIssueList, ViewsError> {
        // Only what is shown may be asked for.
        let filter = IssueFilter {
            status: filter.status,
            theme: filter.theme.clone(),
            norm: filter.norm,
            sort: Some(IssueSort::Reported),
            cursor: filter.cursor.clone(),
            limit: filter.limit,
            ..IssueFilter::default()
        };
        let (found, next) = self.read(|conn| {
            let mut conditions = Conditions::default();
            conditions.and(self.published("i", Kind::Issue));
            let source = filter.source();
            filter.narrow(&mut conditions, today, source);
            page(conn, conditions, source, &filter, &public_columns(), public_row)
        })?;
        let mut items = Vec::with_capacity(found.len());
        for (place, mut row) in found {
            row.summary = self.texts().open(place).await?.to_string();
            items.push(row);
        }
        Ok(PublicIssueList { items, next })
    }
}

/// The norms an issue cites, as the catalogue calls them where it can.
const NORMS: &str = "(SELECT group_concat(label, char(31)) FROM (
    SELECT coalesce(iif(c.article IS NULL, n.label, NULL), c.label) AS label
    FROM citations c LEFT JOIN norms n ON n.norm = c.norm
    WHERE c.kind = 0 AND c.thing = i.no ORDER BY c.ord))";

const DAYS_OPEN: &str = "max(0, CAST(julianday(coalesce(i.closed_on, :today))
    - julianday(i.reported_on) AS INTEGER))";

/// The columns that [`issue_row`] reads.
pub(super) fn columns() -> String {
    format!(
        "i.id, i.year, i.rank, i.title_rev, {}, i.outcome, i.theme, {NORMS}, i.urgency, i.bodies,
         i.people, i.positions, i.current_positions, i.composed, i.reported_on, i.updated_at,
         {DAYS_OPEN}, i.visibility, i.published, i.coordinator, i.body, {}, i.duplicate_of,
         i.questions, {}, i.revision",
        on_day("status"),
        on_day("to_verify"),
        on_day("has_valid_solution"),
    )
}

pub(super) fn issue_row(row: &Row<'_>) -> rusqlite::Result<(TextPlace, IssueRow)> {
    let text = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
    let id = Uuid::from_bytes(row.get(0)?);
    let place = TextPlace { kind: Kind::Issue, id, revision: row.get(3)?, pointer: "/title" };
    let current_positions = row.get(12)?;
    let outcome: Option<String> = row.get(5)?;
    let issue = IssueRow {
        id,
        reference: reference(Kind::Issue, row.get(1)?, row.get(2)?),
        title: String::new(),
        status: words::parse(4, text(4)?)?,
        outcome: outcome.map(|outcome| words::parse(5, &outcome)).transpose()?,
        theme: words::code(6, text(6)?)?,
        norms: norms(row.get(7)?),
        urgency: words::parse(8, text(8)?)?,
        bodies_affected: row.get(9)?,
        people_affected: row.get(10)?,
        positions: row.get(11)?,
        current_positions,
        has_divergence: current_positions >= 2,
        composed: row.get(13)?,
        reported_on: words::code(14, text(14)?)?,
        updated_at: Instant(words::instant(15, row.get(15)?)?),
        days_open: row.get(16)?,
        visibility: words::visibility(row.get(17)?),
        published: row.get::<_, u8>(18)? > 0,
        coordinator: words::code(19, text(19)?)?,
        body: words::code(20, text(20)?)?,
        to_verify: row.get(21)?,
        duplicate_of: row.get::<_, Option<[u8; 16]>>(22)?.map(Uuid::from_bytes),
        questions: row.get(23)?,
        has_valid_solution: row.get(24)?,
        revision: row.get(25)?,
    };
    Ok((place, issue))
}

/// The columns that [`public_row`] reads.
pub(super) fn public_columns() -> String {
    format!(
        "i.id, i.year, i.rank, i.summary_rev, {}, i.theme, {NORMS}, i.reported_on, i.published,
         b.name, b.province",
        on_day("status"),
    )
}

pub(super) fn public_row(row: &Row<'_>) -> rusqlite::Result<(TextPlace, PublicIssueRow)> {
    let id = Uuid::from_bytes(row.get(0)?);
    let revision = row.get::<_, Option<u32>>(3)?.unwrap_or_default();
    let place = TextPlace { kind: Kind::Issue, id, revision, pointer: "/abstract" };
    let text = |column: usize| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
    let (named, name, province): (u8, Option<String>, Option<String>) =
        (row.get(8)?, row.get(9)?, row.get(10)?);
    let issue = PublicIssueRow {
        id,
        reference: reference(Kind::Issue, row.get(1)?, row.get(2)?),
        summary: String::new(),
        status: words::parse(4, text(4)?)?,
        theme: words::code(5, text(5)?)?,
        norms: norms(row.get(6)?),
        reported_by: reporter(named == 2, name, province),
        reported_on: words::code(7, text(7)?)?,
    };
    Ok((place, issue))
}

/// How the public hears of the body that reported an issue.
pub(super) fn reporter(named: bool, name: Option<String>, province: Option<String>) -> String {
    match (named, name, province) {
        (true, Some(name), _) => name,
        (_, _, Some(province)) => format!("un ente della provincia di {province}"),
        _ => "un ente della rete".into(),
    }
}

pub(super) fn norms(labels: Option<String>) -> Vec<String> {
    labels.map(|labels| labels.split(BETWEEN).map(str::to_owned).collect()).unwrap_or_default()
}

/// The rows of a page, and the cursor of the next.
type Page<T> = (Vec<(TextPlace, T)>, Option<String>);

/// One page.
fn page<T>(
    conn: &Connection,
    mut conditions: Conditions,
    source: Source,
    filter: &IssueFilter,
    columns: &str,
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<(TextPlace, T)>,
) -> Result<Page<T>, ViewsError> {
    let (name, key) = match filter.sort() {
        IssueSort::Updated => ("issues/updated", source.updated_at()),
        IssueSort::Reported => ("issues/reported", "i.reported_on"),
        IssueSort::People => ("issues/people", "i.people"),
        IssueSort::DaysOpen => ("issues/days_open", DAYS_OPEN),
        IssueSort::Relevance => return best(conn, conditions, filter, columns, read),
    };
    let (from, no) = (source.from(), source.no());
    if let Some(cursor) = &filter.cursor {
        let cursor = Cursor::read(cursor, name)?;
        conditions.and(format!("({key}, {no}) < (:key, :no)"));
        conditions.bind(":key", cursor.key);
        conditions.bind(":no", cursor.no);
    }
    let limit = filter.limit.max(1);
    conditions.bind(":limit", i64::from(limit) + 1);
    let sql = format!(
        "SELECT {columns}, i.no, {key} FROM {from} LEFT JOIN bodies b ON b.body = i.body
         WHERE {} ORDER BY {key} DESC, {no} DESC LIMIT :limit",
        conditions.sql()
    );
    let mut select = conn.prepare_cached(&sql)?;
    let last = select.column_count() - 1;
    let mut rows = select.query(conditions.values(&sql).as_slice())?;
    let mut found = Vec::new();
    let mut end = None;
    while let Some(row) = rows.next()? {
        if found.len() == limit as usize {
            return Ok((found, end.map(|end: Cursor| end.write(name))));
        }
        found.push(read(row)?);
        end = Some(Cursor { key: row.get(last)?, no: row.get(last - 1)? });
    }
    Ok((found, None))
}

/// The parameters of the tiers of a search.
const TIERS: [&str; 3] = [":tier_0", ":tier_1", ":tier_2"];

/// One page of what matches best, tier by tier: a weaker tier is not ranked before the
/// stronger ones have run out.
fn best<T>(
    conn: &Connection,
    mut conditions: Conditions,
    filter: &IssueFilter,
    columns: &str,
    mut read: impl FnMut(&Row<'_>) -> rusqlite::Result<(TextPlace, T)>,
) -> Result<Page<T>, ViewsError> {
    let name = "issues/relevance";
    let tiers = filter.q.as_deref().and_then(fts_query).map(|query| query.tiers);
    let tiers: Vec<_> = TIERS.iter().copied().zip(tiers.unwrap_or_default()).collect();
    // What matches best changes with every case: a cursor says how many of a tier were shown.
    let cursor = filter.cursor.as_deref().map(|text| Cursor::read(text, name)).transpose()?;
    let begin = cursor.unwrap_or(Cursor { key: Value::Integer(0), no: 0 });
    let Value::Integer(first) = begin.key else { return Err(ViewsError::Cursor) };
    let mut skip = begin.no;
    let limit = filter.limit.max(1) as usize;
    let mut found = Vec::new();
    let mut before: Option<&str> = None;
    for (tier, (asked, expression)) in (0_i64..).zip(tiers) {
        conditions.bind(asked, expression);
        let stronger = before.replace(asked);
        if tier < first {
            continue;
        }
        let excluded = stronger.map(|stronger| {
            format!(
                "AND fts.rowid NOT IN (SELECT rowid FROM search.fts WHERE fts MATCH {stronger})"
            )
        });
        // Whether there is more does not depend on the order.
        let order = if found.len() == limit { "fts.rowid" } else { RANK_SQL };
        let sql = format!(
            "SELECT {columns} FROM {} LEFT JOIN bodies b ON b.body = i.body
             WHERE fts MATCH {asked} {} AND {} ORDER BY {order} LIMIT :limit OFFSET :skip",
            Source::Index.from(),
            excluded.unwrap_or_default(),
            conditions.sql()
        );
        let wanted = i64::try_from(limit - found.len()).unwrap_or(i64::MAX).saturating_add(1);
        let mut values = conditions.values(&sql);
        values.extend([(":limit", &wanted as &dyn ToSql), (":skip", &skip)]);
        let mut select = conn.prepare_cached(&sql)?;
        let mut rows = select.query(values.as_slice())?;
        let mut shown = skip;
        while let Some(row) = rows.next()? {
            if found.len() == limit {
                let next = Cursor { key: Value::Integer(tier), no: shown };
                return Ok((found, Some(next.write(name))));
            }
            found.push(read(row)?);
            shown += 1;
        }
        skip = 0;
    }
    Ok((found, None))
}
