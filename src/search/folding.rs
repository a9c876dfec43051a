//! Folding of characters: what two spellings of one word have in common.
//!
//! Compatibility decomposition, lower case, no accents, no invisible
//! characters. Decomposition is by compatibility (NFKD) because text pasted
//! from PDF files carries ligatures and full-width digits. Since every
//! combining mark is dropped, their order never matters and one pass suffices.
//!
//! Deliberately absent: a case fold by language; nobody searches in Turkish.
//!
//! Depends on: nothing in this crate.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Appends the folded form of `text` to `folded`.
///
/// The result holds lower-case ASCII, letters and digits of other scripts,
/// and nothing else above ASCII: every other character became a space, except
/// that all dashes are `-` and all apostrophes `'`. The lexer relies on it.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    folded.reserve(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            fold_wide(c, folded);
        }
    }
}

/// Folds one character outside ASCII.
fn fold_wide(c: char, folded: &mut String) {
    match c {
        // The accented letters of Italian, so common that they skip the tables.
        'à' | 'á' | 'À' => folded.push('a'),
        'è' | 'é' | 'È' => folded.push('e'),
        'ì' | 'í' => folded.push('i'),
        'ò' | 'ó' => folded.push('o'),
        'ù' | 'ú' => folded.push('u'),
        '’' | '‘' | 'ʼ' | '′' | '＇' | '´' => folded.push('\''),
        '‐'..='―' | '−' => folded.push('-'),
        // Decomposition would turn the ordinal signs into letters ("n.º" → "no").
        'º' | 'ª' | '°' | '«' | '»' | '“' | '”' | '…' => folded.push(' '),
        invisible if is_invisible(invisible) => {}
        other => decompose_compatible(other, |part| {
            for lower in part.to_lowercase() {
                if lower.is_ascii() {
                    folded.push(lower);
                } else if is_combining_mark(lower) || is_invisible(lower) {
                    // An accent: the bare letter stands for both spellings.
                } else if lower.is_alphanumeric() {
                    folded.push(lower);
                } else {
                    folded.push(' ');
                }
            }
        }),
    }
}

/// Whether a character shows nothing and separates nothing: zero-width and
/// bidirectional controls, soft hyphen, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}
