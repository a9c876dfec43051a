//! Who could see a thing on a day, and who was written to about it: for staff in charge
//! and for auditors.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::plumbing::{Asked, Found, caught_up};
use crate::access::{Actor, Denial, Scope};
use crate::clock::end_of_day;
use crate::domain::registry::Role;
use crate::domain::values::Day;
use crate::endpoint::get;
use crate::http::params::{Params, refused};
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::Cut;
use crate::projections::things::Kind;

/// On which day.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadersParams {
    /// At the end of which day in Italy; today when absent.
    #[param(example = "2026-01-31")]
    pub on: Option<Day>,
}

macro_rules! readers {
    ($($name:ident: $kind:ident;)*) => {$(
        /// The readers of one kind of thing.
        pub fn $name() -> MethodRouter<Arc<Api>> {
            get(|state, caller, headers, uri, id, params| {
                show(Kind::$kind, state, caller, headers, uri, id, params)
            })
        }
    )*};
}

readers! {
    issue: Issue;
    question: Question;
    answer: Answer;
    solution: Solution;
}

async fn show(
    kind: Kind,
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    Params(params): Params<ReadersParams>,
) -> Response {
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    match readership(&asked, kind, &id, params.on).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn readership(
    asked: &Asked<'_>,
    kind: Kind,
    id: &str,
    on: Option<Day>,
) -> Result<Response, Problem> {
    let actor = asked.caller.actor.as_ref().ok_or_else(Problem::unauthenticated)?;
    let id = ids::uuid(id)?;
    caught_up(asked.api).await?;
    may_ask(asked.api, actor, kind, id)?;
    let today: Day = asked.api.clock.today().into();
    let on = on.unwrap_or(today);
    if on > today {
        return Err(refused().at("on", "not_yet", "Il giorno non è ancora passato."));
    }
    // Today is not over: what can be seen now.
    let cut = (on < today).then(|| Cut { as_of: Some(end_of_day(on.date())), ..Cut::default() });
    asked
        .answer_at(cut, false, async |views, scope, _| {
            let found = views.readership(scope, kind, id, on).await?;
            Ok(Found::whole(found.ok_or_else(Problem::not_found)?))
        })
        .await
}

/// Whether somebody may ask who else could see a thing.
fn may_ask(api: &Api, actor: &Actor, kind: Kind, id: Uuid) -> Result<(), Problem> {
    let coordinator = api.views.coordinator_of(&Scope::of(Some(actor)), kind, id)?;
    let coordinator = coordinator.ok_or_else(Problem::not_found)?;
    match actor.role {
        Role::Auditor => Ok(()),
        Role::Staff if actor.body == coordinator => Ok(()),
        Role::Staff => Err(Denial::NotInCharge.into()),
        Role::Municipality | Role::Observer | Role::Admin => Err(Denial::Role.into()),
    }
}
