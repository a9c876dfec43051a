//! Parameters of readings: refused when they are not known, never guessed.

use serde_json::json;

use super::CANARY;
use crate::app::TestApp;
use crate::setting::{report, with};

/// Every list that is read a page at a time.
const PAGED: &[&str] = &[
    "issues",
    "collective-questions",
    "answers",
    "solutions",
    "communications",
    "bodies",
    "authorities",
    "people",
];

#[tokio::test]
async fn a_cursor_of_nowhere_or_of_another_list_is_refused() {
    let app = TestApp::ready().await;
    app.reported().await;
    app.reported().await;
    app.shown().await;
    let page = app.get(Some("revisore"), "/issues?limit=1").await;
    let next = page.body["next"].as_str().unwrap();
    let (_, strange) = next.split_once("cursor=").unwrap();
    for list in PAGED {
        for cursor in [CANARY, "AAAA", strange] {
            let path = format!("/{list}?cursor={cursor}");
            if *list == "issues" && cursor == strange {
                assert_eq!(app.get(Some("revisore"), &path).await.status, 200);
                continue;
            }
            let reply = app.nothing_stored(app.get(Some("revisore"), &path)).await;
            let expected = json!([400, "invalid-parameters", ["cursor invalid"]]);
            assert_eq!(reply.faults(), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_known_is_refused() {
    let app = TestApp::ready().await;
    for list in PAGED {
        for parameter in ["altro=1", "limit=0", "limit=201", "limit=due"] {
            let path = format!("/{list}?{parameter}");
            let reply = app.nothing_stored(app.get(Some("revisore"), &path)).await;
            assert_eq!(reply.status, 400, "{path}: {}", reply.text);
            assert_eq!(reply.slug(), "invalid-parameters", "{path}");
        }
    }
}

#[tokio::test]
async fn a_text_is_found_however_it_was_typed() {
    let app = TestApp::ready().await;
    let typed = "Identita\u{300} e resi\u{200b}denza\u{feff}: perche\u{301} no";
    let issue =
        app.act("bologna", "report_issue", &[], with(report(), json!({"title": typed}))).await;
    app.shown().await;
    for q in ["identit%C3%A0", "identita%CC%80", "residenza", "IDENTITA"] {
        // The index follows the views.
        let mut found = Vec::new();
        for _ in 0..500 {
            let reply = app.get(Some("bologna"), &format!("/issues?q={q}")).await;
            let items = reply.body["items"].as_array().unwrap();
            found = items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
            if !found.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(found, std::slice::from_ref(&issue.id), "{q}");
    }
}
