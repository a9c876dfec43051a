//! *Prepara un quesito*: from the issues that were chosen to a draft with its positions
//! table.
//!
//! Whatever follows from the issues is filled in already: the subject, the background with
//! who reads the rule how, the norms, a point for each norm. A question is read by the
//! whole network, so that nothing of an issue that is reserved goes into its text by
//! itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::question::SilenceEffect;
use crate::domain::registry::Role;
use crate::domain::shared::Visibility;
use crate::domain::values::ERASED_IT;
use crate::projections::issues::{IssueDetail, IssueFilter};
use crate::web::fault::Fault;
use crate::web::forms::{Choice, Deed, Fields, Form, Refused, Sheet, Wrong};
use crate::web::layout::Page;
use crate::web::pages::questions::counted;
use crate::web::pages::{issues, report::Lists};
use crate::web::parts::Forms;
use crate::web::visit::Visit;
use crate::web::words;

use super::wording::{self, member};

/// The address of the page.
pub const ADDRESS: &str = "/quesiti/nuovo";

/// The parameter, and the field, that names an issue.
pub const ISSUE: &str = "segnalazione";

/// The parameter that says which of a list are meant.
pub const WHICH: &str = "_quali";

/// All issues of the list.
pub const ALL: &str = "tutte";

/// The most issues of one draft.
pub const MOST: u32 = 50;

/// The norms that the visitor left ticked, as the API takes them.
const NORMS: &str = "_norme";

/// The most letters of a subject and of a background.
const LONGEST_SUBJECT: usize = 300;
const LONGEST_BACKGROUND: usize = 9_500;

/// Rows for addressees.
const ADDRESSEES: usize = 3;

/// `GET /quesiti/nuovo`.
pub async fn show(visit: Visit) -> Result<Page, Fault> {
    may_draft(&visit)?;
    let issues = chosen(&visit).await?;
    let form = prefilled(&visit, &issues)?;
    page(&visit, &issues, &form, &[]).await
}

/// `POST /quesiti/nuovo`.
pub async fn send(visit: Visit, form: Form) -> Result<Response, Fault> {
    may_draft(&visit)?;
    let recorded = record(&visit, &form).await;
    let again = async |wrong: Vec<Wrong>| {
        let issues = opened(&visit, form.all(ISSUE)).await?;
        page(&visit, &issues, &form, &wrong).await
    };
    visit.answer(recorded, |id| format!("/quesiti/{id}"), again).await
}

fn may_draft(visit: &Visit) -> Result<(), Fault> {
    if visit.actor()?.role == Role::Staff {
        return Ok(());
    }
    Err(Fault::Denied("I quesiti li prepara il coordinamento.".into()))
}

/// The issues that the address names, or those of the list that it describes.
async fn chosen(visit: &Visit) -> Result<Vec<IssueDetail>, Fault> {
    let here = &visit.address;
    if here.get(WHICH) == Some(ALL) {
        let filter = IssueFilter { limit: MOST, cursor: None, ..issues::filter(visit)? };
        let listed = visit.views().await?.list_issues(&visit.scope(), &filter, visit.today).await?;
        let ids: Vec<String> = listed.items.iter().map(|row| row.id.to_string()).collect();
        return opened(visit, ids.iter().map(String::as_str)).await;
    }
    opened(visit, here.pairs().filter(|(name, _)| *name == ISSUE).map(|(_, id)| id)).await
}

/// The issues with these ids, those that the visitor may see; each once.
async fn opened<'a>(
    visit: &Visit,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<IssueDetail>, Fault> {
    let actor = visit.actor()?;
    let views = visit.views().await?;
    let mut known = BTreeSet::new();
    let mut issues = Vec::new();
    for id in ids.filter_map(|id| Uuid::try_parse(id).ok()).take(MOST as usize) {
        if known.insert(id) {
            issues.extend(views.show_issue(Some(actor), id, visit.today).await?);
        }
    }
    Ok(issues)
}

