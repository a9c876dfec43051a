//! What a password must be, and the hash by which it is recognised.
//!
//! Length is what counts: 12 to 128 characters, any characters, no rule of
//! composition, no expiry (NIST SP 800-63B, ASVS 5.0 chapter 6). Refused is what
//! guessers try first: a common word with digits around it, a run of the keyboard,
//! a few characters over and over, the person's own name or address.
//!
//! The hash is Argon2id with 19 MiB and two passes, as OWASP asks at least; its
//! parameters stand in the stored string, so that they can be raised later.
//! Deliberately absent: randomness; the salt is an argument.
//!
//! Depends on: nothing in this crate.

use std::collections::HashSet;
use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;

/// The most characters of a password.
pub const LONGEST: usize = 128;

/// The memory that one hash takes, in KiB.
pub const MEMORY_KIB: u32 = 19 * 1024;

const PASSES: u32 = 2;

/// The most that a stored string may ask for: a tampered one must not exhaust the memory.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 10;

const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// Words that begin nearly every guessed password, one on a line; see `src/data/SOURCES.md`.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    #[error("La password deve avere almeno 12 caratteri.")]
    TooShort,
    /// More than [`LONGEST`] characters.
    #[error("La password può avere al massimo 128 caratteri.")]
    TooLong,
    /// Among the first that somebody would try.
    #[error(
        "La password è fra le prime che si provano: meglio alcune parole che non stanno insieme."
    )]
    Common,
    /// The person's own name or address.
    #[error("La password contiene il nome o l'indirizzo della persona.")]
    Personal,
}

/// Judges a password; `about` are the person's name and address.
///
/// # Errors
///
/// The first [`Weakness`].
pub fn check(password: &str, about: &[&str]) -> Result<(), Weakness> {
    let password = normal(password);
    match password.chars().count() {
        length if length < SHORTEST => return Err(Weakness::TooShort),
        length if length > LONGEST => return Err(Weakness::TooLong),
        _ => {}
    }
    let lower = password.to_lowercase();
    if few_characters(&lower) || is_run(&lower) || is_common(&lower) {
        return Err(Weakness::Common);
    }
    if about.iter().any(|about| rests_on(&lower, about)) {
        return Err(Weakness::Personal);
    }
    Ok(())
}

/// The same characters however they were typed (NFKC), wiped after use.
fn normal(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

fn few_characters(lower: &str) -> bool {
    lower.chars().collect::<HashSet<_>>().len() < 5
}

/// Whether nearly every character follows its neighbour, on the keyboard or in the alphabet.
fn is_run(lower: &str) -> bool {
    const ROWS: [&str; 5] =
        ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];

    let next = |a: char, b: char| {
        ROWS.iter().any(|row| match (row.find(a), row.find(b)) {
            (Some(a), Some(b)) => a.abs_diff(b) <= 1,
            _ => false,
        })
    };
    let characters: Vec<_> = lower.chars().collect();
    let follow = characters.windows(2).filter(|pair| next(pair[0], pair[1])).count();
    follow * 5 >= (characters.len().saturating_sub(1)) * 4
}

/// Whether a common word, or the same one again and again, is all there is beside digits
/// and signs.
fn is_common(lower: &str) -> bool {
    let kept: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
    let read: String = lower.chars().map(unmasked).filter(|c| c.is_alphabetic()).collect();
    [kept, read].iter().any(|word| {
        word.chars().count() < 4 || COMMON.contains(word.as_str()) || is_common_pair(word)
    })
}

fn is_common_pair(word: &str) -> bool {
    word.char_indices().skip(3).any(|(at, _)| {
        let (head, tail) = word.split_at(at);
        COMMON.contains(head) && (COMMON.contains(tail) || tail.chars().count() < 4)
    })
}

/// The letter for which a digit or a sign usually stands.
fn unmasked(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => other,
    }
}

/// Whether a name or an address, or a long word of it, makes up most of the password.
fn rests_on(lower: &str, about: &str) -> bool {
    let about = about.to_lowercase();
    let words = about.split(|c: char| !c.is_alphanumeric()).chain([about.as_str()]);
    let length = lower.chars().count();
    words
        .filter(|word| word.chars().count() >= 4)
        .any(|word| lower.contains(word) && word.chars().count() * 2 >= length)
}

