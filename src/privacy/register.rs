//! The register of erasures: a file beside the key file, outside the data folder.
//!
//! Destroying a key reaches the data folder, not the copies that were made of it. What is
//! in this register never opens again, whatever copy is put in the place of the data: a
//! codec refuses its keys, and whoever writes to the store destroys them anew before
//! anything is served. One line for each erasure, and one that says up to where the log
//! was searched for others:
//!
//! ```text
//! # quesito erasures. …
//! 2026-03-01 <store> <event> issue-<id> <event erased, or -> <pointer, or -> <key>,<key>
//! = <store> <position> <event at that position>
//! ```
//!
//! Deliberately absent: why something was erased (the event says so), any text, and any
//! way to take a line back.
//!
//! Depends on: `event_store` (names of streams, bookmarks), `private_file`.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use uuid::Uuid;

use super::key_id::KeyId;
use crate::event_store::{Bookmark, GlobalPosition, StreamName};
use crate::private_file::{self, FileError};

/// First line of every register.
const HEADER: &str = "# quesito erasures. Keep this file beside the key file: it keeps old copies of the data from showing what was erased.\n";

/// How long a node waits for another that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// What stands where nothing is meant.
const NONE: &str = "-";

/// One erasure, as far as it must be known without the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The day on which it was recorded.
    pub day: Date,
    /// The store in whose log.
    pub store: Uuid,
    /// The event that records it.
    pub event: Uuid,
    /// The stream of that event.
    pub stream: StreamName,
    /// The event whose texts were erased; `None` for the whole case.
    pub target: Option<Uuid>,
    /// Which of its texts, as a JSON pointer; `None` for all.
    pub field: Option<String>,
    /// The keys that were destroyed.
    pub keys: Vec<KeyId>,
}

/// Why the register cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The operating system refused.
    #[error("cannot {action} the register of erasures {}: {source}", path.display())]
    Io {
        /// What was being done, such as "read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason given by the operating system.
        source: io::Error,
    },
    /// The right to write it cannot be had.
    #[error(transparent)]
    Lock(#[from] FileError),
    /// It is another file, or was damaged.
    #[error(
        "line {line} of the register of erasures {} is not valid: bring back a copy of it, or move \
         it away to have it written anew from the log",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// Everything that was erased, in this store and in those of which the file knows.
#[derive(Debug)]
pub struct ErasureRegister {
    path: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    erasures: Vec<Erasure>,
    searched: HashMap<Uuid, Bookmark>,
}

impl ErasureRegister {
    /// Reads the register; one that does not exist is empty until something is added.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when it cannot be read, or is not a register.
    pub fn open(path: &Path) -> Result<Self, RegisterError> {
        let content = match fs::read_to_string(path) {
            Ok(content) => content,
            Err(why) if why.kind() == io::ErrorKind::NotFound => String::new(),
            Err(why) => return Err(failed("read", path)(why)),
        };
        let mut known = Known::default();
        for (line, text) in (1..).zip(content.split_inclusive('\n')) {
            // Cut short by a crash: whoever added it had no answer yet.
            let Some(text) = text.strip_suffix('\n') else { break };
            known
                .take(text)
                .ok_or_else(|| RegisterError::Malformed { path: path.to_owned(), line })?;
        }
        Ok(Self { path: Some(path.to_owned()), known: Mutex::new(known) })
    }

    /// A register that lives only in this process: for tests and for stores in memory.
    pub fn ephemeral() -> Self {
        Self { path: None, known: Mutex::default() }
    }

    /// The erasures of a store, in the order in which they were recorded.
    pub fn of(&self, store: Uuid) -> Vec<Erasure> {
        self.known().erasures.iter().filter(|one| one.store == store).cloned().collect()
    }

    /// Whether it knows the erasure that an event records.
    pub fn knows(&self, event: Uuid) -> bool {
        self.known().erasures.iter().any(|one| one.event == event)
    }

    /// The greatest ring of which it knows a key; 0 when it knows none.
    pub fn greatest_ring(&self) -> i64 {
        let known = self.known();
        known.erasures.iter().flat_map(|one| &one.keys).map(|key| key.ring).max().unwrap_or(0)
    }

    /// Up to where the log of a store was searched for erasures.
    pub fn searched(&self, store: Uuid) -> Option<Bookmark> {
        self.known().searched.get(&store).copied()
    }

    /// Adds an erasure, durably; one that is there already is not added again.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the file cannot be written; then nothing is known of it.
    pub fn add(&self, erasure: Erasure) -> Result<(), RegisterError> {
        let mut known = self.known();
        if known.erasures.iter().any(|one| one.event == erasure.event) {
            return Ok(());
        }
        self.write(&line(&erasure))?;
        known.erasures.push(erasure);
        Ok(())
    }

    /// Notes up to where the log of a store was searched.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] when the file cannot be written.
    pub fn note(&self, at: Bookmark) -> Result<(), RegisterError> {
        let mut known = self.known();
        if known.searched.get(&at.store) == Some(&at) {
            return Ok(());
        }
        self.write(&format!("= {} {} {}\n", at.store, at.position.0, at.event))?;
        known.searched.insert(at.store, at);
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a line at the end of the file, durably.
    fn write(&self, line: &str) -> Result<(), RegisterError> {
        let Some(path) = &self.path else { return Ok(()) };
        // Several nodes on one store share the file.
        let lock = private_file::lock_within(path, PATIENCE)?;
        let _lock = lock.ok_or_else(|| failed("lock", path)(io::ErrorKind::TimedOut.into()))?;
        let new = !path.exists();
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed("open", path))?;
        cut_torn_line(&file, path).map_err(failed("write", path))?;
        let text = if new { [HEADER, line].concat() } else { line.to_owned() };
        file.write_all(text.as_bytes()).map_err(failed("write", path))?;
        file.sync_all().map_err(failed("write", path))?;
        if new && let Some(folder) = path.parent() {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed("write", path))?;
        }
        Ok(())
    }
}

