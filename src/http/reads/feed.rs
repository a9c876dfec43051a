//! The feed: CloudEvents a page at a time, or as server-sent events.
//!
//! Codes, dates, numbers and links only: a text that left the house could not be
//! erased there.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::plumbing::{Asked, Found, caught_up};
use crate::access::Scope;
use crate::endpoint::get;
use crate::event_store::ReadError;
use crate::http::Api;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::projections::ViewsError;
use crate::projections::feed::{CloudEvent, FeedFilter};

/// How long a silent connection waits before it looks again.
const NAP: Duration = Duration::from_secs(15);

/// How long a connection stays at most: whoever comes back is asked for a good token.
const STAY: Duration = Duration::from_mins(10);

/// How many events are told at once to a connection that stays.
const AT_ONCE: u32 = 200;

/// Which events are told.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// Of this stored type; several are separated by commas.
    #[serde(rename = "type")]
    #[param(max_length = 1000, example = "issue-reported.v1")]
    pub kind: Option<String>,
    /// Of this stream.
    #[param(max_length = 120)]
    pub subject: Option<String>,
    /// After the event that this token came with; from the start when absent.
    #[param(max_length = 100)]
    pub after: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, example = 100)]
    pub limit: Option<FeedLimit>,
}

/// A page size within bounds.
#[derive(Debug, Clone, Copy)]
pub struct FeedLimit(u16);

impl<'de> Deserialize<'de> for FeedLimit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = u16::deserialize(deserializer)?;
        if (1..=1000).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(serde::de::Error::custom("serve un numero fra 1 e 1000"))
        }
    }
}

impl FeedParams {
    fn filter(&self) -> FeedFilter {
        let types = self.kind.as_deref().unwrap_or_default();
        FeedFilter {
            types: types.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            subject: self.subject.clone(),
            after: self.after.clone(),
            limit: self.limit.map_or(100, |limit| limit.0.into()),
        }
    }
}

/// `/events`.
pub fn all() -> MethodRouter<Arc<Api>> {
    get(read)
}

async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Params(params): Params<FeedParams>,
) -> Response {
    if caller.actor.is_none() {
        return Problem::unauthenticated().into_response();
    }
    let filter = params.filter();
    if wants_stream(&headers) {
        return follow(api, caller.scope(), filter, &headers).await;
    }
    let source = api.base.clone();
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    asked
        .answer(false, async |_, scope, _| {
            let page = api.views.feed(scope, &filter, &source).await.map_err(foreign)?;
            Ok(Found::whole(page))
        })
        .await
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| {
        accept.split(',').any(|range| range.trim().starts_with("text/event-stream"))
    })
}

/// A bookmark of another store is gone for good: the client begins anew.
fn foreign(why: ViewsError) -> Problem {
    match why {
        ViewsError::Store(ReadError::ForeignBookmark) => Problem::new(
            StatusCode::GONE,
            "foreign-bookmark",
            "Segnalibro di un altro archivio",
            "Il segnalibro appartiene a un altro archivio: la lettura va ripresa dall'inizio.",
        ),
        ViewsError::Cursor => Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid-parameters",
            "Parametri non validi",
            "Il segnalibro non è valido.",
        )
        .at("after", "invalid", "Non è un segnalibro di questo servizio."),
        other => other.into(),
    }
}

/// What a connection that stays goes on with.
struct Follower {
    api: Arc<Api>,
    scope: Scope,
    filter: FeedFilter,
    waiting: std::collections::VecDeque<CloudEvent>,
    since: Instant,
}

/// Tells what was recorded, then what is being recorded. A client that comes back says
/// with `Last-Event-ID` how far it had come.
async fn follow(
    api: Arc<Api>,
    scope: Scope,
    mut filter: FeedFilter,
    headers: &HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    filter.after = last.map(str::to_owned).or(filter.after);
    filter.limit = AT_ONCE;
    if let Err(problem) = caught_up(&api).await {
        return problem.into_response();
    }
    // The first look tells whether the bookmark is good, while a status can still say so.
    let source = api.base.clone();
    let first = match api.views.feed(&scope, &filter, &source).await {
        Ok(page) => page,
        Err(why) => return foreign(why).into_response(),
    };
    filter.after = first.after.or(filter.after);
    let follower =
        Follower { api, scope, filter, waiting: first.items.into(), since: Instant::now() };
    let told = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        let told = Event::default().id(&event.sequence).event(&event.kind).json_data(&event);
        // An event that cannot be written as JSON cannot have been read as one.
        Some((Ok::<_, Infallible>(told.unwrap_or_default()), follower))
    });
    let mut response = Sse::new(told).keep_alive(KeepAlive::default()).into_response();
    // A proxy must not wait for the end of an answer that has none.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Follower {
    /// Waits for the next event; `None` ends the connection, and the client comes back.
    async fn next(&mut self) -> Option<CloudEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if self.since.elapsed() > STAY {
                return None;
            }
            let seen = self.api.views.position();
            let page = self.api.views.feed(&self.scope, &self.filter, &self.api.base).await.ok()?;
            self.filter.after = page.after.or_else(|| self.filter.after.take());
            self.waiting = page.items.into();
            if self.waiting.is_empty() && !page.more {
                let beyond = crate::event_store::GlobalPosition(seen.0.saturating_add(1));
                // Behind only means that nothing happened for a while.
                let _ = self.api.views.wait_for(beyond, NAP).await;
            }
        }
    }
}
