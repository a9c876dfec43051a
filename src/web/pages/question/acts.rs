//! Acts on a question that are one form and one event each.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::projections::communications::CommunicationFilter;
use crate::projections::issues::IssueFilter;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Wrong};
use crate::web::layout::Page;
use crate::web::pages::report::Lists;
use crate::web::parts;
use crate::web::visit::Visit;

use super::Asked;
use super::fields;
use super::menu::{MENU, is_dispatched, may};

/// The field that carries the hash of the text that was shown.
pub const SHOWN: &str = "_impronta";

/// Things of a kind that a form offers.
const OFFERED: u32 = 100;

/// A form.
struct Act {
    /// The last part of its address.
    address: &'static str,
    /// The event it records.
    event: &'static str,
    /// Whether it rests on what was seen.
    rests: bool,
    /// What is said on the button.
    button: &'static str,
    /// Its fields.
    fields: fn(&Shown<'_>) -> Markup,
}

/// What the fields of a form are made of.
pub struct Shown<'a> {
    /// Who visits.
    pub visit: &'a Visit,
    /// The question.
    pub asked: &'a Asked,
    /// What was typed, and what is wrong with it.
    pub fields: Fields<'a>,
    /// What can be chosen of the registry.
    pub lists: &'a Lists,
    /// What can be chosen of the things that this act is about.
    pub choices: &'a [Choice],
}

/// Every act, one row each; its title stands in [`MENU`].
const ACTS: &[Act] = &[
    act("segnalazione", "issue-attached.v1", false, "Aggiungi", fields::issue),
    act(
        "togli-segnalazione",
        "issue-detached.v1",
        false,
        "Togli la segnalazione",
        fields::detached,
    ),
    act("raccolta", "adhesions-opened.v1", true, "Apri la raccolta", fields::window),
    act("fine-raccolta", "adhesions-closed.v1", true, "Chiudi la raccolta", fields::nothing),
    act("adesione", "adhesion-given.v1", false, "Aderisci a questo testo", fields::adhesion),
    act("ritiro-adesione", "adhesion-withdrawn.v1", false, "Ritira l'adesione", fields::withdrawn),
    act("approvazione", "question-approved.v1", true, "Approva questo testo", fields::approval),
    act("rettifica-trasmissione", "dispatch-corrected.v1", true, "Registra", fields::dispatch),
    act("scollega-riscontro", "answer-unlinked.v1", false, "Scollega", fields::unlinked),
    act("sollecito", "reminder-sent.v1", false, "Registra il sollecito", fields::reminder),
    act("competenza", "question-forwarded.v1", false, "Registra", fields::forwarding),
    act("senza-riscontro", "point-declared-unanswered.v1", false, "Dichiara", fields::point),
    act("ritiro-punto", "point-withdrawn.v1", true, "Ritira il punto", fields::point),
    act("nota", "note-added.v1", false, "Aggiungi la nota", fields::note),
    act("contatto", "contact-recorded.v1", false, "Registra il contatto", fields::contact),
    act("in-carico", "question-assigned.v1", false, "Prendi in carico", fields::assignment),
    act("non-accolto", "question-rejected.v1", true, "Registra", fields::rejection),
    act("chiusura", "question-closed.v1", true, "Chiudi il quesito", fields::closure),
    act("ritiro", "question-withdrawn.v1", true, "Ritira il quesito", fields::withdrawal),
    act("riapertura", "question-reopened.v1", true, "Riapri il quesito", fields::reason),
];

const fn act(
    address: &'static str,
    event: &'static str,
    rests: bool,
    button: &'static str,
    fields: fn(&Shown<'_>) -> Markup,
) -> Act {
    Act { address, event, rests, button, fields }
}

fn find(address: &str) -> Result<&'static Act, Fault> {
    ACTS.iter().find(|act| act.address == address).ok_or(Fault::NotFound)
}

/// `GET /quesiti/{id}/{act}`.
pub async fn show(visit: Visit, Path((id, act)): Path<(Uuid, String)>) -> Result<Page, Fault> {
    let act = find(&act)?;
    page(&visit, id, act, &Form::default(), &[]).await
}