impl Known {
    /// Reads one line; `None` when it is none of a register.
    fn take(&mut self, line: &str) -> Option<()> {
        if line.is_empty() || line.starts_with('#') {
            return Some(());
        }
        let parts: Vec<&str> = line.split(' ').collect();
        match parts.as_slice() {
            ["=", store, position, event] => {
                let store = store.parse().ok()?;
                let position = GlobalPosition(position.parse().ok()?);
                let event = event.parse().ok()?;
                self.searched.insert(store, Bookmark { store, position, event });
            }
            [day, store, event, stream, target, field, keys] => {
                let given = |text: &&str| (*text != NONE).then(|| (*text).to_owned());
                let event = event.parse().ok()?;
                if self.erasures.iter().any(|known| known.event == event) {
                    // Two nodes that finished the same one.
                    return Some(());
                }
                self.erasures.push(Erasure {
                    day: day.parse().ok()?,
                    store: store.parse().ok()?,
                    event,
                    stream: StreamName::new(stream).ok()?,
                    target: match given(target) {
                        Some(target) => Some(target.parse().ok()?),
                        None => None,
                    },
                    field: given(field),
                    keys: given(keys)
                        .unwrap_or_default()
                        .split_terminator(',')
                        .map(|key| key.parse().ok())
                        .collect::<Option<_>>()?,
                });
            }
            _ => return None,
        }
        Some(())
    }
}

fn line(erasure: &Erasure) -> String {
    let keys: Vec<String> = erasure.keys.iter().map(ToString::to_string).collect();
    let or_none = |text: Option<String>| {
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| NONE.to_owned())
    };
    [
        erasure.day.to_string(),
        erasure.store.to_string(),
        erasure.event.to_string(),
        erasure.stream.to_string(),
        or_none(erasure.target.map(|target| target.to_string())),
        or_none(erasure.field.clone()),
        or_none(Some(keys.join(","))),
    ]
    .join(" ")
        + "\n"
}

/// Takes away what a crash left of a line, so that the next one begins on its own.
fn cut_torn_line(file: &File, path: &Path) -> io::Result<()> {
    let content = fs::read(path)?;
    let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    if whole < content.len() { file.set_len(whole as u64) } else { Ok(()) }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RegisterError {
    let path = path.to_owned();
    move |source| RegisterError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasure(number: u128) -> Erasure {
        Erasure {
            day: jiff::civil::date(2026, 3, 1),
            store: Uuid::from_u128(1),
            event: Uuid::from_u128(number),
            stream: StreamName::new(format!("issue-{}", Uuid::from_u128(9))).unwrap(),
            target: (number == 2).then(|| Uuid::from_u128(20)),
            field: (number == 2).then(|| "/title".to_owned()),
            keys: vec![KeyId { ring: 77, slot: 0 }, KeyId { ring: 78, slot: 3 }],
        }
    }

    #[test]
    fn what_was_added_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("epochs.erasures");
        let at = Bookmark {
            store: Uuid::from_u128(1),
            position: GlobalPosition(5),
            event: Uuid::from_u128(6),
        };
        let register = ErasureRegister::open(&path).unwrap();
        for number in [1, 2, 1] {
            register.add(erasure(number)).unwrap();
        }
        register.note(at).unwrap();

        let again = ErasureRegister::open(&path).unwrap();

        assert_eq!(again.of(Uuid::from_u128(1)), [erasure(1), erasure(2)]);
        assert_eq!(again.of(Uuid::from_u128(2)), []);
        assert_eq!(again.searched(Uuid::from_u128(1)), Some(at));
    }

    #[test]
    fn a_line_cut_short_by_a_crash_is_passed_over_and_then_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("epochs.erasures");
        ErasureRegister::open(&path).unwrap().add(erasure(1)).unwrap();
        let mut torn = fs::read_to_string(&path).unwrap();
        torn.push_str("2026-03-02 0000");
        fs::write(&path, torn).unwrap();

        let register = ErasureRegister::open(&path).unwrap();
        register.add(erasure(2)).unwrap();

        let again = ErasureRegister::open(&path).unwrap();
        assert_eq!(again.of(Uuid::from_u128(1)), [erasure(1), erasure(2)]);
    }

    #[test]
    fn another_file_is_no_register() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other");
        fs::write(&path, "1 2026-03-01 AAAA\n").unwrap();
        let why = ErasureRegister::open(&path).unwrap_err();
        assert!(matches!(why, RegisterError::Malformed { line: 1, .. }), "{why}");
    }
}
