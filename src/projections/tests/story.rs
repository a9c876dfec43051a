//! Histories in which everything depends on everything.

use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::world::{World, position, report, uuid};
use crate::domain::answer::Answer;
use crate::domain::communication::Communication;
use crate::domain::issue::Issue;
use crate::domain::notice::Notices;
use crate::domain::question::Question;
use crate::domain::registry::{Authority, Body, Calendar, Norm, Person};
use crate::domain::solution::Solution;

/// The act that everything cites.
pub const ACT: &str = "urn:nir:stato:decreto.legislativo:2015-08-18;142";

/// How many different things can happen; one more is a report by a clock that was put back.
pub const EVENTS: u8 = 34;

pub fn issue(n: u8) -> String {
    uuid(0x100 + u128::from(n)).to_string()
}
pub fn question(n: u8) -> String {
    uuid(0x200 + u128::from(n)).to_string()
}
pub fn answer(n: u8) -> String {
    uuid(0x300 + u128::from(n)).to_string()
}
pub fn solution(n: u8) -> String {
    uuid(0x400 + u128::from(n)).to_string()
}
fn point(n: u8) -> String {
    uuid(0x500 + u128::from(n)).to_string()
}
fn addressee(n: u8) -> String {
    uuid(0x600 + u128::from(n)).to_string()
}
fn letter(n: u8) -> String {
    uuid(0x700 + u128::from(n)).to_string()
}

/// Lets one of the things happen that can happen, to the `n`-th of its kind. Streams
/// begin with what begins them, since no store holds others.
#[expect(clippy::many_single_char_names, reason = "a table is read more easily with short names")]
pub async fn happen(world: &World, kind: u8, n: u8) {
    begin(world, n).await;
    let (i, q, a, s) = (issue(n), question(n), answer(n), solution(n));
    let other = (n + 1) % 3;
    begin(world, other).await;
    let why = "Motivo.";
    match kind {
        0 => world.record::<Issue>(&i, "issue-triaged.v1", json!({"scope": "in_scope"})).await,
        1 => {
            world
                .record::<Issue>(&i, "position-recorded.v1", position("prefettura-bo", "No."))
                .await
        }
        2 => {
            let data = json!({"body": "c_f257", "people_affected": 2});
            world.record::<Issue>(&i, "issue-endorsed.v1", data).await
        }
        3 => {
            let data = json!({"issue": issue(other), "link": "duplicate", "reason": why});
            world.record::<Issue>(&i, "issue-linked.v1", data).await
        }
        4 => world.record::<Issue>(&i, "issue-closed.v1", json!({"outcome": "answered"})).await,
        5 => world.record::<Issue>(&i, "issue-reopened.v1", json!({"reason": why})).await,
        6 => {
            let data = json!({"abstract": "Sintesi.", "approved_role": "dirigente"});
            world.record::<Issue>(&i, "issue-published.v1", data).await
        }
        7 => {
            let data = json!({"answer": a, "result": "settled"});
            world.record::<Issue>(&i, "answer-linked.v1", data).await
        }
        8 => {
            let data = json!({"answer": a, "reason": why});
            world.record::<Issue>(&i, "answer-unlinked.v1", data).await
        }
        9 => {
            let data = json!({"issue": issue(other)});
            world.record::<Question>(&q, "issue-attached.v1", data).await
        }
        10 => {
            let data = json!({"issue": issue(n), "reason": why});
            world.record::<Question>(&q, "issue-detached.v1", data).await
        }
        11 => {
            let data = json!({"body": "c_h223", "signatory_role": "sindaco", "text_version": 1,
                "kind": "supporting"});
            world.record::<Question>(&q, "adhesion-given.v1", data).await
        }
        12 => {
            let points = json!([{"point_id": point(n), "result": "partly"}]);
            let data = json!({"answer": answer(other), "points": points});
            world.record::<Question>(&q, "answer-linked.v1", data).await
        }
        13 => {
            let data = json!({"by": "ministero", "from": "2026-03-01", "reason": why});
            world.record::<Answer>(&a, "answer-withdrawn.v1", data).await
        }
        14 => {
            let by = json!({"kind": "answer", "id": answer(other)});
            let data = json!({"by": by, "from": "2026-04-01", "reason": why});
            world.record::<Answer>(&a, "answer-superseded.v1", data).await
        }
        15 => {
            let data = json!({"with": answer(other), "reason": why});
            world.record::<Answer>(&a, "conflict-declared.v1", data).await
        }
        16 => {
            let data = json!({"with": answer(other), "reason": why});
            world.record::<Answer>(&a, "conflict-settled.v1", data).await
        }
        17 => {
            let data = json!({"answer": answer(other)});
            world.record::<Solution>(&s, "basis-added.v1", data).await
        }
        18 => {
            let data = json!({"body": "c_a944", "manner": "adopted", "solution_version": 1,
                "act": {"status": "not_yet_adopted"}});
            world.record::<Solution>(&s, "solution-adopted.v1", data).await
        }
        19 => {
            let data = json!({"by": solution(other), "from": "2026-05-01", "reason": why});
            world.record::<Solution>(&s, "solution-superseded.v1", data).await
        }
        20 => {
            let by = json!({"kind": "nir", "urn": "urn:nir:stato:decreto.legge:2023-10-05;133"});
            let data = json!({"by": by, "from": "2026-02-01", "articles": ["5"]});
            let act = crate::domain::norm::norm_id(ACT).to_string();
            world.record::<Norm>(&act, "norm-amended.v1", data).await
        }
        21 => {
            let data = json!({"name": "Comune di Bologna e altri"});
            world.record::<Body>("c_a944", "body-renamed.v1", data).await
        }
        22..27 => happen_beside(world, kind, n).await,
        27..EVENTS => come_to_an_end(world, kind, n).await,
        _ => put_back(world).await,
    };
}

