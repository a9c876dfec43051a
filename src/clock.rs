//! The only place that reads the time or draws randomness.
//!
//! Everything else is handed a [`Clock`], so that a test can choose the day, an
//! import can keep recorded dates, and a seeded run can be repeated.
//!
//! Depends on: nothing in this crate.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// A source of time and randomness.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, in whole microseconds.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// The present civil date in Italy.
    fn today(&self) -> Date {
        civil_date(self.now())
    }
}

/// The civil date of an instant in Italy (Europe/Rome), where every deadline and
/// every year of a reference is counted.
pub fn civil_date(instant: Timestamp) -> Date {
    civil_time(instant).date()
}

/// What clocks in Italy show at an instant.
pub fn civil_time(instant: Timestamp) -> DateTime {
    rome().to_datetime(instant)
}

/// The instant at which a civil day reaches an hour in Italy.
pub fn instant_at(day: Date, hour: i8) -> Timestamp {
    let time = day.at(hour, 0, 0, 0);
    rome().to_timestamp(time).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The last instant of a civil day in Italy, be it of 23, 24 or 25 hours.
pub fn end_of_day(day: Date) -> Timestamp {
    let next = day.tomorrow().map_or(Timestamp::MAX, |next| instant_at(next, 0));
    next.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(next)
}

fn rome() -> TimeZone {
    static ROME: std::sync::OnceLock<TimeZone> = std::sync::OnceLock::new();
    // The zone data are compiled in, so UTC is never taken in practice.
    ROME.get_or_init(|| TimeZone::get("Europe/Rome").unwrap_or(TimeZone::UTC)).clone()
}

/// The clock and the randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        micros(Timestamp::now())
    }

    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no key may be made: nothing sensible can follow.
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// The clock of the operating system, some days ahead: for tests of a whole program.
#[cfg(debug_assertions)]
#[derive(Debug, Clone, Copy)]
pub struct Ahead {
    /// By how many days.
    pub days: u16,
}

#[cfg(debug_assertions)]
impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        now.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(self.days)))
            .unwrap_or(now)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

/// A clock that stands where it was put; its randomness is the system's.
///
/// Imports use it to keep recorded dates, tests to choose the day.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Mutex<Timestamp>>);

impl SetClock {
    /// A clock standing at an instant.
    pub fn at(instant: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(micros(instant))))
    }

    /// Puts the clock to another instant.
    pub fn set(&self, instant: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = micros(instant);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

fn micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// An instant as it stands in events: exactly `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
pub fn instant_text(instant: Timestamp) -> String {
    format!("{instant:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_with_six_digits_and_z() {
        let instant: Timestamp = "2024-02-12T08:00:00Z".parse().unwrap();
        assert_eq!(instant_text(instant), "2024-02-12T08:00:00.000000Z");
        let odd: Timestamp = "2024-02-12T08:00:00.1234567Z".parse().unwrap();
        assert_eq!(instant_text(SetClock::at(odd).now()), "2024-02-12T08:00:00.123456Z");
    }

    #[test]
    fn the_civil_date_is_the_italian_one() {
        assert_eq!(civil_date("2024-12-31T23:30:00Z".parse().unwrap()), Date::constant(2025, 1, 1));
        assert_eq!(civil_date("2024-06-30T22:30:00Z".parse().unwrap()), Date::constant(2024, 7, 1));
        let hours = |day: Date| {
            let before = end_of_day(day.yesterday().unwrap());
            (end_of_day(day).as_second() - before.as_second()) / 3600
        };
        assert_eq!(
            end_of_day(Date::constant(2024, 2, 29)).to_string(),
            "2024-02-29T22:59:59.999999Z"
        );
        assert_eq!(hours(Date::constant(2024, 3, 31)), 23);
        assert_eq!(hours(Date::constant(2024, 10, 27)), 25);
        assert_eq!(instant_at(Date::constant(2024, 7, 1), 9).to_string(), "2024-07-01T07:00:00Z");
    }
}
