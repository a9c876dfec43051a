//! What is known of digests afterwards: who was told of a case, and how many went out.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use quesito::http::metrics::{Metrics, router};
use quesito::mail::MailError;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::World;

impl World {
    /// Who was written to about an issue, as it is known at the end of a day.
    async fn written_to(&self, issue: &str, day: &str) -> Value {
        let path = format!("/issues/{issue}/readers{day}");
        let reply = self.app.past("revisore", &path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.body["written_to"].clone()
    }

    async fn metrics(&self) -> String {
        let router = router(self.app.api.clone(), Arc::new(Metrics::default()));
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let body = router.oneshot(request).await.unwrap().into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[tokio::test]
async fn who_was_told_by_e_mail_is_known_of_the_case_and_day_by_day() {
    let mut world = World::new().await;
    let first = world.taken_up().await;
    world.morning("2026-03-12").await;
    let second = world.taken_up().await;
    world.answers(MailError::Unknown("timeout".into()));
    world.morning("2026-03-13").await;
    let third = world.taken_up().await;
    world.answers(MailError::Refused("550".into()));
    world.morning("2026-03-14").await;
    world.app.shown().await;

    let digest = |kind: &str, on: &str| {
        let to = [json!({"kind": "body", "id": "c_a944"})];
        json!([{"kind": kind, "on": on, "to": to, "people": 1}])
    };
    assert_eq!(world.written_to(&first, "").await, digest("digest", "2026-03-12"));
    assert_eq!(world.written_to(&second, "").await, digest("digest_unsure", "2026-03-13"));
    assert_eq!(world.written_to(&third, "").await, json!([]), "it was refused");
    // Before it was sent nobody had been told.
    assert_eq!(world.written_to(&first, "?on=2026-03-11").await, json!([]));
    let then = world.written_to(&first, "?on=2026-03-12").await;
    assert_eq!(then, digest("digest", "2026-03-12"));
    // What was refused is told the next day, and counts from then.
    world.morning("2026-03-15").await;
    world.app.shown().await;
    assert_eq!(world.written_to(&third, "").await, digest("digest", "2026-03-15"));
    assert_eq!(world.written_to(&third, "?on=2026-03-14").await, json!([]));
}

#[tokio::test]
async fn digests_are_counted_by_what_became_of_them() {
    let mut world = World::new().await;
    let count = |text: &str, outcome: &str| {
        let line = format!("quesito_notices_total{{outcome=\"{outcome}\"}} ");
        let rest = text.split(&line).nth(1).unwrap_or_else(|| panic!("no {outcome}: {text}"));
        rest.lines().next().unwrap().to_owned()
    };
    let counts = |text: &str| ["sent", "refused", "unknown"].map(|one| count(text, one));
    assert_eq!(counts(&world.metrics().await), ["0", "0", "0"]);
    world.taken_up().await;
    world.answers(MailError::NotTaken("451".into()));
    world.morning("2026-03-12").await;
    let text = world.metrics().await;
    assert_eq!(counts(&text), ["0", "1", "0"]);
    assert!(text.contains("quesito_notices_waiting 1"), "{text}");
    world.at("2026-03-12T08:10:00Z").await;
    world.taken_up().await;
    world.answers(MailError::Unknown("timeout".into()));
    world.morning("2026-03-13").await;
    let text = world.metrics().await;
    assert_eq!(counts(&text), ["1", "1", "1"]);
    assert!(!text.contains("c_a944") && !text.contains("p-bologna"), "{text}");
    // Who sends nothing counts nothing.
    let silent = crate::app::TestApp::ready().await;
    let router = router(silent.api.clone(), Arc::new(Metrics::default()));
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let body = router.oneshot(request).await.unwrap().into_body();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains("quesito_notices_total{"), "{text}");
}
