//! *Cruscotto*: the figures over the whole, each as a chart, as a table and as CSV.
//!
//! Figures are those of the API's statistics; for the public small cells are hidden there.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use crate::access::Scope;
use crate::csv;
use crate::projections::statistics::{AgeBand, Statistics};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts::{self, Bar};
use crate::web::visit::Visit;
use crate::web::words;

/// The address of the page.
pub const ADDRESS: &str = "/cruscotto";

/// Most cells of norm and authority that the chart draws; the table has them all.
const DRAWN: usize = 12;

/// How a hidden figure is told.
const HIDDEN: &str = "meno di 5";

/// One figure: what it is called, its chart and its table.
struct Figure {
    /// Its name in addresses.
    name: &'static str,
    heading: &'static str,
    /// How it is counted.
    note: &'static str,
    bars: Vec<Bar>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// `/cruscotto`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    let (found, figures) = read(&visit).await?;
    let public = visit.scope() == Scope::Nothing;
    let main = html! {
        h1 { "Cruscotto" }
        p.lead {
            @if public {
                "Le cifre di tutte le segnalazioni. Quelle inferiori a 5 non si mostrano, perché potrebbero far \
                 riconoscere qualcuno. "
            } @else {
                "Le cifre delle segnalazioni che si possono consultare. "
            }
            strong { "Al " (parts::day(visit.today)) "." }
        }
        (parts::facts(&[
            ("Segnalazioni", Some(html! { (count(found.issues)) })),
            ("Con interpretazioni opposte", Some(html! { (count(found.divergent)) })),
            ("Ricomposte", Some(html! { (count(found.composed)) })),
            ("Quota di recepimento", Some(html! { @match found.adoption_percent { Some(share) => { (share) "%" }, None => { "non disponibile" } } })),
        ]))
        @for figure in &figures { (section(figure)) }
    };
    Ok(visit.page("Cruscotto", main).for_everybody())
}

/// `/cruscotto/{name}`: one figure as CSV.
pub async fn file(visit: Visit, Path(name): Path<String>) -> Result<Response, Fault> {
    let wanted = name.strip_suffix(".csv").ok_or(Fault::NotFound)?;
    let (_, figures) = read(&visit).await?;
    let figure = figures.into_iter().find(|one| one.name == wanted).ok_or(Fault::NotFound)?;
    let columns: Vec<&str> = figure.columns.iter().map(String::as_str).collect();
    let text = csv::table(&columns, figure.rows);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(csv::MEDIA_TYPE)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment")),
    ];
    Ok((headers, text).into_response())
}

async fn read(visit: &Visit) -> Result<(Statistics, Vec<Figure>), Fault> {
    let found = visit.views().await?.statistics(&visit.scope(), visit.today)?;
    let figures = vec![
        age(&found),
        steps(&found),
        divergences(&found),
        decisions(&found),
        unanswered(visit, &found)?,
    ];
    Ok((found, figures))
}

fn section(figure: &Figure) -> Markup {
    html! {
        section {
            h2 id=(figure.name) { (figure.heading) }
            p.quiet { (figure.note) }
            @if figure.rows.is_empty() {
                (parts::nothing("Nulla da contare, per ora."))
            } @else {
                (parts::bars(figure.heading, &figure.bars))
                (parts::scrolling(&format!("Tabella: {}", figure.heading), &html! {
                    table {
                        thead { tr { @for (at, column) in figure.columns.iter().enumerate() {
                            th.number[at > 0] scope="col" { (column) }
                        } } }
                        tbody { @for row in &figure.rows { tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td.number { (cell) } }
                            }
                        } } }
                    }
                }))
                p { a href={ (ADDRESS) "/" (figure.name) ".csv" } download {
                    "Scarica in CSV" span.hidden { ": " (figure.heading) }
                } }
            }
        }
    }
}

