//! A protocol number, held by one letter at most.
//!
//! Two letters cannot see each other's stream. The number has a stream of its own,
//! written first: who comes second meets it there.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::ReservationEvent;
use crate::communication::RegistrationRecorded;
use crate::values::Day;
use crate::{Command, Decider, Recorded, Rejection, check_dates};

/// The namespace of the ids of protocol numbers, drawn once. Stream names rest on
/// it: it never changes.
pub const RESERVATION_NAMESPACE: Uuid = Uuid::from_u128(0xa019_112e_e6e7_468d_b275_87cb_692b_f850);

/// The id of the stream of a protocol number: the same for whoever types it.
///
/// A number is unique by office (IPA), organisational area (AOO), register and year
/// (`DOMAIN.md`, Events). Where the IPA code is missing the id of the body stands for
/// it, which for a municipality is the same word.
pub fn reservation_id(registration: &RegistrationRecorded) -> Uuid {
    let office = registration.ipa.as_ref().map_or(registration.body.as_str(), |ipa| ipa.as_str());
    let area = registration.aoo.as_ref().map_or("", |aoo| aoo.as_str());
    // No part contains a stroke, so none can be taken for two.
    let number = format!(
        "{}|{}|{}|{}|{}",
        office.to_lowercase(),
        area.to_lowercase(),
        registration.register.as_str().to_lowercase(),
        registration.year.get(),
        registration.number,
    );
    Uuid::new_v5(&RESERVATION_NAMESPACE, number.as_bytes())
}

/// The decider of protocol numbers.
#[derive(Debug, Clone, Copy)]
pub struct Reservation;

/// A protocol number after its history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReservationState {
    /// The letter that holds it; `None` when it is free.
    pub holder: Option<Holder>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// The letter that holds a protocol number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Which letter.
    pub communication: Uuid,
    /// Since when.
    pub reserved_on: Day,
    /// When the reservation was recorded: an old one whose letter never registered
    /// the number is an orphan.
    pub reserved_at: Timestamp,
}

impl Decider for Reservation {
    type State = ReservationState;
    type Event = ReservationEvent;

    const CATEGORY: &'static str = "registration";

    fn decide(
        state: &ReservationState,
        command: Command<ReservationEvent>,
    ) -> Result<Vec<ReservationEvent>, Rejection> {
        use ReservationEvent as Do;

        check_dates(command.occurred_on, command.today)?;
        let holder = state.holder.map(|holder| holder.communication);
        // Both steps are repeated after a crash: what is so already is no fault.
        match (holder, command.proposed) {
            (None, reserved @ Do::Reserved(_)) => Ok(vec![reserved]),
            (None, Do::Released(_)) => Ok(vec![]),
            (Some(holder), Do::Reserved(data)) if holder == data.communication => Ok(vec![]),
            (Some(holder), Do::Released(data)) if holder == data.communication => {
                Ok(vec![Do::Released(data)])
            }
            (Some(_), Do::Reserved(_) | Do::Released(_)) => Err(Rejection::RegistrationTaken),
        }
    }

    fn evolve(state: &mut ReservationState, fact: &Recorded<ReservationEvent>) {
        use ReservationEvent as Is;

        state.updated_at = fact.recorded_at;
        state.events += 1;
        match &fact.event {
            Is::Reserved(data) => {
                state.holder = Some(Holder {
                    communication: data.communication,
                    reserved_on: fact.occurred_on,
                    reserved_at: fact.recorded_at,
                });
            }
            Is::Released(_) => state.holder = None,
        }
    }
}
