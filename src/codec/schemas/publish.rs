//! The files of `events/`: made, compared, written, and kept once frozen.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde_json::Value;

use super::super::canonical;
use super::contract::contract;
use super::{categories, envelopes};
use crate::privacy::sha256_hex;

/// The file that holds the checksums of published contracts, in the form that
/// `sha256sum --check` reads.
pub const FROZEN: &str = "FROZEN";

/// The contracts of this version: name of the file and its content.
pub fn files() -> BTreeMap<String, String> {
    let categories = categories();
    let mut streams: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for category in &categories {
        for kind in category.types {
            streams.entry(kind.stored).or_default().push(category.name);
        }
    }
    let mut files = BTreeMap::new();
    for category in &categories {
        for kind in category.types {
            let name = format!("{}.json", kind.stored);
            if files.contains_key(&name) {
                continue;
            }
            let example = (category.example)(category.name, kind);
            if kind.stored == "issue-reported.v1" {
                files.insert("metadata.v1.json".into(), render(&envelopes::metadata(&example)));
                files.insert("leaf.v1.json".into(), render(&envelopes::leaf(&example)));
            }
            let stands_in = streams.get(kind.stored).map(Vec::as_slice).unwrap_or_default();
            files.insert(name, render(&contract(kind, stands_in, &example.data())));
        }
    }
    files
}

/// Writes the contracts into a folder; answers how many files changed.
///
/// # Errors
///
/// When a file cannot be read or written, and before anything is written when one
/// of them is frozen and would change: a new shape is a new version.
pub fn write_all(dir: &Path) -> io::Result<usize> {
    let files = files();
    let frozen = frozen(dir)?;
    let broken = |(name, content): &(&String, &String)| {
        frozen.get(*name).is_some_and(|sum| *sum != sha256_hex(content.as_bytes()))
    };
    if let Some((name, _)) = files.iter().find(broken) {
        return Err(io::Error::other(format!(
            "{name} is published and would change: give the event a new version and an upcast"
        )));
    }
    fs::create_dir_all(dir)?;
    let mut written = 0;
    for (name, content) in &files {
        let path = dir.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == *content) {
            continue;
        }
        fs::write(path, content)?;
        written += 1;
    }
    Ok(written)
}

/// The checksums of the contracts published in a folder, by name of the file; none
/// before the first release.
///
/// # Errors
///
/// When the list is there and cannot be read, or has a line that is not a checksum,
/// two spaces and a name.
pub fn frozen(dir: &Path) -> io::Result<BTreeMap<String, String>> {
    let list = match fs::read_to_string(dir.join(FROZEN)) {
        Ok(list) => list,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(why) => return Err(why),
    };
    list.lines()
        .map(|line| {
            let (sum, name) = line
                .split_once("  ")
                .ok_or_else(|| io::Error::other(format!("{FROZEN}: `{line}` is no checksum")))?;
            Ok((name.to_owned(), sum.to_owned()))
        })
        .collect()
}

/// A contract as a file: members sorted, two spaces, a line feed at the end.
fn render(contract: &Value) -> String {
    // Canonical first: the order must not depend on how this build keeps maps.
    let sorted: Value = canonical(contract, "a contract")
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    format!("{sorted:#}\n")
}
