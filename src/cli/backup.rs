//! `quesito backup`.

use std::path::{Path, PathBuf};

use crate::app::private_folder;
use crate::config::DataArgs;
use crate::event_store::sqlite::{backup_events, backup_keys};
use clap::Args;

use super::{Failure, say};

const AFTER: &str = "\
Example:
  quesito backup /backup/2026-11-23

It copies a store that is in use into two folders:
  DEST/events/   the events and the documents, which nobody can read without keys
  DEST/keys/     the wrapped keys of the texts
Keep the two apart, and the key file (--keys) apart from both: it is not copied here, nor is
the register of erasures beside it. Take a new copy after each change of epoch: older copies
of the keys open nothing then. `quesito restore` brings a copy back.";

/// The copy of the events, inside a backup.
pub const EVENTS: &str = "events/events.db";
/// The copy of the documents, inside a backup.
pub const DOCUMENTS: &str = "events/documents";
/// The copy of the wrapped keys, inside a backup.
pub const KEYS: &str = "keys/keys.db";

/// Copies events and keys, while the server runs
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Backup {
    /// The folder to copy into
    #[arg(value_name = "DEST")]
    destination: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

impl Backup {
    pub fn run(self) -> Result<(), Failure> {
        let data = self.data.check()?.in_files()?;
        let events = data.events();
        if !events.exists() {
            return Err(format!("there is no store in {}", data.folder.display()).into());
        }
        for part in [EVENTS, KEYS] {
            if let Some(folder) = self.destination.join(part).parent() {
                private_folder(folder)?;
            }
        }
        // Events before keys and documents: then the copy has whatever its events name.
        let position = backup_events(&events, &self.destination.join(EVENTS))?;
        let rings = backup_keys(&events, &self.destination.join(KEYS))?;
        let documents = copy_folder(&data.documents(), &self.destination.join(DOCUMENTS))?;
        say(format_args!(
            "{} events and {documents} documents in {}",
            position.0,
            self.destination.join("events").display()
        ));
        say(format_args!("{rings} rings of keys in {}", self.destination.join("keys").display()));
        say(format_args!(
            "Back up the key file and the register of erasures apart from both: {}, {}",
            data.keys.display(),
            data.erasures().display()
        ));
        Ok(())
    }
}

/// Copies a folder with everything below it; answers how many files it holds. Files that
/// are there already are left, since a document's name says what it holds.
pub fn copy_folder(from: &Path, to: &Path) -> Result<u64, Failure> {
    let mut copied = 0;
    if !from.exists() {
        return Ok(copied);
    }
    private_folder(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copied += copy_folder(&entry.path(), &target)?;
        } else {
            if !target.exists() {
                std::fs::copy(entry.path(), &target)?;
            }
            copied += 1;
        }
    }
    Ok(copied)
}
