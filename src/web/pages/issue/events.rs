//! The history of an issue in one column, by kind.

use maud::{Markup, html};
use uuid::Uuid;

use crate::projections::TimelineEvent;
use crate::projections::history::Names;
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::pages::past;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The kinds of events that can be shown alone: the parameter, its words, the stored types
/// by how they begin.
const KINDS: &[(&str, &str, &[&str])] = &[
    ("interpretazioni", "interpretazioni", &["position-", "issue-reported"]),
    ("enti", "enti", &["issue-endorsed", "endorsement-", "impact-", "clarification-"]),
    ("riscontri", "riscontri e collegamenti", &["answer-", "issue-linked", "issue-unlinked"]),
    ("norme", "norme", &["norm-"]),
    ("note", "note", &["note-", "contact-"]),
    (
        "stato",
        "istruttoria e stato",
        &[
            "issue-reported",
            "issue-amended",
            "issue-triaged",
            "issue-assigned",
            "visibility-",
            "issue-published",
            "issue-unpublished",
            "issue-withdrawn",
            "issue-closed",
            "issue-reopened",
            "text-",
        ],
    ),
];

/// What happened to an issue.
pub async fn section(visit: &Visit, id: Uuid) -> Result<Markup, Fault> {
    let actor = visit.visitor.actor.as_ref();
    let events = visit.views().await?.history(actor, Kind::Issue, id).await?.unwrap_or_default();
    let chosen = visit.address.get("eventi");
    let kind = KINDS.iter().find(|(kind, ..)| chosen == Some(kind));
    let shown = |event: &&TimelineEvent| {
        kind.is_none_or(|(.., types)| types.iter().any(|own| event.stored_type.starts_with(own)))
    };
    let rows: Vec<Markup> = visit.named(|names| {
        let told = events.iter().filter(shown);
        told.map(|event| {
            let then = past::at(id, event.recorded_at.0);
            self::told(event, names, Some(&then))
        })
        .collect()
    })?;
    Ok(html! {
        section {
            h2 id="storia" { "Storia" }
            nav aria-label="Tipo di eventi" {
                p {
                    "Mostra: "
                    (choice(visit, None, "tutto", chosen))
                    @for (kind, words, _) in KINDS { " · " (choice(visit, Some(kind), words, chosen)) }
                }
            }
            @if rows.is_empty() {
                (parts::nothing("Nessun evento di questo tipo."))
            } @else {
                ol.events { @for row in &rows { (row) } }
            }
        }
    })
}

fn choice(visit: &Visit, kind: Option<&str>, words: &str, chosen: Option<&str>) -> Markup {
    let address = match kind {
        Some(kind) => visit.address.with("eventi", kind),
        None => visit.address.without("eventi"),
    };
    html! {
        @if kind == chosen { strong { (words) } } @else { a href={ (address) "#storia" } { (words) } }
    }
}

/// An event: what, when it happened, when it was recorded, in which role; never who.
///
/// `then` is the address of the page that shows the thing as it was with it.
pub fn told(event: &TimelineEvent, names: &Names<'_>, then: Option<&str>) -> Markup {
    html! {
        li id={ "evento-" (event.revision) } {
            p { strong { (parts::day(event.occurred_on)) } " – " (event.sentence_it) }
            p.quiet {
                "Registrato il " (parts::instant(event.recorded_at.0)) " da " (names.body(&event.body)) " (" (words::role(event.role)) ")"
                @if let Some(behalf) = &event.on_behalf_of { " per conto di " (names.body(behalf)) }
                @if let Some(then) = then {
                    " · "
                    a href=(then) {
                        "al giorno…" span.hidden { " dell'evento n. " (event.revision + 1) ": la segnalazione com'era" }
                    }
                }
            }
        }
    }
}
