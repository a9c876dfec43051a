//! When a person may be written to.

use uuid::Uuid;

use super::events::{News, NoticeEvent};
use crate::values::Day;
use crate::{Command, Decider, Recorded, Rejection};

/// How often a digest is tried on one day.
pub const TRIES_A_DAY: u32 = 5;

/// The decider of a person's notices.
///
/// It never rejects: what must not happen does not happen, and whoever proposed it sees
/// that nothing was recorded.
#[derive(Debug, Clone, Copy)]
pub struct Notices;

/// The notices of a person, after their history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoticesState {
    /// Whether the person wants none.
    pub stopped: bool,
    /// The last digest.
    pub last: Option<LastNotice>,
}

/// The last digest that was prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct LastNotice {
    /// Its id.
    pub id: Uuid,
    /// Its day.
    pub day: Day,
    /// What it tells.
    pub items: Vec<News>,
    /// The day of an earlier digest of which nobody knows whether it was sent.
    pub unsure_of: Option<Day>,
    /// How often one was prepared on that day.
    pub tries: u32,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was prepared. Unless it is being sent at this moment, nobody knows.
    Open,
    /// The mail server took it.
    Sent,
    /// The mail server did not take it, and may later.
    Refused,
    /// The mail server will not take it.
    RefusedForGood,
}

impl NoticesState {
    /// Whether a digest may be prepared on a day: one a day, and another only in the place
    /// of one that is known not to have been sent.
    pub fn may_prepare(&self, day: Day) -> bool {
        let free = |last: &LastNotice| {
            last.day < day
                || (last.day == day && last.outcome == Outcome::Refused && last.tries < TRIES_A_DAY)
        };
        !self.stopped && self.last.as_ref().is_none_or(free)
    }

    /// How often a digest was prepared on a day.
    pub fn tries_on(&self, day: Day) -> u32 {
        self.last.as_ref().filter(|last| last.day == day).map_or(0, |last| last.tries)
    }

    /// What is known not to have been told.
    pub fn owed(&self) -> &[News] {
        match &self.last {
            Some(last) => match last.outcome {
                Outcome::Refused | Outcome::RefusedForGood => &last.items,
                Outcome::Open | Outcome::Sent => &[],
            },
            None => &[],
        }
    }

    /// The day of a digest of which nobody knows whether it was sent, and which no later one
    /// has told of.
    pub fn unsure_of(&self) -> Option<Day> {
        let last = self.last.as_ref()?;
        match last.outcome {
            Outcome::Open => Some(last.day),
            Outcome::Refused | Outcome::RefusedForGood => last.unsure_of,
            Outcome::Sent => None,
        }
    }

    fn is_open(&self, notice: Uuid) -> bool {
        self.last.as_ref().is_some_and(|last| last.id == notice && last.outcome == Outcome::Open)
    }
}

impl Decider for Notices {
    type State = NoticesState;
    type Event = NoticeEvent;

    const CATEGORY: &'static str = "notices";

    fn decide(
        state: &NoticesState,
        command: Command<NoticeEvent>,
    ) -> Result<Vec<NoticeEvent>, Rejection> {
        use NoticeEvent as Do;

        let holds = match &command.proposed {
            Do::Prepared(data) => state.may_prepare(data.day),
            Do::Sent(data) => state.is_open(data.notice_id),
            Do::Refused(data) => state.is_open(data.notice_id),
            Do::Stopped(_) => !state.stopped,
            Do::Resumed(_) => state.stopped,
        };
        Ok(if holds { vec![command.proposed] } else { Vec::new() })
    }

    fn evolve(state: &mut NoticesState, fact: &Recorded<NoticeEvent>) {
        use NoticeEvent as Is;

        let mut ended = |notice: Uuid, outcome| {
            if let Some(last) = state.last.as_mut().filter(|last| last.id == notice) {
                last.outcome = outcome;
            }
        };
        match &fact.event {
            Is::Prepared(data) => {
                state.last = Some(LastNotice {
                    id: fact.id,
                    day: data.day,
                    items: data.items.clone(),
                    unsure_of: data.unsure_of,
                    tries: state.tries_on(data.day) + 1,
                    outcome: Outcome::Open,
                });
            }
            Is::Sent(data) => ended(data.notice_id, Outcome::Sent),
            Is::Refused(data) if data.lasting => ended(data.notice_id, Outcome::RefusedForGood),
            Is::Refused(data) => ended(data.notice_id, Outcome::Refused),
            Is::Stopped(_) => state.stopped = true,
            Is::Resumed(_) => state.stopped = false,
        }
    }
}
