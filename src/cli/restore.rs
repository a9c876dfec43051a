//! `quesito restore`.

use std::path::PathBuf;

use crate::app::{Access, Engine, private_folder};
use crate::config::DataArgs;
use crate::event_store::sqlite::restore_keys;
use clap::Args;

use super::backup::{DOCUMENTS, EVENTS, KEYS, copy_folder};
use super::verify;
use super::{Failure, accounts, clock, say};

const AFTER: &str = "\
Example:
  quesito restore /backup/2026-11-23 --data ./data --keys ./data-keys/epochs

The data folder must not hold a store. The key file and the register of erasures beside it
(epochs.erasures) are not part of a backup: they must be in their place. What was erased
after the backup is erased again before anybody can read it.

A copy of the keys from before the last change of epoch opens nothing. Take the keys of a
later backup then; the events may be older:
  quesito restore /backup/2026-08-01 --keys-of /backup/2026-11-23";

/// Brings a backup back into an empty data folder
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Restore {
    /// The folder that `quesito backup` made
    #[arg(value_name = "BACKUP")]
    source: PathBuf,
    /// Another backup, whose wrapped keys are taken instead
    #[arg(long, value_name = "BACKUP")]
    keys_of: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
}

impl Restore {
    pub async fn run(self) -> Result<(), Failure> {
        let data = self.data.check()?.in_files()?;
        let events = data.events();
        if events.exists() {
            let why = "holds a store already: move it away, or give another folder with --data";
            return Err(format!("{} {why}", data.folder.display()).into());
        }
        private_folder(&data.folder)?;
        let from = self.source.join(EVENTS);
        std::fs::copy(&from, &events)
            .map_err(|why| format!("{} cannot be copied: {why}", from.display()))?;
        let keys = self.keys_of.as_ref().unwrap_or(&self.source).join(KEYS);
        let rings = if keys.exists() { restore_keys(&events, &keys)? } else { 0 };
        let documents = copy_folder(&self.source.join(DOCUMENTS), &data.documents())?;
        say(format_args!(
            "Restored into {}, with {rings} rings of keys and {documents} documents",
            data.folder.display()
        ));
        let faults = verify::against_last_signed(&data)?;
        for fault in &faults {
            say(fault);
        }
        if !faults.is_empty() {
            say("This copy is not what was signed last, and no server opens it beside that: \
                 restore a newer backup; if there is none, `serve --new-log-origin` begins a new \
                 log, which every auditor will see");
        }
        if !data.keys.exists() {
            say(format_args!("The key file is missing: put it at {}", data.keys.display()));
            return Ok(());
        }
        let engine = Engine::open(&data, Access::Write, clock()).await?;
        let lost = engine.operations().lost_rings().await.map_err(|why| accounts::told(&why))?;
        engine.store.close().await;
        if engine.settled.replayed > 0 {
            say(format_args!("{} erasures were carried out again", engine.settled.replayed));
        }
        if let (all, lost @ 1..) = lost {
            say(format_args!(
                "{lost} of {all} rings are from before a change of epoch and open no more: take \
                 the keys of a later backup with --keys-of"
            ));
        }
        Ok(())
    }
}
