//! Whether an amendment overtakes a cited text.
//!
//! Deliberately absent: the amending act and the new wording. Only dates and
//! article numbers decide whether somebody has to look again.
//!
//! Depends on: nothing in this crate.

use jiff::civil::Date;

/// A change of an act, as recorded in the registry of norms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The articles changed: "19", "19bis" or "19-bis". Empty: the whole act.
    pub articles: Vec<String>,
    /// The first day on which the new text is in force.
    pub from: Date,
}

/// Whether the amendment changes the cited text after the version cited.
///
/// `article` is the article cited, in either spelling, or `None` for the act as
/// a whole, which any amendment touches; `text_in_force_on` is the day whose
/// text was read. A text read on the very day of the amendment is already the
/// new one. In doubt (a list of blank entries) the answer is yes: looking once
/// more costs less than relying on a text that has changed.
pub fn touches(amendment: &Amendment, article: Option<&str>, text_in_force_on: Date) -> bool {
    if amendment.from <= text_in_force_on {
        return false;
    }
    let Some(cited) = article.map(plain).filter(|cited| !cited.is_empty()) else {
        return true;
    };
    let changed: Vec<String> = amendment
        .articles
        .iter()
        .map(|entry| plain(entry))
        .filter(|entry| !entry.is_empty())
        .collect();
    changed.is_empty() || changed.contains(&cited)
}

/// "Art. 19-bis, comma 2" and `~art19bis-com2` both become `19bis`.
fn plain(article: &str) -> String {
    let lower = article.to_lowercase();
    let bare = lower.trim().trim_start_matches('~');
    let bare =
        ["articolo", "art.", "art"].iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare);
    // What follows is a finer place; no latin suffix contains these letters.
    let end = [",", "com", "let", " c."].iter().filter_map(|below| bare.find(below)).min();
    let bare = bare.split_at(end.unwrap_or(bare.len())).0;
    bare.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect()
}
