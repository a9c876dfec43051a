//! What happened to one thing, event by event, with one Italian sentence for each.
//!
//! Read from the stream itself: there is no table to keep. A note is told only to
//! those it is for, and other cases are named only to those who may read them.
//!
//! Depends on: `access`, `codec`, `domain`.

mod cases;
mod names;
mod registry;
mod typed;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

pub use names::Names;
pub use typed::TypedText;

use super::ViewsError;
use super::condition::Conditions;
use super::issues::is_for;
use super::linked::withhold;
use super::moment::Moment;
use super::streams;
use super::things::Kind;
use crate::access::{Actor, Scope};
use crate::codec::{ActorKind, Codec, CodecError, Instant, Metadata, ReceivedVia, metadata};
use crate::domain::answer::AnswerEvent;
use crate::domain::communication::CommunicationEvent;
use crate::domain::issue::IssueEvent;
use crate::domain::notice::NoticeEvent;
use crate::domain::question::QuestionEvent;
use crate::domain::registry::{
    AuthorityEvent, BodyEvent, CalendarEvent, FormEvent, NormEvent, PersonEvent, ReservationEvent,
    Role, ThemeEvent,
};
use crate::domain::shared::Audience;
use crate::domain::solution::SolutionEvent;
use crate::domain::values::{BodyId, Day};
use crate::domain::{EventSet, from_json};
use crate::event_store::{StoredEvent, StreamName};

/// An event as people read it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TimelineEvent {
    /// Its id, which is also the id of what it created.
    pub event_id: Uuid,
    /// Its place in the stream, from 0.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u64,
    /// The stored type, such as `issue-reported.v1`.
    #[serde(rename = "type")]
    #[schema(max_length = 80)]
    pub stored_type: String,
    /// The date of what was recorded.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What kind of actor recorded it.
    pub actor_kind: ActorKind,
    /// In which role.
    pub role: Role,
    /// For which body the role was given.
    pub body: BodyId,
    /// The body on whose behalf staff acted.
    pub on_behalf_of: Option<BodyId>,
    /// By which way it arrived.
    pub received_via: ReceivedVia,
    /// What happened, in one sentence.
    #[schema(max_length = 500)]
    pub sentence_it: String,
    /// The data, with texts opened; an erased one says so.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A set of events that can be told in Italian.
