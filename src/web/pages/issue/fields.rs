//! The fields of the acts on an issue.

use maud::{Markup, html};

use super::acts::LINK;
use super::readings::letter;
use crate::domain::issue::{ClosingOutcome, EndCause, IssueLink, Known};
use crate::domain::registry::Role;
use crate::domain::shared::{Audience, PointResult, Urgency, Visibility};
use crate::domain::values::{BodyId, ERASED_IT};
use crate::projections::issues::{EndorsementView, IssueDetail, PositionView};
use crate::web::forms::Choice;
use crate::web::pages::acts::Shown as ShownOf;
use crate::web::pages::issues::first_words;
use crate::web::pages::thing::Thing;
use crate::web::parts;
use crate::web::words;

type Shown<'a> = ShownOf<'a, IssueDetail>;

/// What is said of fields that need not be filled in again.
const UNCHANGED: &str = "Si compila solo ciò che cambia.";

/// A reading that is not recorded yet.
pub fn position(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    html! {
        (shown.on_behalf())
        (fields.select("/authority", "Ufficio", "", shown.lists.authorities(), true))
        (fields.area("/reading", "Come legge la norma, che cosa chiede", "Nessun nome e nessun dato di persone.", 4, true))
        (fields.select("/form", "In quale forma lo dice", "Se non c'è nulla di scritto, è una prassi.", shown.lists.forms(), true))
        (fields.radios("/known", "Come lo sappiamo", "", &knowns()))
        (fields.day("/occurred_on", "Osservata il", "Oggi, se non si indica.", false))
        (fields.day("/since", "Da quando vale", "", false))
        (fields.day("/document_date", "Data del documento che la contiene", "", false))
        (fields.area("/note", "Osservazioni", "", 2, false))
    }
}

fn knowns() -> Vec<Choice> {
    let all = [Known::Direct, Known::Written, Known::ReportedByThird];
    all.map(|one| (words::code(&one), words::capitalised(words::known(one)))).into()
}

/// The readings that an act may be about, each by letter and office.
fn readings(shown: &Shown<'_>, about: impl Fn(&PositionView) -> bool) -> Vec<Choice> {
    let all = shown.thing.readings.iter().enumerate().filter(|(_, one)| about(one));
    let called = shown.visit.named(|names| {
        let called = |(at, one): (usize, &PositionView)| {
            let said = first_words(one.reading.clear().unwrap_or(ERASED_IT));
            let words = format!("{}. {}: {said}", letter(at), names.authority(&one.authority));
            (one.position_id.to_string(), words)
        };
        all.map(called).collect()
    });
    called.unwrap_or_default()
}

/// Whether the visitor may change what a body recorded.
fn is_own(shown: &Shown<'_>, body: Option<&BodyId>) -> bool {
    let actor = shown.visit.visitor.actor.as_ref();
    actor.is_some_and(|actor| shown.thing.is_led_by(actor) || body == Some(&actor.body))
}

/// That an office no longer reads it so.
pub fn end(shown: &Shown<'_>) -> Markup {
    let causes = [EndCause::Aligned, EndCause::Overridden, EndCause::OfficeChanged];
    let causes = causes.map(|one| (words::code(&one), words::capitalised(words::end_cause(one))));
    let fields = &shown.fields;
    html! {
        (fields.radios("/position_id", "Quale interpretazione", "", &readings(shown, |one| one.current)))
        (fields.radios("/cause", "Perché", "", &causes))
        (fields.day("/until", "Ultimo giorno in cui è valsa", "Oggi, se non si indica.", false))
        (fields.select("/because_of/id", "Per effetto di quale riscontro", "I più recenti.", shown.choices, false))
        (fields.area("/note", "Osservazioni", "", 2, false))
    }
}

/// A reading that was written down wrongly.
pub fn corrected_position(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    let own = readings(shown, |one| is_own(shown, one.recorded_by.as_ref()));
    html! {
        (fields.radios("/position_id", "Quale interpretazione", "", &own))
        p.hint { (UNCHANGED) }
        (fields.select("/authority", "Ufficio", "", shown.lists.authorities(), false))
        (fields.area("/reading", "Come legge la norma", "", 4, false))
        (fields.select("/form", "In quale forma lo dice", "", shown.lists.forms(), false))
        (fields.select("/known", "Come lo sappiamo", "", &knowns(), false))
        (fields.day("/since", "Da quando vale", "", false))
        (fields.day("/document_date", "Data del documento", "", false))
        (shown.reason())
    }
}

/// A reading that was recorded in error.
pub fn withdrawn_position(shown: &Shown<'_>) -> Markup {
    let own = readings(shown, |one| is_own(shown, one.recorded_by.as_ref()));
    html! {
        p.note { "Solo per un'interpretazione che non c'è mai stata. Se l'ufficio ha cambiato idea, si registra che non la legge più così." }
        (shown.fields.radios("/position_id", "Quale interpretazione", "", &own))
        (shown.reason())
    }
}

