//! The command line: one file for each subcommand.
//!
//! Results go to the standard output, logs and progress to the standard error; the
//! exit code is 0 when all is well, 1 when something is wrong, 2 for a wrong call.
//!
//! Depends on: everything in the library.

mod account;
mod accounts;
mod backup;
mod check;
mod copy;
mod demo;
mod events;
mod export;
mod import;
mod keys;
mod list;
mod openapi;
mod rebuild;
mod replay;
mod restore;
mod serve;
mod token;
mod verifier;
mod verify;
mod witness;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::config::{LogArgs, LogFormat};
use clap::{Parser, Subcommand};
use futures_util::future::{LocalBoxFuture, TryFutureExt};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// What went wrong, in words for whoever gave the command.
type Failure = Box<dyn std::error::Error + Send + Sync>;

const AFTER: &str = "\
Try it out, with invented data that are gone when you stop it:
  quesito demo

Begin for real:
  quesito import --registry                 # bodies, norms, themes, holidays
  quesito token create --person ced --role admin --body anci_er
  quesito serve --listen 0.0.0.0:8080 --public-url https://quesito.example.it

Every flag can be given in the environment too, as QUESITO_…; see `quesito serve --help`.";

/// Tracks divergent readings of the rules of the SAI network, from the report of a
/// municipality to the solution that others adopt.
#[derive(Parser)]
#[command(version, after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    logs: LogArgs,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Import(import::Import),
    Replay(replay::Replay),
    List(list::List),
    Rebuild(rebuild::Rebuild),
    Openapi(openapi::Openapi),
    Events(events::Events),
    Token(token::Token),
    Keys(keys::Keys),
    Account(account::Account),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Check(check::Check),
    Copy(copy::Copy),
    Verify(verify::Verify),
    Export(export::Export),
    Verifier(verifier::Verifier),
    Witness(witness::Witness),
}

/// Reads the command line and carries it out.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match begin(cli) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("quesito: {why}");
            ExitCode::FAILURE
        }
    }
}

fn begin(cli: Cli) -> Result<ExitCode, Failure> {
    log(
        &cli.logs,
        matches!(cli.command, Command::Serve(_) | Command::Demo(_) | Command::Witness(_)),
    )?;
    // One kind of future for all: else each would become a part of this one function.
    let work: Work = match cli.command {
        Command::Serve(serve) => work(serve.run()),
        Command::Demo(demo) => work(demo.run()),
        Command::Import(import) => work(import.run()),
        Command::Replay(replay) => work(replay.run()),
        Command::List(list) => work(list.run()),
        Command::Rebuild(rebuild) => work(rebuild.run()),
        Command::Openapi(openapi) => work(async move { openapi.run() }),
        Command::Events(events) => work(async move { events.run() }),
        Command::Token(token) => work(token.run()),
        Command::Keys(keys) => work(keys.run()),
        Command::Account(account) => work(account.run()),
        Command::Backup(backup) => work(async move { backup.run() }),
        Command::Restore(restore) => work(restore.run()),
        Command::Check(check) => Box::pin(check.run()),
        Command::Copy(copy) => work(copy.run()),
        Command::Verify(verify) => Box::pin(async move { Ok(verify.run()) }),
        Command::Export(export) => work(export.run()),
        Command::Verifier(verifier::Verifier {}) => {
            verifier::Verifier::run();
            return Ok(ExitCode::SUCCESS);
        }
        Command::Witness(witness) => work(witness.run()),
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// What a subcommand does.
type Work = LocalBoxFuture<'static, Result<ExitCode, Failure>>;

/// The work of a subcommand whose end is success.
fn work(run: impl Future<Output = Result<(), Failure>> + 'static) -> Work {
    Box::pin(run.map_ok(|()| ExitCode::SUCCESS))
}

fn log(settings: &LogArgs, serves: bool) -> Result<(), Failure> {
    let usual = if serves { "warn,quesito=info" } else { "warn" };
    let wanted = settings.log.as_deref().unwrap_or(usual);
    let filter = wanted.parse::<Targets>().map_err(|why| {
        format!(
            "--log {wanted}: {why}. It takes a level (error, warn, info, debug) or a list such \
             as warn,quesito=debug"
        )
    })?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).init();
    Ok(())
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Prints a line; a reader that has gone away (`| head`) is no fault.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;

    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
