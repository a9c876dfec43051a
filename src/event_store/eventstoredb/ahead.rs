//! Reading ahead: whoever reads the log from one end to the other finds the next page there.
//!
//! ```text
//! read_all(after = where an earlier one ended) ─► what was left of its page
//!                                                 └─► the page after it, asked for meanwhile
//! ```
//!
//! The server is so at work while the last page is being folded, and no record is sent
//! twice because a page was larger than what its reader took. Events never change, so that
//! what was read stays right however long it lies here.
//!
//! Deliberately absent: pages that two readers share. Each has its own pace.
//!
//! Depends on: the port.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use super::Shared;
use super::client::{Cursor, Page, Trouble, Way};
use crate::event_store::{GlobalPosition, ReadError, StoredEvent};

/// Records asked for at once: by a reader that goes on, and at least by one that may not.
const PAGES: (usize, usize) = (2_048, 64);

/// Readers that are remembered: views, search, notary and some more.
const READERS: usize = 6;

/// Where readers of the log are.
#[derive(Default)]
pub(super) struct Ahead {
    readers: Mutex<VecDeque<Reader>>,
}

/// Somebody who reads the log page by page.
pub(super) struct Reader {
    /// The last event that was given out.
    after: GlobalPosition,
    /// Events that have been read and not given out.
    rest: VecDeque<StoredEvent>,
    /// The last record that was read.
    cursor: Option<Cursor>,
    /// Whether it came back for more.
    goes_on: bool,
    coming: Option<JoinHandle<Result<Page, Trouble>>>,
}

impl Reader {
    fn at(after: GlobalPosition) -> Self {
        let cursor = (after > GlobalPosition::START).then(|| Cursor::at(after.0));
        Self { after, rest: VecDeque::new(), cursor, goes_on: false, coming: None }
    }

    /// Up to where everything has been read.
    pub(super) fn come(&self) -> GlobalPosition {
        self.cursor.map_or(GlobalPosition::START, |cursor| GlobalPosition(cursor.commit))
    }

    /// Up to so many events that have been read already.
    pub(super) fn take(&mut self, limit: usize) -> impl Iterator<Item = StoredEvent> + '_ {
        self.rest.drain(..limit.min(self.rest.len()))
    }
}

impl Ahead {
    /// The reader that stopped after an event, or a new one.
    pub(super) fn reader(&self, after: GlobalPosition) -> Reader {
        let mut readers = self.readers();
        let known = readers.iter().position(|reader| reader.after == after);
        match known.and_then(|at| readers.remove(at)) {
            Some(reader) => Reader { goes_on: true, ..reader },
            None => Reader::at(after),
        }
    }

    /// Remembers a reader that stopped after an event.
    pub(super) fn keep(&self, reader: Reader, after: GlobalPosition) {
        let mut readers = self.readers();
        if readers.len() >= READERS {
            readers.pop_front();
        }
        readers.push_back(Reader { after, ..reader });
    }

    fn readers(&self) -> MutexGuard<'_, VecDeque<Reader>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Lets a reader have the next page, of which about so many events are wanted; whether it
    /// was the last.
    pub(super) async fn page_for(
        &self,
        reader: &mut Reader,
        wanted: usize,
    ) -> Result<bool, ReadError> {
        // One that was asked for long ago may have failed for reasons that are gone.
        let come = match reader.coming.take() {
            Some(coming) => coming.await.ok().and_then(Result::ok),
            None => None,
        };
        let page = if let Some(page) = come {
            page
        } else {
            let way = reader.cursor.map_or(Way::FromStart, Way::From);
            // A read begins with the record at the place itself.
            let few = wanted.saturating_add(1).clamp(PAGES.1, PAGES.0);
            let count = if reader.goes_on { PAGES.0 } else { few };
            self.supervisor.read(|client| client.read_all(way, count)).await?
        };
        let Page { records, ended } = page;
        let (known, last) = (reader.cursor, records.last().and_then(|record| record.place));
        reader.cursor = last.max(known);
        if reader.goes_on
            && !ended
            && let Some(cursor) = reader.cursor
        {
            let supervisor = Arc::clone(&self.supervisor);
            reader.coming = Some(tokio::spawn(async move {
                supervisor.once(|client| client.read_all(Way::From(cursor), PAGES.0)).await
            }));
        }
        reader.goes_on = true;
        // While the server is at work on the next one.
        let new = records.into_iter().filter(|record| record.place > known);
        let ours = new.filter_map(|record| self.names.ours(record));
        reader.rest.extend(ours.map(|(event, _)| event));
        Ok(ended)
    }
}
