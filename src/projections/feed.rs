//! The feed: what has happened, as `CloudEvents` 1.0, to be followed from outside.
//!
//! It says that something happened and to what, with the codes, dates and links of it.
//! What people typed is never in it, neither opened nor sealed: a copy of a text outside
//! could not be erased. What a reader may not read is passed over, and nothing is told
//! that the views do not show yet.
//!
//! Depends on: `access`, `codec`, `event_store`.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ViewsError;
use super::audience::{Nearness, nearness};
use super::condition::Conditions;
use super::linked::{code, withhold};
use super::registry::among;
use super::things::Kind;
use super::views::Views;
use crate::access::{People, Scope};
use crate::codec::{self, Instant};
use crate::domain::from_json;
use crate::domain::shared::Audience;
use crate::domain::values::{BodyId, Day};
use crate::event_store::{
    Bookmark, EventStore, GlobalPosition, ReadError, StoredEvent, StreamName,
};

/// Most events looked at for one page, so that a rare type does not read the whole log.
const MOST_READ: usize = 5_000;

/// Events read at once.
const READ_AT_ONCE: usize = 500;

/// Which events are told; a filter that is not set lets everything pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedFilter {
    /// Of these stored types.
    pub types: Vec<String>,
    /// Of this stream, such as `issue-0190…`.
    pub subject: Option<String>,
    /// After the event that this token came with; from the start when absent.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A part of the feed.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeedPage {
    /// The events, in the order of the log.
    #[schema(max_items = 1000)]
    pub items: Vec<CloudEvent>,
    /// The token to go on with: after the last event looked at, told or passed over.
    /// Absent while nothing has happened at all.
    #[schema(max_length = 60)]
    pub after: Option<String>,
    /// Whether there is more to be told at once.
    #[serde(skip)]
    pub more: bool,
}

/// An event, as `CloudEvents` 1.0 has it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CloudEvent {
    /// The version of `CloudEvents`.
    #[schema(max_length = 3, example = "1.0")]
    pub specversion: &'static str,
    /// The id of the event.
    pub id: Uuid,
    /// The installation that tells it.
    #[schema(max_length = 500)]
    pub source: String,
    /// The stored type, which is also the name of its contract.
    #[serde(rename = "type")]
    #[schema(max_length = 100, example = "issue-reported.v1")]
    pub kind: String,
    /// The stream: what it happened to.
    #[schema(max_length = 120)]
    pub subject: String,
    /// When it was recorded.
    pub time: Instant,
    /// The media type of the data.
    #[schema(max_length = 20)]
    pub datacontenttype: &'static str,
    /// The contract of the event, of which the data hold what is not typed by people.
    #[schema(max_length = 150)]
    pub dataschema: String,
    /// The date of what was recorded.
    pub occurredon: Day,
    /// The place of the event in its stream, from 0.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u64,
    /// The token to go on with after this event.
    #[schema(max_length = 60)]
    pub sequence: String,
    /// Codes, dates, numbers and links.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl Views {
    /// Part of the feed, for somebody who is signed in.
    ///
    /// `source` names the installation, as an address.
    ///
    /// # Errors
    ///
    /// [`ViewsError::Cursor`] when the token is none; [`ReadError::ForeignBookmark`] (as
    /// [`ViewsError::Store`]) when it came from another store.
    pub async fn feed(
        &self,
        scope: &Scope,
        filter: &FeedFilter,
        source: &str,
    ) -> Result<FeedPage, ViewsError> {
        let store = self.texts().store();
        let mut at = match &filter.after {
            Some(token) => Some(known(store, token).await?),
            None => None,
        };
        let up_to = self.position();
        let mut page = FeedPage { items: Vec::new(), after: None, more: false };
        let mut readers = Readers::default();
        let mut next = Next::of(filter, at);
        let mut looked_at = 0;
        'reading: loop {
            let found = next.read(store).await?;
            let full = found.len() == READ_AT_ONCE;
            for stored in found {
                if stored.position > up_to {
                    break 'reading;
                }
                if page.items.len() as u64 >= u64::from(filter.limit) || looked_at >= MOST_READ {
                    page.more = true;
                    break 'reading;
                }
                looked_at += 1;
                let here = Bookmark {
                    store: store.store_id(),
                    position: stored.position,
                    event: stored.id,
                };
                next.passed(&stored);
                if at.is_some_and(|at| stored.position <= at.position) {
                    continue;
                }
                at = Some(here);
                if fits(filter, &stored)
                    && self.read(|conn| readers.may_read(conn, scope, &stored))?
                {
                    let mut event = told(&stored, source, &here)?;
                    self.read(|conn| Ok(withhold(conn, scope, &mut event.data)?))?;
                    page.items.push(event);
                }
            }
            if !full {
                break;
            }
        }
        page.after = at.as_ref().map(token);
        Ok(page)
    }
}

