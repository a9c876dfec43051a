//! Values that depend on the day on which one asks.
//!
//! An answer may be superseded from next month on. A row cannot follow the calendar,
//! so it keeps the value of each interval of days, and the query picks one by the day
//! it is given. Nearly always there is one interval.
//!
//! Depends on: `domain::values`.

use crate::domain::values::Day;

/// The values of consecutive intervals: each holds from its day on, the first from
/// [`Day::FIRST`]. Neighbours differ.
///
/// `days` are those on which the value may change.
pub fn steps<T: PartialEq>(
    days: impl IntoIterator<Item = Day>,
    mut at: impl FnMut(Day) -> T,
) -> Vec<(Day, T)> {
    let mut days: Vec<Day> = days.into_iter().filter(|day| *day > Day::FIRST).collect();
    days.sort_unstable();
    days.dedup();
    let mut steps = vec![(Day::FIRST, at(Day::FIRST))];
    for day in days {
        let value = at(day);
        if steps.last().is_none_or(|(_, last)| *last != value) {
            steps.push((day, value));
        }
    }
    steps
}

/// The first of `days` on which something holds that, once it does, holds for ever.
pub fn first_day(
    days: impl IntoIterator<Item = Day>,
    mut holds: impl FnMut(Day) -> bool,
) -> Option<Day> {
    let mut days: Vec<Day> = days.into_iter().chain([Day::FIRST]).collect();
    days.sort_unstable();
    days.into_iter().find(|day| holds(*day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_intervals_differ() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let days = [day("2026-03-01"), day("2026-01-01"), day("2026-02-01")];
        let found = steps(days, |on| on >= day("2026-02-01"));
        assert_eq!(found, [(Day::FIRST, false), (day("2026-02-01"), true)]);
        assert_eq!(first_day(days, |on| on >= day("2026-02-01")), Some(day("2026-02-01")));
        assert_eq!(first_day(days, |_| false), None);
    }
}
