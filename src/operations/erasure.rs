//! Erasing a text, or all texts of a case or of an entry of the registry: the key goes, the
//! event that says so stays.
//!
//! The event and the destruction of the keys are one commit, so that nobody ever reads of
//! an erasure whose texts still open. What lies outside that commit follows before the
//! answer, and again at the next start if the process ends in between: the register
//! beside the key file, by which old copies are held to the erasure too, and the bytes of
//! documents that nothing refers to any more.
//!
//! The reasons of erasures stay when a whole case is erased: they are the account of it,
//! and each can be erased by itself.
//!
//! Deliberately absent: taking an erasure back.
//!
//! Depends on: `command_handler`, `codec`, `privacy`, `access`.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::record::{Receipt, Submission};
use super::subject::Subject;
use super::{FieldFault, OperationError, Operations};
use crate::access::Actor;
use crate::codec::{self, sealed_texts};
use crate::command_handler::{Done, Intent};
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::from_json;
use crate::domain::issue::Issue;
use crate::domain::question::Question;
use crate::domain::registry::{Authority, Body, Calendar, Form, Norm, Person, Theme};
use crate::domain::shared::TextErased;
use crate::domain::solution::Solution;
use crate::event_store::{GlobalPosition, KeyRing, Revision, StoredEvent, StreamName};
use crate::privacy::{self, Erasure, KeyId};

/// The stored type of the event that records an erasure.
pub const TEXT_ERASED: &str = "text-erased.v1";

/// Events read at once.
const PAGE: usize = 1_000;

/// How often an erasure begins again because another node has changed the keys meanwhile.
const TRIES: usize = 5;

/// What an erasure is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    event: Option<Uuid>,
    field: Option<String>,
}

impl Scope {
    pub(super) fn of(asked: &TextErased) -> Self {
        Self { event: asked.event_id, field: asked.field.as_ref().map(ToString::to_string) }
    }

    fn is_whole(&self) -> bool {
        self.event.is_none()
    }

    /// The keys it reaches among the events of its stream below a revision.
    fn keys(&self, events: &[StoredEvent], below: Revision) -> Result<Vec<KeyId>, OperationError> {
        let mut keys = Vec::new();
        for stored in events.iter().filter(|stored| stored.revision < below) {
            let reached = match self.event {
                Some(event) => stored.id == event,
                None => *stored.stored_type != *TEXT_ERASED,
            };
            if reached {
                let texts = sealed_texts(stored).map_err(internal)?;
                let named = |pointer: &str| self.field.as_ref().is_none_or(|one| one == pointer);
                keys.extend(texts.into_iter().filter(|(at, _)| named(at)).map(|(_, key)| key));
            }
        }
        Ok(keys)
    }

    /// What is wrong with it when it reaches nothing.
    fn fault(&self, events: &[StoredEvent]) -> FieldFault {
        let known = self.event.is_none_or(|id| events.iter().any(|stored| stored.id == id));
        let (pointer, detail) = match (&self.event, &self.field) {
            (None, Some(_)) => ("/event_id", "Manca l'evento che contiene il testo."),
            (Some(_), _) if !known => ("/event_id", "L'evento non è fra quelli di questa scheda."),
            (Some(_), Some(_)) => ("/field", "In quel punto dell'evento non c'è un testo."),
            (Some(_), None) => ("/event_id", "L'evento non contiene testi."),
            (None, None) => ("", "Non ci sono testi da cancellare."),
        };
        FieldFault { pointer: pointer.into(), kind: "no_text", detail: detail.into(), hint: None }
    }
}

