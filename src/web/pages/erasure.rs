//! Erasing a text of a case, or all of them: for the staff in charge, and for ever.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use crate::event_store::Revision;
use crate::operations::erasure::TEXT_ERASED;
use crate::projections::TypedText;
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::pages::issues;
use crate::web::pages::thing::{Called, Thing};
use crate::web::parts;
use crate::web::visit::Visit;

/// The field that carries the revision that a page showed.
const SEEN: &str = "_vista";

/// The field that says which text: its event and its place in it.
const WHICH: &str = "_quale";

/// What it says when all of them are meant.
const ALL: &str = "tutti";

/// The field that says that it was understood.
const SURE: &str = "_conferma";

/// The way to the page, for those who may erase.
pub fn link<T: Thing>(visit: &Visit, id: Uuid, thing: &T) -> Markup {
    let actor = visit.visitor.actor.as_ref();
    html! {
        @if actor.is_some_and(|actor| thing.is_led_by(actor)) {
            p.quiet {
                a href={ (T::ADDRESS) "/" (id) "/cancellazione" } { "Cancella un testo che rende riconoscibile una persona…" }
            }
        }
    }
}

/// The page below the address of a thing.
pub async fn show<T: Thing>(visit: Visit, Path(id): Path<Uuid>) -> Result<Page, Fault> {
    page::<T>(&visit, id, &Form::default(), &[]).await
}

/// Erases what was chosen.
pub async fn send<T: Thing>(
    visit: Visit,
    Path(id): Path<Uuid>,
    form: Form,
) -> Result<Response, Fault> {
    let recorded = record::<T>(&visit, id, &form).await;
    let there = |()| format!("{}/{id}#storia", T::ADDRESS);
    visit.answer(recorded, there, async |wrong| page::<T>(&visit, id, &form, &wrong).await).await
}

async fn record<T: Thing>(visit: &Visit, id: Uuid, form: &Form) -> Result<(), Refused> {
    let seen: Revision = form.get(SEEN).parse().map_err(|_| Fault::ForeignForm)?;
    let chosen = form.get(WHICH);
    let asked = match chosen.split_once(' ') {
        Some((event, field)) => Some(form.clone().with("/event_id", event).with("/field", field)),
        None => (chosen == ALL).then(|| form.clone()),
    };
    let mut wrong = Vec::new();
    if asked.is_none() {
        wrong.push(Wrong::at(WHICH, "Va scelto che cosa cancellare."));
    }
    if !form.has(SURE, "true") {
        wrong.push(Wrong::at(SURE, "Serve la conferma: la cancellazione non si può annullare."));
    }
    let Some(asked) = asked.filter(|_| wrong.is_empty()) else {
        return Err(Refused::Wrong(wrong));
    };
    let deed = Deed::on(T::KIND.category(), id, TEXT_ERASED).seen(seen);
    let recorded = visit.record(deed, &asked).await;
    recorded.map(|_| ()).map_err(|why| match why {
        Refused::Wrong(mut wrong) => {
            // What is said of the event or the place is said of the choice.
            for one in wrong.iter_mut().filter(|one| ["/event_id", "/field"].contains(&&*one.field))
            {
                WHICH.clone_into(&mut one.field);
            }
            Refused::Wrong(wrong)
        }
        fault @ Refused::Fault(_) => fault,
    })
}

async fn page<T: Thing>(
    visit: &Visit,
    id: Uuid,
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let actor = visit.actor()?;
    let thing = T::read(visit, id).await?;
    if !thing.is_led_by(actor) {
        return Err(Fault::Denied("Può farlo solo il coordinamento che segue il caso.".into()));
    }
    let texts = visit.views().await?.typed_texts(actor, T::KIND, id).await?.unwrap_or_default();
    let Called { reference, title, revision } = thing.called(visit)?;
    let mut choices: Vec<Choice> = texts.iter().map(choice).collect();
    if !choices.is_empty() {
        choices.push((ALL.into(), "Tutti i testi del caso, con i documenti solo suoi".into()));
    }
    let lead = html! {
        p.lead { (parts::reference(reference)) " " (title) }
        div.note {
            p { "Il testo scelto non si potrà più leggere, né qui né nelle copie: se ne distrugge la chiave. Non si può annullare." }
            p { "Resta l'evento, con la data e chi lo ha registrato, e la prova che il registro non è stato alterato." }
        }
        @if choices.is_empty() { (parts::nothing("Non ci sono più testi da cancellare.")) }
    };
    let here = format!("{}/{id}", T::ADDRESS);
    let action = format!("{here}/cancellazione");
    let way = [T::LIST, (here.as_str(), reference)];
    let sheet = Sheet {
        way: &way,
        title: "Cancellare un testo",
        lead,
        action: &action,
        button: "Cancella per sempre",
        below: html! {},
    };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            input type="hidden" name=(SEEN) value=(revision);
            (fields.radios(WHICH, "Che cosa", "", &choices))
            (fields.area("/reason", "Perché", "Senza ripetere il dato che si cancella.", 3, true))
            (fields.text("/legal_basis", "Base giuridica", "Per esempio: art. 17, par. 1, lett. d), reg. (UE) 2016/679.", true))
            (fields.tick(SURE, "Ho capito che non si può annullare."))
        }
    }))
}

fn choice(text: &TypedText) -> Choice {
    let value = format!("{} {}", text.event_id, text.field);
    let words = issues::first_words(&text.words);
    (value, format!("{}, {} «{words}»", parts::day_text(text.occurred_on), text.sentence_it))
}
