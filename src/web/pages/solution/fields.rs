//! The fields of the acts on a solution.

use maud::{Markup, html};

use crate::domain::solution::Manner;
use crate::projections::solutions::{AdoptionView, SolutionDetail};
use crate::web::forms::Choice;
use crate::web::pages::acts::{Shown as ShownOf, open_reviews};
use crate::web::pages::adopt::act_fields;
use crate::web::pages::thing::Thing;
use crate::web::parts;
use crate::web::words;

type Shown<'a> = ShownOf<'a, SolutionDetail>;

/// A new version.
pub fn revision(shown: &Shown<'_>) -> Markup {
    html! {
        p.note { "La nuova versione va validata di nuovo prima che gli enti la recepiscano; chi ha recepito la precedente resta a quella." }
        (shown.fields.area("/problem", "Il problema", "", 2, false))
        (shown.fields.area("/text", "La soluzione: che cosa fare", "", 8, true))
        (shown.reason())
    }
}

/// The adoptions that hold and that the visitor may change.
fn adoptions(shown: &Shown<'_>) -> Markup {
    let actor = shown.visit.visitor.actor.as_ref();
    let own = |one: &&AdoptionView| {
        let mine =
            actor.is_some_and(|actor| shown.thing.is_led_by(actor) || one.body == actor.body);
        one.until.is_none() && mine
    };
    let own: Vec<Choice> = shown
        .visit
        .named(|names| {
            let called = |one: &AdoptionView| {
                let words = format!(
                    "{}, {}, {}",
                    names.body(&one.body),
                    words::manner(one.manner).1,
                    parts::day_text(one.adopted_on)
                );
                (one.adoption_id.to_string(), words)
            };
            shown.thing.adoptions.iter().filter(own).map(called).collect()
        })
        .unwrap_or_default();
    shown.fields.radios("/adoption_id", "Di quale ente", "", &own)
}

/// An adoption that was written down wrongly.
pub fn corrected(shown: &Shown<'_>) -> Markup {
    let manners = [Manner::Adopted, Manner::Adapted];
    let manners = manners.map(|one| (words::code(&one), words::capitalised(words::manner(one).1)));
    html! {
        (adoptions(shown))
        p.hint { "Si compila solo ciò che cambia." }
        (shown.fields.select("/manner", "Come è stata recepita", "", &manners, false))
        (act_fields(&shown.fields))
        (shown.reason())
    }
}

/// That a body no longer applies it.
pub fn ended(shown: &Shown<'_>) -> Markup {
    html! {
        (adoptions(shown))
        (shown.fields.day("/until", "Ultimo giorno in cui si applica", "", true))
        (shown.reason())
    }
}

/// An answer or a norm it rests on.
pub fn basis(shown: &Shown<'_>) -> Markup {
    html! {
        p.hint { "Un riscontro oppure una norma: se cambiano, la soluzione risulta da verificare." }
        (shown.fields.select("/answer", "Riscontro", "I più recenti.", shown.choices, false))
        (shown.norm(false))
        (shown.fields.area("/reason", "Perché", "", 2, false))
    }
}

/// Something it no longer rests on.
pub fn removed_basis(shown: &Shown<'_>) -> Markup {
    let it = shown.thing;
    let norms = shown.visit.named(|names| {
        let called = it.basis_norms.iter();
        called.map(|one| (one.basis_id.to_string(), names.norm(&one.norm))).collect::<Vec<_>>()
    });
    let answers = it.basis_answers.iter().map(|one| {
        let dated = parts::day_text(one.document_date);
        (one.id.to_string(), format!("{}, {dated}", one.reference))
    });
    let all: Vec<Choice> = answers.chain(norms.unwrap_or_default()).collect();
    html! {
        (shown.fields.radios("/basis_id", "Quale fondamento", "", &all))
        (shown.reason())
    }
}

/// An issue that it solves.
pub fn issue(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/issue", "Segnalazione", "Le più recenti.", shown.choices, true))
        (shown.fields.area("/reason", "Perché", "", 2, false))
    }
}

/// An issue that it does not solve.
pub fn detached(shown: &Shown<'_>) -> Markup {
    let issues = shown.thing.issues.iter();
    let issues: Vec<Choice> = issues
        .map(|one| (one.id.to_string(), format!("{} {}", one.reference, one.title.words())))
        .collect();
    html! {
        (shown.fields.radios("/issue", "Quale segnalazione", "", &issues))
        (shown.reason())
    }
}

/// A review.
pub fn review(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.day("/due", "Entro il", "", true))
        (shown.reason())
    }
}

/// That it is still good.
pub fn confirmation(shown: &Shown<'_>) -> Markup {
    let open = open_reviews(&shown.thing.reviews);
    html! {
        @if !open.is_empty() {
            (shown.fields.select("/review_id", "Quale verifica chiude", "Tutte quelle aperte, se non si indica.", &open, false))
        }
        (shown.reason())
    }
}

/// An abstract for everybody.
pub fn publication(shown: &Shown<'_>) -> Markup {
    html! {
        p.note { "La sintesi la legge chiunque, senza accesso: nessun nome e nessun dato di persone." }
        (shown.fields.area("/abstract", "Sintesi", "", 6, true))
    }
}

/// What takes its place.
pub fn supersession(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/by", "La soluzione che la supera", "Le più recenti.", shown.choices, true))
        (shown.fields.day("/from", "Da quando", "Da oggi, se non si indica.", false))
        (shown.reason())
    }
}

/// That it is proposed no longer.
pub fn retirement(shown: &Shown<'_>) -> Markup {
    html! {
        p.note { "Gli enti che l'hanno recepita possono continuare ad applicarla; ad altri non viene più proposta." }
        (shown.reason())
    }
}
