//! The fields of the acts on a question.

use maud::{Markup, html};

use crate::domain::question::RejectionReason;
use crate::domain::registry::Role;
use crate::domain::shared::Audience;
use crate::domain::values::{BodyId, ERASED_IT};
use crate::projections::questions::AddresseeView;
use crate::web::fault::Fault;
use crate::web::forms::Choice;
use crate::web::parts;
use crate::web::words;

use super::acts::Shown;

/// Nothing but the button.
pub fn nothing(_: &Shown<'_>) -> Markup {
    html! { p { "Dopo la chiusura non si raccolgono altre adesioni prima della trasmissione." } }
}

/// Why.
pub fn reason(shown: &Shown<'_>) -> Markup {
    shown.fields.area("/reason", "Perché", "", 3, true)
}

/// An issue to be added.
pub fn issue(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/issue", "Segnalazione", "Le più recenti fra quelle aperte.", shown.choices, true))
        (shown.fields.area("/reason", "Perché", "", 2, false))
    }
}

/// An issue that does not belong there.
pub fn detached(shown: &Shown<'_>) -> Markup {
    let issues: Vec<Choice> = shown
        .asked
        .question
        .issues
        .iter()
        .map(|one| (one.id.to_string(), format!("{} {}", one.reference, one.title.words())))
        .collect();
    html! {
        (shown.fields.radios("/issue", "Quale segnalazione", "Non prende più parte al quesito e non ne riceve l'esito; il testo non cambia.", &issues))
        (reason(shown))
    }
}

/// The record of a dispatch as it should be.
pub fn dispatch(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    html! {
        p.note { "Resta scritto anche ciò che era stato registrato prima. Si compila solo ciò che cambia." }
        (fields.boxes("/addressees", "Per quali destinatari", "", &tracks(shown, |track| track.dispatched_on.is_some())))
        (fields.day("/dispatched_on", "Giorno in cui è stato davvero trasmesso", "", false))
        (fields.select("/communication", "La lettera che vale", "Una lettera nuova va prima registrata.", shown.choices, false))
        (reason(shown))
    }
}

