//! The act that a mention names: its kind, its number, its day.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::lexer::{Token, dot, skip, word, words};
use super::partition::Place;
use super::{KnownAct, KnownKey, Unclear, What};
use crate::italian::month_name;
use crate::norm::{Celex, NirUrn, NormRef};

/// A kind of act, by how people abbreviate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    LegislativeDecree,
    LawDecree,
    Law,
    RegionalLaw,
    RoyalDecree,
    PresidentDecree,
    MinisterDecree,
    PrimeMinisterDecree,
    Directive,
    Regulation,
    Decision,
}

/// How kinds are written, the longer ways first.
const KINDS: &[(&str, Kind)] = &[
    ("decreto del presidente della repubblica", Kind::PresidentDecree),
    ("decreto del presidente del consiglio dei ministri", Kind::PrimeMinisterDecree),
    ("decreto legislativo", Kind::LegislativeDecree),
    ("decreto ministeriale", Kind::MinisterDecree),
    ("decreto legge", Kind::LawDecree),
    ("regio decreto", Kind::RoyalDecree),
    ("legge regionale", Kind::RegionalLaw),
    ("d lgs", Kind::LegislativeDecree),
    ("d p r", Kind::PresidentDecree),
    ("d l", Kind::LawDecree),
    ("d m", Kind::MinisterDecree),
    ("l r", Kind::RegionalLaw),
    ("dlgs", Kind::LegislativeDecree),
    ("dlvo", Kind::LegislativeDecree),
    ("dpcm", Kind::PrimeMinisterDecree),
    ("dpr", Kind::PresidentDecree),
    ("legge", Kind::Law),
    ("dl", Kind::LawDecree),
    ("dm", Kind::MinisterDecree),
    ("lr", Kind::RegionalLaw),
    ("rd", Kind::RoyalDecree),
    ("l", Kind::Law),
    ("direttiva", Kind::Directive),
    ("dir", Kind::Directive),
    ("regolamento", Kind::Regulation),
    ("reg", Kind::Regulation),
    ("decisione", Kind::Decision),
];

