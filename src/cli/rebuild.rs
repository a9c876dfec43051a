//! `quesito rebuild`.

use crate::app::{Access, Engine};
use crate::config::DataArgs;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, clock, say};

const AFTER: &str = "\
The views hold nothing that is not in the events. A server that is running follows them by
itself; stop it before rebuilding.";

/// Builds the views anew from the events
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Rebuild {
    #[command(flatten)]
    data: DataArgs,
}

impl Rebuild {
    pub async fn run(self) -> Result<(), Failure> {
        let engine = Engine::open(&self.data.check()?, Access::Write, clock()).await?;
        let views = engine.views().await?;
        let bar = ProgressBar::new(engine.store.head().await?.0);
        bar.set_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} events, {per_sec}, {eta} left",
        )?);
        let rebuilding = views.clone();
        let shown = bar.clone();
        let rebuilt = tokio::task::spawn_blocking(move || {
            rebuilding.rebuild(|at, head| {
                shown.set_length(head.0);
                shown.set_position(at.0);
            })
        })
        .await??;
        bar.finish_and_clear();
        tokio::task::spawn_blocking(move || views.close()).await?;
        engine.store.close().await;
        say(format_args!(
            "{} events in {:.1} s: {:.0} a second",
            rebuilt.events,
            rebuilt.took.as_secs_f64(),
            rebuilt.rate()
        ));
        Ok(())
    }
}
