//! Figures over the issues that a reader may see.
//!
//! For the public small cells are hidden: fewer than five of something may point at
//! somebody.
//!
//! Depends on: `access`, `domain::values`.

mod spread;

pub use spread::{DecisionCounts, DivergenceCount, UnansweredCount};

use rusqlite::Connection;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::ViewsError;
use super::condition::Conditions;
use super::issues::on_day;
use super::moment::Moment;
use super::things::Kind;
use crate::access::Scope;
use crate::domain::values::Day;

/// A count below this may point at somebody.
const SMALL: u32 = 5;

/// The bands of age in days: from the first to the second, both included.
const BANDS: [(u32, Option<u32>); 5] =
    [(0, Some(30)), (31, Some(90)), (91, Some(180)), (181, Some(365)), (366, None)];

/// The steps, by the columns of `issues` with their first and last day.
const STEPS: [(&str, &str, &str); 7] = [
    ("triage", "reported_on", "triaged_on"),
    ("confirmation", "triaged_on", "confirmed_on"),
    ("question", "confirmed_on", "questioned_on"),
    ("dispatch", "questioned_on", "dispatched_on"),
    ("answer", "dispatched_on", "answered_on"),
    ("solution", "answered_on", "solved_on"),
    ("closure", "reported_on", "closed_on"),
];

/// Figures on a day.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// Issues in all; absent when it is hidden, as every count below.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub issues: Option<u32>,
    /// Issues that are open, by age.
    #[schema(max_items = 5)]
    pub open_by_age: Vec<AgeBand>,
    /// The days that each step took, for issues that took it.
    #[schema(max_items = 7)]
    pub steps: Vec<StepTime>,
    /// Issues with readings that oppose each other at present.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub divergent: Option<u32>,
    /// Issues where they did, and no longer do.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub composed: Option<u32>,
    /// The open issues with opposed readings, by norm and by kind of authority; few of
    /// either are left out for the public.
    #[schema(max_items = 500)]
    pub divergences: Vec<DivergenceCount>,
    /// The addressees that have not answered a question by the day on which an answer was
    /// expected; few questions are left out for the public.
    #[schema(max_items = 10_000)]
    pub unanswered: Vec<UnansweredCount>,
    /// The decisions of bodies on solutions.
    pub decisions: DecisionCounts,
    /// Of the decisions of bodies on solutions, how many of a hundred adopt; absent when
    /// there are none or too few.
    #[schema(minimum = 0, maximum = 100)]
    pub adoption_percent: Option<u32>,
}

/// Open issues of an age.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeBand {
    /// From how many days.
    #[schema(minimum = 0, maximum = 10_000)]
    pub from_days: u32,
    /// To how many days, included; absent for the oldest.
    #[schema(minimum = 0, maximum = 10_000)]
    pub to_days: Option<u32>,
    /// How many; absent when it is hidden.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub issues: Option<u32>,
}

/// The days that a step took.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepTime {
    /// Which step: triage, confirmation, question, dispatch, answer, solution, closure.
    #[schema(max_length = 20)]
    pub step: String,
    /// How many issues took it; absent when it is hidden, and the days with it.
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub issues: Option<u32>,
    /// The days of the one in the middle; absent when none took the step.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub median_days: Option<u32>,
    /// The days within which nine of ten took it.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub p90_days: Option<u32>,
}

impl Moment {
    /// The figures over the issues that a reader may see, on a day. For the public
    /// (`Scope::Nothing`) they are over all issues, small cells hidden.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn statistics(&self, scope: &Scope, today: Day) -> Result<Statistics, ViewsError> {
        self.read(|conn| {
            let public = *scope == Scope::Nothing;
            let seen = if public { &Scope::Everything } else { scope };
            count(conn, seen, today, public)
        })
    }
}

