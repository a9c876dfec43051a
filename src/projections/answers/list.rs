//! The list of answers.
//!
//! Depends on: `access`, `domain::answer`.

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::linked::{
    ANSWER_VALIDITY, code, code_if_any, id_of, instant, reference_of, visibility, word, word_if_any,
};
use super::super::lists::{List, Order, Page, json};
use super::super::moment::Moment;
use super::super::things::Kind;
use super::super::titles::{self, Title, Titled};
use super::super::{ViewsError, words};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::answer::{AnswerOrigin, Assessment, Validity};
use crate::domain::shared::Visibility;
use crate::domain::values::{AuthorityId, BodyId, Day, FormCode};

/// In which order answers are listed: the most recent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerSort {
    /// By the last event.
    #[default]
    UpdatedAt,
    /// By the date of the document.
    DocumentDate,
    /// By the day of arrival.
    ReceivedOn,
}

/// Which answers are listed; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnswerFilter {
    /// With this validity on the day.
    pub validity: Option<Validity>,
    /// By this authority, alone or with others.
    pub author: Option<AuthorityId>,
    /// In this form.
    pub form: Option<FormCode>,
    /// That reads this norm.
    pub norm: Option<Uuid>,
    /// That came about so.
    pub origin: Option<AnswerOrigin>,
    /// Assessed so.
    pub assessment: Option<Assessment>,
    /// Whether it was said how much they say.
    pub assessed: Option<bool>,
    /// Received by this association.
    pub coordinator: Option<BodyId>,
    /// Whether something it reads has changed, or it is contradicted.
    pub to_verify: Option<bool>,
    /// Linked to this question.
    pub question: Option<Uuid>,
    /// With an event since this instant.
    pub updated_since: Option<Instant>,
    /// In which order.
    pub sort: AnswerSort,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of answers.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnswerList {
    /// The answers.
    #[schema(max_items = 200)]
    pub items: Vec<AnswerRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// An answer in a list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AnswerRow {
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
    /// How it came about.
    pub origin: AnswerOrigin,
    /// The date of the document.
    pub document_date: Day,
    /// When it was received.
    pub received_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Whether it may be relied on, on the day.
    pub validity: Validity,
    /// How much it says.
    pub assessment: Option<Assessment>,
    /// By when an open review is due.
    pub review_due: Option<Day>,
    /// How it begins.
    pub text: Title,
    /// The association that received it.
    pub coordinator: BodyId,
    /// Who may see it.
    pub visibility: Visibility,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

impl Titled for AnswerRow {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.text]
    }
}

impl Moment {
    /// The answers that somebody may see, as they stand on a day.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_answers(
        &self,
        scope: &Scope,
        filter: &AnswerFilter,
        on: Day,
    ) -> Result<AnswerList, ViewsError> {
        let Page { mut items, next } = self.read(|conn| page(conn, scope, filter, on))?;
        titles::open(self.texts(), &mut items).await?;
        Ok(AnswerList { items, next })
    }
}

/// The columns that [`read`] reads.
pub(super) fn columns() -> String {
    format!(
        "t.id, t.year, t.rank, t.revision, t.title_rev, t.coordinator, t.visibility, t.form,
         t.document_date, t.received_on, t.updated_at, t.origin, t.authors, t.recorded_at,
         t.assessment, t.review_due, {ANSWER_VALIDITY} AS validity"
    )
}

/// The row of one answer, if it may be read.
pub(super) fn one(
    conn: &Connection,
    scope: &Scope,
    id: Uuid,
    on: Day,
) -> Result<Option<AnswerRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Answer);
    select.filter("t.id = :id", ":id", Some(id.as_bytes().to_vec()));
    select.bind(":on", on.to_string());
    let statement = format!("SELECT {} FROM answers t WHERE {}", columns(), select.sql());
    Ok(select.query(conn, &statement, read)?.pop())
}

fn page(
    conn: &Connection,
    scope: &Scope,
    filter: &AnswerFilter,
    on: Day,
) -> Result<Page<AnswerRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Answer);
    select.bind(":on", on.to_string());
    let validity = filter.validity.as_ref().map(words::text);
    select.filter(&format!("{ANSWER_VALIDITY} = :validity"), ":validity", validity);
    select.filter(
        "EXISTS (SELECT 1 FROM json_each(t.authors) a WHERE a.value = :author)",
        ":author",
        filter.author.as_ref().map(ToString::to_string),
    );
    select.filter("t.form = :form", ":form", filter.form.as_ref().map(ToString::to_string));
    select.filter(
        "t.no IN (SELECT c.thing FROM citations c WHERE c.norm = :norm AND c.kind = 2)",
        ":norm",
        filter.norm.map(|norm| norm.as_bytes().to_vec()),
    );
    select.filter("t.origin = :origin", ":origin", filter.origin.as_ref().map(words::text));
    let assessment = filter.assessment.as_ref().map(words::text);
    select.filter("t.assessment = :assessment", ":assessment", assessment);
    select.filter("(t.assessment IS NOT NULL) = :assessed", ":assessed", filter.assessed);
    let coordinator = filter.coordinator.as_ref().map(ToString::to_string);
    select.filter("t.coordinator = :coordinator", ":coordinator", coordinator);
    select.filter(
        &format!("(({ANSWER_VALIDITY}) IN ('to_verify', 'in_conflict')) = :to_verify"),
        ":to_verify",
        filter.to_verify,
    );
    select.filter(
        "t.id IN (SELECT l.target FROM links l WHERE l.owner = :question AND l.role = 'answer')",
        ":question",
        filter.question.map(|question| question.as_bytes().to_vec()),
    );
    let since = filter.updated_since.map(|since| since.0.as_microsecond());
    select.filter("t.updated_at >= :updated_since", ":updated_since", since);
    let order = match filter.sort {
        AnswerSort::UpdatedAt => Order::last_first("answers/updated_at", "t.updated_at"),
        AnswerSort::DocumentDate => Order::last_first("answers/document_date", "t.document_date"),
        AnswerSort::ReceivedOn => Order::last_first("answers/received_on", "t.received_on"),
    };
    let columns = columns();
    let after = filter.cursor.as_deref();
    let list = List { columns: &columns, from: "answers t", order, after, limit: filter.limit };
    select.page(conn, &list, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<AnswerRow> {
    let id = id_of(row)?;
    Ok(AnswerRow {
        id,
        reference: reference_of(row, Kind::Answer)?,
        authors: json(row, "authors")?,
        form: code(row, "form")?,
        origin: word(row, "origin")?,
        document_date: code(row, "document_date")?,
        received_on: code(row, "received_on")?,
        recorded_at: instant(row, "recorded_at")?,
        validity: word(row, "validity")?,
        assessment: word_if_any(row, "assessment")?,
        review_due: code_if_any(row, "review_due")?,
        text: Title::of(row, Kind::Answer, id, "title_rev")?,
        coordinator: code(row, "coordinator")?,
        visibility: visibility(row)?,
        updated_at: instant(row, "updated_at")?,
        revision: row.get("revision")?,
    })
}
