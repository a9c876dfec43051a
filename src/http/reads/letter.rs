//! The letter of a collective question: its frozen text, ready for the protocol office.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use axum::routing::MethodRouter;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::plumbing::{Asked, media, signed_in};
use crate::domain::values::Number;
use crate::endpoint::get;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::representation::Answer;
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
    uri: Uri,
    Path(id): Path<String>,
    Timed(params): Timed<LetterParams>,
) -> Result<Response, Problem> {
    signed_in(&caller)?;
    let id = ids::uuid(&id)?;
    // The page, unless only the document will do.
    let form =
        media(&headers, HTML).map(|()| HTML).or_else(|_| media(&headers, DOCX).map(|()| DOCX))?;
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    let views = asked.moment().await?;
    let generation = api.views.generation();
    let (scope, day) = (views.scope(&caller.scope()), views.day(api.clock.today().into()));
    let question = views.show_question(&scope, id, day).await?;
    let question = question.ok_or_else(Problem::not_found)?;
    let text = match params.text_version {
        None => question.text_versions.last(),
        Some(wanted) => question.text_versions.iter().find(|text| text.text_version == wanted),
    };
    let text = text.ok_or_else(Problem::not_found)?;
    let letter = Letter::of(&views, caller.actor.as_ref(), &question, text, day).await?;
    let bytes = if form == HTML {
        letter::html(&letter).into_bytes()
    } else {
        letter::docx(&letter).map_err(|why| Problem::internal(&why))?
    };

    // RFC 9530: what the reader holds can be compared with what was served.
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
    let media = if form == HTML { "text/html; charset=utf-8" } else { DOCX };
    let answer = Answer::new(bytes, media, None, generation).held(views.held());
    let mut response = answer.respond(&headers);
    let own = response.headers_mut();
    own.insert(header::VARY, HeaderValue::from_static("Accept"));
    if let Ok(digest) = HeaderValue::from_str(&digest) {
        own.insert("repr-digest", digest);
    }
    Ok(response)
}
