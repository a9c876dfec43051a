//! Servers that show a certificate: who knows its authority talks to them, nobody else does.

use std::path::PathBuf;
use std::time::Duration;

use quesito::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions, OpenError};
use quesito::event_store::{EventStore, Expected};

use super::{connect, hasty};
use crate::double::{Double, Options};
use crate::kit::{self, everything, ids, put, stream};

fn secure() -> Options {
    Options { tls: true, ..Options::default() }
}

/// The authority of the double in a file, which goes with the folder.
fn authority() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, Double::AUTHORITY).expect("a file");
    (folder, file)
}

async fn refused(url: &str) -> OpenError {
    let options = EventStoreDbOptions { start: Some(Duration::from_millis(200)), ..hasty() };
    EventStoreDb::open(url, options).await.expect_err("nobody answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_whose_authority_is_given_is_written_to_and_left_for_its_new_leader() {
    let (_folder, file) = authority();
    let nodes = Double::start_cluster(3, &secure());
    let url = format!("{}&tlsCaFile={}", Double::url_of(&nodes), file.display());
    let store = connect(&url).await.unwrap();
    let name = stream("issue-1");
    put(&store, &name, Expected::NoStream, 0).await;
    assert_eq!(store.remote().unwrap().node, nodes[0].address().to_string());

    nodes[0].kill();
    nodes[1].promote();
    put(&store, &name, Expected::Exact(0), 1).await;

    assert_eq!(ids(&everything(&store).await), [0, 1].map(kit::id));
}

#[tokio::test]
async fn a_server_whose_authority_is_not_known_is_not_talked_to() {
    let double = Double::start(secure());

    let why = refused(&double.url()).await;

    assert!(matches!(why, OpenError::Unreachable { .. }), "{why}");
    let words = why.to_string();
    assert!(words.contains("certificate is not signed"), "{words}");
    assert!(words.contains("tlsCaFile=FILE"), "{words}");
    assert!(double.records().is_empty());
}

#[tokio::test]
async fn what_the_url_says_of_tls_must_be_what_the_server_does() {
    let (_folder, file) = authority();
    let (open, closed) = (Double::start(Options::default()), Double::start(secure()));

    let url = format!("esdb://{}?tls=true&tlsCaFile={}", open.address(), file.display());
    let why = refused(&url).await.to_string();
    assert!(why.contains("it has no TLS"), "{why}");

    let why = refused(&format!("esdb://{}?tls=false", closed.address())).await.to_string();
    assert!(why.contains("wants TLS"), "{why}");
}

#[tokio::test]
async fn a_file_without_a_certificate_is_told_before_anybody_is_called() {
    let (_folder, file) = authority();
    std::fs::write(&file, "no certificate").unwrap();

    let why = refused(&format!("esdb://localhost?tlsCaFile={}", file.display())).await;

    assert!(matches!(why, OpenError::Address { .. }), "{why}");
    assert!(why.to_string().contains("is not a PEM file"), "{why}");
}
