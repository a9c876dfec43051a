//! Holidays.

use super::*;
use crate::calendar::{HolidayRule, italian_holidays};

fn declared(name: &str, rule: &str, from: &str) -> CalendarEvent {
    data::<HolidayDeclared>(json!({ "name": name, "rule": rule, "from": from })).into()
}

fn francis() -> CalendarEvent {
    declared("San Francesco d'Assisi", "10-04", "2026-01-01")
}

fn repealed(holiday: uuid::Uuid, until: &str) -> CalendarEvent {
    data::<HolidayRepealed>(json!({ "holiday_id": holiday, "until": until })).into()
}

#[test]
fn a_holiday_falls_on_a_day_of_the_year_or_by_easter() {
    for rule in ["02-29", "easter", "easter+1", "easter-48"] {
        accepted::<Calendar>([], declared("Festa", rule, "2026-01-01"));
    }
    for never in ["02-30", "13-01", "00-10", "easter+99"] {
        let holiday = declared("Festa", never, "2026-01-01");
        refused::<Calendar>([], holiday, Rejection::NotAHolidayRule);
    }
}

#[test]
fn a_day_is_declared_a_holiday_once_at_a_time() {
    refused::<Calendar>([francis()], francis(), Rejection::AlreadyExists);
    let ended = || [francis(), repealed(nth(0), "2030-12-31")];
    refused::<Calendar>(
        ended(),
        declared("Festa", "10-04", "2030-01-01"),
        Rejection::AlreadyExists,
    );
    accepted::<Calendar>(ended(), declared("Festa", "10-04", "2031-01-01"));
}

#[test]
fn only_a_living_holiday_is_repealed() {
    accepted::<Calendar>([francis()], repealed(nth(0), "2030-12-31"));
    refused::<Calendar>([], repealed(nth(0), "2030-12-31"), Rejection::NoSuchHoliday);
    refused::<Calendar>([francis()], repealed(nth(5), "2030-12-31"), Rejection::NoSuchHoliday);
    refused::<Calendar>(
        [francis(), repealed(nth(0), "2030-12-31")],
        repealed(nth(0), "2031-12-31"),
        Rejection::NoSuchHoliday,
    );
}

#[test]
fn a_holiday_is_not_repealed_before_it_begins() {
    refused::<Calendar>([francis()], repealed(nth(0), "2025-12-31"), Rejection::DatesReversed);
}

#[test]
fn nothing_is_erased_from_an_empty_calendar() {
    let erased =
        data::<crate::shared::TextErased>(json!({ "reason": "x", "legal_basis": "art. 17" }));
    refused::<Calendar>([], erased, Rejection::NotFound);
}

#[test]
fn a_declaration_is_not_of_the_future_but_its_validity_may_be() {
    let future = || declared("Festa", "03-19", "2027-01-01");
    accepted::<Calendar>([], future());
    given::<Calendar>([]).on("2025-01-01").when(future()).then_rejected(Rejection::DateInFuture);
}

#[test]
fn deadlines_compute_with_the_declared_holidays() {
    let history = [francis(), repealed(nth(0), "2030-12-31")];
    let holidays = given::<Calendar>(history).state().holidays();
    let [holiday] = holidays.as_slice() else { panic!("{holidays:?}") };
    assert_eq!(holiday.rule, HolidayRule::Fixed { month: 10, day: 4 });
    assert!(holiday.falls_on(day("2026-10-04").date()));
    assert!(!holiday.falls_on(day("2031-10-04").date()));
}

#[test]
fn the_national_holidays_can_all_be_declared() {
    let mut events = Vec::new();
    for holiday in italian_holidays() {
        let from = holiday.valid_from.to_string();
        let event = declared(&holiday.name_it, &holiday.rule.to_string(), &from);
        accepted::<Calendar>(events.clone(), event.clone());
        events.push(event);
    }
    assert_eq!(given::<Calendar>(events).state().holidays(), italian_holidays());
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let samples = [
        francis(),
        declared("Festa", "02-30", "2026-01-01"),
        repealed(nth(0), "2030-12-31"),
        repealed(nth(1), "2030-12-31"),
    ];
    hold_in_any_order::<Calendar>(&samples, &Facts::default(), |state| {
        assert!(state.holidays().len() <= state.declared.len());
    });
}
