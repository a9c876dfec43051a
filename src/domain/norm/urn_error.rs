//! Why a text is not a URN:NIR of our profile, told to the person who typed it.
//!
//! Deliberately absent: positions inside the text. The fields are few and the
//! message names the field; where the intended URN can be guessed, the hint
//! shows it whole.
//!
//! Depends on: nothing in this crate.

use std::fmt;

/// A text that is not a URN:NIR, with its reason and, where it can be
/// guessed, the URN that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrnError {
    /// Which rule the text breaks first.
    pub code: UrnErrorCode,
    /// A corrected URN in canonical form. It always parses; whether it is the
    /// act that was meant only the person can say.
    pub hint: Option<String>,
}

impl fmt::Display for UrnError {
    /// The Italian message of the code; the hint is shown apart, as a proposal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)
    }
}

impl std::error::Error for UrnError {}

/// The rule a text breaks. The codes are those of the shared vectors
/// (`tests/data/urn-vectors.json`) and part of the REST contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UrnErrorCode {
    /// Nothing was typed.
    Empty,
    /// Longer than [`MAX_LENGTH`](super::MAX_LENGTH).
    TooLong,
    /// It does not begin with `urn:nir:`.
    Prefix,
    /// It begins with `urn:lex:`, the international cousin of `urn:nir:`.
    LexNamespace,
    /// White space inside the URN.
    Whitespace,
    /// A `#` instead of the tilde before the article.
    FragmentHash,
    /// Authority, type or date is missing.
    MissingField,
    /// The authority is not made of words joined by dots.
    Authority,
    /// The type of act is not made of words joined by dots.
    Type,
    /// Only the year instead of a whole date.
    DateYearOnly,
    /// Not a real day, or before the Kingdom of Italy.
    Date,
    /// The number is missing, and the act is not the Constitution.
    NumberMissing,
    /// The number is badly written.
    Number,
    /// After a colon stands something that is not an annex.
    PartitionColon,
    /// The article, paragraph, letter or item is badly written.
    Partition,
    /// A latin suffix after a hyphen: `art5-bis` for `art5bis`.
    ArticleSuffixHyphen,
    /// The parts of the article are not in their order, or one is missing.
    PartitionOrder,
    /// The version is badly written, or there are two.
    Version,
}

impl UrnErrorCode {
    /// Every code, in the order in which the rules are checked.
    pub const ALL: [Self; 18] = [
        Self::Empty,
        Self::TooLong,
        Self::Prefix,
        Self::LexNamespace,
        Self::Whitespace,
        Self::FragmentHash,
        Self::MissingField,
        Self::Authority,
        Self::Type,
        Self::DateYearOnly,
        Self::Date,
        Self::NumberMissing,
        Self::Number,
        Self::PartitionColon,
        Self::Partition,
        Self::ArticleSuffixHyphen,
        Self::PartitionOrder,
        Self::Version,
    ];

    /// The code as it stands in the vectors and in problem documents: `E_DATE`.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The sentence shown to the person who typed the URN.
    pub fn message_it(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("E_EMPTY", "manca il riferimento alla norma"),
            Self::TooLong => ("E_TOO_LONG", "il riferimento è troppo lungo"),
            Self::Prefix => ("E_PREFIX", "il riferimento deve cominciare con urn:nir:"),
            Self::LexNamespace => (
                "E_LEX_NAMESPACE",
                "si usa la forma urn:nir:, non la forma internazionale urn:lex:",
            ),
            Self::Whitespace => (
                "E_WHITESPACE",
                "il riferimento non può contenere spazi: le parole si uniscono con un punto",
            ),
            Self::FragmentHash => (
                "E_FRAGMENT_HASH",
                "l'articolo si indica con la tilde (~art13), non con il cancelletto",
            ),
            Self::MissingField => (
                "E_MISSING_FIELD",
                "il riferimento è incompleto: servono autorità, tipo di atto e data",
            ),
            Self::Authority => (
                "E_AUTHORITY",
                "l'autorità è scritta male: parole minuscole unite da un punto (ministero.interno)",
            ),
            Self::Type => (
                "E_TYPE",
                "il tipo di atto è scritto male: parole minuscole unite da un punto (decreto.legge)",
            ),
            Self::DateYearOnly => {
                ("E_DATE_YEAR_ONLY", "la data deve essere completa (anno-mese-giorno)")
            }
            Self::Date => (
                "E_DATE",
                "la data non è valida: serve un giorno esistente (anno-mese-giorno), non anteriore al 17 marzo 1861",
            ),
            Self::NumberMissing => {
                ("E_NUMBER_MISSING", "manca il numero dell'atto, dopo la data e un punto e virgola")
            }
            Self::Number => (
                "E_NUMBER",
                "il numero dell'atto è scritto male: un solo numero, senza zeri iniziali",
            ),
            Self::PartitionColon => (
                "E_PARTITION_COLON",
                "dopo i due punti può seguire solo un allegato: l'articolo si indica con la tilde (~art13)",
            ),
            Self::Partition => (
                "E_PARTITION",
                "articolo, comma, lettera o numero sono scritti male (esempio: ~art19-com2-letdbis)",
            ),
            Self::ArticleSuffixHyphen => (
                "E_ARTICLE_SUFFIX_HYPHEN",
                "bis, ter, quater… si attaccano al numero senza trattino (~art5bis)",
            ),
            Self::PartitionOrder => (
                "E_PARTITION_ORDER",
                "le parti vanno in ordine: un solo articolo, poi comma, lettera, numero (~art19-com2-leta-num1)",
            ),
            Self::Version => (
                "E_VERSION",
                "la versione è scritta male: una sola, con una data esistente (!vig=2019-06-30) oppure @originale",
            ),
        }
    }
}

impl fmt::Display for UrnErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_it())
    }
}