fn count(figure: Option<u32>) -> String {
    figure.map_or_else(|| HIDDEN.to_owned(), |figure| figure.to_string())
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn bar(label: impl Into<String>, figure: Option<u32>) -> Bar {
    Bar { label: label.into(), value: figure.unwrap_or_default(), text: count(figure) }
}

fn age(found: &Statistics) -> Figure {
    let called = |band: &AgeBand| match band.to_days {
        Some(to) => format!("da {} a {to} giorni", band.from_days),
        None => format!("{} giorni e più", band.from_days),
    };
    Figure {
        name: "eta",
        heading: "Segnalazioni aperte, per età",
        note: "Giorni dalla presentazione, per le segnalazioni né chiuse né ritirate.",
        bars: found.open_by_age.iter().map(|band| bar(called(band), band.issues)).collect(),
        columns: columns(&["Età", "Segnalazioni aperte"]),
        rows: found.open_by_age.iter().map(|band| vec![called(band), count(band.issues)]).collect(),
    }
}

fn step(code: &str) -> String {
    match code {
        "triage" => "Dalla presentazione all'istruttoria",
        "confirmation" => "Dall'istruttoria alla conferma",
        "question" => "Dalla conferma al quesito",
        "dispatch" => "Dal quesito alla trasmissione",
        "answer" => "Dalla trasmissione al riscontro",
        "solution" => "Dal riscontro alla soluzione",
        "closure" => "Dalla presentazione alla chiusura",
        other => other,
    }
    .to_owned()
}

fn steps(found: &Statistics) -> Figure {
    let days = |days: Option<u32>| days.map_or_else(|| "–".into(), |days| days.to_string());
    let mut bars = Vec::new();
    for one in &found.steps {
        for (which, figure) in [("metà entro", one.median_days), ("9 su 10 entro", one.p90_days)] {
            bars.extend(figure.map(|figure| Bar {
                label: format!("{}: {which}", step(&one.step)),
                value: figure,
                text: if figure == 1 { "1 giorno".into() } else { format!("{figure} giorni") },
            }));
        }
    }
    Figure {
        name: "tempi",
        heading: "Quanto dura ogni passaggio",
        note: "Giorni di calendario. La mediana è il tempo entro cui passa metà delle segnalazioni; il \
               90° percentile quello entro cui ne passano nove su dieci.",
        bars,
        columns: columns(&[
            "Passaggio",
            "Segnalazioni",
            "Mediana (giorni)",
            "90° percentile (giorni)",
        ]),
        rows: found
            .steps
            .iter()
            .map(|one| {
                vec![step(&one.step), count(one.issues), days(one.median_days), days(one.p90_days)]
            })
            .collect(),
    }
}

/// Rows are norms, columns kinds of authority.
fn divergences(found: &Statistics) -> Figure {
    let mut kinds = BTreeMap::new();
    let mut norms: Vec<(Uuid, &str)> = Vec::new();
    for cell in &found.divergences {
        kinds.insert(
            cell.authority_kind.as_str(),
            words::authority_kind(cell.authority_kind.as_str()),
        );
        if norms.iter().all(|(norm, _)| *norm != cell.norm_id) {
            norms.push((cell.norm_id, &cell.label));
        }
    }
    let cell = |norm: Uuid, kind: &str| {
        let same = found.divergences.iter();
        let mut same =
            same.filter(|one| one.norm_id == norm && one.authority_kind.as_str() == kind);
        same.next().map_or_else(String::new, |one| one.issues.to_string())
    };
    let drawn = found.divergences.iter().take(DRAWN).map(|one| {
        let kind = words::authority_kind(one.authority_kind.as_str());
        bar(format!("{} – {kind}", one.label), Some(one.issues))
    });
    Figure {
        name: "difformita",
        heading: "Difformità per autorità e norma",
        note: "Segnalazioni aperte in cui la norma è letta in modi opposti, per tipo di autorità che ne \
               sostiene una lettura. Il disegno mostra i casi più frequenti, la tabella tutti.",
        bars: drawn.collect(),
        columns: std::iter::once("Norma".to_owned()).chain(kinds.values().cloned()).collect(),
        rows: norms
            .iter()
            .map(|(norm, label)| {
                let cells = kinds.keys().map(|kind| cell(*norm, kind));
                std::iter::once((*label).to_owned()).chain(cells).collect()
            })
            .collect(),
    }
}

fn decisions(found: &Statistics) -> Figure {
    let all = [
        ("Recepita", found.decisions.adopted),
        ("Recepita con adattamenti", found.decisions.adapted),
        ("Non recepita", found.decisions.declined),
    ];
    let none = all.iter().all(|(_, figure)| *figure == Some(0));
    Figure {
        name: "recepimento",
        heading: "Come gli enti decidono sulle soluzioni",
        note: "Una decisione per ente e soluzione, fra quelle che valgono oggi.",
        bars: all.iter().map(|(label, figure)| bar(*label, *figure)).collect(),
        columns: columns(&["Decisione", "Enti"]),
        rows: if none {
            Vec::new()
        } else {
            all.iter().map(|(label, figure)| vec![(*label).into(), count(*figure)]).collect()
        },
    }
}

fn unanswered(visit: &Visit, found: &Statistics) -> Result<Figure, Fault> {
    let named = visit.named(|names| {
        let named = found.unanswered.iter().map(|one| (names.authority(&one.authority), one));
        named.collect::<Vec<_>>()
    })?;
    Ok(Figure {
        name: "senza-riscontro",
        heading: "Senza riscontro oltre la data attesa",
        note: "Quesiti trasmessi per i quali il riscontro era atteso prima di oggi. Nessuna legge obbliga a \
               rispondere entro quella data: serve a sapere a chi ricordarlo.",
        bars: named.iter().map(|(name, one)| bar(name, Some(one.questions))).collect(),
        columns: columns(&["Destinatario", "Quesiti", "Giorni dal più vecchio invio"]),
        rows: named
            .into_iter()
            .map(|(name, one)| vec![name, one.questions.to_string(), one.longest_days.to_string()])
            .collect(),
    })
}
