//! Who visits a page, and the token that every form of theirs carries.
//!
//! The one place where a cookie becomes an [`Actor`]: whoever opens sessions (sign-in
//! with a password or through an identity provider, one-click accounts of a
//! demonstration) answers with [`opened`], whoever closes one with [`closed`], and
//! [`Visitor::of`] looks the cookie up. The cookie carries the key of a session that the
//! operations know (`op-session-…`), with its expiry and its end.
//!
//! Every unsafe request needs the form token of its visitor ([`Visitor::holds`]); it is
//! derived from the secret of the session and masked anew in each page, so that the size
//! of a compressed page tells nothing of it. Without a session it is derived from the key
//! of the process, and the origin of the request says the rest ([`is_foreign`]).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Site;
use super::fault::Fault;
use crate::access::Actor;
use crate::clock::Clock;
use crate::domain::registry::Role;

/// The length of a form token's two halves: the mask, and what is masked.
const HALF: usize = 32;

/// Who visits.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// In which role, for which body; `None` without a session.
    pub actor: Option<Actor>,
    /// Whether a session was presented that no longer holds.
    pub expired: bool,
    /// What the forms of this visitor prove they know.
    proof: [u8; HALF],
}

impl Visitor {
    /// The visitor whom the headers of a request stand for.
    ///
    /// # Errors
    ///
    /// [`Fault::Unavailable`] when the session cannot be looked up.
    pub async fn of(site: &Arc<Site>, headers: &HeaderMap) -> Result<Self, Fault> {
        let Some(credential) = cookie(headers, name(site)) else { return Ok(Self::nobody(site)) };
        let session = site.operations.signed_in(credential).await?;
        let actor = session.map(|session| session.actor);
        Ok(Self {
            expired: actor.is_none(),
            proof: match actor {
                Some(_) => proof(credential.as_bytes()),
                None => proof(&site.key),
            },
            actor,
        })
    }

    /// Somebody without a session.
    pub fn nobody(site: &Site) -> Self {
        Self { actor: None, expired: false, proof: proof(&site.key) }
    }

    /// In which role.
    pub fn role(&self) -> Option<Role> {
        self.actor.as_ref().map(|actor| actor.role)
    }

    /// Whether they may report and endorse: bodies, and staff on their behalf.
    pub fn reports(&self) -> bool {
        matches!(self.role(), Some(Role::Municipality | Role::Staff))
    }

    /// A form token, masked anew.
    pub fn form_token(&self, clock: &dyn Clock) -> String {
        let mut token = [0; 2 * HALF];
        let (mask, masked) = token.split_at_mut(HALF);
        clock.fill(mask);
        for ((masked, mask), proof) in masked.iter_mut().zip(&*mask).zip(self.proof) {
            *masked = mask ^ proof;
        }
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether a form token is this visitor's.
    pub fn holds(&self, token: &str) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = token.split_at_checked(HALF) else { return false };
        let proof: Vec<u8> = mask.iter().zip(masked).map(|(mask, masked)| mask ^ masked).collect();
        proof.ct_eq(&self.proof[..]).into()
    }
}

/// Whether a browser says that an unsafe request comes from another site.
pub fn is_foreign(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(from), _) => from != "same-origin",
        (None, Some(origin)) => origin != site.options.base,
        (None, None) => false,
    }
}

/// The cookie of an opened session.
pub fn opened(site: &Site, credential: &str) -> Option<HeaderValue> {
    set(site, credential, "")
}

/// The cookie that ends one.
pub fn closed(site: &Site) -> Option<HeaderValue> {
    set(site, "", "; Max-Age=0")
}

/// The key of the session that the headers of a request bring, good or not.
pub fn credential<'h>(site: &Site, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, name(site))
}

/// What a browser keeps on its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// That it asked for a link.
    Link,
    /// That it left for a provider, and where it goes afterwards.
    Departure,
}

impl Kept {
    fn name(self, site: &Site) -> String {
        let what = match self {
            Self::Link => "collegamento",
            Self::Departure => "passaggio",
        };
        format!("{}-{what}", name(site))
    }
}

/// Gives a browser something to keep for some seconds; for none, takes it back.
pub fn keep(site: &Site, response: &mut Response, what: Kept, value: &str, seconds: i64) {
    let cookie = written(site, &what.name(site), value, &format!("; Max-Age={seconds}"));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// What a browser kept.
pub fn kept<'h>(site: &Site, headers: &'h HeaderMap, what: Kept) -> Option<&'h str> {
    cookie(headers, &what.name(site))
}

fn set(site: &Site, value: &str, more: &str) -> Option<HeaderValue> {
    written(site, name(site), value, more)
}

fn written(site: &Site, name: &str, value: &str, more: &str) -> Option<HeaderValue> {
    let secure = if is_secure(site) { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    HeaderValue::from_str(&cookie).ok()
}

/// The prefix ties the cookie to this host, but browsers take it over TLS only.
fn name(site: &Site) -> &'static str {
    if is_secure(site) { "__Host-quesito" } else { "quesito" }
}

fn is_secure(site: &Site) -> bool {
    site.options.base.starts_with("https://")
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, value)| *own == name && !value.is_empty())
        .map(|(_, value)| value)
}

fn proof(secret: &[u8]) -> [u8; HALF] {
    // A key of any length is good for HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; HALF] };
    mac.update(b"quesito: form token");
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn visitor(secret: &[u8]) -> Visitor {
        Visitor { actor: None, expired: false, proof: proof(secret) }
    }

    #[test]
    fn a_form_token_is_new_each_time_and_good_for_its_visitor_only() {
        let (one, other) = (visitor(b"one"), visitor(b"other"));
        let (first, second) = (one.form_token(&SystemClock), one.form_token(&SystemClock));
        assert_ne!(first, second);
        assert!(one.holds(&first) && one.holds(&second));
        assert!(!other.holds(&first));
        for none in ["", "x", "AAAA", &first[1..]] {
            assert!(!one.holds(none), "{none}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; quesito=qst_x; b=2"));
        assert_eq!(cookie(&headers, "quesito"), Some("qst_x"));
        assert_eq!(cookie(&headers, "ques"), None);
    }
}
