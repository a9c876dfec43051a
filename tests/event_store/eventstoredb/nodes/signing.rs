//! Exactly one node signs the log, and when it goes another does.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use quesito::notary::Checkpoint;
use quesito::notary::note::Vkey;
use serde_json::Value;

use super::{Network, Node, PATIENCE, until};

/// Within what a node takes over from one that was killed.
const TAKEN_OVER: Duration = Duration::from_secs(15);

/// The signed head that a node shows, if it shows one.
fn head(network: &Network, node: &Node) -> Option<Checkpoint> {
    let reply = node.send(&network.auditor, "GET", "/api/v1/log/checkpoint", &[], b"");
    if reply.status == 503 {
        return None;
    }
    let signed = reply.expect(200).text;
    let key: Vkey = node.status()["log"]["key"].as_str().unwrap().parse().unwrap();
    Some(Checkpoint::open(&signed, &key).unwrap())
}

/// Every head that was ever seen: of one size there is one root, and no node goes back.
#[derive(Default)]
struct Seen {
    roots: BTreeMap<u64, [u8; 32]>,
    last: BTreeMap<String, u64>,
}

impl Seen {
    fn look(&mut self, network: &Network, node: &Node) -> Option<u64> {
        let head = head(network, node)?;
        let root = self.roots.entry(head.size).or_insert(head.root);
        assert_eq!(*root, head.root, "two heads over {}", head.size);
        let last = self.last.entry(node.host.clone()).or_default();
        assert!(*last <= head.size, "{} after {last}", head.size);
        *last = head.size;
        Some(head.size)
    }
}

fn is_signer(status: &Value) -> bool {
    status["node"]["signs"] == true
}

#[test]
fn one_node_signs_and_another_takes_over_when_it_is_killed() {
    let network = Network::new();
    let (a, b) = network.pair();
    let mut seen = Seen::default();
    let whole = |node: &Node, seen: &mut Seen| {
        let size = node.status()["log"]["size"].as_u64().unwrap();
        (seen.look(&network, node)? == size).then_some(size)
    };
    a.file("Prima");
    b.file("Seconda");
    // Both of one moment: either case may still be on its way to a node.
    let (first, second) = until(PATIENCE, || {
        let size = whole(&a, &mut seen)?;
        seen.look(&network, &b);
        let (first, second) = (a.status(), b.status());
        let are_there = [&first, &second]
            .iter()
            .all(|status| status["log"]["size"] == size && status["log"]["signed"]["size"] == size);
        are_there.then_some((first, second))
    });
    assert_ne!(first["node"]["id"], second["node"]["id"]);
    assert!(is_signer(&first) != is_signer(&second), "{first} {second}");
    assert_eq!(first["node"]["signer"], second["node"]["signer"]);
    assert_eq!(first["log"]["key"], second["log"]["key"]);
    assert_eq!(first["log"]["signed"]["root_hash"], second["log"]["signed"]["root_hash"]);

    // Nothing is written while nothing happens, whoever holds the place.
    let (signer, other) = if is_signer(&first) { (a, b) } else { (b, a) };
    signer.kill();
    let issue = other.file("Dopo il guasto");
    let begun = Instant::now();
    until(TAKEN_OVER, || {
        let status = other.status();
        seen.look(&network, &other);
        (is_signer(&status) && status["log"]["signed"]["size"] == status["log"]["size"])
            .then_some(())
    });
    println!("taken over after {:?}", begun.elapsed());
    // The receipt can be proven now.
    let events = other.get(&format!("/issues/{issue}/events")).json();
    let event = events["items"][0]["event_id"].as_str().unwrap();
    let leaf = other.get(&format!("/log/leaves/{event}")).expect(200).json();
    assert!(leaf["proof"].is_object() && leaf["checkpoint"].is_string(), "{leaf}");

    // The one that comes back follows, and signs when the other stops as it should: at once.
    let back =
        network.start(if other.status()["node"]["id"] == first["node"]["id"] { "b" } else { "a" });
    until(PATIENCE, || (whole(&back, &mut seen)? == whole(&other, &mut seen)?).then_some(()));
    assert!(is_signer(&other.status()) && !is_signer(&back.status()));
    other.stop();
    back.file("Dopo il passaggio");
    let handed = Instant::now();
    until(PATIENCE, || {
        (whole(&back, &mut seen).is_some() && is_signer(&back.status())).then_some(())
    });
    assert!(handed.elapsed() < Duration::from_secs(6), "{:?}", handed.elapsed());
    assert!(seen.roots.len() >= 3, "{:?}", seen.roots.keys());
}

#[test]
fn a_node_that_stood_still_does_not_sign_what_others_have_signed_since() {
    let network = Network::new();
    let (a, b) = network.pair();
    let mut seen = Seen::default();
    a.file("Prima");
    until(PATIENCE, || {
        is_signer(&a.status()).then_some(()).or(is_signer(&b.status()).then_some(()))
    });
    let (signer, other) = if is_signer(&a.status()) { (&a, &b) } else { (&b, &a) };
    until(PATIENCE, || {
        (other.status()["log"]["signed"]["size"] == other.status()["log"]["size"]).then_some(())
    });
    for round in 0..3 {
        // As a machine that is asleep, or cut off, in the middle of whatever it does.
        signer.signal("-STOP");
        other.file(&format!("Caso {round}"));
        until(PATIENCE, || {
            seen.look(&network, other);
            is_signer(&other.status()).then_some(())
        });
        signer.signal("-CONT");
        let until_when = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until_when {
            seen.look(&network, signer);
            seen.look(&network, other);
            signer.file(&format!("Altro {round}"));
        }
        // It follows. To stop the one that signs now, the places are changed.
        until(PATIENCE, || {
            let (one, two) = (signer.status(), other.status());
            assert!(one["log"]["fault"].is_null() && two["log"]["fault"].is_null(), "{one} {two}");
            let same = one["log"]["signed"]["root_hash"] == two["log"]["signed"]["root_hash"];
            (same && one["log"]["signed"]["size"] == one["log"]["size"]).then_some(())
        });
        assert!(!is_signer(&signer.status()));
        other.signal("-STOP");
        signer.file("Ritorno");
        until(PATIENCE, || is_signer(&signer.status()).then_some(()));
        other.signal("-CONT");
        until(PATIENCE, || (other.status()["node"]["signs"] == false).then_some(()));
    }
}

#[test]
fn a_node_with_keys_of_its_own_is_told_so() {
    let network = Network::new();
    let a = network.start("a");
    until(PATIENCE, || is_signer(&a.status()).then_some(()));
    // Without the file of the epoch keys, and with it but another key of the log.
    for (folder, words) in [("none", "key file"), ("other", "same folder of keys")] {
        let keys = network.home().join(folder);
        if folder == "other" {
            fs::create_dir(&keys).unwrap();
            fs::copy(network.home().join("keys/epochs"), keys.join("epochs")).unwrap();
        }
        let keys = format!("{folder}/epochs");
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let mut command = network.quesito_under(&keys, "b", &serve);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(words), "{told}");
    }
}
