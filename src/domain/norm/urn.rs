//! The URN:NIR of an Italian act: parse, compare, write back, link.
//!
//! The grammar is the project's profile (`DOMAIN.md`, "Norm references"); the
//! shared vectors in `tests/data/urn-vectors.json` are its tests.
//!
//! Deliberately absent: knowledge of which acts exist, and repairs. A text is
//! either in the profile or refused; what was probably meant is proposed by
//! `hint.rs` and taken over by nobody but the person.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::partition::{Label, Partition};
use super::urn_error::{UrnError, UrnErrorCode};
use super::{citation, hint, id, pasted};

/// The proclamation of the Kingdom of Italy: no act of the state is older.
pub const EARLIEST_ACT: Date = jiff::civil::date(1861, 3, 17);

const NORMATTIVA: &str = "https://www.normattiva.it/uri-res/N2Ls?";
const PREFIX: &str = "urn:nir:";
const TAIL_MARKERS: [char; 3] = ['~', '!', '@'];

/// An Italian act, or a place inside it, or a version of it.
///
/// Fields are private because together they satisfy the grammar: a `NirUrn`
/// only comes from [`NirUrn::parse`], and serializes as its canonical text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NirUrn {
    authority: String,
    act_type: String,
    date: Date,
    number: Option<String>,
    annexes: Vec<String>,
    partition: Option<Partition>,
    version: Option<Version>,
}

/// Which text of the act is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// `@originale`: as first published.
    Original,
    /// `!vig=` with a date, the text in force on that day; without, on the day
    /// of reading.
    InForce(Option<Date>),
    /// `@date`: the version that begins on that day.
    From(Date),
}

impl Version {
    /// The Italian word of the vectors: "originale", "vigente", "versione".
    pub fn kind(self) -> &'static str {
        match self {
            Self::Original => "originale",
            Self::InForce(_) => "vigente",
            Self::From(_) => "versione",
        }
    }

    /// The date of the version, if it states one.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::Original => None,
            Self::InForce(date) => date,
            Self::From(date) => Some(date),
        }
    }

    fn parse(marker: char, text: &str) -> Result<Self, UrnErrorCode> {
        let dated = |text| real_date(text).ok_or(UrnErrorCode::Version);
        match (marker, text) {
            ('@', "originale") => Ok(Self::Original),
            ('@', date) => Ok(Self::From(dated(date)?)),
            (_, "vig=") => Ok(Self::InForce(None)),
            (_, other) => {
                let date = other.strip_prefix("vig=").ok_or(UrnErrorCode::Version)?;
                Ok(Self::InForce(Some(dated(date)?)))
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Original => f.write_str("@originale"),
            Self::InForce(None) => f.write_str("!vig="),
            Self::InForce(Some(date)) => write!(f, "!vig={date}"),
            Self::From(date) => write!(f, "@{date}"),
        }
    }
}

impl NirUrn {
    /// Reads a URN as people paste it: outer white space, a Normattiva link
    /// around it, percent-encoding, capitals and a version before the
    /// partition are accepted and do not survive into the canonical form.
    ///
    /// # Errors
    ///
    /// [`UrnError`] names the first rule broken, in the order of
    /// [`UrnErrorCode::ALL`] as far as the parts can be told apart, and
    /// proposes a corrected URN where one can be guessed.
    pub fn parse(input: &str) -> Result<Self, UrnError> {
        let text = pasted::normalise(input).map_err(|code| UrnError { code, hint: None })?;
        Self::read(&text).map_err(|code| UrnError { code, hint: hint::suggest(text, code) })
    }