/// A clarification that is asked for.
pub fn request(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/to", "A quale ente", "A chi ha presentato la segnalazione, se non si indica.", shown.lists.bodies(), false))
        (shown.fields.area("/text", "Che cosa si chiede", "", 4, true))
    }
}

/// The reply to a request.
pub fn reply(shown: &Shown<'_>) -> Markup {
    let waiting = shown.thing.clarifications.iter().filter(|one| one.replied_on.is_none());
    let own: Vec<Choice> = waiting
        .filter(|one| is_own(shown, Some(&one.to)))
        .map(|one| {
            let asked = one.text.clear().unwrap_or(ERASED_IT);
            let words = format!("{}: {asked}", parts::day_text(one.requested_on));
            (one.clarification_id.to_string(), words)
        })
        .collect();
    html! {
        (shown.fields.radios("/clarification_id", "A quale richiesta", "", &own))
        (shown.fields.area("/text", "Risposta", "Nessun nome e nessun dato di persone.", 5, true))
    }
}

/// A note.
pub fn note(shown: &Shown<'_>) -> Markup {
    let audiences = [Audience::Network, Audience::Participants, Audience::Internal];
    let audiences = audiences.map(|one| (words::code(&one), words::audience(one).to_owned()));
    html! {
        (shown.fields.radios("/audience", "Chi la legge", "", &audiences))
        (shown.fields.area("/text", "Nota", "Nessun nome e nessun dato di persone.", 4, true))
        (shown.fields.day("/occurred_on", "A quale giorno si riferisce", "Oggi, se non si indica.", false))
    }
}

/// An informal contact with an office.
pub fn contact(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/authority", "Ufficio sentito", "", shown.lists.authorities(), true))
        (shown.fields.area("/text", "Che cosa ha detto", "Lo legge solo il coordinamento. Nessun nome.", 4, true))
        (shown.fields.day("/occurred_on", "Quando", "Oggi, se non si indica.", false))
    }
}

/// What changes in the report.
pub fn amendment(shown: &Shown<'_>) -> Markup {
    let urgencies = [Urgency::Low, Urgency::Medium, Urgency::High]
        .map(|one| (words::code(&one), words::capitalised(words::urgency(one))));
    let fields = &shown.fields;
    html! {
        (fields.text("/title", "Il problema in una riga", "", true))
        (fields.area("/description", "Che cosa succede", "Nessun nome e nessun dato di persone.", 8, true))
        (fields.select("/theme", "Tema", "", shown.lists.themes(), true))
        (fields.radios("/urgency", "Urgenza", "", &urgencies))
        (fields.day("/since", "Da quando succede", "", false))
        (fields.number("/people_affected", "Quante persone riguarda nel nostro ente", "Solo se cambia.", false))
        (shown.reason())
    }
}

/// A norm.
pub fn citation(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.norm(true))
        (shown.fields.area("/reason", "Perché", "", 2, false))
    }
}

fn citations(shown: &Shown<'_>) -> Markup {
    let cited = shown.thing.norm_citations.iter();
    let cited: Vec<Choice> =
        cited.map(|one| (one.citation_id.to_string(), one.label_it.clone())).collect();
    shown.fields.radios("/citation_id", "Quale citazione", "", &cited)
}

/// A citation that should have been another.
pub fn corrected_citation(shown: &Shown<'_>) -> Markup {
    html! { (citations(shown)) (shown.norm(true)) (shown.reason()) }
}

/// A citation that should not be there.
pub fn removed_citation(shown: &Shown<'_>) -> Markup {
    html! { (citations(shown)) (shown.reason()) }
}

fn endorsements(shown: &Shown<'_>) -> Markup {
    let own = shown.thing.endorsements.iter().filter(|one| is_own(shown, Some(&one.body)));
    let own: Vec<Choice> = shown
        .visit
        .named(|names| {
            let called = |one: &EndorsementView| {
                let words =
                    format!("{}, {}", names.body(&one.body), parts::day_text(one.endorsed_on));
                (one.endorsement_id.to_string(), words)
            };
            own.map(called).collect()
        })
        .unwrap_or_default();
    shown.fields.radios("/endorsement_id", "Di quale ente", "", &own)
}

/// An endorsement that was written down wrongly.
pub fn corrected_endorsement(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    html! {
        (endorsements(shown))
        p.hint { (UNCHANGED) }
        (fields.select("/position_seen", "Come viene letta la norma", "", &readings(shown, |_| true), false))
        (fields.number("/people_affected", "Quante persone riguarda", "", false))
        (fields.day("/since", "Da quando", "", false))
        (shown.reason())
    }
}

/// An endorsement that is taken back.
pub fn withdrawn_endorsement(shown: &Shown<'_>) -> Markup {
    html! { (endorsements(shown)) (shown.reason()) }
}

