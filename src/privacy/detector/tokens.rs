//! The text cut into words, numbers and signs.
//!
//! Depends on: nothing in this crate.

use super::lexicon::{self, Cue};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters only.
    Word,
    /// ASCII digits only.
    Digits,
    /// Letters and digits.
    Mixed,
    /// One character that is neither letter, digit nor white space.
    Sign,
}

/// A stretch of letters and digits, or one other character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) class: Class,
    /// What the word announces, if anything.
    pub(super) cue: Option<Cue>,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is(&self, sign: char) -> bool {
        self.class == Class::Sign && self.text.starts_with(sign)
    }

    pub(super) fn is_one_of(&self, signs: &[char]) -> bool {
        self.class == Class::Sign && self.text.starts_with(signs)
    }

    /// Begins with a capital letter.
    pub(super) fn is_capitalised(&self) -> bool {
        self.class == Class::Word && self.text.starts_with(char::is_uppercase)
    }
}

/// Hyphens and dashes, as keyboards, word processors and PDF files write them.
pub(super) const DASHES: [char; 5] = ['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2212}'];

/// The tokens of a text, with the looks ahead and behind that rules need.
pub(super) struct Tokens<'t> {
    tokens: Vec<Token<'t>>,
    text: &'t str,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        let mut chars = text.char_indices().peekable();
        while let Some((start, first)) = chars.next() {
            if first.is_whitespace() || is_invisible(first) {
                continue;
            }
            let mut end = start + first.len_utf8();
            if !first.is_alphanumeric() {
                tokens.extend(token(text, start, end, Class::Sign));
                continue;
            }
            let (mut letters, mut digits) = (false, false);
            let mut see = |char: char| {
                if char.is_ascii_digit() { digits = true } else { letters = true }
            };
            see(first);
            while let Some((at, char)) = chars.next_if(|(_, char)| char.is_alphanumeric()) {
                see(char);
                end = at + char.len_utf8();
            }
            let class = match (letters, digits) {
                (true, true) => Class::Mixed,
                (false, true) => Class::Digits,
                (_, false) => Class::Word,
            };
            tokens.extend(token(text, start, end, class));
        }
        Self { tokens, text }
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token<'t>> {
        self.tokens.get(at)
    }

    /// The token `back` places before `at`.
    pub(super) fn before(&self, at: usize, back: usize) -> Option<&Token<'t>> {
        self.tokens.get(at.checked_sub(back)?)
    }

    /// The token after `at`, if nothing stands between them.
    pub(super) fn glued_after(&self, at: usize) -> Option<&Token<'t>> {
        let next = self.tokens.get(at + 1)?;
        (self.tokens.get(at)?.end() == next.start).then_some(next)
    }

    /// The token before `at`, if nothing stands between them.
    pub(super) fn glued_before(&self, at: usize) -> Option<&Token<'t>> {
        let last = self.before(at, 1)?;
        (last.end() == self.tokens.get(at)?.start).then_some(last)
    }

    /// What stands in the text between a token and the next.
    pub(super) fn gap_after(&self, at: usize) -> &'t str {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(token), Some(next)) => self.text.get(token.end()..next.start).unwrap_or(""),
            _ => "",
        }
    }

    /// Whether a sentence ends at the sign `at`: a full stop (or `!`, `?`, `;`)
    /// with white space and then a capital or nothing after it. The stop of a
    /// known abbreviation does not end one.
    pub(super) fn ends_sentence(&self, at: usize) -> bool {
        let Some(token) = self.get(at) else { return true };
        if token.is_one_of(&['!', '?', ';']) {
            return true;
        }
        if !token.is('.') || self.glued_after(at).is_some() {
            return false;
        }
        let abbreviated = self.glued_before(at).is_some_and(|word| {
            word.text.len() <= 2 || word.cue.is_some() || lexicon::is_abbreviation(word.text)
        });
        !abbreviated && self.get(at + 1).is_none_or(Token::is_capitalised)
    }
}

fn token(text: &str, start: usize, end: usize, class: Class) -> Option<Token<'_>> {
    let text = text.get(start..end)?;
    let cue = if class == Class::Word { lexicon::cue(text) } else { None };
    Some(Token { text, start, class, cue })
}

/// Characters that take no room: a text copied from the web is full of them.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}
