//! Telephone numbers, Italian and (after a `+`) of any country.
//!
//! A number is a run of digit groups. What tells a telephone from a protocol
//! number, a date or a sum is its beginning (3 for mobiles, an area code for the
//! rest), the way it is grouped, and the words before it.
//!
//! Depends on: nothing in this crate.

use super::lexicon::Cue;
use super::tokens::{Class, DASHES, Tokens};
use super::{Hit, Kind};

/// How many tokens back a word may stand that says what the number is.
const LOOK_BACK: usize = 6;

/// More groups than anybody writes a number in.
const MOST_GROUPS: usize = 7;

/// More digits than any number has, its country code included.
const MOST_DIGITS: usize = 17;

/// Digits that follow one another with one space or sign between the groups.
struct Groups<'t> {
    texts: Vec<&'t str>,
    /// The token of the last group.
    last: usize,
    /// Whether the groups are separated by full stops only.
    dotted: bool,
}

/// A telephone number that begins with the token `at`, be it a digit, the `+` or
/// the bracket around an area code.
pub(super) fn find(tokens: &Tokens<'_>, at: usize) -> Option<Hit> {
    let token = tokens.get(at)?;
    let international = token.is('+');
    let first = if token.class == Class::Digits {
        if continues_a_code(tokens, at) || is_in_brackets(tokens, at) {
            return None;
        }
        at
    } else {
        let starts = international || token.is('(') && is_in_brackets(tokens, at + 1);
        if !starts || tokens.glued_after(at)?.class != Class::Digits || is_glued(tokens, at) {
            return None;
        }
        at + 1
    };
    let announced = announced(tokens, at);
    if announced == Some(Cue::Reference) {
        return None;
    }
    // The longest reading wins; a shorter one is tried because what follows
    // after a space may be another number.
    let groups = groups(tokens, first);
    (1..=groups.len()).rev().find_map(|count| {
        let places = groups.get(..count)?;
        if !has_a_length(tokens, places, international) {
            return None;
        }
        let groups = cut(tokens, first, places)?;
        let is_phone = if international {
            is_international(&groups)
        } else {
            is_italian(&groups, announced == Some(Cue::Phone))
        };
        let end = tokens.get(groups.last)?.end();
        (is_phone && !goes_on(tokens, groups.last)).then_some(Hit {
            kind: Kind::Phone,
            start: token.start,
            end,
        })
    })
}

/// The tokens of the digit groups from `first` on.
fn groups(tokens: &Tokens<'_>, first: usize) -> Vec<usize> {
    let digits = |place: usize| tokens.get(place).map_or(0, |token| token.text.len());
    let mut places = vec![first];
    let mut at = first;
    let mut count = digits(first);
    while places.len() < MOST_GROUPS {
        let Some(next) = next_group(tokens, at) else { break };
        count += digits(next);
        if count > MOST_DIGITS {
            break;
        }
        places.push(next);
        at = next;
    }
    places
}

/// The next group after the one at `at`: after one space, or one glued sign.
fn next_group(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let is_digits =
        |place: usize| tokens.get(place).is_some_and(|token| token.class == Class::Digits);
    let mut gap = tokens.gap_after(at).chars();
    if matches!((gap.next(), gap.next()), (Some(' ' | '\u{a0}' | '\u{202f}'), None)) {
        return is_digits(at + 1).then_some(at + 1);
    }
    let sign = tokens.glued_after(at)?;
    let glued = sign.is_one_of(&['.', '/', ')']) || sign.is_one_of(&DASHES);
    // "(051) 219 3111": after the bracket a space may stand.
    let follows = tokens.glued_after(at + 1).is_some() || sign.is(')');
    (glued && follows && is_digits(at + 2)).then_some(at + 2)
}

/// Whether a number may have as many digits. Nearly everything that is none leaves here.
fn has_a_length(tokens: &Tokens<'_>, places: &[usize], international: bool) -> bool {
    let texts = || places.iter().filter_map(|place| tokens.get(*place)).map(|token| token.text);
    let lengths = match texts().next().and_then(|first| first.bytes().next()) {
        _ if international => 8..=15,
        Some(b'3') => 9..=10,
        Some(b'0') => 6..=15,
        _ => return false,
    };
    lengths.contains(&texts().map(str::len).sum::<usize>())
}

fn cut<'t>(tokens: &Tokens<'t>, first: usize, places: &[usize]) -> Option<Groups<'t>> {
    let last = *places.last()?;
    let texts = places.iter().filter_map(|place| tokens.get(*place)).map(|token| token.text);
    let dotted = places
        .iter()
        .zip(places.iter().skip(1))
        .all(|(here, next)| next - here == 2 && tokens.get(here + 1).is_some_and(|t| t.is('.')));
    Some(Groups { texts: texts.collect(), last, dotted: dotted && last > first })
}

fn is_international(groups: &Groups<'_>) -> bool {
    let digits = groups.texts.concat();
    match digits.strip_prefix("39") {
        // Without its trunk zero an Italian number is still one after +39.
        Some(rest) => (8..=11).contains(&rest.len()),
        None => (8..=15).contains(&digits.len()) && !is_amount(groups),
    }
}

