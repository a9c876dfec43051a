//! Who reads the rule how: the positions side by side, and their differences in words.

use std::collections::BTreeSet;

use maud::{Markup, html};
use uuid::Uuid;

use crate::domain::italian::enumerate;
use crate::domain::values::ProvinceCode;
use crate::projections::history::Names;
use crate::projections::issues::{IssueDetail, PositionView};
use crate::web::fault::Fault;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// The letter by which a position is called: A, B, … Z, then by its number.
pub fn letter(at: usize) -> String {
    match u8::try_from(at) {
        Ok(at) if at < 26 => char::from(b'A' + at).to_string(),
        _ => (at + 1).to_string(),
    }
}

/// Which reading a body sees: "come A".
pub fn seen(issue: &IssueDetail, position: Option<Uuid>) -> String {
    let at = position.and_then(|id| issue.readings.iter().position(|one| one.position_id == id));
    at.map_or_else(|| "non indicato".into(), |at| format!("come {}", letter(at)))
}

/// The positions of an issue.
pub fn section(visit: &Visit, issue: &IssueDetail, forms: &Forms) -> Result<Markup, Fault> {
    let mut offices = Vec::with_capacity(issue.readings.len());
    for one in &issue.readings {
        let entry = visit.moment().show_authority(&one.authority)?;
        offices.push(entry.map_or_else(
            || one.authority.to_string(),
            |entry| {
                let province = entry.province.as_ref().map(ProvinceCode::as_str);
                parts::authority(entry.kind.as_str(), entry.office.as_str(), province)
            },
        ));
    }
    visit.named(|names| {
        let known: Vec<Known> = issue
            .readings
            .iter()
            .zip(offices)
            .enumerate()
            .map(|(at, (one, office))| Known::of((at, office), one, issue, names, forms))
            .collect();
        html! {
            section {
                h2 id="interpretazioni" { "Chi la legge come" }
                @if issue.readings.is_empty() {
                    (parts::nothing("Nessuna interpretazione registrata finora."))
                } @else {
                    @for sentence in differences(&known) { p { (sentence) } }
                    div.cards {
                        @for (known, one) in known.iter().zip(&issue.readings) {
                            (card(known, one, names))
                        }
                    }
                }
            }
        }
    })
}

/// What can be said of a position in words.
struct Known {
    letter: String,
    current: bool,
    office: String,
    territory: String,
    form: String,
    strength: u32,
    bodies: Vec<String>,
}

impl Known {
    fn of(
        (at, office): (usize, String),
        one: &PositionView,
        issue: &IssueDetail,
        names: &Names<'_>,
        forms: &Forms,
    ) -> Self {
        let sees = |seen: Option<Uuid>| seen == Some(one.position_id);
        let endorsing = issue.endorsements.iter().filter(|endorsed| sees(endorsed.position_seen));
        let bodies: BTreeSet<String> = endorsing
            .map(|endorsed| &endorsed.body)
            .chain(&one.recorded_by)
            .map(|body| names.body(body))
            .collect();
        Self {
            letter: letter(at),
            current: one.current,
            office,
            territory: parts::territory(&one.territory, names),
            form: forms.called(&one.form),
            strength: forms.strength(&one.form),
            bodies: bodies.into_iter().collect(),
        }
    }
}

fn card(known: &Known, one: &PositionView, names: &Names<'_>) -> Markup {
    html! {
        section.card.over[!one.current] id={ "interpretazione-" (one.position_id) } {
            h3 { (known.letter) ". " (known.office) }
            @if !one.current {
                p { (parts::badge((parts::Tone::Done, "non più sostenuta"))) }
            }
            blockquote { (parts::paragraphs(&one.reading)) }
            (parts::facts(&[
                ("Dove", Some(html! { (known.territory) })),
                ("Forma", Some(html! { (known.form) })),
                ("Come si sa", Some(html! { (words::known(one.known)) })),
                ("Periodo", parts::period(one.since, one.until).map(|period| html! { (period) })),
                ("Osservata il", Some(parts::day(one.observed_on))),
                ("Data del documento", one.document_date.map(parts::day)),
                ("Perché non più", one.cause.map(|cause| html! {
                    (words::end_cause(cause))
                    @if let Some(because) = &one.because_of { " (" (names.thing(because)) ")" }
                })),
                ("La vedono", (!known.bodies.is_empty()).then(|| html! { (enumerate(&known.bodies)) })),
                ("Documenti", (!one.documents.is_empty()).then(|| html! {
                    @for document in &one.documents {
                        span.chip { (document.name.clear().unwrap_or("documento")) } " "
                    }
                })),
            ]))
            @for remark in &one.remarks { (parts::paragraphs(remark)) }
        }
    }
}

