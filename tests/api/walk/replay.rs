//! The end of the life: an auditor reads every case's history, as it is and as it was.

use std::collections::BTreeMap;

use quesito::clock::Clock;
use quesito::event_store::StoredEvent;
use serde_json::json;

use crate::app::TestApp;

/// The histories of all cases, compared with what is stored.
pub async fn walk(app: &TestApp) {
    let mut cases: BTreeMap<String, Vec<StoredEvent>> = BTreeMap::new();
    for event in app.stored().await {
        let collection = match event.stream.category() {
            "issue" => "issues",
            "question" => "collective-questions",
            "answer" => "answers",
            "solution" => "solutions",
            "communication" => "communications",
            _ => continue,
        };
        let path = format!("/{collection}/{}/events", event.stream.id());
        cases.entry(path).or_default().push(event);
    }
    // What happened at one instant has a microsecond for each event.
    app.clock.set(app.clock.now() + jiff::SignedDuration::from_secs(1));
    for (path, stored) in &cases {
        let reply = app.get(Some("revisore"), path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        let items = reply.body["items"].as_array().unwrap();
        assert_eq!(items.len(), stored.len(), "{path}");
        for (item, event) in items.iter().zip(stored) {
            assert_eq!(item["event_id"], json!(event.id), "{path}");
            assert_eq!(item["type"], json!(event.stored_type), "{path}");
            assert_eq!(item["revision"], json!(event.revision), "{path}");
            assert_eq!(item["data"], app.opened(event).await, "{path}");
            let sentence = item["sentence_it"].as_str().unwrap();
            assert!(sentence.len() > 10 && !sentence.contains("  "), "{path}: {sentence:?}");
        }
        // What was known now is what is known now.
        let moment = format!("{path}?as_of={}", app.clock.now());
        let then = app.past("revisore", &moment).await;
        assert_eq!(then.body, reply.body, "{moment}");
        // Nobody but those who may see the case learns that it exists.
        let hidden = app.get(Some("isolato"), path).await;
        assert_eq!((hidden.status, hidden.slug()), (404, "not-found"), "{path}");
    }
}
