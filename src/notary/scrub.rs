//! The store read again, slowly and all of it, and compared with the log.
//!
//! `SQLite` checks the structure of its pages, not what stands in them: a byte that flips in an
//! event on an ageing disk is seen by nobody until somebody verifies. Here every logged event
//! is hashed anew from its stored bytes and compared with its leaf, tile by tile, and at the
//! end of a pass everything read with the root of the signed head.
//!
//! Deliberately absent: mending. Which copy is right is for people to say; `quesito verify`
//! names every kind of damage.
//!
//! Depends on: `event_store`, `clock`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::edge::Edge;
use super::keeper::{Keeper, KeeperError};
use super::tiles::{TileName, WIDTH};
use super::tree::Hash;
use crate::clock::Clock;
use crate::task;

/// How many times as long as a tile took it rests: a twentieth of one core at most.
const REST: u32 = 20;

/// The shortest rest.
const LEAST_REST: Duration = Duration::from_millis(5);

/// How long it waits for a first signed head, or after a fault.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many damaged events of a pass are named in the program's log.
const NAMED: u64 = 20;

/// A pass over the whole store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// When it ended.
    pub at: Timestamp,
    /// How many events it compared.
    pub events: u64,
    /// How many of them are not what was logged.
    pub damaged: u64,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scrubbed {
    /// Events compared in the pass under way.
    pub checked: u64,
    /// How many of these are not what was logged.
    pub damaged: u64,
    /// The last whole pass since the start.
    pub last: Option<Pass>,
}

impl Scrubbed {
    /// How many events are known to be damaged.
    pub fn known(&self) -> u64 {
        self.damaged.max(self.last.map_or(0, |pass| pass.damaged))
    }
}

/// Reads the store again and again. The last handle to go stops it.
pub struct Scrub {
    state: Arc<Mutex<Scrubbed>>,
    task: Option<JoinHandle<()>>,
}

impl Scrub {
    /// One that reads nothing.
    pub fn idle() -> Self {
        Self { state: Arc::default(), task: None }
    }

    /// Begins a pass now, and another one whenever this much time has gone by since the last
    /// one began.
    pub fn begin(keeper: Arc<Keeper>, clock: Arc<dyn Clock>, every: Duration) -> Self {
        let state = Arc::<Mutex<Scrubbed>>::default();
        let shown = Arc::clone(&state);
        let task = task::spawn(async move {
            loop {
                let begun = Instant::now();
                match pass(&keeper, &*clock, &shown, true).await {
                    Ok(Some(_)) => tokio::time::sleep(every.saturating_sub(begun.elapsed())).await,
                    Ok(None) => tokio::time::sleep(PATIENCE).await,
                    Err(why) => {
                        tracing::error!(fault = %why, "the store cannot be read again");
                        tokio::time::sleep(PATIENCE.max(every / 10)).await;
                    }
                }
            }
        });
        Self { state, task: Some(task) }
    }

    /// How far it has come.
    pub fn state(&self) -> Scrubbed {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Scrub {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Compares everything under the signed head; `None` when nothing is signed yet.
///
/// # Errors
///
/// [`KeeperError`] when the tiles cannot be read. Events that cannot are damaged.
pub async fn once(keeper: &Keeper, clock: &dyn Clock) -> Result<Option<Pass>, KeeperError> {
    pass(keeper, clock, &Mutex::default(), false).await
}

async fn pass(
    keeper: &Keeper,
    clock: &dyn Clock,
    shown: &Mutex<Scrubbed>,
    resting: bool,
) -> Result<Option<Pass>, KeeperError> {
    let head = keeper.signed().borrow().clone();
    let Some(head) = head.map(|signed| signed.checkpoint) else { return Ok(None) };
    let show = |change: &dyn Fn(&mut Scrubbed)| {
        change(&mut shown.lock().unwrap_or_else(PoisonError::into_inner));
    };
    show(&|state| (state.checked, state.damaged) = (0, 0));
    let (mut edge, mut damaged) = (Edge::default(), 0);
    while edge.size() < head.size {
        let begun = Instant::now();
        let number = edge.size() / WIDTH;
        let name = TileName { number, width: WIDTH.min(head.size - edge.size()) };
        let found = tile(keeper, name, damaged).await?;
        for hash in found.hashes {
            edge.push(hash, |_| {});
        }
        damaged += found.damaged;
        show(&|state| (state.checked, state.damaged) = (edge.size(), damaged));
        if resting {
            tokio::time::sleep(LEAST_REST.max(begun.elapsed() * REST)).await;
        }
    }
    if damaged == 0 && edge.root() != head.root {
        tracing::error!(size = head.size, "the events are those of the tiles, not those signed");
        damaged = head.size;
    }
    let done = Pass { at: clock.now(), events: head.size, damaged };
    show(&|state| *state = Scrubbed { checked: 0, damaged: 0, last: Some(done) });
    tracing::info!(events = done.events, damaged, "the store was read again");
    Ok(Some(done))
}

/// What was found in place of a tile.
struct Found {
    hashes: Vec<Hash>,
    damaged: u64,
}

async fn tile(keeper: &Keeper, name: TileName, before: u64) -> Result<Found, KeeperError> {
    let logged = keeper.tile(0, name)?;
    let entries = match keeper.entries(name.number, logged.len()).await {
        Ok(entries) => entries,
        // One row that cannot be read hides the others of its tile.
        Err(why) => {
            let (first, events) = (name.number * WIDTH, logged.len());
            tracing::error!(fault = %why, first, events, "stored events cannot be read again");
            return Ok(Found { damaged: name.width, hashes: logged });
        }
    };
    let mut damaged = 0;
    for (entry, logged) in entries.iter().zip(&logged) {
        if entry.leaf.hash != *logged {
            damaged += 1;
            if before + damaged <= NAMED {
                let (stream, revision) = (&entry.event.stream, entry.event.revision);
                tracing::error!(%stream, revision, "a stored event is not the one that was logged");
            }
        }
    }
    Ok(Found { hashes: entries.into_iter().map(|entry| entry.leaf.hash).collect(), damaged })
}
