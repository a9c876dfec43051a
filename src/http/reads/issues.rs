//! Issues: the list, its facets, one issue, its history.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::plumbing::{Asked, Found, Limit, limit};
use super::registry::NoParams;
use crate::access::Scope;
use crate::domain::issue::IssueStatus;
use crate::domain::values::{AuthorityKind, BodyId, ProvinceCode, ThemeCode, Year};
use crate::endpoint::get;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::issues::{IssueDetail, IssueFilter, IssueSort, PublicIssueRow};

/// Which issues are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IssueParams {
    /// Words, as one would type them: stems, synonyms, norms ("art. 5-bis d.lgs. 142/2015").
    #[param(max_length = 300, example = "iscrizione anagrafica")]
    pub q: Option<String>,
    /// Where they stand.
    pub status: Option<IssueStatus>,
    /// Their theme, first or secondary.
    #[param(example = "residence_registration")]
    pub theme: Option<ThemeCode>,
    /// A norm they cite, by its id.
    pub norm: Option<Uuid>,
    /// A kind of authority whose reading is recorded.
    #[param(example = "questura")]
    pub authority_kind: Option<AuthorityKind>,
    /// A province: of the reporting body, or of an authority whose reading is recorded.
    #[param(example = "BO")]
    pub province: Option<ProvinceCode>,
    /// A body that takes part.
    #[param(example = "c_a944")]
    pub body: Option<BodyId>,
    /// The association in charge.
    #[param(example = "anci_er")]
    pub coordinator: Option<BodyId>,
    /// Whether readings oppose each other at present.
    pub has_divergence: Option<bool>,
    /// Whether readings opposed each other, and no longer do.
    pub composed: Option<bool>,
    /// Whether something that answers or solves them has changed.
    pub to_verify: Option<bool>,
    /// The year of the report.
    #[param(example = 2026)]
    pub year: Option<Year>,
    /// Whether a solution that holds is attached to them.
    pub has_valid_solution: Option<bool>,
    /// Changed at or after an instant.
    #[param(value_type = Option<String>, format = DateTime, max_length = 40)]
    pub updated_since: Option<Timestamp>,
    /// In which order.
    #[param(inline)]
    pub sort: Option<IssueSort>,
    /// Where the page before ended.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<Limit>,
}

impl From<IssueParams> for IssueFilter {
    fn from(params: IssueParams) -> Self {
        Self {
            q: params.q,
            status: params.status,
            theme: params.theme,
            norm: params.norm,
            authority_kind: params.authority_kind,
            province: params.province,
            body: params.body,
            coordinator: params.coordinator,
            has_divergence: params.has_divergence,
            composed: params.composed,
            to_verify: params.to_verify,
            year: params.year,
            has_valid_solution: params.has_valid_solution,
            updated_since: params.updated_since,
            sort: params.sort,
            cursor: params.cursor,
            limit: limit(params.limit),
        }
    }
}

/// `/issues`.
pub fn collection() -> MethodRouter<Arc<Api>> {
    get(list)
}

/// `/issue-facets`.
pub fn facets() -> MethodRouter<Arc<Api>> {
    get(count)
}

/// `/issue-groups`.
pub fn groups() -> MethodRouter<Arc<Api>> {
    get(group)
}

/// `/issues/{issue_id}`.
pub fn one() -> MethodRouter<Arc<Api>> {
    get(show)
}

async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Timed(params): Timed<IssueParams>,
) -> Response {
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    let filter = match IssueFilter::checked(params) {
        Ok(filter) => filter,
        Err(problem) => return problem.into_response(),
    };
    if caller.scope() == Scope::Nothing {
        return asked
            .answer(true, async |views, _, today| {
                let mut list = views.search_published_issues(&filter, today).await?;
                let next = list.next.take();
                Ok(Found::page(list, next))
            })
            .await;
    }
    asked
        .answer(true, async |views, scope, today| {
            let mut list = views.list_issues(scope, &filter, today).await?;
            let next = list.next.take();
            Ok(Found::page(list, next))
        })
        .await
}

async fn count(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Timed(params): Timed<IssueParams>,
) -> Response {
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    let filter = match IssueFilter::checked(params) {
        Ok(filter) => filter,
        Err(problem) => return problem.into_response(),
    };
    if caller.actor.is_none() {
        return Problem::unauthenticated().into_response();
    }
    asked
        .answer(false, async |views, scope, today| {
            Ok(Found::whole(views.issue_facets(scope, &filter, today).await?))
        })
        .await
}

/// Whose groups are proposed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupParams {
    /// The association in charge.
    #[param(example = "anci_er")]
    pub coordinator: Option<BodyId>,
}

async fn group(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Timed(params): Timed<GroupParams>,
) -> Response {
    if caller.actor.is_none() {
        return Problem::unauthenticated().into_response();
    }
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    asked
        .answer(false, async |views, scope, day| {
            Ok(Found::whole(views.issue_groups(scope, params.coordinator.as_ref(), day)?))
        })
        .await
}

async fn show(
    State(api): State<Arc<Api>>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    Timed(_): Timed<NoParams>,
) -> Response {
    let id = match ids::uuid(&id) {
        Ok(id) => id,
        Err(problem) => return problem.into_response(),
    };
    let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
    asked
        .answer(false, async |views, scope, today| {
            if *scope != Scope::Nothing
                && let Some(issue) = views.show_issue(caller.actor.as_ref(), id, today).await?
            {
                let revision = issue.row.revision;
                return Ok(Found::thing(Shown::Whole(Box::new(issue)), revision));
            }
            // What everybody may read, somebody of another network may too.
            let issue = views.show_published_issue(id, today).await?;
            Ok(Found::whole(Shown::Published(issue.ok_or_else(Problem::not_found)?)))
        })
        .await
}

/// An issue as its reader may see it.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Whole(Box<IssueDetail>),
    Published(PublicIssueRow),
}

impl IssueFilter {
    /// A filter from parameters; words that look like a person's tax code are refused,
    /// since addresses end up in logs of others.
    fn checked(params: IssueParams) -> Result<Self, Problem> {
        super::plumbing::check_words(params.q.as_deref())?;
        Ok(params.into())
    }
}
