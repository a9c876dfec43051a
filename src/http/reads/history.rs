//! The history of a thing: its events, opened, with a sentence for each.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Serialize;
use utoipa::ToSchema;

use super::plumbing::{Asked, Found};
use super::registry::NoParams;
use crate::endpoint::get;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::history::TimelineEvent;
use crate::projections::things::Kind;

/// The history of a thing, in the order of recording.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventHistory {
    /// The events.
    #[schema(max_items = 100_000)]
    pub items: Vec<TimelineEvent>,
}

macro_rules! histories {
    ($($name:ident: $kind:ident;)*) => {$(
        /// The history of one kind of thing.
        pub fn $name() -> MethodRouter<Arc<Api>> {
            get(|state, caller, headers, uri, id, none| {
                show(Kind::$kind, state, caller, headers, uri, id, none)
            })
        }
    )*};
}

histories! {
    issue: Issue;
    question: Question;
    answer: Answer;
    solution: Solution;
    communication: Communication;
}

async fn show(
    kind: Kind,
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    Timed(_): Timed<NoParams>,
) -> Response {
    let id = match (caller.actor.as_ref(), ids::uuid(&id)) {
        (None, _) => return Problem::unauthenticated().into_response(),
        (_, Ok(id)) => id,
        (_, Err(problem)) => return problem.into_response(),
    };
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    asked
        .answer(true, async |views, _, _| {
            let items = views.history(caller.actor.as_ref(), kind, id).await?;
            let items = items.ok_or_else(Problem::not_found)?;
            let revision = items.last().map_or(0, |event| event.revision);
            Ok(Found::thing(EventHistory { items }, revision))
        })
        .await
}
