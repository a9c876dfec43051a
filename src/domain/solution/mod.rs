//! A solution (*soluzione*): a way of working that bodies may adopt.
//!
//! Deliberately absent: whether what it rests on still holds. That stands in other
//! streams and comes in as a context when the validity is derived.
//!
//! Depends on: `domain::answer`, `domain::norm`, `domain::shared`, `domain::values`.

mod decide;
mod events;
mod evolve;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use decide::Solution;
pub use events::*;
pub use state::{
    Adoption, AttachedIssue, BasisAnswer, BasisNorm, Confirmation, Declination, Ending, Proposal,
    Publication, Retirement, SolutionState, Supersession, Validation, Version,
};
pub use status::{SolutionContext, SolutionStatus, SolutionValidity, status, validity};
