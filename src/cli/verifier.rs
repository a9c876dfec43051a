//! `quesito verifier`.

use crate::notary::VERIFIER;
use clap::Args;

use super::say;

const AFTER: &str = "\
Examples:
  quesito verifier > verify.py
  python3 verify.py extract estratto.zip
  python3 verify.py log https://quesito.example.it/api/v1 --token qst_…

It is one file of Python that needs no library and nothing of this program.";

/// Prints the verifier that auditors run without this program
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct Verifier {}

impl Verifier {
    pub fn run() {
        say(VERIFIER.trim_end());
    }
}