/// An answer that has nothing to do with it.
pub fn unlinked(shown: &Shown<'_>) -> Markup {
    let linked = shown.asked.question.answers.iter().filter_map(|link| link.answer.as_ref());
    let linked: Vec<Choice> = linked
        .map(|one| {
            let dated = parts::day_text(one.document_date);
            let form = shown.asked.forms.called(&one.form);
            (one.id.to_string(), format!("{}, {form}, {dated}", one.reference))
        })
        .collect();
    html! {
        (shown.fields.radios("/answer", "Quale riscontro", "I punti che risolveva tornano aperti.", &linked))
        (reason(shown))
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

/// That whoever sends it is in charge.
pub fn assignment(shown: &Shown<'_>) -> Markup {
    shown.fields.day("/until", "Fino al", "", false)
}

/// A collection of adhesions.
pub fn window(shown: &Shown<'_>) -> Markup {
    html! {
        (text(shown))
        (shown.fields.day("/deadline", "Adesioni entro il", "Se non si indica: 15 giorni; un giorno festivo passa al successivo.", false))
    }
}

/// An adhesion to the very text that is shown.
pub fn adhesion(shown: &Shown<'_>) -> Markup {
    let fields = &shown.fields;
    let staff = shown.visit.visitor.role() == Some(Role::Staff);
    let members = members(shown).unwrap_or_default();
    html! {
        p.note { "Si aderisce esattamente a questo testo: se poi cambia nella sostanza, l'adesione va data di nuovo." }
        (text(shown))
        @if staff {
            (fields.select("/on_behalf_of", "Ente che aderisce", "", shown.lists.bodies(), true))
        }
        (fields.text("/signatory_role", "Chi firma, in quale veste", "Per esempio: «sindaca», «assessore al welfare». Nessun nome.", true))
        @if !members.is_empty() {
            (fields.boxes("/speaks_for", "Enti per conto dei quali si aderisce", "Se nessuno: solo il proprio ente.", &members))
        }
        (fields.day("/occurred_on", "Data della firma", "Oggi, se non si indica.", false))
    }
}

/// The members of the visitor's own body, when it is a union.
fn members(shown: &Shown<'_>) -> Result<Vec<Choice>, Fault> {
    let visit = shown.visit;
    let actor = visit.actor()?;
    if actor.role != Role::Municipality {
        return Ok(Vec::new());
    }
    let members = visit.site.views.show_body(&actor.body)?.map(|body| body.members);
    let present = members.unwrap_or_default().into_iter().filter(|member| member.until.is_none());
    let present: Vec<_> = present.map(|member| member.member).collect();
    visit.named(|names| present.iter().map(|body| (body.to_string(), names.body(body))).collect())
}

/// An adhesion that is taken back: one's own, or any for staff.
pub fn withdrawn(shown: &Shown<'_>) -> Markup {
    let actor = shown.visit.visitor.actor.as_ref();
    let own =
        |body: &BodyId| actor.is_some_and(|actor| actor.role == Role::Staff || actor.body == *body);
    let standing = shown.asked.question.adhesions.iter();
    let standing: Vec<_> =
        standing.filter(|one| one.withdrawn_on.is_none() && own(&one.body)).collect();
    let choices: Result<Vec<Choice>, Fault> = shown.visit.named(|names| {
        let called = |one: &&crate::projections::questions::AdhesionView| {
            let words = format!(
                "{}, testo {}, {}",
                names.body(&one.body),
                one.text_version.get(),
                parts::day_text(one.signed_on)
            );
            (one.adhesion_id.to_string(), words)
        };
        standing.iter().map(called).collect()
    });
    html! {
        (shown.fields.select("/adhesion_id", "Adesione", "Dopo la trasmissione resta nell'allegato, segnata come ritirata.", &choices.unwrap_or_default(), true))
        (reason(shown))
    }
}

/// The approval of the very text that is shown.
pub fn approval(shown: &Shown<'_>) -> Markup {
    html! {
        (text(shown))
        (shown.fields.text("/role", "In quale veste si approva", "Per esempio: «presidente del coordinamento immigrazione». Nessun nome.", true))
        (shown.fields.day("/occurred_on", "Data dell'approvazione", "Oggi, se non si indica.", false))
    }
}

/// A reminder to somebody who was reached.
pub fn reminder(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/addressee", "A chi", "", &tracks(shown, |track| track.dispatched_on.is_some()), true))
        (shown.fields.day("/occurred_on", "Data del sollecito", "Oggi, se non si indica.", false))
    }
}

/// That somebody passed the question on.
pub fn forwarding(shown: &Shown<'_>) -> Markup {
    html! {
        (shown.fields.select("/from", "Chi l'ha trasmesso ad altri", "", &tracks(shown, |track| track.dispatched_on.is_some()), true))
        (shown.fields.select("/to", "A quale ufficio", "", shown.lists.authorities(), true))
        (shown.fields.day("/occurred_on", "Data della lettera", "Oggi, se non si indica.", false))
        (shown.fields.area("/note", "Osservazioni", "", 2, false))
    }
}

/// A point that is given up.
pub fn point(shown: &Shown<'_>) -> Markup {
    let points = shown.asked.question.points.iter().enumerate();
    let open: Vec<Choice> = points
        .filter(|(_, point)| point.open)
        .map(|(at, point)| {
            let words = point.text.clear().unwrap_or(ERASED_IT);
            (point.point_id.to_string(), format!("Punto {}: {words}", at + 1))
        })
        .collect();
    html! {
        (shown.fields.radios("/point_id", "Quale punto", "", &open))
        (reason(shown))
    }
}

/// A note.
pub fn note(shown: &Shown<'_>) -> Markup {
    let audiences = [Audience::Internal, Audience::Participants, Audience::Network];
    let audiences = audiences.map(|one| (words::code(&one), words::audience(one).to_owned()));
    html! {
        (shown.fields.radios("/audience", "Chi la legge", "", &audiences))
        (shown.fields.area("/text", "Nota", "", 4, true))
    }
}

/// That the coordinator does not take it forward.
pub fn rejection(shown: &Shown<'_>) -> Markup {
    let reasons = [
        RejectionReason::OutOfScope,
        RejectionReason::AlreadyAnswered,
        RejectionReason::TooSpecific,
        RejectionReason::NotNew,
    ];
    let reasons = reasons.map(|one| (words::code(&one), words::capitalised(words::rejection(one))));
    html! {
        (shown.fields.radios("/reason", "Perché", "", &reasons))
        (shown.fields.select("/already_answered_by/id", "Il riscontro che c'è già", "", shown.choices, false))
        (shown.fields.area("/note", "Osservazioni", "", 3, false))
    }
}

/// A closure.
pub fn closure(shown: &Shown<'_>) -> Markup {
    shown.fields.area("/note", "Osservazioni", "", 3, false)
}

/// A withdrawal; after dispatch the addressees are told by a letter.
pub fn withdrawal(shown: &Shown<'_>) -> Markup {
    let sent = super::menu::is_dispatched(&shown.asked.question);
    html! {
        (reason(shown))
        @if sent {
            (shown.fields.select("/communication", "La lettera che lo comunica ai destinatari", "Va prima registrata fra le comunicazioni.", shown.choices, true))
        }
    }
}

/// The addressees that a form offers.
pub fn tracks(shown: &Shown<'_>, some: impl Fn(&AddresseeView) -> bool) -> Vec<Choice> {
    let tracks: Vec<_> = shown.asked.question.addressees.iter().filter(|one| some(one)).collect();
    let choices = shown.visit.named(|names| {
        let called = |track: &&AddresseeView| {
            (track.addressee_id.to_string(), names.authority(&track.addressee))
        };
        tracks.iter().map(called).collect()
    });
    choices.unwrap_or_default()
}

/// The text that an adhesion or an approval is bound to, whole.
fn text(shown: &Shown<'_>) -> Markup {
    let Some(text) = shown.asked.question.text_versions.last() else { return html! {} };
    html! {
        section.card.over aria-label="Il testo" {
            h2 { "Il testo, versione " (text.text_version.get()) }
            h3 { (text.subject.clear().unwrap_or(ERASED_IT)) }
            (parts::paragraphs(&text.background))
            h3 { "Si chiede" }
            ol { @for point in &text.points { li { (parts::paragraphs(&point.text)) } } }
            @if let Some(reading) = &text.proposed_reading {
                h3 { "Lettura proposta" }
                (parts::paragraphs(reading))
            }
            @if let Some(hash) = &text.text_sha256 { p.quiet { "Impronta (SHA-256): " code { (hash) } } }
        }
    }
}
