//! CELEX numbers: acts, proposals and rulings of the European Union.
//!
//! Deliberately absent: treaties, corrigenda and consolidated texts, which have
//! other shapes; the day on which the cited text was in force is stated apart.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::id;

/// The kinds of document accepted in each sector; a closed list.
const KINDS: [(char, &[&str]); 4] = [
    // 2: international agreements and decisions of the bodies they set up.
    ('2', &["A", "D"]),
    // 3: directives, regulations, decisions, framework decisions, recommendations.
    ('3', &["L", "R", "D", "F", "H"]),
    // 5: proposals, communications, working papers of the Commission.
    ('5', &["PC", "DC", "SC"]),
    // 6: judgments, orders and opinions of the Court of Justice and the General Court.
    ('6', &["CJ", "CO", "CC", "TJ", "TO"]),
];

/// Acts whose address has another word than the one of their kind. CELEX does
/// not tell an implementing decision from a plain one, so that a decision has
/// an address only if it stands here.
const ELI_WORDS: [(&str, &str); 1] = [("32022D0382", "dec_impl")];

/// A number such as `32013L0033`: sector, year, kind, serial number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Celex(String);

/// Why a text is not a CELEX number we accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CelexError {
    /// Not sector, year, kind and four digits, or with white space around.
    #[error(
        "il numero CELEX è scritto male: una cifra, l'anno, una o due lettere maiuscole, quattro cifre (32013L0033)"
    )]
    Shape,
    /// The sector knows no such kind of document.
    #[error("il numero CELEX indica un tipo di documento non previsto")]
    Kind,
    /// Before the Communities existed.
    #[error("l'anno del numero CELEX non è valido")]
    Year,
}

impl Celex {
    /// Reads a CELEX number exactly as EUR-Lex prints it.
    ///
    /// # Errors
    ///
    /// [`CelexError`]; nothing is trimmed or folded, since a number copied from
    /// EUR-Lex needs neither.
    pub fn parse(text: &str) -> Result<Self, CelexError> {
        let (sector, year, kind, serial) = split(text).ok_or(CelexError::Shape)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let letters = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_uppercase());
        if !digits(sector) || !digits(year) || !digits(serial) || !letters {
            return Err(CelexError::Shape);
        }
        let known =
            KINDS.iter().any(|(known, kinds)| sector.starts_with(*known) && kinds.contains(&kind));
        if !known {
            return Err(CelexError::Kind);
        }
        if year < "1951" {
            return Err(CelexError::Year);
        }
        Ok(Self(text.to_owned()))
    }

    /// The number: `32013L0033`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What [`norm_id`](super::norm_id) hashes: `celex:32013L0033`.
    pub fn identity(&self) -> String {
        format!("celex:{}", self.0)
    }

    /// The identity of the act, equal for every article of it.
    pub fn norm_id(&self) -> Uuid {
        id::of_identity(&self.identity())
    }

    /// The ELI address of the act in the Official Journal, where the number
    /// alone tells it.
    ///
    /// Directives and regulations get `dir` and `reg`, the words of acts of
    /// Parliament and Council; a delegated or implementing act of the
    /// Commission has another word, which its number does not show. Other
    /// kinds have no address here, except the decisions listed in this file.
    pub fn eli(&self) -> Option<String> {
        let (sector, year, kind, serial) = split(&self.0)?;
        let listed = ELI_WORDS.iter().find(|(celex, _)| *celex == self.0).map(|(_, word)| *word);
        let word = match (listed, sector, kind) {
            (Some(word), ..) => word,
            (None, "3", "L") => "dir",
            (None, "3", "R") => "reg",
            (None, ..) => return None,
        };
        let number = serial.trim_start_matches('0');
        Some(format!("http://data.europa.eu/eli/{word}/{year}/{number}/oj"))
    }
}

/// Sector, year, kind, serial; one or two characters remain for the kind.
fn split(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (sector, rest) = text.split_at_checked(1)?;
    let (year, rest) = rest.split_at_checked(4)?;
    let (kind, serial) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
    (kind.len() <= 2).then_some((sector, year, kind, serial))
}

impl fmt::Display for Celex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Celex {
    type Err = CelexError;

    fn from_str(text: &str) -> Result<Self, CelexError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Celex {
    type Error = CelexError;

    fn try_from(text: String) -> Result<Self, CelexError> {
        Self::parse(&text)
    }
}

impl From<Celex> for String {
    fn from(celex: Celex) -> Self {
        celex.0
    }
}
