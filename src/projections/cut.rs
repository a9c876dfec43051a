//! Which part of the log a reading of the past goes over.
//!
//! Two axes: what had been recorded by an instant, and what had happened by a day. The
//! second does not cut the registry, whose entries carry days of validity of their own
//! (decision record 0012): those are compared with the day by whoever asks.
//!
//! Depends on: `clock`, `event_store`, `domain::values`.

use jiff::Timestamp;
use memchr::{memchr, memmem};

use crate::clock::civil_date;
use crate::domain::values::Day;
use crate::event_store::{GlobalPosition, StoredEvent};

/// A moment to go back to: what had been recorded by then, what had happened by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cut {
    /// Only what had been recorded by this instant.
    pub as_of: Option<Timestamp>,
    /// Only what had happened by this day.
    pub effective_on: Option<Day>,
    /// Only what stands in the log up to here, so that an answer can be had again.
    pub head: Option<GlobalPosition>,
}

/// The two dates of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub(super) recorded_at: Timestamp,
    occurred_on: Day,
}

impl Dates {
    /// The dates of an event; `None` when they cannot be read.
    ///
    /// Metadata are canonical and hold codes: a quote inside a string would be escaped, so
    /// that a member is found by its name without reading the rest.
    pub(super) fn of(stored: &StoredEvent) -> Option<Self> {
        let recorded_at = member(&stored.metadata, RECORDED_AT)?.parse().ok()?;
        let occurred_on = member(&stored.metadata, OCCURRED_ON)?.parse().ok()?;
        Some(Self { recorded_at, occurred_on })
    }
}

const RECORDED_AT: &[u8] = br#""recorded_at":""#;
const OCCURRED_ON: &[u8] = br#""occurred_on":""#;

/// The text after a name, up to the next quote.
fn member<'a>(metadata: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let (_, from) = metadata.split_at_checked(memmem::rfind(metadata, name)? + name.len())?;
    let (text, _) = from.split_at_checked(memchr(b'"', from)?)?;
    std::str::from_utf8(text).ok()
}

impl Cut {
    /// The day on which it is asked what holds: the day of validity, else that of the
    /// instant; `None` for today.
    pub fn day(&self) -> Option<Day> {
        self.effective_on.or_else(|| self.as_of.map(|instant| civil_date(instant).into()))
    }

    /// Whether an event with these dates is seen from there.
    pub(super) fn admits(&self, stored: &StoredEvent, dates: Dates) -> bool {
        self.head.is_none_or(|head| stored.position <= head)
            && self.as_of.is_none_or(|as_of| dates.recorded_at <= as_of)
            && (self.effective_on.is_none_or(|day| dates.occurred_on <= day)
                || is_registry(stored.stream.category()))
    }

    /// Whether an event is seen from there. One whose dates cannot be read is: the fold
    /// sets its stream aside.
    pub(super) fn shows(&self, stored: &StoredEvent) -> bool {
        Dates::of(stored).is_none_or(|dates| self.admits(stored, dates))
    }
}

fn is_registry(category: &str) -> bool {
    matches!(category, "norm" | "body" | "authority" | "theme" | "form" | "calendar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_by_their_names_only() {
        let metadata = br#"{"actor":{"subject":"\"recorded_at\":\""},"occurred_on":"2024-02-29","producer":"quesito/0.1.0","received_via":"self","recorded_at":"2024-03-31T00:59:59.000001Z"}"#;
        assert_eq!(member(metadata, OCCURRED_ON), Some("2024-02-29"));
        assert_eq!(member(metadata, RECORDED_AT), Some("2024-03-31T00:59:59.000001Z"));
        assert_eq!(member(b"{}", RECORDED_AT), None);
        assert_eq!(member(br#"{"recorded_at":"2024"#, RECORDED_AT), None);
    }

    #[test]
    fn the_day_asked_about_is_that_of_validity_before_that_of_knowledge() {
        // A quarter past midnight in Italy.
        let as_of = Some("2024-02-28T23:15:00Z".parse().unwrap());
        let cut = Cut { as_of, ..Cut::default() };
        assert_eq!(cut.day(), Some("2024-02-29".parse().unwrap()));
        let effective_on = Some("2024-01-31".parse().unwrap());
        assert_eq!(Cut { effective_on, ..cut }.day(), effective_on);
        assert_eq!(Cut::default().day(), None);
    }
}
