//! How many requests a caller may make in a minute.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, header};

const WINDOW_SECONDS: i64 = 60;

/// Counts requests in windows of a minute.
pub struct RateLimiter {
    limit: u32,
    trusted_proxy: bool,
    hasher: RandomState,
    window: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    number: i64,
    counts: HashMap<u64, u32>,
}

/// What a caller has left.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    limit: u32,
    remaining: u32,
    /// Seconds until the count begins anew.
    pub reset: u32,
    /// Whether this request is one too many.
    pub exceeded: bool,
}

impl RateLimiter {
    /// A limiter; a limit of 0 lets everything pass uncounted.
    pub fn new(limit: u32, trusted_proxy: bool) -> Self {
        Self { limit, trusted_proxy, hasher: RandomState::new(), window: Mutex::default() }
    }

    /// Counts a request; `None` when there is no limit.
    pub fn ask(&self, request: &Request, now: i64) -> Option<Grant> {
        if self.limit == 0 {
            return None;
        }
        let caller = self.caller(request);
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.div_euclid(WINDOW_SECONDS);
        if window.number != number {
            // Old counts go with their window, so the table stays small.
            *window = Window { number, counts: HashMap::new() };
        }
        let count = window.counts.entry(caller).or_default();
        *count = count.saturating_add(1);
        let used = *count;
        let reset = u32::try_from(WINDOW_SECONDS - now.rem_euclid(WINDOW_SECONDS)).unwrap_or(60);
        Some(Grant {
            limit: self.limit,
            remaining: self.limit.saturating_sub(used),
            reset,
            exceeded: used > self.limit,
        })
    }

    /// A caller is a token, or an address when there is none; only a hash is kept.
    fn caller(&self, request: &Request) -> u64 {
        if let Some(token) = request.headers().get(header::AUTHORIZATION) {
            return self.hasher.hash_one(token.as_bytes());
        }
        let forwarded = request.headers().get("x-forwarded-for").filter(|_| self.trusted_proxy);
        // The proxy in front appends the address it saw; earlier ones are hearsay.
        if let Some(last) = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()) {
            return self.hasher.hash_one(last.trim());
        }
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        self.hasher.hash_one(peer.map(|ConnectInfo(peer)| peer.ip()))
    }
}

impl Grant {
    /// Adds the headers that tell the caller.
    pub fn tell(&self, headers: &mut HeaderMap) {
        headers.insert("ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("ratelimit-reset", HeaderValue::from(self.reset));
        if let Ok(policy) = HeaderValue::from_str(&format!("{};w={WINDOW_SECONDS}", self.limit)) {
            headers.insert("ratelimit-policy", policy);
        }
    }
}
