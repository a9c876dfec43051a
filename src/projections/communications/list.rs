//! The list of letters.
//!
//! Depends on: `access`, `domain::communication`.

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::condition::Conditions;
use super::super::linked::{code, id_of, instant, word, word_if_any};
use super::super::lists::{List, Order, Page, json};
use super::super::moment::Moment;
use super::super::things::Kind;
use super::super::titles::{self, Title, Titled};
use super::super::{ViewsError, words};
use crate::access::Scope;
use crate::codec::Instant;
use crate::domain::communication::{Channel, Direction, Receipt};
use crate::domain::values::{
    BodyId, Day, DocumentNumber, ExternalId, IpaCode, Ref, RegisterCode, Sha256Hex, Year,
};

/// In which order letters are listed: the most recent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommunicationSort {
    /// By the last event.
    #[default]
    UpdatedAt,
    /// By the date of the letter.
    Dated,
}

/// Which letters are listed; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CommunicationFilter {
    /// Registered by the administration with this code; living registrations only.
    pub ipa: Option<IpaCode>,
    /// Registered in this register.
    pub register: Option<RegisterCode>,
    /// Registered in this year.
    pub year: Option<Year>,
    /// Registered under this number.
    pub number: Option<DocumentNumber>,
    /// With this document.
    pub sha256: Option<Sha256Hex>,
    /// In or out.
    pub direction: Option<Direction>,
    /// With this body or authority at the other end.
    pub counterpart: Option<ExternalId>,
    /// Of this association.
    pub coordinator: Option<BodyId>,
    /// With an event since this instant.
    pub updated_since: Option<Instant>,
    /// In which order.
    pub sort: CommunicationSort,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of letters.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunicationList {
    /// The letters.
    #[schema(max_items = 200)]
    pub items: Vec<CommunicationRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A letter in a list.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunicationRow {
    /// Its id.
    pub id: Uuid,
    /// In or out.
    pub direction: Direction,
    /// By which way.
    pub channel: Channel,
    /// The authorities or bodies at the other end.
    #[schema(max_items = 50)]
    pub counterpart: Vec<Ref>,
    /// One line.
    pub subject: Title,
    /// The date of the letter.
    pub dated: Day,
    /// The last receipt.
    pub receipt: Option<Receipt>,
    /// How many documents it has.
    #[schema(minimum = 0, maximum = 10_000)]
    pub documents: u32,
    /// The association whose letter it is.
    pub coordinator: BodyId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When something last happened to it.
    pub updated_at: Instant,
    /// The last revision of its stream.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

impl Titled for CommunicationRow {
    fn titles(&mut self) -> Vec<&mut Title> {
        vec![&mut self.subject]
    }
}

impl Moment {
    /// The letters that somebody may see.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views or a text cannot be read, or the cursor belongs to
    /// another list.
    pub async fn list_communications(
        &self,
        scope: &Scope,
        filter: &CommunicationFilter,
    ) -> Result<CommunicationList, ViewsError> {
        let Page { mut items, next } = self.read(|conn| page(conn, scope, filter))?;
        titles::open(self.texts(), &mut items).await?;
        Ok(CommunicationList { items, next })
    }
}

const COLUMNS: &str = "t.id, t.revision, t.title_rev, t.coordinator, t.dated, t.updated_at,
    t.recorded_at, t.direction, t.channel, t.counterpart, t.documents, t.receipt";

/// The row of one letter, if it may be read.
pub(super) fn one(
    conn: &Connection,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<CommunicationRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Communication);
    select.filter("t.id = :id", ":id", Some(id.as_bytes().to_vec()));
    let statement = format!("SELECT {COLUMNS} FROM communications t WHERE {}", select.sql());
    Ok(select.query(conn, &statement, read)?.pop())
}

fn page(
    conn: &Connection,
    scope: &Scope,
    filter: &CommunicationFilter,
) -> Result<Page<CommunicationRow>, ViewsError> {
    let mut select = Conditions::scope(scope, "t", Kind::Communication);
    registered(&mut select, filter);
    select.filter(
        "t.no IN (SELECT d.communication FROM communication_documents d WHERE d.sha256 = :sha256)",
        ":sha256",
        filter.sha256.as_ref().map(ToString::to_string),
    );
    let direction = filter.direction.as_ref().map(words::text);
    select.filter("t.direction = :direction", ":direction", direction);
    select.filter(
        "EXISTS (SELECT 1 FROM json_each(t.counterpart) c
         WHERE json_extract(c.value, '$.id') = :counterpart)",
        ":counterpart",
        filter.counterpart.as_ref().map(ToString::to_string),
    );
    let coordinator = filter.coordinator.as_ref().map(ToString::to_string);
    select.filter("t.coordinator = :coordinator", ":coordinator", coordinator);
    let since = filter.updated_since.map(|since| since.0.as_microsecond());
    select.filter("t.updated_at >= :updated_since", ":updated_since", since);
    let order = match filter.sort {
        CommunicationSort::UpdatedAt => {
            Order::last_first("communications/updated_at", "t.updated_at")
        }
        CommunicationSort::Dated => Order::last_first("communications/dated", "t.dated"),
    };
    let (after, limit) = (filter.cursor.as_deref(), filter.limit);
    let list = List { columns: COLUMNS, from: "communications t", order, after, limit };
    select.page(conn, &list, read)
}

/// One living registration must fit all that is said of it.
fn registered(select: &mut Conditions, filter: &CommunicationFilter) {
    let mut parts = Vec::new();
    let mut part = |condition, name, value: Option<rusqlite::types::Value>| {
        if let Some(value) = value {
            parts.push(condition);
            select.bind(name, value);
        }
    };
    let text = |code: Option<String>| code.map(rusqlite::types::Value::from);
    part("r.ipa = :ipa", ":ipa", text(filter.ipa.as_ref().map(ToString::to_string)));
    let register = text(filter.register.as_ref().map(ToString::to_string));
    part("r.register = :register", ":register", register);
    part("r.year = :year", ":year", filter.year.map(|year| i64::from(year.get()).into()));
    part("r.number = :number", ":number", text(filter.number.as_ref().map(ToString::to_string)));
    if !parts.is_empty() {
        select.and(format!(
            "EXISTS (SELECT 1 FROM registrations r WHERE r.communication = t.no
             AND NOT r.annulled AND {})",
            parts.join(" AND ")
        ));
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<CommunicationRow> {
    let id = id_of(row)?;
    Ok(CommunicationRow {
        id,
        direction: word(row, "direction")?,
        channel: word(row, "channel")?,
        counterpart: json(row, "counterpart")?,
        subject: Title::of(row, Kind::Communication, id, "title_rev")?,
        dated: code(row, "dated")?,
        receipt: word_if_any(row, "receipt")?,
        documents: row.get("documents")?,
        coordinator: code(row, "coordinator")?,
        recorded_at: instant(row, "recorded_at")?,
        updated_at: instant(row, "updated_at")?,
        revision: row.get("revision")?,
    })
}
