//! What staff do with an answer: one act, one page, one event.

use maud::{Markup, html};
use uuid::Uuid;

use crate::access::Actor;
use crate::domain::answer::{Assessment, Validity};
use crate::domain::values::ERASED_IT;
use crate::operations::Target;
use crate::projections::answers::{AnswerDetail, ConflictView};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Form, Refused, Wrong};
use crate::web::pages::acts::{self, Act, Acted, Shown as ShownOf, open_reviews};
use crate::web::pages::question::answers_on_offer;
use crate::web::pages::thing::Thing;
use crate::web::visit::Visit;
use crate::web::words;

type Shown<'a> = ShownOf<'a, AnswerDetail>;

/// The field that names a contradiction: where it was declared, and the other answer.
const CONFLICT: &str = "_contrasto";

/// That the other answer declares it.
const THERE: &str = "altrove";

/// The field that says which of two answers prevails.
const PREVAILS: &str = "_prevale";

/// The field that names an author who was forgotten.
const OTHER_AUTHOR: &str = "_altro";

impl Acted for AnswerDetail {
    const DENIED: &'static str = "Può farlo solo il coordinamento che ha ricevuto il riscontro.";

    const ACTS: &'static [Act<Self>] = acts::table! {
        "valutazione", "answer-assessed.v1", "Valuta quanto dice", often, rests, in_charge, |_| true, assessment;
        "contrasto", "conflict-declared.v1", "Dichiara un contrasto con un altro riscontro", often, adds, in_charge, holds, conflict;
        "composizione", "conflict-settled.v1", "Registra come si è composto un contrasto", often, adds, in_charge, |it| unsettled(it).next().is_some(), settlement;
        "superamento", "answer-superseded.v1", "Registra che un altro riscontro lo supera", often, rests, in_charge, holds, supersession;
        "ritiro", "answer-withdrawn.v1", "Registra che l'autore lo ha ritirato", often, rests, in_charge, |it| it.withdrawal.is_none(), withdrawal;
        "verifica", "review-flagged.v1", "Chiedi una verifica", often, adds, in_charge, holds, review;
        "conferma", "answer-confirmed.v1", "Conferma dopo la verifica", often, adds, in_charge, |it| it.reviews.iter().any(|review| review.confirmed_on.is_none()), confirmation;
        "rettifica", "answer-corrected.v1", "Correggi i dati del riscontro", more, rests, in_charge, |_| true, correction;
    };

    async fn choices(&self, visit: &Visit, _: &str) -> Result<Vec<Choice>, Fault> {
        let mut others = answers_on_offer(visit).await?;
        others.retain(|(other, _)| *other != self.id.to_string());
        Ok(others)
    }

    fn begun(&self, event: &str) -> Form {
        if event != "answer-corrected.v1" {
            return Form::default();
        }
        let text = self.text.as_ref().and_then(|text| text.clear());
        let form = Form::of([
            ("/form", self.form.to_string()),
            ("/document_date", self.document_date.to_string()),
            ("/received_on", self.received_on.to_string()),
            ("/text", text.unwrap_or_default().to_owned()),
        ]);
        self.authors.iter().fold(form, |form, author| form.and("/authors", author.as_str()))
    }

    fn complete(
        &self,
        visit: &Visit,
        event: &str,
        mut deed: Deed,
        mut form: Form,
    ) -> Result<(Deed, Form), Refused> {
        match event {
            "answer-superseded.v1" => form = form.with("/by/kind", "answer"),
            "review-flagged.v1" => {
                deed = deed.with("reviewer", visit.actor()?.subject.to_string());
            }
            "answer-corrected.v1" => {
                let other = form.get(OTHER_AUTHOR).to_owned();
                form = form.and("/authors", &other).changed();
            }
            "conflict-settled.v1" => {
                let chosen = form.get(CONFLICT).split_once(' ');
                let chosen = chosen.and_then(|(declared, other)| {
                    Some((declared == THERE, Uuid::try_parse(other).ok()?))
                });
                let Some((there, other)) = chosen else {
                    let missing = Wrong::at(CONFLICT, "Scegliere un contrasto.");
                    return Err(Refused::Wrong(vec![missing]));
                };
                let prevails = match form.get(PREVAILS) {
                    "questo" => Some(self.id),
                    "altro" => Some(other),
                    _ => None,
                };
                if let Some(prevails) = prevails {
                    deed = deed.with("prevails", prevails.to_string());
                }
                // It is settled where it was declared.
                let with = if there { self.id } else { other };
                deed = deed.with("with", with.to_string());
                if there {
                    deed.target = Target::Named(other.to_string());
                }
            }
            _ => {}
        }
        Ok((deed, form))
    }
}

