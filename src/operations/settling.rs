//! Erasures that a crash or an old copy of the data left unfinished, brought about before
//! anything is served.
//!
//! First the log: an event that promises an erasure whose keys still live, or that the
//! register does not know. Then the register: keys that an old copy brought back. Those
//! are destroyed anew, and the case says so with an event of its own, since the one that
//! said it may be among what the copy does not hold.
//!
//! Depends on: `command_handler`, `codec`, `privacy`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::erasure::{TEXT_ERASED, internal, unavailable};
use super::subject::Subject;
use super::tokens::operator;
use super::{OperationError, Operations};
use crate::codec::{self, ActorKind, Envelope, ReceivedVia};
use crate::command_handler::Intent;
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::issue::Issue;
use crate::domain::question::Question;
use crate::domain::solution::Solution;
use crate::domain::{EventSet, Facts};
use crate::event_store::{AppendError, Bookmark, GlobalPosition, KeyRing};
use crate::privacy::{Erasure, KeyId};

/// Events read at once.
const PAGE: usize = 1_000;

/// How often keys are destroyed that other nodes keep changing.
const TRIES: usize = 5;

/// What had been left open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Erasures of the log that were finished.
    pub finished: usize,
    /// Erasures of the register that an old copy had undone.
    pub replayed: usize,
}

impl Operations {
    /// Brings about every erasure that the log or the register knows.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when store or register cannot be read or written; then nothing
    /// may be served.
    pub async fn settle_erasures(&self) -> Result<Settled, OperationError> {
        let store = self.handler.store();
        let _keys = self.changing_keys.lock().await;
        let (finished, searched) = self.finish_promised().await?;
        let mut replayed = 0;
        for erasure in self.register.of(store.store_id()) {
            let rings = self.without(&erasure.keys).await?;
            if !rings.is_empty() || !self.is_told(&erasure).await? {
                self.replay(&erasure, rings).await?;
                replayed += 1;
            }
        }
        if store.is_exclusive() {
            self.note().await?;
        } else if let Some(searched) = searched {
            // Beyond it another node may be in the middle of an erasure.
            self.register.note(searched).map_err(unavailable)?;
        }
        if finished + replayed > 0 {
            tracing::warn!(finished, replayed, "erasures brought about anew");
        }
        Ok(Settled { finished, replayed })
    }

    /// Notes in the register that it knows every erasure of the log, so that the next start
    /// need not search it again.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when store or register cannot be read or written.
    pub async fn note_searched(&self) -> Result<(), OperationError> {
        let _keys = self.changing_keys.lock().await;
        // Nobody knows what other nodes have left unfinished.
        let others = !self.handler.store().is_exclusive();
        if others || self.unfinished.load(Ordering::Acquire) { Ok(()) } else { self.note().await }
    }

