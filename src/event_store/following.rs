//! A subscription over anything that can be read in pages and tells its head.
//!
//! Catching up and living are the same loop: read a page after the last event told,
//! and wait only when the published head is reached. The head is published after the
//! events are readable, so there is neither a gap nor a repeat between the two.
//!
//! Deliberately absent: buffering between writer and subscriber. A slow subscriber
//! reads later; it never holds up a writer and never loses an event.
//!
//! Depends on: the port.

use std::sync::Arc;
use std::vec;

use async_trait::async_trait;
use tokio::sync::watch;

use super::{Bookmark, GlobalPosition, Notice, ReadError, StoredEvent, Subscription};

/// Events read at once. Small, so that a page of large events stays a few MiB.
const PAGE: usize = 256;

/// What a subscription needs of an engine.
#[async_trait]
pub(super) trait Pages: Send + Sync + 'static {
    /// The events after a position, in order, at most `limit`.
    async fn page(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError>;

    /// Whether the store holds this event there (or the bookmark is its start).
    async fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError>;

    /// The last position whose event can be read.
    fn head(&self) -> watch::Receiver<GlobalPosition>;
}

/// A running subscription. Dropping `next` half-way loses nothing: a page that was being
/// read is read again.
pub(super) struct Following<P> {
    source: Arc<P>,
    head: watch::Receiver<GlobalPosition>,
    told: GlobalPosition,
    /// Where `CaughtUp` is due, while catching up.
    goal: Option<GlobalPosition>,
    page: vec::IntoIter<StoredEvent>,
}

impl<P: Pages> Following<P> {
    /// Begins after a bookmark, once the store has recognised it.
    pub(super) async fn new(source: Arc<P>, after: Option<Bookmark>) -> Result<Self, ReadError> {
        if let Some(bookmark) = after
            && !source.holds(bookmark).await?
        {
            return Err(ReadError::ForeignBookmark);
        }
        let head = source.head();
        let goal = Some(*head.borrow());
        let told = after.map_or(GlobalPosition::START, |bookmark| bookmark.position);
        Ok(Self { source, head, told, goal, page: Vec::new().into_iter() })
    }
}

#[async_trait]
impl<P: Pages> Subscription for Following<P> {
    async fn next(&mut self) -> Result<Notice, ReadError> {
        loop {
            if self.goal.is_some_and(|goal| self.told >= goal) {
                self.goal = None;
                return Ok(Notice::CaughtUp);
            }
            if let Some(event) = self.page.next() {
                self.told = event.position;
                return Ok(Notice::Event(event));
            }
            let head = *self.head.borrow_and_update();
            if self.told >= head {
                self.head.changed().await.map_err(|_| gone())?;
                continue;
            }
            let page = self.source.page(self.told, PAGE).await?;
            if page.is_empty() {
                return Err(ReadError::Unavailable("events before the head are missing".into()));
            }
            if page.len() == PAGE && self.goal.is_none() {
                self.goal = Some(head);
            }
            self.page = page.into_iter();
        }
    }
}

fn gone() -> ReadError {
    ReadError::Unavailable("the store is gone".into())
}
