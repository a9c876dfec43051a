//! `quesito import`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::{Access, Engine};
use crate::clock::SetClock;
use crate::config::DataArgs;
use crate::import::{self, CaseFile, Dates, Report};
use clap::Args;

use super::{Failure, clock, say};

const AFTER: &str = "\
Examples:
  quesito import --registry                   # the shipped registry alone, as of today
  quesito import casi.json                    # as live commands: recorded today
  quesito import --history casi.json          # into an empty store, keeping recorded dates

A file has the schema `quesito-cases-2` (src/data/cases.json is one). Every event goes through
the rules of the product; the first one refused stops the import and is named. Importing the
same file again records nothing twice, so an import that was interrupted can be repeated.";

/// Records the registry and files of cases
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Import {
    /// The file of cases
    file: Option<PathBuf>,
    /// Keep the dates of recording of the file; needs an empty store
    #[arg(long, requires = "file")]
    history: bool,
    /// Record the shipped registry alone
    #[arg(long, conflicts_with = "file")]
    registry: bool,
    #[command(flatten)]
    data: DataArgs,
}

impl Import {
    pub async fn run(self) -> Result<(), Failure> {
        if self.file.is_none() && !self.registry {
            return Err("name a file of cases, or give --registry for the shipped registry".into());
        }
        // The file is read before a folder is made for it.
        let file = self.file.as_ref().map(|path| {
            let bytes = std::fs::read(path)
                .map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
            let parsed = CaseFile::parse(&bytes);
            parsed.map_err(|why| Failure::from(format!("{}: {why}", path.display())))
        });
        let file = file.transpose()?;
        let engine = Engine::open(&self.data.check()?, Access::Create, clock()).await?;
        let report = match &file {
            Some(file) if self.history => history(&engine, file).await,
            Some(file) => import::Import::new(&engine.operations(), Dates::Today).cases(file).await,
            None => import::Import::new(&engine.operations(), Dates::Today).registry().await,
        };
        engine.store.close().await;
        tell(&report?);
        if let Some(disclaimer) = file.and_then(|file| file.disclaimer_it) {
            say(disclaimer);
        }
        Ok(())
    }
}

/// Records a file with its own dates.
pub async fn history(engine: &Engine, file: &CaseFile) -> Result<Report, import::ImportError> {
    let now = clock().now();
    let set = SetClock::at(now);
    let failed = |why: crate::app::AppError| import::ImportError::Store(why.to_string());
    let then = engine.at(Arc::new(set.clone())).await.map_err(failed)?;
    let operations = then.operations();
    import::Import::new(&operations, Dates::Kept { clock: set, now }).cases(file).await
}

fn tell(report: &Report) {
    for (kind, count) in &report.recorded {
        say(format_args!("{count:>6}  {kind}"));
    }
    say(format_args!("{:>6}  events recorded", report.total()));
    if report.there > 0 {
        say(format_args!("{:>6}  entries of the registry were there already", report.there));
    }
    if !report.skipped.is_empty() {
        let places: Vec<_> = report.skipped.iter().map(ToString::to_string).collect();
        say(format_args!(
            "{:>6}  not recorded, since an import erases nothing: event {}",
            report.skipped.len(),
            places.join(", ")
        ));
    }
}
