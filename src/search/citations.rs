//! Citations of acts and articles, read as people write them.
//!
//! "D.Lgs. 18 agosto 2015, n. 142, art. 5-bis", "dlgs 142/15 art 5 bis" and
//! "142 del 2015, articolo 5-bis" must meet. So a number with its year becomes
//! `142/2015`, an article `art.5-bis`, a paragraph `comma.2`, a date
//! `2015-08-18`. The pieces (142, 2015, 5-bis) are offered as parts, which only
//! texts index.
//!
//! Deliberately absent: whether the act exists, and URNs, which `domain` reads.
//!
//! Depends on: nothing in this crate.

use super::lexer::{self, Kind};
use super::vocabulary::{Entry, Role};

/// A lexeme with what the vocabulary knows of it.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Only words have one.
    pub(super) entry: Option<Entry>,
}

impl Token<'_> {
    fn role(&self) -> Role {
        self.entry.as_ref().map_or(Role::Plain, |entry| entry.role)
    }

    fn number(&self) -> Option<&str> {
        (self.kind == Kind::Number).then_some(self.text)
    }

    fn year(&self) -> Option<u16> {
        self.number()?.parse().ok().filter(|year| lexer::is_year(*year))
    }

    /// Whether this numbers an article or paragraph: `5`, `5-bis`, `1.1`.
    fn numbers_article(&self) -> bool {
        match self.kind {
            Kind::Number => self.text.len() <= 4,
            Kind::Ordinal => true,
            Kind::Code => self.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
            Kind::Word | Kind::Date => false,
        }
    }
}

/// Something cited at the beginning of a slice of tokens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Citation {
    /// Terms that stand for it, in order.
    pub(super) terms: Vec<String>,
    /// Further terms under which a text is found.
    pub(super) parts: Vec<String>,
    /// How many tokens it takes up.
    pub(super) length: usize,
    /// Whether it is the number of an act.
    pub(super) is_act: bool,
}

/// Reads the citation that begins the slice, if one does. `after_act` says that
/// the word before was the kind of an act, which admits shorter forms.
pub(super) fn read(tokens: &[Token<'_>], after_act: bool) -> Option<Citation> {
    let first = tokens.first()?;
    match (first.kind, first.role()) {
        (Kind::Word, Role::Article) => partition("art", tokens),
        (Kind::Word, Role::Paragraph) => partition("comma", tokens),
        (Kind::Word, Role::NumberSign) => {
            let mut citation = act(tokens.get(1..)?, after_act)?;
            citation.length += 1;
            Some(citation)
        }
        (Kind::Word, _) => None,
        (Kind::Number | Kind::Date, _) => dated(tokens).or_else(|| act(tokens, after_act)),
        (Kind::Ordinal, _) => Some(plain(first.text)),
        (Kind::Code, _) if after_act => act(tokens, true).or_else(|| Some(code(first.text))),
        (Kind::Code, _) => Some(code(first.text)),
    }
    .or_else(|| first.number().and_then(|number| inserted(number, tokens.get(1))))
}

/// Whether a lone "l" before these tokens stands for "legge".
pub(super) fn follows_law_initial(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|next| match next.kind {
        Kind::Number | Kind::Date => true,
        Kind::Code => next.text.contains('/'),
        Kind::Word => next.role() == Role::NumberSign,
        Kind::Ordinal => false,
    })
}

/// "5 bis" written apart.
fn inserted(number: &str, next: Option<&Token<'_>>) -> Option<Citation> {
    let suffix = next.filter(|next| lexer::is_latin_ordinal(next.text))?;
    Some(Citation { length: 2, ..plain(&format!("{number}-{}", suffix.text)) })
}

