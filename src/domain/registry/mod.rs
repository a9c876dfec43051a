//! The registry: what everything else refers to by id.
//!
//! One small decider for each kind of entry. Names, provinces and members change
//! with a date, and the states keep what was true before: a case is shown as it
//! stood on any day.
//!
//! Deliberately absent: lists in code. Bodies, authorities, norms, themes, forms,
//! holidays and functions are events like everything else.

mod authority;
mod body;
mod calendar;
mod events;
mod history;
mod labels;
mod norm;
mod person;
mod reservation;
#[cfg(test)]
mod tests;

pub use authority::{Authority, AuthorityEntry, AuthorityState};
pub use body::{Body, BodyEntry, BodyState, Membership, Merger, Profile};
pub use calendar::{Calendar, CalendarState, DeclaredHoliday};
pub use events::*;
pub use history::{Dated, History, Retirement};
pub use labels::{Form, FormEntry, FormState, Theme, ThemeEntry, ThemeState};
pub use norm::{Norm, NormAmendment, NormEntry, NormState};
pub use person::{Access, Person, PersonState};
pub use reservation::{
    Holder, RESERVATION_NAMESPACE, Reservation, ReservationState, reservation_id,
};
