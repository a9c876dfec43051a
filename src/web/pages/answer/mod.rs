//! *Riscontro*: who answered what, in which form, whether it holds, what rests on it.

mod acts;

use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::values::ERASED_IT;
use crate::projections::answers::AnswerDetail;
use crate::projections::history::Names;
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::layout::Page;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

use super::acts::menu;
use super::thing::Thing;
use super::{erasure, issue};

/// `/riscontri/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let answer = read(&visit, id).await?;
    let forms = Forms::of(&visit)?;
    let title = title(&answer, &forms);
    let history = history(&visit, id).await?;
    let erasing = erasure::link(&visit, answer.id, &answer);
    let acts = menu(&visit, answer.id, &answer);
    let charge = visit.visitor.actor.as_ref();
    let charge = charge.is_some_and(|actor| answer.is_led_by(actor));
    let main = visit.named(|names| {
        html! {
            (parts::crumbs(&[("/quesiti", "Quesiti")], &answer.reference))
            article {
                (head(&answer, &title))
                (parts::visible_to("Questo riscontro", answer.visibility))
                (standing(&answer, names))
                @if charge {
                    p.buttons { a.button href={ "/soluzioni/nuova?riscontro=" (answer.id) } { "Proponi una soluzione agli enti" } }
                }
                (acts)
                (facts(&answer, &forms, names))
                section.prose {
                    h2 { "Che cosa dice" }
                    @match &answer.text {
                        Some(text) => (parts::paragraphs(text)),
                        None => p.quiet { (ERASED_IT) },
                    }
                    @if let Some(address) = answer.address.as_ref().and_then(|text| text.clear()) {
                        p { "Pubblicato qui: " code { (address) } }
                    }
                }
                (rests(&answer))
                section {
                    h2 id="storia" { "Storia" }
                    (history)
                }
                (erasing)
            }
        }
    })?;
    Ok(visit.page(format!("{} {title}", answer.reference), main))
}

/// An answer that the visitor may see.
///
/// # Errors
///
/// [`Fault::NotFound`] when there is none.
pub async fn read(visit: &Visit, id: Uuid) -> Result<AnswerDetail, Fault> {
    visit.actor()?;
    let answer = visit.views().await?.show_answer(&visit.scope(), id, visit.today).await?;
    answer.ok_or(Fault::NotFound)
}

/// Form and date: what an answer is called.
pub fn title(answer: &AnswerDetail, forms: &Forms) -> String {
    let date = answer.document_date.date();
    format!(
        "{} {}{}",
        words::capitalised(&forms.called(&answer.form)),
        crate::domain::italian::of_the(date),
        crate::domain::italian::italian_date(date)
    )
}

fn head(answer: &AnswerDetail, title: &str) -> Markup {
    html! {
        p.marks {
            (parts::reference(&answer.reference))
            (parts::badge(words::validity(answer.validity)))
            @if let Some(said) = &answer.assessment { (parts::chip(words::assessment(said.assessment))) }
        }
        h1 { (title) }
    }
}

/// What stands against relying on it.
fn standing(answer: &AnswerDetail, names: &Names<'_>) -> Markup {
    html! {
        @if let Some(one) = &answer.withdrawal {
            div.warning-note {
                p { "Ritirato da " (names.authority(&one.by)) " dal " (parts::day(one.from)) "." }
                (parts::paragraphs(&one.reason))
            }
        }
        @if let Some(one) = &answer.supersession {
            div.warning-note {
                p { "Superato da " (names.thing(&one.by)) " dal " (parts::day(one.from)) "." }
                (parts::paragraphs(&one.reason))
            }
        }
        @for conflict in &answer.conflicts {
            div.warning-note {
                p {
                    "In contrasto con "
                    @match &conflict.with {
                        Some(other) => a href={ "/riscontri/" (other.id) } { (other.reference) },
                        None => "un riscontro riservato",
                    }
                    ", dal " (parts::day(conflict.declared_on)) "."
                }
                (parts::paragraphs(&conflict.reason))
                @if let Some(settled) = &conflict.settled {
                    p {
                        "Contrasto composto il " (parts::day(settled.settled_on))
                        @match settled.prevails {
                            Some(id) if id == answer.id => ": prevale questo.",
                            Some(_) => ": prevale l'altro.",
                            None => ": non prevale nessuno dei due.",
                        }
                    }
                    (parts::paragraphs(&settled.reason))
                }
            }
        }
        @for review in answer.reviews.iter().filter(|review| review.confirmed_on.is_none()) {
            div.warning-note {
                p { "Da verificare entro il " (parts::day(review.due)) "." }
                (parts::paragraphs(&review.reason))
            }
        }
    }
}

