//! The two threads that keep a file of views up to date.
//!
//! One reads and decodes, the other folds and writes; a bounded channel between them
//! keeps memory small. Batches form themselves: while one is written, the next arrives.
//!
//! Depends on: `event_store`.

use std::iter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::ViewsError;
use super::fact::Fact;
use super::log::{Ends, Log, Waited};
use super::projector::{Batch, Projector};
use crate::event_store::GlobalPosition;

/// Events read and decoded at once.
const PAGE: usize = 1_000;

/// Pages that may wait for the writer: on a store in this process, and where they come over
/// the network, which otherwise stands still while rows are written.
const PAGES_AHEAD: usize = 4;
const PAGES_FROM_AFAR: usize = 60;

/// Most events in one transaction while catching up: the larger, the less often the
/// row of a busy case is written. Only states and ids are held, not the events.
const CATCH_UP: usize = 50_000;
const CATCH_UP_FROM_AFAR: usize = 100_000;

/// Most events in one transaction afterwards, which is what readers wait for at most.
const LIVE: usize = 4_000;

/// Time between two readings of the store. A transaction costs as much as some events, so
/// those that a burst brings meanwhile share one; a reader who waits for them ends it.
const PACE: Duration = Duration::from_millis(25);

/// One page on its way from the reader to the writer.
struct Page {
    facts: Vec<Fact>,
    /// Whether more follows at once.
    full: bool,
}

/// A file of views with the thread-safe parts that a run needs.
pub(super) struct Run {
    pub(super) projector: Projector,
    pub(super) path: PathBuf,
}

/// Follows the store with a file of views until told to stop, or, with `until`, up to
/// a position. `wanted` is what readers wait for; `done` is called after every batch.
pub(super) fn follow(
    run: &mut Run,
    log: Log,
    stop: &watch::Receiver<bool>,
    until: Option<GlobalPosition>,
    wanted: watch::Receiver<GlobalPosition>,
    mut done: impl FnMut(&Projector, Batch),
) -> Result<(), ViewsError> {
    let after = run.projector.bookmark().position;
    let (pages_ahead, catch_up) = if log.store.is_exclusive() {
        (PAGES_AHEAD, CATCH_UP)
    } else {
        (PAGES_FROM_AFAR, CATCH_UP_FROM_AFAR)
    };
    let (sender, receiver) = sync_channel(pages_ahead);
    let quit = watch::Sender::new(false);
    let mut ends = Ends { stop: stop.clone(), quit: quit.subscribe() };
    let reader = thread::Builder::new()
        .name("views-feed".into())
        .spawn(move || feed(&log, after, until, &sender, wanted, &mut ends))
        .map_err(ViewsError::Io)?;
    let written = write(&mut run.projector, &receiver, catch_up, &mut done);
    // A reader that waits for news or for room ends too.
    quit.send_replace(true);
    drop(receiver);
    let read = reader.join().unwrap_or(Err(ViewsError::Busy));
    written.and(read)
}

fn write(
    projector: &mut Projector,
    receiver: &Receiver<Page>,
    catch_up: usize,
    done: &mut impl FnMut(&Projector, Batch),
) -> Result<(), ViewsError> {
    let mut most = catch_up;
    while let Ok(first) = receiver.recv() {
        let mut more = first.full;
        let mut taken = first.facts.len();
        let mut first = Some(first.facts);
        let pages = iter::from_fn(|| {
            if let Some(facts) = first.take() {
                return Some(facts);
            }
            if taken >= most {
                return None;
            }
            let page = if more { receiver.recv().ok() } else { receiver.try_recv().ok() }?;
            taken += page.facts.len();
            more = page.full;
            Some(page.facts)
        });
        let batch = projector.apply(pages)?;
        // That the end was reached for the first time is news, though nothing came with it.
        if batch.facts > 0 || (!more && most == catch_up) {
            done(projector, Batch { caught_up: !more, ..batch });
        }
        if !more {
            most = LIVE;
        }
    }
    Ok(())
}

fn feed(
    log: &Log,
    mut after: GlobalPosition,
    until: Option<GlobalPosition>,
    sender: &SyncSender<Page>,
    mut wanted: watch::Receiver<GlobalPosition>,
    ends: &mut Ends,
) -> Result<(), ViewsError> {
    loop {
        let begun = Instant::now();
        if *ends.stop.borrow() {
            return Ok(());
        }
        let facts = log.page(after, PAGE)?;
        let full = facts.len() == PAGE;
        let caught_up = facts.is_empty();
        if let Some(last) = facts.last() {
            after = last.position;
        }
        // An empty page ends the batch that a full one began.
        if sender.send(Page { facts, full }).is_err() {
            return Ok(());
        }
        if until.is_some_and(|until| after >= until || caught_up) {
            return Ok(());
        }
        if caught_up
            && (log.wait(after, ends)? == Waited::Stopped
                || log.rest(PACE.saturating_sub(begun.elapsed()), after, &mut wanted, ends)
                    == Waited::Stopped)
        {
            return Ok(());
        }
    }
}

/// A reader of the store for another thread.
pub(super) type Logs = Arc<dyn Fn() -> Result<Log, ViewsError> + Send + Sync>;
