//! The list of collective questions.
//!
//! Depends on: `access`, `domain::question`.

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::linked::{
    QUESTION_STATUS, code, code_if_any, id_of, instant, reference_of, word,
};
use super::super::lists::{List, Order, Page, json};
use super::super::moment::Moment;
use super::super::things::Kind;
use super::super::titles::{self, Title, Titled};
use super::super::{ViewsError, words};
use super::clocks::{Expectation, TrackStatus};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::question::{QuestionStatus, Track};
use crate::domain::values::{AuthorityId, BodyId, Day};

/// In which order questions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionSort {
    /// By the last event, the most recent first.
    #[default]
    UpdatedAt,
    /// By the day of the draft, the most recent first.
    DraftedOn,
    /// By the day of dispatch, the most recent first; those not sent last.
    DispatchedOn,
    /// By what is expected next, the earliest first; those that expect nothing last.
    ExpectedOn,
}

/// Which questions are listed; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuestionFilter {
    /// With this status on the day.
    pub status: Option<QuestionStatus>,
    /// Put to this authority.
    pub addressee: Option<AuthorityId>,
    /// Of this association.
    pub coordinator: Option<BodyId>,
    /// That this issue is part of.
    pub issue: Option<Uuid>,
    /// To which this answer is linked.
    pub answer: Option<Uuid>,
    /// About this norm.
    pub norm: Option<Uuid>,
    /// Whether something it rests on has changed.
    pub to_verify: Option<bool>,
    /// Whether the day of what is expected next has passed.
    pub overdue: Option<bool>,
    /// With an event since this instant.
    pub updated_since: Option<Instant>,
    /// In which order.
    pub sort: QuestionSort,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of questions.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionList {
    /// The questions.
    #[schema(max_items = 200)]
    pub items: Vec<QuestionRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A question in a list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionRow {
    /// Its id.
    pub id: Uuid,
    /// Its reference for people.
    #[schema(max_length = 20, example = "Q-2026/0003")]
    pub reference: String,
    /// What it is about.
    pub subject: Title,
    /// Where it stands.
    pub status: QuestionStatus,
    /// The association in charge.
    pub coordinator: BodyId,
    /// To whom it is put, and where it stands with each.
    #[schema(max_items = 100)]
    pub addressees: Vec<AddresseeRow>,
    /// How many points are asked.
    #[schema(minimum = 0, maximum = 50)]
    pub points: u32,
    /// How many of them are settled.
    #[schema(minimum = 0, maximum = 50)]
    pub points_settled: u32,
    /// How many bodies adhere, each counted once.
    #[schema(minimum = 0, maximum = 10_000)]
    pub adhesions: u32,
    /// How many issues are part of it.
    #[schema(minimum = 0, maximum = 10_000)]
    pub issues: u32,
    /// The number of its present text.
    #[schema(minimum = 0, maximum = 9_999)]
    pub text_version: u32,
    /// The day of the draft.
    pub drafted_on: Day,
    /// The day it was first sent.
    pub dispatched_on: Option<Day>,
    /// What is expected next.
    pub expected: Option<Expectation>,
    /// Whether something it rests on has changed.
    pub to_verify: bool,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// An addressee in a list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddresseeRow {
    /// Its id in the question.
    pub addressee_id: Uuid,
    /// Which office.
    pub addressee: AuthorityId,
    /// Through whom.
    pub via: Option<AuthorityId>,
    /// Where the question stands with it.
    pub status: TrackStatus,
    /// The day the question was sent, or passed on, to it.
    pub dispatched_on: Option<Day>,
    /// How many reminders it got.
    #[schema(minimum = 0, maximum = 9_999)]
    pub reminders: u32,
}

impl AddresseeRow {
    pub(super) fn of(track: &Track, status: TrackStatus) -> Self {
        Self {
            addressee_id: track.id,
            addressee: track.addressee.clone(),
            via: track.via.clone(),
            status,
            dispatched_on: track.dispatched_on,
            reminders: u32::try_from(track.reminders.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Titled for QuestionRow {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.subject]
    }
}

impl Moment {
    /// The questions that somebody may see, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_questions(
        &self,
        scope: &Scope,
        filter: &QuestionFilter,
        on: Day,
    ) -> Result<QuestionList, ViewsError> {
        let Page { mut items, next } = self.read(|conn| page(conn, scope, filter, on))?;
        titles::open(self.texts(), &mut items).await?;
        Ok(QuestionList { items, next })
    }
}

/// Whether something a question `t` rests on has changed by the day `:on`.
pub(super) const TO_VERIFY: &str = "coalesce(t.verify_from <= :on, 0)";

/// Whether the day of what is expected next of a question `t` lies before the day `:on`.
pub(super) const OVERDUE: &str = "coalesce(t.expected_on < :on, 0)";

fn columns() -> String {
    format!(
        "t.id, t.year, t.rank, t.revision, t.title_rev, t.coordinator, t.updated_at,
         t.drafted_on, t.text_version, t.points, t.adhesions, t.issues, t.dispatched_on,
         t.expected, t.addressees, {TO_VERIFY} AS to_verify, {QUESTION_STATUS} AS status,
         (SELECT s.settled FROM question_steps s WHERE s.question = t.no
          AND s.from_day <= :on ORDER BY s.from_day DESC LIMIT 1) AS settled"
    )
}

/// The row of one question, if it may be read.
pub(super) fn one(
    conn: &Connection,
    scope: &Scope,
    id: Uuid,
    on: Day,
) -> Result<Option<QuestionRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Question);
    select.filter("t.id = :id", ":id", Some(id.as_bytes().to_vec()));
    select.bind(":on", on.to_string());
    let statement = format!("SELECT {} FROM questions t WHERE {}", columns(), select.sql());
    Ok(select.query(conn, &statement, read)?.pop())
}

