//! Readings across cases: norms, divergences, statistics.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::plumbing::{Asked, Found, Limit, limit};
use super::registry::NoParams;
use crate::domain::registry::NormKind;
use crate::domain::values::{AuthorityKind, Day, ProvinceCode, ThemeCode};
use crate::endpoint::get;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::divergences::DivergenceFilter;
use crate::projections::norms::{NormFilter, NormSort};

/// Which norms are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NormParams {
    /// Of this kind, as registered.
    pub kind: Option<NormKind>,
    /// Whether they are in the catalogue; the others were only cited.
    pub registered: Option<bool>,
    /// Whose citation or subject contains this, whatever the case.
    #[param(max_length = 200, example = "142")]
    pub q: Option<String>,
    /// In which order.
    #[param(inline)]
    pub sort: Option<NormSort>,
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

/// Which part of the matrix is shown.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DivergenceParams {
    /// Of this norm, by its id.
    pub norm: Option<Uuid>,
    /// As read by authorities of this kind.
    #[param(example = "questura")]
    pub authority_kind: Option<AuthorityKind>,
    /// As read in this province.
    #[param(example = "BO")]
    pub province: Option<ProvinceCode>,
    /// From issues of this theme.
    #[param(example = "residence_registration")]
    pub theme: Option<ThemeCode>,
    /// Only readings that held on this day.
    #[param(example = "2026-01-31")]
    pub current_on: Option<Day>,
    /// Only where at least two readings of one issue hold.
    pub only_opposed: Option<bool>,
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many rows.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

/// `/norms`.
pub fn norms() -> MethodRouter<Arc<Api>> {
    async fn list(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(params): Timed<NormParams>,
    ) -> Response {
        if caller.actor.is_none() {
            return Problem::unauthenticated().into_response();
        }
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        asked
            .answer(true, async |views, scope, _| {
                let filter = NormFilter {
                    kind: params.kind,
                    registered: params.registered,
                    text: params.q.clone(),
                    sort: params.sort.unwrap_or_default(),
                    cursor: params.cursor.clone(),
                    limit: limit(params.limit),
                };
                let mut list = views.list_norms(scope, &filter)?;
                let next = list.next.take();
                Ok(Found::page(list, next))
            })
            .await
    }
    get(list)
}

/// `/norms/{norm_id}`.
pub fn norm() -> MethodRouter<Arc<Api>> {
    async fn show(
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
            .answer(false, async |views, scope, day| {
                let page = views.show_norm(scope, id, day, None).await?;
                let page = page.ok_or_else(Problem::not_found)?;
                let revision = page.entry.as_ref().map_or(0, |entry| entry.revision);
                Ok(Found::thing(page, revision))
            })
            .await
    }
    get(show)
}

/// `/divergences`.
pub fn divergences() -> MethodRouter<Arc<Api>> {
    async fn list(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(params): Timed<DivergenceParams>,
    ) -> Response {
        if caller.actor.is_none() {
            return Problem::unauthenticated().into_response();
        }
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        asked
            .answer(true, async |views, scope, day| {
                let filter = DivergenceFilter {
                    norm: params.norm,
                    authority_kind: params.authority_kind.clone(),
                    province: params.province.clone(),
                    theme: params.theme.clone(),
                    current_on: params.current_on,
                    only_opposed: params.only_opposed.unwrap_or_default(),
                    cursor: params.cursor.clone(),
                    limit: limit(params.limit),
                    each: None,
                };
                let mut list = views.list_divergences(scope, &filter, day).await?;
                let next = list.next.take();
                Ok(Found::page(list, next))
            })
            .await
    }
    get(list)
}

/// `/statistics`.
pub fn statistics() -> MethodRouter<Arc<Api>> {
    async fn show(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(_): Timed<NoParams>,
    ) -> Response {
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        asked
            .answer(false, async |views, scope, day| {
                Ok(Found::whole(views.statistics(scope, day)?))
            })
            .await
    }
    get(show)
}
