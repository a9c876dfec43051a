//! The key file: the living epoch keys, outside the data folder.
//!
//! A backup of the data folder without this file reads no text, and a backup
//! older than the last change of epoch reads nothing that was erased since. One
//! line per living epoch, oldest first, the last one current:
//!
//! ```text
//! # quesito epoch keys. …
//! 4 2026-01-30 <32 bytes in base64>
//! 5 2026-03-01 <32 bytes in base64>
//! ```
//!
//! Deliberately absent: a schedule (who rotates and when is decided elsewhere). Several
//! nodes on one store share the file: one at a time changes it, under a lock, and the others
//! read it again.
//!
//! Depends on: `private_file`.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::keys::{EpochKey, KEY_LEN};
use super::random::Random;
use crate::private_file::{self, FileError};

/// First line of every key file.
const HEADER: &str = "# quesito epoch keys. Keep this file secret, apart from the data folder and from its backups; without it no text opens.\n";

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EpochError {
    /// The file cannot be read or written, or others than its owner can reach it.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not a key file, or was damaged. The line is told, never its content.
    #[error("line {line} of the key file {} is not valid: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The current epoch key cannot be destroyed: rotate first.
    #[error("epoch {0} is the current one and cannot be forgotten; rotate first")]
    Current(u32),
    /// There is no number left for another epoch.
    #[error("epoch numbers are used up")]
    NoNumberLeft,
}

/// The living epoch keys, as they stand in the key file.
#[derive(Debug)]
pub struct EpochKeys {
    path: Option<PathBuf>,
    older: Vec<EpochKey>,
    current: EpochKey,
}

impl EpochKeys {
    /// Reads the key file, or creates it with its first epoch. A missing folder
    /// is created for the owner alone.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when the file is exposed, malformed, or cannot be read or
    /// written.
    pub fn open_or_create(
        path: &Path,
        today: Date,
        random: &mut dyn Random,
    ) -> Result<Self, EpochError> {
        if let Some(content) = private_file::read(path)? {
            return Self::parse(path, &content);
        }
        let _lock = private_file::lock(path)?;
        if let Some(content) = private_file::read(path)? {
            return Self::parse(path, &content);
        }
        let current = EpochKey::generate(1, today, random);
        let keys = Self { path: Some(path.to_owned()), older: Vec::new(), current };
        private_file::replace(path, keys.render().as_bytes())?;
        Ok(keys)
    }

    /// What the key file says now; `None` when there is no file.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when it cannot be read.
    pub fn reread(&self) -> Result<Option<Self>, EpochError> {
        let Some(path) = &self.path else { return Ok(None) };
        let read = || -> Result<Self, EpochError> {
            let content = private_file::read(path)?.ok_or_else(|| missing(path))?;
            Self::parse(path, &content)
        };
        // A file that is replaced at this moment is wiped while it is read: once more, then.
        read().or_else(|_| read()).map(Some)
    }

    /// Keys that live only in this process: for tests and for stores in memory.
    pub fn ephemeral(today: Date, random: &mut dyn Random) -> Self {
        Self { path: None, older: Vec::new(), current: EpochKey::generate(1, today, random) }
    }

    /// The key under which new text keys are wrapped.
    pub fn current(&self) -> &EpochKey {
        &self.current
    }

    /// The key of an epoch, if it lives.
    pub fn get(&self, epoch: u32) -> Option<&EpochKey> {
        self.iter().find(|key| key.number() == epoch)
    }

    /// All living epochs, oldest first, the current one last.
    pub fn iter(&self) -> impl Iterator<Item = &EpochKey> {
        self.older.iter().chain([&self.current])
    }

    /// Begins a new epoch; it is in the file, durably, before it is used.
    ///
    /// # Errors
    ///
    /// [`EpochError`] when the file cannot be read or written; then nothing changed.
    pub fn rotate(
        &mut self,
        today: Date,
        random: &mut dyn Random,
    ) -> Result<&EpochKey, EpochError> {
        self.change(|keys| {
            let number = keys.current.number().checked_add(1).ok_or(EpochError::NoNumberLeft)?;
            let new = EpochKey::generate(number, today, random);
            keys.older.push(std::mem::replace(&mut keys.current, new));
            Ok(true)
        })?;
        Ok(&self.current)
    }

