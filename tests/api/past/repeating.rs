//! An answer about the past names its moment, and that moment gives the same bytes again.

use serde_json::json;

use super::every;
use crate::app::TestApp;
use crate::reply::Reply;
use crate::setting::{report, with};

/// Everything that is read of the past.
fn addresses(issue: &str, answer: &str, question: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        "/issues",
        "/issue-facets",
        "/collective-questions",
        "/answers",
        "/solutions",
        "/communications",
        "/norms",
        "/divergences",
        "/statistics",
        "/bodies",
        "/authorities",
        "/themes",
        "/forms",
        "/holidays",
        "/people",
        "/bodies/c_a944",
    ]
    .map(str::to_owned)
    .into();
    all.extend([format!("/issues/{issue}"), format!("/issues/{issue}/events")]);
    all.extend([format!("/answers/{answer}"), format!("/answers/{answer}/events")]);
    let question = format!("/collective-questions/{question}");
    all.extend(["", "/events", "/letter"].map(|part| format!("{question}{part}")));
    all
}

fn held(reply: &Reply) -> String {
    let mut moment =
        format!("as_of={}&head={}", reply.header("quesito-as-of"), reply.header("quesito-head"));
    if reply.headers.contains_key("quesito-effective-on") {
        moment.push_str("&effective_on=");
        moment.push_str(reply.header("quesito-effective-on"));
    }
    moment
}

#[tokio::test]
async fn an_answer_about_the_past_can_be_had_again_byte_for_byte() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    let received = json!({
        "origin": "spontaneous", "authors": ["interno_ps"], "form": "nota",
        "document_date": "2026-03-20", "received_on": "2026-03-20",
        "address": "https://www.example.it/nota", "text": "La ricevuta basta.",
    });
    let answer = app.act("staff", "record_answer", &[], received.clone()).await.id;
    app.act(
        "staff",
        "link_answer_to_issue",
        &[&issue],
        json!({"answer": answer, "result": "settled"}),
    )
    .await;
    let draft = json!({
        "subject": "Ricevuta", "background": "Due letture.", "silence_effect": "none",
        "norms": [], "addressees": [{"addressee": "interno_ps"}],
        "points": [{"text": "Se basti la ricevuta.", "issues": [issue]}],
    });
    let question = app.act("staff", "draft_question", &[], draft).await.id;
    app.at("2026-04-20T08:00:00Z");
    app.act("parma", "endorse_issue", &[&issue], json!({"people_affected": 7})).await;
    app.at("2026-05-20T08:00:00Z");

    let moments = ["as_of=2026-03-21T00:00:00Z", "effective_on=2026-03-31"];
    let mut given = Vec::new();
    for path in addresses(&issue, &answer, &question) {
        for moment in moments {
            let reply = app.past("staff", &format!("{path}?{moment}")).await;
            assert_eq!(reply.status, 200, "{path}?{moment}: {}", reply.text);
            assert_eq!(reply.header("cache-control"), "no-store");
            given.push((path.clone(), held(&reply), reply.text));
        }
    }
    // Much happens afterwards, some of it with dates long past, some by a clock put back.
    let late = with(received, json!({"occurred_on": "2026-03-25", "authors": ["interno_dlci"]}));
    app.act("staff", "record_answer", &[], late).await;
    let back = json!({"reason": "Errore.", "by": "interno_ps", "from": "2026-03-22", "occurred_on": "2026-03-22"});
    app.act("staff", "withdraw_answer", &[&answer], back).await;
    let revision = json!({
        "kind": "substance", "reason": "Più chiaro.", "background": "Letture opposte.",
        "occurred_on": "2026-03-20",
    });
    app.act("staff", "revise_question_text", &[&question], revision).await;
    app.clock.set(super::instant("2026-03-20T09:00:00Z"));
    app.act("bologna", "report_issue", &[], report()).await;
    app.clock.set(super::instant("2026-05-20T09:00:00Z"));
    let mut changed = 0;
    for (path, moment, text) in given {
        let again = app.past("staff", &format!("{path}?{moment}")).await;
        assert_eq!(again.text, text, "{path}?{moment}");
        assert_eq!(held(&again), moment, "{path}");
        let without_head: Vec<_> =
            moment.split('&').filter(|part| !part.starts_with("head=")).collect();
        let now = app.past("staff", &format!("{path}?{}", without_head.join("&"))).await;
        changed += usize::from(now.text != text);
    }
    // Without the head, what the clock put back has recorded is seen.
    assert!(changed > 3, "{changed}");
}