/// What happens to things that the others do not rest on, except by their days.
async fn happen_beside(world: &World, kind: u8, n: u8) -> Uuid {
    match kind {
        22 => {
            let data = json!({"addressees": [addressee(n)], "text_version": 1});
            world.record::<Question>(&question(n), "question-dispatched.v1", data).await
        }
        23 => {
            let data = json!({"name": format!("Festa {n}"), "rule": "02-09", "from": "1990-01-01"});
            world.record::<Calendar>("it", "holiday-declared.v1", data).await
        }
        24 => {
            let data = json!({"body": "c_a944", "register": "SIM", "year": 2026,
                "number": "0000042", "date": "2026-01-12"});
            world.record::<Communication>(&letter(n), "registration-recorded.v1", data).await
        }
        25 => {
            let data = json!({"person": "p-2", "role": "municipality", "body": "c_a944"});
            world.record::<Person>("p-2", "access-granted.v1", data).await
        }
        _ => {
            let about = json!({"kind": "issue", "id": issue(n)});
            let items = json!([{"kind": "taken_up", "about": about}]);
            let data = json!({"day": world.today(), "items": items});
            let notice = world.record::<Notices>("p-1", "notice-prepared.v1", data).await;
            match n {
                0 => notice,
                1 => {
                    let data = json!({"notice_id": notice});
                    world.record::<Notices>("p-1", "notice-sent.v1", data).await
                }
                _ => {
                    let data = json!({"notice_id": notice, "lasting": false});
                    world.record::<Notices>("p-1", "notice-refused.v1", data).await
                }
            }
        }
    }
}

