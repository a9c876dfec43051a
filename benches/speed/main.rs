//! How fast it is: one command, one table.
//!
//! ```text
//! cargo bench                    every figure at full size
//! cargo bench -- --quick         small stores and short loads, to try it out
//! cargo bench -- past            only some of them: checking, filing, reading, rebuilding, past,
//!                                cluster
//! ```
//!
//! The server is the release build of the real program on core 0, the load generator
//! (this process) runs on core 1; tokens, validation, sealing, idempotency, views and the
//! search index are on, the log is written, every answer is durable. Each figure that has a floor is shown
//! as a share of it; floors are measured in the same run. Rebuilds may use both cores.
//!
//! Sizes: `QUESITO_BENCH_ISSUES` (100,000), `QUESITO_BENCH_EVENTS` (1,000,000),
//! `QUESITO_BENCH_SECONDS` (5, for each load), `QUESITO_BENCH_DIR` (a folder on the disk
//! to be measured; `target/speed` otherwise).
//!
//! Deliberately absent: statistics over repeated runs. A busy machine shows in the notes.

mod checking;
mod client;
#[cfg(feature = "eventstoredb")]
mod cluster;
mod filing;
mod floors;
mod generate;
mod machine;
mod past;
mod random;
mod reading;
mod rebuilding;
mod requests;
mod server;
mod stock;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use machine::Ticks;
use table::Table;

/// Why a figure could not be had.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much is measured, and where.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Issues in the store that is read.
    pub issues: usize,
    /// Events in the store that is rebuilt.
    pub events: usize,
    /// How long each load lasts.
    pub time: Duration,
    /// Where the stores lie.
    pub root: PathBuf,
}

impl Sizes {
    fn read(quick: bool) -> Result<Self, Failure> {
        let size = |name: &str, usual: usize, small: usize| match std::env::var(name) {
            Ok(text) => text.parse().map_err(|_| format!("{name} takes a number, not {text}")),
            Err(_) => Ok(if quick { small } else { usual }),
        };
        let root = std::env::var_os("QUESITO_BENCH_DIR").map_or_else(usual_root, PathBuf::from);
        Ok(Self {
            issues: size("QUESITO_BENCH_ISSUES", 100_000, 2_000)?,
            events: size("QUESITO_BENCH_EVENTS", 1_000_000, 20_000)?,
            time: Duration::from_secs(size("QUESITO_BENCH_SECONDS", 5, 1)? as u64),
            root,
        })
    }
}

/// Beside what was built.
fn usual_root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ran = runtime.map_err(Failure::from).and_then(|runtime| {
        // Cargo adds a word of its own.
        let words = arguments.iter().map(String::as_str).filter(|word| *word != "--bench");
        let words: Vec<&str> = words.collect();
        runtime.block_on(async {
            match words.as_slice() {
                ["--constant", bytes, address] => {
                    floors::serve_constant(bytes.parse()?, address).await
                }
                ["--make-issues", data, issues] => rebuilding::make_issues(data, issues).await,
                ["--make-cases", data, events] => rebuilding::make_cases(data, events).await,
                ["--build", data] => rebuilding::build(data).await,
                ["--rebuild", data] => rebuilding::rebuild(data).await,
                ["--look-back", which, data] => past::look(which, data).await,
                ["--log", data] => rebuilding::log(data).await,
                ["--compare", data] => rebuilding::compare(data).await,
                #[cfg(feature = "eventstoredb")]
                ["--double", data @ ..] => cluster::serve(data.first().copied()).await,
                words => measure(words).await,
            }
        })
    });
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("speed: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(words: &[&str]) -> Result<(), Failure> {
    machine::pin_load_generator()?;
    let sizes = Sizes::read(words.contains(&"--quick"))?;
    let chosen: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.contains(&name);
    std::fs::create_dir_all(&sizes.root)?;
    let root = tempfile::Builder::new().prefix("run-").tempdir_in(&sizes.root)?;
    let sizes = Sizes { root: root.path().to_owned(), ..sizes };
    let mut table = Table::default();
    if cfg!(debug_assertions) {
        table.note("NOT A RELEASE BUILD: none of these figures means anything");
    }
    table.note(format!("load average before: {}", machine::load_average()));
    let ticks = Ticks::now()?;

    if wanted("checking") {
        eprintln!("checking");
        checking::measure(sizes.time, &mut table)?;
    }
    if wanted("filing") {
        eprintln!("filing");
        filing::measure(&sizes, &mut table).await?;
    }
    if wanted("reading") {
        eprintln!("reading");
        reading::measure(&sizes, &mut table).await?;
    }
    if wanted("rebuilding") {
        eprintln!("rebuilding");
        rebuilding::measure(&sizes, &mut table).await?;
    }
    if wanted("past") {
        eprintln!("past");
        past::measure(&sizes, &mut table).await?;
    }

    #[cfg(feature = "eventstoredb")]
    if wanted("cluster") {
        eprintln!("cluster");
        cluster::measure(&sizes, &mut table)?;
    }

    table.note(format!(
        "load average after: {}; both cores were busy {:.0} % of the time",
        machine::load_average(),
        100.0 * ticks.busy_since()?
    ));
    println!("\n{}", table.print());
    println!("\n{} figures miss what they must reach", table.missed());
    Ok(())
}