    /// Notes it every so often, so that after a kill the next start searches no more than
    /// what was recorded meanwhile. Never ends.
    pub async fn keep_searched(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            if let Err(why) = self.note_searched().await {
                tracing::warn!(%why, "the register of erasures was not brought up to date");
            }
        }
    }

    async fn note(&self) -> Result<(), OperationError> {
        let store = self.handler.store();
        let head = store.head().await.map_err(unavailable)?;
        if head == GlobalPosition::START {
            return Ok(());
        }
        let at = store.bookmark(head).await.map_err(unavailable)?;
        self.register.note(at).map_err(unavailable)
    }

    /// Finishes the erasures in the part of the log that was not searched yet; how many, and
    /// up to where it was searched, if that was anything.
    async fn finish_promised(&self) -> Result<(usize, Option<Bookmark>), OperationError> {
        let store = self.handler.store();
        let mut after = match self.register.searched(store.store_id()) {
            // An old copy goes on differently: it is searched from the start.
            Some(at) if store.bookmark(at.position).await == Ok(at) => at.position,
            Some(_) | None => GlobalPosition::START,
        };
        let (mut finished, mut searched) = (0, None);
        loop {
            let page = store.read_all(after, PAGE).await.map_err(unavailable)?;
            let Some(last) = page.last() else { return Ok((finished, searched)) };
            after = last.position;
            let store = store.store_id();
            searched = Some(Bookmark { store, position: last.position, event: last.id });
            for stored in page.iter().filter(|stored| *stored.stored_type == *TEXT_ERASED) {
                let known = self.register.knows(stored.id);
                let living = self.destroy(&self.erasure(stored).await?.keys).await?;
                finished += usize::from(!known || living);
                self.finish(stored).await?;
            }
        }
    }

    /// Whether the case says that it was erased, or is not here, nor what was erased of it.
    async fn is_told(&self, erasure: &Erasure) -> Result<bool, OperationError> {
        let there = async |event| {
            let found = self.handler.store().find_command(&erasure.stream, event).await;
            found.map(|found| found.is_some()).map_err(unavailable)
        };
        let begun = self.handler.store().read_stream(&erasure.stream, 0, 1).await;
        let is_here = match erasure.target {
            Some(target) => there(target).await?,
            None => !begun.map_err(unavailable)?.is_empty(),
        };
        Ok(!is_here || there(erasure.event).await? || there(restored(erasure)).await?)
    }

    async fn replay(&self, erasure: &Erasure, rings: Vec<KeyRing>) -> Result<(), OperationError> {
        match erasure.stream.category() {
            "issue" => self.record_again::<Issue>(erasure, rings).await,
            "question" => self.record_again::<Question>(erasure, rings).await,
            "answer" => self.record_again::<Answer>(erasure, rings).await,
            "solution" => self.record_again::<Solution>(erasure, rings).await,
            "communication" => self.record_again::<Communication>(erasure, rings).await,
            _ => self.destroy(&erasure.keys).await.map(|_| ()),
        }
    }

    /// Destroys what still lives of some keys; whether anything did.
    async fn destroy(&self, keys: &[KeyId]) -> Result<bool, OperationError> {
        let mut living = false;
        for _ in 0..TRIES {
            let rings = self.without(keys).await?;
            if rings.is_empty() {
                return Ok(living);
            }
            living = true;
            match self.handler.store().replace_key_rings(rings).await {
                Ok(()) => return Ok(true),
                // Another node is passing them to another epoch, or destroys them too.
                Err(AppendError::KeysChanged) => {}
                Err(why) => return Err(unavailable(why)),
            }
        }
        Err(OperationError::Contended)
    }

    async fn record_again<D: Subject>(
        &self,
        erasure: &Erasure,
        rings: Vec<KeyRing>,
    ) -> Result<(), OperationError> {
        let command_id = command_of(erasure);
        let events = self.history(&erasure.stream).await?;
        let said = |id| events.iter().any(|stored| stored.id == id);
        // The case is not in the copy, or says already that it is gone.
        if events.is_empty() || said(erasure.event) || said(restored(erasure)) {
            return self.destroy(&erasure.keys).await.map(|_| ());
        }
        let mut data = json!({
            "reason": format!(
                "Cancellato il {}; cancellato di nuovo dopo il ripristino di una copia precedente.",
                erasure.day
            ),
            "legal_basis": "art. 17, reg. (UE) 2016/679",
        });
        if let Some(target) = erasure.target {
            data["event_id"] = target.to_string().into();
        }
        if let Some(field) = &erasure.field {
            data["field"] = Value::String(field.clone());
        }
        let body = codec::canonical(&data, TEXT_ERASED).map_err(internal)?;
        let proposed = D::Event::from_value(TEXT_ERASED, &data)
            .ok_or_else(|| internal("a case without erasures"))?
            .map_err(internal)?;
        let who = operator();
        let intent = Intent {
            proposed,
            envelope: Envelope {
                command_id,
                correlation_id: command_id,
                causation_id: Some(erasure.event),
                actor: codec::Actor {
                    subject: who.subject,
                    kind: ActorKind::Machine,
                    role: who.role,
                    body_id: who.body.clone(),
                    on_behalf_of: None,
                },
                received_via: ReceivedVia::Own,
                recorded_at: self.clock.now(),
                occurred_on: self.clock.today().into(),
            },
            body,
            seen: None,
            stream_id: erasure.stream.id().parse().unwrap_or_default(),
            acting: who.body,
            staff: false,
            facts: Facts::default(),
        };
        self.handler.handle_erasing::<D>(&erasure.stream, intent, &rings).await?;
        Ok(())
    }
}

/// The command that records an erasure again, the same at every start.
fn command_of(erasure: &Erasure) -> Uuid {
    Uuid::new_v5(&erasure.event, b"restored")
}

/// The event that records it again.
fn restored(erasure: &Erasure) -> Uuid {
    codec::event_id(command_of(erasure), 0)
}
