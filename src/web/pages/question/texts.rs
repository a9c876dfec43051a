//! The text of a question, and how it differs from those before.

use maud::{Markup, html};

use crate::domain::values::{ERASED_IT, Text};
use crate::projections::questions::{QuestionDetail, TextVersionView};
use crate::web::parts;
use crate::web::words;

/// The present text, then the versions with their differences.
pub fn section(question: &QuestionDetail) -> Markup {
    let Some(current) = question.text_versions.last() else { return html! {} };
    html! {
        section.prose {
            h2 id="testo" { "Il testo" }
            h3 { "Premessa" }
            (parts::paragraphs(&current.background))
            @if let Some(reading) = &current.proposed_reading {
                h3 { "Lettura proposta" }
                (parts::paragraphs(reading))
            }
            @if let Some(hash) = &current.text_sha256 {
                p.quiet {
                    "Impronta del testo, a cui si legano le adesioni (SHA-256): " code { (hash) }
                }
            }
        }
        section {
            h2 id="versioni" { "Versioni del testo" }
            (parts::scrolling("Versioni del testo", &html! {
                table {
                    thead { tr {
                        th.number scope="col" { "Versione" } th scope="col" { "Del" }
                        th scope="col" { "Modifica" } th scope="col" { "Motivo" }
                        th scope="col" { "Approvata" }
                    } }
                    tbody {
                        @for text in question.text_versions.iter().rev() { (row(question, text)) }
                    }
                }
            }))
            @for pair in question.text_versions.windows(2).rev() {
                @if let [before, after] = pair { (changed(before, after)) }
            }
        }
    }
}

fn row(question: &QuestionDetail, text: &TextVersionView) -> Markup {
    let approval = question.approvals.iter().find(|one| one.text_version == text.text_version);
    html! {
        tr {
            th.number scope="row" { (text.text_version.get()) }
            td { (parts::day(text.revised_on)) }
            td {
                @match text.kind {
                    Some(kind) => (parts::badge(words::revision(kind))),
                    None => "prima stesura",
                }
            }
            td { @if let Some(reason) = &text.reason { (words_of(reason)) } }
            td {
                @if let Some(approval) = approval {
                    (parts::day(approval.approved_on)) ", " (words_of(&approval.role))
                }
            }
        }
    }
}

/// What changed between two versions, text by text.
fn changed(before: &TextVersionView, after: &TextVersionView) -> Markup {
    let part = |heading: &str, old: &str, new: &str| {
        html! { @if old != new { h4 { (heading) } (parts::diff(old, new)) } }
    };
    let gone = before
        .points
        .iter()
        .filter(|point| after.points.iter().all(|other| other.point_id != point.point_id));
    html! {
        details {
            summary {
                "Che cosa cambia dalla versione " (before.text_version.get())
                " alla " (after.text_version.get())
            }
            h3 { "Dalla versione " (before.text_version.get()) " alla " (after.text_version.get()) }
            (part("Oggetto", words_of(&before.subject), words_of(&after.subject)))
            (part("Premessa", words_of(&before.background), words_of(&after.background)))
            (part(
                "Lettura proposta",
                before.proposed_reading.as_ref().map_or("", words_of),
                after.proposed_reading.as_ref().map_or("", words_of),
            ))
            @for (at, point) in after.points.iter().enumerate() {
                @let known = before.points.iter().find(|other| other.point_id == point.point_id);
                (part(&format!("Punto {}", at + 1), known.map_or("", |known| words_of(&known.text)), words_of(&point.text)))
            }
            @for point in gone { (part("Punto non più chiesto", words_of(&point.text), "")) }
        }
    }
}

fn words_of<const MAX: usize>(text: &Text<MAX>) -> &str {
    text.clear().unwrap_or(ERASED_IT)
}
