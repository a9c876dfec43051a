//! The date that comes first; the slider is an addition of the script.

use maud::{Markup, html};

use super::{ADDRESS, Asked, HELD, KNOWN, Wrong};
use crate::domain::values::Day;
use crate::web::fault::Fault;
use crate::web::visit::Visit;

/// Between which days one may choose, and the days on which something was recorded when
/// only those are of interest.
pub struct Range {
    pub first: Day,
    pub days: Vec<Day>,
}

impl Range {
    /// From the first report that the visitor may see.
    pub async fn of_list(visit: &Visit) -> Result<Self, Fault> {
        let first = visit.views().await?.first_report(&visit.scope())?;
        Ok(Self { first: first.unwrap_or(visit.today), days: Vec::new() })
    }

    /// The days of the events of a case.
    pub fn of_case(visit: &Visit, days: impl IntoIterator<Item = Day>) -> Self {
        let mut days: Vec<Day> = days.into_iter().chain([visit.today]).collect();
        days.sort_unstable();
        days.dedup();
        Self { first: days.first().copied().unwrap_or(visit.today), days }
    }
}

/// The form that asks for the day.
pub fn date(visit: &Visit, asked: Result<Option<Asked>, Wrong>, range: &Range) -> Markup {
    let here = &visit.address;
    let wrong = |name: &str| asked.err().filter(|(own, _)| *own == name).map(|(_, why)| why);
    let picked = match asked {
        Ok(Some(asked)) => asked.day().to_string(),
        Ok(None) | Err(_) => here.get(KNOWN).unwrap_or_default().to_owned(),
    };
    let held = here.get(HELD).unwrap_or_default();
    let days: Vec<String> = range.days.iter().map(ToString::to_string).collect();
    html! {
        form.moment method="get" action=(here.path()) {
            @for (name, value) in here.pairs() {
                @if ![KNOWN, HELD, "da"].contains(&name) { input type="hidden" name=(name) value=(value); }
            }
            div.inline {
                (field(KNOWN, "Che cosa risultava registrato il giorno", "", &picked, wrong(KNOWN), (range.first, visit.today)))
                (field(HELD, "e che cosa valeva il giorno", "Facoltativo: conta quando i fatti sono accaduti, non quando sono stati registrati.", held, wrong(HELD), (Day::FIRST, Day::LAST)))
                button type="submit" { "Mostra" }
            }
            div.slider data-cursore=(KNOWN) data-dal=(range.first) data-al=(visit.today) data-tappe=(days.join(" ")) {}
        }
        @if here.path().starts_with(ADDRESS) && here.path() != ADDRESS && here.get(KNOWN).is_some() {
            p { a href={ (ADDRESS) "?" (KNOWN) "=" (picked) } { "Tutte le segnalazioni a quel giorno" } }
        }
    }
}

fn field(
    name: &str,
    label: &str,
    hint: &str,
    value: &str,
    wrong: Option<&str>,
    (first, last): (Day, Day),
) -> Markup {
    let described = match (hint.is_empty(), wrong.is_some()) {
        (true, false) => None,
        (true, true) => Some(format!("{name}-errore")),
        (false, false) => Some(format!("{name}-aiuto")),
        (false, true) => Some(format!("{name}-aiuto {name}-errore")),
    };
    html! {
        div.field.wrong[wrong.is_some()] {
            label for=(name) { (label) }
            @if !hint.is_empty() { p.hint id={ (name) "-aiuto" } { (hint) } }
            @if let Some(why) = wrong { p.fault id={ (name) "-errore" } role="alert" { (why) } }
            input id=(name) name=(name) type="date" value=(value) min=(first) max=(last)
                required[name == KNOWN] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[described];
        }
    }
}
