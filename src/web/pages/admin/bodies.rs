//! The list of bodies, and a new one.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::{code, operator, see_other};
use crate::domain::values::BodyId;
use crate::operations::Target;
use crate::projections::registry::{BodyFilter, BodyRow};
use crate::web::fault::Fault;
use crate::web::forms::{Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

/// Bodies on one page.
const PAGE: u32 = 50;

/// `GET /amministrazione/enti`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    operator(&visit)?;
    let filter = BodyFilter {
        name: visit.address.searched()?,
        cursor: visit.address.get("da").map(str::to_owned),
        limit: PAGE,
        ..BodyFilter::default()
    };
    let list = visit.views().await?.list_bodies(&filter, visit.today)?;
    let main = html! {
        (parts::crumbs(&[(super::ADDRESS, "Amministrazione")], "Enti"))
        h1 { "Enti" }
        p { a.button href="/amministrazione/enti/nuovo" { "Nuovo ente" } }
        (parts::search_box(&visit.address, "Cerca un ente", "Una parte del nome"))
        @if list.items.is_empty() {
            (parts::nothing("Nessun ente con queste parole."))
        } @else {
            (parts::scrolling("Enti", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Ente" } th scope="col" { "Tipo" } th scope="col" { "Provincia" }
                        th scope="col" { "Rete SAI" }
                    } }
                    tbody { @for body in &list.items {
                        tr {
                            th scope="row" {
                                a href={ "/amministrazione/enti/" (body.body) } { (body.name) }
                                @if let Some(into) = &body.merged_into { br; span.quiet { "confluito in " (into) } }
                            }
                            td { (kind(body.kind.as_str())) }
                            td { @if let Some(province) = &body.province { (words::province(province.as_str())) } }
                            td { (part(body)) }
                        }
                    } }
                }
            }))
        }
        (parts::pager(&visit.address, list.next.as_deref()))
    };
    Ok(visit.page("Enti", main))
}

/// A kind of body, as people call it.
pub fn kind(kind: &str) -> String {
    match kind {
        "coordinator" => "Coordinamento".into(),
        other => words::capitalised(&other.replace('_', " ")),
    }
}

fn part(body: &BodyRow) -> String {
    match (body.sai_owner, body.places) {
        (Some(true), Some(places)) => format!("titolare, {} posti", places.get()),
        (Some(true), None) => "titolare".into(),
        (Some(false) | None, _) => String::new(),
    }
}

/// `GET /amministrazione/enti/nuovo`.
pub async fn show_new(visit: Visit) -> Result<Page, Fault> {
    operator(&visit)?;
    Ok(page(&visit, &Form::of([("/kind", "comune".to_owned())]), &[]))
}

/// `POST /amministrazione/enti/nuovo`.
pub async fn register(visit: Visit, form: Form) -> Result<Response, Fault> {
    operator(&visit)?;
    let mut wrong = Vec::new();
    if let Some(body) = code::<BodyId>(&form, "/body", &mut wrong) {
        let target = Target::Named(body.to_string());
        let deed = Deed { target, ..Deed::new("body", "body-registered.v1") };
        match visit.record(deed, &form).await {
            Ok(_) => return Ok(see_other(format!("/amministrazione/enti/{body}"))),
            Err(Refused::Fault(fault)) => return Err(fault),
            Err(Refused::Wrong(found)) => wrong = found,
        }
    }
    let page = page(&visit, &form, &wrong);
    Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

fn page(visit: &Visit, form: &Form, wrong: &[Wrong]) -> Page {
    let fields = Fields::of(form, wrong);
    let inside = html! {
        (fields.text("/name", "Nome", "Per esempio «Comune di Parma».", true))
        (fields.text("/body", "Codice", "Quello dell'indice IPA, in minuscolo: per esempio c_g337. Non cambia più.", true))
        (fields.text("/kind", "Tipo", "comune, unione, provincia, asp, regione, coordinator…", true))
        (fields.text("/province", "Provincia", "La sigla: per esempio PR.", false))
        (fields.text("/istat_code", "Codice ISTAT", "", false))
        (fields.text("/ipa_code", "Codice IPA", "Se diverso dal codice qui sopra.", false))
        div.buttons { button type="submit" { "Registra l'ente" } }
    };
    let way = [(super::ADDRESS, "Amministrazione"), ("/amministrazione/enti", "Enti")];
    let main = html! {
        (parts::crumbs(&way, "Nuovo ente"))
        h1 { "Nuovo ente" }
        (fields.summary())
        (visit.form("/amministrazione/enti/nuovo", form, &inside))
    };
    visit.page("Nuovo ente", main)
}