    /// Reads a text that is already trimmed, decoded and in lower case.
    pub(super) fn read(text: &str) -> Result<Self, UrnErrorCode> {
        let rest = text.strip_prefix(PREFIX).ok_or(if text.starts_with("urn:lex:") {
            UrnErrorCode::LexNamespace
        } else {
            UrnErrorCode::Prefix
        })?;
        if rest.contains(char::is_whitespace) {
            return Err(UrnErrorCode::Whitespace);
        }
        if rest.contains('#') {
            return Err(UrnErrorCode::FragmentHash);
        }
        let (head, tail) = rest.split_at(rest.find(TAIL_MARKERS).unwrap_or(rest.len()));
        let act = Self::read_act(head)?;
        let (partition, version) = read_tail(tail)?;
        Ok(Self { partition, version, ..act })
    }

    fn read_act(head: &str) -> Result<Self, UrnErrorCode> {
        let mut fields = head.split(':');
        let (Some(authority), Some(act_type), Some(dated)) =
            (fields.next(), fields.next(), fields.next().filter(|dated| !dated.is_empty()))
        else {
            return Err(UrnErrorCode::MissingField);
        };
        if !authority.split(['+', ';']).all(|name| is_name(name, "-'")) {
            return Err(UrnErrorCode::Authority);
        }
        if !act_type.split(';').all(|name| is_name(name, "")) {
            return Err(UrnErrorCode::Type);
        }
        let (date, number) = match dated.split_once(';') {
            Some((date, number)) => (date, Some(number)),
            None => (dated, None),
        };
        if date.len() == 4 && date.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UrnErrorCode::DateYearOnly);
        }
        let date = real_date(date).ok_or(UrnErrorCode::Date)?;
        match number {
            None if act_type != "costituzione" => return Err(UrnErrorCode::NumberMissing),
            Some(number) if !is_number(number) => return Err(UrnErrorCode::Number),
            _ => {}
        }
        let annexes: Vec<String> = fields.map(str::to_owned).collect();
        if !annexes.iter().all(|annex| is_annex(annex)) {
            return Err(UrnErrorCode::PartitionColon);
        }
        Ok(Self {
            authority: authority.to_owned(),
            act_type: act_type.to_owned(),
            date,
            number: number.map(str::to_owned),
            annexes,
            partition: None,
            version: None,
        })
    }

    /// Who issued the act: `stato`, `ministero.interno+ministero.lavoro`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The type of act: `decreto.legislativo`.
    pub fn act_type(&self) -> &str {
        &self.act_type
    }

    /// The date of the act (not of its publication), never before
    /// [`EARLIEST_ACT`].
    pub fn date(&self) -> Date {
        self.date
    }

    /// The number as in the URN; `nir-1` stands for an act without number.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// The annexes, outermost first: `2` is the civil code in R.D. 262/1942.
    pub fn annexes(&self) -> &[String] {
        &self.annexes
    }

    /// The place cited inside the act.
    pub fn partition(&self) -> Option<&Partition> {
        self.partition.as_ref()
    }

    /// The version cited.
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The article as on paper: "5-bis".
    pub fn article(&self) -> Option<String> {
        self.partition.as_ref().map(|partition| partition.article.reading())
    }

    /// The paragraph (*comma*) as on paper: "3-bis", "1.1".
    pub fn paragraph(&self) -> Option<String> {
        self.partition.as_ref()?.paragraph.as_ref().map(Label::reading)
    }

    /// The letter (*lettera*) as on paper, without its bracket: "d-bis".
    pub fn letter(&self) -> Option<String> {
        self.partition.as_ref()?.letter.as_ref().map(Label::reading)
    }

    /// The item (*numero*) as on paper, without its bracket: "1".
    pub fn item(&self) -> Option<String> {
        self.partition.as_ref()?.item.as_ref().map(Label::reading)
    }

    /// The one text by which this reference is stored and compared.
    pub fn canonical(&self) -> String {
        self.to_string()
    }

    /// The act itself, with its annexes, without partition and version.
    #[must_use]
    pub fn act(&self) -> Self {
        Self { partition: None, version: None, ..self.clone() }
    }

    /// The identity of the act, equal for every place and version of it.
    pub fn norm_id(&self) -> Uuid {
        id::of_identity(&self.act().canonical())
    }

    /// The link to Normattiva, cut at the article: its resolver knows no finer
    /// place, and asks for a dated version as `!vig=`.
    pub fn normattiva_url(&self) -> String {
        let article = match &self.partition {
            Some(partition) => format!("~art{}", partition.article.canonical()),
            None => String::new(),
        };
        let version = match self.version {
            Some(Version::From(date)) => Version::InForce(Some(date)).to_string(),
            Some(version) => version.to_string(),
            None => String::new(),
        };
        format!("{NORMATTIVA}{}{article}{version}", self.act())
    }

    /// The citation as a jurist writes it: "D.Lgs. 18 agosto 2015, n. 142, art.
    /// 5-bis". The version is not part of it: the page states apart the day on
    /// which the cited text was in force.
    pub fn citation_it(&self) -> String {
        citation::of(self)
    }
}

