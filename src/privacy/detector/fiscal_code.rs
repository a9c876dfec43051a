//! The codice fiscale: the personal one of 16 characters, and the check of the
//! numeric one of 11.
//!
//! Source: decree of the Minister of Finance of 23 December 1976 (n. 13813):
//! structure, check letter, and the letters that stand for digits when two
//! persons would have the same code (*omocodia*).
//!
//! Depends on: nothing in this crate.

use super::tokens::{DASHES, Tokens};
use super::{Hit, Kind};

/// Where a writer may put a space, dot or dash: after surname, name, year,
/// month, day, the place's letter and the place.
const GROUP_ENDS: [usize; 7] = [3, 6, 8, 9, 11, 12, 15];

/// Places that hold a digit or the letter that stands for it.
const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];

/// Letters that stand for the digits 0 to 9.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";

/// Letters of the months, January first.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";

/// Values of the digits 0 to 9 (and letters A to J) in odd places, counted from 1.
const ODD: [u32; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// A codice fiscale that begins with the token `at`.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let first = tokens.get(at)?;
    // Written in the boxes of a form: one character, one space, sixteen times.
    let boxed = first.text.len() == 1;
    // Most words are of no length that a group has, and leave here.
    if !boxed && first.text.len() != 16 && !GROUP_ENDS.contains(&first.text.len()) {
        return None;
    }
    let mut code = Vec::with_capacity(16);
    let mut next = at;
    loop {
        let token = tokens.get(next)?;
        if !token.text.is_ascii()
            || code.len() + token.text.len() > 16
            || boxed && token.text.len() != 1
        {
            return None;
        }
        let new = token.text.bytes().map(|byte| byte.to_ascii_uppercase());
        if !(code.len()..).zip(new.clone()).all(|(place, byte)| may_stand(place, byte)) {
            return None;
        }
        code.extend(new);
        if code.len() == 16 {
            break;
        }
        if !boxed && !GROUP_ENDS.contains(&code.len()) {
            return None;
        }
        next += 1;
        // At most two signs ("RSS. - MRA") between two groups.
        for _ in 0..2 {
            if tokens.get(next).is_some_and(|sign| sign.is_one_of(&SEPARATORS)) {
                next += 1;
            }
        }
    }
    let code: [u8; 16] = code.try_into().ok()?;
    // Words of a sentence can fit the pattern only without a single digit.
    let digits = DIGIT_PLACES.iter().filter(|place| is_digit(&code, **place)).count();
    if next > at && digits < 2 || !is_valid(&code) {
        return None;
    }
    Some(Hit { kind: Kind::FiscalCode, start: first.start, end: tokens.get(next)?.end() })
}

/// Whether 11 digits end in the right check digit (that of VAT numbers too).
pub(super) fn is_numeric_code(digits: &str) -> bool {
    if digits.len() != 11 {
        return false;
    }
    let mut sum = 0;
    for (place, char) in digits.chars().enumerate() {
        let Some(digit) = char.to_digit(10) else { return false };
        sum += match place % 2 {
            0 => digit,
            _ if digit < 5 => digit * 2,
            _ => digit * 2 - 9,
        };
    }
    sum % 10 == 0 && digits.bytes().any(|digit| digit != b'0')
}

const SEPARATORS: [char; 8] = {
    let [a, b, c, d, e] = DASHES;
    [a, b, c, d, e, '.', '/', '_']
};

fn is_digit(code: &[u8; 16], place: usize) -> bool {
    code.get(place).is_some_and(u8::is_ascii_digit)
}

/// Whether a codice fiscale may have such a character at a place.
fn may_stand(place: usize, byte: u8) -> bool {
    match place {
        8 => MONTHS.contains(&byte),
        _ if DIGIT_PLACES.contains(&place) => byte.is_ascii_digit() || OMOCODIA.contains(&byte),
        _ => byte.is_ascii_uppercase(),
    }
}

fn is_valid(code: &[u8; 16]) -> bool {
    let digit = |place: usize| code.get(place).copied().and_then(digit_value).unwrap_or(99);
    let day = digit(9) * 10 + digit(10);
    // Women's days are counted from 41.
    matches!(day, 1..=31 | 41..=71) && code.last() == check_letter(code).as_ref()
}

/// The digit that a character stands for.
fn digit_value(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        _ => OMOCODIA.iter().position(|letter| *letter == byte).and_then(|n| u32::try_from(n).ok()),
    }
}

/// The letter that follows from the first fifteen characters.
fn check_letter(code: &[u8; 16]) -> Option<u8> {
    let mut sum = 0;
    for (place, byte) in code.iter().take(15).enumerate() {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A',
            _ => return None,
        };
        // Places are counted from 1 in the decree, from 0 here.
        sum += if place % 2 == 0 { *ODD.get(usize::from(value))? } else { u32::from(value) };
    }
    u8::try_from(sum % 26).ok().map(|letter| b'A' + letter)
}
