//! Subscriptions: catch up, then follow.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::{StreamExt, stream};
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use super::super::faults::Interrupt;
use super::super::log::{Direction, Record, Unreadable, place};
use super::super::wire::read::{AllStart, Content, Place, StreamStart, SubscriptionConfirmation};
use super::read::{Answer, Answers, END, PAGE, Shape, Wanted, broken, say};
use super::{Node, refusals};

/// Follows everything that is wanted, after a position.
pub fn to_all(node: Arc<Node>, shape: Shape, start: AllStart, wanted: Wanted) -> Answers {
    let (next, begun) = match start {
        AllStart::Start(()) => (Place::default(), Ok(())),
        AllStart::End(()) => (END, Ok(())),
        AllStart::Position(at) => after(&node, at),
    };
    let source = Source::All { wanted, counted: 0 };
    Following::new(node, shape, source, next, begun).answers()
}

/// Follows a stream after a revision. It need not be there yet.
pub fn to_stream(node: Arc<Node>, shape: Shape, name: String, start: StreamStart) -> Answers {
    let (revision, next) = match start {
        StreamStart::Start(()) => (0, Place::default()),
        StreamStart::Revision(at) => {
            (i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1), Place::default())
        }
        StreamStart::End(()) => (0, END),
    };
    let source = Source::Stream { name, revision };
    Following::new(node, shape, source, next, Ok(())).answers()
}

/// The server reads the record at the position, and goes on after it.
fn after(node: &Node, at: Place) -> (Place, Result<(), Unreadable>) {
    let log = node.cluster.log();
    match log.all_page(at, 1, 1, Direction::Forwards, |_| true) {
        Ok(page) => (page.next, Ok(())),
        Err(why) => (at, Err(why)),
    }
}

enum Source {
    All {
        wanted: Wanted,
        /// Records looked at since the last checkpoint.
        counted: u64,
    },
    Stream {
        name: String,
        /// The next one to be sent.
        revision: i64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    CatchingUp,
    Live,
    Over,
}

struct Following {
    node: Arc<Node>,
    shape: Shape,
    source: Source,
    /// What has been looked at.
    next: Place,
    phase: Phase,
    /// What is to be said before anything else.
    first: VecDeque<Answer>,
    end: watch::Receiver<u64>,
    interrupts: broadcast::Receiver<Interrupt>,
}

impl Following {
    fn new(
        node: Arc<Node>,
        shape: Shape,
        source: Source,
        next: Place,
        begun: Result<(), Unreadable>,
    ) -> Self {
        let end = node.cluster.end();
        let interrupts = node.faults.interrupts.subscribe();
        let number = node.subscriptions.fetch_add(1, Ordering::Relaxed);
        let subscription_id = Uuid::from_u128(u128::from(number) + 1).to_string();
        let confirmation = SubscriptionConfirmation { subscription_id };
        let mut first = VecDeque::from([Ok(say(Content::Confirmation(confirmation)))]);
        let (mut next, mut phase) = (next, Phase::CatchingUp);
        if next == END {
            next = node.cluster.log().end_place();
            phase = Phase::Live;
            first.push_back(Ok(say(Content::CaughtUp(()))));
        }
        if let Err(why) = begun {
            phase = Phase::Over;
            first = VecDeque::from([Err(refusals::unreadable(why, "$all"))]);
        }
        Self { node, shape, source, next, phase, first, end, interrupts }
    }

    fn answers(self) -> Answers {
        let batches = stream::unfold(self, |mut following| async move {
            following.batch().await.map(|batch| (stream::iter(batch), following))
        });
        Box::pin(batches.flatten())
    }

