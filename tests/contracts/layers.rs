//! The crate is built in rows, and every row imports only what lies below it.

use std::fs;
use std::path::{Path, PathBuf};

/// The table of `DESIGN.md` §3, from the ground up.
const ROWS: &[&[&str]] = &[
    &[
        "domain",
        "event_store",
        "clock",
        "config",
        "csv",
        "decisions",
        "endpoint",
        "task",
        "private_file",
        "fetch",
        "mail",
    ],
    &["privacy", "notary", "search", "access"],
    &["codec"],
    &["command_handler", "projections"],
    &["operations", "policies", "extract", "letter"],
    &["http", "web", "import", "notices"],
    &["app"],
    &["cli"],
    &["main"],
];

/// The one exception that is stricter than the rows: whoever answers a request goes
/// through an operation, so that facts and authorisation are never skipped.
const NOT_BY: &[(&str, &str)] = &[("http", "command_handler"), ("web", "command_handler")];

const LONGEST: usize = 450;

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|modules| modules.contains(&module))
}

fn may_import(module: &str, other: &str) -> bool {
    match (row(module), row(other)) {
        _ if module == other => true,
        (Some(own), Some(others)) => others < own && !NOT_BY.contains(&(module, other)),
        _ => false,
    }
}

/// Every source file below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn each_source(mut visit: impl FnMut(&str, &str)) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 50, "the sources are not where this test looks");
    for path in found {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        visit(&name, &fs::read_to_string(path).unwrap());
    }
}

/// The top-level module a file belongs to: its folder, or its own name.
fn module_of(name: &str) -> &str {
    name.split('/').next().unwrap().trim_end_matches(".rs")
}

fn is_test(name: &str) -> bool {
    name.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The source without its comments; a `//` inside an address is none.
fn without_comments(source: &str) -> String {
    let code = |line: &str| {
        let start = line.match_indices("//").map(|(at, _)| at);
        let end = start.filter(|at| !line[..*at].ends_with(':')).min().unwrap_or(line.len());
        line[..end].to_owned()
    };
    source.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that paths beginning with `crate` name.
fn imports(source: &str) -> Vec<String> {
    let code = without_comments(source);
    let mut found = Vec::new();
    for root in ["crate::", "quesito::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = code[at + root.len()..].trim_start();
            match rest.strip_prefix('{') {
                Some(group) => found.extend(group_heads(group)),
                None => found.push(head(rest)),
            }
        }
    }
    found
}

fn head(path: &str) -> String {
    path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names inside `{codec::{a, b}, domain::X}`: `codec` and `domain`.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' if depth == 0 => {
                heads.push(head(&group[start..at]));
                start = at + 1;
            }
            '}' if depth == 0 => {
                heads.push(head(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

#[test]
fn every_module_imports_only_rows_below_its_own() {
    let mut faults = Vec::new();
    each_source(|name, source| {
        let module = module_of(name);
        // `lib.rs` is the map: it names every module and uses none.
        // `domain` is a crate of its own: the compiler sees to it that it looks nowhere.
        // Files of tests are no part of what is built and may look upwards.
        if matches!(module, "lib" | "domain") || is_test(name) {
            return;
        }
        if row(module).is_none() {
            faults.push(format!("src/{name}: `{module}` stands in no row"));
        }
        for other in imports(source) {
            if !may_import(module, &other) {
                faults.push(format!("src/{name}: `{module}` must not import `{other}`"));
            }
        }
    });
    assert!(
        faults.is_empty(),
        "{}\nMove what is shared into a lower row. A new module needs a place in the table of \
         DESIGN.md §3 and in ROWS of tests/contracts/layers.rs.",
        faults.join("\n")
    );
}

#[test]
fn every_source_file_says_what_it_is_and_fits_a_sitting() {
    let mut faults = Vec::new();
    each_source(|name, source| {
        if !source.starts_with("//! ") {
            faults.push(format!("src/{name} does not begin with `//!`: say what it is"));
        }
        let lines = source.lines().count();
        if lines > LONGEST {
            faults.push(format!("src/{name} has {lines} lines: make it a folder"));
        }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_paths_groups_and_no_comments() {
    let source = "use crate::codec::Codec;\nuse crate::{\n    domain::{Day, Text},\n    clock,\n};\n\
                  // crate::http is not used\nlet url = \"https://x\"; crate::search::analyse();\n\
                  pub(crate) use data; pub(in crate::web) fn f() {} mycrate::app::run();\n\
                  quesito::app::run();";
    assert_eq!(imports(source), ["codec", "domain", "clock", "search", "web", "app"]);
    assert!(may_import("codec", "domain") && may_import("http", "operations"));
    assert!(!may_import("domain", "clock") && !may_import("http", "web"));
    assert!(!may_import("http", "command_handler") && !may_import("policies", "operations"));
}