fn is_italian(groups: &Groups<'_>, announced: bool) -> bool {
    let digits = groups.texts.concat();
    if let Some(rest) = digits.strip_prefix("0039") {
        return (8..=11).contains(&rest.len());
    }
    if is_date(groups) || is_amount(groups) {
        return false;
    }
    let Some(first) = groups.texts.first() else { return false };
    if digits.starts_with('3') {
        return is_mobile(&digits, first.len(), groups, announced);
    }
    if !digits.starts_with('0') {
        return false;
    }
    let Some(area) = area_code(&digits) else { return false };
    let subscriber = digits.len() - area;
    // The area code stands alone, or nothing is separated at all.
    let grouped = first.len() == area && groups.texts.iter().skip(1).all(|text| text.len() >= 2);
    let whole = groups.texts.len() == 1;
    match (grouped, whole) {
        (true, _) => (if announced { 4..=8 } else { 5..=8 }).contains(&subscriber),
        (_, true) if announced => (4..=8).contains(&subscriber),
        (_, true) => (9..=10).contains(&digits.len()) && subscriber >= 5,
        // Groups cut anywhere: only when the writer says that it is a number.
        _ => announced && (5..=8).contains(&subscriber),
    }
}

fn is_mobile(digits: &str, first: usize, groups: &Groups<'_>, announced: bool) -> bool {
    let known = digits.as_bytes().get(1).is_some_and(|second| *second != b'0');
    let evenly = groups.texts.iter().skip(1).all(|text| text.len() >= 2);
    match digits.len() {
        10 => known && (first >= 3 && evenly || announced),
        9 => known && (announced || first == 3 && groups.texts.len() == 2),
        _ => false,
    }
}

/// How many digits of a landline number are its area code.
fn area_code(digits: &str) -> Option<usize> {
    let mut digits = digits.bytes().skip(1);
    let (second, third, fourth) = (digits.next()?, digits.next()?, digits.next()?);
    match (second, third) {
        (b'2' | b'6', b'1'..=b'9' | b'0') => Some(2),
        (b'1' | b'3'..=b'5' | b'7'..=b'9', b'0' | b'1' | b'5' | b'9') => Some(3),
        (b'1' | b'3'..=b'5' | b'7'..=b'9', _) if fourth != b'0' => Some(4),
        _ => None,
    }
}

/// Groups of two, two and two or four digits that can be a day and a month, or
/// a month or day and a year.
fn is_date(groups: &Groups<'_>) -> bool {
    let number = |text: &&str| text.parse::<u32>().unwrap_or(0);
    let is_year = |year: u32| (1900..=2100).contains(&year);
    match groups.texts.as_slice() {
        [day, month, year, ..] if day.len() <= 2 && month.len() <= 2 => {
            (1..=31).contains(&number(day))
                && (1..=12).contains(&number(month))
                && (year.len() == 2 || is_year(number(year)))
        }
        [month, year, ..] if month.len() <= 2 && year.len() == 4 => {
            (1..=31).contains(&number(month)) && is_year(number(year))
        }
        _ => false,
    }
}

/// Thousands: after the first group all have three digits, with full stops.
fn is_amount(groups: &Groups<'_>) -> bool {
    groups.dotted && groups.texts.iter().skip(1).all(|text| text.len() == 3)
}

/// Whether the run goes on as a code, a decimal or a date and so is no number.
fn goes_on(tokens: &Tokens<'_>, last: usize) -> bool {
    let Some(sign) = tokens.glued_after(last) else { return false };
    if sign.class != Class::Sign {
        return true;
    }
    let joins = sign.is_one_of(&['/', '.', ',', '_', '%', '@', ':']) || sign.is_one_of(&DASHES);
    joins && tokens.glued_after(last + 1).is_some_and(|next| next.class != Class::Sign)
        || sign.is_one_of(&['%', '€'])
}

fn is_glued(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.glued_before(at).is_some_and(|before| before.class != Class::Sign)
}

/// "(051)": the bracket begins the number. A whole number may stand in brackets
/// too, but there they are the sentence's.
fn is_in_brackets(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at).is_some_and(|area| area.text.len() <= 4)
        && tokens.glued_before(at).is_some_and(|sign| sign.is('('))
        && tokens.glued_after(at).is_some_and(|sign| sign.is(')'))
}

/// Whether the digits are the tail of something longer: `PG/2024/0512345678`,
/// `1.333 1234567`, `IT60-0512345678`.
fn continues_a_code(tokens: &Tokens<'_>, at: usize) -> bool {
    let Some(sign) = tokens.glued_before(at) else { return false };
    let joins = sign.is_one_of(&['/', '_', ',', '#', '~', '@', '=']) || sign.is_one_of(&DASHES);
    if !joins && !sign.is_one_of(&['.', ':']) {
        return false;
    }
    match at.checked_sub(1).and_then(|sign| tokens.glued_before(sign)) {
        Some(before) if before.cue == Some(Cue::Phone) => false,
        Some(before) => before.class != Class::Sign && (joins || before.class != Class::Word),
        None => false,
    }
}

/// The nearest word before the number that says what it is.
fn announced(tokens: &Tokens<'_>, at: usize) -> Option<Cue> {
    for back in 1..=LOOK_BACK {
        let token = tokens.before(at, back)?;
        if token.is('€') && back == 1 {
            return Some(Cue::Reference);
        }
        match token.cue {
            Some(cue @ (Cue::Phone | Cue::Reference)) => return Some(cue),
            _ if at.checked_sub(back).is_some_and(|place| tokens.ends_sentence(place)) => {
                return None;
            }
            _ => {}
        }
    }
    None
}
