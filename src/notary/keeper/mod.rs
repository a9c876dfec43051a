//! The keeper of the log: follows the store, fills the shelf, signs the head.
//!
//! ```text
//! read a page ─► leaves ─► rows of tiles and bookmark, one commit
//!      └─ nothing new ─► wait for news; meanwhile sign, at most every two seconds
//! sign ─► last-signed, durable ─► shown to others
//! ```
//!
//! A checkpoint is on the disk, apart from the data, before anybody sees it: whatever an
//! auditor may hold, an older store that is put in place of this one is noticed.
//!
//! Several nodes on one store keep the same tiles, and one of them signs: [`turns`].
//!
//! Deliberately absent: any part in writing. The keeper reads like every other reader,
//! and a writer never waits for it.
//!
//! Depends on: `event_store`, `clock`.

mod following;
mod turns;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::key::{KeyError, KeyPlace};
use super::leaf::{Leaf, is_logged};
use super::note::{Note, Skey, Vkey};
use super::shelf::ShelfError;
use super::tiles::{TileName, WIDTH};
use super::tree::{self, Hash};
use crate::clock::Clock;
use crate::event_store::{
    EventStore, GlobalPosition, ReadError, Revision, StoredEvent, StreamName,
};
use following::{Shared, follow, leaf_of, within};
use turns::Turns;

/// How a keeper is set up.
#[derive(Debug)]
pub struct KeeperOptions {
    /// The file of the tiles; in memory when absent.
    pub shelf: Option<PathBuf>,
    /// The key of the log.
    pub key: Skey,
    /// Where the last checkpoint is kept; nowhere when absent, for stores in memory.
    pub place: Option<KeyPlace>,
    /// This process among the several that share store, key and place; absent where it alone
    /// signs.
    pub node: Option<Node>,
    /// Turns true when the log may read what it is far behind with: nobody waits for it as
    /// for the views.
    pub first: Option<watch::Receiver<bool>>,
}

/// One process among several on one store.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name, which no other has.
    pub name: String,
    /// Whether a new log begins here, in the place of one under another key.
    pub anew: bool,
}

/// Why the log cannot be kept, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The store cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tiles cannot be read or written.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// Key or last checkpoint cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An event without a leaf.
    #[error("{stream} revision {revision} cannot be logged: its metadata are not readable")]
    Leaf {
        /// Its stream.
        stream: StreamName,
        /// Its place in the stream.
        revision: Revision,
    },
    /// The store has fewer events than were signed.
    #[error(
        "this event store is older than its log: {events} events, and a checkpoint over {signed} \
         was signed. Restore a newer backup; if there is none, `--new-log-origin` begins a new \
         log, which every auditor will see"
    )]
    Older {
        /// Logged events in the store.
        events: u64,
        /// Leaves under the last checkpoint.
        signed: u64,
    },
    /// The store holds other events than were signed.
    #[error(
        "this event store is not the one that was signed: its first {signed} events are others \
         than those of the last checkpoint. `quesito verify` says which; restore the right store, \
         or begin a new log with `--new-log-origin`, which every auditor will see"
    )]
    Forked {
        /// Leaves under the last checkpoint.
        signed: u64,
    },
    /// Other processes sign under another key.
    #[error(
        "the log of this store is signed under another key: give every node the same folder of \
         keys (--keys), with the key of the log beside the epoch keys"
    )]
    OtherKey,
    /// What was asked for lies outside the tree.
    #[error("the log has no such place")]
    Outside,
}

/// A signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The head.
    pub checkpoint: Checkpoint,
    /// As it is served.
    pub note: Note,
    /// When it was signed; unknown after a restart, until the next one.
    pub at: Option<Timestamp>,
}

/// A leaf and its place.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its index.
    pub index: u64,
    /// The leaf.
    pub leaf: Leaf,
    /// Its event.
    pub event: StoredEvent,
}

/// The log of a store. The last handle to go stops the thread.
pub struct Keeper {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Keeper {
    /// Opens the log of a store, compares the store with the last checkpoint, and follows
    /// it from then on.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Older`] and [`KeeperError::Forked`] when the store is not the one
    /// that was signed; others when something cannot be read.
    pub async fn open(
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        options: KeeperOptions,
    ) -> Result<Arc<Self>, KeeperError> {
        let shared = Shared::open(store, clock, options)?;
        shared.recognise().await?;
        shared.compare().await?;
        shared.look_at_others().await?;
        let shared = Arc::new(shared);
        let (stop, stopping) = watch::channel(false);
        let followed = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("log keeper".into())
            .spawn(move || follow(&followed, stopping))
            .map_err(|why| ReadError::Unavailable(why.to_string()))?;
        Ok(Arc::new(Self { shared, stop, thread: Mutex::new(Some(thread)) }))
    }

    /// The whole log of a store as it stands, in memory, for one use.
    ///
    /// # Errors
    ///
    /// As [`Keeper::open`].
    pub async fn once(
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        key: Skey,
    ) -> Result<Arc<Self>, KeeperError> {
        let shared = Shared::open(
            store,
            clock,
            KeeperOptions { shelf: None, key, place: None, node: None, first: None },
        )?;
        while shared.advance().await? {}
        let thread = Mutex::new(None);
        Ok(Arc::new(Self { shared: Arc::new(shared), stop: watch::Sender::new(true), thread }))
    }

    /// Signs what is there and comes to an end. To be called where waiting is allowed.
    pub fn close(&self) {
        self.stop.send_replace(true);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the keeper of the log had panicked");
        }
    }

