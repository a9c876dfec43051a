//! Given, when, then: when a person may be written to.

use serde_json::json;

use super::*;
use crate::testing::{data, given, nth};

fn prepared(day: &str) -> NoticeEvent {
    let item = json!({"kind": "taken_up", "about": {"kind": "issue", "id": nth(9)}});
    data::<NoticePrepared>(json!({"day": day, "items": [item]})).into()
}

fn sent(n: u128) -> NoticeEvent {
    NoticeSent { notice_id: nth(n) }.into()
}

fn refused(n: u128, lasting: bool) -> NoticeEvent {
    NoticeRefused { notice_id: nth(n), lasting }.into()
}

fn stopped() -> NoticeEvent {
    NoticesStopped { by: Switch::Letter }.into()
}

fn resumed() -> NoticeEvent {
    NoticesResumed { by: Switch::Profile }.into()
}

const MONDAY: &str = "2026-03-09";
const TUESDAY: &str = "2026-03-10";

#[test]
fn a_person_gets_one_digest_a_day() {
    given::<Notices>([]).when(prepared(MONDAY)).then([prepared(MONDAY)]);
    given::<Notices>([prepared(MONDAY), sent(0)]).when(prepared(MONDAY)).then([]);
    given::<Notices>([prepared(MONDAY), sent(0)]).when(prepared(TUESDAY)).then([prepared(TUESDAY)]);
    given::<Notices>([prepared(TUESDAY), sent(0)]).when(prepared(MONDAY)).then([]);
}

#[test]
fn a_digest_of_which_nobody_knows_whether_it_was_sent_is_not_sent_again() {
    given::<Notices>([prepared(MONDAY)]).when(prepared(MONDAY)).then([]);
    let next = given::<Notices>([prepared(MONDAY)]);
    assert_eq!(next.state().unsure_of(), Some(MONDAY.parse().unwrap()));
    assert!(next.state().owed().is_empty());
    next.when(prepared(TUESDAY)).then([prepared(TUESDAY)]);
}

#[test]
fn a_digest_that_was_not_taken_is_tried_again_that_day_and_owed_the_next() {
    let history = [prepared(MONDAY), refused(0, false)];
    given::<Notices>(history.clone()).when(prepared(MONDAY)).then([prepared(MONDAY)]);
    let state = given::<Notices>(history).state();
    assert_eq!((state.owed().len(), state.unsure_of(), state.last.unwrap().tries), (1, None, 1));
}

#[test]
fn it_is_tried_so_often_and_not_more() {
    let once = |n: u128| [prepared(MONDAY), refused(2 * n, false)];
    let history: Vec<_> = (0..u128::from(TRIES_A_DAY)).flat_map(once).collect();
    given::<Notices>(history.clone()).when(prepared(MONDAY)).then([]);
    given::<Notices>(history).when(prepared(TUESDAY)).then([prepared(TUESDAY)]);
}

#[test]
fn what_the_server_will_never_take_waits_for_the_next_day() {
    given::<Notices>([prepared(MONDAY), refused(0, true)]).when(prepared(MONDAY)).then([]);
    let state = given::<Notices>([prepared(MONDAY), refused(0, true)]).state();
    assert_eq!(state.owed().len(), 1);
}

#[test]
fn who_stopped_is_not_written_to_until_they_want_it_again() {
    given::<Notices>([stopped()]).when(prepared(MONDAY)).then([]);
    given::<Notices>([stopped()]).when(stopped()).then([]);
    given::<Notices>([]).when(resumed()).then([]);
    given::<Notices>([stopped(), resumed()]).when(prepared(MONDAY)).then([prepared(MONDAY)]);
}

#[test]
fn an_outcome_is_recorded_once_and_of_the_digest_at_hand_only() {
    given::<Notices>([prepared(MONDAY)]).when(sent(0)).then([sent(0)]);
    given::<Notices>([prepared(MONDAY), sent(0)]).when(refused(0, false)).then([]);
    given::<Notices>([prepared(MONDAY), prepared(TUESDAY)]).when(sent(0)).then([]);
    given::<Notices>([]).when(sent(0)).then([]);
}

#[test]
fn a_day_has_one_run_whoever_begins_it() {
    let run = |day: &str, position: &str| -> RunEvent {
        let place = json!({"store": nth(0), "position": position, "event": nth(1)});
        data::<NoticeRunBegun>(json!({"day": day, "up_to": place})).into()
    };
    let first = run(MONDAY, "000000000000000a");
    given::<Runs>([]).when(first.clone()).then([first.clone()]);
    given::<Runs>([first.clone()]).when(run(MONDAY, "000000000000000b")).then([]);
    let next = run(TUESDAY, "000000000000000b");
    given::<Runs>([first]).when(next.clone()).then([next]);
}
