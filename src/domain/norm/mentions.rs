//! Norms mentioned in a text, as officials write them.
//!
//! "art. 5-bis, co. 2, d.lgs. 142/2015", "artt. 3 e 4 d.lgs. 286/98", "T.U.I.",
//! "D.M. 18 novembre 2019" become references that a person confirms. What looks
//! like a mention but names no act that can be told is answered as [`Unclear`],
//! with the reason: never dropped, never guessed.
//!
//! A law of conversion that follows its decree ("conv. in l. 132/2018") belongs to
//! the mention of the decree: offices cite the decree as converted.
//!
//! Deliberately absent: any change of the text, and whether an act exists. What is
//! not in the catalogue but is named whole is cited as not verified.
//!
//! Depends on: `domain::italian` (months).

mod act;
mod lexer;
mod partition;

#[cfg(test)]
mod tests;

use std::ops::Range;

use act::Act;
use lexer::Token;
use partition::Places;

use super::{Celex, NirUrn, NormRef};

/// Words that may stand between an article and its act.
const JOINTS: &[&str] = &[
    "del", "dello", "della", "dell", "di", "al", "allo", "alla", "all", "nel", "nella", "dal",
    "dalla", "cit", "citato", "citata", "medesimo", "stesso", "stessa", "predetto",
];

/// At most so many tokens of them.
const JOINTS_MOST: usize = 5;

/// An act of the catalogue.
#[derive(Debug, Clone)]
pub struct KnownAct {
    /// What identifies it: without article and version.
    pub key: KnownKey,
    /// How it is called.
    pub label: String,
}

/// What identifies an act of the catalogue.
#[derive(Debug, Clone)]
pub enum KnownKey {
    /// An Italian act.
    Nir(Box<NirUrn>),
    /// An act of the Union.
    Eu(Celex),
}

/// A mention of a norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// What it says.
    pub what: What,
}

/// What a mention says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A norm, to be confirmed.
    Norm {
        /// The reference.
        norm: NormRef,
        /// How it reads: the name in the catalogue with the article, or the citation.
        label: String,
        /// Whether the act is in the catalogue.
        known: bool,
    },
    /// It cannot be told which norm is meant.
    Unclear(Unclear),
}

/// Why it cannot be told which norm is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// An article without an act.
    NoAct,
    /// Number and year do not identify an act outside the catalogue: the day is missing.
    NoDay,
    /// A ministry's decree or a regional law of which the issuer cannot be told.
    NoIssuer,
}

impl Unclear {
    /// The reason, in Italian.
    pub fn reason_it(self) -> &'static str {
        match self {
            Self::NoAct => "è citato un articolo senza l'atto",
            Self::NoDay => "l'atto non è nel catalogo: serve la data completa",
            Self::NoIssuer => "l'atto non è nel catalogo: non si capisce chi lo ha emanato",
        }
    }
}

/// The norms that a text mentions, in the order in which they stand there.
pub fn mentions(text: &str, catalogue: &[KnownAct]) -> Vec<Mention> {
    let tokens = lexer::tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((act, places, end)) = read(&tokens, at) else {
            at += 1;
            continue;
        };
        let span = tokens[at].start..tokens[end - 1].end;
        told(act.as_ref(), &places, catalogue, &span, &mut found);
        at = end;
    }
    found
}

/// A mention that begins at a token: its act, the places in it, where it ends.
fn read(tokens: &[Token<'_>], at: usize) -> Option<(Option<Act>, Places, usize)> {
    if let Some((places, end)) = partition::read(tokens, at) {
        return Some(match following_act(tokens, end) {
            Some((act, end)) => (Some(act), places, end),
            None => (None, places, end),
        });
    }
    let (act, end) = act::read(tokens, at)?;
    // "d.lgs. 142/2015, art. 9": unless the article belongs to the next act.
    let next = lexer::skip(tokens, end, |token| {
        token.is_symbol(',') || token.is_one_of(JOINTS) || token.is_symbol('\'')
    });
    if next <= end + 3
        && let Some((places, after)) = partition::read(tokens, next)
        && following_act(tokens, after).is_none()
    {
        return Some((Some(act), places, after));
    }
    Some((Some(act), Places::default(), end))
}

fn following_act(tokens: &[Token<'_>], at: usize) -> Option<(Act, usize)> {
    let joint = |token: &Token<'_>| {
        token.is_one_of(JOINTS) || token.is_symbol(',') || token.is_symbol('\'')
    };
    let begin = lexer::skip(tokens, at, joint);
    if begin > at + JOINTS_MOST { None } else { act::read(tokens, begin) }
}

fn told(
    act: Option<&Act>,
    places: &Places,
    catalogue: &[KnownAct],
    span: &Range<usize>,
    found: &mut Vec<Mention>,
) {
    let mut push = |what| found.push(Mention { span: span.clone(), what });
    let Some(act) = act else { return push(What::Unclear(Unclear::NoAct)) };
    match act.identify(catalogue) {
        Err(why) => push(What::Unclear(why)),
        Ok(named) => {
            for place in places.all() {
                push(named.cited(&place));
            }
        }
    }
}
