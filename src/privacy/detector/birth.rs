//! Where and when somebody was born: "nata a Kabul il 3 marzo 1998".
//!
//! Depends on: nothing in this crate.

use super::lexicon::Cue;
use super::tokens::{Class, Tokens};
use super::{Hit, Kind};

/// How many tokens a birthplace and the date after it may take.
const LOOK_AHEAD: usize = 18;

/// How many tokens back a thing may stand of which "nato" is said.
const LOOK_BACK: usize = 5;

/// A birth told by the word `at`.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let word = tokens.get(at)?;
    if word.cue != Some(Cue::Born) || is_of_a_thing(tokens, at) || is_second_form(tokens, at) {
        return None;
    }
    if !announces(tokens, at) {
        return None;
    }
    for place in at + 1..=at + LOOK_AHEAD {
        let token = tokens.get(place)?;
        if tokens.ends_sentence(place) || matches!(token.cue, Some(Cue::Reference | Cue::Thing)) {
            return None;
        }
        if let Some(last) = date(tokens, place) {
            return Some(Hit {
                kind: Kind::Birth,
                start: word.start,
                end: tokens.get(last)?.end(),
            });
        }
    }
    None
}

/// A place or a date must follow: "a", "ad", "in", "il", "l'", "/a", "(".
fn announces(tokens: &Tokens<'_>, at: usize) -> bool {
    const NEXT: [&str; 12] =
        ["a", "ad", "in", "nel", "nella", "il", "l", "lo", "la", "o", "presso", "e"];
    tokens.get(at + 1).is_some_and(|next| {
        NEXT.iter().any(|word| next.text.eq_ignore_ascii_case(word))
            || next.is_one_of(&['/', '(', ':', ','])
    })
}

/// The last token of a full date that begins with the token `at`: 03/05/1999,
/// 3.5.99, "3 marzo 1999", "1° gennaio 1990".
fn date(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let number = |place: usize| {
        let token = tokens.get(place)?;
        (token.class == Class::Digits && token.text.len() <= 4).then(|| token.text.parse().ok())?
    };
    let is_year = |place: usize| {
        let digits = tokens.get(place).map_or(0, |token| token.text.len());
        number(place).is_some_and(|year: u32| match digits {
            2 => true,
            4 => (1900..=2100).contains(&year),
            _ => false,
        })
    };
    if !(1..=31).contains(&number(at)?) {
        return None;
    }
    let mut next = at + 1;
    if tokens.get(next)?.is_one_of(&['°', 'º']) {
        next += 1;
    }
    if tokens.get(next)?.cue == Some(Cue::Month) {
        return is_year(next + 1).then_some(next + 1);
    }
    let separator = |place: usize| {
        tokens
            .get(place)
            .is_some_and(|token| token.is_one_of(&['/', '.', '-', '\u{2011}', '\u{2013}']))
    };
    let month = next + 1;
    (separator(next)
        && number(month).is_some_and(|month| (1..=12).contains(&month))
        && separator(month + 1)
        && is_year(month + 2))
    .then_some(month + 2)
}

/// "Il progetto, nato a Parma il 12 marzo 2019" is no person.
fn is_of_a_thing(tokens: &Tokens<'_>, at: usize) -> bool {
    for back in 1..=LOOK_BACK {
        let Some(token) = tokens.before(at, back) else { return false };
        if matches!(token.cue, Some(Cue::Thing | Cue::Reference)) {
            return true;
        }
        if at.checked_sub(back).is_some_and(|place| tokens.ends_sentence(place)) {
            return false;
        }
    }
    false
}

/// "nato/nata a …": the first word reports it.
fn is_second_form(tokens: &Tokens<'_>, at: usize) -> bool {
    (2..=3).filter_map(|back| tokens.before(at, back)).any(|word| word.cue == Some(Cue::Born))
}