pub trait Told: EventSet {
    /// What happened, in one sentence.
    fn sentence_it(&self, names: &Names<'_>) -> String;
}

impl Moment {
    /// What happened to a thing, as its reader may know it, in order; `None` when there
    /// is no such thing or the reader may not see it.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views, the store or a text cannot be read.
    pub async fn history(
        &self,
        actor: Option<&Actor>,
        kind: Kind,
        id: Uuid,
    ) -> Result<Option<Vec<TimelineEvent>>, ViewsError> {
        let scope = self.scope_of(actor);
        let reader = self.read(|conn| reader(conn, &scope, kind, id))?;
        let (Some(mut reader), Some(actor)) = (reader, actor) else { return Ok(None) };
        reader.participants = self.still_taking_part(kind, id, reader.participants)?;
        let Ok(stream) = StreamName::new(format!("{}-{id}", kind.category())) else {
            return Ok(None);
        };
        let (store, codec) = (self.texts().store(), self.texts().codec());
        let mut timeline = Vec::new();
        for stored in streams::history(store, &stream, self.cut()).await? {
            let mut data = codec.open_data(store, &stored).await?;
            let audience = audience(&stored.stored_type, &data);
            if audience
                .is_none_or(|to| is_for(to, actor, &reader.coordinator, &reader.participants))
            {
                let meta = metadata(&stored)?;
                let sentence_it = self.read(|conn| {
                    withhold(conn, &scope, &mut data)?;
                    Ok(sentence(codec, &stored, &Names::new(conn, &scope))?)
                })?;
                timeline.push(told(&stored, meta, sentence_it, data));
            }
        }
        Ok(Some(timeline))
    }
}

impl Moment {
    /// Whether a thing may be read.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the views cannot be read.
    pub fn may_read(&self, scope: &Scope, kind: Kind, id: Uuid) -> Result<bool, ViewsError> {
        self.read(|conn| Ok(reader(conn, scope, kind, id)?.is_some()))
    }
}

/// One event in one Italian sentence, whatever stream it belongs to.
///
/// # Errors
///
/// [`CodecError`] when it cannot be read.
pub fn sentence(
    codec: &Codec,
    stored: &StoredEvent,
    names: &Names<'_>,
) -> Result<String, CodecError> {
    fn of<E: Told>(
        codec: &Codec,
        stored: &StoredEvent,
        names: &Names<'_>,
    ) -> Result<String, CodecError> {
        Ok(codec.read::<E>(stored)?.event.sentence_it(names))
    }
    match stored.stream.category() {
        "issue" => of::<IssueEvent>(codec, stored, names),
        "question" => of::<QuestionEvent>(codec, stored, names),
        "answer" => of::<AnswerEvent>(codec, stored, names),
        "solution" => of::<SolutionEvent>(codec, stored, names),
        "communication" => of::<CommunicationEvent>(codec, stored, names),
        "norm" => of::<NormEvent>(codec, stored, names),
        "body" => of::<BodyEvent>(codec, stored, names),
        "authority" => of::<AuthorityEvent>(codec, stored, names),
        "theme" => of::<ThemeEvent>(codec, stored, names),
        "form" => of::<FormEvent>(codec, stored, names),
        "calendar" => of::<CalendarEvent>(codec, stored, names),
        "person" => of::<PersonEvent>(codec, stored, names),
        "registration" => of::<ReservationEvent>(codec, stored, names),
        "notices" => of::<NoticeEvent>(codec, stored, names),
        _ => Err(CodecError::UnknownType(stored.stored_type.to_string())),
    }
}

/// The reader's right to a thing, and what the audiences of its notes are.
struct Reader {
    coordinator: BodyId,
    participants: std::collections::BTreeSet<BodyId>,
}

fn reader(
    conn: &Connection,
    scope: &Scope,
    kind: Kind,
    id: Uuid,
) -> Result<Option<Reader>, ViewsError> {
    let table = kind.table();
    let mut conditions = Conditions::scope(scope, "t", kind);
    conditions.bind(":id", id.as_bytes().to_vec());
    conditions.bind(":kind", i64::from(kind as u8));
    let sql = format!(
        "SELECT t.no, t.coordinator FROM things x JOIN {table} t ON t.no = x.no
         WHERE x.id = :id AND x.kind = :kind AND {}",
        conditions.sql()
    );
    let found = conn
        .prepare_cached(&sql)?
        .query_row(conditions.values(&sql).as_slice(), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((no, coordinator)) = found else { return Ok(None) };
    let mut bodies =
        conn.prepare_cached("SELECT body FROM participants WHERE kind = ?1 AND thing = ?2")?;
    let bodies = bodies
        .query_map((kind as u8, no), |row| super::words::code(0, row.get_ref(0)?.as_str()?))?;
    let participants = bodies.collect::<Result<_, _>>()?;
    Ok(Some(Reader { coordinator: super::words::code(1, &coordinator)?, participants }))
}

/// For whom an event is, when it is not for every reader of its thing.
fn audience(stored_type: &str, data: &Value) -> Option<Audience> {
    match stored_type {
        "contact-recorded.v1" => Some(Audience::Internal),
        "note-added.v1" => {
            let said = data.get("audience");
            // What cannot be read is for the fewest.
            Some(said.and_then(|said| from_json(said).ok()).unwrap_or(Audience::Internal))
        }
        _ => None,
    }
}

fn told(
    stored: &StoredEvent,
    metadata: Metadata,
    sentence_it: String,
    data: Value,
) -> TimelineEvent {
    TimelineEvent {
        event_id: stored.id,
        revision: stored.revision,
        stored_type: stored.stored_type.to_string(),
        occurred_on: metadata.occurred_on,
        recorded_at: metadata.recorded_at,
        actor_kind: metadata.actor.kind,
        role: metadata.actor.role,
        body: metadata.actor.body_id,
        on_behalf_of: metadata.actor.on_behalf_of,
        received_via: metadata.received_via,
        sentence_it,
        data,
    }
}
