//! What stands at the root, beside the API: documentation, explanations of
//! problems, well-known addresses.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use utoipa_swagger_ui::SwaggerUi;

use super::problem::Problem;
use super::{Api, PREFIX, openapi, problems};
use crate::endpoint::get;

/// The routes at the root.
pub fn routes(api: &Arc<Api>) -> Router<Arc<Api>> {
    let document = openapi::document(&api.base);
    Router::new()
        .route("/problems", get(all_problems))
        .route("/problems/{slug}", get(problem))
        .route("/.well-known/security.txt", get(security))
        .route("/.well-known/api-catalog", get(catalog))
        .merge(SwaggerUi::new("/docs").external_url_unchecked("/openapi.json", document))
}

async fn all_problems() -> Html<String> {
    let mut list = String::from("<dl>");
    for (slug, text) in problems::all() {
        let _ = write!(
            list,
            "<dt><a href=\"/problems/{slug}\">{slug}</a></dt><dd>{}</dd>",
            escape(&text)
        );
    }
    list.push_str("</dl>");
    page("Spiegazione degli errori", &list)
}

async fn problem(Path(slug): Path<String>) -> Response {
    match problems::explanation(&slug) {
        Some(text) => page(&slug, &format!("<p>{}</p>", escape(&text))).into_response(),
        None => Problem::not_found().into_response(),
    }
}

async fn security(State(api): State<Arc<Api>>) -> Response {
    // RFC 9116 wants an expiry; a year from today keeps it valid while it is served.
    let expires = api.clock.now().saturating_add(jiff::SignedDuration::from_hours(24 * 365));
    let expires = expires.map_or_else(|_| String::new(), |expires| format!("{expires:.0}"));
    let text = format!(
        "Contact: mailto:security@quesito.example\nExpires: {expires}\nPreferred-Languages: it, en\nCanonical: {}/.well-known/security.txt\n",
        api.base
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn catalog(State(api): State<Arc<Api>>) -> Response {
    let base = &api.base;
    // RFC 9727: one API, its description, its documentation, its status.
    let linkset = serde_json::json!({"linkset": [{
        "anchor": format!("{base}{PREFIX}"),
        "service-desc": [{"href": format!("{base}/openapi.json"), "type": "application/json"}],
        "service-doc": [{"href": format!("{base}/docs"), "type": "text/html"}],
        "status": [{"href": format!("{base}{PREFIX}/status"), "type": "application/json"}],
    }]});
    ([(header::CONTENT_TYPE, "application/linkset+json")], linkset.to_string()).into_response()
}

fn page(title: &str, body: &str) -> Html<String> {
    let title = escape(title);
    Html(format!(
        "<!doctype html>\n<html lang=\"it\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>\n"
    ))
}

/// Text as it may stand in HTML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
