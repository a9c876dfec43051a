//! Pages of a stream and of everything.

use std::sync::Arc;

use super::super::wire::read::Place;
use super::{DELETED, Log, Record, revision};

/// Which way to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Forwards,
    Backwards,
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no such stream, or it is hidden.
    Missing,
    /// It ends in a tombstone.
    Deleted,
    /// No record begins or ends there.
    Position,
}

/// A page of a stream.
#[derive(Debug)]
pub struct StreamPage {
    pub events: Vec<Arc<Record>>,
    /// Where the next page begins; `-1` before the first.
    pub next: i64,
    pub head: u64,
    pub end: bool,
}

/// A page of everything.
#[derive(Debug)]
pub struct AllPage {
    pub events: Vec<Arc<Record>>,
    pub next: Place,
    /// How many records were looked at.
    pub considered: u64,
    pub end: bool,
}

impl Log {
    /// Reads a stream; a start before `0` is its end.
    pub fn stream_page(
        &self,
        name: &str,
        start: i64,
        limit: u64,
        direction: Direction,
    ) -> Result<StreamPage, Unreadable> {
        let stream = self.streams.get(name).ok_or(Unreadable::Missing)?;
        if stream.head == DELETED {
            return Err(Unreadable::Deleted);
        }
        let head = revision(stream.head).ok_or(Unreadable::Missing)?;
        if stream.deleted() {
            return Err(Unreadable::Missing);
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let least = stream.first();
        let (low, high) = match direction {
            Direction::Forwards if start < 0 => (i64::MAX, i64::MAX),
            Direction::Forwards => (start, start.saturating_add(limit - 1)),
            Direction::Backwards => {
                let start = if start < 0 { stream.head } else { start.min(stream.head) };
                (start - (limit - 1).min(start), start)
            }
        };
        if direction == Direction::Forwards && high < least {
            return Ok(StreamPage { events: Vec::new(), next: least, head, end: false });
        }
        let low = low.max(least);
        let mut events: Vec<_> = stream
            .events
            .iter()
            .skip(stream.events.partition_point(|event| event.revision.cast_signed() < low))
            .take_while(|event| event.revision.cast_signed() <= high)
            .cloned()
            .collect();
        let (next, end) = match direction {
            Direction::Forwards => {
                let after = high.saturating_add(1).min(stream.head + 1);
                let next = events.last().map_or(after, |last| last.revision.cast_signed() + 1);
                (next, high >= stream.head)
            }
            Direction::Backwards => {
                events.reverse();
                (low - 1, low <= least)
            }
        };
        Ok(StreamPage { events, next, head, end })
    }

    /// Reads everything from a place on, which is inclusive, or back from one, which is not.
    /// At most `limit` events are found among at most `window` records.
    pub fn all_page(
        &self,
        start: Place,
        limit: u64,
        window: u64,
        direction: Direction,
        wanted: impl Fn(&Record) -> bool,
    ) -> Result<AllPage, Unreadable> {
        if !self.is_boundary(start.commit_position) {
            return Err(Unreadable::Position);
        }
        let split = self.records.partition_point(|record| place(record) < start);
        let mut page = AllPage { events: Vec::new(), next: start, considered: 0, end: false };
        let consider = |page: &mut AllPage, record: &Arc<Record>, next: Place| {
            page.considered += 1;
            page.next = next;
            if wanted(record) {
                page.events.push(Arc::clone(record));
            }
            page.events.len() as u64 >= limit || page.considered >= window
        };
        let full = match direction {
            Direction::Forwards => self.records[split..].iter().any(|record| {
                let after = Place { commit_position: record.end, prepare_position: 0 };
                consider(&mut page, record, after)
            }),
            Direction::Backwards => self.records[..split]
                .iter()
                .rev()
                .any(|record| consider(&mut page, record, place(record))),
        };
        page.end = !full;
        Ok(page)
    }

    /// Where the last event is; the beginning of an empty log.
    pub fn last_place(&self) -> Place {
        self.records.last().map_or(Place::default(), |record| place(record))
    }

    /// Where the next record would be.
    pub fn end_place(&self) -> Place {
        Place { commit_position: self.end, prepare_position: 0 }
    }

    fn is_boundary(&self, position: u64) -> bool {
        if position == 0 || position >= self.end || self.scavenged {
            return true;
        }
        let index = self.records.partition_point(|record| record.position < position);
        self.records.get(index).is_some_and(|record| record.position == position)
            || index.checked_sub(1).is_some_and(|before| self.records[before].end == position)
    }
}

/// Both halves of the position of an event are the same.
pub fn place(record: &Record) -> Place {
    Place { commit_position: record.position, prepare_position: record.position }
}
