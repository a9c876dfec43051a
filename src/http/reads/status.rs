//! Whether the service is well.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::{Api, ids};
use crate::projections::Quarantined;

/// How many events the views may be behind before the service calls itself unready.
const TOO_FAR: u64 = 50_000;

/// How the service is doing.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"status": 200, "title": "Servizio attivo", "detail": "Registrazione e consultazione funzionano.", "version": "0.1.0", "engine": "sqlite", "position": "000000000000002a", "views_position": "000000000000002a", "views_lag": 0, "search_lag": 0, "quarantined": [], "rebuilding": false}))]
pub struct ServiceStatus {
    /// 200.
    #[schema(minimum = 200, maximum = 200)]
    pub status: u16,
    /// In a few words.
    #[schema(max_length = 200)]
    pub title: String,
    /// In a sentence.
    #[schema(max_length = 2000)]
    pub detail: String,
    /// The software.
    #[schema(max_length = 40)]
    pub version: String,
    /// The engine of the event store.
    #[schema(max_length = 40)]
    pub engine: String,
    /// The last event stored.
    #[schema(max_length = 32)]
    pub position: String,
    /// The last event the views show.
    #[schema(max_length = 32)]
    pub views_position: String,
    /// How far the views are behind.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub views_lag: u64,
    /// How far the search index is behind.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub search_lag: u64,
    /// Streams that the views cannot follow.
    #[schema(max_items = 1000)]
    pub quarantined: Vec<Quarantined>,
    /// Whether the views are being rebuilt beside the ones in use.
    pub rebuilding: bool,
    /// What is said where the data are invented.
    #[schema(max_length = 1000)]
    pub disclaimer: Option<String>,
}

/// `/status`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn show(State(api): State<Arc<Api>>) -> Result<Response, Problem> {
    let status = api.views.status().await.map_err(|why| unready(&why))?;
    let lag = status.head.0.saturating_sub(status.position.0);
    if let Some(fault) = &status.fault {
        return Err(unready(fault));
    }
    if lag > TOO_FAR {
        return Err(unready(&"the views are far behind"));
    }
    let quarantined = status.quarantined;
    let detail = if quarantined.is_empty() {
        "Registrazione e consultazione funzionano."
    } else {
        "Registrazione e consultazione funzionano; alcune cose non si possono consultare."
    };
    let answer = ServiceStatus {
        status: 200,
        title: "Servizio attivo".into(),
        detail: detail.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        engine: api.engine.into(),
        position: ids::position_text(status.head),
        views_position: ids::position_text(status.position),
        views_lag: lag,
        search_lag: status.head.0.saturating_sub(status.searchable.0),
        quarantined,
        rebuilding: status.rebuilding,
        disclaimer: api.disclaimer.clone(),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], axum::Json(answer)).into_response())
}

fn unready(why: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(fault = %why, "not ready");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Servizio momentaneamente non disponibile",
        "L'archivio o le viste non sono disponibili o sono in ritardo.",
    )
    .retry_after(2)
}
