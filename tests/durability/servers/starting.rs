//! A program that is started before its servers.

use std::time::Duration;

use super::{logged, soon, status};
use crate::double::{Double, Options};
use crate::filing::Filing;
use crate::program::{Client, Server, home_on};

const PASSWORD: &str = "geheim-4711";

#[test]
fn a_server_that_is_up_later_is_waited_for_and_whoever_asks_is_told() {
    let user = Some(("quesito".to_owned(), PASSWORD.to_owned()));
    let double = Double::start(Options { user, ..Options::default() });
    let url = double.url();
    let store = ["--store", url.as_str()];
    let (home, token) = home_on(&store, "municipality", "c_a944", &["--network", "anci_er"]);
    double.kill();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    let server = Server::begin(home.path(), &free.to_string(), &store);
    soon("an answer", Duration::from_secs(5), || status(&server.host, &token).is_some());
    std::thread::sleep(Duration::from_secs(2));

    assert_eq!(status(&server.host, &token), Some(503));
    let log = logged(home.path());
    assert!(log.contains("waiting for the event store"), "{log}");
    assert!(log.contains(&double.address().to_string()) && !log.contains(PASSWORD), "{log}");

    double.restart();
    let ready = || status(&server.host, &token) == Some(200);
    soon("readiness", Duration::from_secs(10), ready);
    let mut client = Client::new(&server.host, &token).unwrap();
    assert!(Filing::numbered(1).send(&mut client));
}
