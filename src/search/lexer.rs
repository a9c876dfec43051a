//! Cuts folded text into words, numbers, dates and codes.
//!
//! A run is letters and digits, with `.`, `/` and `-` inside it. A run without
//! digits is one abbreviation ("d.lgs") or several words; a run with digits
//! stays whole ("142/2015", "5-bis", "s-2026/42"), because a citation cut to
//! pieces finds every text that has the same year. Leading zeros are dropped
//! everywhere, so that "S-2026/0042" and "s-2026/42" are the same.
//!
//! Deliberately absent: any knowledge of what a word means.
//!
//! Depends on: nothing in this crate.

use std::ops::Range;

/// The longest word or code kept, in bytes; the rest of a longer one is cut,
/// alike in text and query. No Italian word comes near it, pasted data does.
const LONGEST: usize = 64;

/// Prefixes written with or without a hyphen: "co-progettazione".
const JOINED_PREFIXES: [&str; 15] = [
    "anti", "auto", "bi", "co", "e", "extra", "inter", "multi", "neo", "post", "pre", "ri", "semi",
    "sotto", "sub",
];

/// What follows the number of an inserted article or comma ("5-bis").
const LATIN: [&str; 19] = [
    "bis",
    "ter",
    "quater",
    "quinquies",
    "sexies",
    "septies",
    "octies",
    "novies",
    "nonies",
    "decies",
    "undecies",
    "duodecies",
    "terdecies",
    "quaterdecies",
    "quinquiesdecies",
    "quinquesdecies",
    "sexiesdecies",
    "noviesdecies",
    "vicies",
];

/// Whether a word is the Latin part of an article number.
pub(super) fn is_latin_ordinal(word: &str) -> bool {
    LATIN.contains(&word)
}

/// What a piece of text is, by its form alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters only.
    Word,
    /// Digits only, without leading zeros.
    Number,
    /// Digits and a Latin ordinal, joined by a hyphen: `5-bis`.
    Ordinal,
    /// A full date as `YYYY-MM-DD`.
    Date,
    /// Digits with letters or separators: `142/2015`, `s-2026/42`, `1.1`.
    Code,
}

/// One piece of text; its spelling is a range of `Lexemes`.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    range: Range<usize>,
}

/// The pieces of one text, reusable so that analysing allocates little.
#[derive(Debug, Default)]
pub(super) struct Lexemes {
    spellings: String,
    list: Vec<Lexeme>,
}

