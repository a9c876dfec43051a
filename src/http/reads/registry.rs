//! The registry: bodies, authorities, themes, forms, holidays, people.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::plumbing::{Asked, Found, Limit, limit};
use crate::access::{People, Scope};
use crate::domain::values::{
    AuthorityId, AuthorityKind, BodyId, BodyKind, Day, FormCode, PersonId, ProvinceCode, ThemeCode,
};
use crate::endpoint::get;
use crate::http::Api;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::projections::Moment;
use crate::projections::registry::{AuthorityFilter, BodyFilter};

/// Which bodies are listed, in the order of their names.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BodyParams {
    /// Of this kind.
    #[param(example = "comune")]
    pub kind: Option<BodyKind>,
    /// Of this province.
    #[param(example = "BO")]
    pub province: Option<ProvinceCode>,
    /// Members today of this union or coordinator.
    #[param(example = "anci_er")]
    pub member_of: Option<BodyId>,
    /// Whether they were merged into another.
    pub merged: Option<bool>,
    /// Whose name contains this, whatever the case.
    #[param(max_length = 100, example = "bologna")]
    pub q: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

/// Which authorities are listed, in the order of their ids.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuthorityParams {
    /// Of this kind.
    #[param(example = "questura")]
    pub kind: Option<AuthorityKind>,
    /// Of this province.
    #[param(example = "BO")]
    pub province: Option<ProvinceCode>,
    /// Whether they are in use today.
    pub in_use: Option<bool>,
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

/// Where a page begins and how long it is.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

/// No parameters at all.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoParams {}

/// Declares a list for those signed in.
macro_rules! lists {
    ($($name:ident: $params:ty, |$views:ident, $given:ident, $day:ident| $found:expr;)*) => {$(
        /// The list.
        pub fn $name() -> MethodRouter<Arc<Api>> {
            async fn list(
                State(api): State<Arc<Api>>,
                caller: Caller,
                headers: HeaderMap,
                uri: Uri,
                Timed($given): Timed<$params>,
            ) -> Response {
                if caller.actor.is_none() {
                    return Problem::unauthenticated().into_response();
                }
                let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
                asked
                    .answer(true, async |$views, _, $day| {
                        let mut list = $found?;
                        let next = list.next.take();
                        Ok(Found::page(list, next))
                    })
                    .await
            }
            get(list)
        }
    )*};
}

lists! {
    bodies: BodyParams, |views, given, day| {
        let filter = BodyFilter {
            kind: given.kind.clone(),
            province: given.province.clone(),
            member_of: given.member_of.clone(),
            merged: given.merged,
            name: given.q.clone(),
            cursor: given.cursor.clone(),
            limit: limit(given.limit),
        };
        views.list_bodies(&filter, day)
    };
    authorities: AuthorityParams, |views, given, day| {
        let filter = AuthorityFilter {
            kind: given.kind.clone(),
            province: given.province.clone(),
            in_use: given.in_use,
            cursor: given.cursor.clone(),
            limit: limit(given.limit),
        };
        views.list_authorities(&filter, day)
    };
    themes: NoParams, |views, _given, _day| views.list_themes();
    forms: NoParams, |views, _given, _day| views.list_forms();
    holidays: NoParams, |views, _given, _day| views.list_holidays();
}

/// Declares a single entry for those signed in.
macro_rules! entries {
    ($($name:ident: $id:ty, $show:ident;)*) => {$(
        /// One entry.
        pub fn $name() -> MethodRouter<Arc<Api>> {
            async fn show(
                State(api): State<Arc<Api>>,
                caller: Caller,
                headers: HeaderMap,
                uri: Uri,
                Path(id): Path<String>,
                Timed(_): Timed<NoParams>,
            ) -> Response {
                if caller.actor.is_none() {
                    return Problem::unauthenticated().into_response();
                }
                let Ok(id) = id.parse::<$id>() else { return Problem::not_found().into_response() };
                let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
                asked
                    .answer(false, async |views, _, _| {
                        let entry = views.$show(&id)?.ok_or_else(Problem::not_found)?;
                        let revision = entry.revision;
                        Ok(Found::thing(entry, revision))
                    })
                    .await
            }
            get(show)
        }
    )*};
}

entries! {
    body: BodyId, show_body;
    authority: AuthorityId, show_authority;
    theme: ThemeCode, show_theme;
    form: FormCode, show_form;
}

/// `/people`.
pub fn people() -> MethodRouter<Arc<Api>> {
    async fn list(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(given): Timed<PageParams>,
    ) -> Result<Response, Problem> {
        let people = People::of(caller.actor.as_ref())?;
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        let found = async |views: &Moment, _: &Scope, _: Day| {
            let after = given.cursor.as_deref();
            let mut list = views.list_persons(&people, after, limit(given.limit))?;
            let next = list.next.take();
            Ok(Found::page(list, next))
        };
        Ok(asked.answer(true, found).await)
    }
    get(list)
}

/// `/people/{person_id}`.
pub fn person() -> MethodRouter<Arc<Api>> {
    async fn show(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Path(id): Path<String>,
        Timed(_): Timed<NoParams>,
    ) -> Result<Response, Problem> {
        let people = People::of(caller.actor.as_ref())?;
        let id = id.parse::<PersonId>().map_err(|_| Problem::not_found())?;
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        let found = async |views: &Moment, _: &Scope, _: Day| {
            let entry = views.show_person(&people, &id)?.ok_or_else(Problem::not_found)?;
            let revision = entry.revision;
            Ok(Found::thing(entry, revision))
        };
        Ok(asked.answer(false, found).await)
    }
    get(show)
}

/// `/holidays/{holiday_id}`.
pub fn holiday() -> MethodRouter<Arc<Api>> {
    async fn show(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Path(id): Path<String>,
        Timed(_): Timed<NoParams>,
    ) -> Response {
        if caller.actor.is_none() {
            return Problem::unauthenticated().into_response();
        }
        let Ok(id) = id.parse::<Uuid>() else { return Problem::not_found().into_response() };
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        asked
            .answer(false, async |views, _, _| {
                Ok(Found::whole(views.show_holiday(id)?.ok_or_else(Problem::not_found)?))
            })
            .await
    }
    get(show)
}
