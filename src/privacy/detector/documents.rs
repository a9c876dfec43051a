//! Numbers of documents and files of a person, found near the word for them.
//!
//! Alone such a number looks like any other: "permesso di soggiorno n. I01234567"
//! is found, "I01234567" is not.
//!
//! Depends on: nothing in this crate.

use super::lexicon::Cue;
use super::tokens::{Class, Token, Tokens};
use super::{Hit, Kind, fiscal_code};

/// How many tokens after its word a number may stand.
const LOOK_AHEAD: usize = 12;

/// How many tokens before its word ("il n. I01234567 del permesso").
const LOOK_BACK: usize = 4;

/// A number near the word `at`.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let word = tokens.get(at)?;
    let cue = word.cue.or_else(|| spelt_with_dots(tokens, at))?;
    let kind = match cue {
        Cue::Permit if word.text.eq_ignore_ascii_case("titolo") && !says_residence(tokens, at) => {
            return None;
        }
        Cue::Permit => Kind::ResidencePermit,
        Cue::Cui if is_pronoun(tokens, at) => return None,
        Cue::Cui => Kind::Cui,
        Cue::Vestanet => Kind::Vestanet,
        Cue::Passport => Kind::Passport,
        Cue::Identity => Kind::IdentityCard,
        Cue::Fiscal => Kind::NumericFiscalCode,
        _ => return None,
    };
    if kind == Kind::NumericFiscalCode && is_of_an_organisation(tokens, at) {
        return None;
    }
    ahead(tokens, at, kind).or_else(|| behind(tokens, at, kind))
}

fn ahead(tokens: &Tokens<'_>, at: usize, kind: Kind) -> Option<Hit> {
    let mut number_sign = false;
    for place in at + 1..=at + LOOK_AHEAD {
        let token = tokens.get(place)?;
        // Another act's number, or another kind of document, takes over.
        if matches!(token.cue, Some(Cue::Reference | Cue::Phone)) && !is_of_the_file(kind, token)
            || tokens.ends_sentence(place)
        {
            return None;
        }
        number_sign |= is_number_sign(token);
        // Right after the word a number is its number, except after "cui".
        let direct = number_sign || place == at + 1 && kind != Kind::Cui;
        if let Some(end) = value(tokens, place, kind, direct) {
            return Some(Hit { kind, start: token.start, end });
        }
        if kind == Kind::Cui && is_prose(token) {
            return None;
        }
    }
    None
}

fn behind(tokens: &Tokens<'_>, at: usize, kind: Kind) -> Option<Hit> {
    if matches!(kind, Kind::Cui | Kind::NumericFiscalCode) {
        return None;
    }
    for back in 1..=LOOK_BACK {
        let token = tokens.before(at, back)?;
        let place = at.checked_sub(back)?;
        if token.cue.is_some() || tokens.ends_sentence(place) || token.is_one_of(&[',', ':', ')']) {
            return None;
        }
        if token.class == Class::Mixed
            && let Some(end) = value(tokens, place, kind, true)
        {
            return Some(Hit { kind, start: token.start, end });
        }
    }
    None
}

/// Where a number of this kind ends that begins with the token `at`. A number of
/// digits only must be `direct`ly announced ("n.", ":").
fn value(tokens: &Tokens<'_>, at: usize, kind: Kind, direct: bool) -> Option<usize> {
    let token = tokens.get(at)?;
    if token.class == Class::Sign || !token.text.is_ascii() {
        return None;
    }
    // A part of something longer: 286/1998, 2024-0012345, 12.345.
    let joined = |sign: Option<&Token<'_>>| {
        sign.is_some_and(|sign| sign.is_one_of(&['/', '_', '@', '~', ';']))
    };
    if joined(tokens.glued_after(at)) || joined(tokens.glued_before(at)) {
        return None;
    }
    match kind {
        Kind::Cui => return is_cui(token, direct).then_some(token.end()),
        Kind::NumericFiscalCode => {
            return fiscal_code::is_numeric_code(token.text).then_some(token.end());
        }
        _ => {}
    }
    // "I 01234567", "CA 00000 AA": the letters may stand apart.
    let (letters, digits, tail) = shape(token.text)?;
    let split = (digits == 0 && (1..=2).contains(&letters) && token.is_capitalised())
        .then(|| tokens.get(at + 1))
        .flatten()
        .filter(|next| next.class != Class::Sign && next.text.is_ascii());
    let (letters, digits, tail, end) = match split.and_then(|next| Some((next, shape(next.text)?)))
    {
        Some((next, (0, digits, tail))) => (letters, digits, tail, next.end()),
        _ => (letters, digits, tail, token.end()),
    };
    let fits = match kind {
        Kind::ResidencePermit => match letters {
            0 => direct && (8..=12).contains(&digits),
            _ => letters <= 2 && (6..=9).contains(&digits),
        },
        Kind::Vestanet => match letters {
            0 => direct && (5..=10).contains(&digits),
            _ => letters <= 3 && (5..=9).contains(&digits),
        },
        Kind::Passport => match letters {
            0 => direct && (7..=9).contains(&digits),
            _ => letters <= 2 && (6..=8).contains(&digits),
        },
        Kind::IdentityCard => letters == 2 && (5..=7).contains(&digits),
        _ => false,
    };
    let tail_fits = tail == 0 || kind == Kind::IdentityCard && tail == 2;
    (fits && tail_fits).then_some(end)
}

