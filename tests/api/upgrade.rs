//! A store that an earlier version left behind is opened by this one, and goes on.
//!
//! `tests/data/store` holds what the walk of [`crate::walk`] leaves: every event type,
//! every kind of thing. Beside it, `known.json` says what its things read like when it
//! was made; later versions may tell more about them, never less or otherwise.

use std::fs;
use std::path::{Path, PathBuf};

use quesito::app::Access;
use quesito::config::{Data, DataArgs};
use quesito::domain::registry::Role;
use serde_json::{Map, Value, json};

use crate::app::TestApp;
use crate::setting::{position, report};
use crate::walk;

const STORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/store");

/// Makes the store anew. Until the first release nothing keeps the events from changing,
/// so then it may; from there on each release adds a folder, and none is ever replaced.
const BLESS: &str = "QUESITO_BLESS_STORE";

/// The collections of which things are known.
const KNOWN: &[&str] =
    &["issues", "collective-questions", "answers", "solutions", "communications"];

fn data(home: &Path) -> Data {
    let (data, keys) = (home.join("data"), Some(home.join("epochs")));
    DataArgs { data, keys, documents: None, store: None }.check().unwrap()
}

/// Copies files and folders; in the repository they lie open, here only to their owner.
fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(to, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

/// Every thing of every kind with its history, as an auditor reads it.
async fn known(app: &TestApp) -> Value {
    let mut known = Map::new();
    app.shown().await;
    for collection in KNOWN {
        let list = app.get(Some("revisore"), &format!("/{collection}?limit=200")).await;
        for item in list.body["items"].as_array().unwrap() {
            let path = format!("/{collection}/{}", item["id"].as_str().unwrap());
            for path in [path.clone(), format!("{path}/events")] {
                let reply = app.get(Some("revisore"), &path).await;
                assert_eq!(reply.status, 200, "{path}: {}", reply.text);
                known.insert(path, reply.body);
            }
        }
    }
    known.into()
}

/// Where something that was known is no longer told, or told otherwise.
fn lost(known: &Value, told: &Value, pointer: &str, found: &mut Vec<String>) {
    match (known, told) {
        (Value::Object(known), Value::Object(told)) => {
            for (name, value) in known {
                let pointer = format!("{pointer}/{name}");
                match told.get(name) {
                    Some(told) => lost(value, told, &pointer, found),
                    None => found.push(format!("{pointer} is gone")),
                }
            }
        }
        (Value::Array(known), Value::Array(told)) if known.len() == told.len() => {
            for (index, (known, told)) in known.iter().zip(told).enumerate() {
                lost(known, told, &format!("{pointer}/{index}"), found);
            }
        }
        _ if known == told => {}
        _ => found.push(format!("{pointer} was {known}, is {told}")),
    }
}

async fn bless(home: &Path) {
    assert!(
        !Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/events/FROZEN")).exists(),
        "the events are frozen: put the store of this release beside the others"
    );
    let app = TestApp::in_folder(&data(home), Access::Create).await;
    app.install().await;
    app.furnish().await;
    walk::the_whole_life(&app).await;
    let known = known(&app).await;
    app.close().await;

    let _ = fs::remove_dir_all(STORE);
    copy(home, Path::new(STORE));
    for left_over in [
        "data/views",
        "data/events.db-shm",
        "data/events.db-wal",
        "data/events.db.lock",
        "epochs.lock",
    ] {
        let left_over = PathBuf::from(STORE).join(left_over);
        let _ = fs::remove_dir_all(&left_over).or_else(|_| fs::remove_file(&left_over));
    }
    let text = serde_json::to_string(&known).unwrap();
    fs::write(Path::new(STORE).join("known.json"), text + "\n").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_an_earlier_version_reads_as_it_did_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    if std::env::var_os(BLESS).is_some() {
        bless(home.path()).await;
    }
    let home = tempfile::tempdir().unwrap();
    copy(Path::new(STORE), home.path());

    let data = data(home.path());
    let checked = std::process::Command::new(env!("CARGO_BIN_EXE_quesito"))
        .arg("check")
        .args([Path::new("--data"), &data.folder, Path::new("--keys"), &data.keys])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && told.contains("no fault"), "{told}");

    let app = TestApp::in_folder(&data, Access::Write).await;
    app.admit("revisore", "p-revisore", Role::Auditor, "corte_conti", None).await;
    app.admit("bologna", "p-bologna", Role::Municipality, "c_a944", Some("anci_er")).await;
    let text = fs::read_to_string(home.path().join("known.json")).unwrap();
    let before: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    lost(&before, &known(&app).await, "", &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let status = app.get(None, "/status").await;
    assert_eq!(status.body["quarantined"], json!([]), "{}", status.text);

    // Something new, and something new about what was there.
    let issue = app.reported().await;
    let old = before.as_object().unwrap().iter().find_map(|(path, thing)| {
        let id = path.strip_prefix("/issues/")?;
        (!id.contains('/') && thing["title"] == report()["title"] && thing["status"] == "reported")
            .then(|| id.to_owned())
    });
    for issue in [issue, old.unwrap()] {
        app.act("bologna", "record_position", &[&issue], position("questura-pr", "PR")).await;
        let shown = app.get(Some("bologna"), &format!("/issues/{issue}")).await;
        assert_eq!(shown.body["title"], report()["title"], "{}", shown.text);
        let readings = shown.body["readings"].as_array().unwrap();
        assert!(readings.iter().any(|one| one["authority"] == "questura-pr"), "{}", shown.text);
    }
    app.close().await;
}