    /// What comes next; an empty batch is possible.
    async fn batch(&mut self) -> Option<VecDeque<Answer>> {
        if !self.first.is_empty() {
            return Some(std::mem::take(&mut self.first));
        }
        if let Ok(interrupt) = self.interrupts.try_recv() {
            return self.interrupted(interrupt).await;
        }
        match self.phase {
            Phase::Over => None,
            Phase::CatchingUp => Some(self.catch_up()),
            Phase::Live => {
                self.end.borrow_and_update();
                let batch = self.follow();
                if !batch.is_empty() {
                    return Some(batch);
                }
                tokio::select! {
                    changed = self.end.changed() => changed.ok().map(|()| VecDeque::new()),
                    Ok(interrupt) = self.interrupts.recv() => self.interrupted(interrupt).await,
                }
            }
        }
    }

    async fn interrupted(&mut self, interrupt: Interrupt) -> Option<VecDeque<Answer>> {
        match interrupt {
            Interrupt::End => None,
            Interrupt::Stall => pending().await,
            Interrupt::Break(code) => {
                self.phase = Phase::Over;
                Some(VecDeque::from([broken(code)]))
            }
            Interrupt::FallBehind => {
                self.phase = Phase::CatchingUp;
                Some(VecDeque::from([Ok(say(Content::FellBehind(())))]))
            }
        }
    }

    /// A page of what was there before.
    fn catch_up(&mut self) -> VecDeque<Answer> {
        let node = Arc::clone(&self.node);
        let log = node.cluster.log();
        match &mut self.source {
            Source::All { wanted, counted } => {
                let wants = |record: &Record| wanted.wants(record);
                let page = log.all_page(self.next, PAGE, wanted.window, Direction::Forwards, wants);
                drop(log);
                // What was a boundary stays one.
                let Ok(page) = page else { return VecDeque::new() };
                let mut answers: VecDeque<Answer> =
                    page.events.iter().map(|record| Ok(self.shape.of_all(record))).collect();
                *counted += page.considered;
                if page.end {
                    self.phase = Phase::Live;
                    answers.push_back(Ok(say(Content::CaughtUp(()))));
                } else if wanted.interval.is_some_and(|interval| *counted >= interval) {
                    *counted %= wanted.interval.unwrap_or(1);
                    // Not the end of the page, or a resumed subscription would skip an event.
                    let at = page.events.last().map_or(self.next, |record| place(record));
                    answers.push_back(Ok(say(Content::Checkpoint(at))));
                }
                self.next = page.next;
                answers
            }
            Source::Stream { name, revision } => {
                let page = log.stream_page(name, *revision, PAGE, Direction::Forwards);
                let end = log.end_place();
                drop(log);
                let (events, over) = match page {
                    Ok(page) => {
                        *revision = page.next.max(*revision);
                        (page.events, page.end)
                    }
                    Err(Unreadable::Missing) => (Vec::new(), true),
                    Err(why) => {
                        self.phase = Phase::Over;
                        return VecDeque::from([Err(refusals::unreadable(why, name))]);
                    }
                };
                let mut answers: VecDeque<Answer> =
                    events.iter().map(|record| Ok(self.shape.of_stream(record))).collect();
                if over {
                    (self.phase, self.next) = (Phase::Live, end);
                    answers.push_back(Ok(say(Content::CaughtUp(()))));
                }
                answers
            }
        }
    }

    /// What has happened since.
    fn follow(&mut self) -> VecDeque<Answer> {
        let page =
            self.node.cluster.log().all_page(self.next, PAGE, PAGE, Direction::Forwards, |_| true);
        let Ok(page) = page else { return VecDeque::new() };
        self.next = page.next;
        let mut answers = VecDeque::new();
        for record in &page.events {
            match &mut self.source {
                Source::All { wanted, counted } => {
                    if wanted.wants(record) {
                        answers.push_back(Ok(self.shape.of_all(record)));
                    }
                    *counted += 1;
                    if wanted.interval.is_some_and(|interval| *counted >= interval) {
                        *counted = 0;
                        answers.push_back(Ok(say(Content::Checkpoint(place(record)))));
                    }
                }
                Source::Stream { name, revision } => {
                    if *record.stream == **name && record.revision.cast_signed() >= *revision {
                        *revision = record.revision.cast_signed().saturating_add(1);
                        answers.push_back(Ok(self.shape.of_stream(record)));
                    }
                }
            }
        }
        answers
    }
}
