//! Signed notes (C2SP signed-note), Ed25519 only: a text, and who signed it.
//!
//! ```text
//! quesito.example/log
//! 42
//! <root in base64>
//!
//! — quesito.example/log <key id and signature in base64>
//! ```
//!
//! A key is told apart by its name and four bytes of its hash. Cosignatures of
//! witnesses (`cosignature/v1`) are signature lines with a timestamp.
//!
//! Deliberately absent: other algorithms. Lines under unknown keys are kept as they are.
//!
//! Depends on: nothing in this crate.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What begins a signature line.
const DASH: &str = "\u{2014} ";

/// The most signature lines that are read.
const MOST_LINES: usize = 100;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Notes: the key of a log.
    Note = 1,
    /// Checkpoints of other logs, with the time: the key of a witness.
    Cosignature = 4,
}

/// Why a note or a key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a signed note.
    #[error("it is not a signed note")]
    Malformed,
    /// It is not a key as notes spell them.
    #[error("it is not a key of the form <name>+<id>+<key>")]
    Key,
    /// No line was signed by the key.
    #[error("it was not signed by the key that was given")]
    Unsigned,
    /// A line names the key, but the signature does not hold.
    #[error("the signature does not hold")]
    BadSignature,
}

/// A key that checks signatures, as it is given to people: `<name>+<id>+<key>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vkey {
    /// Whose key it is.
    pub name: String,
    /// For what.
    pub usage: Use,
    key: VerifyingKey,
}

impl Vkey {
    /// The first bytes of the hash of name and key.
    pub fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.usage as u8])
            .chain_update(self.key.as_bytes())
            .finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// Whether a signature over a message is of this key.
    fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.usage as u8];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, super::hex(&self.id()), STANDARD.encode(bytes))
    }
}

impl FromStr for Vkey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let (name, id, key) = parts(text.trim())?;
        let (usage, key) = key.split_first().ok_or(NoteError::Key)?;
        let usage = usage_of(*usage)?;
        let key: &[u8; 32] = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        let vkey = Self { name: name.to_owned(), usage, key };
        if key.is_weak() || super::hex(&vkey.id()) != id { Err(NoteError::Key) } else { Ok(vkey) }
    }
}

/// A key that signs. `Debug` shows its public part.
pub struct Skey {
    vkey: Vkey,
    key: SigningKey,
}

impl fmt::Debug for Skey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Skey({}, secret)", self.vkey)
    }
}

impl Skey {
    /// The key that grows from 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`] when the name is empty or has blanks or a `+`.
    pub fn new(name: &str, usage: Use, seed: &[u8; 32]) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Key);
        }
        let key = SigningKey::from_bytes(seed);
        let vkey = Vkey { name: name.to_owned(), usage, key: key.verifying_key() };
        Ok(Self { vkey, key })
    }

    /// Reads a key as [`Skey::render`] writes it.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`].
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let text = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key)?;
        let (name, id, key) = parts(text)?;
        let (usage, seed) = key.split_first().ok_or(NoteError::Key)?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.try_into().map_err(|_| NoteError::Key)?);
        let skey = Self::new(name, usage_of(*usage)?, &seed)?;
        if super::hex(&skey.vkey.id()) == id { Ok(skey) } else { Err(NoteError::Key) }
    }

    /// The secret, as its file holds it.
    pub fn render(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(33));
        bytes.push(self.vkey.usage as u8);
        bytes.extend_from_slice(self.key.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(&*bytes));
        let (name, id) = (&self.vkey.name, super::hex(&self.vkey.id()));
        Zeroizing::new(format!("PRIVATE+KEY+{name}+{id}+{}\n", *encoded))
    }

    /// The public part.
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    /// The signature line under a text.
    pub fn sign(&self, text: &str) -> String {
        line(&self.vkey, &self.key.sign(text.as_bytes()).to_bytes())
    }

    /// The signature line of a witness under the text of a checkpoint, at a time in
    /// seconds since 1970.
    pub fn cosign(&self, text: &str, time: u64) -> String {
        let signature = self.key.sign(cosigned(text, time).as_bytes());
        line(&self.vkey, &[&time.to_be_bytes()[..], &signature.to_bytes()].concat())
    }
}

/// A note, with the lines of its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was signed, with the line feed at its end.
    pub text: String,
    /// The lines under it, without line feeds.
    pub lines: Vec<String>,
}

