//! `quesito restore`.

use std::path::PathBuf;

use clap::Args;
use quesito::app::private_folder;
use quesito::config::DataArgs;
use quesito::event_store::sqlite::restore_keys;

use super::backup::{DOCUMENTS, EVENTS, KEYS, copy_folder};
use super::{Failure, say};

const AFTER: &str = "\
Example:
  quesito restore /backup/2026-11-23 --data ./data --keys ./data-keys/epochs

The data folder must not hold a store. Put the key file in its place yourself; then
`quesito check` says whether everything opens.";

/// Brings a backup back into an empty data folder
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Restore {
    /// The folder that `quesito backup` made
    #[arg(value_name = "BACKUP")]
    source: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

impl Restore {
    pub fn run(self) -> Result<(), Failure> {
        let data = self.data.check()?;
        let events = data.events();
        if events.exists() {
            let why = "holds a store already: move it away, or give another folder with --data";
            return Err(format!("{} {why}", data.folder.display()).into());
        }
        private_folder(&data.folder)?;
        let from = self.source.join(EVENTS);
        std::fs::copy(&from, &events)
            .map_err(|why| format!("{} cannot be copied: {why}", from.display()))?;
        let keys = self.source.join(KEYS);
        let rings = if keys.exists() { restore_keys(&events, &keys)? } else { 0 };
        let documents = copy_folder(&self.source.join(DOCUMENTS), &data.documents())?;
        say(format_args!(
            "Restored into {}, with {rings} rings of keys and {documents} documents",
            data.folder.display()
        ));
        if !data.keys.exists() {
            say(format_args!("The key file is missing: put it at {}", data.keys.display()));
        }
        Ok(())
    }
}
