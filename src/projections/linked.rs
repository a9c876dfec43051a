//! Other things, as one thing shows them: a line each, and only those that the reader
//! may read.
//!
//! Depends on: `access`, `domain`.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::condition::Conditions;
use super::lists::json;
use super::things::{Kind, reference};
use super::titles::{Title, Titled};
use super::{ViewsError, words};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::answer::Validity;
use crate::domain::issue::IssueStatus;
use crate::domain::question::QuestionStatus;
use crate::domain::shared::Visibility;
use crate::domain::solution::{SolutionStatus, SolutionValidity};
use crate::domain::values::{AuthorityId, Day, FormCode, Ref};

/// The status of an issue `t` on the day `:on`.
pub(super) const ISSUE_STATUS: &str = "CASE WHEN t.changes_on IS NULL OR :on < t.changes_on \
     THEN t.status ELSE (SELECT s.status FROM issue_steps s WHERE s.issue = t.no \
     AND s.from_day <= :on ORDER BY s.from_day DESC LIMIT 1) END";

/// The status of a question `t` on the day `:on`.
pub(super) const QUESTION_STATUS: &str = "(SELECT s.status FROM question_steps s \
     WHERE s.question = t.no AND s.from_day <= :on ORDER BY s.from_day DESC LIMIT 1)";

/// The validity of an answer `t` on the day `:on`.
pub(super) const ANSWER_VALIDITY: &str = "CASE WHEN t.withdrawn_from <= :on THEN 'withdrawn' \
     WHEN t.superseded_from <= :on THEN 'superseded' \
     WHEN t.conflict_from <= :on THEN 'in_conflict' \
     WHEN t.verify_from <= :on THEN 'to_verify' ELSE 'current' END";

/// The validity of a solution `t` on the day `:on`.
pub(super) const SOLUTION_VALIDITY: &str = "CASE WHEN t.retired_from <= :on THEN 'retired' \
     WHEN t.superseded_from <= :on THEN 'superseded' \
     WHEN t.verify_from <= :on THEN 'to_verify' ELSE 'current' END";

/// The status of a solution `t` on the day `:on`.
pub(super) const SOLUTION_STATUS: &str = "CASE WHEN t.retired_from <= :on THEN 'retired' \
     WHEN t.superseded_from <= :on THEN 'superseded' \
     WHEN t.adopted_until >= :on THEN 'adopted' \
     WHEN t.validated THEN 'validated' ELSE 'proposed' END";

/// Which things are asked for, beside being readable.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// Those this thing refers to in this role.
    LinkedFrom(Uuid, &'static str),
    /// Those that refer to this thing in this role.
    LinkingTo(Uuid, &'static str),
    /// Issues that have this answer: linked to them, or to a question they are part of.
    Answered(Uuid),
    /// Those that cite this norm.
    Citing(Uuid),
    /// This one.
    This(Uuid),
}

impl Which {
    fn select(self, scope: &Scope, kind: Kind, on: Day) -> Conditions {
        let number = kind as u8;
        // Only the table of all things is looked up by id.
        let numbers = |ids: &str| {
            format!("SELECT n.no FROM things n WHERE n.kind = {number} AND n.id IN ({ids})")
        };
        let (condition, id) = match self {
            Self::LinkedFrom(id, role) => (
                numbers(&format!(
                    "SELECT target FROM links WHERE owner = :which AND role = '{role}'"
                )),
                id,
            ),
            Self::LinkingTo(id, role) => (
                numbers(&format!(
                    "SELECT owner FROM links WHERE target = :which AND kind = {number} \
                     AND role = '{role}'"
                )),
                id,
            ),
            Self::Answered(id) => (
                numbers(
                    "SELECT owner FROM links WHERE target = :which AND kind = 0 \
                     AND role = 'answer' UNION SELECT i.target FROM links q JOIN links i \
                     ON i.owner = q.owner AND i.role = 'issue' \
                     WHERE q.target = :which AND q.kind = 1 AND q.role = 'answer'",
                ),
                id,
            ),
            Self::Citing(id) => {
                (format!("SELECT thing FROM citations WHERE norm = :which AND kind = {number}"), id)
            }
            Self::This(id) => (numbers("SELECT :which"), id),
        };
        let mut select = Conditions::scope(scope, "t", kind);
        select.and(format!("t.no IN ({condition})"));
        select.bind(":which", id.as_bytes().to_vec());
        select.bind(":on", on.to_string());
        select
    }
}

/// An issue, in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkedIssue {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "S-2026/0042")]
    pub reference: String,
    /// Its title.
    pub title: Title,
    /// Where it stands.
    pub status: IssueStatus,
}

