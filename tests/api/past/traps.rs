//! Four traps that a single time axis falls into.

use serde_json::{Value, json};

use super::every;
use crate::app::TestApp;
use crate::setting::report;

fn answer(author: &str, day: &str) -> Value {
    json!({
        "origin": "spontaneous", "authors": [author], "form": "nota", "document_date": day,
        "received_on": day, "address": "https://www.example.it/nota", "text": "La ricevuta basta.",
    })
}

/// A note that is recorded months after its date was not known before, but was so.
#[tokio::test]
async fn a_note_recorded_months_after_its_date() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    app.at("2026-03-25T08:00:00Z");
    let linked = app.act("bologna", "report_issue", &[], report()).await.id;
    app.at("2026-07-14T08:00:00Z");
    let note =
        json!({"audience": "network", "text": "Sentito il Comune.", "occurred_on": "2026-04-02"});
    app.act("staff", "add_issue_note", &[&issue], note).await;

    app.at("2026-07-15T08:00:00Z");
    let notes = async |moment: &str| {
        let shown = app.shown_past("parma", &format!("/issues/{issue}?{moment}")).await;
        shown["notes"].as_array().unwrap().len()
    };
    // Not known before July, whatever day it is asked about.
    assert_eq!(notes("as_of=2026-07-14T07:59:59Z").await, 0);
    assert_eq!(notes("as_of=2026-07-14T07:59:59Z&effective_on=2026-04-02").await, 0);
    assert_eq!(notes("as_of=2026-07-14T08:00:00.1Z").await, 1);
    // But so since April, as is known today.
    assert_eq!(notes("effective_on=2026-04-01").await, 0);
    assert_eq!(notes("effective_on=2026-04-02").await, 1);
    let events = format!("/issues/{issue}/events?effective_on=2026-04-01");
    let events = app.shown_past("parma", &events).await;
    assert_eq!(every(&events, "type"), [&json!("issue-reported.v1")]);
    // The list is that of the same moment, with all its filters, as CSV too.
    let list = app.shown_past("parma", "/issues?as_of=2026-03-24T00:00:00Z&theme=residence").await;
    assert_eq!(every(&list, "id"), [&json!(issue)]);
    let list = app.shown_past("parma", "/issues?as_of=2026-03-26T00:00:00Z&sort=reported").await;
    assert_eq!(every(&list, "id"), [&json!(linked), &json!(issue)]);
    // References are those of the whole log.
    let counts = app.shown_past("parma", "/issue-facets?as_of=2026-03-24T00:00:00Z").await;
    assert_eq!(counts["total"], 1);
}

