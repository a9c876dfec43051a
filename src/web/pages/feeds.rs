//! Feeds (Atom) of what was published: issues and solutions, with the same filters as the
//! pages that list them.

use std::fmt::Write as _;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};
use uuid::Uuid;

use super::{issues, solutions};
use crate::domain::values::Day;
use crate::web::fault::Fault;
use crate::web::visit::Visit;

/// Most entries of a feed.
const MOST: u32 = 50;

/// An entry of a feed.
struct Entry {
    id: Uuid,
    title: String,
    summary: String,
    on: Day,
}

/// `/segnalazioni.atom`.
pub async fn issues(visit: Visit) -> Result<Response, Fault> {
    let filter = crate::projections::issues::IssueFilter { limit: MOST, ..issues::filter(&visit)? };
    let list = visit.views().await?.search_published_issues(&filter, visit.today).await?;
    let entries = list.items.into_iter().map(|one| Entry {
        id: one.id,
        title: format!("{} {}", one.reference, issues::first_words(&one.summary)),
        summary: one.summary,
        on: one.reported_on,
    });
    Ok(feed(&visit, "Segnalazioni pubblicate", "/segnalazioni", entries.collect()))
}

/// `/soluzioni.atom`.
pub async fn solutions(visit: Visit) -> Result<Response, Fault> {
    let filter =
        crate::projections::solutions::SolutionFilter { limit: MOST, ..solutions::filter(&visit)? };
    let words = visit.address.searched()?;
    let views = visit.views().await?;
    let list = views.search_published_solutions(words.as_deref(), &filter, visit.today).await?;
    let entries = list.items.into_iter().map(|one| Entry {
        id: one.id,
        title: format!("{} {}", one.reference, issues::first_words(&one.summary)),
        summary: one.summary,
        on: one.published_on,
    });
    Ok(feed(&visit, "Soluzioni pubblicate", "/soluzioni", entries.collect()))
}

fn feed(visit: &Visit, title: &str, path: &str, mut entries: Vec<Entry>) -> Response {
    let base = &visit.site.options.base;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.on));
    let updated = entries.first().map_or(visit.today, |entry| entry.on);
    let document: Markup = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang="it" {
            id { (base) (path) }
            title { (title) " – quesito" }
            updated { (instant(updated)) }
            (self_closing("link", &[("rel", "self"), ("href", &format!("{base}{}", visit.address.whole()))]))
            (self_closing("link", &[("rel", "alternate"), ("href", &format!("{base}{path}"))]))
            author { name { "quesito" } }
            @for entry in &entries {
                entry {
                    id { "urn:uuid:" (entry.id) }
                    title { (entry.title) }
                    updated { (instant(entry.on)) }
                    published { (instant(entry.on)) }
                    (self_closing("link", &[("rel", "alternate"), ("href", &format!("{base}{path}/{}", entry.id))]))
                    summary { (entry.summary) }
                }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, document.into_string()).into_response()
}

/// An element without content: XML wants it closed, HTML does not.
fn self_closing(name: &str, attributes: &[(&str, &str)]) -> Markup {
    let mut text = format!("<{name}");
    for (name, value) in attributes {
        let value = value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let _ = write!(text, " {name}=\"{value}\"");
    }
    PreEscaped(text + "/>")
}

/// A day as an instant: what happened on it is not told by the hour.
fn instant(on: Day) -> String {
    format!("{on}T00:00:00Z")
}
