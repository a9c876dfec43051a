//! *Ricostruisci al giorno…*: the whole list or one case as it stood on a day.
//!
//! A date comes first. Nothing here is a record of its own: what is shown is what the
//! pages of today show, read from the views as they stood, beside the events up to then
//! with their place in the signed log.
//!
//! ```text
//! /ricostruisci?al=DAY              the list    ─► elenco.json, elenco.csv
//! /ricostruisci/{id}?al=DAY|INSTANT one case    ─► estratto.zip, scheda.json, eventi.csv
//! ```
//!
//! The letter of a question takes the same parameters.

mod case;
mod changes;
mod download;
mod form;
mod register;

pub use case::show as case;
pub use download::{card, events, extract, list_csv, list_json};
pub use form::{Range, date};

use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::issues;
use crate::clock::{end_of_day, instant_text};
use crate::domain::italian::{the, to_the};
use crate::domain::values::Day;
use crate::projections::{Cut, Held};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;

/// The address of the page.
pub const ADDRESS: &str = "/ricostruisci";

/// The parameter: what had been recorded by then.
const KNOWN: &str = "al";

/// The parameter: what had happened by then.
const HELD: &str = "vigente";

/// The moment that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// What of the log is read.
    pub cut: Cut,
    /// The end of a day, or an instant.
    when: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Day(Day),
    Instant(Timestamp),
}

/// What is wrong with the moment asked for: the field, and why.
pub type Wrong = (&'static str, &'static str);

impl Asked {
    /// The moment that an address asks for; `None` before a date was picked.
    ///
    /// # Errors
    ///
    /// [`Wrong`] when it asks for none that there is.
    pub fn of(visit: &Visit) -> Result<Option<Self>, Wrong> {
        let Some(known) = visit.address.get(KNOWN) else { return Ok(None) };
        let when = match (known.parse(), known.parse()) {
            (Ok(day), _) => When::Day(day),
            (_, Ok(instant)) => When::Instant(instant),
            (Err(_), Err(_)) => return Err((KNOWN, "Serve una data, per esempio 31/12/2025.")),
        };
        let early = match when {
            When::Day(day) => day <= visit.today,
            When::Instant(instant) => instant <= visit.site.clock.now(),
        };
        if !early {
            return Err((KNOWN, "Questo giorno non è ancora passato."));
        }
        let effective_on = match visit.address.get(HELD).map(str::parse) {
            None => None,
            Some(Ok(day)) => Some(day),
            Some(Err(_)) => return Err((HELD, "Serve una data, per esempio 31/12/2025.")),
        };
        let as_of = match when {
            // Today is not over: what is known of it is what is known now.
            When::Day(day) if day == visit.today => None,
            When::Day(day) => Some(end_of_day(day.date())),
            When::Instant(instant) => Some(instant),
        };
        Ok(Some(Self { cut: Cut { as_of, effective_on, head: None }, when }))
    }

    /// The same, where only a moment will do.
    fn needed(visit: &Visit) -> Result<Self, Fault> {
        let asked = Self::of(visit).map_err(|(_, why)| Fault::BadAddress(why.into()))?;
        asked.ok_or_else(|| Fault::BadAddress("Manca il giorno da ricostruire.".into()))
    }

    /// "al 12 marzo 2026", "al 12 marzo 2026, ore 10:05:07".
    pub fn words(&self) -> String {
        match self.when {
            When::Day(day) => format!("{}{}", to_the(day.date()), parts::day_text(day)),
            When::Instant(instant) => {
                let local = crate::clock::civil_time(instant);
                format!(
                    "{}{}, ore {}",
                    to_the(local.date()),
                    parts::day_text(local.date().into()),
                    local.strftime("%H:%M:%S")
                )
            }
        }
    }

    /// The civil day.
    pub fn day(&self) -> Day {
        match self.when {
            When::Day(day) => day,
            When::Instant(instant) => crate::clock::civil_date(instant).into(),
        }
    }
}

