//! The views: what the product shows, derived from events and disposable.
//!
//! ```text
//! event store ─► feed thread: read, decode ─► writer thread: fold ─► book ─► rows + bookmark ─► views.db
//!                                                                                  readers ◄──────┘
//! ```
//!
//! A projection here is the fold of the domain's own states ([`book`]), and rows
//! derived from the states a batch has touched ([`touched`], [`writing`]). Each view is
//! one file or folder: its tables, how its rows follow, its queries, its tests.
//!
//! The same fold over a part of the log ([`cut`]) gives the views as they stood
//! ([`past`]); queries do not tell one from the other ([`moment`]).
//!
//! Rows are a function of the events alone. What depends on the day on which one asks
//! is kept with the day from which it holds ([`steps`]); what people typed is not kept
//! at all, but opened when it is shown ([`texts`]).
//!
//! Deliberately absent: decisions. Nothing that decides reads a view.
//!
//! Depends on: `domain`, `event_store`, `codec`, `access`, `search`, `clock`.

mod ahead;
pub mod answers;
mod audience;
mod book;
mod citations;
pub mod communications;
mod condition;
mod cursor;
mod cut;
mod digests;
pub mod divergences;
mod dump;
mod fact;
pub mod feed;
mod files;
mod giving_way;
pub mod history;
mod indexer;
pub mod issues;
mod linked;
mod links;
mod lists;
mod log;
mod marks;
mod moment;
pub mod norms;
mod opened;
mod past;
mod projector;
pub mod published;
pub mod questions;
mod readers;
pub mod readership;
mod readings;
mod rebuild;
pub mod registry;
mod runner;
mod schema;
pub mod solutions;
pub mod statistics;
mod steps;
mod streams;
#[cfg(test)]
mod tests;
mod texts;
pub mod things;
mod titles;
mod to_index;
mod touched;
mod views;
mod words;
mod writer;
mod writing;

pub use cut::Cut;
pub use history::{TimelineEvent, TypedText, sentence};
pub use linked::{LinkedAnswer, LinkedIssue, LinkedQuestion, LinkedSolution};
pub use moment::{Held, Moment};
pub use projector::Quarantined;
pub use readings::ReadingView;
pub use rebuild::Rebuilt;
pub use schema::VERSION;
pub use texts::{TextPlace, Texts};
pub use titles::Title;
pub use views::{Views, ViewsOptions, ViewsStatus, look_back};

use crate::codec::CodecError;
use crate::event_store::ReadError;

/// Why the views could not do something.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// `SQLite` refused.
    #[error("the views failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The search index refused.
    #[error("the search index failed: {0}")]
    Search(#[from] crate::search::SearchIndexError),
    /// The file system refused.
    #[error("the folder of the views failed: {0}")]
    Io(#[source] std::io::Error),
    /// The event store could not be read.
    #[error(transparent)]
    Store(#[from] ReadError),
    /// A text that was not erased does not open.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The views have not come so far in time.
    #[error("the views are behind")]
    Behind,
    /// The views are stopping, or being rebuilt already.
    #[error("the views are busy or stopping")]
    Busy,
    /// The views as they stood are being built.
    #[error("the views of that moment are being prepared")]
    Preparing,
    /// A cursor that was not given out for this list.
    #[error("the cursor does not belong to this list")]
    Cursor,
}
