//! Questions, answers, solutions and letters: lists and single things.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::plumbing::{Asked, Found, Limit, Since, limit};
use super::registry::NoParams;
use crate::access::Scope;
use crate::domain::answer::{AnswerOrigin, Assessment, Validity};
use crate::domain::communication::Direction;
use crate::domain::question::QuestionStatus;
use crate::domain::solution::{SolutionLevel, SolutionStatus, SolutionValidity};
use crate::domain::values::{
    AuthorityId, BodyId, DocumentNumber, ExternalId, FormCode, IpaCode, ProvinceCode, RegisterCode,
    Sha256Hex, TerritoryCode, ThemeCode, Year,
};
use crate::endpoint::get;
use crate::http::params::Timed;
use crate::http::problem::Problem;
use crate::http::request::Caller;
use crate::http::{Api, ids};
use crate::projections::answers::{AnswerFilter, AnswerSort};
use crate::projections::communications::{CommunicationFilter, CommunicationSort};
use crate::projections::questions::{QuestionFilter, QuestionSort};
use crate::projections::solutions::{
    PublishedSolution, SolutionDetail, SolutionFilter, SolutionSort,
};

/// Declares the parameters of a list and how they become its filter.
macro_rules! params {
    ($(#[$meta:meta])* $name:ident => $filter:ident, $sort:ty {
        $($(#[$field_meta:meta])* $field:ident: $kind:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$kind>,)*
            /// Changed at or after an instant.
            #[param(value_type = Option<String>, format = DateTime, max_length = 40)]
            pub updated_since: Option<Since>,
            /// In which order.
            #[param(inline)]
            pub sort: Option<$sort>,
            /// Where the page before ended.
            #[param(max_length = 1000)]
            pub cursor: Option<String>,
            /// At most so many.
            #[param(value_type = Option<u32>, minimum = 1, maximum = 200, example = 50)]
            pub limit: Option<Limit>,
        }

        impl $name {
            fn filter(self) -> $filter {
                $filter {
                    $($field: self.$field,)*
                    updated_since: self.updated_since.map(Since::instant),
                    sort: self.sort.unwrap_or_default(),
                    cursor: self.cursor,
                    limit: limit(self.limit),
                }
            }
        }
    };
}

params! {
    /// Which questions are listed.
    QuestionParams => QuestionFilter, QuestionSort {
        /// Where they stand.
        status: QuestionStatus,
        /// To whom they are put.
        #[param(example = "ministero_interno_ps")]
        addressee: AuthorityId,
        /// The association in charge.
        #[param(example = "anci_er")]
        coordinator: BodyId,
        /// An issue that is part of them.
        issue: Uuid,
        /// An answer linked to them.
        answer: Uuid,
        /// A norm they are about, by its id.
        norm: Uuid,
        /// Whether something they rest on has changed.
        to_verify: bool,
        /// Whether the day of what is expected next has passed.
        overdue: bool,
    }
}

params! {
    /// Which answers are listed.
    AnswerParams => AnswerFilter, AnswerSort {
        /// Whether they may be relied on today.
        validity: Validity,
        /// Who answers.
        #[param(example = "ministero_interno_dlci")]
        author: AuthorityId,
        /// In which form.
        #[param(example = "circolare")]
        form: FormCode,
        /// A norm they read, by its id.
        norm: Uuid,
        /// How they came about.
        origin: AnswerOrigin,
        /// How much they say.
        assessment: Assessment,
        /// Whether it was said how much they say.
        assessed: bool,
        /// The association that received them.
        #[param(example = "anci_er")]
        coordinator: BodyId,
        /// Whether something they rest on has changed.
        to_verify: bool,
        /// A question they are linked to.
        question: Uuid,
    }
}

params! {
    /// Which solutions are listed.
    SolutionParams => SolutionFilter, SolutionSort {
        /// On which level.
        level: SolutionLevel,
        /// Where they stand.
        status: SolutionStatus,
        /// Whether they may be relied on today.
        validity: SolutionValidity,
        /// A body that applies them today.
        #[param(example = "c_a944")]
        adopted_by: BodyId,
        /// A body that takes part in an issue they solve and has not decided about them.
        #[param(example = "c_a944")]
        offered_to: BodyId,
        /// The theme of an issue they solve.
        #[param(example = "residence_registration")]
        theme: ThemeCode,
        /// An issue they solve.
        issue: Uuid,
        /// An answer they rest on.
        answer: Uuid,
        /// A norm they rest on, by its id.
        norm: Uuid,
        /// For exactly this territory.
        #[param(example = "08")]
        territory: TerritoryCode,
        /// Where they hold: in this province, one of its municipalities, its region, or the
        /// whole country.
        #[param(example = "PR")]
        province: ProvinceCode,
        /// The association in charge.
        #[param(example = "anci_er")]
        coordinator: BodyId,
        /// Whether an abstract is published.
        published: bool,
        /// Whether something they rest on has changed.
        to_verify: bool,
    }
}

params! {
    /// Which letters are listed.
    CommunicationParams => CommunicationFilter, CommunicationSort {
        /// Registered by the administration with this code.
        #[param(example = "anci_er")]
        ipa: IpaCode,
        /// In which register.
        #[param(example = "SIM")]
        register: RegisterCode,
        /// In which year.
        #[param(example = 2026)]
        year: Year,
        /// Under which number.
        #[param(example = "0000042")]
        number: DocumentNumber,
        /// With which document.
        sha256: Sha256Hex,
        /// In or out.
        direction: Direction,
        /// Who is at the other end.
        #[param(example = "ministero_interno_ps")]
        counterpart: ExternalId,
        /// The association whose letters they are.
        #[param(example = "anci_er")]
        coordinator: BodyId,
    }
}

/// Declares a list and a single thing: handlers and routes.
macro_rules! readings {
    ($($list:ident, $show:ident: $params:ident, |$views:ident, $scope:ident, $filter:ident, $day:ident| $found:expr, |$id:ident| $one:expr;)*) => {$(
        /// The list.
        pub fn $list() -> MethodRouter<Arc<Api>> {
            async fn list(
                State(api): State<Arc<Api>>,
                caller: Caller,
                headers: HeaderMap,
                uri: Uri,
                Timed(params): Timed<$params>,
            ) -> Response {
                if caller.actor.is_none() {
                    return Problem::unauthenticated().into_response();
                }
                let filter = params.filter();
                let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
                asked
                    .answer(true, async |$views, $scope, $day| {
                        let $filter = &filter;
                        let mut list = $found?;
                        let next = list.next.take();
                        Ok(Found::page(list, next))
                    })
                    .await
            }
            get(list)
        }

        /// One of them.
        pub fn $show() -> MethodRouter<Arc<Api>> {
            async fn show(
                State(api): State<Arc<Api>>,
                caller: Caller,
                headers: HeaderMap,
                uri: Uri,
                Path(id): Path<String>,
                Timed(_): Timed<NoParams>,
            ) -> Response {
                let $id = match (caller.actor.as_ref(), ids::uuid(&id)) {
                    (None, _) => return Problem::unauthenticated().into_response(),
                    (_, Ok(id)) => id,
                    (_, Err(problem)) => return problem.into_response(),
                };
                let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
                asked
                    .answer(false, async |$views, $scope, $day| {
                        let thing = $one?.ok_or_else(Problem::not_found)?;
                        let revision = thing.revision;
                        Ok(Found::thing(thing, revision))
                    })
                    .await
            }
            get(show)
        }
    )*};
}

readings! {
    questions, question: QuestionParams,
        |views, scope, filter, day| views.list_questions(scope, filter, day).await,
        |id| views.show_question(scope, id, day).await;
    answers, answer: AnswerParams,
        |views, scope, filter, day| views.list_answers(scope, filter, day).await,
        |id| views.show_answer(scope, id, day).await;
    communications, communication: CommunicationParams,
        |views, scope, filter, _day| views.list_communications(scope, filter).await,
        |id| views.show_communication(scope, id).await;
}

/// `/collective-question-facets`.
pub fn question_facets() -> MethodRouter<Arc<Api>> {
    async fn count(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(params): Timed<QuestionParams>,
    ) -> Response {
        if caller.actor.is_none() {
            return Problem::unauthenticated().into_response();
        }
        let filter = params.filter();
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        asked
            .answer(false, async |views, scope, day| {
                Ok(Found::whole(views.question_facets(scope, &filter, day)?))
            })
            .await
    }
    get(count)
}

/// `/solutions`: for the public, the abstracts that were approved.
pub fn solutions() -> MethodRouter<Arc<Api>> {
    async fn list(
        State(api): State<Arc<Api>>,
        caller: Caller,
        headers: HeaderMap,
        uri: Uri,
        Timed(params): Timed<SolutionParams>,
    ) -> Response {
        let filter = params.filter();
        let asked = Asked { api: &api, caller: &caller, headers: &headers, uri: &uri };
        if caller.scope() == Scope::Nothing {
            return asked
                .answer(true, async |views, _, day| {
                    let mut list = views.list_published_solutions(&filter, day).await?;
                    let next = list.next.take();
                    Ok(Found::page(list, next))
                })
                .await;
        }
        asked
            .answer(true, async |views, scope, day| {
                let mut list = views.list_solutions(scope, &filter, day).await?;
                let next = list.next.take();
                Ok(Found::page(list, next))
            })
            .await
    }
    get(list)
}

/// `/solutions/{solution_id}`.
pub fn solution() -> MethodRouter<Arc<Api>> {
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
            .answer(false, async |views, scope, day| {
                if *scope != Scope::Nothing
                    && let Some(thing) = views.show_solution(scope, id, day).await?
                {
                    let revision = thing.revision;
                    return Ok(Found::thing(Shown::Whole(Box::new(thing)), revision));
                }
                // What everybody may read, somebody of another network may too.
                let found = views.show_published_solution(id, day).await?;
                Ok(Found::whole(Shown::Published(found.ok_or_else(Problem::not_found)?)))
            })
            .await
    }
    get(show)
}

/// A solution as its reader may see it.
#[derive(Serialize)]
#[serde(untagged)]
enum Shown {
    Whole(Box<SolutionDetail>),
    Published(PublishedSolution),
}
