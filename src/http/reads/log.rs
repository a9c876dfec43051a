//! The log of all events, as C2SP serves one, and proofs ready-made.
//!
//! Hashes say nothing about what they are hashes of: whoever is signed in may read them.
//! Leaves name streams and who acted, so they are for auditors; a single leaf is for
//! whoever may read its thing.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::plumbing::{caught_up, media, signed_in};
use crate::access::Scope;
use crate::domain::registry::Role;
use crate::endpoint::get;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::representation::Answer;
use crate::http::request::Caller;
use crate::http::{Api, ids, submit};
use crate::notary::keeper::Entry;
use crate::notary::tiles::{TileName, WIDTH};
use crate::notary::{KeeperError, hex};
use crate::projections::things::Kind;

/// How long a reading waits for the log to have what was written before it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The media type of tiles.
pub const TILE: &str = "application/octet-stream";

/// The media type of signed notes.
pub const NOTE: &str = "text/plain; charset=utf-8";

/// Where a leaf is asked to be proven.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InclusionParams {
    /// The leaf, from 0.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub index: u64,
    /// Among how many.
    #[param(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub size: u64,
}

/// Between which trees consistency is asked to be proven.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyParams {
    /// How many leaves the older tree has.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub from: u64,
    /// How many the newer one has.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub to: u64,
}

/// A leaf, and the proof that it is under the last signed head.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogLeaf {
    /// The event.
    pub event_id: Uuid,
    /// Its rank among all logged events.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub index: u64,
    /// The leaf: canonical JSON, described by `events/leaf.v1.json`.
    #[schema(max_length = 1000)]
    pub leaf: String,
    /// Its hash, as the receipt of the command told it.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub leaf_hash: String,
    /// The proof; absent until the next head is signed, a few seconds after the event.
    pub proof: Option<InclusionProof>,
    /// The signed head that the proof leads to.
    #[schema(max_length = 4000)]
    pub checkpoint: Option<String>,
}

/// The proof that a leaf is in a tree (RFC 6962, 2.1.1).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"index": 1, "size": 3, "hashes": ["796aa616655fddad91493eda818a3beb94b8e2d8f99b96cce5bea61344308a31", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"], "root_hash": "a3f9214df6effd54dc9af5c34569b04f23fa3eedcc96978c1e5aa8292cdcdacb"}))]
pub struct InclusionProof {
    /// The leaf.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub index: u64,
    /// Among how many.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub size: u64,
    /// Hex, from the leaf upwards.
    #[schema(max_items = 63)]
    pub hashes: Vec<String>,
    /// The root that they lead to.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub root_hash: String,
}

/// The proof that one tree begins with another (RFC 6962, 2.1.2).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"from": 1, "to": 2, "hashes": ["796aa616655fddad91493eda818a3beb94b8e2d8f99b96cce5bea61344308a31"], "from_root_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "to_root_hash": "a3f9214df6effd54dc9af5c34569b04f23fa3eedcc96978c1e5aa8292cdcdacb"}))]
pub struct ConsistencyProof {
    /// Leaves of the older tree.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub from: u64,
    /// Leaves of the newer one.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub to: u64,
    /// Hex.
    #[schema(max_items = 63)]
    pub hashes: Vec<String>,
    /// The root of the older tree.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub from_root_hash: String,
    /// The root of the newer one.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub to_root_hash: String,
}

/// `/log/checkpoint`.
pub fn checkpoint() -> MethodRouter<Arc<Api>> {
    get(show_checkpoint)
}

/// `/log/tile/{level}/{number}`.
pub fn tile() -> MethodRouter<Arc<Api>> {
    get(show_tile)
}

/// `/log/tile/entries/{number}`.
pub fn entries() -> MethodRouter<Arc<Api>> {
    get(show_entries)
}

/// `/log/leaves/{event_id}`.
pub fn leaf() -> MethodRouter<Arc<Api>> {
    get(show_leaf)
}

/// `/log/inclusion-proofs`.
pub fn inclusion() -> MethodRouter<Arc<Api>> {
    get(prove_inclusion)
}

/// `/log/consistency-proofs`.
pub fn consistency() -> MethodRouter<Arc<Api>> {
    get(prove_consistency)
}

impl From<KeeperError> for Problem {
    fn from(why: KeeperError) -> Self {
        match why {
            KeeperError::Outside => Self::not_found(),
            other => Self::internal(&other),
        }
    }
}

async fn show_checkpoint(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    submit::no_parameters(&uri)?;
    media(&headers, "text/plain")?;
    let signed = api.log.signed().borrow().clone().ok_or_else(unsigned)?;
    Ok(answer(signed.note.to_string().into_bytes(), NOTE, &headers, "no-cache"))
}