impl Note {
    /// Reads a signed note. No signature is checked.
    ///
    /// # Errors
    ///
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let (text, below) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let below = below.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let lines: Vec<String> = below.split('\n').map(str::to_owned).collect();
        let written = |line: &String| read_line(line).is_some();
        let control = note.chars().any(|char| char.is_control() && char != '\n');
        if control || lines.len() > MOST_LINES || !lines.iter().all(written) {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text: format!("{text}\n"), lines })
    }

    /// Checks that a key signed it.
    ///
    /// # Errors
    ///
    /// [`NoteError::Unsigned`] when no line is of the key,
    /// [`NoteError::BadSignature`] when one is and does not hold.
    pub fn check(&self, key: &Vkey) -> Result<(), NoteError> {
        let mut found = Err(NoteError::Unsigned);
        for line in &self.lines {
            let Some((name, id, signature)) = read_line(line) else { continue };
            if name != key.name || id != key.id() {
                continue;
            }
            let holds = match key.usage {
                Use::Note => key.accepts(self.text.as_bytes(), &signature),
                Use::Cosignature => signature.split_first_chunk().is_some_and(|(time, rest)| {
                    let message = cosigned(&self.text, u64::from_be_bytes(*time));
                    key.accepts(message.as_bytes(), rest)
                }),
            };
            if !holds {
                return Err(NoteError::BadSignature);
            }
            found = Ok(());
        }
        found
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What a witness signs of a checkpoint.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

fn line(key: &Vkey, signature: &[u8]) -> String {
    let bytes = [&key.id()[..], signature].concat();
    format!("{DASH}{} {}", key.name, STANDARD.encode(bytes))
}

/// Name, key id and signature of a line; `None` when it is not one.
fn read_line(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (is_name(name) && !signature.is_empty()).then(|| (name, *id, signature.to_vec()))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|char: char| char.is_whitespace() || char == '+')
}

fn parts(text: &str) -> Result<(&str, &str, Zeroizing<Vec<u8>>), NoteError> {
    let (name, rest) = text.split_once('+').ok_or(NoteError::Key)?;
    let (id, key) = rest.split_once('+').ok_or(NoteError::Key)?;
    let key = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
    if is_name(name) { Ok((name, id, Zeroizing::new(key))) } else { Err(NoteError::Key) }
}

fn usage_of(byte: u8) -> Result<Use, NoteError> {
    [Use::Note, Use::Cosignature]
        .into_iter()
        .find(|usage| *usage as u8 == byte)
        .ok_or(NoteError::Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "log.example/a\n3\nAAAA\n";

    #[test]
    fn a_published_key_and_note_are_read() {
        // From the C2SP page on cosignatures: the log's line, checked by nobody here.
        let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
                    \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        assert_eq!(Note::parse(note).unwrap().to_string(), note);
        // From the Go package that the form comes from.
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: Vkey = key.parse().unwrap();
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
                    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert_eq!(Note::parse(note).unwrap().check(&key), Ok(()));
    }

    #[test]
    fn a_key_signs_and_another_does_not() {
        let key = Skey::new("log.example/a", Use::Note, &[7; 32]).unwrap();
        let again = Skey::parse(&key.render()).unwrap();
        assert_eq!(again.vkey(), key.vkey());
        assert_eq!(key.vkey().to_string().parse::<Vkey>().as_ref(), Ok(key.vkey()));

        let mut note = Note { text: TEXT.into(), lines: vec![again.sign(TEXT)] };
        assert_eq!(note.check(key.vkey()), Ok(()));
        let other = Skey::new("log.example/a", Use::Note, &[8; 32]).unwrap();
        assert_eq!(note.check(other.vkey()), Err(NoteError::Unsigned));
        note.text = TEXT.replace('3', "4");
        assert_eq!(note.check(key.vkey()), Err(NoteError::BadSignature));
    }

    #[test]
    fn a_cosignature_binds_text_and_time() {
        let key = Skey::new("witness.example/w", Use::Cosignature, &[9; 32]).unwrap();
        let line = key.cosign(TEXT, 1_700_000_000);
        let note = Note { text: TEXT.into(), lines: vec![line.clone()] };
        assert_eq!(note.check(key.vkey()), Ok(()));
        assert_eq!(Note::parse(&note.to_string()).as_ref(), Ok(&note));
        let moved = key.cosign(TEXT, 1_700_000_001);
        assert_ne!(line, moved);
        let (_, _, mut bytes) = read_line(&line).unwrap();
        bytes[7] ^= 1;
        let forged = super::line(key.vkey(), &bytes);
        let note = Note { text: TEXT.into(), lines: vec![forged] };
        assert_eq!(note.check(key.vkey()), Err(NoteError::BadSignature));
    }

    #[test]
    fn what_is_not_a_note_or_a_key_is_refused() {
        for wrong in
            ["", "a\n", "a\n\n", "a\n\nb\n", "a\n\n\u{2014} x AAAA", "a\r\n\n\u{2014} x AAAAAAA=\n"]
        {
            assert_eq!(Note::parse(wrong), Err(NoteError::Malformed), "{wrong:?}");
        }
        for wrong in ["", "a", "a+b", "a+00000000+AQ==", "a b+00000000+AAAA"] {
            assert_eq!(wrong.parse::<Vkey>(), Err(NoteError::Key), "{wrong}");
            assert!(Skey::parse(wrong).is_err());
        }
        assert!(Skey::new("a+b", Use::Note, &[1; 32]).is_err());
    }
}
