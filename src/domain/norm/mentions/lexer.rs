//! A text as words, numbers and signs, with their places.

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    /// In bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// In lower case; "D.Lgs" and "T.U.I" are one word without dots.
    Word(String),
    /// Digits.
    Number(&'t str),
    /// Anything else but white space.
    Symbol(char),
}

impl Token<'_> {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            Kind::Number(_) | Kind::Symbol(_) => None,
        }
    }

    pub(super) fn number(&self) -> Option<&str> {
        match self.kind {
            Kind::Number(number) => Some(number),
            Kind::Word(_) | Kind::Symbol(_) => None,
        }
    }

    pub(super) fn is_symbol(&self, symbol: char) -> bool {
        self.kind == Kind::Symbol(symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        self.word().is_some_and(|word| words.contains(&word))
    }
}

/// The first token from `at` on that is not to be skipped.
pub(super) fn skip(tokens: &[Token<'_>], at: usize, over: impl Fn(&Token<'_>) -> bool) -> usize {
    let rest = tokens.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|token| over(token)).count()
}

/// The place after a full stop, if one stands there.
pub(super) fn dot(tokens: &[Token<'_>], at: usize) -> usize {
    at + usize::from(tokens.get(at).is_some_and(|token| token.is_symbol('.')))
}

/// The place after a word of a list, if one stands there.
pub(super) fn word(tokens: &[Token<'_>], at: usize, words: &[&str]) -> usize {
    at + usize::from(tokens.get(at).is_some_and(|token| token.is_one_of(words)))
}

/// The place after a sequence of words, dots and hyphens between them passed over.
pub(super) fn words(tokens: &[Token<'_>], at: usize, sequence: &str) -> Option<usize> {
    let mut place = at;
    for (index, wanted) in sequence.split(' ').enumerate() {
        if index > 0 {
            place = skip(tokens, place, |token| {
                token.is_symbol('.') || token.is_symbol('-') || token.is_symbol('\'')
            });
        }
        if !tokens.get(place)?.is_word(wanted) {
            return None;
        }
        place += 1;
    }
    Some(place)
}

/// Takes a text apart.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        if first.is_ascii_digit() {
            while let Some((at, _)) = rest.next_if(|(_, next)| next.is_ascii_digit()) {
                end = at + 1;
            }
            tokens.push(Token { kind: Kind::Number(&text[start..end]), start, end });
        } else if first.is_alphabetic() {
            while let Some((at, next)) = rest.next_if(|(_, next)| next.is_alphabetic()) {
                end = at + next.len_utf8();
            }
            join(&mut tokens, &text[start..end], start, end, text);
        } else {
            // Typists and word processors have several apostrophes and hyphens.
            let symbol = match first {
                '’' | '`' | '´' => '\'',
                '–' | '—' | '‑' => '-',
                other => other,
            };
            tokens.push(Token { kind: Kind::Symbol(symbol), start, end });
        }
    }
    tokens
}

/// Adds a word; after "D." written without a space it goes on with the same word.
fn join<'t>(tokens: &mut Vec<Token<'t>>, word: &str, start: usize, end: usize, text: &'t str) {
    let lower = word.to_lowercase();
    if let [.., before, stop] = tokens.as_mut_slice()
        && stop.is_symbol('.')
        && stop.end == start
        && stop.start == before.end
        && let Kind::Word(known) = &mut before.kind
        && text[before.start..before.end].chars().filter(|c| c.is_alphabetic()).count() <= 4
    {
        known.push_str(&lower);
        before.end = end;
        tokens.pop();
        return;
    }
    tokens.push(Token { kind: Kind::Word(lower), start, end });
}