/// Of a chain of three answers, each held in its time.
#[tokio::test]
async fn an_answer_superseded_by_a_chain_of_three() {
    let app = TestApp::ready().await;
    let mut chain = Vec::new();
    for (now, author) in [
        ("2026-03-10T10:00:00Z", "interno_ps"),
        ("2026-04-10T10:00:00Z", "interno_dlci"),
        ("2026-05-10T10:00:00Z", "interno_dait"),
    ] {
        app.at(now);
        let received = answer(author, &now[..10]);
        chain.push(app.act("staff", "record_answer", &[], received).await.id);
    }
    // Recorded together in June, each with the day from which it holds.
    app.at("2026-06-10T10:00:00Z");
    for (old, new, from) in [(0, 1, "2026-04-15"), (1, 2, "2026-05-15")] {
        let by = json!({"reason": "Nuova nota.", "by": {"kind": "answer", "id": chain[new]}, "from": from, "occurred_on": from});
        app.act("staff", "supersede_answer", &[&chain[old]], by).await;
    }
    app.at("2026-06-11T10:00:00Z");
    let validity = async |moment: &str| {
        let list = app.shown_past("parma", &format!("/answers?{moment}")).await;
        let mut found = Vec::new();
        for id in &chain {
            let items = list["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["id"] == json!(id));
            let shown = item.map_or("-", |item| item["validity"].as_str().unwrap());
            let one = app.past("parma", &format!("/answers/{id}?{moment}")).await;
            assert_eq!(one.body["validity"].as_str().unwrap_or("-"), shown, "{moment}");
            found.push(shown.to_owned());
        }
        found.join(" ")
    };
    // What was in force, as is known today.
    assert_eq!(validity("effective_on=2026-03-31").await, "current - -");
    assert_eq!(validity("effective_on=2026-04-14").await, "current current -");
    assert_eq!(validity("effective_on=2026-04-15").await, "superseded current -");
    assert_eq!(validity("effective_on=2026-05-15").await, "superseded superseded current");
    // What was known: of no supersession before June.
    assert_eq!(validity("as_of=2026-05-20T00:00:00Z").await, "current current current");
    assert_eq!(validity("as_of=2026-06-10T11:00:00Z").await, "superseded superseded current");
    // What was known in May of what was in force in April.
    let both = "as_of=2026-05-20T00:00:00Z&effective_on=2026-04-20";
    assert_eq!(validity(both).await, "current current -");
}

/// An answer that its author takes back the next day did hold for a day.
#[tokio::test]
async fn an_answer_withdrawn_the_next_day() {
    let app = TestApp::ready().await;
    app.at("2026-04-01T10:00:00Z");
    let issue = app.reported().await;
    let id = app.act("staff", "record_answer", &[], answer("interno_ps", "2026-04-01")).await.id;
    let link = json!({"answer": id, "result": "settled"});
    app.act("staff", "link_answer_to_issue", &[&issue], link).await;
    app.at("2026-04-02T10:00:00Z");
    let back = json!({"reason": "Errore.", "by": "interno_ps", "from": "2026-04-02"});
    app.act("staff", "withdraw_answer", &[&id], back).await;
    app.at("2026-05-02T10:00:00Z");
    for (moment, validity, to_verify) in [
        ("as_of=2026-04-01T20:00:00Z", "current", false),
        ("as_of=2026-04-02T09:59:59Z", "current", false),
        ("as_of=2026-04-02T10:00:01Z", "withdrawn", true),
        ("effective_on=2026-04-01", "current", false),
        ("effective_on=2026-04-02", "withdrawn", true),
        ("as_of=2026-04-02T10:00:01Z&effective_on=2026-04-01", "current", false),
    ] {
        let shown = app.shown_past("parma", &format!("/answers/{id}?{moment}")).await;
        assert_eq!(shown["validity"], validity, "{moment}");
        let shown = app.shown_past("parma", &format!("/issues/{issue}?{moment}")).await;
        assert_eq!(shown["to_verify"], to_verify, "{moment}");
    }
}

/// Days of 23 and 25 hours, and the day that most years have not.
#[tokio::test]
async fn instants_around_the_changes_of_the_clock_and_the_29th_of_february() {
    let app = TestApp::ready().await;
    // The last second of the 28th of March, the day with 23 hours; both passages of half
    // past two on the 25th of October; the last second of the 28th and the first of the
    // 29th of February.
    let recorded = [
        "2026-03-28T22:59:59Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
    ];
    let mut issues = Vec::new();
    for now in recorded {
        app.at(now);
        issues.push(app.reported().await);
    }
    app.at("2026-10-26T08:00:00Z");
    let known = async |moment: &str| {
        let list = app.shown_past("parma", &format!("/issues?sort=reported&{moment}")).await;
        list["items"].as_array().unwrap().len()
    };
    // 02:30 does not exist on the 29th of March: the offset says which instant is meant.
    assert_eq!(known("as_of=2026-03-28T23:59:59%2B01:00").await, 1);
    assert_eq!(known("as_of=2026-03-29T01:59:59.5%2B01:00").await, 2);
    assert_eq!(known("as_of=2026-03-29T03:00:00.5%2B02:00").await, 3);
    // 02:30 comes twice on the 25th of October.
    assert_eq!(known("as_of=2026-10-25T02:29:59%2B02:00").await, 3);
    assert_eq!(known("as_of=2026-10-25T02:30:00.5%2B02:00").await, 4);
    assert_eq!(known("as_of=2026-10-25T02:30:00.5%2B01:00").await, 5);
    // The days are Italian ones.
    assert_eq!(known("effective_on=2026-03-28").await, 1);
    assert_eq!(known("effective_on=2026-03-29").await, 3);
    assert_eq!(known("effective_on=2026-10-25").await, 5);
    // The day after the instant decides what holds: 22:59:59 Z is still the 28th of March.
    let first = format!("/issues/{}?as_of=2026-03-29T22:30:00Z", issues[0]);
    assert_eq!(app.shown_past("parma", &first).await["days_open"], 2);

    let refused = app.get(Some("parma"), "/issues?effective_on=2026-02-29").await;
    assert_eq!(refused.faults(), json!([400, "invalid-parameters", ["effective_on invalid"]]));

    // Tokens of the setting are good until the end of the year: they are renewed.
    app.clock.set(super::instant("2026-12-31T10:00:00Z"));
    let year = json!({
        "person": "p-parma", "role": "municipality", "body": "c_g337", "network": "anci_er",
        "label": "prova", "expires_on": "2028-12-31",
    });
    let renewed = app.post("admin", "/tokens", &year).await;
    app.remember("parma", renewed.body["token"].as_str().unwrap().to_owned());
    for now in ["2028-02-28T22:59:59Z", "2028-02-28T23:00:00Z", "2028-02-29T23:00:00Z"] {
        app.at(now);
        app.act("parma", "report_issue", &[], report()).await;
    }
    app.at("2028-03-02T08:00:00Z");
    assert_eq!(known("effective_on=2028-02-28").await, 6);
    assert_eq!(known("effective_on=2028-02-29").await, 7);
    assert_eq!(known("effective_on=2028-03-01").await, 8);
    assert_eq!(known("as_of=2028-02-29T00:00:00%2B01:00").await, 7);
}
