//! Which things and events belong to an extract, and where they stand in the log.
//!
//! A thing belongs to a case when an event of either names the other, as far as events were
//! recorded by the instant. Other cases are named, never included.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{ExtractError, Sources};
use crate::access::{Actor, Scope};
use crate::codec::{Metadata, Opening, metadata};
use crate::event_store::{StoredEvent, StreamName};
use crate::notary::note::Note;
use crate::notary::tree::{self, Hash};
use crate::notary::{Checkpoint, Keeper, KeeperError, Leaf, Logged};
use crate::projections::things::Kind;

/// Events read at once from a stream.
const PAGE: usize = 500;

/// What an extract is about.
pub(super) struct Case {
    /// The reference of the issue.
    pub reference: String,
    /// The instant.
    pub as_of: Timestamp,
    /// The issue first, then what is linked to it.
    pub things: Vec<Thing>,
}

/// A thing of the case.
pub(super) struct Thing {
    /// Of which kind.
    pub kind: Kind,
    /// Its reference; letters have none.
    pub reference: Option<String>,
    /// Its stream.
    pub stream: StreamName,
    /// Its events that the reader may see.
    pub events: Vec<Included>,
}

/// An event of an extract.
pub(super) struct Included {
    /// As stored.
    pub stored: StoredEvent,
    /// Its metadata.
    pub metadata: Metadata,
    /// Its data as the reader may see them, texts opened.
    pub shown: Value,
    /// Its texts, with what ties them to their sealed form; none when a part is withheld.
    pub openings: Option<Vec<Opening>>,
}

/// Where the events stand in the log.
pub(super) struct Proofs {
    /// The head over them.
    pub checkpoint: Checkpoint,
    /// Signed.
    pub note: Note,
    /// Leaf and proof by event.
    pub leaves: HashMap<Uuid, Proven>,
}

/// A leaf and its proof.
pub(super) struct Proven {
    pub index: u64,
    pub leaf: Leaf,
    pub proof: Vec<Hash>,
}

impl Case {
    /// Every event, thing by thing.
    pub fn events(&self) -> impl Iterator<Item = &Included> {
        self.things.iter().flat_map(|thing| &thing.events)
    }
}

/// Gathers a case.
pub(super) async fn case(
    sources: &Sources,
    actor: &Actor,
    issue: Uuid,
    as_of: Option<Timestamp>,
) -> Result<Case, ExtractError> {
    let until = as_of.unwrap_or(Timestamp::MAX);
    let scope = Scope::of(Some(actor));
    let mut things: BTreeMap<(Kind, Timestamp, Uuid), Thing> = BTreeMap::new();
    let mut seen = HashSet::from([issue]);
    let mut waiting = VecDeque::from([(Kind::Issue, issue)]);
    while let Some((kind, id)) = waiting.pop_front() {
        let Some(thing) = thing(sources, actor, kind, id, until).await? else { continue };
        let mut near: Vec<Uuid> = Vec::new();
        for event in &thing.events {
            ids(&event.shown, &mut near);
        }
        for owner in sources.views.linking(id)? {
            if names_it(sources, owner, id, until).await? {
                near.push(owner);
            }
        }
        for id in near {
            if seen.contains(&id) {
                continue;
            }
            let Some((other, _)) = sources.views.reference(id)? else { continue };
            if follows(kind, other) && sources.views.may_read(&scope, other, id)? {
                seen.insert(id);
                waiting.push_back((other, id));
            }
        }
        let first = thing.events.first().map_or(until, |event| event.metadata.recorded_at.0);
        things.insert((kind, first, id), thing);
    }
    let things: Vec<Thing> = things.into_values().collect();
    let issue = things.first().filter(|thing| thing.kind == Kind::Issue);
    let reference =
        issue.and_then(|thing| thing.reference.clone()).ok_or(ExtractError::NotFound)?;
    let last = things.iter().flat_map(|thing| &thing.events);
    let last = last.map(|event| event.metadata.recorded_at.0).max();
    let as_of = as_of.or(last).ok_or(ExtractError::NotFound)?;
    Ok(Case { reference, as_of, things })
}

