//! What a letter is after its history.

use jiff::Timestamp;
use uuid::Uuid;

use super::events::{CommunicationEvent, CommunicationRecorded, Receipt, RegistrationRecorded};
use crate::Recorded;
use crate::lists::Add;
use crate::values::{Day, DocumentRef, Ref, Text};

/// A letter after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommunicationState {
    /// The letter itself; `None` when nothing was recorded.
    pub letter: Option<Box<Letter>>,
    /// Its registrations, annulled ones included, in order.
    pub registrations: Vec<Registration>,
    /// Its receipts, in order.
    pub receipts: Vec<ReceiptState>,
    /// Its documents, in order.
    pub documents: Vec<AttachedDocument>,
    /// When the last event was recorded.
    pub updated_at: Timestamp,
    /// How many events it has.
    pub events: u32,
}

/// The letter as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// The event that recorded it.
    pub id: Uuid,
    /// What was recorded; the documents stand beside it, with those attached later.
    pub data: CommunicationRecorded,
    /// The date of the letter.
    pub dated: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A registration in a protocol register.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// Its id.
    pub id: Uuid,
    /// The register, the number, the date.
    pub data: RegistrationRecorded,
    /// When it was recorded: often later than its date.
    pub recorded_at: Timestamp,
    /// How it was annulled.
    pub annulled: Option<Annulment>,
}

/// A registration no longer holds; it is never deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Annulment {
    /// On which day.
    pub annulled_on: Day,
    /// Why.
    pub reason: Text<1000>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptState {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub receipt: Receipt,
    /// For whom; the whole letter when `None`.
    pub counterpart: Option<Ref>,
    /// Its date.
    pub date: Day,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A document of the letter.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedDocument {
    /// The event that brought it.
    pub event: Uuid,
    /// The document.
    pub document: DocumentRef,
    /// On which day it was attached.
    pub attached_on: Day,
}

impl CommunicationState {
    /// The registrations that were not annulled.
    pub fn living_registrations(&self) -> impl Iterator<Item = &Registration> {
        self.registrations.iter().filter(|one| one.annulled.is_none())
    }

    /// Whether the reference is to somebody at the other end of the letter.
    pub fn has_counterpart(&self, other: &Ref) -> bool {
        // The revision tells when the reference was made, not to whom.
        let same = |one: &Ref| one.kind == other.kind && one.id == other.id;
        self.letter.as_ref().is_some_and(|letter| letter.data.counterpart.iter().any(same))
    }

    /// The last receipt for somebody at the other end, by date and then by recording.
    pub fn last_receipt(&self, counterpart: &Ref) -> Option<&ReceiptState> {
        let same = |one: &Ref| one.kind == counterpart.kind && one.id == counterpart.id;
        let about = |receipt: &&ReceiptState| receipt.counterpart.as_ref().is_none_or(same);
        // Of equal dates `max_by_key` gives the one recorded last.
        self.receipts.iter().filter(about).max_by_key(|receipt| receipt.date)
    }

    /// Whether a document with these bytes is attached.
    pub fn has_document(&self, document: &DocumentRef) -> bool {
        self.documents.iter().any(|one| one.document.sha256 == document.sha256)
    }
}

/// Applies one event.
pub(super) fn evolve(state: &mut CommunicationState, fact: &Recorded<CommunicationEvent>) {
    use CommunicationEvent as Is;

    state.updated_at = fact.recorded_at;
    state.events += 1;
    match &fact.event {
        Is::Recorded(data) => {
            for document in &data.documents {
                attach(state, fact, document);
            }
            state.letter = Some(Box::new(Letter {
                id: fact.id,
                data: CommunicationRecorded { documents: Vec::new(), ..(**data).clone() },
                dated: fact.occurred_on,
                recorded_at: fact.recorded_at,
            }));
        }
        Is::RegistrationRecorded(data) => state.registrations.add(Registration {
            id: fact.id,
            data: (**data).clone(),
            recorded_at: fact.recorded_at,
            annulled: None,
        }),
        Is::RegistrationAnnulled(data) => {
            let one = state.registrations.iter_mut().find(|one| one.id == data.registration_id);
            if let Some(registration) = one {
                registration.annulled =
                    Some(Annulment { annulled_on: fact.occurred_on, reason: data.reason.clone() });
            }
        }
        Is::ReceiptRecorded(data) => state.receipts.add(ReceiptState {
            id: fact.id,
            receipt: data.receipt,
            counterpart: data.counterpart.clone(),
            date: data.date,
            recorded_at: fact.recorded_at,
        }),
        Is::DocumentAttached(data) => attach(state, fact, &data.document),
        // The key is gone, so the text reads as erased; nothing else changes.
        Is::TextErased(_) => {}
    }
}

fn attach(
    state: &mut CommunicationState,
    fact: &Recorded<CommunicationEvent>,
    document: &DocumentRef,
) {
    state.documents.add(AttachedDocument {
        event: fact.id,
        document: document.clone(),
        attached_on: fact.occurred_on,
    });
}