impl Operations {
    /// Erases a text, or all texts of a case or of an entry of the registry.
    ///
    /// # Errors
    ///
    /// [`OperationError`] says what stood against it. Only `Unavailable` leaves open
    /// whether it was recorded: asking again finds out, and finishes it.
    pub fn erase<'a>(
        &'a self,
        submission: Submission<'a>,
    ) -> BoxFuture<'a, Result<Receipt, OperationError>> {
        Box::pin(self.erase_once(submission))
    }

    async fn erase_once(&self, submission: Submission<'_>) -> Result<Receipt, OperationError> {
        let _flight = self.enter(submission.command_id)?;
        let erased = match submission.category {
            "issue" => self.erase_in::<Issue>(submission),
            "question" => self.erase_in::<Question>(submission),
            "answer" => self.erase_in::<Answer>(submission),
            "solution" => self.erase_in::<Solution>(submission),
            "communication" => self.erase_in::<Communication>(submission),
            "norm" => self.erase_in::<Norm>(submission),
            "body" => self.erase_in::<Body>(submission),
            "authority" => self.erase_in::<Authority>(submission),
            "theme" => self.erase_in::<Theme>(submission),
            "form" => self.erase_in::<Form>(submission),
            "calendar" => self.erase_in::<Calendar>(submission),
            "person" => self.erase_in::<Person>(submission),
            other => {
                return Err(OperationError::Internal(format!("nothing is erased in `{other}`")));
            }
        };
        erased.await
    }

    /// Erases even if the caller goes away: what was begun is finished, and not by the next
    /// start.
    ///
    /// # Errors
    ///
    /// As [`Operations::erase`].
    pub async fn erase_to_the_end(
        self: &Arc<Self>,
        actor: &Actor,
        submission: Submission<'static>,
    ) -> Result<Receipt, OperationError> {
        let (operations, actor) = (Arc::clone(self), actor.clone());
        let erasing = tokio::spawn(async move {
            operations.erase(Submission { actor: Some(&actor), ..submission }).await
        });
        erasing.await.unwrap_or_else(|why| Err(internal(why)))
    }

    fn erase_in<'a, D: Subject>(
        &'a self,
        submission: Submission<'a>,
    ) -> BoxFuture<'a, Result<Receipt, OperationError>> {
        Box::pin(self.record_erasure::<D>(submission))
    }

    async fn record_erasure<D: Subject>(
        &self,
        submission: Submission<'_>,
    ) -> Result<Receipt, OperationError> {
        let first = codec::event_id(submission.command_id, 0);
        let asked = serde_json::Value::Object(submission.data.clone());
        let (stream, intent) = self.prepare::<D>(submission).await?;
        let asked: TextErased = from_json(&asked).map_err(internal)?;
        let scope = Scope::of(&asked);

        // Whoever changes rings reads them first: one at a time, and on another node by what
        // was read.
        let keys = self.changing_keys.lock().await;
        let mut tries = 0;
        let recorded = loop {
            tries += 1;
            let events = self.history(&stream).await?;
            let rings = if events.iter().any(|stored| stored.id == first) {
                Vec::new()
            } else {
                self.doomed(&stream, &events, &scope).await?
            };
            match self.record_and_finish::<D>(&stream, intent.clone(), &rings).await {
                Err(OperationError::Contended) if tries < TRIES => {}
                recorded => break recorded,
            }
        };
        if matches!(recorded, Err(OperationError::Unavailable(_) | OperationError::Contended)) {
            self.unfinished.store(true, Ordering::Release);
        }
        let done = recorded?;
        drop(keys);
        Ok(Receipt {
            stream,
            event_id: done.event_id,
            revision: done.revision,
            position: done.position,
            recorded_at: done.recorded_at,
            already: done.already,
            leaf: done.leaf,
        })
    }

    async fn record_and_finish<D: Subject>(
        &self,
        stream: &StreamName,
        intent: Intent<D::Event>,
        rings: &[KeyRing],
    ) -> Result<Done, OperationError> {
        let done = self.handler.handle_erasing::<D>(stream, intent, rings).await?;
        if done.already {
            // The answer that was missed may have been that old bytes were left.
            let emptied = self.handler.store().replace_key_rings(Vec::new()).await;
            emptied.map_err(unavailable)?;
        }
        let found = self.handler.store().find_command(stream, done.event_id).await;
        if let Some(stored) = found.map_err(unavailable)? {
            self.finish(&stored).await?;
        }
        Ok(done)
    }

    /// The rings without the keys that an erasure reaches.
    async fn doomed(
        &self,
        stream: &StreamName,
        events: &[StoredEvent],
        scope: &Scope,
    ) -> Result<Vec<KeyRing>, OperationError> {
        let mut keys = scope.keys(events, Revision::MAX)?;
        if keys.is_empty() || (scope.event.is_none() && scope.field.is_some()) {
            return Err(OperationError::Invalid(vec![scope.fault(events)]));
        }
        if scope.is_whole() {
            for hash in self.documents_of_it_alone(stream, events).await? {
                keys.extend(self.document_keys(&hash).await?);
            }
        }
        let told = told_erased(events)?;
        let is_told = scope.keys(events, Revision::MAX)?.iter().all(|key| told.contains(key));
        let rings = self.without(&keys).await?;
        if rings.is_empty() && !is_told {
            // Keys that are gone without an event that says so: an erasure was cut short in
            // between. It is told now, and old bytes that it may have left are removed.
            return self.as_they_are(&keys).await;
        }
        if rings.is_empty() {
            return Err(OperationError::Invalid(vec![FieldFault {
                pointer: if scope.is_whole() { String::new() } else { "/event_id".into() },
                kind: "already_erased",
                detail: "È già stato cancellato.".into(),
                hint: None,
            }]));
        }
        Ok(rings)
    }

    /// The rings that some keys belong to.
    async fn as_they_are(&self, keys: &[KeyId]) -> Result<Vec<KeyRing>, OperationError> {
        let ids: BTreeSet<i64> = keys.iter().map(|key| key.ring).collect();
        let mut rings = Vec::with_capacity(ids.len());
        for id in ids {
            rings.extend(self.handler.store().key_ring(id).await.map_err(unavailable)?);
        }
        Ok(rings)
    }

    /// The rings that hold some of these keys, without them.
    pub(super) async fn without(&self, keys: &[KeyId]) -> Result<Vec<KeyRing>, OperationError> {
        let mut rings: BTreeMap<i64, Option<KeyRing>> = BTreeMap::new();
        let mut changed = BTreeSet::new();
        for key in keys {
            let ring = match rings.entry(key.ring) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let ring = self.handler.store().key_ring(key.ring).await;
                    place.insert(ring.map_err(unavailable)?)
                }
            };
            if let Some(ring) = ring
                && privacy::lives(ring, key.slot)
            {
                *ring = privacy::erase_slot(ring, key.slot).map_err(internal)?;
                changed.insert(key.ring);
            }
        }
        Ok(rings.into_values().flatten().filter(|ring| changed.contains(&ring.id)).collect())
    }

    /// What an erasure that is in the log still asks for: an entry in the register, and
    /// the end of the documents whose keys went with it.
    pub(super) async fn finish(&self, stored: &StoredEvent) -> Result<(), OperationError> {
        let erasure = self.erasure(stored).await?;
        self.handler.codec().remember_destroyed(erasure.keys.iter().copied());
        self.register.add(erasure.clone()).map_err(unavailable)?;
        if erasure.target.is_none() {
            let events = self.history(&stored.stream).await?;
            for hash in documents_in(&events) {
                if self.is_dead(&hash).await? {
                    self.remove_document(&hash).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether what an event says of an erasure is so: no key that it reaches is left.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when the store cannot be read.
    pub async fn erasure_holds(&self, stored: &StoredEvent) -> Result<bool, OperationError> {
        Ok(self.without(&self.erasure(stored).await?.keys).await?.is_empty())
    }

    /// What the event of an erasure says, with the keys that it reaches.
    pub(super) async fn erasure(&self, stored: &StoredEvent) -> Result<Erasure, OperationError> {
        let asked: TextErased = serde_json::from_slice(&stored.data).map_err(internal)?;
        let scope = Scope::of(&asked);
        let events = self.history(&stored.stream).await?;
        let mut keys = scope.keys(&events, stored.revision)?;
        if scope.is_whole() {
            for hash in documents_in(&events) {
                if self.is_dead(&hash).await? {
                    keys.extend(self.document_keys(&hash).await?);
                }
            }
        }
        let recorded = codec::metadata(stored).map_err(internal)?.recorded_at.0;
        Ok(Erasure {
            day: crate::clock::civil_date(recorded),
            store: self.handler.store().store_id(),
            event: stored.id,
            stream: stored.stream.clone(),
            target: scope.event,
            field: scope.field,
            keys,
        })
    }

    /// The documents that a case refers to and nothing else does.
    ///
    /// The whole log is read for it, since nothing but the log is asked before a decision;
    /// a case is erased seldom.
    async fn documents_of_it_alone(
        &self,
        own: &StreamName,
        events: &[StoredEvent],
    ) -> Result<BTreeSet<String>, OperationError> {
        let mut alone = documents_in(events);
        let mut after = GlobalPosition::START;
        while !alone.is_empty() {
            let page = self.handler.store().read_all(after, PAGE).await.map_err(unavailable)?;
            let Some(last) = page.last() else { break };
            after = last.position;
            for stored in
                page.iter().filter(|one| one.stream != *own && !one.stream.is_operational())
            {
                let data = std::str::from_utf8(&stored.data).unwrap_or_default();
                alone.retain(|hash| !data.contains(hash.as_str()));
            }
            tokio::task::yield_now().await;
        }
        Ok(alone)
    }

    pub(super) async fn history(
        &self,
        stream: &StreamName,
    ) -> Result<Vec<StoredEvent>, OperationError> {
        let mut events: Vec<StoredEvent> = Vec::new();
        loop {
            let from = events.last().map_or(0, |last| last.revision + 1);
            let page = self.handler.store().read_stream(stream, from, PAGE).await;
            let page = page.map_err(unavailable)?;
            let full = page.len() == PAGE;
            events.extend(page);
            if !full {
                return Ok(events);
            }
        }
    }

    /// The keys of all uploads of a document.
    async fn document_keys(&self, hash: &str) -> Result<Vec<KeyId>, OperationError> {
        let mut keys = Vec::new();
        for stored in self.history(&super::documents::stream(hash)?).await? {
            keys.extend(sealed_texts(&stored).map_err(internal)?.into_iter().map(|(_, key)| key));
        }
        Ok(keys)
    }

    /// Whether a document was put there and no key of it is left.
    async fn is_dead(&self, hash: &str) -> Result<bool, OperationError> {
        let keys = self.document_keys(hash).await?;
        Ok(!keys.is_empty() && self.without(&keys).await?.is_empty())
    }
}

/// The keys of which the events of a case say that they were destroyed.
fn told_erased(events: &[StoredEvent]) -> Result<HashSet<KeyId>, OperationError> {
    let mut told = HashSet::new();
    for stored in events.iter().filter(|stored| *stored.stored_type == *TEXT_ERASED) {
        let asked: TextErased = serde_json::from_slice(&stored.data).map_err(internal)?;
        told.extend(Scope::of(&asked).keys(events, stored.revision)?);
    }
    Ok(told)
}

/// The hashes of the documents that events refer to.
fn documents_in(events: &[StoredEvent]) -> BTreeSet<String> {
    fn walk(value: &serde_json::Value, found: &mut BTreeSet<String>) {
        use serde_json::Value as V;
        match value {
            V::Object(members) => {
                if let Some(V::String(hash)) = members.get("sha256") {
                    found.insert(hash.clone());
                }
                members.values().for_each(|member| walk(member, found));
            }
            V::Array(items) => items.iter().for_each(|item| walk(item, found)),
            V::Null | V::Bool(_) | V::Number(_) | V::String(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for stored in events {
        if let Ok(data) = serde_json::from_slice(&stored.data) {
            walk(&data, &mut found);
        }
    }
    found
}

pub(super) fn internal(why: impl Display) -> OperationError {
    OperationError::Internal(why.to_string())
}

pub(super) fn unavailable(why: impl Display) -> OperationError {
    OperationError::Unavailable(why.to_string())
}
