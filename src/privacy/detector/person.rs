//! A person's name after a title ("sig.ra", "dott.").
//!
//! Depends on: nothing in this crate.

use super::lexicon::Cue;
use super::tokens::{Class, Token, Tokens};
use super::{Hit, Kind};

/// More words than a name has.
const MOST_WORDS: usize = 8;

/// Small words inside a name that also stand in sentences: they count only with a
/// capital, and not where a sentence may begin.
const CAPITAL_PARTICLES: [&str; 16] = [
    "al", "d", "da", "dal", "dall", "de", "degli", "dei", "del", "dell", "della", "di", "la", "li",
    "lo", "l",
];

/// Small words that stand only in names.
const PARTICLES: [&str; 8] = ["abu", "ben", "bin", "de", "el", "ould", "van", "von"];

/// Capitalised words after a title that are no name: addressees, and words that
/// begin a sentence ("La sig.ra A. Ha chiesto …").
const NOT_NAMES: [&str; 60] = [
    "al",
    "alla",
    "allo",
    "anche",
    "capo",
    "che",
    "chi",
    "chiede",
    "comune",
    "con",
    "consigliere",
    "consiglieri",
    "da",
    "dal",
    "dalla",
    "del",
    "della",
    "di",
    "dopo",
    "e",
    "generale",
    "gentilissima",
    "gentilissimo",
    "gli",
    "ha",
    "i",
    "il",
    "in",
    "inoltre",
    "la",
    "le",
    "lo",
    "membri",
    "membro",
    "ne",
    "nel",
    "nella",
    "non",
    "operatori",
    "ospite",
    "ospiti",
    "per",
    "poi",
    "prima",
    "quando",
    "questa",
    "questo",
    "referente",
    "referenti",
    "se",
    "secondo",
    "si",
    "sono",
    "su",
    "tutore",
    "un",
    "una",
    "uno",
    "utente",
    "è",
];

/// A name that the title `at` announces; the title belongs to the finding.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let title = tokens.get(at)?;
    if title.cue != Some(Cue::Title) || is_street(tokens, at) || is_second_title(tokens, at) {
        return None;
    }
    let mut place = after_title(tokens, at);
    // "sig.ra dott.ssa", "prof. avv."
    while tokens.get(place)?.cue == Some(Cue::Title) {
        place = after_title(tokens, place);
    }
    let mut end = None;
    for place in place..place + MOST_WORDS {
        let Some(token) = tokens.get(place) else { break };
        if is_name(token) {
            end = Some(token.end());
        } else if !is_inside_name(tokens, place, token, end.is_some()) {
            break;
        }
    }
    Some(Hit { kind: Kind::PersonName, start: title.start, end: end? })
}

/// The first token after a title and its endings: ".", "ra", "/ra", "ssa".
fn after_title(tokens: &Tokens<'_>, at: usize) -> usize {
    const ENDINGS: [&str; 8] = ["ra", "na", "ri", "ssa", "sse", "a", "e", "ri"];
    let mut place = at + 1;
    for _ in 0..4 {
        let Some(token) = tokens.get(place) else { break };
        let glued = tokens.glued_before(place).is_some();
        let ending = glued && ENDINGS.iter().any(|ending| token.text.eq_ignore_ascii_case(ending));
        if !(ending || token.is_one_of(&['.', '/', '’', '\'', 'ª', '(', ')']) && glued) {
            break;
        }
        place += 1;
    }
    place
}

/// A capitalised word of at least two letters that names no office. A single
/// capital is an initial: "sig.ra A." is how a person is left unnamed.
fn is_name(token: &Token<'_>) -> bool {
    token.is_capitalised()
        && token.text.chars().nth(1).is_some()
        && !matches!(token.cue, Some(Cue::Office | Cue::Street | Cue::Thing | Cue::Month))
        && !NOT_NAMES.iter().any(|word| token.text.eq_ignore_ascii_case(word))
}

/// Particles, initials, apostrophes and hyphens hold the words of a name together.
fn is_inside_name(tokens: &Tokens<'_>, place: usize, token: &Token<'_>, begun: bool) -> bool {
    let one_of = |words: &[&str]| words.iter().any(|word| token.text.eq_ignore_ascii_case(word));
    let before = tokens.glued_before(place);
    match token.class {
        Class::Sign if token.is('.') => before.is_some_and(|word| word.text.len() == 1),
        Class::Sign if token.is_one_of(&['\'', '’']) => before.is_some(),
        Class::Sign if token.is('-') => before.is_some() && tokens.glued_after(place).is_some(),
        Class::Word if token.is_capitalised() => {
            let initial = token.text.chars().nth(1).is_none();
            let after_initial = tokens.before(place, 1).is_some_and(|sign| sign.is('.'))
                && tokens.before(place, 2).is_some_and(|word| word.text.len() == 1);
            initial || one_of(&CAPITAL_PARTICLES) && !after_initial
        }
        Class::Word => begun && one_of(&PARTICLES),
        _ => false,
    }
}

fn is_street(tokens: &Tokens<'_>, at: usize) -> bool {
    (1..=2).filter_map(|back| tokens.before(at, back)).any(|word| word.cue == Some(Cue::Street))
}

/// Whether the title only continues another one, which reports the name.
fn is_second_title(tokens: &Tokens<'_>, at: usize) -> bool {
    (1..=4).filter_map(|back| at.checked_sub(back)).any(|place| {
        tokens.get(place).is_some_and(|word| word.cue == Some(Cue::Title))
            && after_title(tokens, place) == at
    })
}
