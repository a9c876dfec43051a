//! *Quesito collettivo*: what is asked of whom, who adheres, what came of it.

pub mod acts;
mod adhesions;
mod answers;
pub mod dispatch;
pub mod draft;
mod fields;
pub mod letters;
mod menu;
mod points;
pub mod post;
mod print;
pub mod reply;
pub mod revise;
mod sources;
mod steps;
mod texts;
mod tracks;
mod wording;

pub use print::{document, letter};
pub use sources::positions;

use std::collections::BTreeMap;

use axum::extract::Path;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::registry::Role;
use crate::event_store::Revision;
use crate::projections::answers::{AnswerFilter, AnswerRow};
use crate::projections::communications::CommunicationDetail;
use crate::projections::issues::IssueDetail;
use crate::projections::questions::QuestionDetail;
use crate::projections::things::Kind;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Form, Sheet};
use crate::web::layout::Page;
use crate::web::parts::{self, Forms, Tone};
use crate::web::visit::Visit;
use crate::web::words;

use super::{erasure, issue};
use menu::Whom;

/// The most issues of which a page shows the readings too.
const WHOLE: usize = 40;

/// A question with what its page shows beside it, as far as the visitor may see it.
pub struct Asked {
    /// The question.
    pub question: QuestionDetail,
    /// The letters that it names.
    pub letters: BTreeMap<Uuid, CommunicationDetail>,
    /// Whether the visitor reads all letters of the coordinator.
    pub letters_are_told: bool,
    /// Its issues.
    pub issues: Vec<IssueDetail>,
    /// The forms, weakest to strongest.
    pub forms: Forms,
}

impl Asked {
    /// What the page of a question shows.
    ///
    /// # Errors
    ///
    /// [`Fault::NotFound`] when there is none that the visitor may see.
    pub async fn of(visit: &Visit, id: Uuid) -> Result<Self, Fault> {
        let actor = visit.actor()?;
        let (views, scope) = (visit.views().await?, visit.scope());
        let question = views.show_question(&scope, id, visit.today).await?;
        let question = question.ok_or(Fault::NotFound)?;
        let mut letters = BTreeMap::new();
        for letter in letters_of(&question) {
            if let Some(shown) = views.show_communication(&scope, letter).await? {
                letters.insert(letter, shown);
            }
        }
        let mut issues = Vec::new();
        for issue in question.issues.iter().take(WHOLE) {
            issues.extend(views.show_issue(Some(actor), issue.id, visit.today).await?);
        }
        let forms = Forms::of(visit)?;
        let letters_are_told = match actor.role {
            Role::Staff => actor.body == question.coordinator,
            Role::Auditor => true,
            Role::Municipality | Role::Observer | Role::Admin => false,
        };
        Ok(Self { question, letters, letters_are_told, issues, forms })
    }
}

/// The letters that a question names.
fn letters_of(question: &QuestionDetail) -> impl Iterator<Item = Uuid> {
    let sent = question.dispatches.iter().map(|one| one.communication);
    let tracks = question.addressees.iter().flat_map(|track| {
        let reminders = track.reminders.iter().map(|reminder| reminder.communication);
        reminders.chain([track.communication])
    });
    let adhesions = question.adhesions.iter().map(|one| one.communication);
    let ending = question.ending.iter().map(|one| one.communication);
    sent.chain(tracks).chain(adhesions).chain(ending).flatten()
}

/// `/quesiti/{id}`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let asked = Asked::of(&visit, id).await?;
    let question = &asked.question;
    let title = subject(question);
    let main = html! {
        (parts::crumbs(&[("/quesiti", "Quesiti")], &question.reference))
        article {
            (head(question, title))
            (steps::bar(question))
            (steps::holder(&visit, question)?)
            (menu::menu(&visit, question))
            (facts(&visit, question)?)
            (points::section(&visit, &asked)?)
            (texts::section(question))
            (tracks::section(&visit, &asked)?)
            (answers::section(&visit, &asked)?)
            (adhesions::section(&visit, question)?)
            (sources::section(&visit, &asked)?)
            (notes(&visit, question)?)
            (history(&visit, id).await?)
            (erasure::link(&visit, id, question))
        }
    };
    Ok(visit.page(format!("{} {title}", question.reference), main))
}

/// What a question is about, in its present words.
pub fn subject(question: &QuestionDetail) -> &str {
    let current = question.text_versions.last();
    current.and_then(|text| text.subject.clear()).unwrap_or("Quesito collettivo")
}

