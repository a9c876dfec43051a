//! When something is expected: adhesions, replies, reminders.
//!
//! Functions of the history and of a calendar, never stored. They say what is
//! expected, never what is late: no law obliges a ministry to answer.
//!
//! Depends on: `domain::calendar`.

use super::state::{AdhesionWindow, QuestionState, ReminderState, Track};
use super::status::{QuestionContext, status};
use crate::calendar::{
    ADHESION_DAYS, Calendar, Deadline, FIRST_REMINDER_DAYS, REMINDER_INTERVAL_DAYS,
};
use crate::values::{Day, Number};

/// After so many reminders it is proposed to take the question to a higher level.
/// Source: `DOMAIN.md`, "Rules" (defaults).
pub const REMINDERS_BEFORE_ESCALATION: usize = 3;

/// A day by which something is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Somebody stated it.
    Stated(Day),
    /// It follows from the calendar, and says how.
    Computed(Deadline),
}

impl Expected {
    /// The day.
    pub fn day(&self) -> Day {
        match self {
            Self::Stated(day) => *day,
            Self::Computed(deadline) => deadline.date.into(),
        }
    }
}

/// A reminder to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct ReminderDue<'a> {
    /// To whom.
    pub track: &'a Track,
    /// Which reminder it will be, from 1.
    pub n: Number,
    /// When, and why then.
    pub due: Deadline,
    /// Whether to propose an escalation instead of one more letter.
    pub propose_escalation: bool,
}

impl AdhesionWindow {
    /// Until when adhesions are collected: as stated in the invitation, else 15
    /// days after it. `None` outside the years the calendar computes with.
    pub fn expected_end(&self, calendar: &Calendar<'_>) -> Option<Expected> {
        stated_or_computed(self.deadline, self.opened_on, ADHESION_DAYS, calendar)
    }
}

impl Track {
    /// When a reply may be expected: as stated at dispatch, else 30 days after it.
    /// `None` before dispatch, and outside the years the calendar computes with.
    pub fn reply_expected(&self, calendar: &Calendar<'_>) -> Option<Expected> {
        let sent = self.dispatched_on?;
        stated_or_computed(self.reply_expected_by, sent, FIRST_REMINDER_DAYS, calendar)
    }

    /// When the next reminder falls due: 30 days after dispatch, then 30 days after
    /// the last one; a day that is not a working day moves on.
    ///
    /// It counts days only; whether this addressee owes anything at all is for
    /// [`QuestionState::reminders_due`]. `None` before dispatch, and outside the
    /// years the calendar computes with.
    pub fn next_reminder_due(&self, calendar: &Calendar<'_>) -> Option<Deadline> {
        let (from, days) = match self.reminders.last() {
            Some(reminder) => (reminder.sent_on, REMINDER_INTERVAL_DAYS),
            None => (self.dispatched_on?, FIRST_REMINDER_DAYS),
        };
        calendar.add_days(from.date(), days).ok()
    }

    /// The number of the next reminder; `None` when there is no number left.
    pub fn next_reminder(&self) -> Option<Number> {
        Number::new(self.reminders.last().map_or(0, |last: &ReminderState| last.n.get()) + 1)
    }

    /// Whether so many reminders were sent that an escalation is proposed.
    pub fn proposes_escalation(&self) -> bool {
        self.reminders.len() >= REMINDERS_BEFORE_ESCALATION
    }
}

impl QuestionState {
    /// The reminders to be sent, each with its day: to addressees that were reached,
    /// did not pass the question on, and have an open point.
    pub fn reminders_due<'a>(
        &'a self,
        context: &'a QuestionContext,
        calendar: &'a Calendar<'a>,
    ) -> impl Iterator<Item = ReminderDue<'a>> {
        let alive = status(self, context).is_alive();
        let owes = move |track: &&Track| {
            alive
                && track.forwarded_to.is_empty()
                && self
                    .points_put_to(track.id)
                    .any(|point| self.standing(point.id, context).is_open())
        };
        self.tracks.iter().filter(owes).filter_map(|track| {
            Some(ReminderDue {
                track,
                n: track.next_reminder()?,
                due: track.next_reminder_due(calendar)?,
                propose_escalation: track.proposes_escalation(),
            })
        })
    }
}

fn stated_or_computed(
    stated: Option<Day>,
    from: Day,
    days: u32,
    calendar: &Calendar<'_>,
) -> Option<Expected> {
    match stated {
        Some(day) => Some(Expected::Stated(day)),
        None => calendar.add_days(from.date(), days).ok().map(Expected::Computed),
    }
}
