//! The proxy between a client and the double.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::client::{Client, head};
use crate::double::proxy::{Harm, Proxy};
use crate::double::wire::write::Expectation;
use crate::double::{Double, Options};

const ANY: Expectation = Expectation::Any(());

async fn client() -> (Double, Proxy, Client) {
    let double = Double::start(Options::default());
    let proxy = Proxy::start(double.address(), 7);
    let client = Client::connect(proxy.address()).await;
    head(client.append("s", ANY, &[1]).await);
    assert_eq!((proxy.open(), proxy.accepted()), (1, 1));
    (double, proxy, client)
}

#[tokio::test]
async fn harm_is_done_to_what_is_open_and_not_to_what_comes() {
    for harm in [Harm::Drop, Harm::CutAnswer, Harm::CutRequest] {
        let (double, proxy, client) = client().await;
        assert_eq!(proxy.harm(harm), 1);
        client.append("s", ANY, &[2]).await.expect_err("no connection");
        let client = Client::connect(proxy.address()).await;
        head(client.append("s", ANY, &[2]).await);
        assert_eq!(double.records().len(), 2, "{harm:?}");
    }
}

#[tokio::test]
async fn a_half_open_connection_says_nothing() {
    let (double, proxy, client) = client().await;
    proxy.harm(Harm::HalfOpen);
    timeout(Duration::from_millis(300), client.append("s", ANY, &[2])).await.expect_err("silence");
    let client = Client::connect(proxy.address()).await;
    head(client.append("s", ANY, &[3]).await);
    assert_eq!(double.records().len(), 2);
}

#[tokio::test]
async fn a_delay_passes() {
    let (_double, proxy, client) = client().await;
    proxy.harm(Harm::Delay(Duration::from_millis(300)));
    let begun = Instant::now();
    head(client.append("s", ANY, &[2]).await);
    assert!(begun.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn without_a_server_a_connection_is_closed() {
    let (double, proxy, client) = client().await;
    double.kill();
    client.append("s", ANY, &[2]).await.expect_err("no connection");
    let client = Client::try_connect(proxy.address()).await;
    if let Ok(client) = client {
        client.append("s", ANY, &[2]).await.expect_err("no connection");
    }
    let other = Double::start(Options::default());
    proxy.aim(other.address());
    let client = Client::connect(proxy.address()).await;
    assert_eq!(head(client.append("s", ANY, &[2]).await), 0);
}
