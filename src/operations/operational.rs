//! The one way in which an event of an operational stream (`op-…`) is recorded, and of the
//! notices of a person.

use uuid::Uuid;

use super::{OperationError, Operations};
use crate::access::Actor;
use crate::codec::{self, ActorKind, Envelope, ReceivedVia};
use crate::command_handler::{Done, Intent};
use crate::domain::{Decider, Facts, Recorded};
use crate::event_store::StreamName;

const PAGE: usize = 500;

/// An event about to be recorded in an operational stream.
pub(super) struct Operational<'a, E> {
    /// Who acts.
    pub actor: &'a Actor,
    /// How the actor is recorded.
    pub kind: ActorKind,
    /// The stream.
    pub stream: String,
    /// The id of the thing the stream is about.
    pub id: Uuid,
    /// The command.
    pub command_id: Uuid,
    /// What is recorded.
    pub proposed: E,
    /// The canonical body of the command: a key used again with another is noticed.
    pub body: Vec<u8>,
}

impl Operations {
    pub(super) async fn operate<D: Decider>(
        &self,
        asked: Operational<'_, D::Event>,
    ) -> Result<Done, OperationError> {
        let intent = Intent {
            proposed: asked.proposed,
            envelope: Envelope {
                command_id: asked.command_id,
                correlation_id: asked.command_id,
                causation_id: None,
                actor: codec::Actor {
                    subject: asked.actor.subject.clone(),
                    kind: asked.kind,
                    role: asked.actor.role,
                    body_id: asked.actor.body.clone(),
                    on_behalf_of: None,
                },
                received_via: ReceivedVia::Own,
                recorded_at: self.clock.now(),
                occurred_on: self.clock.today().into(),
            },
            body: asked.body,
            seen: None,
            stream_id: asked.id,
            acting: asked.actor.body.clone(),
            staff: false,
            facts: Facts::default(),
        };
        Ok(self.handler.handle::<D>(&stream_name(&asked.stream)?, intent).await?)
    }

    /// A stream folded with its texts opened, and never kept; `None` when there is no
    /// such stream.
    pub(super) async fn opened<D: Decider>(
        &self,
        stream: &str,
    ) -> Result<Option<D::State>, OperationError> {
        let (stream, store) = (stream_name(stream)?, self.handler.store());
        let unavailable =
            |why: &dyn std::fmt::Display| OperationError::Unavailable(why.to_string());
        let (mut state, mut from) = (D::State::default(), 0);
        loop {
            let page = store.read_stream(&stream, from, PAGE).await;
            let page = page.map_err(|why| unavailable(&why))?;
            for stored in &page {
                let fact: Recorded<D::Event> = self
                    .handler
                    .codec()
                    .open(&**store, stored)
                    .await
                    .map_err(|why| OperationError::Internal(why.to_string()))?;
                D::evolve(&mut state, &fact);
                from = stored.revision + 1;
            }
            if page.len() < PAGE {
                return Ok((from > 0).then_some(state));
            }
        }
    }

    /// An id that nobody can guess.
    pub fn random_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.clock.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

pub(super) fn stream_name(name: &str) -> Result<StreamName, OperationError> {
    StreamName::new(name).map_err(|why| OperationError::Internal(why.to_string()))
}

/// The canonical body of a command of this kind.
pub(super) fn body_of(asked: &impl serde::Serialize) -> Result<Vec<u8>, OperationError> {
    codec::canonical(asked, "command").map_err(|why| OperationError::Internal(why.to_string()))
}