/// A question, in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkedQuestion {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "Q-2026/0003")]
    pub reference: String,
    /// Its subject.
    pub subject: Title,
    /// Where it stands.
    pub status: QuestionStatus,
}

/// An answer, in one line: never without form, date, authors and validity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkedAnswer {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "R-2026/0007")]
    pub reference: String,
    /// Who answers.
    #[schema(max_items = 10)]
    pub authors: Vec<AuthorityId>,
    /// In which form.
    pub form: FormCode,
    /// The date of the document.
    pub document_date: Day,
    /// Whether it may be relied on.
    pub validity: Validity,
}

/// A solution, in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LinkedSolution {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "B-2026/0005")]
    pub reference: String,
    /// Which problem it solves.
    pub problem: Title,
    /// Where it stands.
    pub status: SolutionStatus,
    /// Whether it may be relied on.
    pub validity: SolutionValidity,
}

impl Titled for LinkedIssue {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.title]
    }
}

impl Titled for LinkedQuestion {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.subject]
    }
}

impl Titled for LinkedSolution {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.problem]
    }
}

/// The reference in the columns `year` and `rank`.
pub(super) fn reference_of(row: &Row<'_>, kind: Kind) -> rusqlite::Result<String> {
    Ok(reference(kind, row.get("year")?, row.get("rank")?))
}

/// The id in the column `id`.
pub(super) fn id_of(row: &Row<'_>) -> rusqlite::Result<Uuid> {
    row.get("id").map(Uuid::from_bytes)
}

/// A word of a closed list in a column.
pub(super) fn word<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    words::parse(0, &row.get::<_, String>(column)?)
}

/// A word of a closed list in a column that may be empty.
pub(super) fn word_if_any<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?.map(|text| words::parse(0, &text)).transpose()
}

/// A code or day in a column.
pub(super) fn code<T: std::str::FromStr<Err = String>>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    words::code(0, &row.get::<_, String>(column)?)
}

/// A code or day in a column that may be empty.
pub(super) fn code_if_any<T: std::str::FromStr<Err = String>>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(column)?.map(|text| words::code(0, &text)).transpose()
}

/// The instant in a column of microseconds.
pub(super) fn instant(row: &Row<'_>, column: &str) -> rusqlite::Result<Instant> {
    words::instant(0, row.get(column)?).map(Instant)
}

/// The visibility in the column `visibility`.
pub(super) fn visibility(row: &Row<'_>) -> rusqlite::Result<Visibility> {
    Ok(words::visibility(row.get("visibility")?))
}

/// Readable issues, in the order in which they were reported.
pub(super) fn issues(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    which: Which,
) -> Result<Vec<LinkedIssue>, ViewsError> {
    let select = which.select(scope, Kind::Issue, on);
    let statement = format!(
        "SELECT t.id, t.year, t.rank, t.title_rev, {ISSUE_STATUS} AS status
         FROM issues t WHERE {} ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        let id = id_of(row)?;
        Ok(LinkedIssue {
            id,
            reference: reference_of(row, Kind::Issue)?,
            title: Title::of(row, Kind::Issue, id, "title_rev")?,
            status: word(row, "status")?,
        })
    })
}

/// Readable questions, in the order in which they were drafted.
pub(super) fn questions(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    which: Which,
) -> Result<Vec<LinkedQuestion>, ViewsError> {
    let select = which.select(scope, Kind::Question, on);
    let statement = format!(
        "SELECT t.id, t.year, t.rank, t.title_rev, {QUESTION_STATUS} AS status
         FROM questions t WHERE {} ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        let id = id_of(row)?;
        Ok(LinkedQuestion {
            id,
            reference: reference_of(row, Kind::Question)?,
            subject: Title::of(row, Kind::Question, id, "title_rev")?,
            status: word(row, "status")?,
        })
    })
}

/// Readable answers, in the order in which they were recorded.
pub(super) fn answers(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    which: Which,
) -> Result<Vec<LinkedAnswer>, ViewsError> {
    let select = which.select(scope, Kind::Answer, on);
    let statement = format!(
        "SELECT t.id, t.year, t.rank, t.authors, t.form, t.document_date,
         {ANSWER_VALIDITY} AS validity FROM answers t WHERE {} ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        Ok(LinkedAnswer {
            id: id_of(row)?,
            reference: reference_of(row, Kind::Answer)?,
            authors: json(row, "authors")?,
            form: code(row, "form")?,
            document_date: code(row, "document_date")?,
            validity: word(row, "validity")?,
        })
    })
}

