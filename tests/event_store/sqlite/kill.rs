//! Nothing acknowledged is lost when the process is killed.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use quesito::event_store::{EventStore, Expected, NewEvent};
use tokio::task::JoinSet;

use crate::kit::{event, everything, folder, id, open, ring, stream, whole_stream};

/// Names the events file to a child process.
pub const CHILD: &str = "QUESITO_TEST_CHILD";

const WRITERS: u64 = 8;

/// The command line that runs one ignored test of this executable.
pub fn as_child(test: &str) -> Vec<OsString> {
    let executable = std::env::current_exe().expect("the test executable").into_os_string();
    let arguments = ["--exact", test, "--ignored", "--nocapture", "--test-threads=1"];
    [executable].into_iter().chain(arguments.map(OsString::from)).collect()
}

pub fn child_path() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

fn number(writer: u64, revision: u64) -> u64 {
    writer * 1_000_000 + revision
}

/// The child's part: append for ever, and tell each acknowledgement.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs as a child of the test below, which kills it"]
async fn child_appends() {
    let Some(path) = child_path() else { return };
    let store = open(&path);
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            let name = stream(&format!("issue-{writer}"));
            let mut revision = u64::try_from(whole_stream(&store, &name).await.len()).unwrap();
            loop {
                let number = number(writer, revision);
                let keys = Some(ring(i64::try_from(number).unwrap(), 5));
                let new = NewEvent { keys, ..event(u128::from(number)) };
                let expected = revision.checked_sub(1).map_or(Expected::NoStream, Expected::Exact);
                store.append(&name, expected, vec![new]).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "\nack {writer} {revision}").unwrap();
                out.flush().unwrap();
                revision += 1;
            }
        });
    }
    writers.join_all().await;
}

/// Lets a child append until it has told so many acknowledgements, and kills it.
fn killed_after(path: &Path, acknowledgements: usize) -> Vec<(u64, u64)> {
    let command = as_child("sqlite::kill::child_appends");
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let Some(ack) = line.as_ref().ok().and_then(|line| line.strip_prefix("ack ")) else {
            continue;
        };
        if let Some((writer, revision)) = ack.split_once(' ')
            && let (Ok(writer), Ok(revision)) = (writer.parse(), revision.parse())
        {
            told.push((writer, revision));
        }
        if told.len() == acknowledgements {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(told.len() >= acknowledgements, "the child ended by itself");
    told
}

#[tokio::test]
async fn every_acknowledged_event_survives_kill_nine() {
    let (_folder, path) = folder();
    for cycle in 0..6 {
        let mut told = killed_after(&path, 40 + cycle * 61);
        // The last line may have been cut short by the kill.
        told.pop();

        let store = open(&path);
        let stored = everything(&store).await;
        let count = u64::try_from(stored.len()).unwrap();
        assert!(stored.iter().map(|event| event.position.0).eq(1..=count));
        for writer in 0..WRITERS {
            let of_writer = whole_stream(&store, &stream(&format!("issue-{writer}"))).await;
            assert!(of_writer.iter().zip(0..).all(|(event, revision)| {
                event.revision == revision && event.id == id(u128::from(number(writer, revision)))
            }));
            let told = told.iter().filter(|(teller, _)| *teller == writer);
            for (_, revision) in told {
                assert!(*revision < u64::try_from(of_writer.len()).unwrap());
                let ring_id = i64::try_from(number(writer, *revision)).unwrap();
                assert_eq!(store.key_ring(ring_id).await, Ok(Some(ring(ring_id, 5))));
            }
        }
    }
}
