//! The REST API: translate, call, translate back.
//!
//! Commands are rows of [`acts::ACTS`]; readings are rows of [`reads::all`]. From
//! both tables come the router and the API document ([`openapi`]), so that what is
//! served and what is documented cannot part. Problem documents are made in one
//! file ([`problem`]).
//!
//! Deliberately absent: rules, SQL, the event store.
//!
//! Depends on: `operations`, `extract`, `projections`, `notary`, `access`, `codec`, `domain`.

pub mod acts;
mod dates;
mod finish;
mod ids;
mod limits;
pub mod metrics;
mod moment;
pub mod openapi;
mod params;
mod position;
pub mod problem;
pub mod problems;
mod rate_limit;
pub mod reads;
mod representation;
mod request;
pub(crate) mod root;
mod security;
mod submit;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;

use crate::clock::Clock;
use crate::endpoint::post;
use crate::notary::witness::Asking;
use crate::notary::{Keeper, Scrub};
use crate::operations::Operations;
use crate::projections::Views;

use acts::ACTS;
use metrics::Metrics;
use problem::Problem;
use rate_limit::RateLimiter;
use request::{Caller, Trace};

/// The prefix of every address of the API; it stands in the server address of the
/// document, never in its paths.
pub const PREFIX: &str = "/api/v1";

/// The largest body of a command, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// What the handlers share.
pub struct Api {
    /// What can be asked of the product.
    pub operations: Arc<Operations>,
    /// The views.
    pub views: Arc<Views>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The public address, without a slash at the end.
    pub base: String,
    /// The engine of the event store, by name.
    pub engine: &'static str,
    /// The name of this node, where several share the store.
    pub node: Option<String>,
    /// What is said where the data are invented.
    pub disclaimer: Option<String>,
    metrics: Option<Arc<Metrics>>,
    /// The log.
    pub log: Arc<Keeper>,
    /// The witnesses of the log.
    pub witnesses: Arc<Asking>,
    /// The reading of the store again.
    pub scrub: Arc<Scrub>,
    limiter: RateLimiter,
    answers: representation::Answers,
}

/// How the API is set up.
#[derive(Clone)]
pub struct ApiOptions {
    /// The public address, without a slash at the end.
    pub base: String,
    /// Requests a minute for one caller; 0 for no limit.
    pub rate_limit: u32,
    /// Whether a proxy in front names the client's address.
    pub trusted_proxy: bool,
    /// The engine of the event store, by name.
    pub engine: &'static str,
    /// The name of this node, where several share the store.
    pub node: Option<String>,
    /// What is said where the data are invented.
    pub disclaimer: Option<String>,
    /// Where requests are counted, if they are.
    pub metrics: Option<Arc<Metrics>>,
    /// The log.
    pub log: Arc<Keeper>,
    /// The witnesses of the log.
    pub witnesses: Arc<Asking>,
    /// The reading of the store again.
    pub scrub: Arc<Scrub>,
}

impl Api {
    /// The API over operations and views.
    pub fn new(
        operations: Arc<Operations>,
        views: Arc<Views>,
        clock: Arc<dyn Clock>,
        options: ApiOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            operations,
            views,
            clock,
            base: options.base,
            engine: options.engine,
            node: options.node,
            disclaimer: options.disclaimer,
            metrics: options.metrics,
            log: options.log,
            witnesses: options.witnesses,
            scrub: options.scrub,
            limiter: RateLimiter::new(options.rate_limit, options.trusted_proxy),
            answers: representation::Answers::default(),
        })
    }
}

/// Every route, with the layer that finishes every answer, and problem documents for
/// whatever else is asked for.
pub fn router(api: Arc<Api>) -> Router {
    let everything = routes(&api).fallback(not_found);
    everything
        .layer(axum::middleware::from_fn_with_state(api.clone(), finish::finish))
        .with_state(api)
}

/// The same beside pages, which answer for everything else.
pub fn router_beside(api: Arc<Api>, pages: Router) -> Router {
    routes(&api)
        .layer(axum::middleware::from_fn_with_state(api.clone(), finish::finish))
        .with_state(api)
        .merge(pages)
}

fn routes(api: &Arc<Api>) -> Router<Arc<Api>> {
    let mut paths: BTreeMap<&'static str, MethodRouter<Arc<Api>>> = BTreeMap::new();
    for read in reads::all() {
        let route = paths.remove(read.path).unwrap_or_default();
        paths.insert(read.path, route.merge((read.route)()));
    }
    for act in ACTS {
        let handler =
            move |State(api): State<Arc<Api>>, request: Request| accept(api, act, request);
        let route = paths.remove(act.path).unwrap_or_default();
        paths.insert(act.path, route.merge(post(handler)));
    }
    let mut below = Router::new();
    for (path, route) in paths {
        // A tile is spelled over several segments, as C2SP wants.
        let path = path.replace("{number}", "{*number}");
        below = below.route(&path, route.fallback(method_not_allowed));
    }
    Router::new().nest(PREFIX, below.fallback(not_found)).merge(root::routes(api))
}

async fn not_found() -> Response {
    Problem::not_found().into_response()
}

async fn method_not_allowed() -> axum::http::StatusCode {
    // The finishing layer adds the document; axum adds `Allow`.
    axum::http::StatusCode::METHOD_NOT_ALLOWED
}

/// Takes a command's request apart and hands it to [`submit::submit`].
async fn accept(api: Arc<Api>, act: &'static acts::Act, request: Request) -> Response {
    use axum::RequestPartsExt;

    let (mut parts, body) = request.into_parts();
    let caller = match parts.extract_with_state::<Caller, _>(&api).await {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let trace = parts.extensions.get::<Trace>().cloned().unwrap_or(Trace { id: String::new() });
    let params: HashMap<String, String> = match parts.extract::<RawPathParams>().await {
        Ok(params) => params.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        Err(_) => return Problem::not_found().into_response(),
    };
    if let Err(problem) = submit::no_parameters(&parts.uri) {
        return problem.into_response();
    }
    let path = parts.uri.path().to_owned();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return Problem::new(
            axum::http::StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Contenuto troppo grande",
            "Il contenuto supera 1 MiB.",
        )
        .into_response();
    };
    submit::submit(api, act, params, path, caller, trace, parts.headers, body).await
}
