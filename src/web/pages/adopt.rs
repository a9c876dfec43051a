//! *Adotta nel tuo ente*: as it is, with changes, or not; and the validation that comes
//! before.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::access::Scope;
use crate::domain::registry::Role;
use crate::event_store::Revision;
use crate::projections::solutions::SolutionDetail;
use crate::web::fault::Fault;
use crate::web::forms::{Deed, Fields, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::pages::issues::first_words;
use crate::web::pages::report::Lists;
use crate::web::parts;
use crate::web::visit::Visit;

/// The field that says what the body decided.
const DECISION: &str = "_decisione";

/// That it does not adopt it.
const DECLINED: &str = "declined";

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The ways on from a solution: to adopt it, for bodies, and to validate it, for staff.
pub fn ways(visit: &Visit, one: &SolutionDetail) -> Markup {
    let validated = is_validated(one);
    let over = one.retired_on.is_some() || one.superseded_by.is_some();
    let staff = in_charge(visit, one);
    let body = visit.visitor.role() == Some(Role::Municipality);
    html! {
        @if !over && (staff || body) {
            p.buttons {
                @if staff && !validated {
                    a.button href={ "/soluzioni/" (one.id) "/validazione" } { "Valida la soluzione" }
                }
                @if validated {
                    a.button href={ "/soluzioni/" (one.id) "/adozione" } {
                        @if staff { "Registra la decisione di un ente" } @else { "Adotta nel tuo ente" }
                    }
                } @else if body {
                    span.quiet { "Si potrà recepire dopo la validazione." }
                }
            }
        }
    }
}

fn is_validated(one: &SolutionDetail) -> bool {
    one.versions.last().is_some_and(|version| version.validation.is_some())
}

fn in_charge(visit: &Visit, one: &SolutionDetail) -> bool {
    let actor = visit.visitor.actor.as_ref();
    actor.is_some_and(|actor| actor.role == Role::Staff && actor.body == one.coordinator)
}

/// A solution that the visitor may see whole.
///
/// # Errors
///
/// [`Fault::NotFound`] when there is none.
pub async fn read(visit: &Visit, id: Uuid) -> Result<SolutionDetail, Fault> {
    visit.actor()?;
    let scope = visit.scope();
    if scope == Scope::Nothing {
        return Err(Fault::NotFound);
    }
    let shown = visit.views().await?.show_solution(&scope, id, visit.today).await?;
    shown.ok_or(Fault::NotFound)
}

/// `GET /soluzioni/{id}/adozione`.
pub async fn show(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    let form = Form::of([(DECISION, "adopted".to_owned()), ("/act/status", "adopted".to_owned())]);
    page(&visit, id, &form, &[]).await
}

/// `POST /soluzioni/{id}/adozione`.
pub async fn send(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record(&visit, id, &form).await;
    let there = |()| format!("/soluzioni/{id}");
    visit.answer(recorded, there, async |wrong| page(&visit, id, &form, &wrong).await).await
}

async fn record(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let one = read(visit, id).await?;
    let version = one.versions.last().ok_or(Fault::NotFound)?.solution_version.get();
    let decision = form.get(DECISION);
    let only = |names: &[&str]| {
        let drop = [
            "/reason",
            "/adaptation",
            "/in_force_from",
            "/act/status",
            "/act/kind",
            "/act/number",
            "/act/date",
        ];
        let drop = drop.iter().filter(|name| !names.contains(name));
        drop.fold(form.clone(), |form, name| form.without(name))
    };
    let (deed, form) = if decision == DECLINED {
        (Deed::on("solution", id, "solution-declined.v1"), only(&["/reason"]))
    } else {
        let mut kept =
            vec!["/in_force_from", "/act/status", "/act/kind", "/act/number", "/act/date"];
        if decision == "adapted" {
            kept.push("/adaptation");
        }
        let deed = Deed::on("solution", id, "solution-adopted.v1").with("manner", decision);
        (deed, only(&kept))
    };
    let recorded = visit.record(deed.with("solution_version", version), &form).await;
    recorded.map(|_| ()).map_err(|refused| match refused {
        Refused::Wrong(mut wrong) => {
            for one in wrong.iter_mut().filter(|one| one.field == "/manner") {
                one.field = DECISION.into();
            }
            Refused::Wrong(wrong)
        }
        Refused::Fault(fault) => Refused::Fault(fault),
    })
}

async fn page(visit: &Visit, id: Uuid, form: &Form, wrong: &[Wrong]) -> Result<Page, Fault> {
    let one = read(visit, id).await?;
    let staff = in_charge(visit, &one);
    if !staff && visit.visitor.role() != Some(Role::Municipality) {
        let why = "La recepiscono gli enti della rete, oppure il coordinamento per loro conto.";
        return Err(Fault::Denied(why.into()));
    }
    let lists = Lists::read(visit).await?;
    let title = if staff { "Registra la decisione di un ente" } else { "Adotta nel tuo ente" };
    let (here, action) = (format!("/soluzioni/{id}"), format!("/soluzioni/{id}/adozione"));
    let way = [("/soluzioni", "Soluzioni"), (here.as_str(), one.reference.as_str())];
    let sheet = Sheet {
        way: &way,
        title,
        lead: lead(&one),
        action: &action,
        button: "Registra la decisione",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            @if staff {
                (fields.select("/on_behalf_of", "Ente che decide", "", lists.bodies(), true))
            }
            (fields.radios(DECISION, "Che cosa decide l'ente", "", &[
                ("adopted".into(), "Adotta".into()),
                ("adapted".into(), "Adotta con adattamenti".into()),
                (DECLINED.into(), "Non adotta".into()),
            ]))
            (act_fields(fields))
            (fields.area("/adaptation", "Quali adattamenti", "Solo se si adotta con adattamenti.", 3, false))
            (fields.area("/reason", "Perché non si adotta", "Solo se non si adotta.", 3, false))
        }
    }))
}

