//! What can be taken along: the verifiable extract, the record, the events, the list.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::{Value, json};
use uuid::Uuid;

use super::case::Then;
use super::{Asked, register};
use crate::clock::instant_text;
use crate::csv;
use crate::extract::{self, ExtractError};
use crate::notary::hex;
use crate::projections::Held;
use crate::projections::issues::{IssueFilter, IssueRow};
use crate::web::fault::Fault;
use crate::web::pages::issues;
use crate::web::visit::Visit;
use crate::web::words;

/// Issues read at once.
const PAGE: u32 = 200;

/// The most issues that a file of the list holds.
const MOST: usize = 20_000;

const JSON: &str = "application/json";

/// The columns of the events.
const EVENTS: &[&str] = &[
    "numero",
    "accaduto_il",
    "registrato_il",
    "altre_date",
    "che_cosa",
    "tipo",
    "chi_in_che_veste",
    "impronta",
    "nel_registro",
    "id",
];

/// The columns of the list.
const LIST: &[&str] = &[
    "codice",
    "titolo",
    "stato",
    "esito",
    "ente",
    "tema",
    "norme",
    "enti_coinvolti",
    "persone_coinvolte",
    "interpretazioni_valide",
    "soluzione_valida",
    "da_verificare",
    "segnalata_il",
    "giorni_di_apertura",
    "aggiornata_il",
    "id",
];

/// Files to take along.
pub fn links(files: &[(&str, String)]) -> Markup {
    html! { ul { @for (words, address) in files { li { a href=(address) download { (words) } } } } }
}

/// `/ricostruisci/{id}/estratto.zip`.
pub async fn extract(visit: Visit, Path(id): Path<Uuid>) -> Result<Response, Fault> {
    let asked = Asked::needed(&visit)?;
    // Whoever looks back is recorded, and sees what the rule allowed then.
    let then = Then::of(&visit, id, asked).await?;
    let issue = then.issue.ok_or(Fault::NotFound)?;
    let sources = register::sources(&visit.site);
    let made = extract::extract(&sources, visit.actor()?, id, asked.cut.as_of).await;
    let made = made.map_err(|why| match why {
        ExtractError::NotFound => Fault::NotFound,
        ExtractError::Behind => Fault::unavailable(&why),
        ExtractError::Views(why) => why.into(),
        ExtractError::Read(_)
        | ExtractError::Codec(_)
        | ExtractError::Log(_)
        | ExtractError::Pack(_) => Fault::internal(&why),
    })?;
    Ok(file(&format!("estratto-{}", issue.row.reference), "zip", "application/zip", made.bytes))
}

/// `/ricostruisci/{id}/scheda.json`: the record and its events, as the API spells them.
pub async fn card(visit: Visit, Path(id): Path<Uuid>) -> Result<Response, Fault> {
    let then = Then::of(&visit, id, Asked::needed(&visit)?).await?;
    let issue = then.issue.as_ref().ok_or(Fault::NotFound)?;
    let mut whole = moment(then.visit.held());
    whole["issue"] = value(issue)?;
    whole["events"] = value(&then.events)?;
    Ok(file(&format!("scheda-{}", issue.row.reference), "json", JSON, whole.to_string().into()))
}

/// `/ricostruisci/{id}/eventi.csv`.
pub async fn events(visit: Visit, Path(id): Path<Uuid>) -> Result<Response, Fault> {
    let then = Then::of(&visit, id, Asked::needed(&visit)?).await?;
    let issue = then.issue.as_ref().ok_or(Fault::NotFound)?;
    let standing = register::standing(&then.visit, id).await?;
    let rows: Vec<Vec<String>> = then.visit.named(|names| {
        let row = |event: &crate::projections::TimelineEvent| {
            let leaf = standing.leaves.get(&event.event_id);
            let days = register::dates(&event.data);
            let days = days.iter().map(|(label, day)| format!("{label} {day}"));
            let behalf = event.on_behalf_of.as_ref().map(|body| names.body(body));
            vec![
                (event.revision + 1).to_string(),
                event.occurred_on.to_string(),
                instant_text(event.recorded_at.0),
                days.collect::<Vec<_>>().join("; "),
                event.sentence_it.clone(),
                event.stored_type.clone(),
                register::actor(event, &names.body(&event.body), behalf.as_deref()),
                leaf.map(|leaf| hex(&leaf.hash)).unwrap_or_default(),
                register::place(leaf),
                event.event_id.to_string(),
            ]
        };
        then.events.iter().map(row).collect()
    })?;
    let text = csv::table(EVENTS, rows);
    Ok(file(&format!("eventi-{}", issue.row.reference), "csv", csv::MEDIA_TYPE, text.into()))
}

/// `/ricostruisci/elenco.json`: the list, as the API spells it.
pub async fn list_json(visit: Visit) -> Result<Response, Fault> {
    let (then, rows) = whole_list(&visit).await?;
    let mut whole = moment(then.held());
    whole["items"] = value(&rows)?;
    Ok(file(&format!("segnalazioni-{}", then.today), "json", JSON, whole.to_string().into()))
}

/// `/ricostruisci/elenco.csv`.
pub async fn list_csv(visit: Visit) -> Result<Response, Fault> {
    let (then, rows) = whole_list(&visit).await?;
    let yes = |holds: bool| if holds { "sì" } else { "no" }.to_owned();
    let rows: Vec<Vec<String>> = then.named(|names| {
        let row = |issue: &IssueRow| {
            vec![
                issue.reference.clone(),
                issue.title.clone(),
                words::issue_status(issue.status).1.to_owned(),
                issue.outcome.map(words::outcome).unwrap_or_default().to_owned(),
                names.body(&issue.body),
                names.theme(&issue.theme),
                issue.norms.join("; "),
                issue.bodies_affected.to_string(),
                issue.people_affected.to_string(),
                issue.current_positions.to_string(),
                yes(issue.has_valid_solution),
                yes(issue.to_verify),
                issue.reported_on.to_string(),
                issue.days_open.to_string(),
                instant_text(issue.updated_at.0),
                issue.id.to_string(),
            ]
        };
        rows.iter().map(row).collect()
    })?;
    let text = csv::table(LIST, rows);
    Ok(file(&format!("segnalazioni-{}", then.today), "csv", csv::MEDIA_TYPE, text.into()))
}

/// The whole list as it stood, with the filters of the address.
async fn whole_list(visit: &Visit) -> Result<(Visit, Vec<IssueRow>), Fault> {
    visit.actor()?;
    let asked = Asked::needed(visit)?;
    let mut filter = IssueFilter { limit: PAGE, cursor: None, ..issues::filter(visit)? };
    let then = visit.back_to(asked.cut).await?;
    let mut rows = Vec::new();
    while rows.len() < MOST {
        let page = then.moment().list_issues(&then.scope(), &filter, then.today).await?;
        rows.extend(page.items);
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            break;
        }
    }
    Ok((then, rows))
}

/// For which moment a file holds, so that the API gives the same again.
fn moment(held: Option<Held>) -> Value {
    let Some(held) = held else { return json!({}) };
    let mut told = json!({
        "as_of": instant_text(held.as_of),
        "head": format!("{:016x}", held.head.0),
    });
    if let Some(day) = held.effective_on {
        told["effective_on"] = day.to_string().into();
    }
    told
}

fn value(of: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(of).map_err(|why| Fault::internal(&why))
}

fn file(name: &str, ending: &str, media: &'static str, bytes: Vec<u8>) -> Response {
    let name = name.replace('/', "-");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(named) = format!("attachment; filename=\"{name}.{ending}\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    (headers, bytes).into_response()
}
