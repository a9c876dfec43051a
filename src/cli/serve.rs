//! `quesito serve`.

use std::sync::Arc;

use crate::app::{self, Access, Early, Engine, Serving};
use crate::clock::Clock;
use crate::config::{DataArgs, ServeArgs};
use clap::Args;

use super::{Failure, clock, say};

const AFTER: &str = "\
Examples:
  quesito serve                                   # http://127.0.0.1:8080, ./data
  quesito serve --listen 0.0.0.0:8080 --data /var/lib/quesito --keys /etc/quesito/epochs \\
                --public-url https://quesito.example.it --trusted-proxy --log-format json

It speaks HTTP; put a proxy in front for TLS. SIGTERM or Ctrl-C finishes what was accepted,
then ends with code 0; code 1 means that the disk failed or a setting is wrong.";

/// Serves the API and its documentation
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Serve {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    settings: ServeArgs,
}

impl Serve {
    pub async fn run(self) -> Result<(), Failure> {
        let data = self.data.check()?;
        // Whoever asks meanwhile is told to come again.
        let early = Some(Early::begin(self.settings.listen)?);
        let engine = Engine::open(&data, Access::Serve, self.clock()).await?;
        let (settings, demo) = (&self.settings, Vec::new());
        let serving = Serving { settings, disclaimer: None, demo, early };
        app::serve(&engine, serving, |base| {
            say(format_args!("quesito answers at {base}, its documentation at {base}/docs"));
        })
        .await?;
        Ok(())
    }

    /// The clock of the machine, unless a test wants another day.
    fn clock(&self) -> Arc<dyn Clock> {
        #[cfg(debug_assertions)]
        if self.settings.clock_ahead > 0 {
            return Arc::new(crate::clock::Ahead { days: self.settings.clock_ahead });
        }
        clock()
    }
}
