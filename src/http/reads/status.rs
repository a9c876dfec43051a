//! Whether the service is well.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codec::Instant;
use crate::domain::values::Day;
use crate::endpoint::get;
use crate::event_store::Remote;
use crate::http::problem::Problem;
use crate::http::representation::Json;
use crate::http::{Api, ids};
use crate::notary::hex;
use crate::notary::witness::WitnessState;
use crate::operations::notices::NoticesProgress;
use crate::projections::Quarantined;

/// How many events the views may be behind before the service calls itself unready.
const TOO_FAR: u64 = 50_000;

/// How the service is doing.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"status": 200, "title": "Servizio attivo", "detail": "Registrazione e consultazione funzionano.", "version": "0.1.0", "engine": "sqlite", "position": "000000000000002a", "views_position": "000000000000002a", "views_lag": 0, "search_lag": 0, "quarantined": [], "rebuilding": false, "log": {"origin": "quesito.example/api/v1/log/6fd0c2a1", "key": "quesito.example/api/v1/log/6fd0c2a1+15f8ac2b+AWUiYKw9a6bnXdvB4LRPp2ZhHUpYb9WQ3fTrq3ZKjGhK", "size": 42, "signed": {"size": 42, "root_hash": "796aa616655fddad91493eda818a3beb94b8e2d8f99b96cce5bea61344308a31", "signed_at": "2026-11-23T09:00:00.000000Z"}, "witnesses": []}, "integrity": {"checked": 0, "damaged": 0, "completed_at": "2026-11-23T03:10:00.000000Z", "events": 42}}))]
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
    /// The servers that hold the events, when they are not on this machine.
    pub store: Option<StoreStatus>,
    /// Which of the nodes that share the store answers; absent where there is one.
    pub node: Option<NodeStatus>,
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
    /// The log that auditors verify.
    pub log: LogStatus,
    /// Whether stored events are still what was logged.
    pub integrity: IntegrityStatus,
    /// How notices by e-mail are doing; absent where none are sent, and before the first are
    /// due.
    pub notices: Option<NoticesStatus>,
    /// What is said where the data are invented.
    #[schema(max_length = 1000)]
    pub disclaimer: Option<String>,
}

/// How notices by e-mail are doing, since the start of the program.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticesStatus {
    /// The last day for which they were due.
    pub day: Day,
    /// How many digests the mail server took.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub sent: u32,
    /// How many it did not take.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub refused: u32,
    /// Of how many nobody knows: they are not sent again.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub unsure: u32,
    /// Whether something is left to be tried again that day.
    pub waiting: bool,
}

/// One of the nodes that share the store.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NodeStatus {
    /// Its name.
    #[schema(max_length = 40)]
    pub id: String,
    /// Whether it signs the log.
    pub signs: bool,
    /// Which node signed the log last; absent when that one has stopped since.
    #[schema(max_length = 40)]
    pub signer: Option<String>,
    /// Whether it records: its key file, which the nodes share, was read a moment ago.
    pub records: bool,
}

/// The servers that hold the events. When they do not answer, the service is not ready.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StoreStatus {
    /// The servers that were given.
    #[schema(max_length = 1000)]
    pub nodes: String,
    /// The one of them that is read from and written to.
    #[schema(max_length = 300)]
    pub node: String,
    /// What it says that it runs.
    #[schema(max_length = 40)]
    pub server_version: String,
    /// Whether they answer. When they do not, this answer is a 503.
    #[schema(max_length = 20)]
    pub state: String,
    /// Against what this engine was verified.
    #[schema(max_length = 100)]
    pub verified: String,
    /// Whether destroyed keys may still lie on their disks until they are scavenged.
    pub scavenge_due: bool,
    /// What they hold that cannot be right, if anything was found.
    #[schema(max_length = 500)]
    pub damage: Option<String>,
}

/// What reading the whole store again has found. Which events are damaged stands in the log
/// of the program, since their streams are not for everybody.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntegrityStatus {
    /// How many events the pass under way has compared.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub checked: u64,
    /// How many events are known not to be what was logged.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub damaged: u64,
    /// When the last whole pass ended; absent before the first one since the start.
    pub completed_at: Option<Instant>,
    /// How many events that pass compared.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub events: Option<u64>,
}

