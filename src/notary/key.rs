//! The key of the log, and the last checkpoint it signed: both outside the data folder.
//!
//! The key lies beside the epoch keys, so that a copy of the data can sign nothing. The
//! last checkpoint lies beside the key, so that an older copy of the data is noticed:
//! a log that was once signed never becomes shorter.
//!
//! Deliberately absent: a change of keys within one log. Another key is another log.
//!
//! Depends on: `private_file`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::checkpoint::Checkpoint;
use super::note::{Note, NoteError, Skey, Use};
use crate::private_file::{self, FileError};

/// How long a node waits for another that is keeping a checkpoint.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where key and last checkpoint lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// The file of the key.
    pub key: PathBuf,
    /// The file of the last checkpoint signed.
    pub last_signed: PathBuf,
}

/// Why key or checkpoint cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file cannot be read or written, or others can reach it.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file is not what it should be.
    #[error("{}: {why}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: NoteError,
    },
    /// There is no key: nothing was ever signed here.
    #[error("there is no log key at {}: `quesito serve` makes one at its first start", key.display())]
    None {
        /// The file of the key.
        key: PathBuf,
    },
    /// There is a last checkpoint, and no key that could have signed it.
    #[error(
        "{} says that a log was signed, but its key {} is missing: restore the key file, or \
         open a new log with --new-log-origin",
        last_signed.display(), key.display()
    )]
    KeyMissing {
        /// The file of the key.
        key: PathBuf,
        /// The file of the last checkpoint.
        last_signed: PathBuf,
    },
}

impl KeyPlace {
    /// Beside the file of the epoch keys.
    pub fn beside(epochs: &Path) -> Self {
        Self {
            key: epochs.with_file_name("log-key"),
            last_signed: epochs.with_file_name("last-signed"),
        }
    }

    /// Reads the key; `None` when there is none and none ever signed here.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn read(&self) -> Result<Option<Skey>, KeyError> {
        match private_file::read(&self.key)? {
            Some(content) => Skey::parse(&content).map(Some).map_err(|why| self.content(why)),
            None if self.last_signed.exists() => Err(KeyError::KeyMissing {
                key: self.key.clone(),
                last_signed: self.last_signed.clone(),
            }),
            None => Ok(None),
        }
    }

    /// Makes a key with this name from 32 random bytes, for its owner alone.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn create(&self, name: &str, usage: Use, seed: &[u8; 32]) -> Result<Skey, KeyError> {
        let key = Skey::new(name, usage, seed).map_err(|why| self.content(why))?;
        let _lock = private_file::lock(&self.key)?;
        // Another process may have been first.
        if let Some(key) = self.read()? {
            return Ok(key);
        }
        private_file::replace(&self.key, key.render().as_bytes())?;
        Ok(key)
    }

    /// The last checkpoint that the key signed.
    ///
    /// # Errors
    ///
    /// [`KeyError`] also when it was signed by another key.
    pub fn last(&self, key: &Skey) -> Result<Option<(Checkpoint, Note)>, KeyError> {
        let Some(content) = private_file::read(&self.last_signed)? else { return Ok(None) };
        let wrong = |why| KeyError::Content { path: self.last_signed.clone(), why };
        let checkpoint = Checkpoint::open(&content, key.vkey()).map_err(wrong)?;
        Ok(Some((checkpoint, Note::parse(&content).map_err(wrong)?)))
    }

    /// Keeps a signed checkpoint, durably.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn keep(&self, note: &Note) -> Result<(), KeyError> {
        Ok(private_file::replace(&self.last_signed, note.to_string().as_bytes())?)
    }

    /// Keeps a signed checkpoint unless as long a one is there, where other processes keep
    /// theirs too.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn keep_longest(&self, note: &Note, size: u64, key: &Skey) -> Result<(), KeyError> {
        // A node that stands still with the lock must not keep the others from signing; the
        // next head is kept again.
        let Some(_lock) = private_file::lock_within(&self.last_signed, PATIENCE)? else {
            tracing::warn!("another node holds the file of the last head: it is not kept");
            return Ok(());
        };
        match self.last(key)? {
            Some((there, _)) if there.size >= size => Ok(()),
            _ => self.keep(note),
        }
    }

    /// The last checkpoint, where other processes may be replacing it.
    ///
    /// # Errors
    ///
    /// As [`KeyPlace::last`].
    pub fn last_of_all(&self, key: &Skey) -> Result<Option<(Checkpoint, Note)>, KeyError> {
        let _lock = private_file::lock_within(&self.last_signed, PATIENCE)?;
        self.last(key)
    }

    /// Puts key and last checkpoint aside, under names that are not used yet, so that a new
    /// log can begin.
    ///
    /// # Errors
    ///
    /// [`KeyError::File`].
    pub fn put_aside(&self) -> Result<(), KeyError> {
        let aside = |path: &Path, number: u32| {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".old-{number}"));
            PathBuf::from(name)
        };
        let files = [&self.key, &self.last_signed];
        let free = |number: &u32| files.iter().all(|path| !aside(path, *number).exists());
        let number = (1..=u32::MAX).find(free).unwrap_or(u32::MAX);
        for path in files.into_iter().filter(|path| path.exists()) {
            fs::rename(path, aside(path, number)).map_err(|source| FileError::Io {
                action: "put aside",
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    fn content(&self, why: NoteError) -> KeyError {
        KeyError::Content { path: self.key.clone(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_put_aside_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::beside(&folder.path().join("keys/epochs"));
        assert!(place.read().unwrap().is_none());
        let key = place.create("log.example/a", Use::Note, &[1; 32]).unwrap();
        let same = place.create("log.example/b", Use::Note, &[2; 32]).unwrap();
        assert_eq!(same.vkey(), key.vkey());
        let checkpoint = Checkpoint { origin: "log.example/a".into(), size: 3, root: [4; 32] };
        place.keep(&checkpoint.sign(&key)).unwrap();
        assert_eq!(place.last(&key).unwrap().unwrap().0, checkpoint);

        fs::rename(&place.key, folder.path().join("lost")).unwrap();
        assert!(matches!(place.read(), Err(KeyError::KeyMissing { .. })));
        fs::rename(folder.path().join("lost"), &place.key).unwrap();
        place.put_aside().unwrap();
        let next = place.create("log.example/c", Use::Note, &[3; 32]).unwrap();
        assert!(place.last(&next).unwrap().is_none());
        place.keep(&checkpoint.sign(&key)).unwrap();
        assert!(matches!(place.last(&next), Err(KeyError::Content { .. })), "another key's");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::beside(&folder.path().join("epochs"));
        place.create("log.example/a", Use::Note, &[1; 32]).unwrap();
        let mode = |mode| fs::set_permissions(&place.key, fs::Permissions::from_mode(mode));
        for exposed in [0o640, 0o604, 0o644] {
            mode(exposed).unwrap();
            let refused = place.read().unwrap_err().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
        mode(0o600).unwrap();
        assert!(place.read().is_ok());
    }
}
