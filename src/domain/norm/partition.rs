//! The part of an act that is cited: article, paragraph, letter, item.
//!
//! Deliberately absent: sections, titles and chapters of an act; nobody cites
//! them when two offices disagree on an article.
//!
//! Depends on: nothing in this crate.

use super::urn_error::UrnErrorCode;

/// The latin suffixes that number what was inserted later ("5-bis").
///
/// A closed list: the grammar of the project, plus the compounds of *vicies*
/// and *tricies* and the four forms the statute book itself uses beside the
/// regular ones (*quindecies*, *sexdecies*, *duodevicies*, *undevicies*: for
/// instance D.Lgs. 231/2001, art. 25-duodevicies). A suffix keeps the spelling
/// of the act: two spellings are two articles.
pub const LATIN_SUFFIXES: [&str; 34] = [
    "bis",
    "ter",
    "quater",
    "quinquies",
    "sexies",
    "septies",
    "octies",
    "novies",
    "decies",
    "undecies",
    "duodecies",
    "terdecies",
    "quaterdecies",
    "quinquiesdecies",
    "quindecies",
    "sexiesdecies",
    "sexdecies",
    "septiesdecies",
    "octiesdecies",
    "duodevicies",
    "noviesdecies",
    "undevicies",
    "vicies",
    "viciessemel",
    "viciesbis",
    "viciester",
    "viciesquater",
    "viciesquinquies",
    "viciessexies",
    "viciessepties",
    "viciesocties",
    "viciesnovies",
    "tricies",
    "triciessemel",
];

/// The number or letter of one level: `5bis` in a URN, "5-bis" on paper.
///
/// Digits are kept as written: articles 1 and 01 are two articles of the same
/// decree.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// What stands before the suffix: "5", "1.1", "d".
    start: String,
    latin: Option<&'static str>,
    /// What stands after the suffix, with its dot: ".1" in "5-bis.1".
    end: String,
}

impl Label {
    /// As in a URN: `5bis`, `1.1`, `d`.
    pub fn canonical(&self) -> String {
        format!("{}{}{}", self.start, self.latin.unwrap_or_default(), self.end)
    }

    /// As on paper: "5-bis", "1.1", "d".
    pub fn reading(&self) -> String {
        match self.latin {
            Some(latin) => format!("{}-{latin}{}", self.start, self.end),
            None => format!("{}{}", self.start, self.end),
        }
    }
}

/// A place inside an act. There is always an article; a letter may stand
/// directly under it (articles of one paragraph), an item may not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// The article.
    pub article: Label,
    /// The paragraph (*comma*).
    pub paragraph: Option<Label>,
    /// The letter (*lettera*).
    pub letter: Option<Label>,
    /// The item (*numero*).
    pub item: Option<Label>,
}

impl Partition {
    /// As in a URN, after the tilde: `art19-com2-letdbis`.
    pub fn canonical(&self) -> String {
        let mut text = format!("art{}", self.article.canonical());
        let below = [("com", &self.paragraph), ("let", &self.letter), ("num", &self.item)];
        for (level, label) in below {
            if let Some(label) = label {
                text.push('-');
                text.push_str(level);
                text.push_str(&label.canonical());
            }
        }
        text
    }

    /// Reads what stands after the tilde, already in lower case.
    pub(super) fn parse(text: &str) -> Result<Self, UrnErrorCode> {
        let mut tokens = text.split('-');
        let (first, label) = read(tokens.next().unwrap_or_default(), None)?;
        let mut partition = Self { article: label, paragraph: None, letter: None, item: None };
        let mut last = first;
        for token in tokens {
            let (level, label) = read(token, Some(last))?;
            match level {
                Level::Article => partition.article = label,
                Level::Paragraph => partition.paragraph = Some(label),
                Level::Letter => partition.letter = Some(label),
                Level::Item => partition.item = Some(label),
            }
            last = level;
        }
        Ok(partition)
    }
}

/// Whether the text is a latin suffix of the closed list.
pub(super) fn latin_suffix(text: &str) -> Option<&'static str> {
    LATIN_SUFFIXES.into_iter().find(|suffix| *suffix == text)
}

#[derive(Clone, Copy)]
enum Level {
    Article,
    Paragraph,
    Letter,
    Item,
}

impl Level {
    fn split(token: &str) -> Option<(Self, &str)> {
        let levels = [
            ("art", Self::Article),
            ("com", Self::Paragraph),
            ("let", Self::Letter),
            ("num", Self::Item),
        ];
        levels.into_iter().find_map(|(name, level)| Some((level, token.strip_prefix(name)?)))
    }

    fn may_follow(self, last: Option<Self>) -> bool {
        matches!(
            (last, self),
            (None, Self::Article)
                | (Some(Self::Article), Self::Paragraph | Self::Letter)
                | (Some(Self::Paragraph), Self::Letter | Self::Item)
                | (Some(Self::Letter), Self::Item)
        )
    }

    fn label(self, text: &str) -> Option<Label> {
        match self {
            Self::Article => {
                let (start, rest) = take_number(text)?;
                let (latin, end) = match rest.split_once('.') {
                    Some((latin, point)) => (latin, format!(".{}", whole_number(point)?)),
                    None => (rest, String::new()),
                };
                label(start, latin, end)
            }
            Self::Paragraph => {
                let (start, rest) = take_number(text)?;
                match rest.strip_prefix('.') {
                    Some(rest) => {
                        let (point, latin) = take_number(rest)?;
                        label(&format!("{start}.{point}"), latin, String::new())
                    }
                    None => label(start, rest, String::new()),
                }
            }
            Self::Letter => (1..=2).find_map(|letters| {
                let (start, latin) = text.split_at_checked(letters)?;
                let alphabetic = start.bytes().all(|byte| byte.is_ascii_lowercase());
                if alphabetic { label(start, latin, String::new()) } else { None }
            }),
            Self::Item => {
                let (start, latin) = take_number(text)?;
                label(start, latin, String::new())
            }
        }
    }
}

fn read(token: &str, last: Option<Level>) -> Result<(Level, Label), UrnErrorCode> {
    if last.is_some() && latin_suffix(token).is_some() {
        return Err(UrnErrorCode::ArticleSuffixHyphen);
    }
    let (level, value) = Level::split(token).ok_or(UrnErrorCode::Partition)?;
    if !level.may_follow(last) {
        return Err(UrnErrorCode::PartitionOrder);
    }
    let label = level.label(value).ok_or(UrnErrorCode::Partition)?;
    Ok((level, label))
}

fn label(start: &str, latin: &str, end: String) -> Option<Label> {
    let latin = if latin.is_empty() { None } else { Some(latin_suffix(latin)?) };
    Some(Label { start: start.to_owned(), latin, end })
}

/// Splits the digits off the front: 1 to 5 of them, not all zero.
fn take_number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let sound = (1..=5).contains(&digits.len()) && digits.bytes().any(|byte| byte != b'0');
    sound.then_some((digits, rest))
}

fn whole_number(text: &str) -> Option<&str> {
    take_number(text).filter(|(_, rest)| rest.is_empty()).map(|(digits, _)| digits)
}