/// What follows from the issues.
fn prefilled(visit: &Visit, issues: &[IssueDetail]) -> Result<Form, Fault> {
    let forms = Forms::of(visit)?;
    let open: Vec<&IssueDetail> = issues.iter().filter(|one| !is_reserved(one)).collect();
    let mut form = Form::of([("/silence_effect", words::code(&SilenceEffect::None))])
        .and("/subject", &subject(&open))
        .and("/background", &background(visit, &open, &forms)?);
    for norm in norms(issues) {
        form = form.and(NORMS, &norm.0);
    }
    for (at, (label, of_norm)) in by_norm(issues).into_iter().enumerate() {
        let about = label.map_or_else(String::new, |label| format!(" di {label}"));
        let text = format!(
            "Quale delle interpretazioni riportate nell'allegato sia conforme al testo{about}."
        );
        form = form.and(&member(at, "text"), &text);
        for issue in of_norm {
            form = form.and(&member(at, "issues"), &issue.to_string());
        }
    }
    Ok(form)
}

fn is_reserved(issue: &IssueDetail) -> bool {
    issue.row.visibility == Visibility::Restricted
}

/// The norm that all share, else the title of the first.
fn subject(issues: &[&IssueDetail]) -> String {
    let first = issues.first().and_then(|issue| issue.norm_citations.first());
    let shared = first.filter(|norm| {
        issues
            .iter()
            .all(|issue| issue.norm_citations.iter().any(|other| other.label_it == norm.label_it))
    });
    let title = || issues.first().map_or_else(String::new, |issue| issue.row.title.clone());
    let subject = shared.map_or_else(title, |norm| format!("Interpretazione di {}", norm.label_it));
    subject.chars().take(LONGEST_SUBJECT).collect()
}

/// Issue by issue, who reads the rule how.
fn background(visit: &Visit, issues: &[&IssueDetail], forms: &Forms) -> Result<String, Fault> {
    visit.named(|names| {
        let mut text = String::from(
            "Gli enti della rete segnalano che uffici diversi leggono in modo diverso le norme \
             indicate. Le segnalazioni e le interpretazioni sono riportate nell'allegato.",
        );
        for issue in issues {
            let mut part = format!("\n\n{} – {}", issue.row.reference, issue.row.title);
            for held in issue.readings.iter().filter(|reading| reading.current) {
                let said = held.reading.clear().unwrap_or(ERASED_IT);
                let (office, form) = (names.authority(&held.authority), forms.called(&held.form));
                let _ = write!(part, "\n– {office}: «{said}» ({form})");
            }
            if text.chars().count() + part.chars().count() > LONGEST_BACKGROUND {
                text.push_str("\n\nLe altre segnalazioni sono nell'allegato.");
                break;
            }
            text.push_str(&part);
        }
        text
    })
}

/// The norms that the issues cite, each once: as the API takes them, and as one reads them.
fn norms(issues: &[IssueDetail]) -> Vec<Choice> {
    let mut norms: Vec<Choice> = Vec::new();
    for cited in issues.iter().flat_map(|issue| &issue.norm_citations) {
        let Ok(value) = serde_json::to_string(&cited.norm) else { continue };
        if norms.iter().all(|(known, _)| *known != value) {
            norms.push((value, cited.label_it.clone()));
        }
    }
    norms.truncate(30);
    norms
}

/// The issues by the first norm that they cite, in the order of the issues.
fn by_norm(issues: &[IssueDetail]) -> Vec<(Option<&str>, Vec<Uuid>)> {
    let mut groups: Vec<(Option<&str>, Vec<Uuid>)> = Vec::new();
    for issue in issues {
        let norm = issue.norm_citations.first().map(|cited| cited.label_it.as_str());
        match groups.iter_mut().find(|(known, _)| *known == norm) {
            Some((_, group)) => group.push(issue.row.id),
            None => groups.push((norm, vec![issue.row.id])),
        }
    }
    groups
}