fn in_charge(it: &AnswerDetail, actor: &Actor) -> bool {
    it.is_led_by(actor)
}

fn holds(it: &AnswerDetail) -> bool {
    !matches!(it.validity, Validity::Withdrawn | Validity::Superseded)
}

/// The contradictions that are not settled, each with the other answer.
fn unsettled(it: &AnswerDetail) -> impl Iterator<Item = (Uuid, &ConflictView)> {
    let open = it.conflicts.iter().filter(|one| one.settled.is_none());
    open.filter_map(|one| Some((one.with.as_ref()?.id, one)))
}

fn assessment(shown: &Shown<'_>) -> Markup {
    let all = [Assessment::Clear, Assessment::Partial, Assessment::Interlocutory];
    let all = all.map(|one| (words::code(&one), words::capitalised(words::assessment(one))));
    html! {
        (shown.fields.radios("/assessment", "Quanto dice", "Interlocutorio: annuncia un riscontro successivo.", &all))
        (shown.fields.area("/note", "Osservazioni", "", 3, false))
    }
}

fn conflict(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/with", "L'altro riscontro", "I più recenti.", shown.choices, true))
        (shown.reason())
    }
}

fn settlement(shown: &Shown<'_>) -> Markup {
    let open: Vec<Choice> = unsettled(shown.thing)
        .map(|(other, one)| {
            let called = one.with.as_ref().map_or("", |with| with.reference.as_str());
            let why = one.reason.clear().unwrap_or(ERASED_IT);
            let declared = if one.from_there { THERE } else { "qui" };
            (format!("{declared} {other}"), format!("Con {called}: {why}"))
        })
        .collect();
    html! {
        (shown.fields.radios(CONFLICT, "Quale contrasto", "", &open))
        (shown.fields.radios(PREVAILS, "Che cosa vale ora", "", &[
            ("questo".into(), "Prevale questo riscontro".into()),
            ("altro".into(), "Prevale l'altro".into()),
            ("nessuno".into(), "Nessuno dei due prevale: valgono entrambi".into()),
        ]))
        (shown.reason())
    }
}

fn supersession(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/by/id", "Il riscontro che lo supera", "I più recenti.", shown.choices, true))
        (shown.fields.day("/from", "Da quando", "", true))
        (shown.reason())
    }
}

fn withdrawal(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/by", "Quale autore", "", &authors(shown), true))
        (shown.fields.day("/from", "Da quando", "", true))
        (shown.reason())
    }
}

fn authors(shown: &Shown<'_>) -> Vec<Choice> {
    let authors = shown.visit.named(|names| {
        let own = shown.thing.authors.iter();
        own.map(|one| (one.to_string(), names.authority(one))).collect()
    });
    authors.unwrap_or_default()
}

fn review(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.day("/due", "Entro il", "", true))
        (shown.reason())
    }
}

fn confirmation(shown: &Shown<'_>) -> Markup {
    let open = open_reviews(&shown.thing.reviews);
    html! {
        (shown.fields.radios("/review_id", "Quale verifica", "", &open))
        (shown.reason())
    }
}

/// What was written down wrongly of the answer.
fn correction(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    html! {
        (fields.boxes("/authors", "Chi ha risposto", "", &authors(shown)))
        (fields.select(OTHER_AUTHOR, "Un altro ufficio", "", shown.lists.authorities(), false))
        (fields.select("/form", "In quale forma", "", shown.lists.forms(), true))
        (fields.day("/document_date", "Data del documento", "", true))
        (fields.day("/received_on", "Ricevuto il", "", true))
        (fields.area("/text", "Che cosa dice", "Nessun nome e nessun dato di persone.", 8, true))
        (shown.reason())
    }
}
