//! What a client can send wrongly, and the precise Italian words it gets back.
//!
//! Every case is a refusal that stores nothing and repeats nothing of what was sent.

mod addresses;
mod bodies;
mod callers;
mod fields;
mod parameters;
mod revisions;
mod texts;

use serde_json::Value;

use crate::app::TestApp;
use crate::reply::Reply;
use crate::setting::{report, with};

/// A word that stands in every offending text, so that an echo is seen.
const CANARY: &str = "zampirone";

impl TestApp {
    /// A refusal that left no trace and repeats nothing.
    async fn nothing_stored(&self, send: impl Future<Output = Reply>) -> Reply {
        let before = self.head().await;
        let reply = send.await;
        assert!(reply.status >= 400, "{}: {} {}", reply.request, reply.status, reply.text);
        assert_eq!(self.head().await, before, "{}: {}", reply.request, reply.text);
        assert!(!reply.text.contains(CANARY), "{}: {}", reply.request, reply.text);
        reply
    }

    /// A report by Bologna that is refused.
    async fn bad_report(&self, changes: Value) -> Reply {
        self.nothing_stored(self.post("bologna", "/issues", &with(report(), changes))).await
    }

    /// The headers of a command by Bologna, but for those given, and a body as it stands.
    async fn raw_report(
        &self,
        headers: &[(&str, &str)],
        body: impl Into<axum::body::Body>,
    ) -> Reply {
        let (bearer, key) = (format!("Bearer {}", self.token("bologna")), self.key().to_string());
        let usual = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", key.as_str()),
            ("content-type", "application/json"),
        ];
        let given = |name: &str| headers.iter().any(|(own, _)| *own == name);
        let kept = usual.into_iter().filter(|(name, _)| !given(name));
        let all: Vec<_> = headers.iter().copied().chain(kept).collect();
        let sent: Vec<_> = all.into_iter().filter(|(_, value)| *value != ABSENT).collect();
        self.nothing_stored(self.post_with("/issues", &sent, body)).await
    }
}

/// In place of a header's value: the header is not sent.
const ABSENT: &str = "(absent)";