/// The address of a case as it stood at an instant.
pub fn at(issue: Uuid, instant: Timestamp) -> String {
    format!("{ADDRESS}/{issue}?{KNOWN}={}", instant_text(instant))
}

/// `/ricostruisci`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    visit.actor()?;
    let asked = Asked::of(&visit);
    let range = form::Range::of_list(&visit).await?;
    let picked = match asked {
        Ok(Some(asked)) => Some(then(&visit, asked).await?),
        Ok(None) | Err(_) => None,
    };
    let title = match asked {
        Ok(Some(asked)) => format!("Le segnalazioni {}", asked.words()),
        Ok(None) | Err(_) => "Ricostruisci al giorno…".into(),
    };
    let main = html! {
        h1 { (title) }
        @if picked.is_none() {
            p.lead {
                "Come risultavano le segnalazioni in un giorno passato: che cosa si sapeva, che cosa \
                 valeva, chi aveva registrato che cosa."
            }
        }
        (form::date(&visit, asked, &range))
        @if let Some(picked) = picked { (picked) }
    };
    let page = visit.page(title, main);
    Ok(match asked {
        Ok(_) => page,
        Err(_) => page.with_status(axum::http::StatusCode::BAD_REQUEST),
    })
}

/// The list as it stood.
async fn then(visit: &Visit, asked: Asked) -> Result<Markup, Fault> {
    let filter = issues::filter(visit)?;
    let then = visit.back_to(asked.cut).await?;
    let scope = then.scope();
    let list = then.moment().list_issues(&scope, &filter, then.today).await?;
    let counts = then.moment().issue_facets(&scope, &filter, then.today).await?;
    let moment: Vec<(&str, &str)> =
        visit.address.pairs().filter(|(name, _)| [KNOWN, HELD].contains(name)).collect();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(moment).finish();
    let row = |issue| issues::row(&then, issue, &format!("{ADDRESS}/{}?{query}", issue.id), None);
    let rows = list.items.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let whole = visit.address.whole();
    let all = whole.split_once('?').map_or("", |(_, query)| query);
    Ok(html! {
        (held(&asked, then.held()))
        (parts::search_box(&visit.address, "Cerca fra le segnalazioni di allora", ""))
        div.beside {
            section aria-label="Risultati" {
                (issues::heading(&then, counts.total))
                @if rows.is_empty() {
                    (parts::nothing("A quel giorno nessuna segnalazione con questi filtri."))
                } @else {
                    ol.rows { @for row in &rows { (row) } }
                }
                (parts::pager(&visit.address, list.next.as_deref()))
                (download::links(&[
                    ("L'elenco in JSON", format!("{ADDRESS}/elenco.json?{all}")),
                    ("L'elenco in CSV, per i fogli di calcolo", format!("{ADDRESS}/elenco.csv?{all}")),
                ]))
            }
            (issues::beside(&then, &counts))
        }
    })
}

/// For which moment the page holds.
pub fn held(asked: &Asked, held: Option<Held>) -> Markup {
    html! {
        p.seen {
            "Si vede ciò che era registrato "
            @match asked.when {
                When::Day(day) => { "a tutto " (the(day.date())) (parts::day(day)) }
                When::Instant(instant) => { "entro " (the(crate::clock::civil_date(instant))) (parts::instant(instant)) }
            }
            @if let Some(day) = asked.cut.effective_on {
                ", limitatamente a ciò che era accaduto e valeva " (the(day.date())) (parts::day(day))
            }
            "."
            @if let Some(held) = held {
                " Registro letto fino alla posizione " code { (format!("{:016x}", held.head.0)) } "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_words() {
        let asked = |when| Asked { cut: Cut::default(), when };
        let day = asked(When::Day("2026-03-12".parse().unwrap()));
        assert_eq!(day.words(), "al 12 marzo 2026");
        let instant = asked(When::Instant("2026-04-07T22:05:07Z".parse().unwrap()));
        assert_eq!(instant.words(), "all'8 aprile 2026, ore 00:05:07");
        assert_eq!(instant.day(), "2026-04-08".parse().unwrap());
    }
}
