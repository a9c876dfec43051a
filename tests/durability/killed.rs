//! Nothing acknowledged is lost: writers file issues over HTTP with a ledger of what
//! was acknowledged, the real program is killed without warning and started again, and
//! what it holds is compared with the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::program::{Client, Server, home, run};

const CYCLES: u32 = 20;
const WRITERS: u32 = 8;

/// After how many acknowledgements of a cycle the program is killed, at least.
const BEFORE_THE_END: u64 = 10;

/// A filing: its key, its title, and the id it was acknowledged with.
#[derive(Debug, Clone)]
struct Filing {
    key: String,
    title: String,
    acknowledged: Option<String>,
}

impl Filing {
    fn numbered(number: u64) -> Self {
        Self {
            key: format!("00000000-0000-4000-8000-{number:012x}"),
            title: format!("Segnalazione numero {number}"),
            acknowledged: None,
        }
    }

    fn body(&self) -> String {
        json!({
            "title": self.title, "description": format!("Descrizione di: {}.", self.title),
            "theme": "residence_registration", "urgency": "low", "visibility": "network",
            "norms": [{
                "kind": "nir",
                "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis",
            }],
        })
        .to_string()
    }

    /// Sends it; whether there was an answer at all.
    fn send(&mut self, client: &mut Client) -> bool {
        let Some((status, receipt)) = client.ask("POST", "/issues", &self.key, &self.body()) else {
            return false;
        };
        assert_eq!(status, 201, "{receipt}");
        self.acknowledged = receipt["id"].as_str().map(str::to_owned);
        assert!(self.acknowledged.is_some(), "{receipt}");
        true
    }
}

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

/// Every issue in the lists, by its title; a title that stands twice is a duplicate.
fn listed(client: &mut Client) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut path = "/issues?limit=200".to_owned();
    loop {
        let (status, page) = client.ask("GET", &path, "-", "").unwrap();
        assert_eq!(status, 200, "{page}");
        for item in page["items"].as_array().unwrap() {
            let (title, id) = (item["title"].as_str().unwrap(), item["id"].as_str().unwrap());
            found.entry(title.to_owned()).or_default().push(id.to_owned());
        }
        let Some(next) = page["next"].as_str() else { return found };
        let (_, below) = next.split_once("/api/v1").unwrap();
        below.clone_into(&mut path);
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    let (home, token) = home("municipality", "c_a944", &["--network", "anci_er"]);
    let next = AtomicU64::new(1);
    let mut ledger: Vec<Filing> = Vec::new();
    let mut unanswered = 0;
    for cycle in 0..CYCLES {
        let server = Server::start(home.path());
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

    let server = Server::start(home.path());
    let mut client = Client::new(&server.host, &token).unwrap();
    for filing in ledger.iter_mut().filter(|filing| filing.acknowledged.is_none()) {
        unanswered += 1;
        assert!(filing.send(&mut client), "{filing:?}");
    }
    let listed = listed(&mut client);
    let known: BTreeSet<_> = ledger.iter().map(|filing| filing.title.as_str()).collect();
    let strangers: Vec<_> = listed.keys().filter(|title| !known.contains(title.as_str())).collect();
    assert!(strangers.is_empty(), "nobody filed {strangers:?}");
    for filing in &ledger {
        let id = filing.acknowledged.as_ref().unwrap();
        assert_eq!(listed.get(&filing.title), Some(&vec![id.clone()]), "{filing:?}");
        // The whole text opens, from the stored events.
        let (status, issue) = client.ask("GET", &format!("/issues/{id}"), "-", "").unwrap();
        assert_eq!(status, 200, "{filing:?}: {issue}");
        assert_eq!(issue["title"], filing.title);
        assert_eq!(issue["description"], format!("Descrizione di: {}.", filing.title));
    }
    // And a key that was acknowledged is remembered across all of it.
    let mut first = ledger[0].clone();
    assert!(first.send(&mut client));
    assert_eq!(first.acknowledged, ledger[0].acknowledged);
    assert!(unanswered >= u64::from(CYCLES), "the kills came too late: {unanswered} unanswered");
    server.kill();
    let told = run(home.path(), &["check"]);
    assert!(told.contains("no fault"), "{told}");
}