/// Whether what is linked to a thing of one kind belongs to its extract.
fn follows(from: Kind, to: Kind) -> bool {
    match from {
        Kind::Issue => to != Kind::Issue,
        Kind::Question | Kind::Answer | Kind::Solution => {
            matches!(to, Kind::Answer | Kind::Communication)
        }
        Kind::Communication => false,
    }
}

/// A thing as the reader may see it; `None` when there is nothing to see by the instant.
async fn thing(
    sources: &Sources,
    actor: &Actor,
    kind: Kind,
    id: Uuid,
    until: Timestamp,
) -> Result<Option<Thing>, ExtractError> {
    let Ok(stream) = StreamName::new(format!("{}-{id}", kind.category())) else { return Ok(None) };
    let Some(timeline) = sources.views.history(Some(actor), kind, id).await? else {
        return Ok(None);
    };
    let mut stored: HashMap<Uuid, StoredEvent> =
        history(sources, &stream).await?.into_iter().map(|event| (event.id, event)).collect();
    let mut events = Vec::new();
    for told in timeline {
        let Some(stored) = stored.remove(&told.event_id) else { continue };
        let metadata = metadata(&stored)?;
        if metadata.recorded_at.0 > until {
            continue;
        }
        let (whole, openings) = sources.codec.open_texts(&*sources.store, &stored).await?;
        // Where ids of things were taken out that the reader may not know of, the stored bytes
        // would give them away.
        let openings = (whole == told.data).then_some(openings);
        events.push(Included { stored, metadata, shown: told.data, openings });
    }
    if events.is_empty() {
        return Ok(None);
    }
    let reference = sources.views.reference(id)?.map(|(_, reference)| reference);
    let reference = reference.filter(|_| kind != Kind::Communication);
    Ok(Some(Thing { kind, reference, stream, events }))
}

pub(super) async fn history(
    sources: &Sources,
    stream: &StreamName,
) -> Result<Vec<StoredEvent>, ExtractError> {
    let mut all = Vec::new();
    loop {
        let page = sources.store.read_stream(stream, all.len() as u64, PAGE).await?;
        let full = page.len() == PAGE;
        all.extend(page);
        if !full {
            return Ok(all);
        }
    }
}

/// Whether an event of a thing names another by an instant.
async fn names_it(
    sources: &Sources,
    owner: Uuid,
    id: Uuid,
    until: Timestamp,
) -> Result<bool, ExtractError> {
    let Some((kind, _)) = sources.views.reference(owner)? else { return Ok(false) };
    let Ok(stream) = StreamName::new(format!("{}-{owner}", kind.category())) else {
        return Ok(false);
    };
    let id = id.to_string();
    for stored in history(sources, &stream).await? {
        let named = stored.data.windows(id.len()).any(|window| window == id.as_bytes());
        if named && metadata(&stored)?.recorded_at.0 <= until {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The ids in a document.
fn ids(value: &Value, found: &mut Vec<Uuid>) {
    match value {
        Value::String(text) if text.len() == 36 => found.extend(text.parse::<Uuid>().ok()),
        Value::Array(items) => items.iter().for_each(|item| ids(item, found)),
        Value::Object(members) => members.values().for_each(|member| ids(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The proofs of a case, under the shortest head that covers all its events: whenever it is
/// asked for, it is the same.
pub(super) fn proofs(log: &Keeper, case: &Case) -> Result<Proofs, ExtractError> {
    let events: Vec<Uuid> = case.events().map(|event| event.stored.id).collect();
    let places = log.find(&events)?;
    let size = places.values().max().map_or(0, |last| last + 1);
    let (checkpoint, note) = log.head_at(size)?;
    let mut leaves = HashMap::with_capacity(events.len());
    for event in case.events() {
        let id = event.stored.id;
        let index = *places.get(&id).ok_or(ExtractError::Behind)?;
        let leaf = Leaf::of(&Logged::from(&event.stored)).map_err(|_| KeeperError::Outside)?;
        let proof = log.inclusion(index, size)?;
        // An event that is not the one that was logged must not look as if it were.
        if !tree::includes(&leaf.hash, index, size, &proof, &checkpoint.root) {
            return Err(KeeperError::Forked { signed: size }.into());
        }
        leaves.insert(id, Proven { index, leaf, proof });
    }
    Ok(Proofs { checkpoint, note, leaves })
}
