//! The end of the log, followed for everybody: one task reads what is new, keeps the last
//! few megabytes of it in memory, and tells how far the store has come.
//!
//! ```text
//! own append ─► wake ─┐
//! 10 … 250 ms ────────┴─► read `$all` from the last record ─► ours ─► recent · head ─► subscriptions
//! ```
//!
//! It reads in pages and never subscribes: the crate polls a subscription that ends well
//! for ever, without giving anything else a turn. A read that brings nothing still moves
//! the cursor over the records of the server and of others, so that they are passed once.
//! Each read has a deadline of its own: a silent server is noticed here, within seconds.
//!
//! Deliberately absent: a task or a timer for each subscriber. They wait for the head.
//!
//! Depends on: the port.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::sync::{Notify, watch};

use super::client::{Client, Cursor, Page, Record, Way};
use super::names::Names;
use super::standing::Scavenge;
use super::supervisor::Supervisor;
use crate::event_store::{GlobalPosition, ReadError, Revision, StoredEvent, StreamName};

/// Records read at once.
pub(super) const PAGE: usize = 512;

/// Records read at once by a tail that found no answer in time: more than one, since the
/// first is the one that was read last.
const SMALLEST_PAGE: usize = 8;

/// How long the tail rests when nothing is new: at first, and at most.
const RESTS: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(250));

/// How long one read of the tail may take before the server counts as silent.
const SILENCE: Duration = Duration::from_secs(2);

/// How much of the end is kept in memory: events and bytes.
const KEPT: (usize, usize) = (8_192, 16 << 20);

/// Streams of which the last revision is remembered, to notice a gap.
const KNOWN_STREAMS: usize = 65_536;

/// What a scavenge writes when it has come to its end.
pub(super) const SCAVENGED: &str = "$scavengeCompleted";

/// The end of the log.
pub(super) struct Tail {
    recent: Mutex<Recent>,
    head: watch::Sender<GlobalPosition>,
    wake: Notify,
    last: Cache<StreamName, Revision>,
    gap: Mutex<Option<String>>,
    scavenges: watch::Sender<u64>,
}

/// All our events after a position.
struct Recent {
    after: GlobalPosition,
    events: VecDeque<StoredEvent>,
    bytes: usize,
    /// The last record read, ours or not.
    cursor: Option<Cursor>,
}

impl Tail {
    /// Finds the end: goes back from the last record to the last that is ours.
    pub(super) async fn find(supervisor: &Supervisor, names: &Names) -> Result<Self, ReadError> {
        let mut way = Way::FromEnd;
        let (mut cursor, mut head) = (None, GlobalPosition::START);
        loop {
            let page = supervisor.read(|client| client.read_all(way, PAGE)).await?;
            cursor = cursor.or(page.records.first().and_then(|record| record.place));
            let last = page.records.last().and_then(|record| record.place);
            if let Some((event, _)) = page.records.into_iter().find_map(|record| names.ours(record))
            {
                head = event.position;
                break;
            }
            match last {
                Some(place) if !page.ended => way = Way::Back(place),
                _ => break,
            }
        }
        let after = cursor.map_or(GlobalPosition::START, |cursor| GlobalPosition(cursor.commit));
        Ok(Self {
            recent: Mutex::new(Recent { after, events: VecDeque::new(), bytes: 0, cursor }),
            head: watch::Sender::new(head),
            wake: Notify::new(),
            last: Cache::new(KNOWN_STREAMS),
            gap: Mutex::default(),
            scavenges: watch::Sender::new(0),
        })
    }

    /// The last position whose event can be read.
    pub(super) fn head(&self) -> GlobalPosition {
        *self.head.borrow()
    }

    /// Tells when it moves.
    pub(super) fn watch(&self) -> watch::Receiver<GlobalPosition> {
        self.head.subscribe()
    }

    /// Counts the scavenges that ended while this process looked.
    pub(super) fn scavenges(&self) -> watch::Receiver<u64> {
        self.scavenges.subscribe()
    }

