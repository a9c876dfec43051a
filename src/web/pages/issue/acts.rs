//! What can be done with an issue, by whom, when.

use serde_json::json;
use uuid::Uuid;

use super::fields;
use crate::access::Actor;
use crate::domain::issue::IssueStatus;
use crate::domain::registry::Role;
use crate::domain::values::BodyId;
use crate::projections::issues::{IssueDetail, IssueFilter};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Wrong};
use crate::web::pages::acts::{self, Act, Acted, OFFERED};
use crate::web::pages::thing::Thing;
use crate::web::pages::{question, report};
use crate::web::visit::Visit;
use crate::web::words;

/// The field that names a link: how the two are related, and the other issue.
pub const LINK: &str = "_collegamento";

impl Acted for IssueDetail {
    const DENIED: &'static str =
        "Può farlo solo l'ente interessato, o il coordinamento che segue il caso.";

    const ACTS: &'static [Act<Self>] = acts::table! {
        "interpretazione", "position-recorded.v1", "Aggiungi un'interpretazione", often, adds, bodies, alive, fields::position;
        "fine-interpretazione", "position-ended.v1", "Registra che un ufficio non la legge più così", often, adds, bodies, is_read, fields::end;
        "chiarimento", "clarification-provided.v1", "Rispondi alla richiesta di chiarimenti", often, adds, asked, is_asked, fields::reply;
        "richiesta-chiarimenti", "clarification-requested.v1", "Chiedi chiarimenti", often, adds, in_charge, alive, fields::request;
        "nota", "note-added.v1", "Aggiungi una nota", often, adds, bodies, always, fields::note;
        "chiusura", "issue-closed.v1", "Chiudi la segnalazione", often, rests, in_charge, alive, fields::closure;
        "riapertura", "issue-reopened.v1", "Riapri la segnalazione", often, rests, in_charge, |it| !alive(it), fields::reopening;
        "modifica", "issue-amended.v1", "Modifica la segnalazione", more, rests, lead, alive, fields::amendment;
        "norma", "norm-cited.v1", "Cita una norma", more, adds, bodies, alive, fields::citation;
        "rettifica-norma", "norm-citation-corrected.v1", "Correggi una norma citata", more, rests, lead, cites, fields::corrected_citation;
        "togli-norma", "norm-citation-removed.v1", "Togli una norma citata", more, rests, lead, cites, fields::removed_citation;
        "rettifica-interpretazione", "position-corrected.v1", "Correggi un'interpretazione", more, rests, recorded, has_readings, fields::corrected_position;
        "annulla-interpretazione", "position-withdrawn.v1", "Togli un'interpretazione registrata per errore", more, rests, recorded, has_readings, fields::withdrawn_position;
        "rettifica-anche-da-noi", "endorsement-corrected.v1", "Correggi un «succede anche da noi»", more, rests, endorsed, has_endorsements, fields::corrected_endorsement;
        "ritiro-anche-da-noi", "endorsement-withdrawn.v1", "Ritira un «succede anche da noi»", more, rests, endorsed, has_endorsements, fields::withdrawn_endorsement;
        "stima", "impact-estimated.v1", "Stima quanto è diffuso il problema", more, adds, in_charge, alive, fields::impact;
        "collegamento", "issue-linked.v1", "Collega un'altra segnalazione", more, adds, in_charge, always, fields::link;
        "scollegamento", "issue-unlinked.v1", "Scollega un'altra segnalazione", more, adds, in_charge, |it| it.links.iter().any(|link| !link.from_there), fields::unlink;
        "riscontro", "answer-linked.v1", "Collega un riscontro", more, adds, in_charge, always, fields::answer;
        "scollega-riscontro", "answer-unlinked.v1", "Scollega un riscontro", more, adds, in_charge, |it| !it.answers.is_empty(), fields::unlinked_answer;
        "contatto", "contact-recorded.v1", "Registra un contatto informale", more, adds, in_charge, always, fields::contact;
        "visibilita", "visibility-changed.v1", "Cambia chi può vederla", more, rests, in_charge, always, fields::visibility;
        "pubblicazione", "issue-published.v1", "Pubblica una sintesi", more, rests, in_charge, |it| !it.row.published, fields::publication;
        "ritiro-pubblicazione", "issue-unpublished.v1", "Togli la sintesi pubblicata", more, rests, in_charge, |it| it.row.published, |it| it.reason();
        "ritiro", "issue-withdrawn.v1", "Ritira la segnalazione", more, rests, lead, alive, fields::withdrawal;
    };

    async fn choices(&self, visit: &Visit, event: &str) -> Result<Vec<Choice>, Fault> {
        Ok(match event {
            "issue-linked.v1" => {
                let filter = IssueFilter {
                    coordinator: Some(self.row.coordinator.clone()),
                    limit: OFFERED,
                    ..IssueFilter::default()
                };
                let found = visit.views().await?;
                let found = found.list_issues(&visit.scope(), &filter, visit.today).await?.items;
                let linked =
                    |id| self.links.iter().any(|link| !link.from_there && link.issue == id);
                found
                    .into_iter()
                    .filter(|other| other.id != self.row.id && !linked(other.id))
                    .map(|other| {
                        (other.id.to_string(), format!("{} {}", other.reference, other.title))
                    })
                    .collect()
            }
            "answer-linked.v1" => {
                let linked = |id: &str| self.answers.iter().any(|one| one.answer.to_string() == id);
                let mut offered = question::answers_on_offer(visit).await?;
                offered.retain(|(id, _)| !linked(id));
                offered
            }
            "position-ended.v1" => question::answers_on_offer(visit).await?,
            "answer-unlinked.v1" => visit.named(|names| {
                let called = |id: Uuid| (id.to_string(), names.case(id));
                self.answers.iter().map(|one| called(one.answer)).collect()
            })?,
            _ => Vec::new(),
        })
    }

    fn begun(&self, event: &str) -> Form {
        match event {
            "issue-amended.v1" => Form::of([
                ("/title", self.row.title.clone()),
                ("/description", self.description.clear().unwrap_or_default().to_owned()),
                ("/theme", self.row.theme.to_string()),
                ("/urgency", words::code(&self.row.urgency)),
                ("/since", self.since.map(|day| day.to_string()).unwrap_or_default()),
            ]),
            "position-recorded.v1" => Form::of([("/known", "direct".to_owned())]),
            "position-ended.v1" => Form::of([("/cause", "aligned".to_owned())]),
            "issue-closed.v1" if self.row.composed => {
                Form::of([("/outcome", "composed".to_owned())])
            }
            _ => Form::default(),
        }
    }

    fn complete(
        &self,
        visit: &Visit,
        event: &str,
        deed: Deed,
        form: Form,
    ) -> Result<(Deed, Form), Refused> {
        Ok(match event {
            "issue-amended.v1" => (deed, form.changed()),
            "norm-cited.v1" | "norm-citation-corrected.v1" => {
                (deed.with("norm", acts::norm(visit, &form)?), form)
            }
            "position-recorded.v1" | "position-corrected.v1" => (deed, placed(visit, form)?),
            "position-ended.v1" if form.is_filled("/because_of/id") => {
                let cause = json!({"kind": "answer", "id": form.get("/because_of/id")});
                (deed.with("because_of", cause), form)
            }
            "issue-unlinked.v1" => {
                // How the two are related is part of what is taken back.
                let Some((link, issue)) = form.get(LINK).split_once(' ') else {
                    let missing = Wrong::at(LINK, "Scegliere un collegamento.");
                    return Err(Refused::Wrong(vec![missing]));
                };
                (deed.with("link", link).with("issue", issue), form)
            }
            _ => (deed, form),
        })
    }
}

