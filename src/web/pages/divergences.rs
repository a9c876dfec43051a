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
const PAGE: u32 = 10;

/// Readings in one cell; the others have a page of their own.
const IN_CELL: u8 = 4;

/// `/difformita`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    visit.actor()?;
    let here = &visit.address;
    // One place and one kind of authority are shown whole.
    let whole = here.get("norma").is_some() && here.get("autorita").is_some();
    let filter = DivergenceFilter {
        norm: here.code("norma")?,
        authority_kind: here.code("autorita")?,
        province: here.code("provincia")?,
        theme: here.code("tema")?,
        current_on: Some(here.code("giorno")?.unwrap_or(visit.today)),
        only_opposed: !here.flag("tutte")?.unwrap_or_default(),
        cursor: here.get("da").map(str::to_owned),
        limit: PAGE,
        each: (!whole).then_some(u32::from(IN_CELL) + 1),
    };
    let most = if whole { usize::MAX } else { IN_CELL.into() };
    let views = visit.views().await?;
    let list = views.list_divergences(&visit.scope(), &filter, visit.today).await?;
    let forms = Forms::of(&visit)?;
    let table = visit.named(|names| table(&list.items, most, names, &forms))?;
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
fn table(rows: &[DivergenceRow], most: usize, names: &Names<'_>, forms: &Forms) -> Markup {
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
                        @for (own, called) in &kinds { td { (cell(row, (own, called), most, names, forms)) } }
                    }
                } }
            }
        }))
    }
}

fn kind(reading: &ReadingView) -> String {
    reading.authority_kind.as_ref().map_or_else(|| "altro".into(), ToString::to_string)
}

/// How authorities of one kind read a place, the kind by its code and as it is called.
fn cell(
    row: &DivergenceRow,
    (own, called): (&str, &str),
    most: usize,
    names: &Names<'_>,
    forms: &Forms,
) -> Markup {
    let readings: Vec<_> = row.readings.iter().filter(|one| kind(one) == own).collect();
    let all = match readings.first().and_then(|one| one.authority_kind.as_ref()) {
        Some(kind) => format!("/difformita?tutte=1&norma={}&autorita={kind}", row.norm_id),
        // Of an office that is not registered no kind is known to ask for.
        None => format!("/norme/{}", row.norm_id),
    };
    html! {
        @for one in readings.iter().take(most) { (reading(one, names, forms)) }
        @if readings.len() > most {
            a href=(all) { "Tutte le letture" span.hidden { ": " (row.label) ", " (called) } }
        }
    }
}

fn reading(reading: &ReadingView, names: &Names<'_>, forms: &Forms) -> Markup {
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