#[tokio::test]
async fn a_moment_that_is_none_is_refused_by_name() {
    let app = TestApp::ready().await;
    let issue = app.reported().await;
    for path in ["/issues".to_owned(), format!("/issues/{issue}"), "/statistics".into()] {
        for (moment, fault) in [
            ("as_of=ieri", "as_of invalid"),
            ("as_of=2026-03-10T09:00:01Z", "as_of not_yet"),
            ("as_of=2026-03-10", "as_of invalid"),
            ("as_of=2026-03-01T00:00:00Z&as_of=2026-03-02T00:00:00Z", "as_of repeated"),
            ("effective_on=2026-13-01", "effective_on invalid"),
            ("head=42", "head invalid"),
            ("head=ffffffffffffffff", "head unknown"),
        ] {
            let reply = app.get(Some("parma"), &format!("{path}?{moment}")).await;
            let expected = json!([400, "invalid-parameters", [fault]]);
            assert_eq!(reply.faults(), expected, "{path}?{moment}: {}", reply.text);
        }
    }
    // What knows no past does not pretend to.
    for path in ["/events", "/tokens"] {
        let reply = app.get(Some("admin"), &format!("{path}?as_of=2026-03-01T00:00:00Z")).await;
        assert_eq!(reply.status, 400, "{path}: {}", reply.text);
    }
    // A word that is misspelt is not passed over in silence.
    let reply = app.get(Some("parma"), &format!("/issues/{issue}?asof=2026-03-01T00:00:00Z")).await;
    assert_eq!(reply.faults(), json!([400, "invalid-parameters", ["asof unknown_parameter"]]));
}

#[tokio::test]
async fn words_are_looked_up_in_the_past_once_that_is_prepared() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let issue = app.reported().await;
    app.at("2026-04-20T08:00:00Z");
    let amended = json!({"title": "Tesserino: quale documento?", "reason": "Titolo più chiaro."});
    app.act("bologna", "amend_issue", &[&issue], amended).await;
    let found = async |q: &str, moment: &str| {
        let list = app.shown_past("parma", &format!("/issues?q={q}&{moment}")).await;
        every(&list, "id") == [&json!(issue)]
    };
    assert!(found("anagrafica", "as_of=2026-03-21T00:00:00Z").await);
    assert!(!found("anagrafica", "as_of=2026-03-19T00:00:00Z").await);
    assert!(!found("tesserino", "as_of=2026-03-21T00:00:00Z").await);
    app.at("2026-05-20T08:00:00Z");
    assert!(found("tesserino", "as_of=2026-04-20T09:00:00Z").await);
    let counts =
        app.shown_past("parma", "/issue-facets?q=anagrafica&effective_on=2026-03-21").await;
    assert_eq!(counts["total"], 1);
}

#[tokio::test]
async fn pages_of_the_past_follow_each_other_as_csv_too() {
    let app = TestApp::ready().await;
    for n in 1..=5 {
        app.at(&format!("2026-04-0{n}T08:00:00Z"));
        app.act(
            "bologna",
            "report_issue",
            &[],
            with(report(), json!({"title": format!("Caso {n}")})),
        )
        .await;
    }
    let mut next = Some("/issues?as_of=2026-04-04T09:00:00Z&sort=reported&limit=3".to_owned());
    let mut titles = Vec::new();
    while let Some(path) = next.take() {
        let page = app.shown_past("parma", &path).await;
        titles.extend(every(&page, "title").into_iter().cloned());
        next = page["next"].as_str().map(|to| to.split_once("/api/v1").unwrap().1.to_owned());
    }
    assert_eq!(titles, ["Caso 4", "Caso 3", "Caso 2", "Caso 1"].map(serde_json::Value::from));
    let request = axum::http::Request::get("/api/v1/issues?as_of=2026-04-02T09:00:00Z")
        .header("authorization", format!("Bearer {}", app.token("parma")))
        .header("accept", "text/csv");
    let csv = app.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((csv.status, csv.text.lines().count()), (200, 3), "{}", csv.text);
    assert_eq!(csv.header("quesito-as-of"), "2026-04-02T09:00:00.000000Z");
}