/// The form with where a reading holds: where its authority is.
fn placed(visit: &Visit, form: Form) -> Result<Form, Fault> {
    if !form.is_filled("/authority") {
        return Ok(form);
    }
    let (level, code) = report::territory(visit, form.get("/authority"))?;
    Ok(form.with("/territory/level", level).with("/territory/code", &code))
}

fn in_charge(it: &IssueDetail, actor: &Actor) -> bool {
    it.is_led_by(actor)
}

fn bodies(it: &IssueDetail, actor: &Actor) -> bool {
    actor.role == Role::Municipality || in_charge(it, actor)
}

/// A body to which a part belongs, or staff.
fn owns(it: &IssueDetail, actor: &Actor, mut parts: impl Iterator<Item = BodyId>) -> bool {
    let own = actor.role == Role::Municipality && parts.any(|body| body == actor.body);
    own || in_charge(it, actor)
}

fn lead(it: &IssueDetail, actor: &Actor) -> bool {
    owns(it, actor, std::iter::once(it.row.body.clone()))
}

fn recorded(it: &IssueDetail, actor: &Actor) -> bool {
    owns(it, actor, it.readings.iter().filter_map(|one| one.recorded_by.clone()))
}

fn endorsed(it: &IssueDetail, actor: &Actor) -> bool {
    owns(it, actor, it.endorsements.iter().map(|one| one.body.clone()))
}

fn asked(it: &IssueDetail, actor: &Actor) -> bool {
    let mut waiting = it.clarifications.iter().filter(|one| one.replied_on.is_none());
    let replies = matches!(actor.role, Role::Municipality | Role::Observer);
    in_charge(it, actor) || replies && waiting.any(|one| one.to == actor.body)
}

fn always(_: &IssueDetail) -> bool {
    true
}

fn alive(it: &IssueDetail) -> bool {
    !matches!(it.row.status, IssueStatus::Closed | IssueStatus::Withdrawn)
}

fn is_read(it: &IssueDetail) -> bool {
    it.readings.iter().any(|one| one.current)
}

fn is_asked(it: &IssueDetail) -> bool {
    alive(it) && it.clarifications.iter().any(|one| one.replied_on.is_none())
}

fn cites(it: &IssueDetail) -> bool {
    alive(it) && !it.norm_citations.is_empty()
}

fn has_readings(it: &IssueDetail) -> bool {
    alive(it) && !it.readings.is_empty()
}

fn has_endorsements(it: &IssueDetail) -> bool {
    alive(it) && !it.endorsements.is_empty()
}
