//! Servers that go away, or fall silent, and come back: the program says so within seconds,
//! costs next to nothing meanwhile, and goes on by itself.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::{soon, status};
use crate::double::proxy::{Harm, Proxy};
use crate::double::{ALWAYS, Call, Double, Fault, Options};
use crate::filing::{Filing, compare};
use crate::program::{Client, Server, home_on};

/// Until `/status` says that the program is not ready, and until it says again that it is.
const NOTICED: Duration = Duration::from_secs(5);
const RECOVERED: Duration = Duration::from_secs(10);

/// How long each outage lasts after it was noticed.
const OUTAGE: Duration = Duration::from_secs(5);

/// Of one core, while nobody asks for anything.
const SHARE: f64 = 0.2;

/// The program on a double, behind a proxy.
struct Setting {
    double: Double,
    proxy: Proxy,
    server: Server,
    token: String,
    filed: Vec<Filing>,
    // Dropped last.
    _home: tempfile::TempDir,
}

impl Setting {
    fn new() -> Self {
        let double = Double::start(Options::default());
        let proxy = Proxy::start(double.address(), 5);
        let url = proxy.url();
        let store = ["--store", url.as_str()];
        let (home, token) = home_on(&store, "municipality", "c_a944", &["--network", "anci_er"]);
        let server = Server::on(home.path(), &store);
        let mut setting = Self { double, proxy, server, token, filed: Vec::new(), _home: home };
        setting.is_ready_again("at first");
        setting
    }

    fn status(&self) -> Option<u16> {
        status(&self.server.host, &self.token)
    }

    fn is_ready(&self) -> bool {
        self.status() == Some(200)
    }

    /// Processor seconds that the program has used.
    fn processor(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.server.process()));
        let stat = stat.expect("Linux");
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }

    /// Rests, and looks that the program rests too.
    fn costs_nothing(&self, what: &str) {
        let (before, begun) = (self.processor(), Instant::now());
        std::thread::sleep(OUTAGE);
        let share = (self.processor() - before) / begun.elapsed().as_secs_f64();
        assert!(share < SHARE, "{what}: {:.0} % of a core", share * 100.0);
        eprintln!("{what}: {:.1} % of a core", share * 100.0);
    }

    /// An outage after its beginning: noticed, cheap, and still told at its end.
    fn is_down(&self, what: &str) {
        let noticed = soon(what, NOTICED, || !self.is_ready());
        eprintln!("{what}: noticed after {noticed:?}");
        assert_eq!(self.status(), Some(503), "{what}");
        self.costs_nothing(what);
        assert_eq!(self.status(), Some(503), "{what}");
    }

    /// Ready in time, and what is filed then is taken.
    fn is_ready_again(&mut self, what: &str) {
        let recovered = soon(what, RECOVERED, || self.is_ready());
        eprintln!("{what}: recovered after {recovered:?}");
        let mut filing = Filing::numbered(self.filed.len() as u64 + 1);
        let mut client = Client::new(&self.server.host, &self.token).unwrap();
        assert!(filing.send(&mut client), "{what}");
        self.filed.push(filing);
    }

    fn has_lost_nothing(self) {
        let mut client = Client::new(&self.server.host, &self.token).unwrap();
        compare(&mut client, &self.filed);
    }
}

#[test]
fn a_server_that_is_away_or_beyond_a_dead_line_is_told_and_found_again() {
    let mut setting = Setting::new();

    setting.double.kill();
    setting.is_down("killed");
    setting.double.restart();
    setting.is_ready_again("killed");

    // What is open says nothing any more, and what is opened anew neither.
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    setting.proxy.aim(hole.local_addr().unwrap());
    setting.proxy.harm(Harm::HalfOpen);
    setting.is_down("a dead line");
    setting.proxy.aim(setting.double.address());
    drop(hole);
    setting.is_ready_again("a dead line");

    setting.has_lost_nothing();
}

#[test]
fn a_server_that_falls_silent_is_told_and_costs_no_core() {
    let mut setting = Setting::new();

    for (what, fault) in
        [("no answers", Fault::Ignore), ("answers that stop half-way", Fault::Stall { after: 1 })]
    {
        setting.double.inject(Call::Read, ALWAYS, fault);
        setting.is_down(what);
        setting.double.heal();
        setting.is_ready_again(what);
    }

    // No server does so in earnest, and nobody can tell it from a log without news. The
    // client's own subscription takes a whole core for it.
    setting.double.inject(Call::Read, ALWAYS, Fault::End { after: 1 });
    setting.costs_nothing("answers that end at once");
    setting.double.heal();
    setting.is_ready_again("answers that end at once");

    setting.has_lost_nothing();
}
