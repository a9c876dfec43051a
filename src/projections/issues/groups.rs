//! Groups of issues that may make one question: about the same paragraph, read in
//! different ways, and not asked yet.
//!
//! A proposal is not recorded anywhere: it is what the issues say at present. No text is
//! opened for it.
//!
//! Depends on: `access`.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::condition::Conditions;
use super::super::linked::ISSUE_STATUS;
use super::super::moment::Moment;
use super::super::norms::act_label;
use super::super::things::Kind;
use crate::access::Scope;
use crate::domain::values::{BodyId, Day};

/// Most issues named of one group.
const NAMED: usize = 50;

/// Groups proposed at once, the largest first.
const PROPOSED: usize = 20;

/// The groups that may make one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueGroups {
    /// The groups, the largest first.
    #[schema(max_items = 20)]
    pub items: Vec<IssueGroup>,
}

/// Issues about one paragraph of a norm that are part of no question.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IssueGroup {
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
    /// How many readings of it hold at present, by whichever authorities.
    #[schema(minimum = 2, maximum = 100_000)]
    pub readings: u32,
    /// How many authorities read it so.
    #[schema(minimum = 1, maximum = 100_000)]
    pub authorities: u32,
    /// The issues, in the order of the reports.
    #[schema(max_items = 50)]
    pub issues: Vec<Uuid>,
}

impl Moment {
    /// The groups among the issues that somebody may see, for one association when it is
    /// named.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn issue_groups(
        &self,
        scope: &Scope,
        coordinator: Option<&BodyId>,
        on: Day,
    ) -> Result<IssueGroups, ViewsError> {
        Ok(IssueGroups { items: self.read(|conn| groups(conn, scope, coordinator, on))? })
    }
}

/// A place in a norm: its id, the article, the paragraph.
type Place = (Uuid, Option<String>, Option<String>);

/// What is found at a place.
#[derive(Default)]
struct Found {
    label: String,
    issues: BTreeMap<i64, Uuid>,
    readings: std::collections::BTreeSet<Vec<u8>>,
    authorities: std::collections::BTreeSet<String>,
}

fn groups(
    conn: &Connection,
    scope: &Scope,
    coordinator: Option<&BodyId>,
    on: Day,
) -> Result<Vec<IssueGroup>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Issue);
    select.bind(":on", on.to_string());
    select.filter(
        "t.coordinator = :coordinator",
        ":coordinator",
        coordinator.map(ToString::to_string),
    );
    // What was asked, solved or ended needs no question; a duplicate is in its original.
    select.and("t.questions = 0 AND t.duplicate_of IS NULL");
    select
        .and(format!("({ISSUE_STATUS}) IN ('reported', 'under_review', 'confirmed', 'reopened')"));
    let statement = format!(
        "SELECT c.norm, c.article, c.paragraph, c.label, n.label, t.no, t.id, r.id, r.authority
         FROM citations c JOIN issues t ON c.kind = 0 AND t.no = c.thing
         JOIN issue_positions r ON r.issue = t.no
         LEFT JOIN norms n ON n.norm = c.norm
         WHERE c.norm IS NOT NULL AND r.cause IS NULL AND coalesce(r.until >= :on, 1) AND {}",
        select.sql()
    );
    let mut places: BTreeMap<Place, Found> = BTreeMap::new();
    let rows = select.query(conn, &statement, |row| {
        let place: Place = (Uuid::from_bytes(row.get(0)?), row.get(1)?, row.get(2)?);
        let (cited, known): (String, Option<String>) = (row.get(3)?, row.get(4)?);
        let label = known.unwrap_or_else(|| act_label(&cited));
        let issue = (row.get::<_, i64>(5)?, Uuid::from_bytes(row.get(6)?));
        Ok((place, label, issue, row.get::<_, Vec<u8>>(7)?, row.get::<_, String>(8)?))
    })?;
    for (place, label, (no, id), reading, authority) in rows {
        let found = places.entry(place).or_default();
        found.label = label;
        found.issues.insert(no, id);
        found.readings.insert(reading);
        found.authorities.insert(authority);
    }
    let opposed =
        |(_, found): &(Place, Found)| found.issues.len() >= 2 && found.readings.len() >= 2;
    let mut groups: Vec<(Place, Found)> = places.into_iter().filter(opposed).collect();
    // Of the same size, those in the order of their norms.
    groups.sort_by_key(|(_, found)| std::cmp::Reverse(found.issues.len()));
    groups.truncate(PROPOSED);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(groups
        .into_iter()
        .map(|((norm_id, article, paragraph), found)| IssueGroup {
            norm_id,
            label: found.label,
            article,
            paragraph,
            readings: number(found.readings.len()),
            authorities: number(found.authorities.len()),
            issues: found.issues.into_values().take(NAMED).collect(),
        })
        .collect())
}
