//! What is known of a provider: its addresses and its keys.
//!
//! Keys are read again every ten minutes, and when a token names one that is not known
//! (at most twice a minute). While the provider does not answer, the old keys hold for
//! an hour from when they were read; after that nobody gets in by them.

use std::sync::{Arc, PoisonError};

use super::{KnownProvider, KnownProviders};
use crate::access::jwt::{self, KeySet};
use crate::access::providers::Provider;
use crate::operations::OperationError;

/// Seconds after which keys are read again.
const FRESH: i64 = 10 * 60;

/// Seconds for which keys hold at most while the provider does not answer.
const USABLE: i64 = 60 * 60;

/// Seconds between two attempts to read keys.
const BETWEEN: i64 = 30;

/// What a provider says of itself.
#[derive(Default)]
pub(super) struct Known {
    /// Where people sign in.
    pub authorization: String,
    /// Where codes are exchanged.
    pub token: String,
    /// Where it tells more of somebody.
    pub userinfo: Option<String>,
    /// By what its tokens are recognised.
    pub keys: KeySet,
    /// `None` before the first answer.
    read_at: Option<i64>,
}

impl KnownProviders {
    /// What is known of a provider, read again when it is time or when `wanted` is a
    /// key that nobody knows.
    pub(super) async fn known(
        &self,
        provider: &KnownProvider,
        wanted: Option<&str>,
        now: i64,
    ) -> Result<Arc<Known>, OperationError> {
        let snapshot = || provider.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let age = |known: &Known| known.read_at.map_or(i64::MAX, |at| now.saturating_sub(at));
        let serves =
            |known: &Known| age(known) < FRESH && wanted.is_none_or(|id| known.keys.knows(id));
        let known = snapshot();
        if serves(&known) {
            return Ok(known);
        }
        // Whoever comes while another asks waits for that answer, unless old keys will do.
        let mut asked_at = match provider.asked_at.try_lock() {
            Ok(turn) => turn,
            Err(_) if age(&known) < USABLE => return Ok(known),
            Err(_) => provider.asked_at.lock().await,
        };
        let known = snapshot();
        if serves(&known) {
            return Ok(known);
        }
        if now.saturating_sub(*asked_at) >= BETWEEN {
            *asked_at = now;
            match self.read(&provider.settings, now).await {
                Ok(read) => {
                    let read = Arc::new(read);
                    *provider.known.write().unwrap_or_else(PoisonError::into_inner) = read.clone();
                    return Ok(read);
                }
                Err(why) => {
                    tracing::warn!(provider = provider.settings.id, fault = why, "no keys");
                }
            }
        }
        if age(&known) < USABLE {
            return Ok(known);
        }
        let id = &provider.settings.id;
        Err(OperationError::Unavailable(format!("the identity provider {id} does not answer")))
    }

    async fn read(&self, settings: &Provider, now: i64) -> Result<Known, String> {
        let issuer = settings.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let bytes = self.fetch.get(&url, None).await.map_err(|why| why.to_string())?;
        let document = jwt::object(&bytes).map_err(|why| why.to_string())?;
        let text = |name: &str| document.get(name).and_then(|value| value.as_str());
        if text("issuer") != Some(&settings.issuer) {
            return Err("the document is of another issuer".into());
        }
        let needed = |name: &str| text(name).map(str::to_owned).ok_or(format!("no {name}"));
        let keys = self.fetch.get(&needed("jwks_uri")?, None).await;
        let keys = KeySet::parse(&keys.map_err(|why| why.to_string())?);
        let keys = keys.map_err(|why| why.to_string())?;
        if keys.is_empty() {
            return Err("no key that can be used".into());
        }
        Ok(Known {
            authorization: needed("authorization_endpoint")?,
            token: needed("token_endpoint")?,
            userinfo: text("userinfo_endpoint").map(str::to_owned),
            keys,
            read_at: Some(now),
        })
    }
}
