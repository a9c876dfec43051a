//! The real program on a double of the servers: what a client sees of it while they fail.

mod failover;
mod outages;
mod starting;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::double::{Double, Options};
use crate::killed::campaign;
use crate::program::Client;

/// How often the program is killed on a double.
const KILLS: u32 = 6;

/// The status of `/status`.
fn status(host: &str, token: &str) -> Option<u16> {
    let (status, _) = Client::new(host, token)?.ask("GET", "/status", "-", "")?;
    Some(status)
}

/// Polls until something holds, and answers how long that took.
#[track_caller]
fn soon(what: &str, limit: Duration, holds: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}

/// What the program has logged.
fn logged(home: &Path) -> String {
    std::fs::read_to_string(home.join("log")).unwrap()
}

#[test]
fn nothing_acknowledged_is_lost_on_a_server_when_the_program_is_killed() {
    let double = Double::start(Options::default());
    campaign(&["--store", &double.url()], KILLS);

    let records = double.records();
    let reported = records.iter().filter(|record| record.kind == "issue-reported.v1");
    let mut streams: Vec<_> = reported.map(|record| record.stream.clone()).collect();
    let all = streams.len();
    streams.sort_unstable();
    streams.dedup();
    assert_eq!(streams.len(), all, "an issue was reported twice");
}
