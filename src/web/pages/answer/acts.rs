//! What staff do with an answer: one act, one page, one event.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::answer::{Assessment, Validity};
use crate::domain::registry::Role;
use crate::domain::values::ERASED_IT;
use crate::event_store::Revision;
use crate::projections::answers::AnswerDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Sheet};
use crate::web::layout::Page;
use crate::web::pages::question::answers_on_offer;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// An act.
struct Act {
    /// The last part of its address.
    address: &'static str,
    /// What is done, as a heading and as a link.
    title: &'static str,
    /// The event.
    event: &'static str,
    /// Whether it rests on what was seen.
    rests: bool,
    /// When it makes sense: the rules themselves are elsewhere.
    open: fn(&AnswerDetail) -> bool,
    /// Its fields.
    fields: fn(&Shown<'_>) -> Markup,
}

/// What the fields of a form are made of.
struct Shown<'a> {
    fields: Fields<'a>,
    answer: &'a AnswerDetail,
    authors: Vec<Choice>,
    others: Vec<Choice>,
}

/// Every act, one row each.
const ACTS: &[Act] = &[
    Act {
        address: "valutazione",
        title: "Valuta quanto dice",
        event: "answer-assessed.v1",
        rests: true,
        open: |_| true,
        fields: assessment,
    },
    Act {
        address: "contrasto",
        title: "Dichiara un contrasto con un altro riscontro",
        event: "conflict-declared.v1",
        rests: false,
        open: holds,
        fields: conflict,
    },
    Act {
        address: "superamento",
        title: "Registra che un altro riscontro lo supera",
        event: "answer-superseded.v1",
        rests: true,
        open: holds,
        fields: supersession,
    },
    Act {
        address: "ritiro",
        title: "Registra che l'autore lo ha ritirato",
        event: "answer-withdrawn.v1",
        rests: true,
        open: |it| it.withdrawal.is_none(),
        fields: withdrawal,
    },
    Act {
        address: "verifica",
        title: "Chiedi una verifica",
        event: "review-flagged.v1",
        rests: false,
        open: holds,
        fields: review,
    },
    Act {
        address: "conferma",
        title: "Conferma dopo la verifica",
        event: "answer-confirmed.v1",
        rests: false,
        open: |it| it.reviews.iter().any(|review| review.confirmed_on.is_none()),
        fields: confirmation,
    },
];

fn holds(it: &AnswerDetail) -> bool {
    !matches!(it.validity, Validity::Withdrawn | Validity::Superseded)
}

fn assessment(shown: &Shown<'_>) -> Markup {
    let all = [Assessment::Clear, Assessment::Partial, Assessment::Interlocutory];
    let all = all.map(|one| (words::code(&one), words::capitalised(words::assessment(one))));
    html! {
        (shown.fields.radios("/assessment", "Quanto dice", "Interlocutorio: annuncia un riscontro successivo.", &all))
        (shown.fields.area("/note", "Osservazioni", "", 3, false))
    }
}

fn reason(shown: &Shown<'_>) -> Markup {
    shown.fields.area("/reason", "Perché", "", 3, true)
}

fn conflict(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/with", "L'altro riscontro", "I più recenti.", &shown.others, true))
        (reason(shown))
    }
}

fn supersession(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/by/id", "Il riscontro che lo supera", "I più recenti.", &shown.others, true))
        (shown.fields.day("/from", "Da quando", "", true))
        (reason(shown))
    }
}

fn withdrawal(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/by", "Quale autore", "", &shown.authors, true))
        (shown.fields.day("/from", "Da quando", "", true))
        (reason(shown))
    }
}

fn review(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.day("/due", "Entro il", "", true))
        (reason(shown))
    }
}

