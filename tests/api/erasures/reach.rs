//! How far an erasure reaches: every reading, of the present and of the past, every page
//! and every extract. The log stays as it was.

use std::collections::BTreeSet;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use quesito::clock::Clock;
use quesito::domain::values::ERASED_IT;
use serde_json::json;

use super::why;
use crate::app::TestApp;
use crate::canaries::askers;
use crate::extract::{bytes, part};
use crate::pages::canaries::paths;
use crate::past::every;
use crate::setting::{report, with};
use crate::world::World;

/// The categories whose texts are erased, and the operation that does it.
const CASES: &[(&str, &str)] = &[
    ("issue", "erase_issue_text"),
    ("question", "erase_question_text"),
    ("answer", "erase_answer_text"),
    ("solution", "erase_solution_text"),
    ("communication", "erase_communication_text"),
];

#[tokio::test]
async fn the_past_shows_what_was_erased_no_more_than_the_present() {
    let app = TestApp::ready().await;
    app.at("2026-03-20T08:00:00Z");
    let data = json!({"title": "Zfrumento riconoscibile", "description": "Zgranturco resta."});
    let filed = app.act("bologna", "report_issue", &[], with(report(), data)).await;
    let (issue, event) = (filed.id, filed.event);
    app.at("2026-04-20T08:00:00Z");
    let then = "as_of=2026-03-21T00:00:00Z";
    let found = async |q: &str| {
        let list = app.shown_past("staff", &format!("/issues?q={q}&{then}")).await;
        every(&list, "id").len()
    };
    let readings = [
        "/issues".to_owned(),
        format!("/issues/{issue}"),
        format!("/issues/{issue}/events"),
        "/issues?effective_on=2026-03-21".into(),
    ];
    let read = async |path: &str| {
        let mark = if path.contains('?') { '&' } else { '?' };
        app.past("staff", &format!("{path}{mark}{then}")).await.text
    };
    // Kept by now: lists, texts, the index of that moment.
    for path in &readings {
        assert!(read(path).await.contains("Zfrumento"), "{path}");
    }
    assert_eq!((found("zfrumento").await, found("zgranturco").await), (1, 1));

    let one = with(why(), json!({"event_id": event, "field": "/title"}));
    assert_eq!(app.erase(&issue, one).await.status, 201);
    app.shown().await;

    for path in &readings {
        let text = read(path).await;
        assert!(!text.contains("Zfrumento") && text.contains(ERASED_IT), "{path}: {text}");
    }
    assert_eq!((found("zfrumento").await, found("zgranturco").await), (0, 1));
    assert_eq!(found("cancellato").await, 0);
}

#[tokio::test]
async fn an_extract_shows_the_mark_and_verifies_as_before() {
    let app = TestApp::ready().await;
    let data = json!({"title": "Zfrumento riconoscibile", "description": "Zgranturco resta."});
    let filed = app.act("bologna", "report_issue", &[], with(report(), data)).await;
    let (issue, event) = (filed.id, filed.event);
    app.shown().await;
    let path = format!("/issues/{issue}/extract");
    let before = bytes(&app, "revisore", &path).await;
    let leaf = app.get(Some("revisore"), &format!("/log/leaves/{event}")).await.body;
    let instant = app.clock.now();
    app.clock.set(instant + SignedDuration::from_hours(1));

    let one = with(why(), json!({"event_id": event, "field": "/title"}));
    assert_eq!(app.erase(&issue, one).await.status, 201);
    app.shown().await;

    // What the log holds of the event is what it held.
    assert_eq!(app.get(Some("revisore"), &format!("/log/leaves/{event}")).await.body, leaf);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("verify.py"), part(&before, "verify.py")).unwrap();
    let verify = |zip: &[u8]| {
        std::fs::write(folder.path().join("extract.zip"), zip).unwrap();
        let output = Command::new("python3")
            .current_dir(folder.path())
            .args(["verify.py", "extract", "extract.zip"])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // A text of the report fewer is opened, and the erasure has two texts of its own.
    for (path, opened) in [(format!("{path}?as_of={instant}"), -1), (path, 1)] {
        let after = bytes(&app, "revisore", &path).await;
        assert!(!after.windows(9).any(|window| window == b"Zfrumento"), "{path}");
        let page = String::from_utf8(part(&after, "estratto.html")).unwrap();
        assert!(page.contains(ERASED_IT) && page.contains("Zgranturco resta."), "{page}");
        let ((good, first), (code, said)) = (verify(&before), verify(&after));
        assert_eq!((good, code), (Some(0), Some(0)), "{first}{said}");
        let texts = |said: &str| {
            let line = said.lines().find(|line| line.contains("testi uguali")).unwrap();
            let words: Vec<_> = line.split_whitespace().collect();
            let at = words.iter().position(|word| *word == "testi").unwrap();
            words[at - 1].parse::<i32>().unwrap()
        };
        assert_eq!(texts(&said) - texts(&first), opened, "{said}");
    }
}

#[tokio::test]
async fn nobody_is_shown_anything_that_was_erased() {
    let world = World::new().await;
    let app = &world.app;
    let stored = app.stored().await;
    let cases: BTreeSet<_> = stored
        .iter()
        .map(|event| event.stream.clone())
        .filter(|stream| CASES.iter().any(|(category, _)| *category == stream.category()))
        .collect();
    let mut typed = String::new();
    for event in stored.iter().filter(|event| cases.contains(&event.stream)) {
        typed.push_str(&app.opened(event).await.to_string());
    }
    let planted = world.plants.iter().map(|plant| plant.word.as_str());
    let words: Vec<_> =
        planted.filter(|word| word.starts_with("zk") && typed.contains(word)).collect();
    let shown = async |who: &str, instant: Timestamp| {
        let mut all = String::new();
        for reply in world.everything_at(who, instant).await {
            all.push_str(&reply.text);
        }
        for path in paths(&world) {
            let visitor = (who != "anonymous").then_some(who);
            all.push_str(&app.page(visitor, &path).await.text);
        }
        all
    };
    // An auditor reads every word, and whatever keeps what was read has it now.
    let before = app.clock.now();
    let read = shown("auditor", before).await;
    let unread: Vec<_> = words.iter().filter(|word| !read.contains(**word)).collect();
    assert!(
        unread.is_empty() && words.len() > 60,
        "{} of {}: {unread:?}",
        unread.len(),
        words.len()
    );

    app.clock.set(before + SignedDuration::from_hours(1));
    for stream in &cases {
        let (_, act) = CASES.iter().find(|(category, _)| *category == stream.category()).unwrap();
        let mut done = false;
        for who in ["staff", "staff-elsewhere"] {
            let reply = app.try_act(who, act, &[stream.id()], why()).await;
            done |= reply.status == 201;
            // One without texts has nothing to erase.
            done |= reply.status == 422;
        }
        assert!(done, "{stream}");
    }
    app.shown().await;

    for who in askers() {
        let read = shown(who, before).await;
        let left: Vec<_> = words.iter().filter(|word| read.contains(**word)).collect();
        assert!(left.is_empty(), "{who} reads {left:?}");
    }
    for word in words {
        let past = app.past("auditor", &format!("/issues?q={word}&as_of={before}")).await;
        let now = app.get(Some("auditor"), &format!("/issues?q={word}")).await;
        for reply in [past, now] {
            assert_eq!(reply.body["items"], json!([]), "{}: {}", reply.request, reply.text);
        }
    }
}
