//! Requests that the product itself makes: to the identity providers that its settings
//! name, and to nobody else.
//!
//! Bounded in every way: five seconds, half a mebibyte, no redirect followed, TLS
//! unless the other side is this very machine.
//!
//! Depends on: nothing in this crate.

use std::time::Duration;

use async_trait::async_trait;

const PATIENCE: Duration = Duration::from_secs(5);

const LARGEST: u64 = 512 * 1024;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// An address that is not asked: neither `https` nor this machine.
    #[error("the address is neither https nor on this machine")]
    Address,
    /// The other side refused.
    #[error("the other side answered {0}")]
    Refused(u16),
    /// No answer, or none that can be read.
    #[error("no answer: {0}")]
    Unreachable(String),
}

/// Makes requests.
#[async_trait]
pub trait Fetch: Send + Sync + 'static {
    /// Reads a document, with a token when one is needed.
    ///
    /// # Errors
    ///
    /// [`FetchError`].
    async fn get(&self, url: &str, bearer: Option<&str>) -> Result<Vec<u8>, FetchError>;

    /// Posts a form; `authorization` is the value of that header.
    ///
    /// # Errors
    ///
    /// [`FetchError`].
    async fn post(
        &self,
        url: &str,
        form: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Result<Vec<u8>, FetchError>;
}

/// Requests over HTTP.
#[derive(Clone)]
pub struct Http(ureq::Agent);

impl Default for Http {
    fn default() -> Self {
        let settings = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .user_agent(concat!("quesito/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(settings.into())
    }
}

/// Whether an address may be asked.
pub fn is_safe(url: &str) -> bool {
    if url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()) {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[async_trait]
impl Fetch for Http {
    async fn get(&self, url: &str, bearer: Option<&str>) -> Result<Vec<u8>, FetchError> {
        if !is_safe(url) {
            return Err(FetchError::Address);
        }
        let mut request = self.0.get(url).header("Accept", "application/json");
        if let Some(token) = bearer {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        wait(move || read(request.call())).await
    }

    async fn post(
        &self,
        url: &str,
        form: &[(&str, &str)],
        authorization: Option<&str>,
    ) -> Result<Vec<u8>, FetchError> {
        if !is_safe(url) {
            return Err(FetchError::Address);
        }
        let mut request = self
            .0
            .post(url)
            .header("Accept", "application/json")
            .content_type("application/x-www-form-urlencoded");
        if let Some(value) = authorization {
            request = request.header("Authorization", value);
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        wait(move || read(request.send(body))).await
    }
}

fn read(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Vec<u8>, FetchError> {
    let mut answer = answer.map_err(|why| match why {
        ureq::Error::StatusCode(status) => FetchError::Refused(status),
        other => FetchError::Unreachable(other.to_string()),
    })?;
    if !answer.status().is_success() {
        return Err(FetchError::Refused(answer.status().as_u16()));
    }
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec();
    body.map_err(|why| FetchError::Unreachable(why.to_string()))
}

/// Waits for a thread of its own, since the client blocks.
async fn wait(
    ask: impl FnOnce() -> Result<Vec<u8>, FetchError> + Send + 'static,
) -> Result<Vec<u8>, FetchError> {
    let answered = tokio::task::spawn_blocking(ask).await;
    answered.unwrap_or_else(|why| Err(FetchError::Unreachable(why.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine_is_asked() {
        for safe in ["https://id.example.it/x", "http://localhost:9400/", "http://127.0.0.1/a"] {
            assert!(is_safe(safe), "{safe}");
        }
        for unsafe_ in [
            "http://id.example.it",
            "http://localhost.example.it",
            "http://localhost@example.it",
            "http://127.0.0.1:80@example.it",
            "file:///etc/passwd",
            "https://",
            "",
        ] {
            assert!(!is_safe(unsafe_), "{unsafe_}");
        }
    }
}
