//! Authorities, themes and forms: entries with a name and an end.

use super::*;

fn authority() -> AuthorityEvent {
    data::<AuthorityRegistered>(json!({
        "authority": "questura-bo", "kind": "questura", "office": "Ufficio immigrazione",
        "province": "BO"
    }))
    .into()
}

fn office(name: &str) -> AuthorityEvent {
    data::<AuthorityRenamed>(json!({ "office": name })).into()
}

fn theme() -> ThemeEvent {
    data::<ThemeRegistered>(json!({
        "theme": "residence_registration", "label_it": "Iscrizione anagrafica",
        "working_group": "giuridico_amministrativo"
    }))
    .into()
}

fn form() -> FormEvent {
    data::<FormRegistered>(json!({ "form": "circolare", "label_it": "Circolare", "rank": 7 }))
        .into()
}

fn label(name: &str) -> LabelChanged {
    data(json!({ "label_it": name }))
}

#[test]
fn an_entry_is_registered_once() {
    accepted::<Authority>([], authority());
    accepted::<Theme>([], theme());
    accepted::<Form>([], form());
    refused::<Authority>([authority()], authority(), Rejection::AlreadyExists);
    refused::<Theme>([theme()], theme(), Rejection::AlreadyExists);
    refused::<Form>([form()], form(), Rejection::AlreadyExists);
}

#[test]
fn an_entry_changes_only_after_it_is_registered() {
    refused::<Authority>([], office("Altro"), Rejection::NotFound);
    refused::<Theme>([], label("Altro"), Rejection::NotFound);
    refused::<Form>([], label("Altro"), Rejection::NotFound);
    refused::<Authority>([], retired("2024-01-01"), Rejection::NotFound);
    refused::<Theme>([], retired("2024-01-01"), Rejection::NotFound);
    refused::<Form>([], retired("2024-01-01"), Rejection::NotFound);
}

#[test]
fn an_entry_gets_another_name() {
    accepted::<Authority>([authority()], office("Ufficio immigrazione e asilo"));
    accepted::<Theme>([theme()], label("Residenza"));
    accepted::<Form>([form()], label("Lettera circolare"));
    let same = office("Ufficio immigrazione");
    refused::<Authority>([authority()], same, Rejection::NothingToChange);
    refused::<Theme>([theme()], label("Iscrizione anagrafica"), Rejection::NothingToChange);
    refused::<Form>([form()], label("Circolare"), Rejection::NothingToChange);
}

#[test]
fn a_retired_entry_does_not_change_any_more() {
    let ended = || retired("2024-06-01");
    refused::<Authority>([authority(), ended().into()], office("Altro"), Rejection::Retired);
    refused::<Theme>([theme(), ended().into()], label("Altro"), Rejection::Retired);
    refused::<Form>([form(), ended().into()], label("Altro"), Rejection::Retired);
}

#[test]
fn an_entry_is_retired_once_even_ahead_of_time() {
    let planned = || retired("2026-01-01");
    accepted::<Authority>([authority()], planned());
    accepted::<Theme>([theme()], planned());
    accepted::<Form>([form()], planned());
    refused::<Authority>([authority(), planned().into()], planned(), Rejection::Retired);
    refused::<Theme>([theme(), planned().into()], planned(), Rejection::Retired);
    refused::<Form>([form(), planned().into()], planned(), Rejection::Retired);
    // Until that day it is in use.
    accepted::<Authority>([authority(), planned().into()], office("Altro"));
    accepted::<Theme>([theme(), planned().into()], label("Altro"));
    accepted::<Form>([form(), planned().into()], label("Altro"));
}

#[test]
fn an_entry_is_not_registered_tomorrow() {
    given::<Theme>([]).on("2025-01-01").when(theme()).then_rejected(Rejection::DateInFuture);
    given::<Form>([]).on("2025-01-01").when(form()).then_rejected(Rejection::DateInFuture);
    given::<Authority>([])
        .on("2025-01-01")
        .when(authority())
        .then_rejected(Rejection::DateInFuture);
}

#[test]
fn names_of_other_days_stay_known() {
    let state = given::<Authority>([authority(), office("Ufficio immigrazione e asilo")]).state();
    let name = |on: &str| state.offices.on(day(on)).map(ToString::to_string);
    assert_eq!(name("2024-01-01").as_deref(), Some("Ufficio immigrazione"));
    assert_eq!(name("2024-01-02").as_deref(), Some("Ufficio immigrazione e asilo"));
    let entry = state.entry.unwrap();
    assert_eq!((entry.kind.as_str(), entry.province), ("questura", Some(code("BO"))));
}

#[test]
fn the_end_of_an_entry_keeps_its_date_and_reason() {
    let state = given::<Form>([form(), retired("2024-06-01").into()]).state();
    let end = state.retired.unwrap();
    assert_eq!((end.from, end.decided_on), (day("2024-06-01"), day("2024-01-02")));
    assert_eq!(end.reason.unwrap().clear(), Some("Ufficio soppresso."));
}

#[test]
fn an_empty_history_has_no_value() {
    let empty = History::<u8>::default();
    assert_eq!((empty.on(day("2024-01-01")), empty.latest()), (None, None));
}

#[test]
fn history_is_never_refused_and_no_decision_panics() {
    let facts = Facts::default();
    let authorities = [authority(), office("Altro"), retired("2024-06-01").into()];
    hold_in_any_order::<Authority>(&authorities, &facts, |_| {});
    let themes = [theme(), label("Altro").into(), retired("2024-06-01").into()];
    hold_in_any_order::<Theme>(&themes, &facts, |_| {});
    let forms = [form(), label("Altro").into(), retired("2024-06-01").into()];
    hold_in_any_order::<Form>(&forms, &facts, |_| {});
}