impl Lexemes {
    /// The pieces in reading order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Kind, &str)> {
        self.list.iter().map(|lexeme| (lexeme.kind, self.spelling(lexeme)))
    }

    fn spelling(&self, lexeme: &Lexeme) -> &str {
        self.spellings.get(lexeme.range.clone()).unwrap_or_default()
    }

    /// Replaces the pieces by those of `folded`, a text made by
    /// `fold_into`.
    pub(super) fn read(&mut self, folded: &str) {
        self.spellings.clear();
        self.list.clear();
        let bytes = folded.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !is_wordish(byte) {
                at += 1;
                continue;
            }
            let start = at;
            let (mut digits, mut joints) = (false, false);
            while let Some(&byte) = bytes.get(at) {
                if is_wordish(byte) {
                    digits |= byte.is_ascii_digit();
                } else if is_joint(byte) && bytes.get(at + 1).copied().is_some_and(is_wordish) {
                    joints = true;
                } else {
                    break;
                }
                at += 1;
            }
            let run = folded.get(start..at).unwrap_or_default();
            // "l'ufficio", "d'asilo": a lone letter before an apostrophe is an
            // article; longer elisions are in the list of stop words.
            let elided = run.len() == 1 && bytes.get(at) == Some(&b'\'');
            match (digits, joints) {
                _ if elided => {}
                (false, false) => self.push(Kind::Word, run),
                (false, true) => self.read_letters(run),
                (true, _) => self.read_digits(run),
            }
        }
    }

    /// A run of letters with joints: an abbreviation, or several words.
    fn read_letters(&mut self, run: &str) {
        let mut parts = run.split('.');
        let initial = parts.next().is_some_and(|first| first.chars().count() == 1);
        if initial && parts.all(|part| part.len() <= 4 && part.bytes().all(is_wordish)) {
            self.push_parts(Kind::Word, run.split('.'), "");
            return;
        }
        for words in run.split(['.', '/']) {
            match words.split_once('-') {
                Some((prefix, rest)) if JOINED_PREFIXES.contains(&prefix) => {
                    let (word, others) = rest.split_once('-').unwrap_or((rest, ""));
                    self.push_parts(Kind::Word, [prefix, word].into_iter(), "");
                    others.split('-').for_each(|word| self.push(Kind::Word, word));
                }
                _ => words.split('-').for_each(|word| self.push(Kind::Word, word)),
            }
        }
    }

    /// A run with digits: an abbreviation before it is cut off ("art.5").
    fn read_digits(&mut self, run: &str) {
        let first_digit = run.bytes().position(|byte| byte.is_ascii_digit()).unwrap_or(0);
        let (head, tail) = run.split_at_checked(first_digit).unwrap_or(("", run));
        if let Some(abbreviation) = head.strip_suffix('.')
            && !abbreviation.contains(['-', '/'])
        {
            self.read_letters(abbreviation);
            self.read_number(tail);
        } else {
            self.read_number(run);
        }
    }

    /// A number, ordinal, date or code.
    fn read_number(&mut self, run: &str) {
        let digits = run.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = run.split_at_checked(digits).unwrap_or((run, ""));
        let suffix = rest.strip_prefix(['-', '/', '.']).unwrap_or(rest);
        if rest.is_empty() {
            self.push(Kind::Number, number);
        } else if digits > 0 && is_latin_ordinal(suffix) {
            self.push_parts(Kind::Ordinal, [bare(number), suffix].into_iter(), "-");
        } else if let Some(date) = date(run) {
            self.push(Kind::Date, &date);
        } else if is_grouped(run) {
            self.push_parts(Kind::Number, run.split('.'), "");
        } else {
            self.push_code(run);
        }
    }

    fn push(&mut self, kind: Kind, spelling: &str) {
        let spelling = if kind == Kind::Number { bare(spelling) } else { spelling };
        if !spelling.is_empty() {
            self.push_parts(kind, std::iter::once(spelling), "");
        }
    }

    fn push_code(&mut self, run: &str) {
        let start = self.spellings.len();
        for piece in run.split_inclusive(is_joint_char) {
            let part = piece.trim_end_matches(is_joint_char);
            self.spellings.push_str(bare(part));
            self.spellings.push_str(piece.get(part.len()..).unwrap_or_default());
        }
        self.close(Kind::Code, start);
    }

    fn push_parts<'p>(&mut self, kind: Kind, parts: impl Iterator<Item = &'p str>, joint: &str) {
        let start = self.spellings.len();
        for (index, part) in parts.enumerate() {
            if index > 0 {
                self.spellings.push_str(joint);
            }
            self.spellings.push_str(part);
        }
        self.close(kind, start);
    }

    fn close(&mut self, kind: Kind, start: usize) {
        let mut end = self.spellings.len().min(start + LONGEST);
        while !self.spellings.is_char_boundary(end) {
            end -= 1;
        }
        self.spellings.truncate(end);
        self.list.push(Lexeme { kind, range: start..end });
    }
}

/// Folded text has no separators above ASCII.
fn is_wordish(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn is_joint(byte: u8) -> bool {
    matches!(byte, b'.' | b'/' | b'-')
}

/// The same for a character.
pub(super) fn is_joint_char(c: char) -> bool {
    matches!(c, '.' | '/' | '-')
}

/// A number without its leading zeros; anything else unchanged.
fn bare(part: &str) -> &str {
    if part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()) {
        let stripped = part.trim_start_matches('0');
        if stripped.is_empty() { "0" } else { stripped }
    } else {
        part
    }
}

/// "41.289": digits grouped by thousands.
fn is_grouped(run: &str) -> bool {
    let mut groups = run.split('.');
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| digits(first) && matches!(first.len(), 1..=3))
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// "29/5/2024", "29.05.2024", "2024-05-29" as `YYYY-MM-DD`.
fn date(run: &str) -> Option<String> {
    let joint = run.chars().find(|c| is_joint_char(*c))?;
    let mut parts = run.split(joint);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, day) = if first.len() == 4 { (first, third) } else { (third, first) };
    iso_date(year.parse().ok()?, second.parse().ok()?, day.parse().ok()?)
}

/// A date in full, if its parts are in range; the calendar itself is not
/// consulted, since a term only has to be the same on both sides.
pub(super) fn iso_date(year: u16, month: u8, day: u8) -> Option<String> {
    let plausible = is_year(year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    plausible.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// Whether a number reads as the year of an act.
pub(super) fn is_year(number: u16) -> bool {
    (1861..=2199).contains(&number)
}
