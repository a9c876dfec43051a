//! What can be done with a solution, by whom, when; adoption and validation, which have
//! pages of their own, apart.

use super::fields;
use crate::access::Actor;
use crate::domain::registry::Role;
use crate::projections::issues::IssueFilter;
use crate::projections::solutions::{SolutionDetail, SolutionFilter};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused};
use crate::web::pages::acts::{self, Act, Acted, NORM, OFFERED};
use crate::web::pages::question;
use crate::web::pages::thing::Thing;
use crate::web::visit::Visit;

impl Acted for SolutionDetail {
    const DENIED: &'static str =
        "Può farlo solo l'ente interessato, o il coordinamento che propone la soluzione.";

    const ACTS: &'static [Act<Self>] = acts::table! {
        "revisione", "solution-revised.v1", "Scrivi una nuova versione", often, rests, in_charge, lives, fields::revision;
        "fine-adozione", "adoption-ended.v1", "Registra che un ente non la applica più", often, adds, adopts, is_adopted, fields::ended;
        "rettifica-adozione", "adoption-corrected.v1", "Correggi i dati di un'adozione", more, rests, adopts, is_adopted, fields::corrected;
        "fondamento", "basis-added.v1", "Aggiungi un fondamento", more, adds, in_charge, lives, fields::basis;
        "togli-fondamento", "basis-removed.v1", "Togli un fondamento", more, rests, in_charge, rests_on_something, fields::removed_basis;
        "segnalazione", "issue-attached.v1", "Aggiungi una segnalazione che risolve", more, adds, in_charge, lives, fields::issue;
        "togli-segnalazione", "issue-detached.v1", "Togli una segnalazione", more, adds, in_charge, |it| lives(it) && !it.issues.is_empty(), fields::detached;
        "verifica", "review-flagged.v1", "Chiedi una verifica", more, adds, in_charge, lives, fields::review;
        "conferma", "solution-confirmed.v1", "Conferma che vale ancora", more, adds, in_charge, lives, fields::confirmation;
        "pubblicazione", "solution-published.v1", "Pubblica una sintesi", more, rests, in_charge, |it| lives(it) && it.published_on.is_none(), fields::publication;
        "ritiro-pubblicazione", "solution-unpublished.v1", "Togli la sintesi pubblicata", more, rests, in_charge, |it| it.published_on.is_some(), |it| it.reason();
        "superamento", "solution-superseded.v1", "Registra che un'altra soluzione la supera", more, rests, in_charge, lives, fields::supersession;
        "ritiro", "solution-retired.v1", "Non proporla più", more, rests, in_charge, lives, fields::retirement;
    };

    async fn choices(&self, visit: &Visit, event: &str) -> Result<Vec<Choice>, Fault> {
        let (views, scope) = (visit.views().await?, visit.scope());
        let coordinator = Some(self.coordinator.clone());
        Ok(match event {
            "basis-added.v1" => {
                let there =
                    |id: &str| self.basis_answers.iter().any(|one| one.id.to_string() == id);
                let mut offered = question::answers_on_offer(visit).await?;
                offered.retain(|(id, _)| !there(id));
                offered
            }
            "issue-attached.v1" => {
                let filter = IssueFilter { coordinator, limit: OFFERED, ..IssueFilter::default() };
                let found =
                    views.list_issues(&scope, &filter, visit.today).await?.items.into_iter();
                let there = |id| self.issues.iter().any(|one| one.id == id);
                found
                    .filter(|row| !there(row.id))
                    .map(|row| (row.id.to_string(), format!("{} {}", row.reference, row.title)))
                    .collect()
            }
            "solution-superseded.v1" => {
                let filter =
                    SolutionFilter { coordinator, limit: OFFERED, ..SolutionFilter::default() };
                let found = views.list_solutions(&scope, &filter, visit.today).await?.items;
                found
                    .into_iter()
                    .filter(|row| row.id != self.id)
                    .map(|row| {
                        let words = format!("{} {}", row.reference, row.problem.words());
                        (row.id.to_string(), words)
                    })
                    .collect()
            }
            _ => Vec::new(),
        })
    }

    fn begun(&self, event: &str) -> Form {
        let text = self.versions.last();
        match (event, text) {
            ("solution-revised.v1", Some(version)) => Form::of([
                ("/problem", version.problem.clear().unwrap_or_default().to_owned()),
                ("/text", version.text.clear().unwrap_or_default().to_owned()),
            ]),
            _ => Form::default(),
        }
    }

    fn complete(
        &self,
        visit: &Visit,
        event: &str,
        mut deed: Deed,
        mut form: Form,
    ) -> Result<(Deed, Form), Refused> {
        match event {
            // A new version has a text of its own, even when only the problem is another.
            "solution-revised.v1" => {
                let text = form.get("/text").to_owned();
                form = form.changed().with("/text", &text);
            }
            "basis-added.v1" if form.is_filled(NORM) => {
                deed = deed.with("norm", acts::norm(visit, &form)?);
            }
            "review-flagged.v1" => {
                deed = deed.with("reviewer", visit.actor()?.subject.to_string());
            }
            _ => {}
        }
        Ok((deed, form))
    }
}

fn in_charge(it: &SolutionDetail, actor: &Actor) -> bool {
    it.is_led_by(actor)
}

fn adopts(it: &SolutionDetail, actor: &Actor) -> bool {
    let own = it.adoptions.iter().any(|one| one.until.is_none() && one.body == actor.body);
    in_charge(it, actor) || actor.role == Role::Municipality && own
}

fn lives(it: &SolutionDetail) -> bool {
    it.retired_on.is_none() && it.superseded_by.is_none()
}

fn is_adopted(it: &SolutionDetail) -> bool {
    it.adoptions.iter().any(|one| one.until.is_none())
}

fn rests_on_something(it: &SolutionDetail) -> bool {
    lives(it) && !(it.basis_answers.is_empty() && it.basis_norms.is_empty())
}
