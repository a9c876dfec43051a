//! Tokens, and the dry run of the check for personal data.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::plumbing::signed_in;
use crate::access::tokens::TokenSummary;
use crate::domain::from_json;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, Day, PersonId, Text};
use crate::endpoint::{get_post, post};
use crate::http::problem::Problem;
use crate::http::representation::Json;
use crate::http::request::Caller;
use crate::http::{Api, MAX_BODY, ids, submit};
use crate::operations::FieldFault;
use crate::operations::tokens::TokenRequest;
use crate::privacy::detector;

/// What a new token is to be.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"person": "ufficio-giuridico", "role": "staff", "body": "anci_er", "label": "postazione dell'ufficio", "expires_on": "2027-01-31"}))]
pub struct CreateToken {
    /// Who acts with it; the person must hold the role.
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

/// A token just issued.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"id": "0b51b0d5-6f0c-5d8e-9d0c-1e0f0a0b0c0d", "token": "qst_C1Gw1W8MXY6dDB4PCgsMDQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}))]
pub struct IssuedToken {
    /// Its id.
    pub id: Uuid,
    /// The token, shown this once; absent when the request was repeated.
    #[schema(max_length = 100)]
    pub token: Option<String>,
}

/// A list of tokens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenList {
    /// The tokens.
    #[schema(max_items = 1000)]
    pub items: Vec<TokenSummary>,
}

/// Why a token is revoked.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Postazione dismessa."}))]
pub struct RevokeToken {
    /// Why.
    pub reason: Option<Text<1000>>,
}

/// A text to be checked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "La signora Anna Verdi, tel. 333 000 0000."}))]
pub struct TextCheck {
    /// The text.
    pub text: Text<20000>,
}

/// What was found in a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"refused": false, "findings": [{"kind": "phone", "severity": "warn", "start": 30, "end": 42, "message": "Sembra un numero di telefono."}]}))]
pub struct TextFindings {
    /// Whether a command with this text would be refused.
    pub refused: bool,
    /// What was found, in order.
    #[schema(max_items = 10_000)]
    pub findings: Vec<TextFinding>,
}

/// One thing found in a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextFinding {
    /// What it looks like.
    #[schema(max_length = 60)]
    pub kind: String,
    /// `refuse` or `warn`.
    pub severity: detector::Severity,
    /// The first character, counted in Unicode scalar values from 0.
    #[schema(minimum = 0, maximum = 20_000)]
    pub start: u32,
    /// The character after the last.
    #[schema(minimum = 0, maximum = 20_000)]
    pub end: u32,
    /// What a person is told.
    #[schema(max_length = 300)]
    pub message: String,
}

/// Reads a body into a type that knows its members.
pub fn body<T: serde::de::DeserializeOwned>(
    headers: &HeaderMap,
    bytes: &Bytes,
) -> Result<T, Problem> {
    let members = submit::object(headers, bytes)?;
    from_json(&Value::Object(members))
        .map_err(|fault| Problem::invalid(vec![FieldFault::from(&fault)]))
}

/// `/tokens`.
pub fn collection() -> MethodRouter<Arc<Api>> {
    get_post(list, create).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// `/tokens/{token_id}/revocation`.
pub fn revocation() -> MethodRouter<Arc<Api>> {
    post(revoke).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// `/text-checks`.
pub fn text_checks() -> MethodRouter<Arc<Api>> {
    post(check).layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let actor = signed_in(&caller)?.clone();
    super::plumbing::form(&headers, false)?;
    submit::no_parameters(&uri)?;
    let items = api.operations.list_tokens(&actor).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(TokenList { items })).into_response())
}

async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: CreateToken = body(&headers, &bytes)?;
    let request = TokenRequest {
        person: request.person,
        role: request.role,
        body: request.body,
        network: request.network,
        label: request.label,
        expires_on: request.expires_on,
        machine: request.machine,
    };
    let issued = api.operations.issue_token(actor, command, request).await;
    let issued = issued
        .map_err(|why| submit::refusal(why, &api, || submit::object(&headers, &bytes).ok()))?;
    let location = format!("{}{}/tokens", api.base, crate::http::PREFIX);
    let answer = IssuedToken { id: issued.id, token: issued.token };
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".into())];
    Ok((StatusCode::CREATED, headers, Json(answer)).into_response())
}

async fn revoke(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: RevokeToken = body(&headers, &bytes)?;
    let id = ids::uuid(&id)?;
    api.operations.revoke_token(actor, command, id, request.reason).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn check(
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    submit::no_parameters(&uri)?;
    submit::idempotency_key(&headers)?;
    let request: TextCheck = body(&headers, &bytes)?;
    let found = detector::check(request.text.clear().unwrap_or_default());
    let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let answer = TextFindings {
        refused: found.iter().any(|one| one.severity == detector::Severity::Refuse),
        findings: found
            .iter()
            .map(|one| TextFinding {
                kind: word(one.kind),
                severity: one.severity,
                start: place(one.char_start),
                end: place(one.char_end),
                message: one.message_it.to_string(),
            })
            .collect(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// The stable word of a kind of finding.
fn word(kind: detector::Kind) -> String {
    serde_json::to_value(kind)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
