//! How far the log was gone through for notices, a day after the other.
//!
//! One stream `op-notices`: operational, since places in a store mean nothing outside it.

use uuid::Uuid;

use crate::values::{Day, StorePosition};
use crate::{Command, Decider, Recorded, Rejection};
use crate::{data, events};

/// The stream of the runs.
pub const RUNS: &str = "op-notices";

data! {
    /// A place in the store: the last event that was looked at.
    pub struct Place {
        /// The store.
        pub store: Uuid,
        /// The position there.
        pub position: StorePosition,
        /// The event at it; nil at the start.
        pub event: Uuid,
    }

    /// The notices of a day were begun: it is settled which part of the log they tell of.
    #[schema(example = json!({"day": "2026-03-11", "after": {"store": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "position": "000000000000002a", "event": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0e"}, "up_to": {"store": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "position": "0000000000000040", "event": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0f"}, "since": "2026-03-10"}))]
    pub struct NoticeRunBegun {
        /// The day.
        pub day: Day,
        /// They tell of what lies after this place; absent on the first day, which tells
        /// nothing.
        pub after: Option<Place>,
        /// They tell of what lies up to here.
        pub up_to: Place,
        /// The day of the run before.
        pub since: Option<Day>,
    }
}

events! {
    /// What can happen to the runs.
    pub enum RunEvent {
        "notice-run-begun.v1" => Begun(NoticeRunBegun), "the day of recording";
    }
}

/// The decider of the runs.
#[derive(Debug, Clone, Copy)]
pub struct Runs;

/// The runs after their history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunsState {
    /// The last one.
    pub last: Option<NoticeRunBegun>,
}

impl Decider for Runs {
    type State = RunsState;
    type Event = RunEvent;

    const CATEGORY: &'static str = "op";

    fn decide(state: &RunsState, command: Command<RunEvent>) -> Result<Vec<RunEvent>, Rejection> {
        let RunEvent::Begun(data) = &command.proposed;
        // Whoever comes second takes over the part that the first has settled.
        let new = state.last.as_ref().is_none_or(|last| last.day < data.day);
        Ok(if new { vec![command.proposed] } else { Vec::new() })
    }

    fn evolve(state: &mut RunsState, fact: &Recorded<RunEvent>) {
        let RunEvent::Begun(data) = &fact.event;
        state.last = Some((**data).clone());
    }
}
