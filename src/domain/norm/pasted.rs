//! What pasting adds to a URN, taken off again.
//!
//! Deliberately absent: any repair. A text that is wrong before it was pasted
//! is still wrong after.
//!
//! Depends on: nothing in this crate.

use super::urn_error::UrnErrorCode;

/// The longest text accepted, in bytes after trimming. Real URNs stay below
/// 150; a pasted, percent-encoded link below 400.
pub const MAX_LENGTH: usize = 512;

/// Removes what pasting adds: white space, percent-encoding, capitals, link.
pub(super) fn normalise(input: &str) -> Result<String, UrnErrorCode> {
    let input = input.trim();
    if input.is_empty() {
        return Err(UrnErrorCode::Empty);
    }
    if input.len() > MAX_LENGTH {
        return Err(UrnErrorCode::TooLong);
    }
    let text = percent_decode(input).to_ascii_lowercase();
    let text = text.trim();
    let link = text.split_once("normattiva.it/uri-res/n2ls?").filter(|(before, _)| {
        matches!(*before, "" | "www." | "http://" | "http://www." | "https://" | "https://www.")
    });
    let text = link.map_or(text, |(_, urn)| urn.trim());
    if text.is_empty() { Err(UrnErrorCode::Empty) } else { Ok(text.to_owned()) }
}

/// Decodes `%3A` and the like once; what is no escape, or would not be UTF-8,
/// stays as it is and fails the grammar later.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = match after {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            bytes.push(high * 16 + low);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
