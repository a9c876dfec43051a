//! The log and the extract as readers get them.

use std::io::{Cursor, Read};
use std::process::Command;

use quesito::clock::Clock;
use serde_json::Value;

use crate::app::TestApp;
use crate::walk;

/// The first issue whose extract has an answer in it.
async fn answered(app: &TestApp) -> String {
    let list = app.get(Some("revisore"), "/issues?limit=200").await;
    for issue in list.body["items"].as_array().unwrap() {
        let id = issue["id"].as_str().unwrap();
        let zip = bytes(app, "revisore", &format!("/issues/{id}/extract")).await;
        if part(&zip, "events.json").windows(8).any(|window| window == b"\"answer-") {
            return id.to_owned();
        }
    }
    panic!("no issue has an answer");
}

pub async fn bytes(app: &TestApp, who: &str, path: &str) -> Vec<u8> {
    let request = axum::http::Request::get(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {}", app.token(who)));
    let (status, bytes) = app.raw(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

pub fn part(zip: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[tokio::test]
async fn an_extract_is_whole_the_same_every_time_and_verified_without_us() {
    let app = TestApp::ready().await;
    walk::the_whole_life(&app).await;
    app.shown().await;
    let issue = answered(&app).await;
    let path = format!("/issues/{issue}/extract");
    let zip = bytes(&app, "revisore", &path).await;
    assert_eq!(bytes(&app, "revisore", &path).await, zip, "again");

    let manifest: Value = serde_json::from_slice(&part(&zip, "manifest.json")).unwrap();
    let page = String::from_utf8(part(&zip, "estratto.html")).unwrap();
    assert!(page.contains("Riscontri: le tre date") && page.contains("Ricevuto il"), "{page}");
    assert!(!page.contains("src=") && !page.contains("href="), "nothing from elsewhere");
    let events: Value = serde_json::from_slice(&part(&zip, "events.json")).unwrap();
    let streams: Vec<_> = events.as_array().unwrap().iter().map(|one| &one["stream"]).collect();
    for kind in ["issue-", "answer-"] {
        assert!(streams.iter().any(|stream| stream.as_str().unwrap().starts_with(kind)), "{kind}");
    }

    // Life goes on; the extract as of that instant stays as it was.
    let as_of = manifest["as_of"].as_str().unwrap();
    app.clock.set(app.clock.now() + jiff::SignedDuration::from_hours(1));
    let note = serde_json::json!({"audience": "internal", "text": "Sentito l'ufficio."});
    app.act("staff", "add_issue_note", &[&issue], note).await;
    app.shown().await;
    assert_ne!(bytes(&app, "revisore", &path).await, zip);
    assert_eq!(bytes(&app, "revisore", &format!("{path}?as_of={as_of}")).await, zip);
    let before = app.get(Some("revisore"), &format!("{path}?as_of=2020-01-01T00:00:00Z")).await;
    assert_eq!(before.status, 404, "{}", before.text);

    let folder = tempfile::tempdir().unwrap();
    let verify = |name: &str, content: &[u8]| {
        std::fs::write(folder.path().join(name), content).unwrap();
        let output = Command::new("python3")
            .current_dir(folder.path())
            .args(["verify.py", "extract", name])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    std::fs::write(folder.path().join("verify.py"), part(&zip, "verify.py")).unwrap();
    let (code, said) = verify("good.zip", &zip);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("testi uguali a quelli sigillati"), "{said}");

    // A text that is not the one that was sealed, in an archive that is otherwise in order.
    for from in [&b"\"text\":\""[..], b"\"leaf_hash", b"\"proof\":[\"", b"Estratto"] {
        let Some(at) = zip.windows(from.len()).position(|window| window == from) else { continue };
        let mut forged = zip.clone();
        forged[at + from.len()] ^= 1;
        let (code, said) = verify("forged.zip", &forged);
        assert_eq!(code, Some(1), "{said}");
    }
}

#[tokio::test]
async fn a_receipt_is_found_in_the_log_and_proven() {
    let app = TestApp::ready().await;
    let report = crate::setting::report();
    let reply = app.try_act("bologna", "report_issue", &[], report).await;
    let (event, leaf) = (reply.receipt().event, reply.body["leaf_hash"].clone());
    let found = app.get(Some("bologna"), &format!("/log/leaves/{event}")).await;
    assert_eq!(found.status, 200, "{}", found.text);
    assert_eq!(found.body["leaf_hash"], leaf);
    let hidden = app.get(Some("isolato"), &format!("/log/leaves/{event}")).await;
    assert_eq!(hidden.status, 404);

    let index = found.body["index"].as_u64().unwrap();
    let proof = format!("/log/inclusion-proofs?index={index}&size={}", index + 1);
    assert_eq!(app.get(Some("bologna"), &proof).await.status, 200);
    let outside = format!("/log/inclusion-proofs?index={index}&size={}", index + 1_000);
    assert_eq!(app.get(Some("bologna"), &outside).await.status, 404);
    let grown = format!("/log/consistency-proofs?from={index}&to={}", index + 1);
    assert_eq!(app.get(Some("bologna"), &grown).await.status, 200);
    let shrunk = format!("/log/consistency-proofs?from={}&to={index}", index + 1);
    assert_eq!(app.get(Some("bologna"), &shrunk).await.status, 404);
    for wrong in ["0/0", "0/0000", "9/000", "0/x000/000", "entries/000.p/300"] {
        let reply = app.get(Some("revisore"), &format!("/log/tile/{wrong}")).await;
        assert_eq!(reply.status, 404, "{wrong}: {}", reply.text);
    }
    // A repeated command answers the same receipt.
    let key = app.key();
    let report = crate::setting::report();
    let first = app.post_keyed("bologna", "/issues", key, &report).await;
    let again = app.post_keyed("bologna", "/issues", key, &report).await;
    assert_eq!(first.body["leaf_hash"], again.body["leaf_hash"]);
}
