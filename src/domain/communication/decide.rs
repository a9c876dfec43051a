//! The rules of a letter.

use super::events::{CommunicationEvent, CommunicationRecorded, RegistrationRecorded};
use super::state::{CommunicationState, evolve};
use crate::{Command, Decider, Recorded, Rejection, check_dates, not_after, with_revision};

/// The decider of letters.
#[derive(Debug, Clone, Copy)]
pub struct Communication;

type Decision = Result<Vec<CommunicationEvent>, Rejection>;

impl Decider for Communication {
    type State = CommunicationState;
    type Event = CommunicationEvent;

    const CATEGORY: &'static str = "communication";

    fn decide(state: &CommunicationState, command: Command<CommunicationEvent>) -> Decision {
        use CommunicationEvent as Do;
        use Rejection as No;

        check_dates(command.occurred_on, command.today)?;
        if state.letter.is_none() {
            return match command.proposed.clone() {
                Do::Recorded(data) => begin(*data, &command),
                _ => Err(No::NotFound),
            };
        }
        match command.proposed {
            Do::Recorded(_) => Err(No::AlreadyExists),
            Do::RegistrationRecorded(data) => {
                not_after(Some(data.date), command.today)?;
                may_register(state, &data)?;
                Ok(vec![Do::RegistrationRecorded(data)])
            }
            Do::RegistrationAnnulled(data) => {
                match state.registrations.iter().find(|one| one.id == data.registration_id) {
                    None => Err(No::NoSuchRegistration),
                    Some(one) if one.annulled.is_some() => Err(No::RegistrationAlreadyAnnulled),
                    Some(_) => Ok(vec![Do::RegistrationAnnulled(data)]),
                }
            }
            Do::ReceiptRecorded(mut data) => {
                not_after(Some(data.date), command.today)?;
                if data.counterpart.as_ref().is_some_and(|other| !state.has_counterpart(other)) {
                    return Err(No::NoSuchCounterpart);
                }
                data.counterpart =
                    data.counterpart.map(|other| with_revision(other, &command.facts));
                Ok(vec![Do::ReceiptRecorded(data)])
            }
            Do::DocumentAttached(data) => {
                if state.has_document(&data.document) {
                    return Err(No::AlreadyAttachedDocument);
                }
                Ok(vec![Do::DocumentAttached(data)])
            }
            erased @ Do::TextErased(_) => Ok(vec![erased]),
        }
    }

    fn evolve(state: &mut CommunicationState, fact: &Recorded<CommunicationEvent>) {
        evolve(state, fact);
    }
}

fn begin(mut data: CommunicationRecorded, command: &Command<CommunicationEvent>) -> Decision {
    let received = data.counterpart_registration.as_ref().map(|theirs| theirs.date);
    not_after(received, command.today)?;
    for (index, document) in data.documents.iter().enumerate() {
        if data.documents[..index].iter().any(|other| other.sha256 == document.sha256) {
            return Err(Rejection::AlreadyAttachedDocument);
        }
    }
    let known = |references: Vec<_>| {
        references.into_iter().map(|one| with_revision(one, &command.facts)).collect()
    };
    data.counterpart = known(data.counterpart);
    data.about = known(data.about);
    Ok(vec![data.into()])
}

/// One living registration for each body, register and year; an annulled number is
/// not given out again.
fn may_register(state: &CommunicationState, new: &RegistrationRecorded) -> Result<(), Rejection> {
    let in_register = |known: &RegistrationRecorded| {
        known.body == new.body && known.register == new.register && known.year == new.year
    };
    if state.living_registrations().any(|known| in_register(&known.data)) {
        return Err(Rejection::AlreadyRegistered);
    }
    let annulled = |known: &super::state::Registration| {
        in_register(&known.data) && known.data.number == new.number
    };
    if state.registrations.iter().any(annulled) {
        return Err(Rejection::RegistrationAlreadyAnnulled);
    }
    Ok(())
}
