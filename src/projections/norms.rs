//! Norms: the list, and the page on which everything about one stands by article and
//! paragraph. It works for an act that was only cited, too.
//!
//! Deliberately absent: tables of its own. What is counted and shown is what the reader
//! may read; a norm that is only cited where they may not read is not there for them.
//!
//! Depends on: `access`, `domain::norm`.

mod page;
#[cfg(test)]
mod tests;

pub use page::{NormPage, PlaceCounts, PlaceView};

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::condition::Conditions;
use super::linked::{code_if_any, word_if_any};
use super::lists::{List, Order, Page, json};
use super::moment::Moment;
use super::registry::AmendmentView;
use super::things::Kind;
use super::{ViewsError, words};
use crate::access::Scope;
use crate::domain::norm::{Amendment, NormRef, touches};
use crate::domain::registry::NormKind;
use crate::domain::values::{Day, PublicName};

/// In which order norms are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NormSort {
    /// By how they are cited.
    #[default]
    Label,
    /// By how many issues cite them, the most first.
    Issues,
}

/// Which norms are listed; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NormFilter {
    /// Of this kind, as registered.
    pub kind: Option<NormKind>,
    /// Whether they are in the catalogue; the others were only cited.
    pub registered: Option<bool>,
    /// Whose citation or subject contains this, whatever the case.
    pub text: Option<String>,
    /// In which order.
    pub sort: NormSort,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of norms.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NormList {
    /// The norms.
    #[schema(max_items = 200)]
    pub items: Vec<NormRow>,
    /// Where the next page begins, if there is one.
    #[schema(max_length = 500)]
    pub next: Option<String>,
}

/// A norm in a list, with how often it is cited where the reader may read.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NormRow {
    /// Its id, the same for whoever cites it.
    pub norm_id: Uuid,
    /// How it is cited.
    #[schema(max_length = 1000)]
    pub label: String,
    /// Whether it is in the catalogue.
    pub registered: bool,
    /// Its kind, when it is in the catalogue.
    pub kind: Option<NormKind>,
    /// What it is about, when it is in the catalogue.
    pub subject_it: Option<PublicName>,
    /// How many issues cite it.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub issues: u32,
    /// How many questions are about it.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub questions: u32,
    /// How many answers read it.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub answers: u32,
    /// How many solutions rest on it.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub solutions: u32,
    /// How many amendments are recorded.
    #[schema(minimum = 0, maximum = 10_000)]
    pub amendments: u32,
    /// The day from which the last of them is in force.
    pub last_amended_from: Option<Day>,
}

impl Moment {
    /// The norms of the catalogue, and those cited where somebody may read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read, or the cursor belongs to another list.
    pub fn list_norms(&self, scope: &Scope, filter: &NormFilter) -> Result<NormList, ViewsError> {
        let Page { items, next } = self.read(|conn| list(conn, scope, filter))?;
        Ok(NormList { items, next })
    }
}

/// The kinds of things that cite norms.
const CITING: [(Kind, &str); 4] = [
    (Kind::Issue, "issues"),
    (Kind::Question, "questions"),
    (Kind::Answer, "answers"),
    (Kind::Solution, "solutions"),
];

/// Binds what the conditions made by [`Scope::sql`] ask for.
fn bind_scope(select: &mut Conditions, scope: &Scope) {
    let (body, network) = scope.parameters();
    select.bind(":scope_body", body.map(str::to_owned));
    select.bind(":scope_network", network.map(str::to_owned));
}

/// Readable things of a kind that cite the norm `x.norm`.
fn citing(scope: &Scope, kind: Kind, table: &str) -> String {
    format!(
        "FROM citations c JOIN {table} t ON t.no = c.thing
         WHERE c.norm = x.norm AND c.kind = {} AND {}",
        kind as u8,
        scope.sql("t", kind as u8)
    )
}

/// Whether the norm `x.norm` is cited where somebody may read.
fn is_cited(scope: &Scope) -> String {
    let exists =
        CITING.map(|(kind, table)| format!("EXISTS (SELECT 1 {})", citing(scope, kind, table)));
    format!("({})", exists.join(" OR "))
}

