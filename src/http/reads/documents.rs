//! Documents: putting them there, and reading them back.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::plumbing::signed_in;
use crate::codec;
use crate::domain::registry::Role;
use crate::domain::values::{MediaType, Sha256Hex};
use crate::endpoint::{get, post};
use crate::event_store::StreamName;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::representation::Json;
use crate::http::request::Caller;
use crate::http::{Api, submit};
use crate::operations::documents::MAX_DOCUMENT;

/// What a document is read through.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DocumentParams {
    /// The stream of the thing that refers to it, such as `issue-…`; whoever may read that
    /// may read the document. Not needed by the body that put it there.
    #[param(max_length = 120, example = "issue-5c9e1f5e-3f0c-5f3e-8f26-0d1a3a5f2b11")]
    pub referrer: Option<String>,
}

/// `/documents`.
pub fn collection() -> MethodRouter<Arc<Api>> {
    post(upload).layer(axum::extract::DefaultBodyLimit::max(MAX_DOCUMENT))
}

/// `/documents/{sha256}`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn upload(
    State(api): State<Arc<Api>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    let actor = signed_in(&caller)?;
    submit::no_parameters(request.uri())?;
    let key = submit::idempotency_key(request.headers())?;
    let media: MediaType = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next()?.trim().to_ascii_lowercase().parse().ok())
        .ok_or_else(|| {
            Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "Tipo di contenuto non ammesso",
                "Il documento va inviato con il suo tipo nell'intestazione Content-Type.",
            )
        })?;
    let path = request.uri().path().to_owned();
    let Ok(bytes) = axum::body::to_bytes(request.into_body(), MAX_DOCUMENT).await else {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Contenuto troppo grande",
            "Il documento supera 25 MiB.",
        ));
    };
    let command = codec::command_id(actor.subject.as_str(), "POST", &path, &key.to_string());
    let stored = api.operations.store_document(actor, command, media, &bytes).await?;
    let location = format!("{}{}/documents/{}", api.base, crate::http::PREFIX, stored.sha256);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".into())];
    Ok((StatusCode::CREATED, headers, Json(stored)).into_response())
}

async fn show(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(hash): Path<String>,
    Params(params): Params<DocumentParams>,
) -> Result<Response, Problem> {
    let actor = signed_in(&caller)?;
    let hash: Sha256Hex = hash.parse().map_err(|_| Problem::not_found())?;
    let document = api.operations.document(&hash).await?.ok_or_else(Problem::not_found)?;
    // Whoever may read something that refers to it, or whose body put it there.
    let own = document.bodies.contains(&actor.body)
        && matches!(actor.role, Role::Municipality | Role::Staff);
    let referred = match &params.referrer {
        Some(referrer) => match StreamName::new(referrer) {
            Ok(referrer) => api.operations.refers_to(actor, &referrer, &hash).await?,
            Err(_) => false,
        },
        None => false,
    };
    if !own && !referred {
        return Err(Problem::not_found());
    }
    let bytes = api.operations.document_bytes(&hash).await?.ok_or_else(|| {
        Problem::new(
            StatusCode::GONE,
            "document-erased",
            "Documento cancellato",
            "Il documento è stato cancellato (art. 17 GDPR).",
        )
    })?;
    let media = document.stored.as_ref().map(|stored| stored.media_type.to_string());
    let media = media.and_then(|media| HeaderValue::from_str(&media).ok());
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let fallback = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, media.unwrap_or(fallback));
    // A document is never shown in the page's own name.
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
