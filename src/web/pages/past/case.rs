//! One case as it stood.

use axum::extract::Path;
use axum::http::StatusCode;
use maud::{Markup, html};
use uuid::Uuid;

use super::form::Range;
use super::{ADDRESS, Asked, at, changes, download, form, held, register};
use crate::clock::civil_date;
use crate::projections::issues::IssueDetail;
use crate::projections::things::Kind;
use crate::projections::{Cut, TimelineEvent};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::pages::issue;
use crate::web::parts;
use crate::web::visit::Visit;

/// `/ricostruisci/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let actor = visit.actor()?;
    let all = visit.views().await?.history(Some(actor), Kind::Issue, id).await?;
    let all = all.ok_or(Fault::NotFound)?;
    let now = visit.moment().show_issue(Some(actor), id, visit.today).await?;
    let now = now.ok_or(Fault::NotFound)?;
    let range = Range::of_case(&visit, all.iter().map(|one| civil_date(one.recorded_at.0).into()));
    let asked = Asked::of(&visit);
    let picked = match asked {
        Ok(Some(asked)) => Some(Then::of(&visit, id, asked).await?.markup(&all, asked).await?),
        Ok(None) | Err(_) => None,
    };
    let reference = &now.row.reference;
    let title = match asked {
        Ok(Some(asked)) => format!("{reference} {}", asked.words()),
        Ok(None) | Err(_) => format!("Ricostruisci {reference} al giorno…"),
    };
    let main = html! {
        (parts::crumbs(&[(ADDRESS, "Ricostruisci")], reference))
        h1 { (title) }
        @if picked.is_none() { p.lead { (now.row.title) } }
        (form::date(&visit, asked, &range))
        @if let Some(picked) = picked { (picked) }
        p { a href={ "/segnalazioni/" (id) } { "La segnalazione com'è oggi" } }
    };
    let page = visit.page(title, main);
    Ok(if asked.is_err() { page.with_status(StatusCode::BAD_REQUEST) } else { page })
}

/// A case at a moment.
pub struct Then {
    /// The visit to that moment.
    pub visit: Visit,
    id: Uuid,
    /// The record; `None` when it was not there yet.
    pub issue: Option<IssueDetail>,
    /// The events up to then.
    pub events: Vec<TimelineEvent>,
}

impl Then {
    /// Goes back to a moment of a case.
    pub async fn of(visit: &Visit, id: Uuid, asked: Asked) -> Result<Self, Fault> {
        let actor = visit.actor()?;
        let then = visit.back_to(asked.cut).await?;
        let issue = then.moment().show_issue(Some(actor), id, then.today).await?;
        let events = then.moment().history(Some(actor), Kind::Issue, id).await?;
        Ok(Self { visit: then, id, issue, events: events.unwrap_or_default() })
    }

    async fn markup(&self, all: &[TimelineEvent], asked: Asked) -> Result<Markup, Fault> {
        let (then, here) = (&self.visit, &self.visit.address);
        let Some(issue) = &self.issue else {
            return Ok(html! {
                (held(&asked, then.held()))
                (parts::nothing("A quel giorno la segnalazione non risultava ancora, oppure non la poteva vedere chi la guarda oggi."))
                (self.neighbours(all))
            });
        };
        let forms = parts::Forms::of(then)?;
        let query = here.whole();
        let query = query.split_once('?').map_or("", |(_, query)| query);
        let file = |name: &str| format!("{ADDRESS}/{}/{name}?{query}", self.id);
        let standing = register::standing(then, self.id).await?;
        Ok(html! {
            (held(&asked, then.held()))
            (self.neighbours(all))
            nav aria-label="In questa pagina" { p {
                a href="#cambiato" { "Che cosa è cambiato" } " · " a href="#scheda" { "La scheda" } " · "
                a href="#eventi" { "Gli eventi" } " · " a href="#registro" { "Il registro firmato" } " · "
                a href="#scarica" { "Scarica" }
            } }
            section {
                h2 id="cambiato" { "Che cosa è cambiato con l'ultimo evento" }
                (self.changed(issue, asked).await?)
            }
            article {
                h2 id="scheda" { "La scheda, com'era: " (issue.row.title) }
                (issue::marks(issue))
                (issue::remarks(issue))
                (issue::record(then, issue, &forms).await?)
            }
            (register::events(then, self.id, &self.events, &standing)?)
            (register::log(then, &standing))
            section {
                h2 id="scarica" { "Scarica" }
                (download::links(&[
                    ("L'estratto verificabile del caso (ZIP): ciò che era registrato allora, con le prove", file("estratto.zip")),
                    ("La scheda e gli eventi in JSON", file("scheda.json")),
                    ("Gli eventi in CSV, per i fogli di calcolo", file("eventi.csv")),
                ]))
            }
        })
    }

    /// The ways to the event before the last one, and to the next one.
    fn neighbours(&self, all: &[TimelineEvent]) -> Markup {
        let last = self.events.last().map(|event| event.revision);
        let seen = |event: &&TimelineEvent| last.is_some_and(|last| event.revision < last);
        let before = all.iter().rev().find(seen);
        let after = all.iter().find(|event| last.is_none_or(|last| event.revision > last));
        html! {
            nav.pager aria-label="Evento per evento" {
                @if let Some(event) = before {
                    a href=(at(self.id, event.recorded_at.0)) rel="prev" { "Evento precedente (n. " (event.revision + 1) ")" }
                }
                @if let Some(event) = after {
                    a href=(at(self.id, event.recorded_at.0)) rel="next" { "Evento seguente (n. " (event.revision + 1) ")" }
                }
            }
        }
    }

    /// What the last event changed: the record against what it was just before.
    async fn changed(&self, issue: &IssueDetail, asked: Asked) -> Result<Markup, Fault> {
        let Some(last) = self.events.last() else { return Ok(html! {}) };
        let told = html! {
            p {
                "Evento n. " (last.revision + 1) ", registrato il " (parts::instant(last.recorded_at.0)) ": "
                strong { (last.sentence_it) }
            }
        };
        if self.events.len() < 2 {
            return Ok(
                html! { (told) p { "È il primo evento: prima la segnalazione non c'era." } },
            );
        }
        let instant = last.recorded_at.0 - jiff::SignedDuration::from_micros(1);
        let before = self.visit.beside(Cut { as_of: Some(instant), ..asked.cut }).await?;
        let actor = before.actor()?;
        let was = before.moment().show_issue(Some(actor), self.id, before.today).await?;
        let Some(was) = was else {
            return Ok(html! { (told) p { "Prima la segnalazione non era visibile." } });
        };
        Ok(html! { (told) (changes::table(&self.visit, &was, issue)?) })
    }
}
