//! The small typed values events are made of.
//!
//! Every string in an event is one of these, so that its class is known from its
//! type: *clear* codes, ids and dates ([`codes`]), or a [`Text`] that a person
//! typed and that is sealed before it is stored. There is no bare `String` in an
//! event; a test over the schemas refuses one.
//!
//! Depends on: nothing in this crate.

pub mod bounds;
mod codes;
mod day;
mod interned;
mod leaves;
mod number;
mod reference;
mod text;

pub use codes::{
    AooCode, ArticleCite, AuthorityId, AuthorityKind, BodyId, BodyKind, CelexCode, DocumentNumber,
    Edition, ExternalId, FormCode, HolidayRule, IpaCode, IstatCode, JsonPointer, MediaType,
    PersonId, ProvinceCode, PublicName, ReceptionKind, RegisterCode, Sha256Hex, SoftwareVersion,
    StorePosition, SystemName, TerritoryCode, ThemeCode, Urn, WorkingGroup,
};
pub use day::Day;
pub use leaves::{Leaf, leaves};
pub use number::{Count, Number, Year};
pub use reference::{DocumentRef, DocumentRole, ExternalRef, Ref, RefKind};
pub use text::{ERASED_IT, SealedText, Text};

use uuid::Uuid;

/// The id of a thing that an event creates beside others, such as the second norm
/// cited by one report: derived from the event and the place in its data.
pub fn inner_id(event: Uuid, place: &str, index: usize) -> Uuid {
    Uuid::new_v5(&event, format!("{place}/{index}").as_bytes())
}
