//! Proposals: the URN that was probably meant.
//!
//! Each code has at most one repair; repairs are applied one after the other,
//! so that a text with two slips still gets its proposal. A proposal is only
//! made if it parses.
//!
//! Deliberately absent: guesses that change the meaning. A missing day, a
//! missing article or two versions are for the person to settle.
//!
//! Depends on: nothing in this crate.

use super::partition::latin_suffix;
use super::pasted::MAX_LENGTH;
use super::urn::NirUrn;
use super::urn_error::UrnErrorCode as Code;

/// More slips than this in one URN, and it is another text.
const MOST_REPAIRS: usize = 5;

/// The canonical URN that `text`, refused for `code`, was probably meant to be.
pub(super) fn suggest(mut text: String, mut code: Code) -> Option<String> {
    for _ in 0..MOST_REPAIRS {
        text = repair(&text, code)?;
        match NirUrn::read(&text) {
            Ok(urn) => return Some(urn.canonical()).filter(|text| text.len() <= MAX_LENGTH),
            Err(next) => code = next,
        }
    }
    None
}

fn repair(text: &str, code: Code) -> Option<String> {
    let repaired = match code {
        Code::Prefix => prefix(text)?,
        Code::LexNamespace => {
            let rest = text.strip_prefix("urn:lex:")?;
            format!("urn:nir:{}", rest.strip_prefix("it:").unwrap_or(rest))
        }
        Code::Whitespace => join_words(text),
        Code::FragmentHash => text.replacen('#', "~", 1),
        Code::Authority => field(text, 2, |name| rejoin(name, &['+', ';'], &['.', '_']))?,
        Code::Type => field(text, 3, |name| rejoin(name, &[';'], &['.', '-', '_', '\'']))?,
        Code::Date => field(text, 4, date)?,
        Code::Number => field(text, 4, number)?,
        Code::PartitionColon => {
            let (act, place) = text.rsplit_once(":art")?;
            format!("{act}~art{place}")
        }
        Code::Partition => partition(text)?,
        Code::ArticleSuffixHyphen => glue_suffixes(text)?,
        Code::Version => version(text)?,
        Code::Empty
        | Code::TooLong
        | Code::MissingField
        | Code::DateYearOnly
        | Code::NumberMissing
        | Code::PartitionOrder => return None,
    };
    (repaired != text).then_some(repaired)
}

/// A URN inside other words, or without its first word, or with spaces in its
/// first words.
fn prefix(text: &str) -> Option<String> {
    if text.starts_with("nir:") {
        return Some(format!("urn:{text}"));
    }
    if let Some((_, rest)) = text.split_once("urn:nir:") {
        let urn = rest.split(char::is_whitespace).next().unwrap_or_default();
        return Some(format!("urn:nir:{urn}"));
    }
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    joined.starts_with("urn:nir:").then_some(joined)
}

/// Between two words of a name white space stood for a dot; elsewhere it is
/// only in the way.
fn join_words(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let in_names = joined.matches(':').count() < 4;
        let between_words = joined.ends_with(|c: char| c.is_ascii_alphanumeric())
            && word.starts_with(|c: char| c.is_ascii_alphanumeric());
        if in_names && between_words {
            joined.push('.');
        }
        joined.push_str(word);
    }
    joined
}

/// Rewrites one of the fields between colons (`urn` is field 0), leaving
/// partition and version alone.
fn field(text: &str, index: usize, rewrite: impl Fn(&str) -> Option<String>) -> Option<String> {
    let (head, tail) = text.split_at(text.find(['~', '!', '@']).unwrap_or(text.len()));
    let mut fields: Vec<String> = head.split(':').map(str::to_owned).collect();
    let found = fields.get_mut(index)?;
    *found = rewrite(found)?;
    Some(fields.join(":") + tail)
}

/// Splits names into words at `breaks` and joins them by single dots.
fn rejoin(names: &str, separators: &[char], breaks: &[char]) -> Option<String> {
    let mut text = String::with_capacity(names.len());
    for piece in names.split_inclusive(separators) {
        let name = piece.trim_end_matches(separators);
        let words: Vec<&str> = name.split(breaks).filter(|word| !word.is_empty()).collect();
        text.push_str(&words.join("."));
        text.push_str(piece.strip_prefix(name)?);
    }
    Some(text)
}

/// `07-04-2017`, `2017/04/07`, `2017-4-7`, `2017-04-07/47`: day, month and year
/// in the order Italians write them, or the number after a stroke.
fn date(dated: &str) -> Option<String> {
    let (date, number) = match dated.split_once(';') {
        Some((date, number)) => (date, Some(number)),
        None => (dated, None),
    };
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let (day, month, year, number) = match (parts.as_slice(), number) {
        ([year, month, day], number) if year.len() == 4 => (day, month, year, number),
        ([day, month, year], number) if year.len() == 4 => (day, month, year, number),
        ([year, month, day, number], None) if year.len() == 4 => (day, month, year, Some(*number)),
        _ => return None,
    };
    let number = number.map(|number| format!(";{number}")).unwrap_or_default();
    Some(format!("{year}-{month:0>2}-{day:0>2}{number}"))
}

/// `;047` for `;47`.
fn number(dated: &str) -> Option<String> {
    let (date, number) = dated.split_once(';')?;
    Some(format!("{date};{}", number.trim_start_matches('0')))
}

/// The words people write in full, and a second tilde.
fn partition(text: &str) -> Option<String> {
    let (head, tail) = text.split_once('~')?;
    let mut tail = tail.replace('~', "-");
    let short = [
        ("articolo", "art"),
        ("art.", "art"),
        ("comma", "com"),
        ("com.", "com"),
        ("lettera", "let"),
        ("lett.", "let"),
        ("let.", "let"),
        ("numero", "num"),
        ("num.", "num"),
    ];
    for (long, level) in short {
        tail = tail.replace(long, level);
    }
    Some(format!("{head}~{tail}"))
}

/// `~art5-bis` for `~art5bis`, at every level.
fn glue_suffixes(text: &str) -> Option<String> {
    let (head, tail) = text.split_once('~')?;
    let (partition, after) = tail.split_at(tail.find(['!', '@']).unwrap_or(tail.len()));
    let mut glued = String::with_capacity(partition.len());
    for (index, token) in partition.split('-').enumerate() {
        if index > 0 && latin_suffix(token).is_none() {
            glued.push('-');
        }
        glued.push_str(token);
    }
    Some(format!("{head}~{glued}{after}"))
}

/// `!vig` for `!vig=`, `@vig=2020-01-01` for `!vig=2020-01-01`.
fn version(text: &str) -> Option<String> {
    if let Some(act) = text.strip_suffix("!vig") {
        return Some(format!("{act}!vig="));
    }
    text.contains("@vig=").then(|| text.replacen("@vig=", "!vig=", 1))
}
