//! An official letter (*comunicazione*), in or out, and its protocol registrations.
//!
//! Deliberately absent: that a protocol number belongs to one letter only. A letter
//! sees its own stream; the number's own stream (`registry::Reservation`) decides that.

mod decide;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use decide::Communication;
pub use events::*;
pub use state::{
    Annulment, AttachedDocument, CommunicationState, Letter, ReceiptState, Registration,
};
