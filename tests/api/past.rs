//! The past, as its readers see it: what was known, what was in force, and to whom it is
//! shown.

mod access;
mod letter;
mod readers;
mod repeating;
mod traps;

use jiff::Timestamp;
use serde_json::Value;

use crate::app::TestApp;
use crate::reply::Reply;

/// An instant.
pub fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl TestApp {
    /// From now on it is then.
    pub fn at(&self, text: &str) {
        use quesito::clock::Clock;

        assert!(instant(text) >= self.clock.now(), "{text}");
        self.clock.set(instant(text));
    }

    /// Reads something that is there, retrying while it is being prepared.
    pub async fn past(&self, who: &str, path: &str) -> Reply {
        for _ in 0..200 {
            let reply = self.get(Some(who), path).await;
            if reply.status != 503 {
                return reply;
            }
            assert_eq!(reply.header("retry-after"), "2", "{}", reply.text);
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{path} is being prepared for ever")
    }

    /// The body of something that is there.
    pub async fn shown_past(&self, who: &str, path: &str) -> Value {
        let reply = self.past(who, path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.body
    }
}

/// The values of a member of the items of a list.
pub fn every<'a>(list: &'a Value, member: &str) -> Vec<&'a Value> {
    list["items"].as_array().unwrap().iter().map(|item| &item[member]).collect()
}