async fn record(visit: &Visit, form: &Form) -> Result<String, Refused> {
    let norms: Vec<Value> =
        form.all(NORMS).filter_map(|norm| serde_json::from_str(norm).ok()).collect();
    let mut kept = wording::without_blank(form);
    for at in 0..ADDRESSEES {
        // A row without an office asks nobody.
        if !kept.is_filled(&to(at, "addressee")) {
            kept = kept.without(&to(at, "via")).without(&to(at, "legal_basis"));
        }
    }
    if (0..ADDRESSEES).all(|at| !kept.is_filled(&to(at, "addressee"))) {
        let why = "Indicare almeno un destinatario.";
        return Err(Refused::Wrong(vec![Wrong::at(&to(0, "addressee"), why)]));
    }
    let deed = Deed::new("question", "question-drafted.v1").with("norms", norms);
    Ok(visit.record(deed, &kept).await?.stream.id().to_owned())
}

fn to(at: usize, name: &str) -> String {
    format!("/addressees/{at}/{name}")
}

async fn page(
    visit: &Visit,
    issues: &[IssueDetail],
    form: &Form,
    wrong: &[Wrong],
) -> Result<Page, Fault> {
    let forms = Forms::of(visit)?;
    let lists = Lists::read(visit).await?;
    let on_offer: Vec<Choice> = issues
        .iter()
        .map(|one| (one.row.id.to_string(), format!("{} {}", one.row.reference, one.row.title)))
        .collect();
    let silence = [SilenceEffect::None, SilenceEffect::Consent, SilenceEffect::Refusal]
        .map(|one| (words::code(&one), words::capitalised(words::silence(one))));
    let reserved = issues.iter().filter(|one| is_reserved(one)).count();
    let norms = norms(issues);
    let lead = html! {
        @if issues.is_empty() {
            p.lead {
                "Un quesito nasce dalle segnalazioni: "
                a href="/segnalazioni?difformita=1" { "sceglierle dall'elenco" } ", poi «Prepara quesito»."
            }
        } @else {
            p.lead { "La bozza è già compilata con ciò che dicono le segnalazioni scelte: si completa, si corregge e si salva." }
        }
        @if reserved > 0 {
            p.warning-note {
                "Il quesito lo legge tutta la rete: "
                (counted(u32::try_from(reserved).unwrap_or(u32::MAX), "segnalazione riservata non è riportata", "segnalazioni riservate non sono riportate"))
                " nella premessa."
            }
        }
    };
    let below = html! {
        @if !issues.is_empty() {
            section {
                h2 { "Segnalazioni e interpretazioni" }
                (super::positions(visit, issues, &forms)?)
            }
        }
    };
    let way = [("/quesiti", "Quesiti")];
    let (title, button) = ("Prepara un quesito", "Salva la bozza");
    let sheet = Sheet { way: &way, title, lead, action: ADDRESS, button, below };
    Ok(sheet.page(visit, form, wrong, |fields| {
        html! {
            @for issue in issues { input type="hidden" name=(ISSUE) value=(issue.row.id); }
            (fields.text("/subject", "Oggetto", "", true))
            fieldset.on-behalf {
                legend { "Destinatari" }
                @for at in 0..ADDRESSEES { (addressee(fields, &lists, at)) }
            }
            (fields.area("/background", "Premessa", "Che cosa succede, e chi legge la norma in che modo.", 14, true))
            (wording::rows(fields, &on_offer, &[]))
            (fields.area("/proposed_reading", "Lettura proposta", "", 4, false))
            @if !norms.is_empty() { (fields.boxes(NORMS, "Norme in questione", "", &norms)) }
            (fields.radios("/silence_effect", "Che effetto ha il silenzio", "Di norma nessuno: non si presume.", &silence))
        }
    }))
}

fn addressee(fields: &Fields<'_>, lists: &Lists, at: usize) -> Markup {
    let number = at + 1;
    let inside = html! {
        (fields.select(&to(at, "addressee"), &format!("Destinatario {number}"), "", lists.authorities(), at == 0))
        (fields.select(&to(at, "via"), &format!("Destinatario {number}: per il tramite di"), "", lists.authorities(), false))
        (fields.text(&to(at, "legal_basis"), &format!("Destinatario {number}: norma che lo rende competente"), "Solo se c'è: non si presume.", false))
    };
    html! {
        @if at == 0 {
            (inside)
        } @else {
            details open[fields.form.is_filled(&to(at, "addressee"))] {
                summary { "Destinatario " (number) }
                (inside)
            }
        }
    }
}