/// Acts that have a name of their own.
const NAMES: &[(&str, &str)] = &[
    ("testo unico sull immigrazione", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("testo unico dell immigrazione", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("testo unico immigrazione", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("tu immigrazione", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("tui", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("tuimm", "urn:nir:stato:decreto.legislativo:1998-07-25;286"),
    ("regolamento anagrafico", "urn:nir:presidente.repubblica:decreto:1989-05-30;223"),
    ("codice del terzo settore", "urn:nir:stato:decreto.legislativo:2017-07-03;117"),
    ("decreto accoglienza", "urn:nir:stato:decreto.legislativo:2015-08-18;142"),
    ("decreto qualifiche", "urn:nir:stato:decreto.legislativo:2007-11-19;251"),
    ("decreto procedure", "urn:nir:stato:decreto.legislativo:2008-01-28;25"),
    ("decreto cutro", "urn:nir:stato:decreto.legge:2023-03-10;20"),
    ("legge zampa", "urn:nir:stato:legge:2017-04-07;47"),
    ("tuel", "urn:nir:stato:decreto.legislativo:2000-08-18;267"),
    ("tulps", "urn:nir:stato:regio.decreto:1931-06-18;773"),
    ("dublino iii", "celex:32013R0604"),
    ("gdpr", "celex:32016R0679"),
];

/// An act, as far as the text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Act(How);

#[derive(Debug, Clone, PartialEq, Eq)]
enum How {
    Named(&'static str),
    Numbered {
        kind: Kind,
        number: Option<String>,
        year: Option<i16>,
        day: Option<Date>,
    },
    /// The two numbers of an act of the Union, in the order in which they stand.
    Union {
        kind: Kind,
        first: u32,
        second: u32,
    },
}

/// An act that is identified.
pub(super) enum Named {
    Nir { urn: Box<NirUrn>, label: Option<String> },
    Eu { celex: Celex, label: Option<String> },
}

/// The act that begins at a token, and where it ends: with its law of conversion.
pub(super) fn read(tokens: &[Token<'_>], at: usize) -> Option<(Act, usize)> {
    let (act, end) = named(tokens, at).or_else(|| numbered(tokens, at))?;
    Some((act, conversion(tokens, end)))
}

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    month(word).is_some()
}

fn month(word: &str) -> Option<i8> {
    (1..=12).find(|month| month_name(*month) == word)
}

fn named(tokens: &[Token<'_>], at: usize) -> Option<(Act, usize)> {
    NAMES.iter().find_map(|(name, key)| {
        let end = words(tokens, at, name)?;
        // "regolamento anagrafico 5/2020" would be another one.
        Some((Act(How::Named(key)), dot(tokens, end)))
    })
}

fn numbered(tokens: &[Token<'_>], at: usize) -> Option<(Act, usize)> {
    KINDS.iter().find_map(|(written, kind)| {
        let end = dot(tokens, words(tokens, at, written)?);
        match kind {
            Kind::Directive | Kind::Regulation | Kind::Decision => union(tokens, end, *kind),
            _ => national(tokens, end, *kind),
        }
    })
}

/// "142/2015", "n. 142 del 2015", "18 agosto 2015, n. 142", "18/11/2019".
fn national(tokens: &[Token<'_>], at: usize, kind: Kind) -> Option<(Act, usize)> {
    let act = |number: Option<&str>, year, day| {
        Act(How::Numbered { kind, number: number.map(str::to_owned), year, day })
    };
    let at = word(tokens, at, &["del"]);
    if let Some((day, end)) = date(tokens, at) {
        let next = skip(tokens, end, |token| token.is_symbol(','));
        let sign = dot(tokens, word(tokens, next, &["n", "num", "numero"]));
        return Some(match tokens.get(sign).and_then(Token::number) {
            Some(number) if sign > next => {
                (act(Some(number), Some(day.year()), Some(day)), sign + 1)
            }
            _ => (act(None, Some(day.year()), Some(day)), end),
        });
    }
    let at = dot(tokens, word(tokens, at, &["n", "num", "numero"]));
    let number = tokens.get(at)?.number()?;
    let next = tokens.get(at + 1)?;
    if next.is_symbol('/') {
        let year = year(tokens.get(at + 2)?.number()?)?;
        return Some((act(Some(number), Some(year), None), at + 3));
    }
    if next.is_word("del") {
        if let Some((day, end)) = date(tokens, at + 2) {
            return Some((act(Some(number), Some(day.year()), Some(day)), end));
        }
        let year = tokens.get(at + 2)?.number().filter(|text| text.len() == 4)?;
        return Some((act(Some(number), Some(year.parse().ok()?), None), at + 3));
    }
    None
}

/// "2013/33/UE", "(UE) n. 604/2013", "UE 2024/1347".
fn union(tokens: &[Token<'_>], at: usize, kind: Kind) -> Option<(Act, usize)> {
    let at = skip(tokens, at, |token| {
        token.is_symbol('(')
            || token.is_symbol(')')
            || token.is_one_of(&["ue", "ce", "cee", "n"])
            || token.is_symbol('.')
    });
    let first = tokens.get(at)?.number()?;
    if !tokens.get(at + 1)?.is_symbol('/') {
        return None;
    }
    let second = tokens.get(at + 2)?.number()?;
    let mut end = at + 3;
    if tokens.get(end).is_some_and(|token| token.is_symbol('/'))
        && tokens.get(end + 1).is_some_and(|token| token.is_one_of(&["ue", "ce", "cee", "eu"]))
    {
        end += 2;
    }
    Some((Act(How::Union { kind, first: first.parse().ok()?, second: second.parse().ok()? }), end))
}

/// A day as people write it, and where it ends.
fn date(tokens: &[Token<'_>], at: usize) -> Option<(Date, usize)> {
    let day: i8 = tokens.get(at)?.number()?.parse().ok()?;
    // "1° aprile".
    let at = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|token| token.is_symbol('°')));
    if let Some(month) = tokens.get(at)?.word().and_then(month) {
        let year = tokens.get(at + 1)?.number().filter(|year| year.len() == 4)?;
        return Some((Date::new(year.parse().ok()?, month, day).ok()?, at + 2));
    }
    let mark = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| ['/', '.', '-'].iter().any(|mark| token.is_symbol(*mark)))
    };
    if !mark(at) || !mark(at + 2) {
        return None;
    }
    let month: i8 = tokens.get(at + 1)?.number()?.parse().ok()?;
    let year = tokens.get(at + 3)?.number().filter(|year| year.len() == 4)?;
    Some((Date::new(year.parse().ok()?, month, day).ok()?, at + 4))
}

/// "2015", "98".
fn year(text: &str) -> Option<i16> {
    let number: i16 = text.parse().ok()?;
    match text.len() {
        2 if number > 60 => Some(1900 + number),
        2 => Some(2000 + number),
        4 => Some(number),
        _ => None,
    }
}

/// The place after "conv. in l. 132/2018", "convertito con modificazioni dalla legge …",
/// also when the law is not named.
fn conversion(tokens: &[Token<'_>], at: usize) -> usize {
    let begin = skip(tokens, at, |token| token.is_symbol(',') || token.is_symbol('('));
    let verb = word(tokens, begin, &["conv", "convertito", "convertita"]);
    if verb == begin {
        return at;
    }
    let law = skip(tokens, dot(tokens, verb), |token| {
        token.is_one_of(&[
            "con",
            "modificazioni",
            "mod",
            "modd",
            "in",
            "nella",
            "dalla",
            "da",
            "dal",
        ]) || token.is_symbol(',')
            || token.is_symbol('.')
    });
    if let Some((_, end)) = numbered(tokens, law) {
        return end;
    }
    let end = word(tokens, law, &["l", "legge"]);
    dot(tokens, end)
}

impl Act {
    /// Which act it is.
    pub(super) fn identify(&self, catalogue: &[KnownAct]) -> Result<Named, Unclear> {
        match &self.0 {
            How::Named(key) => match key.strip_prefix("celex:") {
                Some(celex) => Celex::parse(celex)
                    .map(|celex| eu(celex, catalogue))
                    .map_err(|_| Unclear::NoDay),
                None => {
                    NirUrn::parse(key).map(|urn| nir(urn, catalogue)).map_err(|_| Unclear::NoDay)
                }
            },
            How::Union { kind, first, second } => {
                union_celex(*kind, *first, *second).map(|celex| eu(celex, catalogue))
            }
            How::Numbered { kind, number, year, day } => {
                national_urn(*kind, number.as_deref(), *year, *day, catalogue)
            }
        }
    }
}

fn nir(urn: NirUrn, catalogue: &[KnownAct]) -> Named {
    let known =
        catalogue.iter().find(|known| matches!(&known.key, KnownKey::Nir(own) if **own == urn));
    Named::Nir { urn: Box::new(urn), label: known.map(|known| known.label.clone()) }
}

fn eu(celex: Celex, catalogue: &[KnownAct]) -> Named {
    let known = catalogue
        .iter()
        .find(|known| matches!(&known.key, KnownKey::Eu(own) if own.as_str() == celex.as_str()));
    Named::Eu { label: known.map(|known| known.label.clone()), celex }
}

/// Since 2015 every act of the Union is numbered year/number; regulations before were
/// number/year.
fn union_celex(kind: Kind, first: u32, second: u32) -> Result<Celex, Unclear> {
    let year_first = match kind {
        Kind::Regulation => (2015..2100).contains(&first),
        _ => first > second || (1950..2100).contains(&first),
    };
    let (year, number) = if year_first { (first, second) } else { (second, first) };
    let year = match year {
        61..=99 => 1900 + year,
        year => year,
    };
    let letter = match kind {
        Kind::Regulation => 'R',
        Kind::Decision => 'D',
        _ => 'L',
    };
    Celex::parse(&format!("3{year}{letter}{number:04}")).map_err(|_| Unclear::NoDay)
}

fn national_urn(
    kind: Kind,
    number: Option<&str>,
    year: Option<i16>,
    day: Option<Date>,
    catalogue: &[KnownAct],
) -> Result<Named, Unclear> {
    let mut fits = catalogue.iter().filter(|known| match &known.key {
        KnownKey::Nir(urn) => {
            kind.is_of(urn)
                && number.is_none_or(|number| urn.number() == Some(number))
                && year.is_none_or(|year| urn.date().year() == year)
                && day.is_none_or(|day| urn.date() == day)
        }
        KnownKey::Eu(_) => false,
    });
    // Two acts that fit are as good as none.
    if let (Some(known), None) = (fits.next(), fits.next())
        && let KnownKey::Nir(urn) = &known.key
    {
        return Ok(Named::Nir { urn: urn.clone(), label: Some(known.label.clone()) });
    }
    let issuer = kind.issuer().ok_or(Unclear::NoIssuer)?;
    let day = day.ok_or(Unclear::NoDay)?;
    let urn = format!("urn:nir:{issuer}:{day};{}", number.ok_or(Unclear::NoDay)?);
    let urn = NirUrn::parse(&urn).map_err(|_| Unclear::NoDay)?;
    Ok(Named::Nir { urn: Box::new(urn), label: None })
}

impl Kind {
    /// Issuer and type in a URN, where the kind tells them.
    fn issuer(self) -> Option<&'static str> {
        match self {
            Self::LegislativeDecree => Some("stato:decreto.legislativo"),
            Self::LawDecree => Some("stato:decreto.legge"),
            Self::Law => Some("stato:legge"),
            Self::RoyalDecree => Some("stato:regio.decreto"),
            Self::PresidentDecree => Some("presidente.repubblica:decreto"),
            Self::PrimeMinisterDecree => Some("presidente.consiglio.ministri:decreto"),
            Self::RegionalLaw
            | Self::MinisterDecree
            | Self::Directive
            | Self::Regulation
            | Self::Decision => None,
        }
    }

    /// Whether an act of the catalogue is of this kind.
    fn is_of(self, urn: &NirUrn) -> bool {
        let (issuer, act_type) = (urn.authority(), urn.act_type());
        match self {
            Self::RegionalLaw => issuer.starts_with("regione.") && act_type == "legge",
            Self::MinisterDecree => issuer.starts_with("ministero") && act_type == "decreto",
            other => other.issuer().and_then(|own| own.split_once(':')) == Some((issuer, act_type)),
        }
    }
}

impl Named {
    /// A place in the act, as a norm to be confirmed. A place that no URN can say is left
    /// out: the act itself is cited then.
    pub(super) fn cited(&self, place: &Place) -> What {
        match self {
            Self::Nir { urn, label } => {
                let whole = urn.act().to_string();
                let urn =
                    NirUrn::parse(&format!("{whole}{}", place.urn())).unwrap_or_else(|_| urn.act());
                let text = urn.to_string();
                let label_it = match label {
                    Some(label) => with_place(label, place),
                    None => urn.citation_it(),
                };
                match text.parse() {
                    Ok(urn) => What::Norm {
                        norm: NormRef::Nir { urn, text_in_force_on: None },
                        label: label_it,
                        known: label.is_some(),
                    },
                    Err(_) => What::Unclear(Unclear::NoDay),
                }
            }
            Self::Eu { celex, label } => {
                let article = place.article.as_ref().and_then(|article| article.parse().ok());
                let label_it = label.clone().unwrap_or_else(|| format!("CELEX {}", celex.as_str()));
                match celex.as_str().parse() {
                    Ok(celex) => What::Norm {
                        norm: NormRef::Eu { celex, article, text_in_force_on: None },
                        label: with_place(&label_it, place),
                        known: label.is_some(),
                    },
                    Err(_) => What::Unclear(Unclear::NoDay),
                }
            }
        }
    }
}

/// "D.Lgs. 142/2015 (accoglienza), art. 5-bis, comma 2".
fn with_place(label: &str, place: &Place) -> String {
    let mut whole = label.to_owned();
    for (word, part) in
        [("art.", &place.article), ("comma", &place.paragraph), ("lettera", &place.letter)]
    {
        if let Some(part) = part {
            let _ = write!(whole, ", {word} {part}");
        }
    }
    whole
}