fn head(question: &QuestionDetail, title: &str) -> Markup {
    html! {
        p.marks {
            (parts::reference(&question.reference))
            (parts::badge(words::question_status(question.status)))
            @if question.to_verify { (parts::badge((Tone::Warning, "da verificare"))) }
        }
        h1 { (title) }
        @if let Some(ending) = &question.ending {
            div.note {
                p {
                    (words::capitalised(words::question_status(question.status).1))
                    " il " (parts::day(ending.ended_on))
                    @if let Some(why) = ending.rejection { ": " (words::rejection(why)) }
                    "."
                }
                @if let Some(note) = &ending.note { (parts::paragraphs(note)) }
            }
        }
        p.buttons {
            a.button.second href={ "/quesiti/" (question.id) "/lettera" } { "Lettera da stampare" }
            a.button.second href={ "/quesiti/" (question.id) "/lettera.docx" } { "Lettera per il protocollo (DOCX)" }
        }
    }
}

fn facts(visit: &Visit, question: &QuestionDetail) -> Result<Markup, Fault> {
    let current = question.text_versions.last();
    visit.named(|names| {
        html! {
            (parts::facts(&[
                ("Coordinamento", Some(html! { (names.body(&question.coordinator)) })),
                ("Bozza del", Some(parts::day(question.drafted_on))),
                ("Testo in vigore", current.map(|text| html! {
                    "versione " (text.text_version.get()) ", " (parts::day(text.revised_on))
                })),
                ("Enti che aderiscono", Some(html! { (question.bodies_adhering) })),
                ("Effetto del silenzio", Some(html! { (words::silence(question.silence_effect)) })),
                ("In carico fino al", question.assigned_until.map(parts::day)),
                ("Riaperto il", question.reopened_on.map(parts::day)),
            ]))
            @if !question.norms.is_empty() {
                p { "Norme in questione:" }
                ul.plain {
                    @for norm in &question.norms {
                        li {
                            (parts::norm_chip(&names.norm(norm), norm.norm_id()))
                            @if let Some(on) = norm.text_in_force_on() {
                                " " span.quiet { "nel testo in vigore al " (parts::day(on)) }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// The notes that the visitor may read.
fn notes(visit: &Visit, question: &QuestionDetail) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            @if !question.notes.is_empty() {
                section.prose {
                    h2 { "Note" }
                    @for note in &question.notes {
                        div.card.over {
                            p.quiet {
                                (parts::day(note.noted_on)) " · la legge: " (words::audience(note.audience))
                                @if let Some(body) = &note.body { " · " (names.body(body)) }
                                @if let Some(office) = &note.authority { " · sentito: " (names.authority(office)) }
                            }
                            (parts::paragraphs(&note.text))
                        }
                    }
                }
            }
        }
    })
}

/// What happened to it, in one column.
async fn history(visit: &Visit, id: Uuid) -> Result<Markup, Fault> {
    let actor = visit.visitor.actor.as_ref();
    let events = visit.views().await?.history(actor, Kind::Question, id).await?.unwrap_or_default();
    visit.named(|names| {
        html! {
            section {
                h2 id="storia" { "Storia" }
                ol.events { @for event in &events { (issue::told(event, names, None)) } }
            }
        }
    })
}

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The field that says which revision of a question the page shows.
fn seen_field(question: &QuestionDetail) -> Markup {
    html! { input type="hidden" name=(SEEN) value=(question.revision); }
}

/// The revision that the page showed, on which an act rests.
fn seen(form: &Form) -> Result<Option<Revision>, Fault> {
    form.get(SEEN).parse().map(Some).map_err(|_| Fault::ForeignForm)
}

/// The answers that forms offer: the most recent.
///
/// # Errors
///
/// [`Fault`] when the views cannot be read.
pub async fn answers_on_offer(visit: &Visit) -> Result<Vec<Choice>, Fault> {
    let filter = AnswerFilter { limit: 100, ..AnswerFilter::default() };
    let found = visit.views().await?.list_answers(&visit.scope(), &filter, visit.today).await?;
    let called = |row: AnswerRow| {
        let dated = parts::day_text(row.document_date);
        (row.id.to_string(), format!("{}, {dated}: {}", row.reference, row.text.words()))
    };
    Ok(found.items.into_iter().map(called).collect())
}

/// A page that is one form about a question.
fn sheet<'a>(
    question: &QuestionDetail,
    way: &'a [(&'a str, &'a str)],
    title: &'a str,
    action: &'a str,
    button: &'a str,
) -> Sheet<'a> {
    let lead = html! { p.lead { (parts::reference(&question.reference)) " " (subject(question)) } };
    Sheet { way, title, lead, action, button, below: html! {} }
}

/// A question of which the visitor is in charge.
async fn in_charge(visit: &Visit, id: Uuid) -> Result<Asked, Fault> {
    let asked = Asked::of(visit, id).await?;
    if menu::may(visit, &asked.question, Whom::Staff) { Ok(asked) } else { Err(not_in_charge()) }
}

fn not_in_charge() -> Fault {
    Fault::Denied("Può farlo solo il coordinamento che segue il quesito.".into())
}