/// "art. 5-bis", "artt. 9 e 11", "comma 2".
fn partition(prefix: &str, tokens: &[Token<'_>]) -> Option<Citation> {
    let mut found = Citation { terms: vec![], parts: vec![], length: 1, is_act: false };
    loop {
        let rest = tokens.get(found.length..).unwrap_or_default();
        let skipped = usize::from(
            !found.terms.is_empty() && rest.first().is_some_and(|next| next.role() == Role::And),
        );
        let rest = rest.get(skipped..).unwrap_or_default();
        let Some(next) = rest.first().filter(|next| next.numbers_article()) else { break };
        // "art. 9, 18 agosto 2015": the date is not an article.
        if !found.terms.is_empty() && (dated(rest).is_some() || next.year().is_some()) {
            break;
        }
        let (number, length) = match next.number().and_then(|n| inserted(n, rest.get(1))) {
            Some(apart) => (apart.terms.concat(), 2),
            None => (next.text.to_owned(), 1),
        };
        found.terms.push(format!("{prefix}.{number}"));
        found.parts.push(number);
        found.length += skipped + length;
    }
    (!found.terms.is_empty()).then_some(found)
}

/// "18 agosto 2015", "18/8/2015", and the number of an act that may follow.
fn dated(tokens: &[Token<'_>]) -> Option<Citation> {
    let (date, length) = date(tokens)?;
    let rest = tokens.get(length..).unwrap_or_default();
    if let [sign, number, ..] = rest
        && sign.role() == Role::NumberSign
        && let Some(number) = number.number()
    {
        return Some(act_number(number, date.get(..4)?, Some(&date), length + 2));
    }
    let mut parts: Vec<String> = vec![date.get(..4)?.to_owned()];
    parts.extend(
        tokens
            .get(..length)?
            .iter()
            .filter_map(|t| t.entry.as_ref()?.term.as_deref())
            .map(str::to_owned),
    );
    Some(Citation { terms: vec![date], parts, length, is_act: false })
}

/// A full date and the number of tokens it takes.
fn date(tokens: &[Token<'_>]) -> Option<(String, usize)> {
    match tokens {
        [date, ..] if date.kind == Kind::Date => Some((date.text.to_owned(), 1)),
        [day, month, year, ..] => {
            let Role::Month(month) = month.role() else { return None };
            let date = lexer::iso_date(year.year()?, month, day.number()?.parse().ok()?)?;
            Some((date, 3))
        }
        _ => None,
    }
}

/// "142 del 2015", "142 del 18 agosto 2015"; after the kind of an act also
/// "142 2015" and "142/15".
fn act(tokens: &[Token<'_>], after_act: bool) -> Option<Citation> {
    let first = tokens.first()?;
    if let Kind::Code = first.kind {
        let (number, year) = first.text.split_once('/')?;
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !after_act || year.len() > 2 || !all_digits(number) || !all_digits(year) {
            return Some(code(first.text));
        }
        let short: u16 = year.parse().ok()?;
        let year = if short > 60 { 1900 + short } else { 2000 + short };
        return Some(act_number(number, &year.to_string(), None, 1));
    }
    let number = first.number()?;
    let of = tokens.get(1).is_some_and(|next| next.role() == Role::Of);
    if !of && !after_act {
        return None;
    }
    let length = 1 + usize::from(of);
    let rest = tokens.get(length..)?;
    if let Some((date, used)) = date(rest) {
        return Some(act_number(number, date.get(..4)?, Some(&date), length + used));
    }
    let year = rest.first()?.year()?.to_string();
    Some(act_number(number, &year, None, length + 1))
}

fn act_number(number: &str, year: &str, date: Option<&str>, length: usize) -> Citation {
    let mut parts = vec![number.to_owned(), year.to_owned()];
    parts.extend(date.map(str::to_owned));
    Citation { terms: vec![format!("{number}/{year}")], parts, length, is_act: true }
}

fn plain(term: &str) -> Citation {
    Citation { terms: vec![term.to_owned()], parts: vec![], length: 1, is_act: false }
}

/// A code, findable also by its inner runs: `s-2026/42` by `2026/42` and `42`.
fn code(text: &str) -> Citation {
    let text = european(text).unwrap_or_else(|| text.to_owned());
    let mut parts = vec![];
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices(lexer::is_joint_char).map(|(at, _)| at + 1))
        .collect();
    // Codes of four pieces and more are rare; their pieces suffice.
    let whole_runs = starts.len() <= 3;
    for (from, start) in starts.iter().enumerate() {
        let ends = starts.iter().skip(from + 1).map(|next| next - 1).chain([text.len()]);
        for end in if whole_runs { ends.collect() } else { ends.take(1).collect::<Vec<_>>() } {
            match text.get(*start..end) {
                Some(part) if part.len() < text.len() && !is_letter(part) => {
                    parts.push(part.to_owned());
                }
                _ => {}
            }
        }
    }
    let is_act = text.contains('/');
    Citation { terms: vec![text], parts, length: 1, is_act }
}

fn is_letter(part: &str) -> bool {
    part.len() == 1 && part.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The number of an act of the Union, without its ending (`2011/95/ue`) or from
/// its CELEX number (`32011l0095`), as `2011/95`.
fn european(text: &str) -> Option<String> {
    for ending in ["/ue", "/ce", "/cee", "/eu"] {
        if let Some(number) = text.strip_suffix(ending) {
            return Some(number.to_owned());
        }
    }
    let celex = text.strip_prefix('3').filter(|_| text.len() == 10)?;
    let (year, kind, number) = (celex.get(..4)?, celex.get(4..5)?, celex.get(5..)?);
    let number: u16 = number.parse().ok()?;
    (matches!(kind, "r" | "l" | "d") && year.parse().is_ok_and(lexer::is_year))
        .then(|| format!("{year}/{number}"))
}
