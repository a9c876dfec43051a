//! Days and instants in Italian.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::clock::{civil_time, instant_text};
use crate::domain::italian::{from_the, italian_date, to_the};
use crate::domain::values::Day;

/// A day: "12 marzo 2026".
pub fn day(day: Day) -> Markup {
    html! { time datetime=(day) { (day_text(day)) } }
}

/// The same as plain text, for labels and titles.
pub fn day_text(day: Day) -> String {
    italian_date(day.date())
}

/// An instant, as clocks in Italy showed it: "12 marzo 2026, ore 10:05".
pub fn instant(instant: Timestamp) -> Markup {
    let local = civil_time(instant);
    html! {
        time datetime=(instant_text(instant)) {
            (italian_date(local.date())) ", ore "
            (format!("{:02}:{:02}", local.hour(), local.minute()))
        }
    }
}

/// From a day to another: "dal 7 marzo 2026 all'8 aprile 2026"; nothing when neither is
/// known.
pub fn period(since: Option<Day>, until: Option<Day>) -> Option<String> {
    let from = |day: Day| format!("{}{}", from_the(day.date()), day_text(day));
    let to = |day: Day| format!("{}{}", to_the(day.date()), day_text(day));
    match (since, until) {
        (None, None) => None,
        (Some(since), None) => Some(from(since)),
        (None, Some(until)) => Some(format!("fino {}", to(until))),
        (Some(since), Some(until)) => Some(format!("{} {}", from(since), to(until))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_are_read_as_in_italy() {
        let on = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(
            day(on("2026-03-12")).into_string(),
            "<time datetime=\"2026-03-12\">12 marzo 2026</time>"
        );
        let late = instant("2026-07-31T22:05:00Z".parse().unwrap()).into_string();
        assert!(late.contains(">1° agosto 2026, ore 00:05<"), "{late}");
        assert_eq!(
            period(Some(on("2026-03-08")), Some(on("2026-04-11"))).unwrap(),
            "dall'8 marzo 2026 all'11 aprile 2026"
        );
        assert_eq!(period(None, Some(on("2026-04-02"))).unwrap(), "fino al 2 aprile 2026");
        assert_eq!(period(None, None), None);
    }
}
