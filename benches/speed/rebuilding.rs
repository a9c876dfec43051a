//! Rebuilding the views of a big store, each time in a process of its own, so that its
//! memory is nobody else's; and starting a server on it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quesito::app::{Access, Engine};
use quesito::clock::SystemClock;
use quesito::config::DataArgs;
use quesito::notary::note::{Skey, Use};
use quesito::notary::{Keeper, KeeperOptions};

use crate::client::count;
use crate::machine::{ALL_CORES, memory, pinned};
use crate::server::Server;
use crate::table::{Goal, Table, number};
use crate::{Failure, Sizes, generate};

/// Cases open at once in the store that is rebuilt.
const OPEN: usize = 5_000;

/// The seed of every store.
const SEED: u64 = 142;

/// How long views may take.
pub const PATIENCE: Duration = Duration::from_hours(1);

/// What a child process printed: a name and a value on each line.
pub struct Figures(HashMap<String, String>);

impl Figures {
    /// A number.
    pub fn get(&self, name: &str) -> Result<f64, Failure> {
        Ok(self.text(name)?.parse()?)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        let found = self.0.get(name).map(String::as_str);
        found.ok_or_else(|| format!("a child process did not tell `{name}`").into())
    }
}

/// Runs this program again for one piece of work, on both cores.
pub fn child(work: &[&str], data: &Path, size: Option<usize>) -> Result<Figures, Failure> {
    let mut command = pinned(ALL_CORES, &std::env::current_exe()?);
    command.args(work).arg(data).args(size.map(|size| size.to_string()));
    let ran = command.output()?;
    let errors = String::from_utf8_lossy(&ran.stderr);
    if !ran.status.success() {
        return Err(format!("{}: {errors}", work.join(" ")).into());
    }
    let lines = String::from_utf8(ran.stdout)?;
    let figures = lines.lines().filter_map(|line| line.split_once(' '));
    Ok(Figures(figures.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
}

/// Measures a rebuild at two sizes, and a start at the larger one.
pub async fn measure(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let small = sizes.root.join("small").join("data");
    child(&["--make-cases"], &small, Some(sizes.events / 5))?;
    child(&["--build"], &small, None)?;
    let at_first = child(&["--rebuild"], &small, None)?;
    std::fs::remove_dir_all(sizes.root.join("small"))?;

    let big = sizes.root.join("big").join("data");
    let made = child(&["--make-cases"], &big, Some(sizes.events))?;
    table.note(format!("rebuilt: {}", made.text("mix")?));
    let built = child(&["--build"], &big, None)?;
    let rebuilt = child(&["--rebuild"], &big, None)?;

    let goal = Goal::AtLeast { must: 60_000.0, aim: 150_000.0 };
    table.figure("rebuild without search index", rebuilt.get("rate")?, "events/s", goal);
    let goal = Goal::AtLeast { must: 40_000.0, aim: 90_000.0 };
    table.figure("rebuild with search index", built.get("searchable")?, "events/s", goal);
    let (before, after) = (at_first.get("peak")?, rebuilt.get("peak")?);
    let goal = Goal::AtMost { must: 128.0, aim: 128.0 };
    table.figure("rebuild: peak memory", after, "MiB", goal);
    let goal = Goal::AtMost { must: 25.0, aim: 25.0 };
    let growth = 100.0 * (after - before) / before;
    table.figure("rebuild: growth from a fifth of the events", growth, "%", goal);
    let peak = built.get("peak")?;
    table.figure("rebuild with search index: peak memory", peak, "MiB", Goal::None);

    let log = child(&["--log"], &big, None)?;
    let goal = Goal::AtLeast { must: 100_000.0, aim: 200_000.0 };
    table.figure("log: catching up", log.get("rate")?, "leaves/s", goal);

    let server = Server::start(&big).await?;
    let goal = Goal::AtMost { must: 1.0, aim: 0.2 };
    let ready = server.ready_after.as_secs_f64();
    table.figure("start to ready, views present", ready, "s", goal);
    table.note(format!(
        "started on {} events with {:.1} MiB of memory of its own",
        number(built.get("events")?),
        memory(&server.process(), "RssAnon")?
    ));
    server.stop()?;
    Ok(std::fs::remove_dir_all(sizes.root.join("big"))?)
}

async fn open(data: &str, access: Access) -> Result<Engine, Failure> {
    let data = DataArgs { data: data.into(), keys: None, documents: None, store: None }.check()?;
    Ok(Engine::open(&data, access, Arc::new(SystemClock)).await?)
}

/// Opens a store as the one who writes to it.
pub async fn open_to_write(data: &str) -> Result<Engine, Failure> {
    open(data, Access::Write).await
}

/// Makes a store of issues: a child process.
pub async fn make_issues(data: &str, size: &str) -> Result<(), Failure> {
    println!("mix {}", generate::issues(Path::new(data), size.parse()?, SEED).await?);
    Ok(())
}

/// Makes a store of cases: a child process.
pub async fn make_cases(data: &str, size: &str) -> Result<(), Failure> {
    println!("mix {}", generate::cases(Path::new(data), size.parse()?, OPEN, SEED).await?);
    Ok(())
}

/// Builds views and index from nothing: a child process.
pub async fn build(data: &str) -> Result<(), Failure> {
    let engine = open(data, Access::Write).await?;
    let head = engine.store.head().await?;
    let events = count(usize::try_from(head.0)?);
    let begun = Instant::now();
    let views = engine.views().await?;
    views.wait_for(head, PATIENCE).await?;
    println!("shown {}", events / begun.elapsed().as_secs_f64());
    views.wait_for_search(head, PATIENCE).await?;
    println!("searchable {}", events / begun.elapsed().as_secs_f64());
    println!("events {events}");
    println!("peak {}", memory("self", "VmHWM")?);
    views.close();
    engine.store.close().await;
    Ok(())
}

/// Fills the log from nothing: a child process.
pub async fn log(data: &str) -> Result<(), Failure> {
    let engine = open(data, Access::Read).await?;
    let head = engine.store.head().await?;
    let key = Skey::new("speed.example/log", Use::Note, &[1; 32])?;
    let shelf = Some(Path::new(data).join("log-speed.db"));
    let store = engine.store.clone();
    let begun = Instant::now();
    let options = KeeperOptions { shelf, key, place: None, node: None, first: None };
    let keeper = Keeper::open(store, Arc::new(SystemClock), options).await?;
    if !keeper.wait_for(head, PATIENCE).await {
        return Err("the log did not catch up".into());
    }
    let leaves = count(usize::try_from(keeper.size())?);
    println!("rate {}", leaves / begun.elapsed().as_secs_f64());
    keeper.close();
    Ok(())
}

/// Builds views anew beside those that are there: a child process.
pub async fn rebuild(data: &str) -> Result<(), Failure> {
    let engine = open(data, Access::Write).await?;
    let views = engine.views().await?;
    let anew = Arc::clone(&views);
    let rebuilt = tokio::task::spawn_blocking(move || anew.rebuild(|_, _| {})).await??;
    println!("rate {}", rebuilt.rate());
    println!("peak {}", memory("self", "VmHWM")?);
    views.close();
    engine.store.close().await;
    Ok(())
}

/// Compares views with a rebuild, line by line: a child process.
pub async fn compare(data: &str) -> Result<(), Failure> {
    let engine = open(data, Access::Write).await?;
    let head = engine.store.head().await?;
    let views = engine.views().await?;
    views.wait_for(head, PATIENCE).await?;
    let before = views.dump()?;
    let anew = Arc::clone(&views);
    tokio::task::spawn_blocking(move || anew.rebuild(|_, _| {})).await??;
    let after = views.dump()?;
    let pairs = before.lines().zip(after.lines());
    let differ = pairs.filter(|(one, other)| one != other).count()
        + before.lines().count().abs_diff(after.lines().count());
    println!("differ {differ}");
    let issues = views.read(|db| {
        Ok(db.query_row("SELECT count(*) FROM issues", [], |row| row.get::<_, i64>(0))?)
    })?;
    println!("issues {issues}");
    views.close();
    engine.store.close().await;
    Ok(())
}
