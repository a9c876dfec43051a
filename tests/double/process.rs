//! The double as a process of its own, for clients that are not of this repository.
//!
//! ```text
//! esdb-double [--listen ADDRESS:PORT] [--seed NUMBER]
//! ```
//!
//! It prints its connection string in one line and serves until it is killed.

#[path = "mod.rs"]
#[expect(dead_code, reason = "it is never told to fail")]
mod double;

use std::io::Write;
use std::process::ExitCode;

use double::{Double, Options};

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(start) {
        // The node works on threads of its own.
        Ok(_double) => loop {
            std::thread::park();
        },
        Err(why) => {
            eprintln!("esdb-double: {why}");
            ExitCode::FAILURE
        }
    }
}

fn start(options: Options) -> Result<Double, String> {
    let listen = options.listen;
    let double = Double::try_start(options).map_err(|why| format!("{listen}: {why}"))?;
    // A caller that closed its end does not want to read it.
    let _ = writeln!(std::io::stdout(), "{}", double.url());
    Ok(double)
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let wrong = || format!("{name} cannot be {value}");
        match name.as_str() {
            "--listen" => options.listen = value.parse().map_err(|_| wrong())?,
            "--seed" => options.seed = value.parse().map_err(|_| wrong())?,
            _ => return Err(format!("there is no {name}")),
        }
    }
    Ok(options)
}
