//! The IBAN (ISO 13616).
//!
//! Depends on: nothing in this crate.

use super::tokens::{Class, DASHES, Tokens};
use super::{Hit, Kind};

/// Countries and the length of their IBAN: Europe, and the countries from which
/// people in reception most often have an account.
const LENGTHS: &[(&str, usize)] = &[
    ("AL", 28),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("BR", 29),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IQ", 23),
    ("IT", 27),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("XK", 20),
];

/// An IBAN that begins with the token `at`.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let first = tokens.get(at)?;
    // Check digits follow the country at once: prose is left here.
    if first.text.as_bytes().get(2).is_some_and(|check| !check.is_ascii_digit()) {
        return None;
    }
    let country = first.text.get(..2)?;
    let (_, length) = LENGTHS.iter().find(|(known, _)| known.eq_ignore_ascii_case(country))?;
    let mut code = Vec::with_capacity(*length);
    let mut next = at;
    loop {
        let token = tokens.get(next)?;
        if !token.text.is_ascii() || token.class == Class::Sign {
            return None;
        }
        code.extend(token.text.bytes().map(|byte| byte.to_ascii_uppercase()));
        // Country and check digits come first, so that prose is left at once.
        if code.get(2..4).is_some_and(|check| !check.iter().all(u8::is_ascii_digit)) {
            return None;
        }
        if code.len() >= *length {
            break;
        }
        next += 1;
        if tokens.get(next).is_some_and(|sign| sign.is_one_of(&DASHES)) {
            next += 1;
        }
    }
    let whole = code.len() == *length && remainder(&code)? == 1;
    let end = tokens.get(next)?.end();
    whole.then_some(Hit { kind: Kind::Iban, start: first.start, end })
}

/// The remainder by 97 of the number that the code spells, its first four
/// characters moved to the end and its letters read as 10 to 35.
fn remainder(code: &[u8]) -> Option<u32> {
    let (head, tail) = code.split_at_checked(4)?;
    tail.iter().chain(head).try_fold(0, |rest, byte| match byte {
        b'0'..=b'9' => Some((rest * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}
