//! What one page says of another: a link inside the project leads to something.

use std::fs;
use std::path::{Path, PathBuf};

/// Every page of prose at the top and among the decisions.
fn pages(root: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in [root.to_owned(), root.join("src/decisions"), root.join("src/data")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// The addresses inside `](…)` that are paths.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    after
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

#[test]
fn every_link_inside_the_project_leads_to_something() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (mut seen, mut dead) = (0, Vec::new());
    for page in pages(&root) {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            seen += 1;
            if !page.parent().unwrap().join(target).exists() {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(seen > 5, "the links are not where this test looks");
    assert!(dead.is_empty(), "links that lead nowhere: {dead:#?}");
}
