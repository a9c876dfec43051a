//! A store on servers, over the network: what the engine costs on top of the client crate.
//!
//! The server is a **double** in a process of its own, on the core of the server. It keeps
//! its log in memory and syncs nothing, so that these figures show our part and nothing of
//! what a real server would do.

mod filled;
mod load;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use quesito::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions};
use quesito::event_store::{EventStore, GlobalPosition, Notice};
use uuid::Uuid;

use crate::client::count;
use crate::machine::{ALL_CORES, SERVER_CORE, memory, pinned};
use crate::rebuilding::child;
use crate::server::{QUESITO, Server, free_port};
use crate::table::{Goal, Table};
use crate::{Failure, Sizes};

pub use filled::serve;

/// Events read at once, as views do.
const PAGE: usize = 1_000;

/// A double in a process of its own.
struct Double {
    child: Child,
    url: String,
}

impl Double {
    /// Starts it with the events of a data folder, or empty.
    fn start(data: Option<&Path>) -> Result<Self, Failure> {
        let mut command = pinned(SERVER_CORE, &std::env::current_exe()?);
        command.arg("--double").args(data).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut url = String::new();
        if let Some(told) = child.stdout.take() {
            BufReader::new(told).read_line(&mut url)?;
        }
        let double = Self { child, url: url.trim().to_owned() };
        if double.url.is_empty() { Err("the double did not start".into()) } else { Ok(double) }
    }

    fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures all of it.
pub fn measure(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    table.note("cluster: on a double of the server, in memory, which syncs nothing");
    appending(sizes, table)?;
    let data = sizes.root.join("cluster").join("data");
    child(&["--make-cases"], &data, Some(sizes.events))?;
    let double = Double::start(Some(&data))?;
    catching_up(&double.url, table)?;
    coming(sizes, &data, &double, table)?;
    drop(double);
    Ok(std::fs::remove_dir_all(sizes.root.join("cluster"))?)
}

/// Appends of single events to new streams: the client crate by itself, the engine, and the
/// engine with the keys that a text brings.
fn appending(sizes: &Sizes, table: &mut Table) -> Result<(), Failure> {
    let double = Double::start(None)?;
    for writers in [64, 1] {
        let raw = apart(load::raw(&double.url, writers, sizes.time))?;
        let plain = apart(load::engine(&double.url, writers, sizes.time, false))?;
        let sealed = apart(load::engine(&double.url, writers, sizes.time, true))?;
        let work = |what: &str| format!("cluster: append{what}, {writers} at once / client alone");
        let goal = Goal::AtLeast { must: 30.0, aim: 60.0 };
        table.ratio(&work(""), (plain, "/s"), (raw, "/s"), goal);
        table.ratio(&work(" with keys"), (sealed, "/s"), (raw, "/s"), Goal::None);
    }
    Ok(())
}

/// Reads everything as views do, and as a subscriber.
fn catching_up(url: &str, table: &mut Table) -> Result<(), Failure> {
    let goal = Goal::AtLeast { must: 50_000.0, aim: 100_000.0 };
    let paged = apart(async {
        let store = open(url).await?;
        let (begun, mut events, mut after) = (Instant::now(), 0, GlobalPosition::START);
        loop {
            let page = store.read_all(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            (after, events) = (last.position, events + page.len());
        }
        Ok(count(events) / begun.elapsed().as_secs_f64())
    })?;
    table.figure("cluster: read everything", paged, "events/s", goal);
    let told = apart(async {
        let store = open(url).await?;
        let (begun, mut events) = (Instant::now(), 0);
        let mut subscription = store.subscribe(None).await?;
        while let Notice::Event(_) = subscription.next().await? {
            events += 1;
        }
        Ok(count(events) / begun.elapsed().as_secs_f64())
    })?;
    table.figure("cluster: a subscription catches up", told, "events/s", goal);
    Ok(())
}

/// Starts the program with the key file and nothing else.
fn coming(sizes: &Sizes, data: &Path, double: &Double, table: &mut Table) -> Result<(), Failure> {
    let new = sizes.root.join("cluster").join("new");
    let keys = new.join("keys").join("epochs");
    std::fs::create_dir_all(new.join("keys"))?;
    let mut old = data.as_os_str().to_owned();
    old.push("-keys/epochs");
    std::fs::copy(old, &keys)?;
    let port = free_port()?;
    let mut command = pinned(ALL_CORES, Path::new(QUESITO));
    command.args(["serve", "--rate-limit", "0", "--scrub-every", "0"]);
    command.args(["--listen", &port.to_string(), "--store", &double.url, "--data"]);
    command.arg(new.join("data")).arg("--keys").arg(&keys);
    let (server, shown) = apart(async {
        let server = Server::launch(&mut command, port).await?;
        let begun = Instant::now();
        while server.lag().await.map_or(true, |lag| lag.views > 0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let shown = begun.elapsed() + server.ready_after;
        Ok((server, shown))
    })?;
    let goal = Goal::AtMost { must: 60.0, aim: 30.0 };
    let ready = server.ready_after.as_secs_f64();
    table.figure("cluster: a node with nothing is ready", ready, "s", goal);
    table.figure("cluster: its views show everything", shown.as_secs_f64(), "s", Goal::None);
    let peak = memory(&server.process(), "VmHWM")?;
    table.figure("cluster: its peak memory", peak, "MiB", Goal::None);
    table.note(format!("the double held {:.0} MiB", memory(&double.process(), "RssAnon")?));
    server.stop()
}

async fn open(url: &str) -> Result<EventStoreDb, Failure> {
    let options = EventStoreDbOptions { create: Some(Uuid::from_u128(7)), ..Default::default() };
    Ok(EventStoreDb::open(url, options).await?)
}

/// Runs something on two threads of its own, since what runs the bench has only one.
fn apart<T: Send>(work: impl Future<Output = Result<T, Failure>> + Send) -> Result<T, Failure> {
    let run = || -> Result<T, Failure> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).enable_all().build()?.block_on(work)
    };
    std::thread::scope(|scope| {
        scope.spawn(run).join().unwrap_or_else(|_| Err("a thread of the bench panicked".into()))
    })
}