/// How the log is doing.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogStatus {
    /// Which log.
    #[schema(max_length = 300)]
    pub origin: String,
    /// The key that checks its signatures.
    #[schema(max_length = 400)]
    pub key: String,
    /// How many events are in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub size: u64,
    /// The last head that was signed.
    pub signed: Option<SignedHead>,
    /// What keeps it from growing, if anything does.
    #[schema(max_length = 500)]
    pub fault: Option<String>,
    /// The second parties that cosign it.
    #[schema(max_items = 20)]
    pub witnesses: Vec<WitnessStatus>,
}

/// A head of the log that was signed.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedHead {
    /// Over how many events.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub size: u64,
    /// The root over them, in hex.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub root_hash: String,
    /// When; absent for one signed before the last start.
    pub signed_at: Option<Instant>,
}

/// How a witness is doing.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WitnessStatus {
    /// Its name.
    #[schema(max_length = 300)]
    pub name: String,
    /// Over how many events it last cosigned since the start.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub size: u64,
    /// Why it did not cosign, at last.
    #[schema(max_length = 500)]
    pub fault: Option<String>,
}

fn log(api: &Api) -> LogStatus {
    let key = api.log.vkey();
    let signed = api.log.signed().borrow().clone();
    let witness = |one: WitnessState| WitnessStatus {
        name: one.name,
        size: one.size,
        fault: one.fault.map(|why| why.chars().take(500).collect()),
    };
    LogStatus {
        origin: key.name.clone(),
        key: key.to_string(),
        size: api.log.size(),
        signed: signed.map(|signed| SignedHead {
            size: signed.checkpoint.size,
            root_hash: hex(&signed.checkpoint.root),
            signed_at: signed.at.map(Instant),
        }),
        fault: api.log.fault().map(|why| why.chars().take(500).collect()),
        witnesses: api.witnesses.states().into_iter().map(witness).collect(),
    }
}

fn node(api: &Api) -> Option<NodeStatus> {
    let id = api.node.clone()?;
    let signer = api.log.signer();
    let records = api.operations.handler.codec().may_seal();
    Some(NodeStatus { signs: signer.as_ref() == Some(&id), id, signer, records })
}

fn store(remote: Remote) -> StoreStatus {
    StoreStatus {
        nodes: remote.nodes,
        node: remote.node,
        server_version: remote.version,
        state: "answering".into(),
        verified: "against a protocol double, not yet against a real server".into(),
        scavenge_due: remote.scavenge_due,
        damage: remote.damage.map(|why| why.chars().take(500).collect()),
    }
}

fn integrity(api: &Api) -> IntegrityStatus {
    let state = api.scrub.state();
    IntegrityStatus {
        checked: state.checked,
        damaged: state.known(),
        completed_at: state.last.map(|pass| Instant(pass.at)),
        events: state.last.map(|pass| pass.events),
    }
}

fn notices(api: &Api) -> Option<NoticesStatus> {
    let NoticesProgress { day, sent, refused, unsure, waiting } =
        api.operations.notices_progress()?;
    Some(NoticesStatus { day, sent, refused, unsure, waiting })
}

/// `/status`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn show(State(api): State<Arc<Api>>) -> Result<Response, Problem> {
    let status = api.views.status().await.map_err(|why| unready(&why))?;
    if let Some(fault) = &status.fault {
        return Err(unready(fault));
    }
    if let Some(fault) = status.remote.as_ref().and_then(|remote| remote.fault.as_ref()) {
        return Err(unready(fault));
    }
    if status.lag > TOO_FAR {
        return Err(unready(&"the views are far behind"));
    }
    let quarantined = status.quarantined;
    let integrity = integrity(&api);
    let detail = if integrity.damaged > 0 {
        "Alcuni eventi conservati non sono più quelli registrati: va confrontata una copia."
    } else if quarantined.is_empty() {
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
        store: status.remote.map(store),
        node: node(&api),
        position: ids::position_text(status.head),
        views_position: ids::position_text(status.position),
        views_lag: status.lag,
        search_lag: status.search_lag,
        quarantined,
        rebuilding: status.rebuilding,
        log: log(&api),
        integrity,
        notices: notices(&api),
        disclaimer: api.disclaimer.clone(),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(answer)).into_response())
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