    /// The first gap found in a stream, if any was.
    pub(super) fn gap(&self) -> Option<String> {
        self.gap.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets it look now: something was written.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Our events after a position, if all of them are in memory.
    pub(super) fn page(&self, after: GlobalPosition, limit: usize) -> Option<Vec<StoredEvent>> {
        let recent = self.recent();
        if after < recent.after {
            return None;
        }
        let from = recent.events.partition_point(|event| event.position <= after);
        Some(recent.events.range(from..).take(limit).cloned().collect())
    }

    /// How many of our events lie between two positions, if they are in memory.
    pub(super) fn count(&self, from: GlobalPosition, to: GlobalPosition) -> Option<usize> {
        let recent = self.recent();
        if from < recent.after {
            return None;
        }
        let place = |at| recent.events.partition_point(|event| event.position <= at);
        Some(place(to).saturating_sub(place(from)))
    }

    /// The event of a stream at a revision, which lies at a position or a little after it:
    /// waits a short while for the tail to come there.
    pub(super) async fn wait_for(
        &self,
        stream: &StreamName,
        revision: Revision,
        position: GlobalPosition,
        patience: Duration,
    ) -> Option<StoredEvent> {
        let mut head = self.head.subscribe();
        self.wake();
        let found = async {
            loop {
                head.borrow_and_update();
                if let Some(event) = self.at(stream, revision, position) {
                    return Some(event);
                }
                head.changed().await.ok()?;
            }
        };
        tokio::time::timeout(patience, found).await.ok().flatten()
    }

    /// Waits a while until everything up to a position can be read from here.
    pub(super) async fn reach(&self, position: GlobalPosition, patience: Duration) {
        let mut head = self.head.subscribe();
        self.wake();
        let _ = tokio::time::timeout(patience, head.wait_for(|head| *head >= position)).await;
    }

    fn at(
        &self,
        stream: &StreamName,
        revision: Revision,
        position: GlobalPosition,
    ) -> Option<StoredEvent> {
        let recent = self.recent();
        let from = recent.events.partition_point(|event| event.position < position);
        let mut later = recent.events.range(from..);
        later.find(|event| event.revision == revision && event.stream == *stream).cloned()
    }

    /// Follows the log until the task is ended from outside.
    ///
    /// `scavenge` is told what any node notes of it.
    pub(super) async fn follow(
        &self,
        supervisor: Arc<Supervisor>,
        names: Arc<Names>,
        scavenge: Scavenge,
    ) {
        let noted = names.own("scavenge");
        let (mut rest, mut count, mut unsure) = (RESTS.0, PAGE, true);
        loop {
            let cursor = self.recent().cursor;
            let way = cursor.map_or(Way::FromStart, Way::From);
            let read = |client: Client| async move {
                let page = client.clone().read_all(way, count).await?;
                // Where there is time for it, and where it may be another.
                let asks = unsure || page.records.len() <= 1;
                Ok((page, if asks { Some(client.chosen().await?) } else { None }))
            };
            let (news, more) = if let Ok((page, chosen)) = supervisor.within(SILENCE, read).await {
                unsure = false;
                if let Some(chosen) = chosen {
                    supervisor.choose(chosen);
                }
                count = (count * 2).min(PAGE);
                for record in page.records.iter().filter(|record| *record.stream == *noted) {
                    scavenge.hear(&record.kind);
                }
                let more = !page.ended;
                (self.take(page, cursor, &names), more)
            } else {
                // Over a slow line a page may never come whole in time; a smaller one does.
                count = (count / 4).max(SMALLEST_PAGE);
                unsure = true;
                (false, false)
            };
            if more && news {
                continue;
            }
            rest = if news { RESTS.0 } else { (rest * 2).min(RESTS.1) };
            // An end of the rest is as good as news.
            let _ = tokio::time::timeout(rest, self.wake.notified()).await;
        }
    }

    /// Takes what a page brings after the cursor; whether that is anything.
    fn take(&self, page: Page, cursor: Option<Cursor>, names: &Names) -> bool {
        let new = |record: &Record| record.place > cursor;
        let mut recent = self.recent();
        let (mut news, mut head) = (false, None);
        for record in page.records.into_iter().filter(new) {
            news = true;
            recent.cursor = record.place;
            if record.kind == SCAVENGED {
                self.scavenges.send_modify(|count| *count += 1);
            }
            if let Some((event, _)) = names.ours(record) {
                self.look_for_a_gap(&event);
                head = Some(event.position);
                recent.push(event);
            }
        }
        if let Some(head) = head {
            // Published while the lock is held, so that what is told can be read.
            self.head.send_replace(head);
        }
        news
    }

    fn look_for_a_gap(&self, event: &StoredEvent) {
        let expected = self.last.get(&event.stream).map(|last| last + 1);
        if let Some(expected) = expected.filter(|expected| *expected != event.revision) {
            let found = format!(
                "{} goes on with revision {} where {expected} was expected",
                event.stream, event.revision
            );
            tracing::error!(stream = %event.stream, "{found}");
            self.gap.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
        }
        self.last.insert(event.stream.clone(), event.revision);
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn push(&mut self, event: StoredEvent) {
        self.bytes += size(&event);
        self.events.push_back(event);
        while self.events.len() > KEPT.0 || self.bytes > KEPT.1 {
            let Some(oldest) = self.events.pop_front() else { return };
            self.bytes -= size(&oldest);
            self.after = oldest.position;
        }
    }
}

fn size(event: &StoredEvent) -> usize {
    event.data.len() + event.metadata.len()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use uuid::Uuid;

    use super::*;

    fn tail() -> Tail {
        Tail {
            recent: Mutex::new(Recent {
                after: GlobalPosition(10),
                events: VecDeque::new(),
                bytes: 0,
                cursor: Some(Cursor::at(10)),
            }),
            head: watch::Sender::new(GlobalPosition::START),
            wake: Notify::new(),
            last: Cache::new(16),
            gap: Mutex::default(),
            scavenges: watch::Sender::new(0),
        }
    }

    fn record(stream: &str, revision: u64, at: u64) -> Record {
        Record {
            stream: stream.into(),
            revision,
            id: Uuid::from_u128(u128::from(at)),
            kind: "issue-reported.v1".into(),
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::from_static(b"\n\t\n {}"),
            place: Some(Cursor::at(at)),
        }
    }

    fn positions(events: Option<Vec<StoredEvent>>) -> Option<Vec<u64>> {
        Some(events?.iter().map(|event| event.position.0).collect())
    }

    #[test]
    fn what_is_not_ours_moves_the_cursor_and_not_the_head() {
        let (tail, names) = (tail(), Names::default());
        let records = vec![record("issue-1", 0, 20), record("$stats-1", 0, 35)];
        let page = || Page { records: records.clone(), ended: true };

        assert!(tail.take(page(), Some(Cursor::at(10)), &names));
        assert_eq!(tail.head(), GlobalPosition(20));
        assert_eq!(tail.recent().cursor, Some(Cursor::at(35)));
        // Reads are inclusive: the last record comes again and brings nothing.
        assert!(!tail.take(page(), Some(Cursor::at(35)), &names));
    }

    #[test]
    fn the_end_is_read_from_memory_and_what_lies_before_is_not() {
        let (tail, names) = (tail(), Names::default());
        let records = (0..4).map(|n| record("issue-1", n, 20 + n * 10)).collect();
        tail.take(Page { records, ended: true }, Some(Cursor::at(10)), &names);

        assert_eq!(positions(tail.page(GlobalPosition(10), 2)), Some(vec![20, 30]));
        assert_eq!(positions(tail.page(GlobalPosition(35), 9)), Some(vec![40, 50]));
        assert_eq!(positions(tail.page(GlobalPosition(9), 9)), None);
        assert_eq!(tail.count(GlobalPosition(20), GlobalPosition(50)), Some(3));
    }

    #[test]
    fn a_stream_with_a_hole_is_told() {
        let (tail, names) = (tail(), Names::default());
        let records = vec![record("issue-1", 0, 20), record("issue-1", 2, 30)];
        tail.take(Page { records, ended: true }, Some(Cursor::at(10)), &names);

        assert!(tail.gap().unwrap().contains("issue-1"));
    }
}
