//! One thing with all its words, for the page that shows it.
//!
//! The rows say whether it may be read and what follows from other streams; its own
//! stream says the rest. Both are read to the same revision, so that a page never shows
//! half of what has just happened.
//!
//! Depends on: `codec`, `domain`, `event_store`.

use uuid::Uuid;

use super::moment::Moment;
use super::{ViewsError, streams};
use crate::domain::Decider;
use crate::event_store::{Revision, StreamName};

/// The state of a thing as of a revision and a moment, its texts opened.
///
/// # Errors
///
/// [`ViewsError`] when the store cannot be read, or a living text does not open.
pub(super) async fn state<D: Decider>(
    moment: &Moment,
    id: Uuid,
    up_to: Revision,
) -> Result<D::State, ViewsError> {
    let Ok(stream) = StreamName::new(format!("{}-{id}", D::CATEGORY)) else {
        return Ok(D::State::default());
    };
    let (store, codec) = (moment.texts().store(), moment.texts().codec());
    let mut events = streams::history(store, &stream, moment.cut()).await?;
    events.retain(|stored| stored.revision <= up_to);
    Ok(streams::fold::<D>(store, codec, &events, |_| true).await?)
}
