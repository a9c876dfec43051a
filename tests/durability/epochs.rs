//! The change of epoch, and old copies: none brings back what was erased.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quesito::app::{Access, Engine};
use quesito::clock::SetClock;
use quesito::config::DataArgs;
use quesito::domain::registry::Role;
use quesito::domain::values::Text;
use quesito::operations::tokens::{TokenRequest, operator};
use serde_json::json;

use crate::erased::Staff;
use crate::program::{Server, home, quesito, run};
use crate::remains::Wanted;

const ERASED: &str = "[testo cancellato, art. 17 GDPR]";

/// Two cases, of which the first is erased after a backup was taken.
struct Copied {
    home: tempfile::TempDir,
    erased: String,
    kept: String,
    keys: Wanted,
    /// The year of their references.
    year: String,
}

fn copied() -> Copied {
    let (home, token) = home("staff", "anci_er", &[]);
    let server = Server::start(home.path());
    let mut staff = Staff::at(&server, &token, 0);
    let mut file = |title: &str| staff.file(title, &json!({}))["id"].as_str().unwrap().to_owned();
    let (erased, kept) = (file("Caso che si cancella"), file("Caso che resta"));
    let reference = staff.get(&format!("/issues/{erased}"))["reference"].to_string();
    let year = reference.split(['-', '/']).nth(1).unwrap().to_owned();
    run(home.path(), &["backup", "old"]);
    let mut keys = Wanted::default();
    keys.add_keys(home.path(), &format!("issue-{erased}"));
    staff.erase(&erased);
    server.kill();
    Copied { home, erased, kept, keys, year }
}

/// The history of a case in another data folder, under the present key file.
fn replay(home: &Path, data: &str, issue: &str) -> Result<String, String> {
    let output = quesito(home)
        .args(["replay", &format!("issue-{issue}"), "--data", data])
        .args(["--keys", "data-keys/epochs"])
        .output()
        .unwrap();
    let told = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(told(output.stdout)) } else { Err(told(output.stderr)) }
}

fn restore(home: &Path, args: &[&str], data: &str) -> String {
    let to = ["--data", data, "--keys", "data-keys/epochs"];
    run(home, &[&["restore"][..], args, &to[..]].concat())
}

fn check(home: &Path, data: &str) -> String {
    run(home, &["check", "--data", data, "--keys", "data-keys/epochs"])
}

#[test]
fn a_copy_from_before_an_erasure_is_held_to_it() {
    let Copied { home, erased, kept, keys, year } = copied();
    let home = home.path();
    assert!(!keys.found(&home.join("old")).is_empty());

    let told = restore(home, &["old"], "again");
    assert!(told.contains("1 erasures were carried out again"), "{told}");
    assert_eq!(keys.found(&home.join("again")), Vec::<String>::new());
    let story = replay(home, "again", &erased).unwrap();
    assert!(!story.contains("Caso che si cancella") && story.contains(ERASED), "{story}");
    assert!(story.contains("dopo il ripristino di una copia precedente"), "{story}");
    assert!(replay(home, "again", &kept).unwrap().contains("Caso che resta"));
    assert!(check(home, "again").contains("no fault"));
    // It is so once, and not again at every start.
    let length =
        fs::read_to_string(home.join("data-keys/epochs.erasures")).unwrap().lines().count();
    for _ in 0..2 {
        run(home, &["rebuild", "--data", "again", "--keys", "data-keys/epochs"]);
    }
    let register = fs::read_to_string(home.join("data-keys/epochs.erasures")).unwrap();
    assert_eq!(register.lines().count(), length, "{register}");

    // Nor does a copy show it that nobody restored, and to which nobody may write.
    fs::create_dir(home.join("bare")).unwrap();
    fs::copy(home.join("old/events/events.db"), home.join("bare/events.db")).unwrap();
    quesito::event_store::sqlite::restore_keys(
        &home.join("bare/events.db"),
        &home.join("old/keys/keys.db"),
    )
    .unwrap();
    let story = replay(home, "bare", &erased).unwrap();
    assert!(!story.contains("Caso che si cancella") && story.contains(ERASED), "{story}");
    let reader = ["--data", "bare", "--keys", "data-keys/epochs", "--as", "auditor"];
    for (number, words) in [(1, ERASED), (2, "Caso che resta")] {
        let case = format!("S-{year}/{number:04}");
        run(home, &[&["export", &case, "--out", "case.zip"][..], &reader].concat());
        let extract = fs::read(home.join("case.zip")).unwrap();
        let holds = |words: &str| extract.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(holds(words) && !holds("Caso che si cancella"), "{case}");
    }
}

