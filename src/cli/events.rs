//! `quesito events`.

use std::path::PathBuf;

use crate::codec::schemas;
use clap::Args;

use super::{Failure, say};

const AFTER: &str = "\
Examples:
  quesito events                              # the stored types and their streams
  quesito events --write                      # the contracts, into ./events

A contract that was published never changes: its file is left as it is, and a test compares it.";

/// Lists the stored event types, or writes their contracts
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Events {
    /// Write the contracts into a folder
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "events")]
    write: Option<PathBuf>,
}

impl Events {
    pub fn run(self) -> Result<(), Failure> {
        let Some(folder) = self.write else {
            for (category, kind) in schemas::event_types() {
                say(format_args!("{category:<13} {}", kind.stored));
            }
            return Ok(());
        };
        let written = schemas::write_all(&folder)?;
        say(format_args!("{written} files changed in {}", folder.display()));
        Ok(())
    }
}
