//! *Proponi una soluzione*: from an answer to what bodies can adopt.
//!
//! What follows from the answer is filled in: its words, its norms, the issues that have
//! it. Whoever takes part in one of these issues finds the solution among those that are
//! offered to their body.

use axum::response::Response;
use maud::html;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::domain::shared::TerritoryLevel;
use crate::domain::solution::SolutionLevel;
use crate::domain::values::ERASED_IT;
use crate::projections::answers::AnswerDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// The address of the page.
pub const ADDRESS: &str = "/soluzioni/nuova";

/// The parameter, and the field, that names the answer it comes from.
const ANSWER: &str = "riscontro";

/// `GET /soluzioni/nuova`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    may_propose(&visit)?;
    let answer = source(&visit, visit.address.get(ANSWER).unwrap_or_default()).await?;
    let form = prefilled(answer.as_ref());
    Ok(page(&visit, answer.as_ref(), &form, &[]))
}

/// `POST /soluzioni/nuova`.
pub async fn send(visit: Visit, form: Form) -> Result<Response, Fault> {
    may_propose(&visit)?;
    let answer = source(&visit, form.get(ANSWER)).await?;
    let recorded = record(&visit, answer.as_ref(), &form).await;
    let again = async |wrong: Vec<Wrong>| Ok(page(&visit, answer.as_ref(), &form, &wrong));
    visit.answer(recorded, |id| format!("/soluzioni/{id}"), again).await
}

fn may_propose(visit: &Visit) -> Result<(), Fault> {
    if visit.actor()?.role == Role::Staff {
        return Ok(());
    }
    Err(Fault::Denied("Le soluzioni le propone il coordinamento.".into()))
}

/// The answer that is named, when one is.
async fn source(visit: &Visit, id: &str) -> Result<Option<AnswerDetail>, Fault> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = Uuid::try_parse(id).map_err(|_| Fault::NotFound)?;
    let answer = visit.views().await?.show_answer(&visit.scope(), id, visit.today).await?;
    answer.map(Some).ok_or(Fault::NotFound)
}

/// What follows from the answer.
fn prefilled(answer: Option<&AnswerDetail>) -> Form {
    let form = Form::of([
        ("/level", words::code(&SolutionLevel::MinistryAnswer)),
        ("/territory/level", words::code(&TerritoryLevel::National)),
        ("/visibility", "network".to_owned()),
    ]);
    let Some(answer) = answer else { return form };
    let problem = answer.questions.first().map(|one| one.subject.words().to_owned());
    let problem = problem.or_else(|| answer.issues.first().map(|one| one.title.words().to_owned()));
    let text = answer.text.as_ref().and_then(|text| text.clear()).unwrap_or(ERASED_IT);
    let mut form = form.and("/problem", &problem.unwrap_or_default()).and("/text", text);
    for issue in &answer.issues {
        form = form.and("/issues", &issue.id.to_string());
    }
    form
}

async fn record(
    visit: &Visit,
    answer: Option<&AnswerDetail>,
    form: &Form,
) -> Result<String, Refused> {
    let basis = match answer {
        Some(answer) => json!({"answers": [answer.id], "norms": answer.norms}),
        None => json!({"answers": [], "norms": []}),
    };
    let mut deed = Deed::new("solution", "solution-proposed.v1").with("basis", basis);
    if let Some(answer) = answer {
        let origin = json!({"kind": "answer", "id": answer.id});
        let parties: Vec<Value> =
            answer.authors.iter().map(|one| json!({"kind": "authority", "id": one})).collect();
        deed = deed.with("origin", origin).with("parties", parties);
    }
    let mut form = form.clone();
    if form.get("/territory/level") == words::code(&TerritoryLevel::National) {
        form = form.with("/territory/code", "IT");
    }
    Ok(visit.record(deed, &form).await?.stream.id().to_owned())
}

fn page(visit: &Visit, answer: Option<&AnswerDetail>, form: &Form, wrong: &[Wrong]) -> Page {
    let levels =
        [SolutionLevel::MinistryAnswer, SolutionLevel::LocalAgreement, SolutionLevel::GoodPractice];
    let levels = levels.map(|one| (words::code(&one), words::capitalised(words::level(one))));
    let territories = [
        TerritoryLevel::National,
        TerritoryLevel::Region,
        TerritoryLevel::Province,
        TerritoryLevel::Municipality,
    ];
    let territories =
        territories.map(|one| (words::code(&one), words::capitalised(words::territory_level(one))));
    let issues: Vec<Choice> = answer.map_or_else(Vec::new, |answer| {
        let called = |one: &crate::projections::LinkedIssue| {
            (one.id.to_string(), format!("{} {}", one.reference, one.title.words()))
        };
        answer.issues.iter().map(called).collect()
    });
    let lead = html! {
        @if let Some(answer) = answer {
            p.lead {
                "Si fonda sul riscontro "
                a href={ "/riscontri/" (answer.id) } { (answer.reference) }
                " del " (parts::day(answer.document_date))
                ": se verrà superato o ritirato, la soluzione risulterà da verificare."
            }
        }
        p { "Gli enti coinvolti nelle segnalazioni la troveranno fra quelle proposte a loro, e potranno recepirla dopo la validazione." }
    };
    let sheet = Sheet {
        way: &[("/soluzioni", "Soluzioni")],
        title: "Proponi una soluzione",
        lead,
        action: ADDRESS,
        button: "Proponi la soluzione",
        below: html! {},
    };
    sheet.page(visit, form, wrong, |fields| {
        html! {
            @if let Some(answer) = answer { input type="hidden" name=(ANSWER) value=(answer.id); }
            (fields.area("/problem", "Il problema", "", 2, true))
            (fields.area("/text", "La soluzione: che cosa fare", "", 8, true))
            (fields.radios("/level", "Di che livello è", "", &levels))
            @if !issues.is_empty() { (fields.boxes("/issues", "Segnalazioni che risolve", "", &issues)) }
            (fields.radios("/territory/level", "Dove vale", "", &territories))
            (fields.text("/territory/code", "Quale regione, provincia o comune", "Codice Istat della regione (08), sigla della provincia (BO), codice catastale del comune (A944).", false))
            (fields.text("/instrument", "Strumento", "Per esempio: «protocollo d'intesa».", false))
            (fields.radios("/visibility", "Chi può vederla", "", &[
                ("network".into(), "Tutti gli enti della rete e il coordinamento".into()),
                ("restricted".into(), "Solo gli enti coinvolti e il coordinamento".into()),
            ]))
        }
    })
}
