//! Bearer tokens: `qst_…`, shown once, stored as a hash, scoped to a role and a
//! body, expiring, revocable.
//!
//! A token is a stream `op-token-{id}` of its own: operational, so it is neither
//! logged nor exported. The string carries the id of the stream and a secret of
//! 256 random bits; only the SHA-256 of the secret is kept, which is enough for a
//! secret nobody can guess.
//!
//! Depends on: `domain`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Sha256Hex, Text};
use crate::domain::{Command, Decider, Recorded, Rejection};

const PREFIX: &str = "qst_";
const SECRET_LEN: usize = 32;

crate::domain::data! {
    /// A token was issued.
    #[schema(example = json!({"secret_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "person": "ufficio-giuridico", "role": "staff", "body": "anci_er", "network": "anci_er", "label": "postazione dell'ufficio", "expires_on": "2027-01-31", "machine": false}))]
    pub struct TokenIssued {
        /// The hash of the secret.
        pub secret_sha256: Sha256Hex,
        /// Who acts with it.
        pub person: PersonId,
        /// In which role.
        pub role: Role,
        /// For which body.
        pub body: BodyId,
        /// The coordinator whose network the body belongs to.
        pub network: Option<BodyId>,
        /// What it is for.
        pub label: Text<200>,
        /// The last day it is good for.
        pub expires_on: Day,
        /// Whether a machine uses it.
        #[serde(default)]
        pub machine: bool,
    }

    /// A token was revoked.
    #[schema(example = json!({"reason": "Postazione dismessa."}))]
    pub struct TokenRevoked {
        /// Why.
        pub reason: Option<Text<1000>>,
    }
}

crate::domain::events! {
    /// What can happen to a token.
    pub enum TokenEvent {
        "token-issued.v1" => Issued(TokenIssued), "the day of issue";
        "token-revoked.v1" => Revoked(TokenRevoked), "the day of the revocation";
    }
}

/// The decider of tokens.
#[derive(Debug, Clone, Copy)]
pub struct Token;

/// A token after its history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TokenState {
    /// What was issued.
    pub issued: Option<Box<TokenIssued>>,
    /// On which day.
    pub issued_on: Option<Day>,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl Decider for Token {
    type State = TokenState;
    type Event = TokenEvent;

    const CATEGORY: &'static str = "op";

    fn decide(
        state: &TokenState,
        command: Command<TokenEvent>,
    ) -> Result<Vec<TokenEvent>, Rejection> {
        match (&state.issued, command.proposed) {
            (None, TokenEvent::Issued(data)) if data.expires_on < command.today => {
                Err(Rejection::DatesReversed)
            }
            (None, issued @ TokenEvent::Issued(_)) => Ok(vec![issued]),
            (None, TokenEvent::Revoked(_)) => Err(Rejection::NotFound),
            (Some(_), TokenEvent::Issued(_)) => Err(Rejection::AlreadyExists),
            (Some(_), TokenEvent::Revoked(_)) if state.revoked => Ok(vec![]),
            (Some(_), revoked @ TokenEvent::Revoked(_)) => Ok(vec![revoked]),
        }
    }

    fn evolve(state: &mut TokenState, fact: &Recorded<TokenEvent>) {
        match &fact.event {
            TokenEvent::Issued(data) => {
                state.issued = Some(data.clone());
                state.issued_on = Some(fact.occurred_on);
            }
            TokenEvent::Revoked(_) => state.revoked = true,
        }
    }
}

impl TokenState {
    /// Whether the secret is this token's and the token is good on a day.
    pub fn accepts(&self, secret: &Secret, today: Day) -> bool {
        let Some(issued) = &self.issued else { return false };
        let same: bool =
            issued.secret_sha256.as_str().as_bytes().ct_eq(secret.hash().as_bytes()).into();
        same && !self.revoked && today <= issued.expires_on
    }
}

/// What a caller presents: which token, and the secret that proves it.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// The id of the token.
    pub id: Uuid,
    /// The secret.
    pub secret: Secret,
}

/// The secret of a token; never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_LEN]);

impl Secret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; SECRET_LEN]) -> Self {
        Self(bytes)
    }

    /// The SHA-256 of the secret, as it is stored.
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(self.0);
        let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
    }

    pub(super) fn bytes(&self) -> &[u8; SECRET_LEN] {
        &self.0
    }
}

impl Presented {
    /// Reads a token string; `None` when it is none.
    pub fn parse(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
        let (id, secret) = bytes.split_first_chunk::<16>()?;
        Some(Self { id: Uuid::from_bytes(*id), secret: Secret(secret.try_into().ok()?) })
    }

    /// The token string, to be shown once.
    pub fn show(&self) -> String {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.secret.0);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The name of the token's stream.
    pub fn stream(id: Uuid) -> String {
        format!("op-token-{id}")
    }
}

/// What a token is, for those who may list tokens; never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenSummary {
    /// Its id.
    pub id: Uuid,
    /// Who acts with it.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The last day it is good for.
    pub expires_on: Day,
    /// Whether it was revoked.
    pub revoked: bool,
}
