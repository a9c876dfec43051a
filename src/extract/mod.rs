//! The *estratto verificabile del caso*: one ZIP that stands alone.
//!
//! It holds what one reader may see of a case as it stood at an instant: a page in Italian,
//! the events byte for byte, the proof that each is in the signed log, the opened texts with
//! what ties them to their sealed form, and the program that checks all of it offline.
//!
//! ```text
//! case ─► things linked to it ─► events the reader may see, up to the instant
//!           └─► leaves and proofs under the shortest signed head that covers them
//! ```
//!
//! The same case, instant and role give the same bytes, until one of the texts is erased:
//! nothing in it depends on when it was asked for.
//!
//! Deliberately absent: documents themselves (their hashes are there), and any right of its
//! own: what it holds is what [`Moment::history`](crate::projections::Moment::history) tells the reader.
//!
//! Depends on: `projections`, `notary`, `codec`, `access`.

mod gather;
mod lines;
mod names;
mod package;
mod page;
mod registers;
mod standing;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::access::Actor;
use crate::codec::{Codec, CodecError};
use crate::event_store::{EventStore, ReadError};
use crate::notary::{Keeper, KeeperError};
use crate::projections::{Views, ViewsError};

pub use lines::{Line, lines};
pub use names::Names;
pub use page::moment;
pub use standing::{Leaf, Standing, standing};

/// How long an extract waits for the log to have what the store has.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an extract is made of.
#[derive(Clone)]
pub struct Sources {
    /// The events.
    pub store: Arc<dyn EventStore>,
    /// Opens texts.
    pub codec: Arc<Codec>,
    /// Says what a reader may see.
    pub views: Arc<Views>,
    /// Proves that it was recorded.
    pub log: Arc<Keeper>,
    /// What is said where the data are invented.
    pub disclaimer: Option<String>,
}

/// A finished extract.
#[derive(Debug, Clone)]
pub struct Extract {
    /// The reference of the case, such as `S-2026/0042`.
    pub reference: String,
    /// The ZIP.
    pub bytes: Vec<u8>,
}

/// Why there is no extract.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The case is not there, was not there at that instant, or may not be seen.
    #[error("there is no such case, or it may not be seen")]
    NotFound,
    /// The log has not caught up with the store.
    #[error("the log is behind the store")]
    Behind,
    /// The views cannot be read.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The events cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event or a text cannot be read.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] KeeperError),
    /// The ZIP cannot be written.
    #[error("the extract cannot be packed: {0}")]
    Pack(String),
}

/// Makes the extract of an issue for a reader; `as_of` leaves out what was recorded later.
///
/// # Errors
///
/// [`ExtractError`].
pub async fn extract(
    sources: &Sources,
    actor: &Actor,
    issue: Uuid,
    as_of: Option<Timestamp>,
) -> Result<Extract, ExtractError> {
    let case = gather::case(sources, actor, issue, as_of).await?;
    if !sources.log.wait_for(sources.store.head().await?, PATIENCE).await {
        return Err(ExtractError::Behind);
    }
    let proofs = gather::proofs(&sources.log, &case)?;
    let mut names = Names::at(sources.store.clone(), sources.codec.clone(), case.as_of);
    for event in case.events() {
        names.learn(event).await?;
    }
    let page = page::page(sources, actor, &case, &proofs, &names);
    package::package(sources, actor, &case, &proofs, page)
}
