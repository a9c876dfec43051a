//! `quesito copy`.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, say};
use crate::app::{copy, open_store};
use crate::notary::hex;

const AFTER: &str = "\
Examples, with the server stopped:
  quesito copy --from sqlite:./data --to esdb://quesito:password@db1,db2,db3
  quesito copy --from esdb://quesito:password@db1,db2,db3 --to sqlite:./back

It may be stopped at any time; the same command goes on where it was. At the end both stores
are read from the first event to the last, and their Merkle roots compared. Documents, the
key file and the log's key are not in the store: keep --data and --keys as they are, or copy
the folder documents into the new data folder.";

/// Carries a store over to another engine
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Copy {
    /// The store to copy: sqlite:DIR, esdb://… or esdb+discover://…
    #[arg(long, value_name = "URL", env = "QUESITO_COPY_FROM", hide_env_values = true)]
    from: String,
    /// The store to copy into; it is made when it is not there
    #[arg(long, value_name = "URL", env = "QUESITO_COPY_TO", hide_env_values = true)]
    to: String,
}

impl Copy {
    pub async fn run(self) -> Result<(), Failure> {
        let from = open_store(&self.from, None).await?;
        let to = open_store(&self.to, Some(from.store_id())).await?;
        let bar = ProgressBar::new(0);
        bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len}, {per_sec}, {eta}")?);
        let outcome = copy::copy(&*from, &*to, |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        })
        .await;
        bar.finish_and_clear();
        to.close().await;
        let copied = outcome?;
        say(format_args!(
            "{} events copied, {} were there; both logs of {} events have the root {}",
            copied.copied,
            copied.before,
            copied.logged,
            hex(&copied.root)
        ));
        Ok(())
    }
}
