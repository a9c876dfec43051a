//! Nothing acknowledged is lost: writers file issues over HTTP with a ledger of what
//! was acknowledged, the real program is killed without warning and started again, and
//! what it holds is compared with the ledger.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::filing::{Filing, compare};
use crate::program::{Client, Server, home_on, run};

const CYCLES: u32 = 20;
const WRITERS: u32 = 8;

/// After how many acknowledgements of a cycle the program is killed, at least.
const BEFORE_THE_END: u64 = 10;

/// Files until the program is gone; what was sent, acknowledged or not.
fn write(host: &str, token: &str, next: &AtomicU64, done: &AtomicU64) -> Vec<Filing> {
    let mut filings = Vec::new();
    let Some(mut client) = Client::new(host, token) else { return filings };
    loop {
        let mut filing = Filing::numbered(next.fetch_add(1, Ordering::Relaxed));
        let answered = filing.send(&mut client);
        filings.push(filing);
        if !answered {
            return filings;
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Kills the program so many times, with the events where the arguments say.
pub fn campaign(store: &[&str], cycles: u32) {
    let (home, token) = home_on(store, "municipality", "c_a944", &["--network", "anci_er"]);
    let next = AtomicU64::new(1);
    let mut ledger: Vec<Filing> = Vec::new();
    let mut unanswered = 0;
    for cycle in 0..cycles {
        let server = Server::on(home.path(), store);
        // What was sent and not acknowledged is sent again, with the same key.
        let mut client = Client::new(&server.host, &token).unwrap();
        for filing in ledger.iter_mut().filter(|filing| filing.acknowledged.is_none()) {
            unanswered += 1;
            assert!(filing.send(&mut client), "cycle {cycle}: {filing:?}");
        }
        let done = AtomicU64::new(0);
        let sent = Mutex::new(Vec::new());
        let host = server.host.clone();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    let filings = write(&host, &token, &next, &done);
                    sent.lock().unwrap().extend(filings);
                });
            }
            // A different moment each time, while all writers are at work.
            let enough = BEFORE_THE_END + u64::from(cycle % 7) * 2;
            let begun = Instant::now();
            while done.load(Ordering::Relaxed) < enough {
                assert!(begun.elapsed() < Duration::from_secs(30), "cycle {cycle} stands still");
                std::thread::yield_now();
            }
            server.kill();
        });
        ledger.extend(sent.into_inner().unwrap());
    }

    let server = Server::on(home.path(), store);
    let mut client = Client::new(&server.host, &token).unwrap();
    for filing in ledger.iter_mut().filter(|filing| filing.acknowledged.is_none()) {
        unanswered += 1;
        assert!(filing.send(&mut client), "{filing:?}");
    }
    compare(&mut client, &ledger);
    assert!(unanswered >= u64::from(cycles), "the kills came too late: {unanswered} unanswered");
    server.kill();
    let told = run(home.path(), &[&["check"], store].concat());
    assert!(told.contains("no fault"), "{told}");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    campaign(&[], CYCLES);
}
