//! Sessions of people in a browser: opened by signing in, bound to one role in one
//! body, ended by signing out, by being idle, or by their age.
//!
//! A session is a stream `op-session-{id}`. The cookie carries the id and a secret of
//! 256 random bits, of which only the SHA-256 is kept.
//!
//! Deliberately absent: when a session was last used. That changes with every request
//! and is remembered by the process, not by the store.
//!
//! Depends on: `domain`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::tokens::Secret;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Count, PersonId, Sha256Hex};
use crate::domain::{Command, Decider, Recorded, Rejection};

/// How long a session lasts at most.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// How long a session lasts unused.
pub const IDLE: SignedDuration = SignedDuration::from_mins(60);

crate::domain::words! {
    /// How somebody signed in.
    pub enum SignInMethod {
        /// With a password.
        Password,
        /// By a link sent to their address.
        Link,
        /// A provider vouched for them.
        Provider,
        /// They chose an account of the demonstration.
        Demonstration,
        /// They changed to another of their roles.
        Change,
    }
}

crate::domain::words! {
    /// Why a session ended.
    pub enum SessionEnd {
        /// The person signed out.
        SignedOut,
        /// Another session took its place.
        Replaced,
    }
}

crate::domain::data! {
    /// A session was opened.
    #[schema(example = json!({"secret_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "account": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "person": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "role": "municipality", "body": "c_a944", "how": "password", "endings": 1}))]
    pub struct SessionOpened {
        /// The hash of the secret.
        pub secret_sha256: Sha256Hex,
        /// Under which account.
        pub account: Uuid,
        /// Who acts in it.
        pub person: PersonId,
        /// In which role.
        pub role: Role,
        /// For which body.
        pub body: BodyId,
        /// How they signed in.
        pub how: SignInMethod,
        /// How often all sessions of the account had been ended before.
        pub endings: Count,
    }

    /// A session ended.
    #[schema(example = json!({"why": "signed_out"}))]
    pub struct SessionEnded {
        /// Why.
        pub why: SessionEnd,
    }
}

crate::domain::events! {
    /// What can happen to a session.
    pub enum SessionEvent {
        "session-opened.v1" => Opened(SessionOpened), "the day on which it was opened";
        "session-ended.v1" => Ended(SessionEnded), "the day on which it ended";
    }
}

/// The decider of sessions.
#[derive(Debug, Clone, Copy)]
pub struct Session;

/// A session after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionState {
    /// What was opened.
    pub opened: Option<Box<SessionOpened>>,
    /// When.
    pub opened_at: Timestamp,
    /// Whether it has ended.
    pub ended: bool,
}

impl Decider for Session {
    type State = SessionState;
    type Event = SessionEvent;

    const CATEGORY: &'static str = "op";

    fn decide(
        state: &SessionState,
        command: Command<SessionEvent>,
    ) -> Result<Vec<SessionEvent>, Rejection> {
        match (&state.opened, command.proposed) {
            (None, opened @ SessionEvent::Opened(_)) => Ok(vec![opened]),
            (None, SessionEvent::Ended(_)) => Err(Rejection::NotFound),
            (Some(_), SessionEvent::Opened(_)) => Err(Rejection::AlreadyExists),
            (Some(_), SessionEvent::Ended(_)) if state.ended => Ok(vec![]),
            (Some(_), ended @ SessionEvent::Ended(_)) => Ok(vec![ended]),
        }
    }

    fn evolve(state: &mut SessionState, fact: &Recorded<SessionEvent>) {
        match &fact.event {
            SessionEvent::Opened(data) => {
                state.opened = Some(data.clone());
                state.opened_at = fact.recorded_at;
            }
            SessionEvent::Ended(_) => state.ended = true,
        }
    }
}

impl SessionState {
    /// What was opened, when the secret is this session's and it has neither ended nor
    /// become too old or too idle.
    pub fn living(
        &self,
        secret: &Secret,
        last_used: Timestamp,
        now: Timestamp,
    ) -> Option<&SessionOpened> {
        let opened = self.opened.as_deref()?;
        let same: bool =
            opened.secret_sha256.as_str().as_bytes().ct_eq(secret.hash().as_bytes()).into();
        let age = now.duration_since(self.opened_at);
        let idle = now.duration_since(last_used.max(self.opened_at));
        (same && !self.ended && age < LONGEST && idle < IDLE).then_some(opened)
    }
}

/// What the cookie carries: which session, and the secret that proves it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// The id of the session.
    pub id: Uuid,
    /// The secret.
    pub secret: Secret,
}

impl SessionKey {
    /// Reads the value of a cookie; `None` when it is none.
    pub fn parse(cookie: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (id, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { id: Uuid::from_bytes(*id), secret: Secret::new(secret.try_into().ok()?) })
    }

    /// The value of the cookie.
    pub fn show(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(self.secret.bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The name of the session's stream.
    pub fn stream(id: Uuid) -> String {
        format!("op-session-{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SessionKey {
        SessionKey { id: Uuid::from_u128(7), secret: Secret::new([3; 32]) }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn opened() -> SessionState {
        SessionState {
            opened: Some(Box::new(SessionOpened {
                secret_sha256: key().secret.hash().parse().unwrap(),
                account: Uuid::from_u128(1),
                person: "p".parse().unwrap(),
                role: Role::Staff,
                body: "anci_er".parse().unwrap(),
                how: SignInMethod::Password,
                endings: Count::new(0).unwrap(),
            })),
            opened_at: at("2026-03-10T08:00:00Z"),
            ended: false,
        }
    }

    #[test]
    fn a_cookie_comes_back_as_it_was_given() {
        assert!(SessionKey::parse(&key().show()) == Some(key()));
        for wrong in ["", "x", "=", &"A".repeat(400), &key().show()[1..]] {
            assert!(SessionKey::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_session_ends_by_being_idle_by_its_age_and_when_told() {
        let (state, secret) = (opened(), key().secret);
        let living = |used: &str, now: &str| state.living(&secret, at(used), at(now)).is_some();
        assert!(living("2026-03-10T08:00:00Z", "2026-03-10T08:59:59Z"));
        assert!(!living("2026-03-10T08:00:00Z", "2026-03-10T09:00:00Z"));
        assert!(living("2026-03-10T19:30:00Z", "2026-03-10T19:59:59Z"));
        assert!(!living("2026-03-10T19:59:00Z", "2026-03-10T20:00:00Z"));
        let ended = SessionState { ended: true, ..state.clone() };
        let now = at("2026-03-10T08:00:01Z");
        assert!(ended.living(&secret, now, now).is_none());
        assert!(state.living(&Secret::new([4; 32]), now, now).is_none());
    }
}
