//! The Italian pages: server-rendered, whole without JavaScript, in the look of the
//! Italian public administration.
//!
//! ```text
//! request ─► Visit (who, where, on which day) ─► a handler of pages/ ─► Page ─► finish
//!                                                  │ asks operations and views
//! ```
//!
//! A page asks the same operations and the same views as the API, under the same rule of
//! access; a form sends the data of the same events ([`forms`]). All routes stand in one
//! table below, all words for codes in [`words`], all pieces that pages share in
//! [`parts`].
//!
//! Deliberately absent: rules, SQL, the event store, scripts or styles inside a page, and
//! anything fetched from another host.
//!
//! Depends on: `operations`, `extract`, `letter`, `projections`, `notary`, `access`, `codec`,
//! `domain`, `csv`, `clock`.

pub mod address;
mod assets;
mod counts;
pub mod fault;
mod finish;
pub mod forms;
pub mod layout;
mod pages;
pub mod parts;
mod sign_in;
pub mod visit;
pub mod visitor;
pub mod words;

use std::sync::Arc;

use axum::Router;
use tower_http::compression::CompressionLayer;
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::registry::Role;
use crate::domain::values::BodyId;
use crate::endpoint::{get, get_post, post};
use crate::notary::Keeper;
use crate::operations::Operations;
use crate::projections::Views;
use crate::projections::answers::AnswerDetail;
use crate::projections::issues::IssueDetail;
use crate::projections::questions::QuestionDetail;
use crate::projections::solutions::SolutionDetail;

use assets::Assets;
use counts::Counts;
use fault::Fault;

/// What the pages share.
pub struct Site {
    /// What can be asked of the product.
    pub operations: Arc<Operations>,
    /// The views.
    pub views: Arc<Views>,
    /// The log.
    pub log: Arc<Keeper>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How the pages are set up.
    pub options: SiteOptions,
    assets: Assets,
    counts: Counts,
    /// From which the form tokens of visitors without a session are derived.
    key: [u8; 32],
}

/// How the pages are set up.
#[derive(Debug, Clone, Default)]
pub struct SiteOptions {
    /// The public address, without a slash at the end.
    pub base: String,
    /// What is said where the data are invented.
    pub disclaimer: Option<String>,
    /// Where the declaration of accessibility is published, when it is.
    pub accessibility_url: Option<String>,
    /// The accounts of a demonstration, which open with one click.
    pub demo: Vec<DemoAccount>,
    /// Whether a proxy in front names the client's address.
    pub trusted_proxy: bool,
}

/// An account of a demonstration.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// In which role.
    pub role: Role,
    /// For which body.
    pub body: BodyId,
    /// The account.
    pub account: Uuid,
}

impl Site {
    /// The pages over operations and views.
    pub fn new(
        operations: Arc<Operations>,
        views: Arc<Views>,
        log: Arc<Keeper>,
        clock: Arc<dyn Clock>,
        options: SiteOptions,
    ) -> Arc<Self> {
        let mut key = [0; 32];
        clock.fill(&mut key);
        let (assets, counts) = (Assets::default(), Counts::default());
        Arc::new(Self { operations, views, log, clock, options, assets, counts, key })
    }

    /// Whether the data are invented and anybody may try.
    pub fn is_demo(&self) -> bool {
        self.options.disclaimer.is_some()
    }
}

/// THE table of pages, one line each, with the tables beside it: cases, questions, the ways
/// in, the administration.
fn pages() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(pages::home::show))
        .route("/norme", get(pages::norms::list))
        .route("/norme/{id}", get(pages::norm::show))
        .route("/difformita", get(pages::divergences::show))
        .route("/cruscotto", get(pages::dashboard::show))
        .route("/cruscotto/{name}", get(pages::dashboard::file))
        .route("/ricostruisci", get(pages::past::list))
        .route("/ricostruisci/elenco.json", get(pages::past::list_json))
        .route("/ricostruisci/elenco.csv", get(pages::past::list_csv))
        .route("/ricostruisci/{id}", get(pages::past::case))
        .route("/ricostruisci/{id}/estratto.zip", get(pages::past::extract))
        .route("/ricostruisci/{id}/scheda.json", get(pages::past::card))
        .route("/ricostruisci/{id}/eventi.csv", get(pages::past::events))
        .route("/accesso", get(pages::access::show))
        .route("/accesso/dimostrazione", post(pages::access::open_demo))
        .route("/uscita", post(pages::access::leave))
        .route("/scrivania", get(pages::desk::show))
        .route("/statici/{name}", get(assets::show))
        .route("/favicon.ico", get(assets::icon))
        .merge(cases())
        .merge(questions())
        .merge(sign_in::routes())
        .merge(pages::admin::routes())
}

