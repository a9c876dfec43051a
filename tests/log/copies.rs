//! What lies on disks: the store read again against bytes that flip, copies brought back.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quesito::clock::SystemClock;
use quesito::event_store::sqlite::{SqliteOptions, SqliteStore};
use quesito::event_store::{EventStore, GlobalPosition};
use quesito::notary::note::{Skey, Use};
use quesito::notary::{Keeper, KeeperOptions, Scrub, scrub};
use uuid::Uuid;

use crate::processes::{Running, get, quesito, succeeds, told, wait, wait_signed};
use crate::rows::{Random, append, event};

/// More than two tiles of leaves.
const EVENTS: i64 = 600;

async fn filled(path: &Path) -> Arc<SqliteStore> {
    let store = SqliteStore::open(path, SqliteOptions::creating(Uuid::from_u128(9))).unwrap();
    let random = &mut Random(11);
    for number in 0..EVENTS {
        let raw = event(random, number + 1, "issue-1", number);
        append(&store, "issue-1", raw).await;
    }
    Arc::new(store)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_that_flips_in_a_stored_event_is_found_by_reading_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let (store, clock) = (filled(&path).await, Arc::new(SystemClock));
    let key = Skey::new("example.org/log/1", Use::Note, &[7; 32]).unwrap();
    let options = KeeperOptions { shelf: None, key, place: None, node: None, first: None };
    let log = Keeper::open(store.clone(), clock.clone(), options).await.unwrap();
    let all = u64::try_from(EVENTS).unwrap();
    let mut signed = log.signed();
    signed
        .wait_for(|head| head.as_ref().is_some_and(|head| head.checkpoint.size == all))
        .await
        .unwrap();

    let pass = scrub::once(&log, &*clock).await.unwrap().unwrap();
    assert_eq!((pass.events, pass.damaged), (all, 0));

    // The library's own check sees nothing of what follows.
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("DROP TRIGGER events_stay").unwrap();
    let changed = db
        .execute(
            "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), ':', ': ') AS BLOB)
             WHERE revision IN (0, 300, 599)",
            [],
        )
        .unwrap();
    assert_eq!(changed, 3);
    let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");

    let pass = scrub::once(&log, &*clock).await.unwrap().unwrap();
    assert_eq!((pass.events, pass.damaged), (all, 3));
    let background = Scrub::begin(log, clock, Duration::from_hours(1));
    while background.state().last.is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(background.state().known(), 3);
    assert_eq!(store.head().await.unwrap(), GlobalPosition(all));
}

/// Files an issue; only an acknowledged one counts.
fn file(base: &str, token: &str, number: usize) {
    let (host, prefix) = base.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let body = serde_json::json!({
        "title": format!("Segnalazione {number}"), "description": "Due uffici, due prassi.",
        "theme": "residence_registration", "urgency": "low", "visibility": "network",
        "norms": [{"kind": "nir", "urn": "urn:nir:stato:decreto.legislativo:2015-08-18;142~art5bis"}],
    })
    .to_string();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST /{prefix}/issues HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: {}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        Uuid::from_u128(number as u128),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn every_copy_brought_back_verifies_and_an_old_one_is_announced() {
    const COPIES: usize = 4;

    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    succeeds(home, &["import", "--registry"]);
    let create = ["token", "create", "--person", "ufficio", "--role", "municipality", "--body"];
    let token = succeeds(home, &[&create[..], &["c_a944", "--network", "anci_er"]].concat());
    let (server, base) = Running::serve(home, &[]);
    // Whoever looks after the machine sees that the store was read again.
    let now = wait(&base, |status| status["integrity"]["completed_at"].is_string());
    assert_eq!(now["integrity"]["damaged"], 0);
    for copy in 0..COPIES {
        for number in 0..10 {
            file(&base, token.trim(), copy * 10 + number);
        }
        wait_signed(&base, &home.join("data"));
        // Kept by an auditor before the copy is made, while others go on writing.
        let (status, checkpoint) = get(&base, "/log/checkpoint", token.trim());
        assert_eq!(status, 200);
        fs::write(home.join(format!("kept-{copy}")), checkpoint).unwrap();
        succeeds(home, &["backup", &format!("copy-{copy}")]);
    }
    wait_signed(&base, &home.join("data"));
    server.stop();

    // The keys without what was signed last, as they are kept apart from the data.
    fs::create_dir(home.join("safe")).unwrap();
    for name in ["epochs", "log-key"] {
        fs::copy(home.join("data-keys").join(name), home.join("safe").join(name)).unwrap();
    }
    let last = format!("kept-{}", COPIES - 1);
    for copy in 0..COPIES {
        let (data, keys) = (format!("back-{copy}"), ["--keys", "safe/epochs"]);
        let place = [&["--data", &data][..], &keys].concat();
        succeeds(home, &[&["restore", &format!("copy-{copy}")], &place[..]].concat());
        let kept = format!("kept-{copy}");
        let said = succeeds(home, &[&["verify", "--checkpoint", &kept], &place[..]].concat());
        assert!(said.contains("no fault"), "{said}");
        assert!(succeeds(home, &[&["check"], &place[..]].concat()).contains("no fault"));

        let newest = copy == COPIES - 1;
        let output = quesito(home, &[&["verify", "--checkpoint", &last], &place[..]].concat());
        let output = { output }.output().unwrap();
        assert_eq!(output.status.success(), newest, "{}", told(&output));
        // Beside what was signed last, an old one is announced and not served.
        let data = format!("beside-{copy}");
        let place = ["--data", &data, "--keys", "data-keys/epochs"];
        let said = succeeds(home, &[&["restore", &format!("copy-{copy}")], &place[..]].concat());
        assert_eq!(said.contains("restore a newer backup"), !newest, "{said}");
        if newest {
            let (server, base) = Running::serve(home, &place);
            wait_signed(&base, &home.join(&data));
            server.stop();
        } else {
            let args = [&["serve", "--listen", "127.0.0.1:0"], &place[..]].concat();
            let output = quesito(home, &args).output().unwrap();
            assert!(!output.status.success());
            assert!(told(&output).contains("older than its log"), "{}", told(&output));
        }
    }
}