/// The token of a place in the feed.
pub fn token(bookmark: &Bookmark) -> String {
    let mut bytes = bookmark.store.as_bytes().to_vec();
    bytes.extend_from_slice(&bookmark.position.0.to_be_bytes());
    bytes.extend_from_slice(bookmark.event.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn parse(token: &str) -> Option<Bookmark> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (store, rest) = bytes.split_first_chunk::<16>()?;
    let (position, event) = rest.split_first_chunk::<8>()?;
    Some(Bookmark {
        store: Uuid::from_bytes(*store),
        position: GlobalPosition(u64::from_be_bytes(*position)),
        event: Uuid::from_slice(event).ok()?,
    })
}

/// The place a token names, if this store gave it out.
async fn known(store: &dyn EventStore, token: &str) -> Result<Bookmark, ViewsError> {
    let bookmark = parse(token).ok_or(ViewsError::Cursor)?;
    if bookmark.store != store.store_id() {
        return Err(ReadError::ForeignBookmark.into());
    }
    // A store refuses to go on after an event that it does not hold.
    store.subscribe(Some(bookmark)).await?;
    Ok(bookmark)
}

/// Where to read next: the whole log, or one stream.
enum Next {
    All(GlobalPosition),
    Stream(StreamName, u64),
    Nothing,
}

impl Next {
    fn of(filter: &FeedFilter, at: Option<Bookmark>) -> Self {
        match &filter.subject {
            None => Self::All(at.map_or(GlobalPosition::START, |at| at.position)),
            Some(subject) => match StreamName::new(subject) {
                Ok(stream) => Self::Stream(stream, 0),
                Err(_) => Self::Nothing,
            },
        }
    }

    async fn read(&self, store: &dyn EventStore) -> Result<Vec<StoredEvent>, ReadError> {
        match self {
            Self::All(after) => store.read_all(*after, READ_AT_ONCE).await,
            Self::Stream(stream, from) => store.read_stream(stream, *from, READ_AT_ONCE).await,
            Self::Nothing => Ok(Vec::new()),
        }
    }

    fn passed(&mut self, stored: &StoredEvent) {
        match self {
            Self::All(after) => *after = stored.position,
            Self::Stream(_, from) => *from = stored.revision + 1,
            Self::Nothing => {}
        }
    }
}

fn fits(filter: &FeedFilter, stored: &StoredEvent) -> bool {
    filter.types.is_empty() || filter.types.iter().any(|one| **one == *stored.stored_type)
}

/// What a reader is to each stream that came up so far.
#[derive(Default)]
struct Readers(HashMap<StreamName, Option<Nearness>>);

impl Readers {
    fn may_read(
        &mut self,
        conn: &Connection,
        scope: &Scope,
        stored: &StoredEvent,
    ) -> Result<bool, ViewsError> {
        let near = if let Some(known) = self.0.get(&stored.stream) {
            *known
        } else {
            let near = near(conn, scope, &stored.stream)?;
            self.0.insert(stored.stream.clone(), near);
            near
        };
        let Some(near) = near else { return Ok(false) };
        Ok(match &*stored.stored_type {
            "contact-recorded.v1" => near.hears(Audience::Internal),
            // In doubt a note is internal.
            "note-added.v1" => near.hears(audience(&stored.data).unwrap_or(Audience::Internal)),
            _ => true,
        })
    }
}

fn audience(data: &[u8]) -> Option<Audience> {
    let data: Value = serde_json::from_slice(data).ok()?;
    from_json(data.get("audience")?).ok()
}

/// What a reader is to a stream; `None` when they may not read it.
fn near(
    conn: &Connection,
    scope: &Scope,
    stream: &StreamName,
) -> Result<Option<Nearness>, ViewsError> {
    let (kind, table) = match stream.category() {
        "issue" => (Kind::Issue, "issues"),
        "question" => (Kind::Question, "questions"),
        "answer" => (Kind::Answer, "answers"),
        "solution" => (Kind::Solution, "solutions"),
        "communication" => (Kind::Communication, "communications"),
        "norm" | "body" | "authority" | "theme" | "form" | "calendar" => {
            return Ok(Some(Nearness::Reader));
        }
        // Who was told what is between them and whoever audits.
        "notices" => {
            let audits = *scope.rule() == Scope::Everything;
            return Ok(audits.then_some(Nearness::Inside));
        }
        "person" => return Ok(looked_up(conn, scope, stream)?.then_some(Nearness::Reader)),
        // What serves the product itself, and what this version does not know.
        _ => return Ok(None),
    };
    let Ok(id) = stream.id().parse::<Uuid>() else { return Ok(None) };
    let mut select = Conditions::scope(scope, "t", kind);
    select.filter("t.id = :id", ":id", Some(id.as_bytes().to_vec()));
    let statement = format!("SELECT t.coordinator FROM {table} t WHERE {}", select.sql());
    let found: Vec<BodyId> = select.query(conn, &statement, |row| code(row, "coordinator"))?;
    match found.first() {
        Some(coordinator) => nearness(conn, scope, kind, id, Some(coordinator)).map(Some),
        None => Ok(None),
    }
}

/// Whether the functions of a person may be looked up by whoever reads.
fn looked_up(conn: &Connection, scope: &Scope, stream: &StreamName) -> Result<bool, ViewsError> {
    let Some(people) = People::within(scope) else { return Ok(false) };
    let mut select = among(&people);
    select.filter("t.person = :id", ":id", Some(stream.id().to_owned()));
    let statement = format!("SELECT 1 FROM persons t WHERE {}", select.sql());
    let found: Vec<i64> = select.query(conn, &statement, |row| row.get(0))?;
    Ok(!found.is_empty())
}

fn told(stored: &StoredEvent, source: &str, here: &Bookmark) -> Result<CloudEvent, ViewsError> {
    let metadata = codec::metadata(stored)?;
    let data = serde_json::from_slice(&stored.data).unwrap_or(Value::Object(Map::new()));
    Ok(CloudEvent {
        specversion: "1.0",
        id: stored.id,
        source: source.to_owned(),
        kind: stored.stored_type.to_string(),
        subject: stored.stream.to_string(),
        time: metadata.recorded_at,
        datacontenttype: "application/json",
        dataschema: format!("urn:quesito:event:{}", stored.stored_type),
        occurredon: metadata.occurred_on,
        revision: stored.revision,
        sequence: token(here),
        data: without_texts(data).unwrap_or(Value::Object(Map::new())),
    })
}

/// The value without any sealed text in it; `None` when it is one.
fn without_texts(value: Value) -> Option<Value> {
    match value {
        Value::Object(members) if is_sealed(&members) => None,
        Value::Object(members) => {
            let open = members
                .into_iter()
                .filter_map(|(name, member)| Some((name, without_texts(member)?)));
            Some(Value::Object(open.collect()))
        }
        Value::Array(items) => {
            Some(Value::Array(items.into_iter().filter_map(without_texts).collect()))
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Some(other),
    }
}

/// Whether an object is a sealed text: nothing else in an event has these members.
fn is_sealed(members: &Map<String, Value>) -> bool {
    members.contains_key("ct") || members.contains_key("commitment")
}
