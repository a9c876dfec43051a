//! The end of words: all texts of one case of each kind are erased, and those of an entry of
//! each part of the registry, and the history goes on.

use quesito::domain::values::ERASED_IT;
use quesito::event_store::StoredEvent;
use serde_json::{Value, json};

use crate::app::TestApp;

const STAFF: &str = "staff";

/// Erases the first case of each kind, and what was typed last into each part of the registry.
pub async fn walk(app: &TestApp) {
    let stored = app.stored().await;
    for (category, collection, act) in [
        ("issue", "issues", "erase_issue_text"),
        ("question", "collective-questions", "erase_question_text"),
        ("answer", "answers", "erase_answer_text"),
        ("solution", "solutions", "erase_solution_text"),
        ("communication", "communications", "erase_communication_text"),
    ] {
        let first = stored.iter().find(|event| event.stream.category() == category).unwrap();
        let id = first.stream.id();
        app.act(STAFF, act, &[id], why()).await;
        let reply = app.get(Some("revisore"), &format!("/{collection}/{id}/events")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.text.contains(ERASED_IT), "{}", reply.text);
        // What it was erased for stays.
        assert!(reply.text.contains("Riconoscibile."), "{}", reply.text);
        let shown = app.get(Some(STAFF), &format!("/{collection}/{id}")).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert!(shown.text.contains(ERASED_IT), "{}", shown.text);
    }
    for (who, category, act) in [
        (STAFF, "norm", "erase_norm_text"),
        ("admin", "body", "erase_body_text"),
        (STAFF, "authority", "erase_authority_text"),
        (STAFF, "theme", "erase_theme_text"),
        (STAFF, "form", "erase_form_text"),
        (STAFF, "calendar", "erase_holiday_text"),
        ("admin", "person", "erase_access_text"),
    ] {
        let typed = |event: &&StoredEvent| {
            event.stream.category() == category
                && String::from_utf8_lossy(&event.data).contains("\"ct\":")
        };
        let last = stored.iter().rfind(typed).unwrap();
        // There is one calendar, which no address names.
        let on: &[&str] = if category == "calendar" { &[] } else { &[last.stream.id()] };
        app.act(who, act, on, why()).await;
        let left = app.opened(last).await.to_string();
        assert!(left.contains(ERASED_IT), "{category}: {left}");
    }
}

fn why() -> Value {
    json!({"reason": "Riconoscibile.", "legal_basis": "art. 17, par. 1, lett. d)"})
}
