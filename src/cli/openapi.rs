//! `quesito openapi`.

use clap::Args;

use super::{Failure, say};

const AFTER: &str = "\
Example:
  quesito openapi > openapi/quesito.v1.json";

/// Prints the description of the API
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Openapi {
    /// The address of the installation it describes
    #[arg(long, value_name = "URL", default_value = "https://quesito.example")]
    server: String,
}

impl Openapi {
    pub fn run(self) -> Result<(), Failure> {
        let document = crate::http::openapi::document(self.server.trim_end_matches('/'));
        say(serde_json::to_string_pretty(&document)?);
        Ok(())
    }
}
