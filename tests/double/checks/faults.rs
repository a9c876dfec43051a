//! Faults, deadlines, and nodes that come and go.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tonic::{Code, Status};

use super::client::{Client, everything, head, stream};
use crate::double::wire::read::{AllStart, StreamStart};
use crate::double::wire::write::Expectation;
use crate::double::{Call, Double, Fault, Member, Options, State};

const ANY: Expectation = Expectation::Any(());

fn leader_of(why: &Status) -> Option<SocketAddr> {
    let said = |name| why.metadata().get(name).and_then(|value| value.to_str().ok());
    (said("exception")? == "not-leader").then_some(())?;
    format!("{}:{}", said("leader-endpoint-host")?, said("leader-endpoint-port")?).parse().ok()
}

#[tokio::test]
async fn what_is_done_may_be_answered_by_an_error() {
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    double.inject(Call::Append, 2, Fault::DoneBut(Code::Aborted));
    double.inject(Call::Append, 1, Fault::Refuse(Code::Unavailable));
    let mut codes = Vec::new();
    for id in [1, 1, 2] {
        codes.push(client.append("s", ANY, &[id]).await.expect_err("planned").code());
    }
    assert_eq!(codes, [Code::Aborted, Code::Aborted, Code::Unavailable]);
    assert_eq!(double.records().len(), 1);
    assert_eq!(head(client.append("s", ANY, &[1]).await), 0);
    assert_eq!(double.calls(Call::Append), 4);

    double.inject(Call::Append, 1, Fault::DoneThenHangUp);
    client.append("s", ANY, &[3]).await.expect_err("no connection");
    assert_eq!(double.records().len(), 2);
}

#[tokio::test]
async fn a_call_has_a_deadline() {
    let double = Double::start(Options::default());
    let mut client = Client::connect(double.address()).await;
    double.inject(Call::Append, 2, Fault::Late(Duration::from_millis(300)));
    let begun = Instant::now();
    head(client.append("s", ANY, &[1]).await);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    client.headers.push(("grpc-timeout", "100m"));
    let why = client.append("s", ANY, &[2]).await.expect_err("too late");
    assert_eq!(why.code(), Code::DeadlineExceeded);
    assert_eq!(double.records().len(), 2, "it is done all the same");
}

#[tokio::test]
async fn a_read_breaks_off_as_planned() {
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    head(client.append("s", ANY, &[1, 2, 3]).await);
    let read = || client.read(stream("s", StreamStart::Start(()), false, u64::MAX));
    double.inject(Call::Read, 1, Fault::Break { after: 2, code: Code::Unavailable });
    assert_eq!(read().await.expect_err("planned").code(), Code::Unavailable);
    double.inject(Call::Read, 1, Fault::End { after: 2 });
    assert_eq!(read().await.expect("a part").len(), 2);
    double.inject(Call::Read, 1, Fault::Stall { after: 2 });
    tokio::time::timeout(Duration::from_millis(200), read()).await.expect_err("silence");
    assert_eq!(read().await.expect("all").len(), 4);
}

#[tokio::test]
async fn a_node_dies_with_its_connections_and_comes_back_with_its_log() {
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    head(client.append("s", ANY, &[1]).await);
    double.kill();
    client.append("s", ANY, &[2]).await.expect_err("no connection");
    assert!(Client::try_connect(double.address()).await.is_err());
    double.restart();
    let client = Client::connect(double.address()).await;
    assert_eq!(head(client.append("s", ANY, &[2]).await), 1);
}

#[tokio::test]
async fn a_node_says_what_it_can_do_unless_it_cannot() {
    let double = Double::start(Options { version: None, ..Options::default() });
    let client = Client::connect(double.address()).await;
    assert_eq!(client.features().await.expect_err("no features").code(), Code::Unimplemented);
    let double = Double::start(Options::default());
    let client = Client::connect(double.address()).await;
    let features = client.features().await.expect("features");
    assert_eq!(features.event_store_server_version, "23.10.0");
    assert!(features.methods.iter().all(|method| method.method_name != "batchappend"));
    double.inject(Call::Features, 1, Fault::Refuse(Code::NotFound));
    assert_eq!(client.features().await.expect_err("planned").code(), Code::NotFound);
}

#[tokio::test]
async fn only_its_user_may_do_anything() {
    let user = Some(("ops".to_owned(), "changeit".to_owned()));
    let double = Double::start(Options { user, ..Options::default() });
    assert!(double.url().starts_with("esdb://ops:changeit@127.0.0.1:"));
    let mut client = Client::connect(double.address()).await;
    let code = async |client: &Client| client.append("s", ANY, &[1]).await.map_err(|it| it.code());
    assert_eq!(code(&client).await.err(), Some(Code::PermissionDenied));
    client.headers = vec![("authorization", "Basic b3BzOndyb25n")];
    assert_eq!(code(&client).await.err(), Some(Code::Unauthenticated));
    client.headers = vec![("authorization", "Basic b3BzOmNoYW5nZWl0")];
    assert!(code(&client).await.is_ok());
}

#[tokio::test]
async fn one_of_several_nodes_leads() {
    let nodes = Double::start_cluster(3, &Options::default());
    let mut clients = Vec::new();
    for node in &nodes {
        let mut client = Client::connect(node.address()).await;
        client.headers.push(("requires-leader", "true"));
        clients.push(client);
    }
    head(clients[0].append("s", ANY, &[1]).await);
    let why = clients[1].append("s", ANY, &[2]).await.expect_err("a follower");
    assert_eq!((why.code(), leader_of(&why)), (Code::NotFound, Some(nodes[0].address())));
    let why = clients[1].read(everything(AllStart::Start(()))).await.expect_err("a follower");
    assert_eq!(leader_of(&why), Some(nodes[0].address()));
    let relaxed = Client::connect(nodes[1].address()).await;
    assert_eq!(head(relaxed.append("s", ANY, &[2]).await), 1, "a follower forwards");

    // The leader dies; nobody leads until another is promoted.
    nodes[0].kill();
    let why = clients[1].append("s", ANY, &[3]).await.expect_err("no leader");
    assert_eq!(why.code(), Code::Unavailable);
    nodes[2].promote();
    assert_eq!(head(clients[2].append("s", ANY, &[3]).await), 2);
    let ghost = Member { address: ([127, 0, 0, 1], 9).into(), state: State::Leader, alive: false };
    nodes[1].gossip_about(ghost);
    let gossip = clients[1].gossip().await.expect("gossip");
    let told: Vec<(i32, bool)> =
        gossip.members.iter().map(|member| (member.state, member.is_alive)).collect();
    assert_eq!(told, [(6, false), (6, true), (8, true), (8, false)]);

    nodes[0].restart();
    let mut back = Client::connect(nodes[0].address()).await;
    back.headers.push(("requires-leader", "true"));
    let why = back.append("s", ANY, &[4]).await.expect_err("a follower now");
    assert_eq!(leader_of(&why), Some(nodes[2].address()));
}
