//! An answer (*riscontro*): what an authority says about how a norm is read.
//!
//! Deliberately absent: the questions and issues it serves. They link to it from
//! their own streams, since one circular may settle many of them.
//!
//! Depends on: `domain::norm`, `domain::shared`, `domain::values`.

mod decide;
mod events;
mod review;
mod state;
mod status;
#[cfg(test)]
mod tests;

pub use decide::Answer;
pub use events::*;
pub use review::Review;
pub(crate) use review::flag;
pub use state::{
    AnswerState, Assessed, Confirmation, Conflict, Receipt, Settlement, Supersession, Withdrawal,
};
pub use status::{AnswerContext, Change, Standing, Validity, standing, validity};
