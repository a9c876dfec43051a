//! The metadata of every event: who, on whose behalf, when, because of what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Instant;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Sha256Hex, SoftwareVersion};

/// What kind of actor recorded an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person.
    Person,
    /// A machine with a token of its own.
    Machine,
    /// A policy of the product.
    Policy,
    /// An import of older records.
    Import,
}

/// By which way something reached the association.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedVia {
    /// The body recorded it itself.
    #[default]
    #[serde(rename = "self")]
    Own,
    /// By telephone.
    Phone,
    /// By e-mail.
    Email,
    /// By certified e-mail.
    Pec,
    /// In a meeting.
    Meeting,
}

/// Who recorded an event.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// An opaque reference to the person or machine; the name is kept outside the log.
    pub subject: PersonId,
    /// What kind of actor: a person, a machine with a token of its own, a policy of the product, an import of older records.
    pub kind: ActorKind,
    /// In which role the actor recorded it.
    pub role: Role,
    /// For which body the role was given.
    pub body_id: BodyId,
    /// The body on whose behalf staff acted; absent when they acted for their own.
    pub on_behalf_of: Option<BodyId>,
}

/// The metadata of every event, version 1; frozen like a published schema.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// Who recorded the event.
    pub actor: Actor,
    /// The event that caused this one, when a policy acted; absent otherwise.
    pub causation_id: Option<Uuid>,
    /// Digest of the command's body, so that a repeated idempotency key with another body is noticed. HMAC-SHA-256 under a key derived from the key of the command's first text, and so unguessable once that text is erased; plain SHA-256 when the command seals nothing.
    pub command_digest: Sha256Hex,
    /// The command: `UUIDv5` of subject, method, path and idempotency key. A retry has the same.
    pub command_id: Uuid,
    /// What belongs together: the command that began it all.
    pub correlation_id: Uuid,
    /// The event: `UUIDv5` of the command and the event's place among those it caused. A thing inside a stream has the id of the event that created it.
    pub event_id: Uuid,
    /// The civil date (Europe/Rome) of what is recorded; `x-occurred-on` of the event's schema says which date that is.
    pub occurred_on: Day,
    /// The program that wrote the event, and its version.
    pub producer: SoftwareVersion,
    /// By which way it reached whoever recorded it; `self` when the body recorded it itself.
    pub received_via: ReceivedVia,
    /// When it was recorded, by the clock of the writer; strictly growing within a stream.
    pub recorded_at: Instant,
}

/// What a fold needs of the metadata. To read all of it for every event took a third of the
/// decoding; whether it has its form is what `quesito check` looks at.
#[derive(Debug, Deserialize)]
pub(super) struct Circumstances {
    pub(super) actor: ActingFor,
    pub(super) occurred_on: Day,
    pub(super) recorded_at: Instant,
}

/// What a fold needs of the actor.
#[derive(Debug, Deserialize)]
pub(super) struct ActingFor {
    body_id: BodyId,
    on_behalf_of: Option<BodyId>,
}

impl ActingFor {
    /// The body whose act it is.
    pub(super) fn acting_body(self) -> BodyId {
        self.on_behalf_of.unwrap_or(self.body_id)
    }
}

/// What all events of one command have in common.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The command.
    pub command_id: Uuid,
    /// What belongs together.
    pub correlation_id: Uuid,
    /// The event that caused the command.
    pub causation_id: Option<Uuid>,
    /// Who.
    pub actor: Actor,
    /// By which way it arrived.
    pub received_via: ReceivedVia,
    /// When the first event is recorded.
    pub recorded_at: Timestamp,
    /// The date of what is recorded.
    pub occurred_on: Day,
}

impl Envelope {
    /// The metadata of one event; an error says which part has not its form.
    pub(super) fn metadata(
        &self,
        event_id: Uuid,
        digest: &str,
        at: Timestamp,
    ) -> Result<Metadata, String> {
        Ok(Metadata {
            actor: self.actor.clone(),
            causation_id: self.causation_id,
            command_digest: digest.parse()?,
            command_id: self.command_id,
            correlation_id: self.correlation_id,
            event_id,
            occurred_on: self.occurred_on,
            producer: concat!("quesito/", env!("CARGO_PKG_VERSION")).parse()?,
            received_via: self.received_via,
            recorded_at: Instant(at),
        })
    }
}
