//! Looks into the past by somebody in the audit role, recorded by the product itself.
//!
//! Auditors see what nobody else may see any more; that they looked is therefore kept,
//! a stream `op-reads-{day}-{person}` for each of their days: operational, neither logged
//! nor exported. What was asked is sealed, since filters hold words that people type.
//!
//! Depends on: `domain`.

use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Text};
use crate::domain::{Command, Decider, Recorded, Rejection};

/// The longest address that is kept whole, in characters.
pub const LONGEST: usize = 4_000;

crate::domain::data! {
    /// Somebody looked into the past.
    #[schema(example = json!({"person": "revisore", "role": "auditor", "body": "corte_conti", "address": "/issues?as_of=2026-01-31T23:00:00Z"}))]
    pub struct PastRead {
        /// Who.
        pub person: PersonId,
        /// In which role.
        pub role: Role,
        /// For which body.
        pub body: BodyId,
        /// What was asked: the address below the prefix, with its parameters.
        pub address: Text<4000>,
    }
}

crate::domain::events! {
    /// What can be read of the past.
    pub enum ReadEvent {
        "past-read.v1" => Looked(PastRead), "the day of the reading";
    }
}

/// The decider of readings: each is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Reads;

impl Decider for Reads {
    type State = ();
    type Event = ReadEvent;

    const CATEGORY: &'static str = "op";

    fn decide((): &(), command: Command<ReadEvent>) -> Result<Vec<ReadEvent>, Rejection> {
        Ok(vec![command.proposed])
    }

    fn evolve((): &mut (), fact: &Recorded<ReadEvent>) {
        // Nothing is decided by what was read before.
        let ReadEvent::Looked(_) = &fact.event;
    }
}

/// The name of the stream of somebody's readings on a day.
pub fn stream(person: &PersonId, day: Day) -> String {
    format!("op-reads-{day}-{person}")
}
