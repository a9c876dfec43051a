//! Accounts of people, for operators.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plumbing::signed_in;
use super::tokens::body;
use crate::access::accounts::AccountSummary;
use crate::domain::registry::Role;
use crate::domain::values::{BodyId, PersonId, Text};
use crate::endpoint::{get_post, post};
use crate::http::problem::Problem;
use crate::http::representation::Json;
use crate::http::request::Caller;
use crate::http::{Api, MAX_BODY, ids, submit};
use crate::operations::accounts::{AccountRequest, ApprovalRequest};

/// What a new account is to be.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Giulia Bianchi", "email": "g.bianchi@comune.example.it", "role": "municipality", "body": "c_a944", "network": "anci_er"}))]
pub struct CreateAccount {
    /// The person, when the log knows them already; otherwise a new reference.
    pub person: Option<PersonId>,
    /// The person's name.
    pub name: Text<200>,
    /// The address under which they sign in.
    pub email: Text<254>,
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator in whose network they act.
    pub network: Option<BodyId>,
    /// In which function.
    pub function: Option<Text<200>>,
}

/// What an approval grants.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "municipality", "body": "c_a944", "network": "anci_er"}))]
pub struct ApproveAccount {
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The coordinator in whose network they act.
    pub network: Option<BodyId>,
}

/// Why an account is suspended or restored.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Cessazione dell'incarico."}))]
pub struct SuspendAccount {
    /// Why.
    pub reason: Option<Text<1000>>,
}

/// A list of accounts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountList {
    /// The accounts, in the order of creation.
    #[schema(max_items = 10_000)]
    pub items: Vec<AccountSummary>,
}

/// `/accounts`.
pub fn collection() -> MethodRouter<Arc<Api>> {
    get_post(list, create).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// `/accounts/{account_id}/approval`.
pub fn approval() -> MethodRouter<Arc<Api>> {
    post(approve).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// `/accounts/{account_id}/suspension`.
pub fn suspension() -> MethodRouter<Arc<Api>> {
    post(suspend).layer(DefaultBodyLimit::max(MAX_BODY))
}

/// `/accounts/{account_id}/suspension/withdrawal`.
pub fn restoration() -> MethodRouter<Arc<Api>> {
    post(restore).layer(DefaultBodyLimit::max(MAX_BODY))
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
    let items = api.operations.list_accounts(&actor).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(AccountList { items })).into_response())
}

async fn create(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: CreateAccount = body(&headers, &bytes)?;
    let request = AccountRequest {
        person: request.person,
        name: request.name,
        email: request.email,
        role: request.role,
        body: request.body,
        network: request.network,
        function: request.function,
    };
    let account = api.operations.create_account(actor, command, request).await?;
    let location = format!("{}{}/accounts", api.base, crate::http::PREFIX);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".into())];
    Ok((StatusCode::CREATED, headers, Json(account)).into_response())
}

async fn approve(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: ApproveAccount = body(&headers, &bytes)?;
    let request =
        ApprovalRequest { role: request.role, body: request.body, network: request.network };
    api.operations.approve_account(actor, command, ids::uuid(&id)?, request).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn suspend(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: SuspendAccount = body(&headers, &bytes)?;
    api.operations.suspend_account(actor, command, ids::uuid(&id)?, request.reason).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn restore(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (actor, command) = submit::commanded(&caller, &headers, &uri)?;
    let request: SuspendAccount = body(&headers, &bytes)?;
    api.operations.restore_account(actor, command, ids::uuid(&id)?, request.reason).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
