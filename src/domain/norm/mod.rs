//! References to norms: how they are written, compared and cited.
//!
//! Italian acts are `urn:nir:…` ([`NirUrn`]), acts of the Union have a
//! [`Celex`] number, rulings may carry an [`Ecli`]; circulars, manuals and FAQs
//! have none of these and are identified by what stands on their first page
//! ([`other_document`]). Every act has one [`norm_id`], whoever cites it first.
//!
//! [`mentions`] finds them in running text.
//!
//! Deliberately absent: any look-up. A well-formed reference proves nothing
//! about the existence of the act; the catalogue of known acts is data, and
//! no reference is ever checked against the network.
//!
//! Depends on: `domain::italian`.

mod amendment;
mod celex;
mod citation;
mod ecli;
mod hint;
mod id;
pub mod mentions;
mod partition;
mod pasted;
mod reading;
mod reference;
mod urn;
mod urn_error;

#[cfg(test)]
mod tests;

pub use amendment::{Amendment, touches};
pub use celex::{Celex, CelexError};
pub use ecli::{Ecli, EcliError};
pub use id::{NORM_NAMESPACE, norm_id, other_document};
pub use partition::{LATIN_SUFFIXES, Label, Partition};
pub use pasted::MAX_LENGTH;
pub use reference::{Cited, NormRef};
pub use urn::{EARLIEST_ACT, NirUrn, Version};
pub use urn_error::{UrnError, UrnErrorCode};
