//! The events of a case up to a day, and where they stand in the signed log.

use maud::{Markup, html};
use serde_json::Value;
use uuid::Uuid;

use super::at;
use crate::domain::values::Day;
use crate::event_store::StreamName;
use crate::extract::{self, Leaf, Sources, Standing};
use crate::notary::hex;
use crate::projections::TimelineEvent;
use crate::web::Site;
use crate::web::fault::Fault;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// What extracts and proofs are made of.
pub fn sources(site: &Site) -> Sources {
    let handler = &site.operations.handler;
    Sources {
        store: handler.store().clone(),
        codec: handler.codec().clone(),
        views: site.views.clone(),
        log: site.log.clone(),
        disclaimer: site.options.disclaimer.clone(),
    }
}

/// Where the events of an issue stand.
pub async fn standing(visit: &Visit, id: Uuid) -> Result<Standing, Fault> {
    let stream = StreamName::new(format!("issue-{id}")).map_err(|_| Fault::NotFound)?;
    let found = extract::standing(&sources(&visit.site), &stream).await;
    found.map_err(|why| Fault::internal(&why))
}

/// The events, in the order of recording.
pub fn events(
    visit: &Visit,
    id: Uuid,
    events: &[TimelineEvent],
    standing: &Standing,
) -> Result<Markup, Fault> {
    let rows: Vec<Markup> = visit.named(|names| {
        let row = |event: &TimelineEvent| {
            let behalf = event.on_behalf_of.as_ref().map(|body| names.body(body));
            row(id, event, &names.body(&event.body), behalf.as_deref(), standing)
        };
        events.iter().map(row).collect()
    })?;
    Ok(html! {
        section {
            h2 id="eventi" { "Gli eventi fino ad allora, nell'ordine in cui sono stati registrati" }
            ol.events { @for row in &rows { (row) } }
        }
    })
}

fn row(
    id: Uuid,
    event: &TimelineEvent,
    body: &str,
    behalf: Option<&str>,
    standing: &Standing,
) -> Markup {
    let leaf = standing.leaves.get(&event.event_id);
    let others: Vec<String> = dates(&event.data)
        .into_iter()
        .map(|(label, day)| format!("{label} {}", parts::day_text(day)))
        .collect();
    html! {
        li id={ "evento-" (event.revision + 1) } {
            p { strong { "N. " (event.revision + 1) } " – " (event.sentence_it) }
            (parts::facts(&[
                ("Accaduto il", Some(parts::day(event.occurred_on))),
                ("Registrato il", Some(parts::instant(event.recorded_at.0))),
                ("Altre date", (!others.is_empty()).then(|| html! { (others.join("; ")) })),
                ("Chi, in che veste", Some(html! { (actor(event, body, behalf)) })),
                ("Nel registro", Some(html! { (place(leaf)) })),
            ]))
            p.quiet {
                "Impronta: "
                @if let Some(leaf) = leaf { code { (hex(&leaf.hash)) } } @else { "non ancora calcolata" }
                " · "
                a href=(at(id, event.recorded_at.0)) { "al giorno…" span.hidden { " di questo evento, n. " (event.revision + 1) } }
            }
        }
    }
}

/// Who recorded an event, in which role; never which person.
pub fn actor(event: &TimelineEvent, body: &str, behalf: Option<&str>) -> String {
    let mut text = format!("{body} ({})", words::role(event.role));
    if let Some(behalf) = behalf {
        text = format!("{text} per conto di {behalf}");
    }
    if let Some(kind) = words::actor_kind(event.actor_kind) {
        text = format!("{text}, {kind}");
    }
    match words::received_via(event.received_via) {
        Some(via) => format!("{text}, {via}"),
        None => text,
    }
}

/// Where an event stands in the log, in words.
pub fn place(leaf: Option<&Leaf>) -> String {
    let Some(leaf) = leaf else { return "in attesa di entrare nel registro".into() };
    let index = leaf.index;
    match (leaf.proven, leaf.covered) {
        (false, _) => format!("voce {index}: NON corrisponde a ciò che il registro ha firmato"),
        (true, true) => format!("voce {index}, compresa nella testa firmata"),
        (true, false) => format!("voce {index}, in attesa della prossima firma"),
    }
}

/// The days inside the data of an event, each with what it is, once.
pub fn dates(data: &Value) -> Vec<(String, Day)> {
    fn visit(value: &Value, name: &str, found: &mut Vec<(String, Day)>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    visit(value, name, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| visit(item, name, found)),
            Value::String(text) => {
                if let Ok(day) = text.parse() {
                    let one = (extract::words::member(name).to_owned(), day);
                    if !found.contains(&one) {
                        found.push(one);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut found = Vec::new();
    visit(data, "", &mut found);
    found
}

/// How the log stands.
pub fn log(visit: &Visit, standing: &Standing) -> Markup {
    let broken = standing.leaves.values().filter(|leaf| !leaf.proven).count();
    html! {
        section {
            h2 id="registro" { "Il registro firmato" }
            @if broken > 0 {
                p.warning-note role="alert" { strong {
                    (broken) " eventi di questo caso non corrispondono a ciò che il registro ha firmato: va avvisato chi gestisce il servizio."
                } }
            } @else {
                p { "Gli eventi di questo caso, così come sono conservati oggi, corrispondono a ciò che il registro contiene." }
            }
            @if let Some(signed) = &standing.signed {
                (parts::facts(&[
                    ("Registro", Some(html! { code { (signed.checkpoint.origin) } })),
                    ("Voci coperte dall'ultima firma", Some(html! { (signed.checkpoint.size) })),
                    ("Firmata il", signed.at.map(parts::instant)),
                    ("Radice", Some(html! { code { (hex(&signed.checkpoint.root)) } })),
                ]))
            } @else {
                p { "La prima firma non è ancora stata apposta." }
            }
            p {
                "Chiave che verifica le firme: " code { (visit.site.log.vkey()) } ". "
                a href="/api/v1/log/checkpoint" { "La testa firmata, come la verificano altri programmi" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_day_inside_an_event_is_told_once_with_what_it_is() {
        let data = json!({
            "since": "2026-01-02", "title": "Dal 2026-01-02",
            "positions": [{"since": "2026-01-02", "until": "2026-02-01"}],
            "act": {"date": "2026-03-01"},
        });
        let day = |text: &str| text.parse::<Day>().unwrap();
        let mut found = dates(&data);
        found.sort();
        assert_eq!(
            found,
            [
                ("da quando".to_owned(), day("2026-01-02")),
                ("data".to_owned(), day("2026-03-01")),
                ("fino al".to_owned(), day("2026-02-01")),
            ]
        );
    }

    #[test]
    fn where_an_event_stands_is_said_in_words() {
        let leaf = Leaf { index: 7, hash: [0; 32], covered: true, proven: true };
        assert_eq!(place(Some(&leaf)), "voce 7, compresa nella testa firmata");
        let waiting = Leaf { covered: false, ..leaf };
        assert_eq!(place(Some(&waiting)), "voce 7, in attesa della prossima firma");
        assert!(place(Some(&Leaf { proven: false, ..leaf })).contains("NON corrisponde"));
        assert!(place(None).contains("in attesa"));
    }
}
