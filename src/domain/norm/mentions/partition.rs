//! The articles, paragraphs and letters that a mention names.

use super::lexer::{Token, dot, word};
use crate::norm::LATIN_SUFFIXES;

const ARTICLE: &[&str] = &["art", "artt", "articolo", "articoli"];
const PARAGRAPH: &[&str] = &["comma", "commi", "co", "c"];
const LETTER: &[&str] = &["lett", "lettera"];
const AND: &[&str] = &["e", "ed"];

/// The places in an act that a mention names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    articles: Vec<String>,
    paragraphs: Vec<String>,
    letter: Option<String>,
}

/// One place in an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// As on paper: `5-bis`.
    pub(super) article: Option<String>,
    pub(super) paragraph: Option<String>,
    pub(super) letter: Option<String>,
}

impl Place {
    /// As in a URN: `~art5bis-com2`; empty for the whole act.
    pub(super) fn urn(&self) -> String {
        let plain = |label: &str| label.replace('-', "");
        let Some(article) = &self.article else { return String::new() };
        let mut urn = format!("~art{}", plain(article));
        if let Some(paragraph) = &self.paragraph {
            urn.push_str("-com");
            urn.push_str(&plain(paragraph));
        }
        if let Some(letter) = &self.letter {
            urn.push_str("-let");
            urn.push_str(letter);
        }
        urn
    }
}

impl Places {
    /// Every place: paragraphs belong to the last article before them.
    pub(super) fn all(&self) -> Vec<Place> {
        let Some((last, first)) = self.articles.split_last() else { return vec![Place::default()] };
        let alone = |article: &String| Place { article: Some(article.clone()), ..Place::default() };
        let mut places: Vec<Place> = first.iter().map(alone).collect();
        if self.paragraphs.is_empty() {
            places.push(Place { letter: self.letter.clone(), ..alone(last) });
        }
        for paragraph in &self.paragraphs {
            places.push(Place {
                article: Some(last.clone()),
                paragraph: Some(paragraph.clone()),
                letter: self.letter.clone(),
            });
        }
        places
    }
}

/// The places that begin at a token ("artt. 3 e 4", "art. 5-bis, co. 2, lett. b)"), and
/// where they end.
pub(super) fn read(tokens: &[Token<'_>], at: usize) -> Option<(Places, usize)> {
    if !tokens.get(at)?.is_one_of(ARTICLE) {
        return None;
    }
    let mut places = Places::default();
    let mut end = labels(tokens, dot(tokens, at + 1), &mut places.articles)?;
    let next = comma(tokens, end);
    if tokens.get(next).is_some_and(|token| token.is_one_of(PARAGRAPH))
        && let Some(after) = labels(tokens, dot(tokens, next + 1), &mut places.paragraphs)
    {
        end = after;
    }
    let next = comma(tokens, end);
    let begin = word(tokens, next, LETTER);
    if begin > next
        && let Some(letter) = tokens.get(dot(tokens, begin)).and_then(Token::word)
        && (1..=2).contains(&letter.len())
        && letter.is_ascii()
    {
        places.letter = Some(letter.to_owned());
        end = dot(tokens, begin) + 1;
        end += usize::from(tokens.get(end).is_some_and(|token| token.is_symbol(')')));
    }
    Some((places, end))
}

fn comma(tokens: &[Token<'_>], at: usize) -> usize {
    at + usize::from(tokens.get(at).is_some_and(|token| token.is_symbol(',')))
}

/// One or more labels: "3", "5-bis", "3, 4 e 5".
fn labels(tokens: &[Token<'_>], at: usize, found: &mut Vec<String>) -> Option<usize> {
    let (first, mut end) = label(tokens, at)?;
    found.push(first);
    loop {
        let next = word(tokens, comma(tokens, end), AND);
        if next == end {
            return Some(end);
        }
        let Some((more, after)) = label(tokens, next) else { return Some(end) };
        // "art. 3, 18 novembre 2019" and "art. 3, 142/2015" go on with the act.
        let goes_on = tokens.get(after).is_some_and(|token| {
            token.is_symbol('/') || token.word().is_some_and(super::act::is_month)
        });
        if goes_on {
            return Some(end);
        }
        found.push(more);
        end = after;
    }
}

/// A number with what was inserted later: "5", "5-bis", "5 bis", "1.1".
fn label(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let number = tokens.get(at)?.number().filter(|number| number.len() <= 4)?;
    let mut label = number.to_owned();
    let mut end = at + 1;
    if let [stop, inner, ..] = tokens.get(end..).unwrap_or_default()
        && stop.is_symbol('.')
        && stop.end == inner.start
        && let Some(inner) = inner.number()
    {
        label = format!("{label}.{inner}");
        end += 2;
    }
    let hyphen = end + usize::from(tokens.get(end).is_some_and(|token| token.is_symbol('-')));
    if let Some(suffix) = tokens.get(hyphen).and_then(Token::word)
        && LATIN_SUFFIXES.contains(&suffix)
    {
        label = format!("{label}-{suffix}");
        end = hyphen + 1;
    }
    Some((label, end))
}
