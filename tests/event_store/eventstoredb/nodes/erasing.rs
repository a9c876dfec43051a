//! An erasure on one node reaches every other, whether it runs or not; and documents.

use serde_json::json;

use super::{ERASED, Network, Node, PATIENCE, Reply, key, report, until};

/// A word that stands nowhere else.
const WORD: &str = "zafferanone";

/// Erases a case on a node; the position of that.
#[track_caller]
fn erase(node: &Node, issue: &str) -> String {
    let path = format!("/issues/{issue}");
    let etag = node.get(&path).header("etag").to_owned();
    let why = json!({"reason": "Si riconosce una persona.", "legal_basis": "art. 17, par. 1"});
    let erased = node.post(&format!("{path}/erasures"), &key(), &[("If-Match", &etag)], &why);
    erased.expect(201).header("quesito-position").to_owned()
}

/// Waits for something that may have to be prepared.
#[track_caller]
fn prepared(node: &Node, path: &str, position: &str) -> Reply {
    until(PATIENCE, || {
        let reply = node.get_with(path, &[("Quesito-Position", position)]);
        (reply.status != 503).then_some(reply)
    })
}

/// Wherever a node might show a text, it does not.
#[track_caller]
fn shows_nothing(node: &Node, issue: &str, instant: &str, position: &str) {
    for path in [
        format!("/issues/{issue}"),
        format!("/issues/{issue}/events"),
        format!("/issues/{issue}?as_of={instant}"),
        format!("/issues/{issue}/events?as_of={instant}"),
        "/issues?limit=200".to_owned(),
        format!("/issues?as_of={instant}"),
    ] {
        let reply = prepared(node, &path, position).expect(200);
        assert!(
            !reply.text.contains(WORD) && reply.text.contains(ERASED),
            "{path}: {}",
            reply.text
        );
    }
    for path in [format!("/issues?q={WORD}"), format!("/issues?q={WORD}&as_of={instant}")] {
        let found = until(PATIENCE, || {
            let reply = prepared(node, &path, position).expect(200).json();
            (reply["items"] == json!([])).then_some(reply)
        });
        assert_eq!(found["items"], json!([]), "{path}");
    }
}

#[test]
fn what_is_erased_on_one_node_no_other_shows_again() {
    let network = Network::new();
    let (a, b) = network.pair();
    let issue = a.file(&format!("Caso con {WORD}"));
    let kept = a.file("Caso che resta");
    // The other node has it in everything it keeps: views, opened texts, search, a past.
    b.shows(&kept);
    b.shows(&issue);
    let instant = instant_of(&b, &issue);
    let path = format!("/issues/{issue}?as_of={instant}");
    let past = until(PATIENCE, || Some(b.get(&path)).filter(|reply| reply.status == 200));
    assert!(past.text.contains(WORD));
    for path in [format!("/issues?q={WORD}"), format!("/issues?as_of={instant}")] {
        until(PATIENCE, || b.get(&path).text.contains(WORD).then_some(()));
    }

    let position = erase(&a, &issue);
    shows_nothing(&b, &issue, &instant, &position);
    shows_nothing(&a, &issue, &instant, &position);
    assert_eq!(b.shows(&kept)["title"], "Caso che resta");

    // It stays so over a start; and a node that was down meanwhile, with views from before.
    b.stop();
    let other = a.file(&format!("Altro con {WORD}"));
    let b = network.start("b");
    let words = b.shows(&other);
    assert!(words["title"].as_str().unwrap().contains(WORD));
    b.kill();
    let position = erase(&a, &other);
    let b = network.start("b");
    shows_nothing(&b, &issue, &instant, &position);
    shows_nothing(&b, &other, &instant_of(&b, &other), &position);
    assert!(network.run("c", &["check"]).contains("no fault"));
}

/// When a case was reported.
fn instant_of(node: &Node, issue: &str) -> String {
    let events = node.get(&format!("/issues/{issue}/events")).json();
    events["items"][0]["recorded_at"].as_str().unwrap().to_owned()
}

#[test]
fn two_erasures_in_one_event_at_once_both_hold() {
    let network = Network::new();
    let (a, b) = network.pair();
    for round in 0..10 {
        let issue = a.file(&format!("Caso {round} con {WORD}"));
        b.shows(&issue);
        let events = b.get(&format!("/issues/{issue}/events")).json();
        let event = events["items"][0]["event_id"].as_str().unwrap().to_owned();
        let erase = |node: &Node, field: &str| {
            let body = json!({
                "event_id": event, "field": field, "reason": "Si riconosce una persona.",
                "legal_basis": "art. 17, par. 1",
            });
            let path = format!("/issues/{issue}/erasures");
            // Whoever came second has to look again.
            until(PATIENCE, || {
                let etag = node.get(&format!("/issues/{issue}")).header("etag").to_owned();
                let reply = node.post(&path, &key(), &[("If-Match", &etag)], &body);
                assert!(matches!(reply.status, 201 | 409 | 412), "{reply:?}");
                (reply.status == 201).then_some(())
            });
        };
        std::thread::scope(|scope| {
            scope.spawn(|| erase(&a, "/title"));
            scope.spawn(|| erase(&b, "/description"));
        });
        for node in [&a, &b] {
            until(PATIENCE, || {
                let seen = node.get(&format!("/issues/{issue}")).json();
                (seen["title"] == ERASED && seen["description"] == ERASED).then_some(())
            });
        }
    }
    assert!(network.run("c", &["check"]).contains("no fault"));
}

#[test]
fn a_document_put_on_one_node_is_read_on_another_and_its_absence_is_told() {
    let network = Network::new();
    let (a, b) = network.pair();
    let key_ = key();
    let headers = [("Idempotency-Key", key_.as_str()), ("Content-Type", "text/plain")];
    let put = a.send(&a.token, "POST", "/api/v1/documents", &headers, b"Un allegato.");
    let mut document = put.expect(201).json();
    document["name"] = "allegato.txt".into();
    let mut body = report("Con allegato");
    body["documents"] = json!([document]);
    let filed = a.post("/issues", &key(), &[], &body).expect(201).json();
    let issue = filed["id"].as_str().unwrap();
    b.shows(issue);
    let hash = document["sha256"].as_str().unwrap();
    let path = format!("/documents/{hash}?referrer=issue-{issue}");
    assert_eq!(b.get(&path).expect(200).text, "Un allegato.");
    // A folder that is not shared, or not mounted.
    std::fs::rename(network.home().join("documents"), network.home().join("elsewhere")).unwrap();
    let missing = b.get(&path).expect(503);
    assert!(missing.json()["detail"].as_str().unwrap().contains("documento"), "{missing:?}");
    std::fs::rename(network.home().join("elsewhere"), network.home().join("documents")).unwrap();
    b.get(&path).expect(200);
}
