//! The end of words: all texts of one case of each kind are erased, and the history goes on.

use quesito::domain::values::ERASED_IT;
use serde_json::json;

use crate::app::TestApp;

const STAFF: &str = "staff";

/// Erases the first case of each kind.
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
        let why = json!({"reason": "Riconoscibile.", "legal_basis": "art. 17, par. 1, lett. d)"});
        app.act(STAFF, act, &[id], why).await;
        let reply = app.get(Some("revisore"), &format!("/{collection}/{id}/events")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.text.contains(ERASED_IT), "{}", reply.text);
        // What it was erased for stays.
        assert!(reply.text.contains("Riconoscibile."), "{}", reply.text);
        let shown = app.get(Some(STAFF), &format!("/{collection}/{id}")).await;
        assert_eq!(shown.status, 200, "{}", shown.text);
        assert!(shown.text.contains(ERASED_IT), "{}", shown.text);
    }
}