/// The pages of reports, answers and solutions.
fn cases() -> Router<Arc<Site>> {
    Router::new()
        .route("/segnalazioni", get(pages::issues::list))
        .route("/segnalazioni.atom", get(pages::feeds::issues))
        .route("/segnalazioni/{id}", get(pages::issue::show))
        .route("/soluzioni", get(pages::solutions::list))
        .route("/soluzioni.atom", get(pages::feeds::solutions))
        .route("/soluzioni/{id}", get(pages::solution::show))
        .route("/riscontri/{id}", get(pages::answer::show))
        .route(
            "/riscontri/{id}/{act}",
            get_post(pages::acts::show::<AnswerDetail>, pages::acts::send::<AnswerDetail>),
        )
        .route("/soluzioni/nuova", get_post(pages::propose::show, pages::propose::send))
        .route(
            "/soluzioni/{id}/{act}",
            get_post(pages::acts::show::<SolutionDetail>, pages::acts::send::<SolutionDetail>),
        )
        .route("/soluzioni/{id}/adozione", get_post(pages::adopt::show, pages::adopt::send))
        .route(
            "/soluzioni/{id}/validazione",
            get_post(pages::adopt::show_validation, pages::adopt::validate),
        )
        .route("/segnalazioni/{id}/documenti/{sha256}", get(pages::documents::of_issue))
        .route("/segnalazioni/{id}/in-carico", post(pages::desk::take))
        .route(
            "/segnalazioni/{id}/istruttoria",
            get_post(pages::desk::show_triage, pages::desk::triage),
        )
        .route(
            "/segnalazioni/{id}/cancellazione",
            get_post(pages::erasure::show::<IssueDetail>, pages::erasure::send::<IssueDetail>),
        )
        .route(
            "/riscontri/{id}/cancellazione",
            get_post(pages::erasure::show::<AnswerDetail>, pages::erasure::send::<AnswerDetail>),
        )
        .route(
            "/soluzioni/{id}/cancellazione",
            get_post(
                pages::erasure::show::<SolutionDetail>,
                pages::erasure::send::<SolutionDetail>,
            ),
        )
        .route(
            "/segnalazioni/{id}/{act}",
            get_post(pages::acts::show::<IssueDetail>, pages::acts::send::<IssueDetail>),
        )
        .route("/segnalazioni/nuova", get_post(pages::report::show, pages::report::send))
        .route("/segnalazioni/simili", post(pages::report::similar))
        .route(
            "/segnalazioni/{id}/anche-da-noi",
            get_post(pages::report::show_endorsement, pages::report::endorse),
        )
}

/// The pages of questions.
fn questions() -> Router<Arc<Site>> {
    Router::new()
        .route("/quesiti", get(pages::questions::list))
        .route("/quesiti/{id}", get(pages::question::show))
        .route(
            "/quesiti/nuovo",
            get_post(pages::question::draft::show, pages::question::draft::send),
        )
        .route(
            "/quesiti/{id}/testo",
            get_post(pages::question::revise::show, pages::question::revise::send),
        )
        .route(
            "/quesiti/{id}/trasmissione",
            get_post(pages::question::dispatch::show, pages::question::dispatch::send),
        )
        .route(
            "/quesiti/{id}/protocollo",
            get_post(pages::question::letters::show, pages::question::letters::send),
        )
        .route(
            "/quesiti/{id}/corrispondenza",
            get_post(pages::question::post::show_letter, pages::question::post::send_letter),
        )
        .route(
            "/quesiti/{id}/ricevuta",
            get_post(pages::question::post::show_receipt, pages::question::post::send_receipt),
        )
        .route(
            "/quesiti/{id}/annulla-protocollo",
            get_post(pages::question::post::show_annulment, pages::question::post::send_annulment),
        )
        .route(
            "/quesiti/{id}/riscontro",
            get_post(pages::question::reply::show, pages::question::reply::send),
        )
        .route(
            "/quesiti/{id}/collegamento",
            get_post(pages::question::reply::show_link, pages::question::reply::send_link),
        )
        .route(
            "/quesiti/{id}/{act}",
            get_post(pages::question::acts::show, pages::question::acts::send),
        )
        .route("/quesiti/{id}/lettera", get(pages::question::letter))
        .route("/quesiti/{id}/lettera.docx", get(pages::question::document))
        .route(
            "/quesiti/{id}/cancellazione",
            get_post(
                pages::erasure::show::<QuestionDetail>,
                pages::erasure::send::<QuestionDetail>,
            ),
        )
}

/// Every page, with the layers that finish every answer. Merged beside the API.
pub fn router(site: Arc<Site>) -> Router {
    pages()
        .fallback(async || Fault::NotFound)
        .method_not_allowed_fallback(async || Fault::Method)
        .layer(axum::middleware::from_fn_with_state(site.clone(), finish::finish))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(site)
}