async fn show_tile(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path((level, number)): Path<(String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    submit::no_parameters(&uri)?;
    media(&headers, TILE)?;
    let level: u8 = match (level.len(), level.parse()) {
        (1, Ok(level)) => level,
        _ => return Err(Problem::not_found()),
    };
    let name = TileName::parse(&number).ok_or_else(Problem::not_found)?;
    let hashes = api.log.tile(level, name)?;
    Ok(answer(hashes.into_flattened(), TILE, &headers, LASTING))
}

async fn show_entries(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(number): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let actor = signed_in(&caller)?;
    submit::no_parameters(&uri)?;
    if actor.role != Role::Auditor {
        return Err(crate::access::Denial::Role.into());
    }
    media(&headers, TILE)?;
    let name = TileName::parse(&number).ok_or_else(Problem::not_found)?;
    let width = usize::try_from(name.width).unwrap_or_default();
    if name.number * WIDTH + name.width > api.log.size() {
        return Err(Problem::not_found());
    }
    let entries = api.log.entries(name.number, width).await?;
    let mut bundle = Vec::with_capacity(width * 450);
    for Entry { leaf, .. } in entries {
        let length = u16::try_from(leaf.bytes.len()).map_err(|why| Problem::internal(&why))?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(&leaf.bytes);
    }
    Ok(answer(bundle, TILE, &headers, LASTING))
}

async fn show_leaf(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    submit::no_parameters(&uri)?;
    let id = ids::uuid(&id)?;
    media(&headers, "application/json")?;
    caught_up(&api).await?;
    // A receipt is good at once, not only when the log has come round.
    let head = api.operations.handler.store().head().await;
    let head = head.map_err(|why| Problem::internal(&why))?;
    if !api.log.wait_for(head, PATIENCE).await {
        return Err(unsigned());
    }
    let entry = api.log.entry(id).await?.ok_or_else(Problem::not_found)?;
    if !may_read(&api, &caller, &entry)? {
        return Err(Problem::not_found());
    }
    let signed = api.log.signed().borrow().clone();
    let signed = signed.filter(|signed| signed.checkpoint.size > entry.index);
    let proof = match &signed {
        Some(signed) => Some(inclusion_proof(&api, entry.index, signed.checkpoint.size)?),
        None => None,
    };
    let leaf = LogLeaf {
        event_id: id,
        index: entry.index,
        leaf: String::from_utf8_lossy(&entry.leaf.bytes).into_owned(),
        leaf_hash: hex(&entry.leaf.hash),
        proof,
        checkpoint: signed.map(|signed| signed.note.to_string()),
    };
    Ok(Answer::json(&leaf, None, 0)?.respond(&headers))
}

/// Whoever may read a thing may read the leaves of its stream.
fn may_read(api: &Api, caller: &Caller, entry: &Entry) -> Result<bool, Problem> {
    let scope = caller.scope();
    let stream = &entry.event.stream;
    if scope == Scope::Everything {
        return Ok(true);
    }
    match (Kind::of_category(stream.category()), stream.id().parse()) {
        (Some(kind), Ok(id)) => Ok(api.views.may_read(&scope, kind, id)?),
        (Some(_), Err(_)) => Ok(false),
        // Reservations of protocol numbers belong to letters that others may not read, and
        // who was told what is between them and whoever audits.
        (None, _) => Ok(!matches!(stream.category(), "registration" | "notices")),
    }
}

async fn prove_inclusion(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<InclusionParams>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    media(&headers, "application/json")?;
    let proof = inclusion_proof(&api, params.index, params.size)?;
    Ok(Answer::json(&proof, None, 0)?.respond(&headers))
}

fn inclusion_proof(api: &Api, index: u64, size: u64) -> Result<InclusionProof, Problem> {
    let hashes = api.log.inclusion(index, size)?;
    Ok(InclusionProof {
        index,
        size,
        hashes: hashes.iter().map(|hash| hex(hash)).collect(),
        root_hash: hex(&api.log.root(size)?),
    })
}

async fn prove_consistency(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<ConsistencyParams>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    media(&headers, "application/json")?;
    let ConsistencyParams { from, to } = params;
    let hashes = api.log.consistency(from, to)?;
    let proof = ConsistencyProof {
        from,
        to,
        hashes: hashes.iter().map(|hash| hex(hash)).collect(),
        from_root_hash: hex(&api.log.root(from)?),
        to_root_hash: hex(&api.log.root(to)?),
    };
    Ok(Answer::json(&proof, None, 0)?.respond(&headers))
}

/// What never changes, for whoever may read it.
const LASTING: &str = "private, max-age=31536000, immutable";

fn answer(
    bytes: Vec<u8>,
    media: &'static str,
    request: &HeaderMap,
    caching: &'static str,
) -> Response {
    let mut response = Answer::new(bytes, media, None, 0).respond(request);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response.into_response()
}

fn unsigned() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Servizio momentaneamente non disponibile",
        "Il registro non è ancora firmato: riprovare fra poco.",
    )
    .retry_after(2)
}
