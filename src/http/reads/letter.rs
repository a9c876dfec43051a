//! The letter of a collective question: its frozen text, ready for the protocol office.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::plumbing::{caught_up, media, signed_in};
use crate::domain::values::Number;
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::letter::{self, Letter};

/// The document that a protocol office works on.
pub use crate::letter::DOCX;

/// The page.
const HTML: &str = "text/html";

/// Which text.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LetterParams {
    /// The version of the text; the present one when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 9999, example = 1)]
    pub text_version: Option<Number>,
}

/// `/collective-questions/{question_id}/letter`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn show(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Params(params): Params<LetterParams>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    let id = ids::uuid(&id)?;
    // The page, unless only the document will do.
    let form =
        media(&headers, HTML).map(|()| HTML).or_else(|_| media(&headers, DOCX).map(|()| DOCX))?;
    caught_up(&api).await?;
    let day = api.clock.today().into();
    let question = api.views.show_question(&caller.scope(), id, day).await?;
    let question = question.ok_or_else(Problem::not_found)?;
    let text = match params.text_version {
        None => question.text_versions.last(),
        Some(wanted) => question.text_versions.iter().find(|text| text.text_version == wanted),
    };
    let text = text.ok_or_else(Problem::not_found)?;
    let letter = Letter::of(&api.views, caller.actor.as_ref(), &question, text, day).await?;
    let bytes = if form == HTML {
        letter::html(&letter).into_bytes()
    } else {
        letter::docx(&letter).map_err(|why| Problem::internal(&why))?
    };

    // RFC 9530: what the reader holds can be compared with what was served.
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
    let mut response = bytes.into_response();
    let own = response.headers_mut();
    let media = if form == HTML { "text/html; charset=utf-8" } else { DOCX };
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    own.insert(header::VARY, HeaderValue::from_static("Accept"));
    if let Ok(digest) = HeaderValue::from_str(&digest) {
        own.insert("repr-digest", digest);
    }
    Ok(response)
}