    /// Destroys the key of an old epoch, durably: whatever is still wrapped
    /// under it opens nowhere any more. Answers whether it was still there.
    ///
    /// The old bytes are overwritten as well as a file can be; a medium that
    /// keeps copies (snapshots, worn flash cells) is beyond a program's reach.
    ///
    /// # Errors
    ///
    /// [`EpochError::Current`] for the current epoch, others when the file
    /// cannot be read or written; then nothing changed.
    pub fn forget(&mut self, epoch: u32) -> Result<bool, EpochError> {
        self.change(|keys| {
            if epoch == keys.current.number() {
                return Err(EpochError::Current(epoch));
            }
            let before = keys.older.len();
            keys.older.retain(|key| key.number() != epoch);
            Ok(keys.older.len() < before)
        })
    }

    /// Applies `change` to what the file says now, and keeps it only once the
    /// file holds it. `change` answers whether there is anything to write.
    fn change(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<bool, EpochError>,
    ) -> Result<bool, EpochError> {
        let Some(path) = self.path.clone() else {
            return change(self);
        };
        let _lock = private_file::lock(&path)?;
        // Read again: a process without the latest key would write it away.
        let content = private_file::read(&path)?.ok_or_else(|| missing(&path))?;
        let mut keys = Self::parse(&path, &content)?;
        let changed = change(&mut keys)?;
        if changed {
            private_file::replace(&path, keys.render().as_bytes())?;
        }
        *self = keys;
        Ok(changed)
    }

    fn render(&self) -> Zeroizing<String> {
        // Room for all from the start: growing would leave copies of keys behind.
        let mut text =
            Zeroizing::new(String::with_capacity(HEADER.len() + 80 * (1 + self.older.len())));
        text.push_str(HEADER);
        for key in self.iter() {
            let encoded = Zeroizing::new(STANDARD.encode(key.bytes()));
            for part in
                [&*key.number().to_string(), " ", &*key.created().to_string(), " ", &encoded, "\n"]
            {
                text.push_str(part);
            }
        }
        text
    }

    fn parse(path: &Path, content: &str) -> Result<Self, EpochError> {
        let malformed =
            |line, reason| EpochError::Malformed { path: path.to_owned(), line, reason };
        let mut keys: Vec<EpochKey> = Vec::new();
        for (line, text) in (1..).zip(content.lines()) {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let key = parse_line(text).map_err(|reason| malformed(line, reason))?;
            if keys.last().is_some_and(|last| last.number() >= key.number()) {
                return Err(malformed(line, "epochs are not in growing order"));
            }
            keys.push(key);
        }
        // A file cut short within a line would else lose its last character unseen.
        if !content.ends_with('\n') {
            return Err(malformed(content.lines().count().max(1), "the line is cut short"));
        }
        let current = keys.pop().ok_or_else(|| malformed(1, "there is no key in the file"))?;
        Ok(Self { path: Some(path.to_owned()), older: keys, current })
    }
}

fn missing(path: &Path) -> FileError {
    FileError::Io {
        action: "read",
        path: path.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    }
}

fn parse_line(text: &str) -> Result<EpochKey, &'static str> {
    let mut parts = text.split_ascii_whitespace();
    let (Some(number), Some(created), Some(encoded), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err("expected an epoch number, a date and a key");
    };
    let number: u32 = number.parse().map_err(|_| "the epoch number is not a number")?;
    let created: Date = created.parse().map_err(|_| "the date is not a date")?;
    let mut key = Zeroizing::new([0; KEY_LEN]);
    // The slice decoder asks for room for whole groups of three bytes.
    let mut room = Zeroizing::new([0; KEY_LEN + 1]);
    match STANDARD.decode_slice(encoded, &mut *room) {
        Ok(KEY_LEN) => key.iter_mut().zip(room.iter()).for_each(|(to, from)| *to = *from),
        _ => return Err("the key is not 32 bytes in base64"),
    }
    if number == 0 {
        return Err("epochs are counted from 1");
    }
    Ok(EpochKey::new(number, created, *key))
}
