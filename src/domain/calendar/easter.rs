//! The date of Easter.
//!
//! Deliberately absent: the Julian and the Orthodox Easter.
//!
//! Depends on: nothing in this crate.

use jiff::civil::Date;

/// Easter Sunday of a year of the Gregorian calendar, extended backwards before
/// 1583; `None` only for a year that [`Date`] cannot hold.
///
/// The epact is the age of the moon at the beginning of the year, corrected
/// for the centuries; it gives the first full moon of spring, and Easter is
/// the Sunday after it. Source: the rules of the Gregorian reform (*Inter
/// gravissimas*, 1582), with its two exceptions for a late moon.
pub fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number.rem_euclid(19);
    let century = year_number.div_euclid(100);

    // Leap days left out at centuries, and the moon's own drift of eight days
    // in twenty-five centuries.
    let solar = century - century.div_euclid(4);
    let lunar = (8 * century + 13).div_euclid(25);
    let shift = (19 * golden + solar - lunar + 15).rem_euclid(30);

    // The moon of Easter is full on 18 April at the latest, and never on the
    // same day in two years of one cycle of nineteen.
    let late = shift == 29 || (shift == 28 && golden > 10);
    let full_moon = shift - i32::from(late);

    // From the full moon on to the Sunday that follows it.
    let weekdays_gained = year_number + year_number.div_euclid(4) - solar;
    let weekday = (weekdays_gained + full_moon + 2).rem_euclid(7);
    let march = 28 + full_moon - weekday;

    let (month, day) = if march > 31 { (4, march - 31) } else { (3, march) };
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Weekday, date};

    #[test]
    fn easter_agrees_with_known_years() {
        let known = [
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(1954, 4, 18),
            date(1961, 4, 2),
            date(1975, 3, 30),
            date(1981, 4, 19),
            date(2000, 4, 23),
            date(2008, 3, 23),
            date(2011, 4, 24),
            date(2019, 4, 21),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2038, 4, 25),
            date(2049, 4, 18),
        ];
        for day in known {
            assert_eq!(easter(day.year()), Some(day));
        }
    }

    #[test]
    fn easter_is_always_a_sunday_between_22_march_and_25_april() {
        for year in -9999..=9999 {
            let day = easter(year).expect("every year of the calendar has an Easter");
            assert_eq!(day.weekday(), Weekday::Sunday, "{day}");
            assert!(day >= date(year, 3, 22) && day <= date(year, 4, 25), "{day}");
        }
    }
}
