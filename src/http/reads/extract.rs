//! The verifiable extract of a case.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use axum::routing::MethodRouter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::plumbing::{Since, caught_up, media, record_look_back, signed_in};
use crate::endpoint::get;
use crate::extract::{ExtractError, Sources, extract};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::representation::Answer;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::ViewsError;

/// As of when.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExtractParams {
    /// Leaves out what was recorded after this instant.
    #[param(value_type = Option<String>, format = DateTime, max_length = 40, example = "2026-11-23T09:00:00Z")]
    pub as_of: Option<Since>,
}

/// `/issues/{issue_id}/extract`.
pub fn issue() -> MethodRouter<Arc<Api>> {
    get(show)
}

impl From<ExtractError> for Problem {
    fn from(why: ExtractError) -> Self {
        match why {
            ExtractError::NotFound => Self::not_found(),
            ExtractError::Behind => ViewsError::Behind.into(),
            ExtractError::Views(why) => why.into(),
            other => Self::internal(&other),
        }
    }
}

async fn show(
    State(api): State<Arc<Api>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    Params(params): Params<ExtractParams>,
) -> Result<Response, Problem> {
    let actor = signed_in(&caller)?;
    let id = ids::uuid(&id)?;
    media(&headers, "application/zip")?;
    if params.as_of.is_some() {
        record_look_back(&api, &caller, &uri).await?;
    }
    caught_up(&api).await?;
    let handler = &api.operations.handler;
    let sources = Sources {
        store: handler.store().clone(),
        codec: handler.codec().clone(),
        views: api.views.clone(),
        log: api.log.clone(),
        disclaimer: api.disclaimer.clone(),
    };
    let as_of = params.as_of.map(|as_of| as_of.instant().0);
    let found = extract(&sources, actor, id, as_of).await?;
    let name =
        format!("attachment; filename=\"estratto-{}.zip\"", found.reference.replace('/', "-"));
    let mut response = Answer::new(found.bytes, "application/zip", None, 0).respond(&headers);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
