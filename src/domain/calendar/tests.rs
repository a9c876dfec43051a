//! Deadlines, rule by rule, on the bundled Italian holidays.

use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;

fn with_calendar<T>(ask: impl FnOnce(Calendar<'_>) -> T) -> T {
    ask(Calendar::new(&italian_holidays()))
}

fn working(from: Date, days: u32) -> Deadline {
    with_calendar(|calendar| calendar.add_working_days(from, days)).expect("within the calendar")
}

fn elapsed(from: Date, days: u32) -> Deadline {
    with_calendar(|calendar| calendar.add_days(from, days)).expect("within the calendar")
}

fn holiday_name(day: Date) -> Option<String> {
    with_calendar(|calendar| calendar.holiday_on(day).map(|holiday| holiday.name_it.clone()))
}

#[test]
fn the_bundled_list_is_read_whole() {
    let holidays = italian_holidays();
    assert_eq!(holidays.len(), 13);
    assert!(holidays.iter().all(|holiday| holiday.scope.is_none() && holiday.valid_to.is_none()));
}

#[test]
fn holidays_fall_where_the_rule_says() {
    assert_eq!(holiday_name(date(2026, 4, 5)).as_deref(), Some("Pasqua"));
    assert_eq!(holiday_name(date(2026, 4, 6)).as_deref(), Some("Lunedì dell'Angelo"));
    assert_eq!(holiday_name(date(2025, 12, 26)).as_deref(), Some("Santo Stefano"));
    assert_eq!(holiday_name(date(2025, 12, 27)), None);
}

#[test]
fn a_holiday_counts_only_while_it_is_valid() {
    assert_eq!(holiday_name(date(2025, 10, 4)), None);
    assert_eq!(holiday_name(date(2027, 10, 4)).as_deref(), Some("San Francesco d'Assisi"));
    assert_eq!(holiday_name(date(2000, 6, 2)), None);

    let ended = Holiday {
        name_it: "San Giuseppe".to_owned(),
        rule: "03-19".parse().expect("a rule"),
        valid_from: date(1949, 6, 15),
        valid_to: Some(date(1977, 3, 19)),
        scope: None,
    };
    assert!(ended.falls_on(date(1977, 3, 19)));
    assert!(!ended.falls_on(date(1978, 3, 19)));
}

#[test]
fn the_holiday_of_a_place_is_observed_there_only() {
    let patron = [Holiday {
        name_it: "San Petronio".to_owned(),
        rule: "10-04".parse().expect("a rule"),
        valid_from: date(2000, 1, 1),
        valid_to: None,
        scope: Some("bologna".to_owned()),
    }];
    let day = date(2024, 10, 4);
    assert!(Calendar::new(&patron).is_working_day(day));
    assert!(Calendar::new(&patron).in_place("modena").is_working_day(day));
    assert!(!Calendar::new(&patron).in_place("bologna").is_working_day(day));
}

#[test]
fn five_working_days_over_christmas_explain_themselves() {
    let deadline = working(date(2025, 12, 22), TRIAGE_WORKING_DAYS);
    assert_eq!(deadline.date, date(2025, 12, 31));
    assert_eq!(
        deadline.explain_it(),
        "5 giorni lavorativi dal 22 dicembre 2025: si contano 23, 24, 29, 30, 31 dicembre; esclusi \
         25 dicembre (Natale), 26 dicembre (Santo Stefano), sabato 27 e domenica 28."
    );
}

#[test]
fn month_and_year_are_written_where_they_change() {
    assert_eq!(
        working(date(2025, 12, 29), 4).explain_it(),
        "4 giorni lavorativi dal 29 dicembre 2025: si contano 30, 31 dicembre e 2, 5 gennaio 2026; \
         esclusi 1° gennaio (Capodanno), sabato 3 e domenica 4."
    );
    assert_eq!(
        working(date(2026, 5, 29), 1).explain_it(),
        "1 giorno lavorativo dal 29 maggio 2026: si conta il 1° giugno; esclusi sabato 30 maggio e \
         domenica 31."
    );
}

#[test]
fn a_single_excluded_day_agrees_in_gender() {
    assert_eq!(
        working(date(2026, 3, 7), 1).explain_it(),
        "1 giorno lavorativo dal 7 marzo 2026: si conta il 9 marzo; esclusa domenica 8."
    );
    assert_eq!(
        working(date(2026, 6, 1), 1).explain_it(),
        "1 giorno lavorativo dal 1° giugno 2026: si conta il 3 giugno; escluso 2 giugno (Festa della \
         Repubblica)."
    );
    assert_eq!(
        working(date(2026, 3, 9), 2).explain_it(),
        "2 giorni lavorativi dal 9 marzo 2026: si contano 10, 11 marzo."
    );
}

#[test]
fn a_long_count_is_summarised() {
    assert_eq!(
        working(date(2026, 3, 11), 30).explain_it(),
        "30 giorni lavorativi dall'11 marzo 2026: si contano i giorni lavorativi dal 12 marzo al 23 \
         aprile; esclusi sabato 14 marzo, domenica 15, sabato 21, domenica 22, sabato 28, domenica \
         29, sabato 4 aprile, 5 aprile (Pasqua), 6 aprile (Lunedì dell'Angelo), sabato 11, domenica \
         12, sabato 18 e domenica 19."
    );
    assert!(working(date(2026, 3, 11), 100).explain_it().contains(" tra sabati e domeniche, "));
}

#[test]
fn a_deadline_on_a_working_day_stays_there() {
    let deadline = elapsed(date(2026, 3, 3), ADHESION_DAYS);
    assert_eq!(deadline.date, date(2026, 3, 18));
    assert_eq!(
        deadline.explain_it(),
        "15 giorni dal 3 marzo 2026: la scadenza è mercoledì 18 marzo 2026."
    );
}

#[test]
fn a_deadline_on_a_holiday_moves_on_to_the_next_working_day() {
    let deadline = elapsed(date(2025, 11, 25), FIRST_REMINDER_DAYS);
    assert_eq!(deadline.date, date(2025, 12, 29));
    assert_eq!(
        deadline.explain_it(),
        "30 giorni dal 25 novembre 2025: si arriva al 25 dicembre 2025; poiché 25 dicembre (Natale), \
         26 dicembre (Santo Stefano), sabato 27 e domenica 28 non sono lavorativi, la scadenza passa \
         a lunedì 29 dicembre 2025."
    );
    assert_eq!(
        elapsed(date(2026, 2, 21), ADHESION_DAYS).explain_it(),
        "15 giorni dal 21 febbraio 2026: si arriva all'8 marzo 2026; poiché domenica 8 non è \
         lavorativa, la scadenza passa a lunedì 9 marzo 2026."
    );
}

#[test]
fn no_working_days_is_the_day_itself_or_the_next_working_one() {
    assert_eq!(working(date(2026, 3, 9), 0).date, date(2026, 3, 9));
    assert_eq!(working(date(2026, 3, 7), 0).date, date(2026, 3, 9));
}

#[test]
fn the_day_of_the_event_is_day_zero() {
    assert_eq!(days_between(date(2024, 2, 28), date(2024, 3, 1)), 2);
    assert_eq!(days_between(date(2024, 3, 1), date(2024, 2, 28)), -2);
    assert_eq!(days_between(date(2024, 3, 1), date(2024, 3, 1)), 0);
    let between = |from, to| with_calendar(|calendar| calendar.working_days_between(from, to));
    assert_eq!(between(date(2025, 12, 22), date(2025, 12, 31)), Ok(5));
    assert_eq!(between(date(2025, 12, 31), date(2025, 12, 22)), Ok(-5));
    assert_eq!(between(date(2025, 12, 22), date(2025, 12, 22)), Ok(0));
}

#[test]
fn dates_that_can_only_be_mistakes_are_refused_not_computed() {
    with_calendar(|calendar| {
        let outside = Err(CalendarError::OutsideCalendar);
        for day in [Date::MIN, Date::MAX, date(1861, 3, 16), date(2200, 1, 1)] {
            assert_eq!(calendar.add_days(day, 1), outside);
            assert_eq!(calendar.add_working_days(day, 0), outside);
            assert_eq!(calendar.add_working_days(day, 5), outside);
            assert!(calendar.working_days_between(day, date(2026, 1, 1)).is_err());
            assert!(calendar.working_days_between(date(2026, 1, 1), day).is_err());
            let _ = calendar.is_working_day(day);
        }
        assert_eq!(calendar.add_days(LAST_DAY, 1), outside);
        assert_eq!(calendar.add_working_days(LAST_DAY, 1), outside);
        let day = date(2026, 1, 1);
        assert_eq!(calendar.add_days(day, u32::MAX), Err(CalendarError::TooManyDays));
        assert_eq!(calendar.add_working_days(day, u32::MAX), Err(CalendarError::TooManyDays));
        assert_eq!(days_between(Date::MIN, Date::MAX), 7_304_483);
    });
}

#[test]
fn a_rule_is_read_and_written_in_one_way() {
    for text in ["01-01", "12-25", "02-29", "easter", "easter+1", "easter-2"] {
        assert_eq!(text.parse::<HolidayRule>().map(|rule| rule.to_string()), Ok(text.to_owned()));
    }
    for text in
        ["", "1-1", "13-01", "02-30", "00-10", "+1-01", "easter1", "easter+", "easter+81", "Easter"]
    {
        assert_eq!(text.parse::<HolidayRule>(), Err(RuleError), "{text}");
    }
}

#[test]
fn a_bad_line_in_the_list_is_named() {
    let header = "name_it,rule,valid_from,valid_to,source\n";
    let line = |text: &str| read_holidays(&format!("{header}{text}\n"));
    let quoted = line(r#""Festa, ""grande""",08-15,1949-06-15,2000-01-01,"#).expect("a sound line");
    assert_eq!(quoted[0].name_it, r#"Festa, "grande""#);
    assert_eq!(quoted[0].valid_to, Some(date(2000, 1, 1)));
    for bad in [
        "Natale,12-25",
        "Natale,25-12,1949-06-15,,",
        "Natale,12-25,ieri,,",
        ",12-25,1949-06-15,,",
        "\"Natale,12-25,1949-06-15,,",
    ] {
        assert_eq!(line(bad).expect_err(bad).line, 2);
    }
}

fn day() -> impl Strategy<Value = Date> {
    (1950i16..=2150, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    #[test]
    fn a_deadline_is_a_working_day_and_never_early(from in day(), days in 0u32..200) {
        with_calendar(|calendar| {
            let after = |deadline: &Deadline| days_between(from, deadline.date) >= i32::try_from(days).unwrap_or(0);
            for deadline in [calendar.add_days(from, days), calendar.add_working_days(from, days)] {
                let deadline = deadline.expect("within the calendar");
                prop_assert!(calendar.is_working_day(deadline.date));
                prop_assert!(after(&deadline));
                prop_assert!(deadline.explain_it().ends_with('.'));
            }
            Ok(())
        })?;
    }

    #[test]
    fn more_days_never_end_sooner(from in day(), days in 0u32..200, more in 0u32..50) {
        with_calendar(|calendar| {
            let end = |days| calendar.add_days(from, days).map(|deadline| deadline.date);
            prop_assert!(end(days)? <= end(days + more)?);
            let end = |days| calendar.add_working_days(from, days).map(|deadline| deadline.date);
            prop_assert!(end(days)? <= end(days + more)?);
            Ok(())
        })?;
    }

    #[test]
    fn counting_back_gives_the_days_that_were_added(from in day(), days in 1u32..200) {
        with_calendar(|calendar| {
            let end = calendar.add_working_days(from, days)?.date;
            prop_assert_eq!(calendar.working_days_between(from, end)?, i32::try_from(days).unwrap_or(0));
            prop_assert_eq!(calendar.working_days_between(end, from)?, -i32::try_from(days).unwrap_or(0));
            Ok(())
        })?;
    }

    #[test]
    fn an_ordinary_week_has_no_more_than_five_working_days(monday in day()) {
        let monday = monday.nth_weekday_of_month(1, Weekday::Monday).unwrap_or(monday);
        let after = monday.checked_add(jiff::Span::new().days(7)).unwrap_or(monday);
        let working = with_calendar(|calendar| calendar.working_days_between(monday, after));
        prop_assert!(matches!(working, Ok(0..=5)));
    }

    #[test]
    fn no_text_makes_the_list_reader_panic(text in any::<String>()) {
        let _ = read_holidays(&text);
        let _ = text.parse::<HolidayRule>();
    }
}
