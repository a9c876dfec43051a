//! Who adheres, in which role, to which text, since when.

use maud::{Markup, html};

use crate::projections::history::Names;
use crate::projections::questions::{AdhesionView, QuestionDetail};
use crate::web::fault::Fault;
use crate::web::pages::questions::counted;
use crate::web::parts::{self, Tone};
use crate::web::visit::Visit;
use crate::web::words;

use super::menu::window;

/// The adhesions.
///
/// # Errors
///
/// [`Fault`] when the names of bodies cannot be read.
pub fn section(visit: &Visit, question: &QuestionDetail) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            section {
                h2 id="adesioni" { "Adesioni" }
                p {
                    (counted(question.bodies_adhering, "ente aderisce", "enti aderiscono")) " al testo in vigore"
                    @if let Some(window) = window(question) {
                        @match (window.closed_on, window.until) {
                            (Some(closed), _) => { "; raccolta chiusa il " (parts::day(closed)) }
                            (None, Some(until)) => { "; raccolta aperta fino al " (parts::day(until)) }
                            (None, None) => "; raccolta aperta",
                        }
                    }
                    "."
                }
                @if let Some(why) = window(question).filter(|window| window.closed_on.is_none()).and_then(|window| window.explanation.as_ref()) {
                    details { summary { "Come è calcolata la fine della raccolta" } p { (why) } }
                }
                @if question.adhesions.is_empty() {
                    (parts::nothing("Nessuna adesione finora."))
                } @else {
                    (parts::scrolling("Adesioni", &html! {
                        table {
                            thead { tr {
                                th scope="col" { "Ente" } th scope="col" { "Per conto di" }
                                th scope="col" { "Firma come" } th.number scope="col" { "Testo" }
                                th scope="col" { "Data" } th scope="col" { "Quando" }
                                th scope="col" { "Stato" }
                            } }
                            tbody { @for one in &question.adhesions { (row(one, names)) } }
                        }
                    }))
                }
            }
        }
    })
}

fn row(one: &AdhesionView, names: &Names<'_>) -> Markup {
    let members: Vec<String> = one.speaks_for.iter().map(|body| names.body(body)).collect();
    html! {
        tr id={ "adesione-" (one.adhesion_id) } {
            th scope="row" { (names.body(&one.body)) }
            td { (members.join(", ")) }
            td { (one.signatory_role.clear().unwrap_or(crate::domain::values::ERASED_IT)) }
            td.number { (one.text_version.get()) }
            td { (parts::day(one.signed_on)) }
            td { (words::adhesion(one.kind)) }
            td {
                @match one.withdrawn_on {
                    Some(on) => {
                        (parts::badge((Tone::Done, "ritirata"))) " il " (parts::day(on))
                        @if one.in_annex { ", resta nell'allegato" }
                    }
                    None if one.holds => (parts::badge((Tone::Good, "vale per il testo in vigore"))),
                    None => (parts::badge((Tone::Warning, "da confermare sul nuovo testo"))),
                }
            }
        }
    }
}
