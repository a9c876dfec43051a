//! *Difformità*: the matrix of norms and authorities, readable as a table.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::norm::place_name;
use crate::projections::ReadingView;
use crate::projections::divergences::{DivergenceFilter, DivergenceRow};
use crate::projections::history::Names;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts::{self, Forms, Tone};
use crate::web::visit::Visit;
use crate::web::words;

/// Rows on one page.
const PAGE: u32 = 20;

/// `/difformita`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    visit.actor()?;
    let here = &visit.address;
    let filter = DivergenceFilter {
        norm: here.code("norma")?,
        authority_kind: here.code("autorita")?,
        province: here.code("provincia")?,
        theme: here.code("tema")?,
        current_on: Some(here.code("giorno")?.unwrap_or(visit.today)),
        only_opposed: !here.flag("tutte")?.unwrap_or_default(),
        cursor: here.get("da").map(str::to_owned),
        limit: PAGE,
    };
    let views = visit.views().await?;
    let list = views.list_divergences(&visit.scope(), &filter, visit.today).await?;
    let forms = Forms::of(&visit)?;
    let table = visit.named(|names| table(&list.items, names, &forms))?;
    let day = filter.current_on.unwrap_or(visit.today);
    let main = html! {
        h1 { "Difformità" }
        p.lead { "Chi legge la stessa norma in modo diverso, al " (parts::day(day)) "." }
        (choices(&visit, &filter))
        @if list.items.is_empty() {
            (parts::nothing("Nessuna difformità con questi filtri."))
        } @else {
            (table)
        }
        (parts::pager(here, list.next.as_deref()))
    };
    Ok(visit.page("Difformità", main))
}

/// The filters: a day, whether only what is opposed, an authority, a province.
fn choices(visit: &Visit, filter: &DivergenceFilter) -> Markup {
    let here = &visit.address;
    let day = filter.current_on.unwrap_or(visit.today);
    html! {
        form.inline method="get" action="/difformita" {
            div.field {
                label for="giorno" { "Al giorno" }
                input id="giorno" name="giorno" type="date" value=(day);
            }
            div.field {
                label for="provincia" { "Provincia" }
                select id="provincia" name="provincia" {
                    option value="" { "Tutte" }
                    @for code in ["BO", "FC", "FE", "MO", "PC", "PR", "RA", "RE", "RN"] {
                        option value=(code) selected[here.get("provincia") == Some(code)] { (words::province(code)) }
                    }
                }
            }
            div.field {
                label for="tutte" { "Mostra" }
                select id="tutte" name="tutte" {
                    option value="0" { "Solo le letture opposte" }
                    option value="1" selected[!filter.only_opposed] { "Tutte le letture" }
                }
            }
            button.second type="submit" { "Mostra" }
        }
    }
}

/// Columns are kinds of authority, rows are places in norms.
fn table(rows: &[DivergenceRow], names: &Names<'_>, forms: &Forms) -> Markup {
    let mut kinds: BTreeMap<String, String> = BTreeMap::new();
    for reading in rows.iter().flat_map(|row| &row.readings) {
        let kind = kind(reading);
        let called = words::authority_kind(&kind);
        kinds.insert(kind, called);
    }
    html! {
        (parts::scrolling("Matrice norme e autorità", &html! {
            table.both {
                thead { tr {
                    th scope="col" { "Norma" }
                    @for called in kinds.values() { th scope="col" { (called) } }
                } }
                tbody { @for row in rows {
                    tr {
                        th scope="row" {
                            a href={ "/norme/" (row.norm_id) } { (row.label) } br;
                            (place_name(row.article.as_deref(), row.paragraph.as_deref())) br;
                            @if row.opposed { (parts::badge((Tone::Warning, "letture opposte"))) }
                            @else { (parts::badge((Tone::Done, "nessuna opposizione"))) }
                        }
                        @for own in kinds.keys() {
                            td { @for reading in row.readings.iter().filter(|one| kind(one) == *own) {
                                (cell(reading, names, forms))
                            } }
                        }
                    }
                } }
            }
        }))
    }
}

fn kind(reading: &ReadingView) -> String {
    reading.authority_kind.as_ref().map_or_else(|| "altro".into(), ToString::to_string)
}

fn cell(reading: &ReadingView, names: &Names<'_>, forms: &Forms) -> Markup {
    let place = match &reading.province {
        Some(province) => words::province(province.as_str()).to_owned(),
        None => parts::territory(&reading.territory, names),
    };
    html! {
        div.reading {
            strong { (place) } ": "
            @if let Some(text) = &reading.reading { (text.clear().unwrap_or_default()) }
            br;
            span.quiet {
                (forms.called(&reading.form))
                @if let Some(period) = parts::period(reading.since, reading.until) { ", " (period) }
                @if let Some(cause) = reading.cause { ", " (words::end_cause(cause)) }
                " · "
                a href={ "/segnalazioni/" (reading.issue) } { (reading.issue_reference) }
            }
        }
    }
}