    /// The key that checks its signatures.
    pub fn vkey(&self) -> &Vkey {
        self.shared.key.vkey()
    }

    /// The last signed head, and every later one.
    pub fn signed(&self) -> watch::Receiver<Option<Signed>> {
        self.shared.signed.subscribe()
    }

    /// Signs a text that is not a head of the tree.
    pub fn sign(&self, text: String) -> Note {
        Note { lines: vec![self.shared.key.sign(&text)], text }
    }

    /// Shows the line of a witness with the head that it was given for, if that is still the
    /// last one.
    pub fn cosigned(&self, text: &str, line: &str) {
        self.shared.signed.send_if_modified(|signed| match signed {
            Some(signed)
                if signed.note.text == text && !signed.note.lines.iter().any(|l| l == line) =>
            {
                signed.note.lines.push(line.to_owned());
                // Nobody waits for it: what changed is not the head.
                false
            }
            _ => false,
        });
    }

    /// Which node signed last, where several share the log; `None` before any did, and where
    /// this process alone signs.
    pub fn signer(&self) -> Option<String> {
        self.shared.turns.as_ref().and_then(Turns::signer)
    }

    /// What keeps it from going on, if anything does.
    pub fn fault(&self) -> Option<String> {
        self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many leaves there are, signed or not.
    pub fn size(&self) -> u64 {
        self.shared.shelf().size()
    }

    /// Waits until the events up to a position are in the tree; whether they are.
    pub async fn wait_for(&self, position: GlobalPosition, patience: Duration) -> bool {
        let mut reached = self.shared.position.subscribe();
        let wait = reached.wait_for(|reached| *reached >= position);
        tokio::time::timeout(patience, wait).await.is_ok_and(|reached| reached.is_ok())
    }

    /// A head over fewer leaves than there are, signed for whoever needs no more. The same
    /// size gives the same bytes.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`] when there are fewer leaves.
    pub fn head_at(&self, size: u64) -> Result<(Checkpoint, Note), KeeperError> {
        let tiles = self.shared.shelf();
        within(size, &tiles)?;
        let origin = self.vkey().name.clone();
        let checkpoint = Checkpoint { origin, size, root: tree::root(&*tiles, size)? };
        let note = checkpoint.sign(&self.shared.key);
        Ok((checkpoint, note))
    }

    /// The hashes of a tile.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`] when it has not so many.
    pub fn tile(&self, level: u8, name: TileName) -> Result<Vec<Hash>, KeeperError> {
        let width = usize::try_from(name.width).map_err(|_| KeeperError::Outside)?;
        self.shared.shelf().tile(level, name.number, width).map_err(|why| match why {
            ShelfError::Tile { .. } => KeeperError::Outside,
            other @ ShelfError::Sqlite(_) => other.into(),
        })
    }

    /// The proof that a leaf is among the first `size`.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, KeeperError> {
        let tiles = self.shared.shelf();
        within(size, &tiles)?;
        if index >= size {
            return Err(KeeperError::Outside);
        }
        Ok(tree::inclusion(&*tiles, index, size)?)
    }

    /// The proof that the first `old` leaves begin the first `new`.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, KeeperError> {
        let tiles = self.shared.shelf();
        within(new, &tiles)?;
        if old > new {
            return Err(KeeperError::Outside);
        }
        Ok(tree::consistency(&*tiles, old, new)?)
    }

    /// The root over the first `size` leaves.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`].
    pub fn root(&self, size: u64) -> Result<Hash, KeeperError> {
        let tiles = self.shared.shelf();
        within(size, &tiles)?;
        Ok(tree::root(&*tiles, size)?)
    }

    /// Which leaves some events are.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Shelf`].
    pub fn find(&self, events: &[Uuid]) -> Result<HashMap<Uuid, u64>, KeeperError> {
        Ok(self.shared.shelf().find(events)?)
    }

    /// The leaf of an event; `None` when it is not in the log (yet).
    ///
    /// # Errors
    ///
    /// [`KeeperError`].
    pub async fn entry(&self, event: Uuid) -> Result<Option<Entry>, KeeperError> {
        let Some(index) = self.find(&[event])?.remove(&event) else { return Ok(None) };
        let within = usize::try_from(index % WIDTH).unwrap_or_default();
        let entries = self.entries(index / WIDTH, within + 1).await?;
        Ok(entries.into_iter().nth(within).filter(|entry| entry.event.id == event))
    }

    /// The first leaves of a lowest tile, with their events.
    ///
    /// # Errors
    ///
    /// [`KeeperError::Outside`] when it has fewer.
    pub async fn entries(&self, number: u64, count: usize) -> Result<Vec<Entry>, KeeperError> {
        let missing = |why| match why {
            ShelfError::Tile { .. } => KeeperError::Outside,
            other @ ShelfError::Sqlite(_) => other.into(),
        };
        let mut after = self.shared.shelf().bundle(number).map_err(missing)?.after;
        let mut entries = Vec::with_capacity(count);
        while entries.len() < count {
            let page = self.shared.store.read_all(after, count).await?;
            let Some(last) = page.last() else { return Err(KeeperError::Outside) };
            after = last.position;
            for event in page.into_iter().filter(|event| is_logged(event.stream.as_str())) {
                if entries.len() < count {
                    let leaf = leaf_of(&event)?;
                    let index = number * WIDTH + entries.len() as u64;
                    entries.push(Entry { index, leaf, event });
                }
            }
        }
        Ok(entries)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.close();
    }
}
