//! Another node leads: what it costs a client that files meanwhile.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{soon, status};
use crate::double::{Call, Code, Double, Fault, Options};
use crate::filing::{Filing, compare};
use crate::program::{Client, Server, home_on};

const WRITERS: u32 = 6;

/// Filings between two events of the campaign.
const BETWEEN: u64 = 24;

/// How long the nodes need to agree on another leader.
const ELECTION: Duration = Duration::from_secs(2);

/// After how long a client asks again, as `Retry-After` says.
const AGAIN: Duration = Duration::from_secs(2);

/// What writers have in common.
struct Campaign {
    host: String,
    token: String,
    next: AtomicU64,
    done: AtomicU64,
    stop: AtomicBool,
    filed: Mutex<Vec<(Filing, u32)>>,
}

impl Campaign {
    /// Files until told to stop; a request that fails is made once more.
    fn write(&self) {
        let client = || Client::new(&self.host, &self.token).unwrap();
        let mut connection = client();
        while !self.stop.load(Ordering::Relaxed) {
            let mut filing = Filing::numbered(self.next.fetch_add(1, Ordering::Relaxed));
            let mut tries = 1;
            let mut answer = filing.ask(&mut connection);
            if answer != Some(201) {
                assert!(matches!(answer, None | Some(503)), "{answer:?} to {filing:?}");
                std::thread::sleep(AGAIN);
                connection = client();
                tries += 1;
                answer = filing.ask(&mut connection);
            }
            assert_eq!(answer, Some(201), "after {tries} tries: {filing:?}");
            self.done.fetch_add(1, Ordering::Relaxed);
            self.filed.lock().unwrap().push((filing, tries));
        }
    }

    /// Waits until so many more are filed.
    fn more(&self, what: &str) {
        let enough = self.done.load(Ordering::Relaxed) + BETWEEN;
        let begun = Instant::now();
        while self.done.load(Ordering::Relaxed) < enough {
            if begun.elapsed() > Duration::from_secs(30) {
                self.stop.store(true, Ordering::Relaxed);
                panic!("{what}: nothing is filed");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        eprintln!("{what}: {BETWEEN} more after {:?}", begun.elapsed());
    }
}

#[test]
fn a_failover_costs_a_client_at_most_one_more_request() {
    let nodes = Double::start_cluster(3, &Options::default());
    let url = Double::url_of(&nodes);
    let store = ["--store", url.as_str()];
    let (home, token) = home_on(&store, "municipality", "c_a944", &["--network", "anci_er"]);
    let server = Server::on(home.path(), &store);
    let campaign = Campaign {
        host: server.host.clone(),
        token: token.clone(),
        next: AtomicU64::new(1),
        done: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        filed: Mutex::default(),
    };
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| campaign.write());
        }
        campaign.more("at first");
        nodes[0].kill();
        std::thread::sleep(ELECTION);
        nodes[1].promote();
        campaign.more("the leader died");
        nodes[2].promote();
        campaign.more("another was made the leader");
        nodes[2].inject(Call::Append, 3, Fault::DoneBut(Code::Aborted));
        nodes[2].inject(Call::Append, 3, Fault::DoneThenHangUp);
        campaign.more("answers went missing");
        nodes[0].restart();
        nodes[2].kill();
        nodes[0].promote();
        campaign.more("the first leads again");
        campaign.stop.store(true, Ordering::Relaxed);
    });

    let filed = campaign.filed.into_inner().unwrap();
    let again = filed.iter().filter(|(_, tries)| *tries > 1).count();
    eprintln!("{} filings, {again} of them by a second request", filed.len());
    let ledger: Vec<Filing> = filed.into_iter().map(|(filing, _)| filing).collect();
    soon("readiness", Duration::from_secs(10), || status(&server.host, &token) == Some(200));
    let mut client = Client::new(&server.host, &token).unwrap();
    compare(&mut client, &ledger);
    let records = nodes[0].records();
    let reported = records.iter().filter(|record| record.kind == "issue-reported.v1");
    let reported: Vec<_> = reported.map(|record| record.id).collect();
    let unique: HashSet<_> = reported.iter().collect();
    assert_eq!((reported.len(), unique.len()), (ledger.len(), ledger.len()));
}