impl Moment {
    /// The day of the first report that a reader may see.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn first_report(&self, scope: &Scope) -> Result<Option<Day>, ViewsError> {
        self.read(|conn| {
            let conditions = Conditions::scope(scope, "i", Kind::Issue);
            let sql = format!("SELECT min(i.reported_on) FROM issues i WHERE {}", conditions.sql());
            let mut select = conn.prepare_cached(&sql)?;
            let first: Option<String> =
                select.query_row(conditions.values(&sql).as_slice(), |row| row.get(0))?;
            Ok(first.and_then(|day| day.parse().ok()))
        })
    }
}

fn count(
    conn: &Connection,
    scope: &Scope,
    today: Day,
    hide_small: bool,
) -> Result<Statistics, ViewsError> {
    let shown = |count: u32| (!hide_small || count == 0 || count >= SMALL).then_some(count);
    let mut conditions = Conditions::scope(scope, "i", Kind::Issue);
    conditions.on(today);
    let mut open_by_age = Vec::with_capacity(BANDS.len());
    let ages = open_ages(conn, &conditions)?;
    for (from_days, to_days) in BANDS {
        let within = |age: &&u32| **age >= from_days && to_days.is_none_or(|to| **age <= to);
        let issues = shown(number(ages.iter().filter(within).count()));
        open_by_age.push(AgeBand { from_days, to_days, issues });
    }
    let mut steps = Vec::with_capacity(STEPS.len());
    for (step, from, to) in STEPS {
        let days = step_days(conn, &conditions, from, to)?;
        let issues = shown(number(days.len()));
        let known = issues.is_some();
        steps.push(StepTime {
            step: step.to_owned(),
            issues,
            median_days: known.then(|| rank(&days, 50)).flatten(),
            p90_days: known.then(|| rank(&days, 90)).flatten(),
        });
    }
    let sql = format!(
        "SELECT count(*), coalesce(sum(i.current_positions >= 2), 0), coalesce(sum(i.composed), 0)
         FROM issues i WHERE {}",
        conditions.sql()
    );
    let (issues, divergent, composed): (u32, u32, u32) =
        conn.prepare_cached(&sql)?.query_row(conditions.values(&sql).as_slice(), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let mut solutions = Conditions::scope(scope, "s", Kind::Solution);
    solutions.on(today);
    let decisions = spread::decisions(conn, &solutions, shown)?;
    Ok(Statistics {
        issues: shown(issues),
        open_by_age,
        steps,
        divergent: shown(divergent),
        composed: shown(composed),
        divergences: spread::divergences(conn, scope, today, hide_small)?,
        unanswered: spread::unanswered(conn, scope, today, hide_small)?,
        adoption_percent: decisions.percent(),
        decisions,
    })
}

/// The ages in days of the open issues.
fn open_ages(conn: &Connection, conditions: &Conditions) -> Result<Vec<u32>, ViewsError> {
    let sql = format!(
        "SELECT max(0, CAST(julianday(:today) - julianday(i.reported_on) AS INTEGER))
         FROM issues i WHERE {} NOT IN ('closed', 'withdrawn', 'out_of_scope') AND {}",
        on_day("status"),
        conditions.sql()
    );
    numbers(conn, conditions, &sql)
}

/// The days from one step to another, sorted.
fn step_days(
    conn: &Connection,
    conditions: &Conditions,
    from: &str,
    to: &str,
) -> Result<Vec<u32>, ViewsError> {
    let sql = format!(
        "SELECT max(0, CAST(julianday(i.{to}) - julianday(i.{from}) AS INTEGER)) AS days
         FROM issues i WHERE i.{from} IS NOT NULL AND i.{to} IS NOT NULL AND {} ORDER BY days",
        conditions.sql()
    );
    numbers(conn, conditions, &sql)
}

fn numbers(conn: &Connection, conditions: &Conditions, sql: &str) -> Result<Vec<u32>, ViewsError> {
    let mut select = conn.prepare_cached(sql)?;
    let rows = select.query_map(conditions.values(sql).as_slice(), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The value below which so many of a hundred lie (nearest rank).
fn rank(sorted: &[u32], percent: usize) -> Option<u32> {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        assert_eq!(rank(&[], 50), None);
        assert_eq!(rank(&[7], 90), Some(7));
        assert_eq!(rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 50), Some(5));
        assert_eq!(rank(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), Some(9));
    }
}