/// `POST /quesiti/{id}/{act}`.
pub async fn send(
    visit: Visit,
    Path((id, act)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, Fault> {
    let act = find(&act)?;
    let recorded = record(&visit, id, act, &form).await;
    let there = |()| format!("/quesiti/{id}");
    visit.answer(recorded, there, async |wrong| page(&visit, id, act, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, act: &Act, form: &Form) -> Result<(), Refused> {
    let asked = Asked::of(visit, id).await?;
    let mut deed = Deed::on("question", id, act.event);
    if act.rests {
        deed = deed.seen(super::seen(form)?);
    }
    let binds =
        matches!(act.event, "adhesions-opened.v1" | "question-approved.v1" | "adhesion-given.v1");
    if binds && let Some(text) = asked.question.text_versions.last() {
        // Whoever adheres or approves does so to the very words that were shown.
        let shown = text.text_sha256.as_ref().is_none_or(|hash| form.get(SHOWN) == hash.as_str());
        if !shown {
            return Err(Refused::Wrong(vec![Wrong::whole(
                "Nel frattempo il testo è cambiato: va riletto qui sotto, poi si può inviare di \
                 nuovo.",
            )]));
        }
        deed = deed.with("text_version", text.text_version.get());
    }
    if act.event == "adhesion-given.v1" {
        let dispatched = is_dispatched(&asked.question);
        deed = deed.with("kind", if dispatched { "supporting" } else { "before_dispatch" });
    }
    if act.event == "question-assigned.v1" {
        deed = deed.with("staff_member", visit.actor()?.subject.to_string());
    }
    if act.event == "question-rejected.v1" && form.is_filled("/already_answered_by/id") {
        deed = deed.with(
            "already_answered_by",
            serde_json::json!({"kind": "answer", "id": form.get("/already_answered_by/id")}),
        );
    }
    visit.record(deed, form).await.map(|_| ())
}

async fn page(
    visit: &Visit,
    id: Uuid,
    act: &Act,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let asked = Asked::of(visit, id).await?;
    let entry = MENU.iter().find(|entry| entry.address == act.address).ok_or(Fault::NotFound)?;
    if !may(visit, &asked.question, entry.whom) {
        return Err(super::not_in_charge());
    }
    let lists = Lists::read(visit).await?;
    let choices = choices(visit, &asked, act).await?;
    let question = &asked.question;
    let hash = question.text_versions.last().and_then(|text| text.text_sha256.as_ref());
    let (here, action) = (format!("/quesiti/{id}"), format!("/quesiti/{id}/{}", act.address));
    let way = [("/quesiti", "Quesiti"), (here.as_str(), question.reference.as_str())];
    let sheet = super::sheet(question, &way, entry.title, &action, act.button);
    Ok(sheet.page(visit, form, wrong, |fields| {
        let shown =
            Shown { visit, asked: &asked, fields: *fields, lists: &lists, choices: &choices };
        html! {
            (super::seen_field(question))
            @if let Some(hash) = hash { input type="hidden" name=(SHOWN) value=(hash); }
            ((act.fields)(&shown))
        }
    }))
}

/// The things that an act may be about.
async fn choices(visit: &Visit, asked: &Asked, act: &Act) -> Result<Vec<Choice>, Fault> {
    let (views, scope) = (visit.views().await?, visit.scope());
    let question = &asked.question;
    Ok(match act.event {
        "issue-attached.v1" => {
            let of = Some(question.coordinator.clone());
            let filter = IssueFilter { coordinator: of, limit: OFFERED, ..IssueFilter::default() };
            let found = views.list_issues(&scope, &filter, visit.today).await?.items.into_iter();
            let there = |id| question.issues.iter().any(|issue| issue.id == id);
            found
                .filter(|row| !there(row.id) && !crate::web::words::is_over(row.status))
                .map(|row| (row.id.to_string(), format!("{} {}", row.reference, row.title)))
                .collect()
        }
        "question-withdrawn.v1" | "dispatch-corrected.v1" => {
            let filter = CommunicationFilter {
                direction: Some(crate::domain::communication::Direction::Out),
                limit: OFFERED,
                ..CommunicationFilter::default()
            };
            let found = views.list_communications(&scope, &filter).await?.items.into_iter();
            found
                .map(|row| {
                    let dated = parts::day_text(row.dated);
                    (row.id.to_string(), format!("{dated}: {}", row.subject.words()))
                })
                .collect()
        }
        "question-rejected.v1" => super::answers_on_offer(visit).await?,
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_a_title_and_every_address_stands_once() {
        for act in ACTS {
            assert!(MENU.iter().any(|entry| entry.address == act.address), "{}", act.address);
        }
        let addresses: std::collections::BTreeSet<_> = MENU.iter().map(|one| one.address).collect();
        assert_eq!(addresses.len(), MENU.len());
    }
}
