//! *Norme*: the catalogue, and the norms that were only cited.

use maud::html;

use crate::access::Scope;
use crate::projections::norms::{NormFilter, NormSort};
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts;
use crate::web::visit::Visit;

/// Norms on one page.
const PAGE: u32 = 50;

/// `/norme`.
pub async fn list(visit: Visit) -> Result<Page, Fault> {
    let views = visit.views().await?;
    if visit.scope() == Scope::Nothing && visit.visitor.actor.is_none() {
        return public(&visit);
    }
    let filter = NormFilter {
        text: visit.address.searched()?,
        sort: visit.address.word::<NormSort>("ordine")?.unwrap_or(NormSort::Issues),
        cursor: visit.address.get("da").map(str::to_owned),
        limit: PAGE,
        ..NormFilter::default()
    };
    let list = views.list_norms(&visit.scope(), &filter)?;
    let main = html! {
        h1 { "Norme" }
        (parts::search_box(&visit.address, "Cerca una norma", "Per come si cita o per la materia"))
        p.quiet {
            "In ordine di: "
            @if filter.sort == NormSort::Issues { strong { "segnalazioni" } }
            @else { a href=(visit.address.with("ordine", "issues")) { "segnalazioni" } }
            " · "
            @if filter.sort == NormSort::Label { strong { "nome" } }
            @else { a href=(visit.address.with("ordine", "label")) { "nome" } }
        }
        @if list.items.is_empty() {
            (parts::nothing("Nessuna norma con queste parole."))
        } @else {
            (parts::scrolling("Norme", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Norma" } th.number scope="col" { "Segnalazioni" }
                        th.number scope="col" { "Quesiti" } th.number scope="col" { "Riscontri" }
                        th.number scope="col" { "Soluzioni" } th scope="col" { "Ultima modifica" }
                    } }
                    tbody { @for one in &list.items {
                        tr {
                            th scope="row" {
                                a href={ "/norme/" (one.norm_id) } { (one.label) }
                                @if let Some(subject) = &one.subject_it { br; span.quiet { (subject) } }
                                @if !one.registered { br; span.quiet { "non verificata: citata, ma non in catalogo" } }
                            }
                            td.number { (one.issues) } td.number { (one.questions) }
                            td.number { (one.answers) } td.number { (one.solutions) }
                            td { @if let Some(on) = one.last_amended_from { "in vigore dal " (parts::day(on)) } }
                        }
                    } }
                }
            }))
        }
        (parts::pager(&visit.address, list.next.as_deref()))
    };
    Ok(visit.page("Norme", main))
}

/// The norms that something published is about.
fn public(visit: &Visit) -> Result<Page, Fault> {
    let norms = visit.moment().list_published_norms()?;
    let main = html! {
        h1 { "Norme" }
        p.lead { "Le norme su cui è stato pubblicato qualcosa. " strong { "Valido al " (parts::day(visit.today)) "." } }
        @if norms.is_empty() {
            (parts::nothing("Finora non è stato pubblicato nulla."))
        } @else {
            ul.rows { @for norm in &norms {
                li {
                    a href={ "/norme/" (norm.norm_id) } { (norm.label) }
                    @if let Some(subject) = norm.entry.as_ref().and_then(|entry| entry.subject_it.as_ref()) {
                        br; span.quiet { (subject) }
                    }
                }
            } }
        }
    };
    Ok(visit.page("Norme", main).for_everybody())
}
