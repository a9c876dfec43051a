//! What a report would be, before it is recorded.

use std::collections::BTreeSet;

use crate::domain::norm::NormRef;
use crate::domain::norm::mentions::{What, mentions};
use crate::privacy::detector;
use crate::projections::issues::{IssueFilter, IssueRow};
use crate::web::fault::Fault;
use crate::web::forms::Form;
use crate::web::visit::Visit;

use super::READINGS;

/// How many issues that look alike are shown.
const ALIKE: u32 = 5;

/// How many letters of a text are searched for.
const SEARCHED: usize = 280;

/// What a report would be.
pub struct Preview {
    /// Norms that the texts mention.
    pub norms: Vec<Mentioned>,
    /// What looks like a norm and cannot be told: the words, and why.
    pub unclear: Vec<(String, &'static str)>,
    /// Issues that look alike, for the visitor's eyes.
    pub alike: Vec<IssueRow>,
    /// What may be personal data: the words, and what to do.
    pub personal: Vec<(String, &'static str)>,
}

/// A norm that a text mentions.
pub struct Mentioned {
    /// As the form sends it back.
    pub value: String,
    /// As one reads it.
    pub label: String,
    /// Whether it is in the catalogue.
    pub known: bool,
}

impl Preview {
    /// What the texts of a form say.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the views cannot be read.
    pub async fn of(visit: &Visit, form: &Form) -> Result<Self, Fault> {
        let catalogue = visit.moment().known_acts()?;
        let mut preview = Self {
            norms: vec![],
            unclear: vec![],
            alike: alike(visit, form).await?,
            personal: vec![],
        };
        let mut seen = BTreeSet::new();
        for text in texts(form) {
            let words =
                |span: std::ops::Range<usize>| text.get(span).unwrap_or_default().to_owned();
            for mention in mentions(text, &catalogue) {
                match mention.what {
                    What::Norm { norm, label, known } => {
                        let Some(value) = value(&norm) else { continue };
                        if seen.insert(value.clone()) {
                            preview.norms.push(Mentioned { value, label, known });
                        }
                    }
                    What::Unclear(why) => {
                        let told = (words(mention.span), why.reason_it());
                        if !preview.unclear.contains(&told) {
                            preview.unclear.push(told);
                        }
                    }
                }
            }
            for finding in detector::check(text) {
                preview.personal.push((words(finding.start..finding.end), finding.message_it));
            }
        }
        Ok(preview)
    }
}

/// What people typed into the form.
fn texts(form: &Form) -> impl Iterator<Item = &str> {
    let readings = (0..READINGS).map(|at| format!("/positions/{at}/reading"));
    let names = ["/title".to_owned(), "/description".to_owned()].into_iter().chain(readings);
    names.map(|name| form.get(&name)).filter(|text| !text.trim().is_empty())
}

fn value(norm: &NormRef) -> Option<String> {
    match norm {
        NormRef::Nir { urn, .. } => Some(urn.to_string()),
        NormRef::Eu { celex, article: None, .. } => Some(format!("celex:{celex}")),
        NormRef::Eu { celex, article: Some(article), .. } => {
            Some(format!("celex:{celex} {article}"))
        }
        NormRef::Other { .. } | NormRef::Unidentified { .. } => None,
    }
}

/// Issues that look like what was typed, for the visitor's eyes.
pub async fn alike(visit: &Visit, form: &Form) -> Result<Vec<IssueRow>, Fault> {
    let words = format!("{} {}", form.get("/title"), form.get("/description"));
    let words: String = words.chars().take(SEARCHED).collect();
    if words.trim().is_empty() {
        return Ok(Vec::new());
    }
    let filter = IssueFilter { q: Some(words), limit: ALIKE, ..IssueFilter::default() };
    let views = visit.views().await?;
    Ok(views.list_issues(&visit.scope(), &filter, visit.today).await?.items)
}