/// How many letters, then digits, then letters a code has; `None` when it is not
/// made so.
fn shape(text: &str) -> Option<(usize, usize, usize)> {
    let rest = text.trim_start_matches(|char: char| char.is_ascii_alphabetic());
    let tail = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    tail.chars().all(|char| char.is_ascii_alphabetic()).then_some((
        text.len() - rest.len(),
        rest.len() - tail.len(),
        tail.len(),
    ))
}

/// Seven characters, digits and letters mixed; digits only when announced.
fn is_cui(token: &Token<'_>, direct: bool) -> bool {
    let digits = token.text.bytes().filter(u8::is_ascii_digit).count();
    token.text.len() == 7 && (token.class == Class::Mixed && digits >= 2 || direct && digits == 7)
}

/// "C.F." and "C.U.I.", met at their last letter.
fn spelt_with_dots(tokens: &Tokens<'_>, at: usize) -> Option<Cue> {
    let spells = |letters: &[&str]| {
        letters.iter().rev().zip((0..).step_by(2)).all(|(letter, back)| {
            let dot = back == 0 || tokens.before(at, back - 1).is_some_and(|sign| sign.is('.'));
            dot && tokens
                .before(at, back)
                .is_some_and(|word| word.text.eq_ignore_ascii_case(letter))
        })
    };
    // Most words are longer than one letter and leave here.
    if tokens.get(at)?.text.len() != 1 {
        return None;
    }
    if spells(&["c", "f"]) {
        return Some(Cue::Fiscal);
    }
    spells(&["c", "u", "i"]).then_some(Cue::Cui)
}

/// "di cui", "per cui": the pronoun, not the code.
fn is_pronoun(tokens: &Tokens<'_>, at: usize) -> bool {
    const BEFORE: [&str; 11] =
        ["a", "ad", "con", "da", "di", "fra", "in", "per", "su", "tra", "secondo"];
    tokens.get(at).is_some_and(|word| word.text == "cui")
        && tokens
            .before(at, 1)
            .is_some_and(|word| BEFORE.iter().any(|known| word.text.eq_ignore_ascii_case(known)))
}

/// A word of a sentence: "cui" is also the commonest pronoun, so nothing but
/// the words for number and code may stand between it and its value.
fn is_prose(token: &Token<'_>) -> bool {
    const BETWEEN: [&str; 9] =
        ["n", "nr", "num", "numero", "codice", "è", "assegnato", "univoco", "identificativo"];
    token.class != Class::Sign && !BETWEEN.iter().any(|word| token.text.eq_ignore_ascii_case(word))
}

fn is_number_sign(token: &Token<'_>) -> bool {
    const SIGNS: [&str; 8] = ["n", "nr", "num", "numero", "nro", "id", "codice", "serie"];
    token.is_one_of(&[':', '°', '#', '='])
        || SIGNS.iter().any(|sign| token.text.eq_ignore_ascii_case(sign))
}

/// "pratica Vestanet n. …", "Vestanet, fascicolo n. …" speak of one number.
fn is_of_the_file(kind: Kind, token: &Token<'_>) -> bool {
    kind == Kind::Vestanet
        && ["pratica", "fascicolo"].iter().any(|word| token.text.eq_ignore_ascii_case(word))
}

/// "titolo" alone is a heading; "titolo di soggiorno" is a permit.
fn says_residence(tokens: &Tokens<'_>, at: usize) -> bool {
    (at + 1..=at + 3)
        .filter_map(|place| tokens.get(place))
        .any(|token| token.text.eq_ignore_ascii_case("soggiorno"))
}

/// Whether the codice fiscale spoken of is a body's: its name or VAT number
/// stands just before.
fn is_of_an_organisation(tokens: &Tokens<'_>, at: usize) -> bool {
    (1..=8).map_while(|back| tokens.before(at, back)).any(|token| {
        token.cue == Some(Cue::Thing)
            || ["iva", "piva"].iter().any(|word| token.text.eq_ignore_ascii_case(word))
    })
}
