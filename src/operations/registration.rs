//! Protocol registrations: unique across all letters.
//!
//! A number is reserved in a stream of its own before the registration is recorded,
//! so that two letters cannot both take it. A reservation whose letter never got the
//! registration (the process died in between) is freed by whoever needs the number
//! next.

use uuid::Uuid;

use super::record::{Receipt, Submission};
use super::{OperationError, Operations};
use crate::codec;
use crate::command_handler::{HandleError, Intent};
use crate::domain::communication::{Communication, CommunicationEvent, CommunicationState};
use crate::domain::registry::{
    RegistrationReleased, RegistrationReserved, Reservation, ReservationEvent, reservation_id,
};
use crate::domain::{Command, Decider, Facts, Rejection};
use crate::event_store::StreamName;

/// How old a reservation without its registration must be to count as an orphan.
const ORPHAN_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

impl Operations {
    /// Records a protocol registration of a letter.
    ///
    /// # Errors
    ///
    /// [`OperationError`]; a number that belongs to another letter is
    /// [`Rejection::RegistrationTaken`].
    pub async fn register(&self, submission: Submission<'_>) -> Result<Receipt, OperationError> {
        let _flight = self.enter(submission.command_id)?;
        let (stream, intent) = self.prepare::<Communication>(submission).await?;
        let CommunicationEvent::RegistrationRecorded(registration) = &intent.proposed else {
            return Err(OperationError::Internal("not a registration".into()));
        };
        let number = reservation_id(registration);
        let reservation = stream_of(number)?;

        // A registration that the letter itself refuses must not leave a reservation, and
        // a repeated one has its own already.
        let letter = self.handler.load::<Communication>(&stream).await?;
        let first = codec::event_id(intent.envelope.command_id, 0);
        if letter.state.registrations.iter().any(|known| known.id == first) {
            return self.carry_out::<Communication>(stream, intent).await;
        }
        if intent.seen.is_some() && intent.seen != letter.revision {
            return Err(OperationError::Stale);
        }
        Communication::decide(&letter.state, rehearsal(&intent, first))?;
        self.reserve(&reservation, &intent, intent.stream_id, number).await?;
        self.carry_out::<Communication>(stream, intent).await
    }

    async fn reserve(
        &self,
        reservation: &StreamName,
        intent: &Intent<CommunicationEvent>,
        letter: Uuid,
        number: Uuid,
    ) -> Result<(), OperationError> {
        let reserved = RegistrationReserved { communication: letter };
        match self.step(reservation, intent, "reserve", reserved.into()).await {
            Err(OperationError::Rejected(Rejection::RegistrationTaken)) => {
                self.free_orphan(reservation, intent, number).await?;
                let again = RegistrationReserved { communication: letter };
                self.step(reservation, intent, "reserve again", again.into()).await
            }
            other => other,
        }
    }

    /// Frees a number whose letter was never registered under it.
    async fn free_orphan(
        &self,
        reservation: &StreamName,
        intent: &Intent<CommunicationEvent>,
        number: Uuid,
    ) -> Result<(), OperationError> {
        let loaded = self.handler.load::<Reservation>(reservation).await?;
        let Some(held) = loaded.state.holder else { return Ok(()) };
        // A young reservation may be a registration in progress.
        let age = self.clock.now().duration_since(held.reserved_at);
        if age < ORPHAN_AFTER {
            return Err(Rejection::RegistrationTaken.into());
        }
        let holder = held.communication;
        let stream = StreamName::new(format!("communication-{holder}"))
            .map_err(|why| OperationError::Internal(why.to_string()))?;
        let letter = self.handler.load::<Communication>(&stream).await?;
        if has_number(&letter.state, number) {
            return Err(Rejection::RegistrationTaken.into());
        }
        let released = RegistrationReleased { communication: holder };
        self.step(reservation, intent, "release", released.into()).await
    }

    /// One event in the stream of a number, caused by the command that registers.
    async fn step(
        &self,
        reservation: &StreamName,
        intent: &Intent<CommunicationEvent>,
        name: &str,
        proposed: ReservationEvent,
    ) -> Result<(), OperationError> {
        let mut envelope = intent.envelope.clone();
        envelope.command_id = Uuid::new_v5(&intent.envelope.command_id, name.as_bytes());
        envelope.occurred_on = self.clock.today().into();
        let step = Intent {
            proposed,
            envelope,
            body: intent.body.clone(),
            seen: None,
            stream_id: Uuid::nil(),
            acting: intent.acting.clone(),
            staff: intent.staff,
            facts: Facts::default(),
        };
        match self.handler.handle::<Reservation>(reservation, step).await {
            Ok(_) => Ok(()),
            Err(HandleError::Rejected(why)) => Err(why.into()),
            Err(other) => Err(other.into()),
        }
    }
}

fn stream_of(number: Uuid) -> Result<StreamName, OperationError> {
    StreamName::new(format!("{}-{number}", Reservation::CATEGORY))
        .map_err(|why| OperationError::Internal(why.to_string()))
}

fn has_number(state: &CommunicationState, number: Uuid) -> bool {
    state.registrations.iter().any(|known| reservation_id(&known.data) == number)
}

fn rehearsal(intent: &Intent<CommunicationEvent>, event_id: Uuid) -> Command<CommunicationEvent> {
    Command {
        proposed: intent.proposed.clone(),
        stream_id: intent.stream_id,
        event_id,
        body: intent.acting.clone(),
        staff: intent.staff,
        occurred_on: intent.envelope.occurred_on,
        today: crate::clock::civil_date(intent.envelope.recorded_at).into(),
        facts: intent.facts.clone(),
    }
}