/// What ends, goes on again, or turns out otherwise.
async fn come_to_an_end(world: &World, kind: u8, n: u8) -> Uuid {
    let (q, s, why) = (question(n), solution(n), "Motivo.");
    match kind {
        27 => world.record::<Question>(&q, "question-closed.v1", json!({})).await,
        28 => world.record::<Question>(&q, "question-reopened.v1", json!({"reason": why})).await,
        29 => {
            let data = json!({"point_id": point(n), "reason": why});
            world.record::<Question>(&q, "point-withdrawn.v1", data).await
        }
        30 => {
            let data = json!({"text_version": 1, "role": "direttore"});
            world.record::<Question>(&q, "question-approved.v1", data).await
        }
        31 => {
            let data = json!({"body": "c_f257", "manner": "adopted", "solution_version": 1,
                "act": {"status": "not_yet_adopted"}});
            let adoption = world.record::<Solution>(&s, "solution-adopted.v1", data).await;
            let data = json!({"adoption_id": adoption, "until": "2026-03-10", "reason": why});
            world.record::<Solution>(&s, "adoption-ended.v1", data).await
        }
        32 => world.record::<Solution>(&s, "solution-retired.v1", json!({"reason": why})).await,
        _ => {
            let data = json!({"received_on": "2026-01-20", "reason": why});
            world.record::<Answer>(&answer(n), "answer-corrected.v1", data).await
        }
    }
}

/// A new report, recorded by a clock that was put back by two days.
async fn put_back(world: &World) -> Uuid {
    let now = world.now();
    world.clock.set(now - SignedDuration::from_hours(48));
    let id = uuid(0x800 + u128::from(now.as_microsecond().unsigned_abs())).to_string();
    let new = world.record::<Issue>(&id, "issue-reported.v1", report("c_f257", "Tardi")).await;
    world.clock.set(now + SignedDuration::from_hours(1));
    new
}

async fn begin(world: &World, n: u8) {
    if world.exists(&format!("issue-{}", issue(n))).await {
        return;
    }
    if !world.exists("body-c_a944").await {
        registry(world).await;
    }
    let (i, a) = (issue(n), answer(n));
    world.record::<Issue>(&i, "issue-reported.v1", report("c_a944", "Titolo")).await;
    let cited = json!([{"kind": "nir", "urn": format!("{ACT}~art5"),
        "text_in_force_on": "2025-01-01"}]);
    let received = json!({"coordinator": "anci_er", "origin": "reply", "authors": ["ministero"],
        "form": "circolare", "document_date": "2026-01-05", "received_on": "2026-01-08",
        "norms": cited, "text": "Si chiarisce."});
    world.record::<Answer>(&a, "answer-received.v1", received).await;
    let drafted = json!({"coordinator": "anci_er", "subject": "Quesito",
        "addressees": [{"addressee_id": addressee(n), "addressee": "ministero"}],
        "background": "Premessa.", "norms": cited, "silence_effect": "none",
        "points": [{"point_id": point(n), "text": "Se.", "issues": [i], "addressees": []}]});
    world.record::<Question>(&question(n), "question-drafted.v1", drafted).await;
    let proposed = json!({"coordinator": "anci_er", "problem": "Problema", "text": "Soluzione.",
        "level": "ministry_answer", "issues": [i], "basis": {"answers": [a], "norms": cited},
        "parties": [], "territory": {"level": "region", "code": "08"}});
    world.record::<Solution>(&solution(n), "solution-proposed.v1", proposed).await;
    let letter = json!({"coordinator": "anci_er", "direction": "out", "channel": "pec",
        "counterpart": [{"kind": "authority", "id": "ministero"}], "subject": "Quesito"});
    world.record::<Communication>(&self::letter(n), "communication-recorded.v1", letter).await;
}

/// Bodies, offices and the act.
pub async fn registry(world: &World) {
    for (body, name) in [("c_a944", "Comune di Bologna"), ("c_f257", "Comune di Modena")] {
        let province = if body == "c_a944" { "BO" } else { "MO" };
        let data = json!({"body": body, "name": name, "kind": "comune", "province": province});
        world.record::<Body>(body, "body-registered.v1", data).await;
    }
    for (authority, kind, province) in
        [("questura-bo", "questura", "BO"), ("prefettura-bo", "prefettura", "BO")]
    {
        let data = json!({"authority": authority, "kind": kind, "office": "Ufficio immigrazione",
            "province": province});
        world.record::<Authority>(authority, "authority-registered.v1", data).await;
    }
    let act = crate::domain::norm::norm_id(ACT).to_string();
    let data = json!({"kind": "nir", "urn": ACT, "label_it": "D.Lgs. 142/2015"});
    world.record::<Norm>(&act, "norm-registered.v1", data).await;
}
