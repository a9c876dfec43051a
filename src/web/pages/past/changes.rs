//! What set a record apart from what it was before, in words.

use maud::{Markup, html};

use crate::domain::values::{ERASED_IT, Text};
use crate::projections::history::Names;
use crate::projections::issues::{EndorsementView, IssueDetail, PositionView};
use crate::web::fault::Fault;
use crate::web::pages::issues;
use crate::web::parts::{self, Forms};
use crate::web::visit::Visit;
use crate::web::words;

/// The longest text that is told whole, in characters.
const LONGEST: usize = 300;

/// Something that can be said of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    /// What it is about, the same before and after.
    key: String,
    /// What that is called.
    label: String,
    /// What is said of it.
    text: String,
}

/// A change: what it is about, what was said before, what is said after.
type Change = (String, Option<String>, Option<String>);

/// The differences as a table.
pub fn table(visit: &Visit, was: &IssueDetail, is: &IssueDetail) -> Result<Markup, Fault> {
    let forms = Forms::of(visit)?;
    let changes =
        visit.named(|names| changes(&said(was, names, &forms), &said(is, names, &forms)))?;
    if changes.is_empty() {
        return Ok(parts::nothing("Nella scheda non è cambiato nulla."));
    }
    let told = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".into());
    Ok(parts::scrolling(
        "Differenze rispetto all'evento precedente",
        &html! {
            table {
                thead { tr { th scope="col" { "Che cosa" } th scope="col" { "Prima" } th scope="col" { "Dopo" } } }
                tbody { @for (label, before, after) in &changes {
                    tr { th scope="row" { (label) } td { (told(before)) } td { (told(after)) } }
                } }
            }
        },
    ))
}

fn changes(was: &[Said], is: &[Said]) -> Vec<Change> {
    let find = |all: &[Said], key: &str| all.iter().find(|one| one.key == key).cloned();
    let mut found = Vec::new();
    for one in is {
        let before = find(was, &one.key);
        if before.as_ref().is_none_or(|before| before.text != one.text) {
            let before = before.map(|before| before.text);
            found.push((one.label.clone(), before, Some(one.text.clone())));
        }
    }
    for one in was.iter().filter(|one| find(is, &one.key).is_none()) {
        found.push((one.label.clone(), Some(one.text.clone()), None));
    }
    found
}

/// What can be said of an issue.
fn said(issue: &IssueDetail, names: &Names<'_>, forms: &Forms) -> Vec<Said> {
    let row = &issue.row;
    let plain = |label: &str, text: String| Said { key: label.into(), label: label.into(), text };
    let mut all = vec![
        plain("Titolo", row.title.clone()),
        plain("Stato", words::issue_status(row.status).1.into()),
        plain("Descrizione", shortened(&issue.description)),
        plain("Tema", names.theme(&row.theme)),
        plain("Urgenza", words::urgency(row.urgency).into()),
        plain("Chi la vede", words::visible_to(row.visibility).into()),
        plain("Ente capofila", names.body(&row.body)),
        plain("Enti coinvolti", issues::bodies(row.bodies_affected)),
        plain("Persone coinvolte", row.people_affected.to_string()),
        plain(
            "Difformità",
            match (row.has_divergence, row.composed) {
                (true, _) => issues::opposed(row.current_positions),
                (false, true) => "ricomposta".into(),
                (false, false) => "no".into(),
            },
        ),
        plain("Soluzione valida", yes(row.has_valid_solution)),
        plain("Da verificare", yes(row.to_verify)),
        plain("Quesiti", row.questions.to_string()),
        plain("Sintesi pubblicata", yes(row.published)),
    ];
    let mut some = |label: &str, text: Option<String>| {
        all.extend(text.map(|text| plain(label, text)));
    };
    some("Esito", row.outcome.map(|outcome| words::outcome(outcome).into()));
    some("Da quando", issue.since.map(parts::day_text));
    some("Da esaminare entro", issue.assigned_until.map(parts::day_text));
    some("Doppione di", row.duplicate_of.map(|other| names.case(other)));
    some("Sintesi", issue.summary.as_ref().map(shortened));
    some("Parole di chiusura", issue.closing_summary.as_ref().map(shortened));
    let mut each = |key: String, label: String, text: String| all.push(Said { key, label, text });
    for one in &issue.norm_citations {
        each(one.citation_id.to_string(), "Norma citata".into(), one.label_it.clone());
    }
    for one in &issue.readings {
        let label = format!("Interpretazione, {}", names.authority(&one.authority));
        each(one.position_id.to_string(), label, reading(one, forms));
    }
    for one in &issue.endorsements {
        let label = format!("Succede anche da noi, {}", names.body(&one.body));
        each(one.endorsement_id.to_string(), label, endorsement(one, issue, names));
    }
    for one in &issue.clarifications {
        let reply = one.reply.as_ref().map_or("in attesa".into(), shortened);
        let label = format!("Chiarimento chiesto a {}", names.body(&one.to));
        each(one.clarification_id.to_string(), label, reply);
    }
    for one in &issue.links {
        let key = format!("{}{:?}{}", one.issue, one.link, one.from_there);
        let text = format!("{} {}", words::link(one.link, one.from_there), one.reference);
        each(key, "Collegamento".into(), text);
    }
    for one in &issue.answers {
        let text = format!("{}: {}", names.case(one.answer), words::point_result(one.result).1);
        each(one.answer.to_string(), "Riscontro collegato".into(), text);
    }
    for one in &issue.notes {
        let label = format!("Nota, {}", words::audience(one.audience).to_lowercase());
        each(one.note_id.to_string(), label, shortened(&one.text));
    }
    all
}

fn reading(one: &PositionView, forms: &Forms) -> String {
    let mut text = format!("{} ({})", shortened(&one.reading), forms.called(&one.form));
    if let Some(period) = parts::period(one.since, one.until) {
        text = format!("{text}, {period}");
    }
    match one.cause {
        Some(cause) => format!("{text}; {}", words::end_cause(cause)),
        None if one.current => text,
        None => format!("{text}; non vale più"),
    }
}

fn endorsement(one: &EndorsementView, issue: &IssueDetail, names: &Names<'_>) -> String {
    let seen = issue.readings.iter().find(|own| Some(own.position_id) == one.position_seen);
    let seen = seen.map_or("lettura non indicata".into(), |own| {
        format!("come {}", names.authority(&own.authority))
    });
    match one.people_affected {
        Some(people) => format!("{seen}, {}", issues::people(people.get())),
        None => seen,
    }
}

fn yes(holds: bool) -> String {
    if holds { "sì".into() } else { "no".into() }
}

fn shortened<const MAX: usize>(text: &Text<MAX>) -> String {
    let Some(words) = text.clear() else { return ERASED_IT.into() };
    if words.chars().count() <= LONGEST {
        return words.to_owned();
    }
    words.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_what_is_other_and_what_is_gone_is_told_and_nothing_else() {
        let said = |key: &str, text: &str| Said {
            key: key.into(),
            label: key.to_uppercase(),
            text: text.into(),
        };
        let was = [said("stato", "presentata"), said("tema", "salute"), said("nota", "x")];
        let is = [said("stato", "in istruttoria"), said("tema", "salute"), said("norma", "n")];
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            changes(&was, &is),
            [
                ("STATO".to_owned(), text("presentata"), text("in istruttoria")),
                ("NORMA".to_owned(), None, text("n")),
                ("NOTA".to_owned(), text("x"), None),
            ]
        );
        assert_eq!(changes(&was, &was), []);
    }
}