#[test]
fn after_a_change_of_epoch_an_older_copy_opens_nothing_and_a_later_one_of_the_keys_the_rest() {
    let Copied { home, erased, kept, keys, .. } = copied();
    let home = home.path();
    let old = fs::read_to_string(home.join("data-keys/epochs")).unwrap();
    let told = run(home, &["keys", "rotate"]);
    assert!(told.contains("Epoch 2 is current") && told.contains("1 old epochs"), "{told}");
    assert!(run(home, &["keys", "list"]).contains("epoch 2"));
    let secret = old.lines().last().unwrap().rsplit(' ').next().unwrap();
    let new = fs::read_to_string(home.join("data-keys/epochs")).unwrap();
    assert!(!new.contains(secret) && new.lines().count() == old.lines().count(), "{new}");
    assert!(run(home, &["check"]).contains("no fault"));
    run(home, &["backup", "new"]);
    assert_eq!(keys.found(&home.join("new")), Vec::<String>::new());

    // Even without the register.
    let register = home.join("data-keys/epochs.erasures");
    fs::rename(&register, home.join("aside")).unwrap();
    let told = restore(home, &["old"], "again");
    assert!(told.contains("open no more") && told.contains("--keys-of"), "{told}");
    for issue in [&erased, &kept] {
        let story = replay(home, "again", issue).unwrap_or_else(|why| why);
        assert!(!story.contains("Caso che"), "{story}");
    }
    fs::rename(home.join("aside"), &register).unwrap();

    restore(home, &["old", "--keys-of", "new"], "both");
    assert!(replay(home, "both", &kept).unwrap().contains("Caso che resta"));
    let story = replay(home, "both", &erased).unwrap();
    assert!(!story.contains("Caso che si cancella") && story.contains(ERASED), "{story}");
    assert!(check(home, "both").contains("no fault"));
}

#[test]
fn a_change_of_epoch_that_is_killed_goes_on_and_loses_no_key() {
    let Copied { home, kept, .. } = copied();
    let home = home.path();
    let mut epoch = 1;
    for cycle in 0..12_u64 {
        let mut child = quesito(home).args(["keys", "rotate"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(5 + cycle * 8));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(replay(home, "data", &kept).unwrap().contains("Caso che resta"), "cycle {cycle}");
        let now = fs::read_to_string(home.join("data-keys/epochs")).unwrap();
        let epochs: Vec<u32> = now
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(' ').next().unwrap().parse().unwrap())
            .collect();
        assert!(epochs.len() <= 2 && epochs.iter().all(|one| *one >= epoch), "{epochs:?}");
        epoch = epochs[0];
    }
    run(home, &["keys", "rotate"]);
    let list = run(home, &["keys", "list"]);
    assert_eq!(list.lines().filter(|line| line.starts_with("epoch")).count(), 1, "{list}");
    assert!(run(home, &["check"]).contains("no fault"));
    assert!(replay(home, "data", &kept).unwrap().contains("Caso che resta"));
}

#[tokio::test]
async fn the_epoch_changes_by_itself_after_thirty_days() {
    let folder = tempfile::tempdir().unwrap();
    let data =
        DataArgs { data: folder.path().join("data"), keys: None, documents: None, store: None }
            .check()
            .unwrap();
    let clock = SetClock::at("2026-03-01T09:00:00Z".parse().unwrap());
    let engine = Engine::open(&data, Access::Create, Arc::new(clock.clone())).await.unwrap();
    let operations = engine.operations();
    let request = TokenRequest {
        person: "ced".parse().unwrap(),
        role: Role::Admin,
        body: "anci_er".parse().unwrap(),
        network: None,
        label: Text::new("postazione").unwrap(),
        expires_on: "2027-01-01".parse().unwrap(),
        machine: false,
    };
    operations.issue_token(&operator(), engine.random_id(), request).await.unwrap();

    clock.set("2026-03-30T09:00:00Z".parse().unwrap());
    assert_eq!(operations.rotate_if_due().await.unwrap(), None);
    clock.set("2026-03-31T09:00:00Z".parse().unwrap());
    let rotated = operations.rotate_if_due().await.unwrap().unwrap();

    assert_eq!((rotated.epoch, rotated.moved, rotated.destroyed), (2, 1, 1));
    assert_eq!(engine.codec.epochs().len(), 1);
    assert_eq!(operations.lost_rings().await.unwrap(), (1, 0));
    assert_eq!(operations.rotate_if_due().await.unwrap(), None);
    engine.store.close().await;
}