fn facts(answer: &AnswerDetail, forms: &Forms, names: &Names<'_>) -> Markup {
    let authors: Vec<String> = answer.authors.iter().map(|one| names.authority(one)).collect();
    html! {
        (parts::facts(&[
            ("Autori", Some(html! { (authors.join(", ")) })),
            ("Forma", Some(html! { (forms.called(&answer.form)) })),
            ("Come è arrivato", Some(html! { (words::origin(answer.origin)) })),
            ("Data del documento", Some(parts::day(answer.document_date))),
            ("Ricevuto il", Some(parts::day(answer.received_on))),
            ("Registrato il", Some(parts::instant(answer.recorded_at.0))),
            ("Valutato", answer.assessment.as_ref().map(|said| html! {
                (words::assessment(said.assessment)) ", il " (parts::day(said.assessed_on))
            })),
            ("Documenti", (!answer.documents.is_empty()).then(|| html! {
                @for document in &answer.documents { span.chip { (document.name.clear().unwrap_or("documento")) } " " }
            })),
        ]))
        @if !answer.norms.is_empty() {
            div.marks {
                "Norme: "
                @for norm in &answer.norms { (parts::norm_chip(&names.norm(norm), norm.norm_id())) }
            }
        }
        @if let Some(note) = answer.assessment.as_ref().and_then(|said| said.note.as_ref()) { (parts::paragraphs(note)) }
    }
}

/// The questions, issues and solutions that rest on it.
fn rests(answer: &AnswerDetail) -> Markup {
    html! {
        section {
            h2 { "Quesiti a cui risponde" }
            @if answer.questions.is_empty() { (parts::nothing("Nessuno.")) }
            ul.rows {
                @for one in &answer.questions {
                    li {
                        div.marks { (parts::reference(&one.reference)) (parts::badge(words::question_status(one.status))) }
                        a href={ "/quesiti/" (one.id) } { (one.subject.words()) }
                    }
                }
            }
        }
        section {
            h2 { "Segnalazioni che riguarda" }
            @if answer.issues.is_empty() { (parts::nothing("Nessuna fra quelle che puoi vedere.")) }
            ul.rows {
                @for one in &answer.issues {
                    li {
                        div.marks { (parts::reference(&one.reference)) (parts::badge(words::issue_status(one.status))) }
                        a href={ "/segnalazioni/" (one.id) } { (one.title.words()) }
                    }
                }
            }
        }
        section {
            h2 { "Soluzioni che vi si fondano" }
            @if answer.solutions.is_empty() { (parts::nothing("Nessuna finora.")) }
            ul.rows {
                @for one in &answer.solutions {
                    li {
                        div.marks { (parts::reference(&one.reference)) (parts::badge(words::solution_validity(one.validity))) }
                        a href={ "/soluzioni/" (one.id) } { (one.problem.words()) }
                    }
                }
            }
        }
    }
}

async fn history(visit: &Visit, id: Uuid) -> Result<Markup, Fault> {
    let actor = visit.visitor.actor.as_ref();
    let events = visit.views().await?.history(actor, Kind::Answer, id).await?.unwrap_or_default();
    visit.named(
        |names| html! { ol.events { @for event in &events { (issue::told(event, names, None)) } } },
    )
}
