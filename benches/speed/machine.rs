//! The machine: which core runs what, what a process holds, how busy others keep it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failure;

/// The core of the server.
pub const SERVER_CORE: &str = "0";

/// The core of the load generator.
pub const LOAD_CORE: &str = "1";

/// The cores of what may use the whole machine.
pub const ALL_CORES: &str = "0,1";

/// A program that will run on certain cores.
pub fn pinned(cores: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(cores).arg(program);
    command
}

/// Puts this process on the core of the load generator.
pub fn pin_load_generator() -> Result<(), Failure> {
    let own = std::process::id().to_string();
    let pinned = Command::new("taskset").args(["-c", "-p", LOAD_CORE, &own]).output()?;
    if !pinned.status.success() {
        return Err("the load generator needs a core of its own: two cores and taskset".into());
    }
    Ok(())
}

/// A line of `/proc/…/status` in MiB, such as `RssAnon` or `VmHWM`.
pub fn memory(process: &str, line: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let found = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes = found.and_then(|value| value.split_whitespace().next());
    let kilobytes: f64 = kilobytes.ok_or("no such line in the status of a process")?.parse()?;
    Ok(kilobytes / 1_024.0)
}

/// Processor seconds a process has used.
pub fn processor_seconds(process: &str) -> Result<f64, Failure> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, after) = stat.rsplit_once(')').ok_or("an odd stat")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    let (user, system) = (ticks(11).unwrap_or(0.0), ticks(12).unwrap_or(0.0));
    Ok((user + system) / 100.0)
}

/// Jobs that ran or wanted to, on average over the last minute.
pub fn load_average() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("?").to_owned()
}

/// Ticks of all cores so far: busy, stolen, all.
#[derive(Debug, Clone, Copy)]
pub struct Ticks {
    busy: f64,
    all: f64,
}

impl Ticks {
    /// What the kernel has counted up to now.
    pub fn now() -> Result<Self, Failure> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<f64> =
            line.split_whitespace().skip(1).take(8).filter_map(|n| n.parse().ok()).collect();
        let all: f64 = ticks.iter().sum();
        // Idle, and waiting for a disk.
        let idle: f64 = ticks.iter().skip(3).take(2).sum();
        Ok(Self { busy: all - idle, all })
    }

    /// The share of the machine that was busy since.
    pub fn busy_since(self) -> Result<f64, Failure> {
        let now = Self::now()?;
        Ok((now.busy - self.busy) / (now.all - self.all).max(1.0))
    }
}

/// The bytes of the files in a folder whose names a rule picks.
pub fn bytes_in(folder: &Path, picks: fn(&str) -> bool) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let named = entry.file_name().to_str().is_some_and(picks);
        if named && entry.file_type()?.is_file() {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
