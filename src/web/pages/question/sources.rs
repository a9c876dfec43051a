//! The issues a question comes from, and who reads the rule how: the positions table.

use maud::{Markup, html};

use crate::projections::history::Names;
use crate::projections::issues::{IssueDetail, PositionView};
use crate::web::fault::Fault;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

use super::Asked;

/// The issues of a question.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn section(visit: &Visit, asked: &Asked) -> Result<Markup, Fault> {
    let question = &asked.question;
    let table = positions(visit, &asked.issues, &asked.forms)?;
    let beyond = question.issues.iter().skip(super::WHOLE);
    Ok(html! {
        section {
            h2 id="segnalazioni" { "Segnalazioni e interpretazioni" }
            @if question.issues.is_empty() {
                (parts::nothing("Nessuna segnalazione fra quelle che puoi vedere."))
            } @else {
                (table)
            }
            @if question.issues.len() > super::WHOLE {
                h3 { "Altre segnalazioni" }
                ul {
                    @for issue in beyond {
                        li { a href={ "/segnalazioni/" (issue.id) } { (issue.reference) " " (issue.title.words()) } }
                    }
                }
            }
        }
    })
}

/// Who reads the rule how, issue by issue: what stands in the annex of the letter.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn positions(visit: &Visit, issues: &[IssueDetail], forms: &Forms) -> Result<Markup, Fault> {
    visit.named(|names| {
        parts::scrolling(
            "Segnalazioni e interpretazioni",
            &html! {
                table {
                    caption { "Chi legge la norma in che modo, segnalazione per segnalazione" }
                    thead { tr {
                        th scope="col" { "Segnalazione" } th scope="col" { "Ufficio" }
                        th scope="col" { "Dove" } th scope="col" { "Come legge la norma" }
                        th scope="col" { "Forma" } th scope="col" { "Periodo" }
                    } }
                    @for issue in issues { (rows(issue, forms, names)) }
                }
            },
        )
    })
}

fn rows(issue: &IssueDetail, forms: &Forms, names: &Names<'_>) -> Markup {
    let head = |rows: usize| {
        html! {
            th scope="rowgroup" rowspan=(rows) {
                a href={ "/segnalazioni/" (issue.row.id) } { (issue.row.reference) }
                " " (parts::badge(words::issue_status(issue.row.status)))
                br; (issue.row.title)
                br; span.quiet { (names.body(&issue.row.body)) }
            }
        }
    };
    html! {
        tbody {
            @if issue.readings.is_empty() {
                tr { (head(1)) td colspan="5" { span.quiet { "Nessuna interpretazione registrata." } } }
            }
            @for (at, one) in issue.readings.iter().enumerate() {
                tr {
                    @if at == 0 { (head(issue.readings.len())) }
                    (cells(one, forms, names))
                }
            }
        }
    }
}

fn cells(one: &PositionView, forms: &Forms, names: &Names<'_>) -> Markup {
    html! {
        td { (names.authority(&one.authority)) }
        td { (parts::territory(&one.territory, names)) }
        td { (parts::paragraphs(&one.reading)) }
        td { (forms.called(&one.form)) }
        td {
            (parts::period(one.since, one.until).unwrap_or_default())
            @if !one.current { " " (parts::badge((parts::Tone::Done, "non più sostenuta"))) }
        }
    }
}
