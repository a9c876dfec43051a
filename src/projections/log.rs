//! The event store, as the threads of the views read it: blocking.
//!
//! Depends on: `event_store`, `codec`.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::ViewsError;
use super::cut::Cut;
use super::fact::{Fact, What};
use crate::codec::Codec;
use crate::event_store::{
    Bookmark, EventStore, GlobalPosition, Notice, ReadError, Revision, StoredEvent, StreamName,
};

/// Events read from one stream at once.
const STREAM_PAGE: usize = 500;

/// A store with a small runtime of its own, for one thread.
pub(super) struct Log {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) codec: Arc<Codec>,
    /// The moment from which it is read; `None` for the present.
    pub(super) cut: Option<Cut>,
    runtime: Runtime,
}

/// What ends a wait: true in either, or its sender gone.
pub(super) struct Ends {
    /// Everything is to stop.
    pub(super) stop: watch::Receiver<bool>,
    /// Whoever was waited for has gone.
    pub(super) quit: watch::Receiver<bool>,
}

/// Why a reader came back from waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    /// There is something to read.
    News,
    /// It was told to stop.
    Stopped,
}

impl Log {
    pub(super) fn new(store: Arc<dyn EventStore>, codec: Arc<Codec>) -> Result<Self, ViewsError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(ViewsError::Io)?;
        Ok(Self { store, codec, cut: None, runtime })
    }

    /// The same for another thread.
    pub(super) fn beside(&self) -> Result<Self, ViewsError> {
        let another = Self::new(Arc::clone(&self.store), Arc::clone(&self.codec))?;
        Ok(Self { cut: self.cut, ..another })
    }

    /// The same as it is seen from a moment.
    pub(super) fn seen_from(self, cut: Cut) -> Self {
        Self { cut: Some(cut), ..self }
    }

    /// Whether an event may come next in a stream of which `seen` revisions are known: what
    /// a moment does not see leaves holes.
    pub(super) fn follows(&self, seen: Revision, revision: Revision) -> bool {
        revision == seen || (self.cut.is_some() && revision > seen)
    }

    fn fact(&self, stored: StoredEvent) -> Fact {
        Fact::read(&self.codec, self.cut.as_ref(), stored)
    }

    /// The events after a position, decoded.
    pub(super) fn page(&self, after: GlobalPosition, limit: usize) -> Result<Vec<Fact>, ReadError> {
        let events = self.runtime.block_on(self.store.read_all(after, limit))?;
        Ok(events.into_iter().map(|stored| self.fact(stored)).collect())
    }

    /// The events of one stream below a revision and up to a position, without those that
    /// are not seen.
    pub(super) fn stream(
        &self,
        stream: &StreamName,
        below: Option<Revision>,
        up_to: GlobalPosition,
    ) -> Result<Vec<Fact>, ReadError> {
        let mut facts = Vec::new();
        let mut from = 0;
        loop {
            let page = self.runtime.block_on(self.store.read_stream(stream, from, STREAM_PAGE))?;
            let full = page.len() == STREAM_PAGE;
            for stored in page {
                from = stored.revision + 1;
                if stored.position > up_to || below.is_some_and(|below| stored.revision >= below) {
                    return Ok(facts);
                }
                let fact = self.fact(stored);
                if !matches!(fact.what, What::Outside(_)) {
                    facts.push(fact);
                }
            }
            if !full {
                return Ok(facts);
            }
        }
    }

    pub(super) fn head(&self) -> Result<GlobalPosition, ReadError> {
        self.runtime.block_on(self.store.head())
    }

    /// Whether the store holds what a bookmark names.
    pub(super) fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError> {
        match self.runtime.block_on(self.store.subscribe(Some(bookmark))) {
            Ok(_) => Ok(true),
            Err(ReadError::ForeignBookmark) => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// Waits until there is an event after a position, or until told to stop.
    pub(super) fn wait(&self, after: GlobalPosition, ends: &mut Ends) -> Result<Waited, ReadError> {
        self.runtime.block_on(async {
            tokio::select! {
                _ = ends.stop.wait_for(|stop| *stop) => Ok(Waited::Stopped),
                _ = ends.quit.wait_for(|quit| *quit) => Ok(Waited::Stopped),
                news = self.news(after) => news.map(|()| Waited::News),
            }
        })
    }

    /// Rests for a while, so that one batch takes what a burst brings. It ends early when
    /// told to stop, or when a reader wants more than what was read up to a position.
    pub(super) fn rest(
        &self,
        rest: Duration,
        after: GlobalPosition,
        wanted: &mut watch::Receiver<GlobalPosition>,
        ends: &mut Ends,
    ) -> Waited {
        self.runtime.block_on(async {
            tokio::select! {
                _ = ends.stop.wait_for(|stop| *stop) => Waited::Stopped,
                _ = ends.quit.wait_for(|quit| *quit) => Waited::Stopped,
                _ = wanted.wait_for(|wanted| *wanted > after) => Waited::News,
                () = tokio::time::sleep(rest) => Waited::News,
            }
        })
    }

    /// Runs something asynchronous, such as the opening of texts.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    async fn news(&self, after: GlobalPosition) -> Result<(), ReadError> {
        let bookmark = match after {
            GlobalPosition::START => None,
            position => Some(self.store.bookmark(position).await?),
        };
        let mut subscription = self.store.subscribe(bookmark).await?;
        loop {
            if let Notice::Event(_) = subscription.next().await? {
                return Ok(());
            }
        }
    }
}
