//! The program `quesito`: see `quesito --help`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
