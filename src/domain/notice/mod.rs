//! What a person is told by e-mail (*avvisi*): one digest a day, and its outcome.
//!
//! A stream `notices-{person}` for each person who was ever written to, or who stopped it:
//! logged like everything else, since *was notified* is one of the three facts an auditor
//! asks for. It knows people by opaque references and things by ids; neither address nor
//! words are in it. How far the log was gone through stands in an operational stream of
//! its own ([`runs`](Runs)).
//!
//! The rules are about never telling twice: a digest is prepared before it is sent, once a
//! day, and again only after the mail server has said that it did not take it.
//!
//! Deliberately absent: what is news to whom (`notices`), and how a letter travels
//! (`mail`).
//!
//! Depends on: `domain::values`.

mod decide;
mod events;
mod runs;
#[cfg(test)]
mod tests;

pub use decide::{LastNotice, Notices, NoticesState, Outcome, TRIES_A_DAY};
pub use events::*;
pub use runs::{NoticeRunBegun, Place, RUNS, RunEvent, Runs, RunsState};

use super::values::PersonId;

/// The name of the stream of a person's notices.
pub fn stream(person: &PersonId) -> String {
    format!("notices-{person}")
}