fn list(
    conn: &Connection,
    scope: &Scope,
    filter: &NormFilter,
) -> Result<Page<NormRow>, ViewsError> {
    let mut select = Conditions::default();
    bind_scope(&mut select, scope);
    select.and(format!("(x.registered OR {})", is_cited(scope)));
    select.filter("n.kind = :kind", ":kind", filter.kind.as_ref().map(words::text));
    select.filter("x.registered = :registered", ":registered", filter.registered);
    select.filter(
        "(instr(lower(x.label), :text) > 0
          OR instr(lower(coalesce(json_extract(n.doc, '$.subject_it'), '')), :text) > 0)",
        ":text",
        filter.text.as_ref().map(|text| text.to_lowercase()),
    );
    let count = |(kind, table)| {
        format!("(SELECT count(DISTINCT c.thing) {}) AS {table}", citing(scope, kind, table))
    };
    let columns = format!(
        "x.norm, x.label, x.registered, n.kind, json_extract(n.doc, '$.subject_it') AS subject,
         {}, (SELECT count(*) FROM amendments m WHERE m.norm = x.norm) AS amendments,
         (SELECT max(m.from_day) FROM amendments m WHERE m.norm = x.norm) AS last_amended_from",
        CITING.map(count).join(", ")
    );
    let from = "(SELECT norm, label, 1 AS registered FROM norms UNION ALL
                 SELECT norm, min(label), 0 FROM citations WHERE norm IS NOT NULL
                 AND norm NOT IN (SELECT norm FROM norms) GROUP BY norm) x
                LEFT JOIN norms n ON n.norm = x.norm";
    let most_cited = format!(
        "printf('%08d', (SELECT count(DISTINCT c.thing) {})) || char(31) || hex(x.norm)",
        citing(scope, Kind::Issue, "issues")
    );
    let order = match filter.sort {
        NormSort::Label => Order::unique("norms/label", "x.label || char(31) || hex(x.norm)"),
        NormSort::Issues => {
            Order { descending: true, ..Order::unique("norms/issues", &most_cited) }
        }
    };
    let after = filter.cursor.as_deref();
    let list = List { columns: &columns, from, order, after, limit: filter.limit };
    select.page(conn, &list, read)
}

fn read(row: &Row<'_>) -> rusqlite::Result<NormRow> {
    let registered: bool = row.get("registered")?;
    let label: String = row.get("label")?;
    Ok(NormRow {
        norm_id: row.get("norm").map(Uuid::from_bytes)?,
        label: if registered { label } else { act_label(&label) },
        registered,
        kind: word_if_any(row, "kind")?,
        subject_it: code_if_any(row, "subject")?,
        issues: row.get("issues")?,
        questions: row.get("questions")?,
        answers: row.get("answers")?,
        solutions: row.get("solutions")?,
        amendments: row.get("amendments")?,
        last_amended_from: code_if_any(row, "last_amended_from")?,
    })
}

/// How an act is cited as a whole, from the citation of one place in it.
pub(super) fn act_label(cited: &str) -> String {
    let place = match cited.strip_prefix("CELEX ") {
        Some(_) => ", ",
        None => ", art. ",
    };
    cited.split_once(place).map_or(cited, |(act, _)| act).to_owned()
}

/// What amended a norm of the catalogue, in the order in which it takes effect.
pub(super) fn amendments(conn: &Connection, norm: Uuid) -> Result<Vec<AmendmentView>, ViewsError> {
    let mut select = Conditions::default();
    select.bind(":norm", norm.as_bytes().to_vec());
    let statement = "SELECT doc FROM amendments WHERE norm = :norm ORDER BY from_day, ord";
    select.query(conn, statement, |row| json(row, "doc"))
}

/// The first day on which an amendment recorded so far changes a cited text.
pub(super) fn amended_from(conn: &Connection, norm: &NormRef) -> Result<Option<Day>, ViewsError> {
    let (Some(id), Some(read)) = (norm.norm_id(), norm.text_in_force_on()) else {
        return Ok(None);
    };
    let article = norm.cited().article;
    let amended = amendments(conn, id)?.into_iter().find(|one| {
        let amendment = Amendment {
            articles: one.articles.iter().map(ToString::to_string).collect(),
            from: one.from.date(),
        };
        touches(&amendment, article.as_deref(), read.date())
    });
    Ok(amended.map(|one| one.from))
}
