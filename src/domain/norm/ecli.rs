//! ECLI: the European identifier of a ruling.
//!
//! Deliberately absent: lists of countries and courts; every state keeps its
//! own, and a wrong court is a matter for the reader.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An identifier such as `ECLI:IT:COST:2020:186`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ecli(String);

/// The text is not `ECLI:country:court:year:number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("l'identificativo ECLI è scritto male (esempio: ECLI:IT:COST:2020:186)")]
pub struct EcliError;

impl Ecli {
    /// Reads an ECLI: a country of two letters, a court of one to seven letters
    /// and digits, a year, and up to 25 letters, digits and dots.
    ///
    /// # Errors
    ///
    /// [`EcliError`]; nothing is trimmed or folded.
    pub fn parse(text: &str) -> Result<Self, EcliError> {
        let mut fields = text.split(':');
        let mut field = || fields.next().unwrap_or_default();
        let (label, country, court, year, number) = (field(), field(), field(), field(), field());
        let upper = |byte: u8| byte.is_ascii_uppercase();
        let sign = |byte: u8| upper(byte) || byte.is_ascii_digit();
        let sound = label == "ECLI"
            && country.len() == 2
            && country.bytes().all(upper)
            && (1..=7).contains(&court.len())
            && court.bytes().all(sign)
            && !court.starts_with(|c: char| c.is_ascii_digit())
            && year.len() == 4
            && year.bytes().all(|byte| byte.is_ascii_digit())
            && (1..=25).contains(&number.len())
            && number.bytes().all(|byte| sign(byte) || byte == b'.')
            && fields.next().is_none();
        if sound { Ok(Self(text.to_owned())) } else { Err(EcliError) }
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ecli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Ecli {
    type Err = EcliError;

    fn from_str(text: &str) -> Result<Self, EcliError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Ecli {
    type Error = EcliError;

    fn try_from(text: String) -> Result<Self, EcliError> {
        Self::parse(&text)
    }
}

impl From<Ecli> for String {
    fn from(ecli: Ecli) -> Self {
        ecli.0
    }
}
