//! What clients send to the product in process, and what they remember of its answers.

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use quesito::domain::Rejection;
use quesito::http::acts::{ACTS, Act, Seen};
use quesito::http::problem::Problem;
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::TestApp;
use crate::reply::{Receipt, Reply};

impl TestApp {
    /// Sends a request as it stands.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let line = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        secured(&line, &parts.headers);
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply::new(line, parts.status.as_u16(), parts.headers, &bytes)
    }

    /// Sends a request to the API and the pages together.
    pub async fn visit(&self, request: Request<Body>) -> Response<Body> {
        let line = format!("{} {}", request.method(), request.uri());
        let response = self.whole.clone().oneshot(request).await.unwrap();
        secured(&line, response.headers());
        response
    }

    /// Sends a request, and answers status and bytes as they came.
    pub async fn raw(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, bytes.to_vec())
    }

    /// Posts a body with these headers and nothing else.
    pub async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::post(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Posts JSON as somebody, with a fresh key.
    pub async fn post(&self, who: &str, path: &str, body: &Value) -> Reply {
        self.post_keyed(who, path, self.key(), body).await
    }

    /// Posts JSON as somebody, with a key.
    pub async fn post_keyed(&self, who: &str, path: &str, key: Uuid, body: &Value) -> Reply {
        self.post_seen(who, path, key, None, body).await
    }

    /// Posts JSON as somebody, with a key, resting on what was seen.
    pub async fn post_seen(
        &self,
        who: &str,
        path: &str,
        key: Uuid,
        etag: Option<&str>,
        body: &Value,
    ) -> Reply {
        let (bearer, key) = (format!("Bearer {}", self.token(who)), key.to_string());
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        headers.extend(etag.map(|etag| ("if-match", etag)));
        self.post_with(path, &headers, body.to_string()).await
    }

    /// Reads something as somebody.
    pub async fn get(&self, who: Option<&str>, path: &str) -> Reply {
        let mut request = Request::get(format!("/api/v1{path}"));
        if let Some(who) = who {
            request = request.header("authorization", format!("Bearer {}", self.token(who)));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Reads something as somebody, in a form.
    pub async fn read_as(&self, who: &str, path: &str, media: &str) -> Reply {
        let request = Request::get(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.token(who)))
            .header("accept", media);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Carries out a command of the table, resting on the last receipt of its thing
    /// when it must.
    pub async fn try_act(&self, who: &str, id: &str, on: &[&str], data: Value) -> Reply {
        let (act, path) = path(id, on);
        let etag = match act.seen {
            Seen::Required => Some(self.etag(&path)),
            Seen::Optional => None,
        };
        let reply = self.post_seen(who, &path, self.key(), etag.as_deref(), &data).await;
        if reply.status == 201 {
            let receipt = reply.receipt();
            self.etags.lock().unwrap().insert(thing(reply.header("location")), receipt.etag);
            self.done.lock().unwrap().insert(act.id);
        }
        reply
    }

    /// Carries out a command that comes to pass.
    pub async fn act(&self, who: &str, id: &str, on: &[&str], data: Value) -> Receipt {
        self.try_act(who, id, on, data).await.receipt()
    }

    /// Tries a command that a rule refuses, and that leaves no trace.
    pub async fn refused(&self, why: Rejection, who: &str, id: &str, on: &[&str], data: Value) {
        let before = self.head().await;
        let reply = self.try_act(who, id, on, data).await;
        let expected = Problem::from(why);
        let message = format!("{why:?}: {} {} {}", reply.request, reply.status, reply.text);
        assert_eq!(reply.slug(), why.slug(), "{message}");
        assert_eq!(reply.status, expected.status.as_u16(), "{message}");
        assert_eq!(self.head().await, before, "{message}");
        self.rejected.lock().unwrap().insert(why);
    }

    /// The `ETag` of the thing that a path is about, as its last receipt gave it.
    pub fn etag(&self, path: &str) -> String {
        self.etags.lock().unwrap().get(&thing(path)).cloned().unwrap_or_else(|| "\"0.w\"".into())
    }
}

/// The row of an act, and its path with the ids filled in.
pub fn path(id: &str, on: &[&str]) -> (&'static Act, String) {
    let act = ACTS.iter().find(|act| act.id == id).unwrap_or_else(|| panic!("no act {id}"));
    let names: Vec<_> = act.parameters().collect();
    assert_eq!(names.len(), on.len(), "{id} takes {names:?}");
    let path = names.iter().zip(on).fold(act.path.to_owned(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), value)
    });
    (act, path)
}

/// `issues/{id}` from a path or an address below it.
fn thing(path: &str) -> String {
    let below = path.split_once("/api/v1").map_or(path, |(_, below)| below);
    below.trim_start_matches('/').split('/').take(2).collect::<Vec<_>>().join("/")
}

/// What is true of every answer, whatever was asked for.
fn secured(line: &str, headers: &HeaderMap) {
    let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap());
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{line}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{line}: {policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{line}");
    assert!(matches!(header("referrer-policy"), "no-referrer" | "same-origin"), "{line}");
    assert!(!header("cache-control").is_empty(), "{line}");
}
