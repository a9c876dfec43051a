//! What SECURITY.md says proves a rule is a test that exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The names of all tests below a folder.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests(&path, found);
            continue;
        }
        if path.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut lines = source.lines().map(str::trim);
        while let Some(line) = lines.next() {
            let marked = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let function = if marked { lines.find(|line| line.contains("fn ")) } else { None };
            let name = function.and_then(|line| line.split("fn ").nth(1)?.split('(').next());
            found.extend(name.map(str::to_owned));
        }
    }
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    tests(&root.join("src"), &mut known);
    tests(&root.join("tests"), &mut known);
    assert!(known.len() > 300, "the tests are not where this one looks");
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let (_, proof) = page.split_once("## What proves it").unwrap();
    let (proof, _) = proof.split_once("\n## ").unwrap();
    let named: Vec<_> =
        proof.split('`').skip(1).step_by(2).filter(|word| word.contains('_')).collect();
    assert!(named.len() > 50, "{}", named.len());
    let missing: Vec<_> = named.iter().filter(|name| !known.contains(**name)).collect();
    assert!(missing.is_empty(), "SECURITY.md names tests that are not there: {missing:?}");
}
