//! A thing folded from its stream with its words opened, for those who read them.
//!
//! Never kept: what was erased must be gone with the answer that showed it.
//!
//! Depends on: `codec`, `event_store`, `domain`.

use super::cut::Cut;
use crate::codec::{Codec, CodecError};
use crate::domain::{Decider, Recorded};
use crate::event_store::{EventStore, StoredEvent, StreamName};

/// Events read from a stream at once.
const PAGE: usize = 500;

/// All events of a stream that are seen from a moment.
pub(super) async fn history(
    store: &dyn EventStore,
    stream: &StreamName,
    cut: Option<&Cut>,
) -> Result<Vec<StoredEvent>, CodecError> {
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let page = store.read_stream(stream, from, PAGE).await?;
        let full = page.len() == PAGE;
        from += page.len() as u64;
        all.extend(page.into_iter().filter(|stored| cut.is_none_or(|cut| cut.shows(stored))));
        if !full {
            return Ok(all);
        }
    }
}

/// The state after some events, the words of those that `wanted` accepts opened.
///
/// What cannot be read ends the fold: its stream is in quarantine.
pub(super) async fn fold<D: Decider>(
    store: &dyn EventStore,
    codec: &Codec,
    events: &[StoredEvent],
    wanted: impl Fn(&str) -> bool,
) -> Result<D::State, CodecError> {
    let mut state = D::State::default();
    for stored in events {
        let fact: Result<Recorded<D::Event>, _> = if wanted(&stored.stored_type) {
            codec.open(store, stored).await
        } else {
            codec.read(stored)
        };
        match fact {
            Ok(fact) => D::evolve(&mut state, &fact),
            Err(CodecError::UnknownType(_) | CodecError::Malformed { .. }) => break,
            Err(why) => return Err(why),
        }
    }
    Ok(state)
}