fn confirmation(shown: &Shown<'_>) -> Markup {
    let open = shown.answer.reviews.iter().filter(|review| review.confirmed_on.is_none());
    let open: Vec<Choice> = open
        .map(|review| {
            let why = review.reason.clear().unwrap_or(ERASED_IT);
            (review.review_id.to_string(), format!("{}: {why}", parts::day_text(review.due)))
        })
        .collect();
    html! {
        (shown.fields.radios("/review_id", "Quale verifica", "", &open))
        (reason(shown))
    }
}

fn find(address: &str) -> Result<&'static Act, Fault> {
    ACTS.iter().find(|act| act.address == address).ok_or(Fault::NotFound)
}

/// Whether the visitor is in charge of an answer.
fn in_charge(visit: &Visit, answer: &AnswerDetail) -> bool {
    let actor = visit.visitor.actor.as_ref();
    actor.is_some_and(|actor| actor.role == Role::Staff && actor.body == answer.coordinator)
}

/// What the visitor can do with an answer now.
pub fn menu(visit: &Visit, answer: &AnswerDetail) -> Markup {
    let open = ACTS.iter().filter(|act| (act.open)(answer));
    html! {
        @if in_charge(visit, answer) {
            nav.acts aria-label="Che cosa si può fare" {
                ul.choices {
                    li { a.button href={ "/soluzioni/nuova?riscontro=" (answer.id) } { "Proponi una soluzione agli enti" } }
                    @for act in open {
                        li { a.button.second href={ "/riscontri/" (answer.id) "/" (act.address) } { (act.title) } }
                    }
                }
            }
        }
    }
}

/// `GET /riscontri/{id}/{act}`.
pub async fn show(visit: Visit, Path((id, act)): Path<(Uuid, String)>) -> Result<Page, Fault> {
    page(&visit, id, find(&act)?, &Form::default(), &[]).await
}

/// `POST /riscontri/{id}/{act}`.
pub async fn send(
    visit: Visit,
    Path((id, act)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, Fault> {
    let act = find(&act)?;
    let recorded = record(&visit, id, act, &form).await;
    let there = |()| format!("/riscontri/{id}");
    visit.answer(recorded, there, async |wrong| page(&visit, id, act, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, act: &Act, form: &Form) -> Result<(), Refused> {
    let mut deed = Deed::on("answer", id, act.event);
    if act.rests {
        deed = deed.seen(form.get(SEEN).parse::<Revision>().map_err(|_| Fault::ForeignForm)?);
    }
    let mut form = form.clone();
    if act.event == "answer-superseded.v1" {
        form = form.with("/by/kind", "answer");
    }
    if act.event == "review-flagged.v1" {
        deed = deed.with("reviewer", visit.actor()?.subject.to_string());
    }
    visit.record(deed, &form).await.map(|_| ())
}

async fn page(
    visit: &Visit,
    id: Uuid,
    act: &Act,
    form: &Form,
    wrong: &[crate::web::forms::Wrong],
) -> Result<Page, Fault> {
    let answer = super::read(visit, id).await?;
    if !in_charge(visit, &answer) {
        return Err(Fault::Denied(
            "Può farlo solo il coordinamento che ha ricevuto il riscontro.".into(),
        ));
    }
    let mut others = answers_on_offer(visit).await?;
    others.retain(|(other, _)| *other != id.to_string());
    let authors = visit.named(|names| {
        answer.authors.iter().map(|one| (one.to_string(), names.authority(one))).collect()
    })?;
    let (here, action) = (format!("/riscontri/{id}"), format!("/riscontri/{id}/{}", act.address));
    let lead = html! {
        p.lead { (parts::reference(&answer.reference)) " " (super::title(&answer, &Forms::of(visit)?)) }
    };
    let way = [("/quesiti", "Quesiti"), (here.as_str(), answer.reference.as_str())];
    let sheet = Sheet {
        way: &way,
        title: act.title,
        lead,
        action: &action,
        button: "Registra",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        let shown = Shown { fields: *fields, answer: &answer, authors, others };
        html! {
            input type="hidden" name=(SEEN) value=(answer.revision);
            ((act.fields)(&shown))
        }
    }))
}
