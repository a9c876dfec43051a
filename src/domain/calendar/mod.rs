//! Deadlines on the Italian calendar, each with its reasons.
//!
//! A deadline is a function of the day of the event, a number of days and the
//! list of holidays; it is never stored, and it explains itself in a sentence.
//! Dates are civil dates in `Europe/Rome`; the day of the event is day 0.
//!
//! Deliberately absent: hours, the summer suspension of courts, and any notion
//! of "late by law": no law obliges a ministry to answer.
//!
//! Depends on: `domain::italian`.

mod deadline;
mod easter;
mod holiday;

#[cfg(test)]
mod tests;

use jiff::civil::{Date, Weekday, date};
use thiserror::Error;

pub use deadline::{Deadline, Reason, Step, Unit};
pub use easter::easter;
pub use holiday::{
    Holiday, HolidayListError, HolidayRule, RuleError, italian_holidays, read_holidays,
};

/// Working days within which a new issue is expected to be triaged.
/// Source: `DOMAIN.md`, "Rules" (defaults).
pub const TRIAGE_WORKING_DAYS: u32 = 5;

/// Calendar days during which a question collects adhesions.
/// Source: `DOMAIN.md`, "Rules" (defaults).
pub const ADHESION_DAYS: u32 = 15;

/// Calendar days from dispatch to the first reminder.
/// Source: `DOMAIN.md`, "Rules" (defaults).
pub const FIRST_REMINDER_DAYS: u32 = 30;

/// Calendar days from one reminder to the next.
/// Source: `DOMAIN.md`, "Rules" (defaults).
pub const REMINDER_INTERVAL_DAYS: u32 = 30;

/// The first day the calendar computes with: the proclamation of the Kingdom.
pub const FIRST_DAY: Date = date(1861, 3, 17);

/// The last day the calendar computes with; later ones are typing errors.
pub const LAST_DAY: Date = date(2199, 12, 31);

/// The most days a deadline may be away: about ten years.
pub const MOST_DAYS: u32 = 3_660;

/// What the calendar refuses to compute instead of answering nonsense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The day, or the deadline, is not within [`FIRST_DAY`] and [`LAST_DAY`].
    #[error("la data è fuori dal calendario (dal 17 marzo 1861 al 31 dicembre 2199)")]
    OutsideCalendar,
    /// More than [`MOST_DAYS`].
    #[error("il termine è troppo lungo (al massimo 3660 giorni)")]
    TooManyDays,
}

/// The working days of Italy, or of one place in it.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    holidays: &'a [Holiday],
    place: Option<&'a str>,
}

impl<'a> Calendar<'a> {
    /// A calendar of national holidays; those of a single place in the list
    /// are passed over.
    pub fn new(holidays: &'a [Holiday]) -> Self {
        Self { holidays, place: None }
    }

    /// The same calendar, also observing the holidays whose scope is `place`.
    #[must_use]
    pub fn in_place(self, place: &'a str) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The first listed holiday that falls on this day, be it a Sunday or not.
    pub fn holiday_on(&self, day: Date) -> Option<&'a Holiday> {
        self.holidays.iter().find(|holiday| {
            let observed_here = holiday.scope.is_none() || holiday.scope.as_deref() == self.place;
            observed_here && holiday.falls_on(day)
        })
    }

    /// Neither Saturday nor Sunday nor a holiday.
    pub fn is_working_day(&self, day: Date) -> bool {
        self.reason_against(day).is_none()
    }

    /// The day on which `days` working days after `from` have passed.
    ///
    /// Zero days is `from` itself, or the next working day.
    ///
    /// # Errors
    ///
    /// [`CalendarError`] for dates or lengths that can only be mistakes.
    pub fn add_working_days(&self, from: Date, days: u32) -> Result<Deadline, CalendarError> {
        if days == 0 {
            return self.land(from, from, Step::Start { from, days, unit: Unit::WorkingDays });
        }
        check(from, days)?;
        let mut steps = vec![Step::Start { from, days, unit: Unit::WorkingDays }];
        let (mut day, mut counted) = (from, 0);
        while counted < days {
            day = next(day)?;
            if let Some(reason) = self.reason_against(day) {
                steps.push(Step::Skipped { day, reason });
            } else {
                counted += 1;
                steps.push(Step::Counted { day });
            }
        }
        Ok(Deadline { date: day, explanation: steps })
    }

    /// The day `days` calendar days after `from`, moved on to the next working
    /// day if it falls on a Saturday, a Sunday or a holiday.
    ///
    /// # Errors
    ///
    /// [`CalendarError`] for dates or lengths that can only be mistakes.
    pub fn add_days(&self, from: Date, days: u32) -> Result<Deadline, CalendarError> {
        check(from, days)?;
        let reached = from
            .checked_add(jiff::Span::new().days(i64::from(days)))
            .map_err(|_| CalendarError::OutsideCalendar)?;
        self.land(from, reached, Step::Start { from, days, unit: Unit::CalendarDays })
    }

    /// How many working days lie after `from`, up to and including `to`;
    /// negative if `to` comes first.
    ///
    /// # Errors
    ///
    /// [`CalendarError::OutsideCalendar`].
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<i32, CalendarError> {
        check(from, 0)?;
        check(to, 0)?;
        if to < from {
            return self.working_days_between(to, from).map(|days| -days);
        }
        let (mut day, mut working) = (from, 0);
        while day < to {
            day = next(day)?;
            working += i32::from(self.is_working_day(day));
        }
        Ok(working)
    }

    /// Moves on from the day reached to the first working day.
    fn land(&self, from: Date, reached: Date, start: Step) -> Result<Deadline, CalendarError> {
        check(from, 0)?;
        check(reached, 0)?;
        let mut steps = vec![start, Step::Reached { day: reached }];
        let mut day = reached;
        while let Some(reason) = self.reason_against(day) {
            steps.push(Step::Skipped { day, reason });
            day = next(day)?;
        }
        Ok(Deadline { date: day, explanation: steps })
    }

    /// Why this day is not a working day. A holiday is named even on a Sunday.
    fn reason_against(&self, day: Date) -> Option<Reason> {
        if let Some(holiday) = self.holiday_on(day) {
            return Some(Reason::Holiday { name_it: holiday.name_it.clone() });
        }
        match day.weekday() {
            Weekday::Saturday => Some(Reason::Saturday),
            Weekday::Sunday => Some(Reason::Sunday),
            _ => None,
        }
    }
}

/// Calendar days from one date to another, negative if `to` comes first; the
/// day of the event is day 0.
pub fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

fn check(day: Date, days: u32) -> Result<(), CalendarError> {
    if !(FIRST_DAY..=LAST_DAY).contains(&day) {
        return Err(CalendarError::OutsideCalendar);
    }
    if days > MOST_DAYS { Err(CalendarError::TooManyDays) } else { Ok(()) }
}

fn next(day: Date) -> Result<Date, CalendarError> {
    let next = day.tomorrow().map_err(|_| CalendarError::OutsideCalendar)?;
    check(next, 0).map(|()| next)
}
