//! The program itself on a server of events, and what it says of it.

use std::path::Path;
use std::process::{Command, Output};

use super::pair;
use crate::double::{Double, Options};

const PASSWORD: &str = "geheim-4711";

fn quesito(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quesito"))
        .args(arguments)
        .env("QUESITO_DATA", folder.join("data"))
        .env("QUESITO_KEYS", folder.join("keys/epochs"))
        .env("QUESITO_LOG", "debug")
        .output()
        .expect("the program runs")
}

/// What it said, all of it; never the password.
fn said(output: &Output) -> String {
    let words = [&output.stdout[..], &output.stderr[..]].concat();
    let words = String::from_utf8_lossy(&words).into_owned();
    assert!(!words.contains(PASSWORD), "{words}");
    words
}

#[test]
fn a_registry_is_imported_checked_and_carried_over() {
    let user = Some(("quesito".to_owned(), PASSWORD.to_owned()));
    let double = Double::start(Options { user, ..Options::default() });
    let (folder, url) = (tempfile::tempdir().unwrap(), double.url());
    let on_server = |arguments: &[&str]| {
        let output = quesito(folder.path(), &[arguments, &["--store", &url]].concat());
        let words = said(&output);
        assert!(output.status.success(), "{arguments:?}: {words}");
        words
    };

    on_server(&["import", "--registry"]);
    on_server(&["token", "create", "--person", "ced", "--role", "admin", "--body", "anci_er"]);
    assert!(on_server(&["check"]).contains("no fault"));
    assert!(on_server(&["token", "list"]).contains("living"));
    on_server(&["keys", "rotate"]);
    assert!(on_server(&["check"]).contains("no fault"));

    let back = format!("sqlite:{}", folder.path().join("back").display());
    let copied = quesito(folder.path(), &["copy", "--from", &url, "--to", &back]);
    assert!(said(&copied).contains("the root"), "{}", said(&copied));
    let again = quesito(folder.path(), &["copy", "--from", &back, "--to", &url]);
    assert!(said(&again).starts_with("0 events copied"), "{}", said(&again));
}

#[tokio::test]
async fn what_needs_files_says_so() {
    let (double, _store) = pair().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("esdb://quesito:{PASSWORD}@{}?tls=false", double.address());
    for arguments in [&["backup", "somewhere"][..], &["verify"], &["restore", "somewhere"]] {
        let output = quesito(folder.path(), &[arguments, &["--store", &url]].concat());
        assert!(!output.status.success());
        assert!(said(&output).contains("leave --store"), "{}", said(&output));
    }
    let output = quesito(folder.path(), &["check", "--store", "https://quesito:geheim-4711@h"]);
    assert!(said(&output).contains("--store takes esdb://"), "{}", said(&output));
}
