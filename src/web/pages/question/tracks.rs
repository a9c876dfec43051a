//! Addressee by addressee: where the question stands, the clock, the letters with their
//! registrations, what they answered.

use maud::{Markup, html};
use uuid::Uuid;

use crate::projections::communications::RegistrationView;
use crate::projections::history::Names;
use crate::projections::questions::{AddresseeView, QuestionDetail};
use crate::web::fault::Fault;
use crate::web::parts;
use crate::web::visit::Visit;
use crate::web::words;

use super::Asked;

/// The addressees, then those to whom it was passed on.
///
/// # Errors
///
/// [`Fault`] when the names of offices cannot be read.
pub fn section(visit: &Visit, asked: &Asked) -> Result<Markup, Fault> {
    visit.named(|names| {
        html! {
            section {
                h2 id="destinatari" { "Destinatari" }
                div.cards {
                    @for track in &asked.question.addressees { (card(asked, track, names)) }
                }
            }
        }
    })
}

fn card(asked: &Asked, track: &AddresseeView, names: &Names<'_>) -> Markup {
    let question = &asked.question;
    let office = |id: Uuid| {
        let found = question.addressees.iter().find(|one| one.addressee_id == id);
        found.map(|one| names.authority(&one.addressee)).unwrap_or_default()
    };
    let passed_on: Vec<String> = track.forwarded_to.iter().map(|id| office(*id)).collect();
    html! {
        section.card id={ "destinatario-" (track.addressee_id) } {
            h3 { (names.authority(&track.addressee)) }
            p { (parts::badge(words::track_status(track.status))) }
            (parts::facts(&[
                ("Per il tramite di", track.via.as_ref().map(|via| html! { (names.authority(via)) })),
                ("Competenza", track.legal_basis.as_ref().and_then(|text| text.clear()).map(|text| html! { (text) })),
                ("Punti", Some(html! { (numbers(question, track)) })),
                ("Trasmesso il", track.dispatched_on.map(parts::day)),
                ("Ricevuto da", track.forwarded_from.map(|from| html! { (office(from)) })),
                ("Trasmesso per competenza a", (!passed_on.is_empty()).then(|| html! { (passed_on.join("; ")) })),
                ("Riscontro atteso", track.reply_expected_on.map(parts::day)),
                ("Prossimo sollecito", track.next_reminder_on.map(parts::day)),
            ]))
            @if let Some(note) = &track.forwarding_note { (parts::paragraphs(note)) }
            @if track.propose_escalation {
                p.warning-note { "Dopo i solleciti inviati si propone di rivolgersi a un livello superiore." }
            }
            @if track.reply_explanation.is_some() || track.reminder_explanation.is_some() {
                details {
                    summary { "Come sono calcolate le date" span.hidden { ": " (names.authority(&track.addressee)) } }
                    @if let Some(why) = &track.reply_explanation { p { "Riscontro. " (why) } }
                    @if let Some(why) = &track.reminder_explanation { p { "Sollecito. " (why) } }
                }
            }
            @if let Some(on) = track.dispatched_on {
                h4 { "Protocollo" }
                (protocol(asked, track.communication, "Trasmissione", on, names))
                @for reminder in &track.reminders {
                    (protocol(asked, reminder.communication, &format!("Sollecito {}", reminder.n.get()), reminder.sent_on, names))
                }
            }
            h4 { "Che cosa ha risposto" }
            (said(asked, track, names))
        }
    }
}

/// The numbers of the points put to an addressee: "1, 2".
fn numbers(question: &QuestionDetail, track: &AddresseeView) -> String {
    let asked = question.points.iter().enumerate();
    let own = asked.filter(|(_, point)| track.points.contains(&point.point_id));
    own.map(|(at, _)| (at + 1).to_string()).collect::<Vec<_>>().join(", ")
}

/// The answers of an addressee. Others may have answered in its place.
fn said(asked: &Asked, track: &AddresseeView, names: &Names<'_>) -> Markup {
    let question = &asked.question;
    let own: Vec<_> = question
        .answers
        .iter()
        .filter_map(|link| Some((link, link.answer.as_ref()?)))
        .filter(|(_, answer)| answer.authors.contains(&track.addressee))
        .collect();
    html! {
        @if own.is_empty() {
            p.quiet { "Finora nulla." }
        }
        ul.plain {
            @for (link, answer) in own {
                li {
                    div.marks {
                        a href={ "/riscontri/" (answer.id) } { (answer.reference) }
                        (parts::badge(words::validity(answer.validity)))
                    }
                    (asked.forms.called(&answer.form)) " del " (parts::day(answer.document_date))
                    @if answer.authors.len() > 1 {
                        ", con "
                        (answer.authors.iter().filter(|author| **author != track.addressee).map(|author| names.authority(author)).collect::<Vec<_>>().join(", "))
                    }
                    ul {
                        @for outcome in &link.points {
                            @if let Some(at) = question.points.iter().position(|point| point.point_id == outcome.point_id) {
                                li { "Punto " (at + 1) ": " (words::point_result(outcome.result).1) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A letter with its registrations and receipts, for those who may read it.
fn protocol(
    asked: &Asked,
    letter: Option<Uuid>,
    what: &str,
    on: crate::domain::values::Day,
    names: &Names<'_>,
) -> Markup {
    let shown = letter.and_then(|letter| asked.letters.get(&letter));
    html! {
        div.protocol {
            p { strong { (what) } ", " (parts::day(on)) }
            @match shown {
                Some(letter) => {
                    ul {
                        li { "Via " (words::channel(letter.channel)) ": " (letter.subject.clear().unwrap_or(crate::domain::values::ERASED_IT)) }
                        @for one in &letter.registrations { li { (registration(one, names)) } }
                        @if letter.registrations.is_empty() { li.quiet { "Numero di protocollo non ancora registrato." } }
                        @if let Some(theirs) = &letter.counterpart_registration {
                            li { "Loro protocollo n. " (theirs.number) " del " (parts::day(theirs.date)) }
                        }
                        @for one in &letter.receipts {
                            li { "Ricevuta: " (words::receipt(one.receipt)) ", " (parts::day(one.date)) }
                        }
                    }
                }
                // Whoever may not read letters is not told whether there is one, either.
                None if asked.letters_are_told => p.quiet { "Nessuna lettera registrata." },
                None => p.quiet { "La lettera la legge il coordinamento." },
            }
        }
    }
}

/// A registration; one that was annulled stays, and says so.
fn registration(one: &RegistrationView, names: &Names<'_>) -> Markup {
    html! {
        "Prot. " (one.register) " n. " (one.number) " del " (parts::day(one.date)) ", " (names.body(&one.body))
        @if let Some(on) = one.annulled_on {
            " " (parts::badge((parts::Tone::Done, "annullato"))) " il " (parts::day(on))
            @if let Some(why) = &one.annulled_because { ": " (why.clear().unwrap_or(crate::domain::values::ERASED_IT)) }
        }
    }
}
