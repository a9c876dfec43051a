//! What a monitoring system asks of a running server, as Prometheus text.
//!
//! Requests are counted as they are answered; everything else is looked up when it is
//! asked for. Labels are names of operations and numbers of statuses, so that nothing
//! about persons or cases can get into them, whatever a client sends.
//!
//! Deliberately absent: a route of the API. Figures are no secret, but nobody's business
//! either, so they are served on an address of their own (`--metrics`).
//!
//! Depends on: `operations`, `projections`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use super::acts::ACTS;
use super::{Api, PREFIX, reads};
use crate::endpoint::get;
use crate::event_store::Remote;

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How often measured durations are sorted into their buckets when nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// What is none of the operations: wrong methods and addresses.
const OTHER: &str = "other";

/// What a server counts about itself.
pub struct Metrics {
    recorder: PrometheusRecorder,
    /// The `operationId` of a method at a path.
    operations: HashMap<String, Vec<(Method, &'static str)>>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets(BUCKETS)
            .expect("there are buckets")
            .build_recorder();
        metrics::with_local_recorder(&recorder, describe);
        Self { recorder, operations: operations() }
    }
}

impl Metrics {
    /// Counts an answered request. `route` is the path of the route that was matched,
    /// with the names of its parameters instead of their values.
    pub fn answered(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let labels =
            [("operation", self.operation(method, route)), ("status", status.as_str().to_owned())];
        metrics::with_local_recorder(&self.recorder, || {
            counter!("quesito_http_requests_total", &labels).increment(1);
            histogram!("quesito_http_request_duration_seconds", &labels).record(took);
        });
    }

    /// The name of an operation; beside the API, the path of the route.
    fn operation(&self, method: &Method, route: Option<&str>) -> String {
        let Some(route) = route else { return OTHER.into() };
        match self.operations.get(route) {
            Some(known) => {
                known.iter().find(|(own, _)| own == method).map_or(OTHER, |(_, id)| *id).into()
            }
            None if [Method::GET, Method::POST].contains(method) => route.into(),
            None => OTHER.into(),
        }
    }

    /// Everything that is known now.
    fn render(&self) -> String {
        self.recorder.handle().render()
    }

    /// Keeps what was measured small while nobody asks for it. Never ends.
    pub async fn keep_small(&self) {
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            ticks.tick().await;
            self.recorder.handle().run_upkeep();
        }
    }
}

fn operations() -> HashMap<String, Vec<(Method, &'static str)>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    let read = reads::all().map(|read| {
        let method = if read.method == "post" { Method::POST } else { Method::GET };
        (read.path, method, read.id)
    });
    for (path, method, id) in read.chain(ACTS.iter().map(|act| (act.path, Method::POST, act.id))) {
        found.entry(format!("{PREFIX}{path}")).or_default().push((method, id));
    }
    found
}

fn describe() {
    describe_counter!("quesito_http_requests_total", "Requests answered");
    describe_histogram!(
        "quesito_http_request_duration_seconds",
        "From the arrival of a request to the head of its answer"
    );
    describe_counter!("quesito_events_total", "Events in the store");
    describe_counter!(
        "quesito_notices_total",
        "Digests since the start of the process, by what became of them: sent, refused, unknown"
    );
    describe_gauge!("quesito_notices_waiting", "1 while digests of today are to be tried again");
    describe_gauge!("quesito_store_waiting_appends", "Appends that wait for the disk");
    describe_gauge!("quesito_views_lag_events", "How many events the views are behind");
    describe_gauge!("quesito_search_lag_events", "How many events the search index is behind");
    describe_gauge!("quesito_quarantined_streams", "Streams that the views cannot follow");
    describe_gauge!("quesito_views_rebuilding", "1 while views are built beside those in use");
    describe_gauge!("quesito_up", "1 unless the store or the views are down");
    describe_gauge!("quesito_build_info", "Always 1; the label tells the version");
}

/// Counts the answers of routes that stand beside the API, such as pages.
pub fn counted(beside: Router, metrics: Option<&Arc<Metrics>>) -> Router {
    let Some(metrics) = metrics.cloned() else { return beside };
    beside.layer(axum::middleware::from_fn(move |request: Request, next: Next| {
        let metrics = metrics.clone();
        async move {
            let begun = Instant::now();
            let method = request.method().clone();
            let route = request.extensions().get::<MatchedPath>().cloned();
            let response = next.run(request).await;
            let route = route.as_ref().map(MatchedPath::as_str);
            metrics.answered(&method, route, response.status(), begun.elapsed());
            response
        }
    }))
}

