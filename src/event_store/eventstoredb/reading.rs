//! Reading: streams, the whole log, the place of an event.
//!
//! The end of the log comes from memory ([`super::tail`]), everything else from the server,
//! page by page. A read of a stream may come without positions; they are then looked for in
//! the log, from its end, since what is read again is mostly new.
//!
//! Deliberately absent: the server's filters, which the client crate offers only to
//! subscriptions.
//!
//! Depends on: the port.

use std::collections::HashMap;

use uuid::Uuid;

use super::Shared;
use super::client::{Cursor, Page, Record, Way};
use super::tail::PAGE;
use crate::event_store::{Bookmark, GlobalPosition, ReadError, Revision, StoredEvent, StreamName};

/// No number on the server is greater.
pub(super) const GREATEST: u64 = i64::MAX.unsigned_abs();

impl Shared {
    /// Our events after a position, at most `limit`: fewer only where the log ends.
    pub(super) async fn all(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let mut events = Vec::new();
        if after.0 >= GREATEST {
            return Ok(events);
        }
        let (mut reader, mut ended) = (self.ahead.reader(after), false);
        loop {
            events.extend(reader.take(limit - events.len()));
            if events.len() == limit {
                break;
            }
            // The end is read from memory, and needs nobody to read ahead.
            if let Some(end) = self.tail.page(reader.come(), limit - events.len()) {
                events.extend(end);
                return Ok(events);
            }
            if ended {
                return Ok(events);
            }
            ended = self.page_for(&mut reader, limit - events.len()).await?;
        }
        if let Some(last) = events.last() {
            self.ahead.keep(reader, last.position);
        }
        Ok(events)
    }

    /// The events of one stream from a revision on, at most `limit`.
    pub(super) async fn stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let (mut events, mut next) = (Vec::new(), from);
        let name = self.names.on_server(stream);
        while events.len() < limit && next < GREATEST {
            let (way, count) = (Way::From(next), PAGE.min(limit - events.len()));
            let read = |client: super::client::Client| client.read_stream(name.clone(), way, count);
            let Page { records, ended } = self.supervisor.read(read).await?;
            let ended = ended || records.is_empty();
            for record in records {
                if record.revision != next {
                    let found = record.revision;
                    return Err(unreadable(stream, &format!("{found} follows where {next} was")));
                }
                next += 1;
                events.push(self.own(stream, record)?);
            }
            if ended {
                break;
            }
        }
        self.placed(events).await
    }

    /// The last event of a stream.
    pub(super) async fn last(&self, stream: &StreamName) -> Result<Option<Record>, ReadError> {
        self.newest(&self.names.on_server(stream)).await
    }

    /// The last record of a stream, by its name on the server.
    pub(super) async fn newest(&self, name: &str) -> Result<Option<Record>, ReadError> {
        let read =
            |client: super::client::Client| client.read_stream(name.to_owned(), Way::FromEnd, 1);
        Ok(self.supervisor.read(read).await?.records.pop())
    }

    /// Looks through one stream, newest first: commands are repeated soon or never.
    pub(super) async fn find(
        &self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> Result<Option<StoredEvent>, ReadError> {
        let (name, mut way) = (self.names.on_server(stream), Way::FromEnd);
        loop {
            let read = |client: super::client::Client| client.read_stream(name.clone(), way, PAGE);
            let Page { records, ended } = self.supervisor.read(read).await?;
            let oldest = records.last().map(|oldest| oldest.revision);
            if let Some(found) = records.into_iter().find(|record| record.id == first_event) {
                let found = vec![self.own(stream, found)?];
                return Ok(self.placed(found).await?.pop());
            }
            match oldest.and_then(|oldest| oldest.checked_sub(1)) {
                Some(older) if !ended => way = Way::Back(older),
                _ => return Ok(None),
            }
        }
    }

    /// Whether the store holds this event there (or the bookmark is its start).
    pub(super) async fn holds(&self, bookmark: Bookmark) -> Result<bool, ReadError> {
        if bookmark.store != self.store {
            return Ok(false);
        }
        Ok(self.event_at(bookmark.position).await? == Some(bookmark.event))
    }

    /// The identity of our event at a position; nil at the start.
    pub(super) async fn event_at(
        &self,
        position: GlobalPosition,
    ) -> Result<Option<Uuid>, ReadError> {
        let Some(before) = position.0.checked_sub(1) else { return Ok(Some(Uuid::nil())) };
        if position <= self.tail.head()
            && let Some(page) = self.tail.page(GlobalPosition(before), 1)
        {
            let event = page.first().filter(|event| event.position == position);
            return Ok(event.map(|event| event.id));
        }
        // Another node may have written it, so the server is asked; but never for a place
        // beyond its end, which it does not take.
        let end = self.supervisor.read(|client| client.read_all(Way::FromEnd, 1)).await?;
        let end = end.records.last().and_then(|record| record.place);
        if end.is_none_or(|end| position.0 > end.commit) {
            return Ok(None);
        }
        let way = Way::From(Cursor::at(position.0));
        let there = self.supervisor.ask(|client| client.read_all(way, 1)).await;
        match there {
            Ok(page) => {
                let event =
                    page.records.into_iter().next().and_then(|record| self.names.ours(record));
                let event = event.filter(|(event, _)| event.position == position);
                Ok(event.map(|(event, _)| event.id))
            }
            // The server knows of no record that begins there.
            Err(super::client::Trouble::Refused(_)) => Ok(None),
            Err(why) => Err(ReadError::Unavailable(why.to_string())),
        }
    }

    fn own(&self, stream: &StreamName, record: Record) -> Result<StoredEvent, ReadError> {
        let Some((mut event, known)) = self.names.ours(record) else {
            return Err(unreadable(
                stream,
                "another program writes to it: give quesito a server of its own, or streams of \
                 its own with streamPrefix in the URL",
            ));
        };
        if !known {
            event.position = GlobalPosition::START;
        }
        Ok(event)
    }

    /// Finds the positions that the server did not tell.
    async fn placed(&self, mut events: Vec<StoredEvent>) -> Result<Vec<StoredEvent>, ReadError> {
        let unknown = |event: &StoredEvent| event.position == GlobalPosition::START;
        let mut sought: HashMap<(StreamName, Revision), usize> = (0..)
            .zip(&events)
            .filter(|(_, event)| unknown(event))
            .map(|(at, event)| ((event.stream.clone(), event.revision), at))
            .collect();
        let mut way = Way::FromEnd;
        while !sought.is_empty() {
            let Page { records, ended } =
                self.supervisor.read(|client| client.read_all(way, PAGE)).await?;
            let last = records.last().and_then(|record| record.place);
            for (found, _) in records.into_iter().filter_map(|record| self.names.ours(record)) {
                if let Some(at) = sought.remove(&(found.stream, found.revision))
                    && let Some(event) = events.get_mut(at)
                {
                    event.position = found.position;
                }
            }
            match last {
                Some(place) if !ended => way = Way::Back(place),
                _ if sought.is_empty() => {}
                _ => {
                    let why = "an event of a stream is not in the log".to_owned();
                    return Err(ReadError::Unavailable(why));
                }
            }
        }
        Ok(events)
    }
}

fn unreadable(stream: &StreamName, why: &str) -> ReadError {
    ReadError::Unavailable(format!("{stream}: {why}"))
}