/// The string by which a password is recognised later.
///
/// # Errors
///
/// A sentence when the memory for it is not to be had.
pub fn hash(password: &str, salt: &[u8; SALT_LEN]) -> Result<String, String> {
    let hash = derive(&normal(password), salt, MEMORY_KIB, PASSES)?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}"))
}

/// Whether a password is the one that a string stands for. It takes as long for a wrong
/// one as for the right one.
pub fn verify(password: &str, stored: &str) -> bool {
    let Some((salt, memory, passes, expected)) = parts(stored) else { return false };
    let Ok(hash) = derive(&normal(password), &salt, memory, passes) else { return false };
    hash.ct_eq(&expected).into()
}

/// A string that no password stands for, to be verified where there is no account.
pub fn nobody(salt: &[u8; SALT_LEN]) -> String {
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode([0; HASH_LEN]));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}")
}

type Parts = (Vec<u8>, u32, u32, Vec<u8>);

fn parts(stored: &str) -> Option<Parts> {
    let mut fields = stored.strip_prefix("$argon2id$v=19$")?.split('$');
    let (settings, salt, hash) = (fields.next()?, fields.next()?, fields.next()?);
    let mut settings = settings.split(',');
    let mut number = |name: &str, most: u32| {
        let value: u32 = settings.next()?.strip_prefix(name)?.parse().ok()?;
        (value <= most).then_some(value)
    };
    let (memory, passes) = (number("m=", MOST_MEMORY_KIB)?, number("t=", MOST_PASSES)?);
    number("p=", 1)?;
    let salt = STANDARD_NO_PAD.decode(salt).ok()?;
    Some((salt, memory, passes, STANDARD_NO_PAD.decode(hash).ok()?))
}

fn derive(password: &str, salt: &[u8], memory: u32, passes: u32) -> Result<[u8; HASH_LEN], String> {
    let params = Params::new(memory, passes, 1, Some(HASH_LEN)).map_err(|why| why.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; HASH_LEN];
    argon2
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .map_err(|why| why.to_string())?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "tre cicogne sul tetto";

    #[test]
    fn a_password_is_recognised_however_its_accents_were_typed() {
        let stored = hash("perché no, domani", &[7; SALT_LEN]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("perche\u{301} no, domani", &stored));
        assert!(!verify("perche no, domani", &stored));
        assert!(!verify("", &stored));
        assert!(!verify("perché no, domani", &nobody(&[7; SALT_LEN])));
    }

    #[test]
    fn a_tampered_string_recognises_nobody_and_costs_nothing() {
        let stored = hash(GOOD, &[1; SALT_LEN]).unwrap();
        for wrong in [
            stored.replace("argon2id", "argon2i"),
            stored.replace("m=19456", "m=4000000000"),
            stored.replace("t=2", "t=4000000000"),
            stored.replace("p=1", "p=9"),
            stored.replace("v=19", "v=16"),
            String::new(),
        ] {
            assert!(!verify(GOOD, &wrong), "{wrong}");
        }
    }

    #[test]
    fn length_is_what_counts_and_no_composition_is_asked_for() {
        assert_eq!(check(GOOD, &[]), Ok(()));
        assert_eq!(check("cortoundici", &[]), Err(Weakness::TooShort));
        assert_eq!(check(&"ab cd ef ".repeat(15), &[]), Err(Weakness::TooLong));
        assert_eq!(check("кофе утром дождь", &[]), Ok(()));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in [
            "password1234",
            "P4ssw0rd2026!!",
            "passwordpassword",
            "123456789012",
            "qwertyuiop123",
            "abcdefghijklm",
            "aaaaaaaaaaaaaa",
            "Juventus1897!!",
            "2026-01-31-2026",
            "iloveyou123456",
        ] {
            assert_eq!(check(common, &[]), Err(Weakness::Common), "{common}");
        }
    }

    #[test]
    fn the_persons_own_name_is_refused() {
        let about = ["Giulia Bianchini", "g.bianchini@comune.example.it"];
        assert_eq!(check("bianchini-2026", &about), Err(Weakness::Personal));
        assert_eq!(check("giulia cerca tre cicogne", &about), Ok(()));
    }
}
