//! What identity providers say: their keys ([`keys`]), the sign-in of people
//! ([`people`]), the tokens of machines ([`tokens`]).

mod keys;
mod people;
mod tokens;

use std::sync::{Arc, RwLock};

use tokio::sync::Mutex;

use super::Operations;
use crate::access::providers::{Provider, Providers};
use crate::fetch::Fetch;

use keys::Known;

/// How many sign-ins may be under way.
const FLOWS: usize = 1_024;

/// The providers, and what is known of each.
pub(super) struct KnownProviders {
    fetch: Arc<dyn Fetch>,
    all: Vec<KnownProvider>,
    flows: quick_cache::sync::Cache<String, Arc<Flow>>,
}

struct KnownProvider {
    settings: Provider,
    known: RwLock<Arc<Known>>,
    /// When keys were last asked for; held while somebody asks.
    asked_at: Mutex<i64>,
}

/// A sign-in under way.
struct Flow {
    provider: usize,
    nonce: String,
    verifier: String,
    /// The hash of what the browser keeps.
    browser: String,
    redirect: String,
    begun_at: i64,
}

/// Where a browser goes to sign in, and what it keeps meanwhile.
pub struct Departure {
    /// The address at the provider.
    pub url: String,
    /// The value of a cookie of ten minutes.
    pub cookie: String,
}

/// What a browser brings back from a provider.
#[derive(Debug, Clone, Copy)]
pub struct Return<'a> {
    /// Which sign-in.
    pub state: &'a str,
    /// The code, good for one exchange.
    pub code: &'a str,
    /// The issuer, when the provider names itself (RFC 9207).
    pub issuer: Option<&'a str>,
    /// What the browser kept.
    pub cookie: &'a str,
}

impl KnownProviders {
    pub(super) fn new(settings: Providers, fetch: Arc<dyn Fetch>) -> Self {
        let known = |settings| KnownProvider {
            settings,
            known: RwLock::default(),
            asked_at: Mutex::new(i64::MIN / 2),
        };
        Self {
            fetch,
            all: settings.providers.into_iter().map(known).collect(),
            flows: quick_cache::sync::Cache::new(FLOWS),
        }
    }
}

impl Operations {
    /// The providers people may choose among: id and label.
    pub fn providers(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.providers.all.iter();
        all.map(|one| (one.settings.id.as_str(), one.settings.label.as_str()))
    }
}