/// Readable solutions, in the order in which they were proposed.
pub(super) fn solutions(
    conn: &Connection,
    scope: &Scope,
    on: Day,
    which: Which,
) -> Result<Vec<LinkedSolution>, ViewsError> {
    let select = which.select(scope, Kind::Solution, on);
    let statement = format!(
        "SELECT t.id, t.year, t.rank, t.title_rev, {SOLUTION_STATUS} AS status,
         {SOLUTION_VALIDITY} AS validity FROM solutions t WHERE {} ORDER BY t.no",
        select.sql()
    );
    select.query(conn, &statement, |row| {
        let id = id_of(row)?;
        Ok(LinkedSolution {
            id,
            reference: reference_of(row, Kind::Solution)?,
            problem: Title::of(row, Kind::Solution, id, "title_rev")?,
            status: word(row, "status")?,
            validity: word(row, "validity")?,
        })
    })
}

/// Whether a reader may know of an id: of a thing that they may read, or of no thing.
pub(super) fn may_be_named(conn: &Connection, scope: &Scope, id: Uuid) -> rusqlite::Result<bool> {
    let kind: Option<u8> = conn
        .prepare_cached("SELECT kind FROM things WHERE id = ?1")?
        .query_row([id.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    let Some(kind) = kind.and_then(Kind::of) else { return Ok(true) };
    let mut select = Conditions::scope(scope, "t", kind);
    select.and("t.id = :id");
    select.bind(":id", id.as_bytes().to_vec());
    let sql = format!("SELECT 1 FROM {} t WHERE {}", kind.table(), select.sql());
    conn.prepare_cached(&sql)?.exists(select.values(&sql).as_slice())
}

/// Takes out the id of a thing that the reader may not know of.
pub(super) fn keep_named(
    conn: &Connection,
    scope: &Scope,
    id: &mut Option<Uuid>,
) -> rusqlite::Result<()> {
    if let Some(thing) = *id
        && !may_be_named(conn, scope, thing)?
    {
        *id = None;
    }
    Ok(())
}

/// The same for a reference.
pub(super) fn keep_referred(
    conn: &Connection,
    scope: &Scope,
    reference: &mut Option<Ref>,
) -> rusqlite::Result<()> {
    if let Some(thing) = reference.as_ref().and_then(Ref::uuid)
        && !may_be_named(conn, scope, thing)?
    {
        *reference = None;
    }
    Ok(())
}

/// Takes the ids of things that the reader may not know of out of the data of an event.
pub(super) fn withhold(conn: &Connection, scope: &Scope, data: &mut Value) -> rusqlite::Result<()> {
    match data {
        Value::Object(members) => {
            for (name, mut member) in std::mem::take(members) {
                if tellable(conn, scope, &member)? {
                    withhold(conn, scope, &mut member)?;
                    members.insert(name, member);
                }
            }
        }
        Value::Array(items) => {
            for mut item in std::mem::take(items) {
                if tellable(conn, scope, &item)? {
                    withhold(conn, scope, &mut item)?;
                    items.push(item);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}

/// Whether a value is anything but the id of a hidden thing, bare or beside its kind.
fn tellable(conn: &Connection, scope: &Scope, value: &Value) -> rusqlite::Result<bool> {
    let id = value.as_str().or_else(|| value.get("kind").and(value.get("id"))?.as_str());
    match id.and_then(|id| id.parse().ok()) {
        Some(id) => may_be_named(conn, scope, id),
        None => Ok(true),
    }
}

/// The answers linked to a question that their authors have taken back by a day.
pub(super) fn withdrawn_answers(
    conn: &Connection,
    question: Uuid,
    on: Day,
) -> Result<BTreeSet<Uuid>, ViewsError> {
    let mut select = Conditions::default();
    select.bind(":question", question.as_bytes().to_vec());
    select.bind(":on", on.to_string());
    let found = select.query(
        conn,
        "SELECT t.id FROM links l JOIN answers t ON t.id = l.target
         WHERE l.owner = :question AND l.role = 'answer' AND t.withdrawn_from <= :on",
        id_of,
    )?;
    Ok(found.into_iter().collect())
}