/// The act by which a body adopts.
pub fn act_fields(fields: &Fields<'_>) -> Markup {
    html! {
        fieldset.on-behalf {
            legend { "L'atto" }
            (fields.radios("/act/status", "Stato dell'atto", "", &[
                ("adopted".into(), "Adottato, con numero e data".into()),
                ("not_yet_adopted".into(), "Annunciato, non ancora adottato".into()),
            ]))
            (fields.text("/act/kind", "Tipo di atto", "Per esempio: «determinazione dirigenziale».", false))
            (fields.text("/act/number", "Numero", "", false))
            (fields.day("/act/date", "Data", "", false))
            (fields.day("/in_force_from", "In vigore dal", "", false))
        }
    }
}

/// The version that is decided upon.
fn lead(one: &SolutionDetail) -> Markup {
    html! {
        @if let Some(version) = one.versions.last() {
            p.lead {
                (parts::reference(&one.reference)) " "
                (first_words(version.problem.clear().unwrap_or(crate::domain::values::ERASED_IT)))
            }
            section.card.over aria-label="La soluzione" {
                h2 { "La soluzione, versione " (version.solution_version.get()) }
                (parts::paragraphs(&version.text))
            }
        }
    }
}

/// `GET /soluzioni/{id}/validazione`.
pub async fn show_validation(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    validation_page(&visit, id, &Form::default(), &[]).await
}

/// `POST /soluzioni/{id}/validazione`.
pub async fn validate(visit: Visit, Path(id): Path<Uuid>, form: Form) -> Result<Response, Fault> {
    let recorded = record_validation(&visit, id, &form).await;
    let there = |()| format!("/soluzioni/{id}");
    let again = async |wrong: Vec<Wrong>| validation_page(&visit, id, &form, &wrong).await;
    visit.answer(recorded, there, again).await
}

async fn record_validation(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let one = read(visit, id).await?;
    let version = one.versions.last().ok_or(Fault::NotFound)?.solution_version.get();
    let seen: Revision = form.get(SEEN).parse().map_err(|_| Fault::ForeignForm)?;
    let deed = Deed::on("solution", id, "solution-validated.v1").seen(seen);
    visit.record(deed.with("solution_version", version), form).await.map(|_| ())
}

async fn validation_page(
    visit: &Visit,
    id: Uuid,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let one = read(visit, id).await?;
    if !in_charge(visit, &one) {
        return Err(Fault::Denied("La valida il coordinamento che la propone.".into()));
    }
    let (here, action) = (format!("/soluzioni/{id}"), format!("/soluzioni/{id}/validazione"));
    let way = [("/soluzioni", "Soluzioni"), (here.as_str(), one.reference.as_str())];
    let sheet = Sheet {
        way: &way,
        title: "Valida la soluzione",
        lead: lead(&one),
        action: &action,
        button: "Valida questa versione",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            input type="hidden" name=(SEEN) value=(one.revision);
            (fields.text("/by", "Chi la valida", "Per esempio: «gruppo di lavoro giuridico». Nessun nome.", true))
            (fields.day("/occurred_on", "Data della validazione", "Oggi, se non si indica.", false))
        }
    }))
}
