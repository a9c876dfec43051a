//! Where the events of one stream stand in the signed log, for whoever looks at them on a
//! page: the short form of what an extract proves.
//!
//! Depends on: `notary`.

use std::collections::HashMap;

use uuid::Uuid;

use super::gather::history;
use super::{ExtractError, Sources};
use crate::event_store::StreamName;
use crate::notary::tree::{self, Hash};
use crate::notary::{self, KeeperError, Logged, Signed};

/// Where the events of a stream stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The last signed head; none before the first one.
    pub signed: Option<Signed>,
    /// The leaves, by event. An event without one waits to be logged.
    pub leaves: HashMap<Uuid, Leaf>,
}

/// The leaf of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its hash, from the bytes as they are stored now.
    pub hash: Hash,
    /// Whether the last signed head covers it.
    pub covered: bool,
    /// Whether a head over the log proves that these bytes were logged there.
    pub proven: bool,
}

/// Where the events of a stream stand.
///
/// # Errors
///
/// [`ExtractError`] when the store or the log cannot be read.
pub async fn standing(sources: &Sources, stream: &StreamName) -> Result<Standing, ExtractError> {
    let signed = sources.log.signed().borrow().clone();
    let events = history(sources, stream).await?;
    let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
    let places = sources.log.find(&ids)?;
    let covers = signed.as_ref().map_or(0, |signed| signed.checkpoint.size);
    // What is logged and not signed yet is proven under a head of its own.
    let size = places.values().map(|index| index + 1).max().unwrap_or_default().max(covers);
    let root = match &signed {
        Some(signed) if signed.checkpoint.size == size => signed.checkpoint.root,
        _ => sources.log.root(size)?,
    };
    let mut leaves = HashMap::with_capacity(places.len());
    for event in &events {
        let Some(&index) = places.get(&event.id) else { continue };
        let hash = notary::Leaf::of(&Logged::from(event)).map_err(|_| KeeperError::Outside)?.hash;
        let proof = sources.log.inclusion(index, size)?;
        let proven = tree::includes(&hash, index, size, &proof, &root);
        leaves.insert(event.id, Leaf { index, hash, covered: index < covers, proven });
    }
    Ok(Standing { signed, leaves })
}
