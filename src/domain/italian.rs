//! Dates as an Italian reader expects them.
//!
//! Deliberately absent: clock times, time zones and locales. Dates here are
//! civil dates in `Europe/Rome`, and the only language is Italian.
//!
//! Depends on: nothing in this crate.

use jiff::civil::{Date, Weekday};

/// The Italian name of a month, lower case: "gennaio" for 1.
///
/// Anything outside 1..=12 gives an empty string; a [`Date`] never holds such
/// a month, so the case can only come from a number made by hand.
pub fn month_name(month: i8) -> &'static str {
    match month {
        1 => "gennaio",
        2 => "febbraio",
        3 => "marzo",
        4 => "aprile",
        5 => "maggio",
        6 => "giugno",
        7 => "luglio",
        8 => "agosto",
        9 => "settembre",
        10 => "ottobre",
        11 => "novembre",
        12 => "dicembre",
        _ => "",
    }
}

/// The Italian name of a day of the week, lower case: "lunedì".
pub fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "lunedì",
        Weekday::Tuesday => "martedì",
        Weekday::Wednesday => "mercoledì",
        Weekday::Thursday => "giovedì",
        Weekday::Friday => "venerdì",
        Weekday::Saturday => "sabato",
        Weekday::Sunday => "domenica",
    }
}

/// The day of the month as it is written: "1°" for the first, else digits.
pub fn day_of_month(date: Date) -> String {
    match date.day() {
        1 => "1°".to_owned(),
        day => day.to_string(),
    }
}

/// A full date in words: "22 dicembre 2025", "1° gennaio 2026".
pub fn italian_date(date: Date) -> String {
    format!("{} {} {}", day_of_month(date), month_name(date.month()), date.year())
}

/// A full date with its weekday: "lunedì 22 dicembre 2025".
pub fn italian_weekday_date(date: Date) -> String {
    format!("{} {}", weekday_name(date.weekday()), italian_date(date))
}

/// "dal " or, before a day whose name begins with a vowel, "dall'": one says
/// "dal 7 marzo" but "dall'8 marzo" (*otto*) and "dall'11 marzo" (*undici*).
pub fn from_the(date: Date) -> &'static str {
    if begins_with_vowel(date) { "dall'" } else { "dal " }
}

/// "al " or "all'", by the same rule as [`from_the`].
pub fn to_the(date: Date) -> &'static str {
    if begins_with_vowel(date) { "all'" } else { "al " }
}

/// "del " or "dell'", by the same rule as [`from_the`].
pub fn of_the(date: Date) -> &'static str {
    if begins_with_vowel(date) { "dell'" } else { "del " }
}

/// "il " or "l'", by the same rule as [`from_the`].
pub fn the(date: Date) -> &'static str {
    if begins_with_vowel(date) { "l'" } else { "il " }
}

/// A text with a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Joins items as Italian prose does: "a", "a e b", "a, b e c".
pub fn enumerate(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} e {last}", first.join(", ")),
    }
}

fn begins_with_vowel(date: Date) -> bool {
    matches!(date.day(), 8 | 11)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_is_written_in_words_and_the_first_is_an_ordinal() {
        assert_eq!(italian_date(date(2025, 12, 22)), "22 dicembre 2025");
        assert_eq!(italian_date(date(2026, 1, 1)), "1° gennaio 2026");
        assert_eq!(italian_weekday_date(date(2025, 12, 22)), "lunedì 22 dicembre 2025");
    }

    #[test]
    fn every_month_has_a_name_and_no_other_number_has() {
        let named: Vec<i8> =
            (i8::MIN..=i8::MAX).filter(|&month| !month_name(month).is_empty()).collect();
        assert_eq!(named, (1..=12).collect::<Vec<_>>());
    }

    #[test]
    fn the_article_is_elided_before_eight_and_eleven_only() {
        for day in 1..=31 {
            let on = date(2025, 12, day);
            let elided = day == 8 || day == 11;
            assert_eq!(from_the(on) == "dall'", elided, "{on}");
            assert_eq!(to_the(on) == "all'", elided, "{on}");
            assert_eq!(the(on) == "l'", elided, "{on}");
        }
    }

    #[test]
    fn items_are_joined_with_commas_and_a_final_e() {
        let items = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(enumerate(&items(&[])), "");
        assert_eq!(enumerate(&items(&["a"])), "a");
        assert_eq!(enumerate(&items(&["a", "b"])), "a e b");
        assert_eq!(enumerate(&items(&["a", "b", "c"])), "a, b e c");
    }
}