/// `/metrics` and nothing else, for an address of its own.
pub fn router(api: Arc<Api>, metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(show)).with_state((api, metrics))
}

async fn show(State((api, metrics)): State<(Arc<Api>, Arc<Metrics>)>) -> Response {
    let status = api.views.status().await;
    let waiting = api.operations.waiting();
    let notices = api.operations.sends_notices().then(|| api.operations.notices_progress());
    metrics::with_local_recorder(&metrics.recorder, || {
        gauge!("quesito_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
        gauge!("quesito_store_waiting_appends").set(count(waiting));
        if let Some(progress) = notices {
            let done = progress.map(|done| (done.sent, done.refused, done.unsure));
            let (sent, refused, unknown) = done.unwrap_or_default();
            for (outcome, digests) in [("sent", sent), ("refused", refused), ("unknown", unknown)] {
                counter!("quesito_notices_total", "outcome" => outcome).absolute(digests.into());
            }
            let waits = progress.is_some_and(|progress| progress.waiting);
            gauge!("quesito_notices_waiting").set(u32::from(waits));
        }
        let answers = |remote: &Remote| remote.fault.is_none();
        let up = status.as_ref().is_ok_and(|status| {
            status.fault.is_none() && status.remote.as_ref().is_none_or(answers)
        });
        gauge!("quesito_up").set(u32::from(up));
        if let Ok(status) = &status {
            counter!("quesito_events_total").absolute(status.events);
            gauge!("quesito_views_lag_events").set(count(status.lag));
            gauge!("quesito_search_lag_events").set(count(status.search_lag));
            gauge!("quesito_quarantined_streams").set(count(status.quarantined.len()));
            gauge!("quesito_views_rebuilding").set(u32::from(status.rebuilding));
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, metrics.render()).into_response()
}

/// A count as a gauge shows it; beyond four thousand million nobody counts.
fn count<T: TryInto<u32>>(number: T) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(requests: &[(Method, Option<&str>, u16)]) -> String {
        let metrics = Metrics::default();
        for (method, route, status) in requests {
            let status = StatusCode::from_u16(*status).unwrap();
            metrics.answered(method, *route, status, Duration::from_millis(3));
        }
        metrics.render()
    }

    #[test]
    fn requests_are_counted_by_operation_and_status() {
        let route = Some("/api/v1/issues/{issue_id}");
        let text = told(&[
            (Method::GET, route, 200),
            (Method::GET, route, 200),
            (Method::GET, route, 404),
            (Method::POST, Some("/api/v1/issues"), 201),
            (Method::GET, Some("/docs"), 200),
        ]);
        let line = "quesito_http_requests_total{operation=\"show_issue\",status=\"200\"} 2";
        assert!(text.contains(line), "{text}");
        let line = "quesito_http_requests_total{operation=\"show_issue\",status=\"404\"} 1";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("{operation=\"report_issue\",status=\"201\"} 1"), "{text}");
        assert!(text.contains("{operation=\"/docs\",status=\"200\"} 1"), "{text}");
        let bucket = "quesito_http_request_duration_seconds_bucket{operation=\"show_issue\",\
                      status=\"200\",le=\"0.005\"} 2";
        assert!(text.contains(bucket), "{text}");
    }

    #[test]
    fn what_a_client_makes_up_gets_into_no_label() {
        let method = Method::from_bytes(b"RSSMRA80A01H501U").unwrap();
        let text = told(&[
            (method.clone(), None, 404),
            (method.clone(), Some("/api/v1/issues"), 405),
            (method, Some("/docs"), 405),
            (Method::GET, None, 404),
        ]);
        assert!(!text.contains("RSSMRA"), "{text}");
        assert!(text.contains("{operation=\"other\",status=\"404\"} 2"), "{text}");
        assert!(text.contains("{operation=\"other\",status=\"405\"} 2"), "{text}");
    }

    #[test]
    fn every_operation_has_its_name() {
        let named: usize = operations().values().map(Vec::len).sum();
        assert_eq!(named, reads::all().count() + ACTS.len());
    }
}
