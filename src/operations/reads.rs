//! Recording that an auditor looked into the past.

use super::{OperationError, Operations};
use crate::access::Actor;
use crate::access::reads::{LONGEST, PastRead, Reads, stream};
use crate::codec::{ActorKind, Envelope, ReceivedVia};
use crate::command_handler::Intent;
use crate::domain::Facts;
use crate::domain::registry::Role;
use crate::domain::values::{Day, Text};
use crate::event_store::StreamName;

impl Operations {
    /// Records that somebody looks into the past, before they are answered; by the product,
    /// whoever they are.
    ///
    /// # Errors
    ///
    /// [`OperationError`] when it cannot be recorded: then nothing may be shown.
    pub async fn record_past_read(
        &self,
        actor: &Actor,
        address: &str,
    ) -> Result<(), OperationError> {
        let internal = |why: String| OperationError::Internal(why);
        let day: Day = self.clock.today().into();
        let name = StreamName::new(stream(&actor.subject, day))
            .map_err(|why| internal(why.to_string()))?;
        let mut bytes = [0; 16];
        self.clock.fill(&mut bytes);
        let command_id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        let system = super::tokens::operator();
        let asked: String = address.chars().take(LONGEST).collect();
        let looked = PastRead {
            person: actor.subject.clone(),
            role: actor.role,
            body: actor.body.clone(),
            address: Text::new(asked).map_err(internal)?,
        };
        let intent = Intent {
            proposed: looked.into(),
            envelope: Envelope {
                command_id,
                correlation_id: command_id,
                causation_id: None,
                actor: crate::codec::Actor {
                    subject: system.subject,
                    kind: ActorKind::Policy,
                    role: Role::Admin,
                    body_id: system.body.clone(),
                    on_behalf_of: None,
                },
                received_via: ReceivedVia::Own,
                recorded_at: self.clock.now(),
                occurred_on: day,
            },
            body: command_id.as_bytes().to_vec(),
            seen: None,
            stream_id: command_id,
            acting: system.body,
            staff: false,
            facts: Facts::default(),
        };
        // Readings of one person do not contend for their stream.
        let _turn = self.reads.lock().await;
        self.handler.handle::<Reads>(&name, intent).await?;
        Ok(())
    }
}
