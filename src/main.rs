//! The program `quesito`: see `quesito --help`.

fn main() -> std::process::ExitCode {
    quesito::cli::run()
}