/// The conditions of the filter, for somebody's eyes, on a day.
pub(super) fn narrowed(scope: &Scope, filter: &QuestionFilter, on: Day) -> Conditions {
    let bytes = |id: Uuid| id.as_bytes().to_vec();
    let mut select = Conditions::scope(scope, "t", Kind::Question);
    select.bind(":on", on.to_string());
    let status = filter.status.as_ref().map(words::text);
    select.filter(&format!("{QUESTION_STATUS} = :status"), ":status", status);
    select.filter(
        "EXISTS (SELECT 1 FROM json_each(t.addressees) a
         WHERE json_extract(a.value, '$.addressee') = :addressee)",
        ":addressee",
        filter.addressee.as_ref().map(ToString::to_string),
    );
    let coordinator = filter.coordinator.as_ref().map(ToString::to_string);
    select.filter("t.coordinator = :coordinator", ":coordinator", coordinator);
    // An issue that may not be read is not asked for either.
    let readable = scope.sql("i", Kind::Issue as u8);
    select.filter(
        &format!(
            "EXISTS (SELECT 1 FROM links l JOIN things n ON n.id = l.target AND n.kind = 0
             JOIN issues i ON i.no = n.no WHERE l.owner = t.id AND l.target = :issue
             AND l.role = 'issue' AND {readable})"
        ),
        ":issue",
        filter.issue.map(bytes),
    );
    select.filter(
        "t.id IN (SELECT l.owner FROM links l WHERE l.target = :answer AND l.kind = 1
         AND l.role = 'answer')",
        ":answer",
        filter.answer.map(bytes),
    );
    select.filter(
        "t.no IN (SELECT c.thing FROM citations c WHERE c.norm = :norm AND c.kind = 1)",
        ":norm",
        filter.norm.map(bytes),
    );
    select.filter(&format!("{TO_VERIFY} = :to_verify"), ":to_verify", filter.to_verify);
    select.filter(&format!("{OVERDUE} = :overdue"), ":overdue", filter.overdue);
    let since = filter.updated_since.map(|since| since.0.as_microsecond());
    select.filter("t.updated_at >= :updated_since", ":updated_since", since);
    select
}

fn page(
    conn: &Connection,
    scope: &Scope,
    filter: &QuestionFilter,
    on: Day,
) -> Result<Page<QuestionRow>, ViewsError> {
    let select = narrowed(scope, filter, on);
    let order = match filter.sort {
        QuestionSort::UpdatedAt => Order::last_first("questions/updated_at", "t.updated_at"),
        QuestionSort::DraftedOn => Order::last_first("questions/drafted_on", "t.drafted_on"),
        QuestionSort::DispatchedOn => {
            Order::last_first("questions/dispatched_on", "coalesce(t.dispatched_on, '')")
        }
        QuestionSort::ExpectedOn => {
            Order::first_first("questions/expected_on", "coalesce(t.expected_on, '9999')")
        }
    };
    let columns = columns();
    let after = filter.cursor.as_deref();
    let list = List { columns: &columns, from: "questions t", order, after, limit: filter.limit };
    select.page(conn, &list, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<QuestionRow> {
    let id = id_of(row)?;
    let expected: Option<String> = row.get("expected")?;
    Ok(QuestionRow {
        id,
        reference: reference_of(row, Kind::Question)?,
        subject: Title::of(row, Kind::Question, id, "title_rev")?,
        status: word(row, "status")?,
        coordinator: code(row, "coordinator")?,
        addressees: json(row, "addressees")?,
        points: row.get("points")?,
        points_settled: row.get("settled")?,
        adhesions: row.get("adhesions")?,
        issues: row.get("issues")?,
        text_version: row.get("text_version")?,
        drafted_on: code(row, "drafted_on")?,
        dispatched_on: code_if_any(row, "dispatched_on")?,
        expected: if expected.is_some() { Some(json(row, "expected")?) } else { None },
        to_verify: row.get("to_verify")?,
        updated_at: instant(row, "updated_at")?,
        revision: row.get("revision")?,
    })
}
