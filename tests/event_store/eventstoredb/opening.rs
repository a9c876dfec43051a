//! The start: what is wrong is said in words, and nothing secret is.

use std::sync::Arc;
use std::time::Duration;

use quesito::event_store::EventStore;
use quesito::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions, OpenError};

use super::{connect, hasty};
use crate::double::{Double, Options};
use crate::kit::STORE;

fn quick() -> EventStoreDbOptions {
    EventStoreDbOptions { start: Some(Duration::from_millis(200)), ..hasty() }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let double = Double::start(Options::default());
    double.kill();
    let url = format!("esdb://admin:geheim@{}?tls=false", double.address());

    let why = EventStoreDb::open(&url, quick()).await.unwrap_err();

    assert!(matches!(why, OpenError::Unreachable { .. }), "{why}");
    let words = format!("{why} {why:?}");
    assert!(words.contains(&double.address().to_string()), "{words}");
    assert!(!words.contains("geheim"), "{words}");
}

#[tokio::test]
async fn a_wrong_password_is_told_as_such() {
    let user = Some(("admin".to_owned(), "right".to_owned()));
    let double = Double::start(Options { user, ..Options::default() });
    let url = format!("esdb://admin:wrong@{}?tls=false", double.address());

    let why = EventStoreDb::open(&url, quick()).await.unwrap_err();

    assert!(matches!(why, OpenError::Denied { .. }), "{why}");
    assert!(!why.to_string().contains("wrong@"), "{why}");
}

#[tokio::test]
async fn signs_in_a_password_are_escaped_in_the_url() {
    let user = Some(("quesito è".to_owned(), "p@ss/w?r:d%".to_owned()));
    let double = Double::start(Options { user, ..Options::default() });
    let who = "quesito%20%C3%A8:p%40ss%2Fw%3Fr%3Ad%25";
    let url = format!("esdb://{who}@{}?tls=false", double.address());

    assert_eq!(connect(&url).await.unwrap().store_id(), STORE);
}

#[tokio::test]
async fn a_url_that_cannot_be_used_is_not_repeated() {
    for url in [
        "esdb://admin:geheim@",
        "esdb://admin:geheim@host:port",
        "esdb://admin:geheim@host?tlsCaFile=/no/such/file",
        "esdb://admin:geheim@host?nodePreference=follower",
        "esdb://admin:geheim@host?streamPrefix=a/b",
    ] {
        let why = EventStoreDb::open(url, quick()).await.unwrap_err();
        assert!(matches!(why, OpenError::Address { .. }), "{url}: {why}");
        assert!(!format!("{why} {why:?}").contains("geheim"), "{why}");
    }
}

#[tokio::test]
async fn a_server_without_a_store_is_only_made_one_when_asked() {
    let double = Double::start(Options::default());
    let options = EventStoreDbOptions { create: None, ..quick() };

    let why = EventStoreDb::open(&double.url(), options.clone()).await.unwrap_err();
    assert!(matches!(why, OpenError::Missing { .. }), "{why}");

    connect(&double.url()).await.unwrap();
    let again = EventStoreDb::open(&double.url(), options).await.unwrap();
    assert_eq!(again.store_id(), STORE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_up_later_is_waited_for() {
    let double = Arc::new(Double::start(Options::default()));
    double.kill();
    let url = double.url();
    let opening = tokio::spawn(async move { EventStoreDb::open(&url, hasty()).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    tokio::task::spawn_blocking(move || {
        double.restart();
        std::thread::sleep(Duration::from_secs(4));
        drop(double);
    });

    assert_eq!(opening.await.unwrap().unwrap().store_id(), STORE);
}

#[tokio::test]
async fn a_server_without_features_is_as_good() {
    let double = Double::start(Options { version: None, ..Options::default() });

    let store = connect(&double.url()).await.unwrap();

    let remote = store.remote().unwrap();
    assert_eq!((remote.version.as_str(), remote.fault), ("0.0.0", None));
}
