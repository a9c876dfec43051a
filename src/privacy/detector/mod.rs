//! Personal data written by accident into a free Italian text.
//!
//! A report describes a practice, never a person. Before a text is filed it is
//! checked here: a codice fiscale is refused, everything else that looks like a
//! person is shown to the author, who corrects it or confirms that it is meant.
//!
//! One pass cuts the text into tokens and marks the words that matter
//! (`lexicon.rs`); each rule then looks at a bounded number of tokens around a
//! mark, so the whole is linear in the length of the text.
//!
//! Deliberately absent: names without a title in front (a list of names would
//! call half of the Italian place names persons), and the text itself in a
//! finding: findings may be logged, texts may not.
//!
//! Depends on: nothing in this crate.

mod birth;
mod documents;
mod email;
mod fiscal_code;
mod iban;
mod lexicon;
mod person;
mod phone;
#[cfg(test)]
mod tests;
mod tokens;

use serde::Serialize;

use tokens::Tokens;

/// What a finding appears to be. Its serialised name is part of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A codice fiscale of 16 characters whose check letter is right.
    FiscalCode,
    /// An IBAN whose check digits are right.
    Iban,
    /// An e-mail address that is not an office's.
    Email,
    /// The number of a residence permit or of its receipt.
    ResidencePermit,
    /// The *codice univoco identificativo* given at photo-identification.
    Cui,
    /// The number of an asylum case in the ministry's Vestanet system.
    Vestanet,
    /// The number of a passport.
    Passport,
    /// The number of an identity card.
    IdentityCard,
    /// A provisional codice fiscale of 11 digits.
    NumericFiscalCode,
    /// A telephone number.
    Phone,
    /// A person's name after a title.
    PersonName,
    /// Where and when somebody was born.
    Birth,
}

/// What becomes of a text with such a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The text is not accepted.
    Refuse,
    /// The author is asked, and may confirm.
    Warn,
}

/// One stretch of the text that looks like personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it appears to be.
    pub kind: Kind,
    /// Whether the text is refused or its author asked.
    pub severity: Severity,
    /// First byte of the stretch in the UTF-8 text.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The same start counted in Unicode characters (not UTF-16 units).
    pub char_start: usize,
    /// The same end counted in Unicode characters.
    pub char_end: usize,
    /// What to tell the author, in Italian.
    pub message_it: &'static str,
}

impl Kind {
    /// Whether such a finding refuses the text.
    pub fn severity(self) -> Severity {
        match self {
            Self::FiscalCode => Severity::Refuse,
            _ => Severity::Warn,
        }
    }

    /// What to tell the author, in Italian.
    pub fn message_it(self) -> &'static str {
        match self {
            Self::FiscalCode => {
                "Il testo contiene un codice fiscale: va tolto prima di inviare la segnalazione."
            }
            Self::Iban => "Sembra un IBAN: toglierlo, se non è il conto di un ente.",
            Self::Email => {
                "Sembra l'indirizzo e-mail di una persona: usare un indirizzo istituzionale o toglierlo."
            }
            Self::ResidencePermit => {
                "Sembra il numero di un permesso di soggiorno o della sua ricevuta: toglierlo."
            }
            Self::Cui => "Sembra un codice univoco identificativo (CUI): toglierlo.",
            Self::Vestanet => "Sembra il numero di una pratica Vestanet: toglierlo.",
            Self::Passport => "Sembra il numero di un passaporto: toglierlo.",
            Self::IdentityCard => "Sembra il numero di una carta d'identità: toglierlo.",
            Self::NumericFiscalCode => "Sembra un codice fiscale provvisorio: toglierlo.",
            Self::Phone => "Sembra un numero di telefono: toglierlo, se non è di un ufficio.",
            Self::PersonName => {
                "Sembra il nome di una persona: indicare piuttosto il ruolo o l'ufficio."
            }
            Self::Birth => "Sembrano luogo e data di nascita di una persona: toglierli.",
        }
    }
}

/// What a rule found: its kind and the bytes it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    kind: Kind,
    start: usize,
    end: usize,
}

/// All that looks like personal data in `text`, in order, without overlaps. Of
/// two findings on the same stretch the more certain one stays ([`Kind`] lists
/// them in that order).
pub fn check(text: &str) -> Vec<Finding> {
    let tokens = Tokens::of(text);
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rules: &[fn(&Tokens<'_>, usize) -> Option<Hit>] = match token.class {
            tokens::Class::Word | tokens::Class::Mixed => {
                &[fiscal_code::find, iban::find, documents::find, person::find, birth::find]
            }
            tokens::Class::Digits => &[phone::find],
            tokens::Class::Sign => &[email::find, phone::find],
        };
        hits.extend(rules.iter().filter_map(|rule| rule(&tokens, at)));
        at += 1;
    }
    findings(text, without_overlaps(hits))
}

/// Keeps the more certain of overlapping hits; the answer is in text order.
fn without_overlaps(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_unstable_by_key(|hit| (hit.start, hit.kind, hit.end));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.start < last.end => {
                if hit.kind < last.kind {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}

/// Adds the offsets in characters, in one walk over the text.
fn findings(text: &str, hits: Vec<Hit>) -> Vec<Finding> {
    let (mut byte, mut char) = (0, 0);
    let mut chars_up_to = |to: usize| {
        char += text.get(byte..to).map_or(0, |between| between.chars().count());
        byte = to;
        char
    };
    let finding = |Hit { kind, start, end }| Finding {
        kind,
        severity: kind.severity(),
        start,
        end,
        char_start: chars_up_to(start),
        char_end: chars_up_to(end),
        message_it: kind.message_it(),
    };
    hits.into_iter().map(finding).collect()
}