/// How far it reaches.
pub fn impact(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.number("/people_affected", "Persone coinvolte", "", true))
        (shown.fields.number("/bodies_affected", "Enti coinvolti", "", false))
        (shown.fields.text("/method", "Come si è stimato", "Per esempio: «conteggio degli ospiti».", true))
    }
}

/// Another issue, and what this one is to it.
pub fn link(shown: &Shown<'_>) -> Markup {
    let links = [IssueLink::Duplicate, IssueLink::Related, IssueLink::Consequence];
    let links =
        links.map(|one| (words::code(&one), format!("Questa è {}", words::link(one, false))));
    html! {
        (shown.fields.select("/issue", "L'altra segnalazione", "Le più recenti.", shown.choices, true))
        (shown.fields.radios("/link", "Che legame c'è", "Di due doppioni resta il più vecchio: l'altro ne eredita l'esito.", &links))
        (shown.reason())
    }
}

/// A link that is taken back.
pub fn unlink(shown: &Shown<'_>) -> Markup {
    let own = shown.thing.links.iter().filter(|link| !link.from_there);
    let own: Vec<Choice> = own
        .map(|one| {
            let words = format!("{} {} {}", words::link(one.link, false), one.reference, one.title);
            (format!("{} {}", words::code(&one.link), one.issue), words::capitalised(&words))
        })
        .collect();
    html! {
        (shown.fields.radios(LINK, "Quale collegamento", "", &own))
        (shown.reason())
    }
}

/// An answer, and what it does for the issue.
pub fn answer(shown: &Shown<'_>) -> Markup {
    let results = [
        PointResult::Settled,
        PointResult::Partly,
        PointResult::NoMerit,
        PointResult::NotCompetent,
    ];
    let results =
        results.map(|one| (words::code(&one), words::capitalised(words::point_result(one).1)));
    html! {
        (shown.fields.select("/answer", "Riscontro", "I più recenti.", shown.choices, true))
        (shown.fields.radios("/result", "Che cosa fa per questa segnalazione", "", &results))
        (shown.fields.area("/note", "Osservazioni", "", 2, false))
    }
}

/// An answer that has nothing to do with it.
pub fn unlinked_answer(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.radios("/answer", "Quale riscontro", "", shown.choices))
        (shown.reason())
    }
}

/// Who may see it from now on.
pub fn visibility(shown: &Shown<'_>) -> Markup {
    let all = [Visibility::Restricted, Visibility::Network, Visibility::Public];
    let others = all.into_iter().filter(|one| *one != shown.thing.row.visibility);
    let others: Vec<Choice> = others
        .map(|one| (words::code(&one), format!("Visibile {}", words::visible_to(one))))
        .collect();
    html! {
        (shown.fields.radios("/to", "Chi la vede da ora", "", &others))
        (shown.fields.area("/reason", "Perché", "", 2, false))
    }
}

/// An abstract for everybody.
pub fn publication(shown: &Shown<'_>) -> Markup {
    html! {
        p.note { "La sintesi la legge chiunque, senza accesso: nessun nome, nessun luogo che renda riconoscibile una persona." }
        (shown.fields.area("/abstract", "Sintesi", "", 6, true))
        (shown.fields.text("/approved_role", "In quale veste si approva", "Per esempio: «coordinatrice». Nessun nome.", true))
        (shown.fields.tick("/show_body", "Mostra il nome dell'ente (altrimenti: «un Comune della provincia di …»)."))
    }
}

/// That the report is withdrawn.
pub fn withdrawal(shown: &Shown<'_>) -> Markup {
    html! {
        p.note { "La segnalazione resta leggibile, segnata come ritirata. Se altri enti hanno detto «succede anche da noi», il coordinamento la può riaprire." }
        (shown.reason())
    }
}

/// With which outcome it ends.
pub fn closure(shown: &Shown<'_>) -> Markup {
    let outcomes = [
        ClosingOutcome::Answered,
        ClosingOutcome::AnsweredByGeneralAct,
        ClosingOutcome::LocalSolution,
        ClosingOutcome::Composed,
        ClosingOutcome::OvertakenByLaw,
        ClosingOutcome::NoReply,
        ClosingOutcome::NotDivergent,
    ];
    let outcomes = outcomes.map(|one| (words::code(&one), words::capitalised(words::outcome(one))));
    html! {
        (shown.fields.radios("/outcome", "Con quale esito", "", &outcomes))
        (shown.fields.area("/summary", "In poche parole", "", 3, false))
    }
}

/// That it goes on.
pub fn reopening(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.reason())
        @if shown.visit.visitor.role() == Some(Role::Staff) {
            (shown.fields.select("/lead_body", "Ente capofila da ora", "Quello di prima, se non si indica.", shown.lists.bodies(), false))
        }
    }
}
