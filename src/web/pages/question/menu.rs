//! What can be done with a question, by whom, when.

use maud::{Markup, html};

use crate::domain::question::RevisionKind;
use crate::domain::registry::Role;
use crate::projections::questions::{AdhesionWindowView, QuestionDetail};
use crate::web::visit::Visit;

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Staff of the coordinator in charge.
    Staff,
    /// Bodies of the network, and staff on their behalf.
    Bodies,
}

/// Something that can be done.
pub struct Entry {
    /// The last part of its address.
    pub address: &'static str,
    /// What is done, as a heading and as a link.
    pub title: &'static str,
    /// By whom.
    pub whom: Whom,
    /// When it makes sense: the rules themselves are elsewhere.
    pub open: fn(&QuestionDetail) -> bool,
}

/// Everything, in the order in which a question comes to it.
pub const MENU: &[Entry] = &[
    entry("testo", "Modifica il testo", Whom::Staff, is_draft),
    entry("segnalazione", "Aggiungi una segnalazione", Whom::Staff, is_draft),
    entry("togli-segnalazione", "Togli una segnalazione", Whom::Staff, |it| {
        is_alive(it) && !it.issues.is_empty()
    }),
    entry("raccolta", "Invita gli enti ad aderire", Whom::Staff, |it| {
        is_draft(it) && !is_collecting(it)
    }),
    entry("fine-raccolta", "Chiudi la raccolta delle adesioni", Whom::Staff, is_collecting),
    entry("adesione", "Aderisci al testo", Whom::Bodies, may_adhere),
    entry("ritiro-adesione", "Ritira un'adesione", Whom::Bodies, adhered),
    entry("approvazione", "Approva il testo", Whom::Staff, |it| is_draft(it) && !is_approved(it)),
    entry("trasmissione", "Registra la trasmissione", Whom::Staff, |it| {
        is_alive(it)
            && is_approved(it)
            && it.addressees.iter().any(|track| track.dispatched_on.is_none())
    }),
    entry("protocollo", "Registra un numero di protocollo", Whom::Staff, is_dispatched),
    entry("annulla-protocollo", "Annulla un numero di protocollo", Whom::Staff, is_dispatched),
    entry("ricevuta", "Registra una ricevuta", Whom::Staff, is_dispatched),
    entry("corrispondenza", "Registra una lettera", Whom::Staff, |_| true),
    entry("rettifica-trasmissione", "Correggi una trasmissione", Whom::Staff, is_dispatched),
    entry("riscontro", "Registra un riscontro", Whom::Staff, is_alive),
    entry("collegamento", "Collega un riscontro già registrato", Whom::Staff, is_alive),
    entry("scollega-riscontro", "Scollega un riscontro", Whom::Staff, |it| {
        it.answers.iter().any(|link| link.answer.is_some())
    }),
    entry("sollecito", "Registra un sollecito", Whom::Staff, |it| {
        is_alive(it) && is_dispatched(it)
    }),
    entry("competenza", "Registra la trasmissione per competenza", Whom::Staff, |it| {
        is_alive(it) && is_dispatched(it)
    }),
    entry("senza-riscontro", "Dichiara un punto senza riscontro", Whom::Staff, has_open_points),
    entry("ritiro-punto", "Ritira un punto", Whom::Staff, has_open_points),
    entry("nota", "Aggiungi una nota", Whom::Staff, |_| true),
    entry("contatto", "Registra un contatto informale", Whom::Staff, |_| true),
    entry("in-carico", "Prendi in carico il quesito", Whom::Staff, is_alive),
    entry("non-accolto", "Non portare avanti il quesito", Whom::Staff, is_draft),
    entry("chiusura", "Chiudi il quesito", Whom::Staff, |it| {
        is_alive(it) && it.points.iter().all(|point| !point.open)
    }),
    entry("ritiro", "Ritira il quesito", Whom::Staff, is_alive),
    entry("riapertura", "Riapri il quesito", Whom::Staff, |it| !is_alive(it)),
];

const fn entry(
    address: &'static str,
    title: &'static str,
    whom: Whom,
    open: fn(&QuestionDetail) -> bool,
) -> Entry {
    Entry { address, title, whom, open }
}

fn is_alive(it: &QuestionDetail) -> bool {
    it.ending.is_none()
}

/// Whether a question was sent to anybody.
pub fn is_dispatched(it: &QuestionDetail) -> bool {
    !it.dispatches.is_empty()
}

fn is_draft(it: &QuestionDetail) -> bool {
    is_alive(it) && !is_dispatched(it)
}

/// The collection of adhesions to the present text: a change of substance ends what was
/// asked for another.
pub fn window(it: &QuestionDetail) -> Option<&AdhesionWindowView> {
    it.adhesion_windows.last().filter(|window| {
        let mut later =
            it.text_versions.iter().filter(|text| text.text_version > window.text_version);
        later.all(|text| text.kind == Some(RevisionKind::Editorial))
    })
}

fn is_collecting(it: &QuestionDetail) -> bool {
    is_draft(it) && window(it).is_some_and(|window| window.closed_on.is_none())
}

/// Whether the present text, in these very words, was approved.
pub fn is_approved(it: &QuestionDetail) -> bool {
    let current = it.text_versions.last().map(|text| text.text_version);
    it.approvals.iter().any(|approval| Some(approval.text_version) == current)
}

/// Before dispatch until the collection is closed, afterwards in support.
fn may_adhere(it: &QuestionDetail) -> bool {
    let closed = window(it).is_some_and(|window| window.closed_on.is_some());
    is_alive(it) && (is_dispatched(it) || !closed)
}

fn adhered(it: &QuestionDetail) -> bool {
    it.adhesions.iter().any(|one| one.withdrawn_on.is_none())
}

fn has_open_points(it: &QuestionDetail) -> bool {
    is_alive(it) && is_dispatched(it) && it.points.iter().any(|point| point.open)
}

/// Whether the visitor is one of those who do something with a question.
pub fn may(visit: &Visit, question: &QuestionDetail, whom: Whom) -> bool {
    let Some(actor) = &visit.visitor.actor else { return false };
    let in_charge = actor.role == Role::Staff && actor.body == question.coordinator;
    match whom {
        Whom::Staff => in_charge,
        Whom::Bodies => in_charge || actor.role == Role::Municipality,
    }
}

/// What the visitor can do with a question now.
pub fn menu(visit: &Visit, question: &QuestionDetail) -> Markup {
    let offered = |entry: &&Entry| (entry.open)(question) && may(visit, question, entry.whom);
    let offered: Vec<&Entry> = MENU.iter().filter(offered).collect();
    html! {
        @if !offered.is_empty() {
            nav.acts aria-label="Che cosa si può fare" {
                ul.choices {
                    @for entry in offered {
                        li { a.button.second href={ "/quesiti/" (question.id) "/" (entry.address) } { (entry.title) } }
                    }
                }
            }
        }
    }
}