impl fmt::Display for NirUrn {
    /// The canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:{}:{}", self.authority, self.act_type, self.date)?;
        if let Some(number) = &self.number {
            write!(f, ";{number}")?;
        }
        for annex in &self.annexes {
            write!(f, ":{annex}")?;
        }
        if let Some(partition) = &self.partition {
            write!(f, "~{}", partition.canonical())?;
        }
        match self.version {
            Some(version) => version.fmt(f),
            None => Ok(()),
        }
    }
}

impl FromStr for NirUrn {
    type Err = UrnError;

    fn from_str(text: &str) -> Result<Self, UrnError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for NirUrn {
    type Error = UrnError;

    fn try_from(text: String) -> Result<Self, UrnError> {
        Self::parse(&text)
    }
}

impl From<NirUrn> for String {
    fn from(urn: NirUrn) -> Self {
        urn.canonical()
    }
}

/// Reads partition and version, in either order.
fn read_tail(tail: &str) -> Result<(Option<Partition>, Option<Version>), UrnErrorCode> {
    let (mut partition, mut version) = (None, None);
    let mut rest = tail.chars();
    while let Some(marker) = rest.next() {
        let body = rest.as_str();
        let (text, after) = body.split_at(body.find(TAIL_MARKERS).unwrap_or(body.len()));
        if marker == '~' {
            if partition.replace(Partition::parse(text)?).is_some() {
                return Err(UrnErrorCode::Partition);
            }
        } else if version.replace(Version::parse(marker, text)?).is_some() {
            return Err(UrnErrorCode::Version);
        }
        rest = after.chars();
    }
    Ok((partition, version))
}

/// A real day written `YYYY-MM-DD`, not before [`EARLIEST_ACT`].
pub(super) fn real_date(text: &str) -> Option<Date> {
    let shape = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    if text.len() != 10 || !text.bytes().enumerate().all(shape) {
        return None;
    }
    let date: Date = text.parse().ok()?;
    (date >= EARLIEST_ACT).then_some(date)
}

/// Words of `a-z0-9` joined by dots; `tolerated` may follow the first letter
/// of a word.
fn is_name(name: &str, tolerated: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.split('.').all(|word| {
        word.starts_with(plain) && word.chars().all(|c| plain(c) || tolerated.contains(c))
    })
}

/// A positive integer, `nir-` and one, or another sign of `a-z0-9.-/`.
fn is_number(number: &str) -> bool {
    let positive = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() && !text.starts_with('0')
    };
    if let Some(serial) = number.strip_prefix("nir-") {
        return positive(serial);
    }
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return positive(number);
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    number.starts_with(plain) && number.chars().all(|c| plain(c) || ".-/".contains(c))
}

/// An annex is named like a type of act, but never like an article: `:art13`
/// is the commonest slip for `~art13`.
fn is_annex(annex: &str) -> bool {
    let like_article = ["art", "com"].iter().any(|level| {
        annex.strip_prefix(level).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    !like_article && annex.split(';').all(|name| is_name(name, ""))
}
