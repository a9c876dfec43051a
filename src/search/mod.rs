//! Italian full-text search over `SQLite` FTS5.
//!
//! Text and query go through one analysis (`analysis`): they are folded, cut
//! into words, numbers and codes, stemmed, and words of one meaning meet in one
//! term (`synonyms`). FTS5 then stores and compares finished terms and knows
//! nothing of Italian, so no tokenizer has to be registered on connections.
//!
//! ```text
//! text  ─► folding ─► lexer ─► analysis (vocabulary, citations, synonyms) ─► index ─► search.fts
//! query ─► query ──────────────────────┘ └─► MATCH expression ─────────────────────────┘
//! ```
//!
//! Deliberately absent: access rules (the caller joins its table with
//! its own filter, see [`RANK_SQL`]), spelling correction, snippets (the index
//! keeps no text), and any language besides Italian: words of other scripts are
//! indexed as written.
//!
//! Depends on: nothing in this crate.

mod analysis;
mod citations;
mod folding;
mod index;
mod lexer;
mod query;
mod synonyms;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use analysis::{analyse, index_terms};
pub use index::{Document, RANK_SQL, SCHEMA, SearchIndex, SearchIndexError};
pub use query::{FtsQuery, fts_query};

/// The generation of the terms.
///
/// An index built under another number does not meet today's queries and must
/// be rebuilt. Raise it with every change that alters a term: a synonym, a stop
/// word, a rule of the lexer, a new Snowball algorithm in `frostem`.
pub const TERMS_VERSION: u32 = 1;