/// What sets the positions that hold apart, in words.
fn differences(known: &[Known]) -> Vec<String> {
    let held: Vec<&Known> = known.iter().filter(|one| one.current).collect();
    let letters =
        |some: &[&Known]| enumerate(&some.iter().map(|one| one.letter.clone()).collect::<Vec<_>>());
    let mut said = Vec::new();
    match held.as_slice() {
        [] => return vec!["Nessuna delle interpretazioni registrate è sostenuta oggi.".into()],
        [only] if known.len() > 1 => {
            return vec![format!(
                "Oggi resta una sola interpretazione, la {}: la difformità è ricomposta.",
                only.letter
            )];
        }
        [only] => {
            return vec![format!(
                "Finora è registrata una sola interpretazione, la {}; per una difformità ne serve \
                 una seconda.",
                only.letter
            )];
        }
        many => said.push(format!(
            "Oggi si oppongono {} interpretazioni: {}.",
            many.len(),
            letters(many)
        )),
    }
    let all = |same: fn(&Known) -> &str| held.iter().map(|one| same(one)).collect::<BTreeSet<_>>();
    let (offices, places) = (all(|one| &one.office), all(|one| &one.territory));
    said.push(match (offices.len(), places.len()) {
        (1, 1) => "Vengono dallo stesso ufficio, nello stesso territorio.".into(),
        (1, _) => "Vengono dallo stesso ufficio, in territori diversi.".into(),
        (_, 1) => {
            let place = places.first().copied().unwrap_or_default();
            format!("Vengono da uffici diversi, nello stesso territorio ({place}).")
        }
        (..) => "Vengono da uffici diversi, in territori diversi.".into(),
    });
    let strongest = held.iter().map(|one| one.strength).max().unwrap_or_default();
    let strong: Vec<&Known> =
        held.iter().copied().filter(|one| one.strength == strongest).collect();
    said.push(match strong.as_slice() {
        strong if strong.len() == held.len() => {
            format!(
                "Hanno la stessa forza nella forma ({}).",
                strong.first().map_or("", |one| &one.form)
            )
        }
        [one] => format!("Nella forma la più forte è la {} ({}).", one.letter, one.form),
        several => format!("Nella forma le più forti sono {}.", letters(several)),
    });
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(letter: &str, office: &str, territory: &str, form: &str, strength: u32) -> Known {
        Known {
            letter: letter.into(),
            current: true,
            office: office.into(),
            territory: territory.into(),
            form: form.into(),
            strength,
            bodies: Vec::new(),
        }
    }

    #[test]
    fn differences_are_said_in_words() {
        let one = known("A", "Questura (BO)", "provincia di Bologna", "prassi", 1);
        let other = known("B", "Anagrafe (BO)", "provincia di Bologna", "circolare", 7);
        assert_eq!(
            differences(&[one, other]),
            [
                "Oggi si oppongono 2 interpretazioni: A e B.",
                "Vengono da uffici diversi, nello stesso territorio (provincia di Bologna).",
                "Nella forma la più forte è la B (circolare).",
            ]
        );
    }

    #[test]
    fn a_divergence_needs_two_and_one_left_is_composed() {
        let one = || known("A", "Questura (BO)", "provincia di Bologna", "prassi", 1);
        assert!(differences(&[one()])[0].contains("una sola"));
        let ended = Known { current: false, ..known("B", "x", "y", "z", 2) };
        assert!(differences(&[one(), ended])[0].contains("ricomposta"));
    }

    #[test]
    fn positions_are_called_by_letters() {
        assert_eq!((letter(0), letter(25), letter(26)), ("A".into(), "Z".into(), "27".into()));
    }
}
