//! What the thread of the keeper does: read, fill the shelf, compare, sign.

use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::turns::Turns;
use super::{KeeperError, KeeperOptions, Signed};
use crate::clock::Clock;
use crate::event_store::{Bookmark, EventStore, GlobalPosition, Notice, ReadError, StoredEvent};
use crate::notary::checkpoint::Checkpoint;
use crate::notary::key::KeyPlace;
use crate::notary::leaf::{Leaf, Logged, is_logged};
use crate::notary::note::{Note, Skey};
use crate::notary::shelf::{Placed, Shelf, ShelfError};
use crate::notary::tree;

/// Events read at once.
const PAGE: usize = 2_048;

/// How often the head is signed, at most: each signature is synced to the disk.
const SIGN_EVERY: Duration = Duration::from_secs(2);

/// Time between an event and its leaf. A commit of tiles costs as much as many leaves, so
/// those that a burst brings meanwhile share one.
const PACE: Duration = Duration::from_millis(25);

/// How long the keeper rests after a fault.
const REST: Duration = Duration::from_secs(1);

/// What the handles and the thread share.
pub(super) struct Shared {
    pub(super) store: Arc<dyn EventStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) key: Skey,
    pub(super) place: Option<KeyPlace>,
    pub(super) shelf: Mutex<Shelf>,
    pub(super) signed: watch::Sender<Option<Signed>>,
    pub(super) position: watch::Sender<GlobalPosition>,
    pub(super) fault: Mutex<Option<String>>,
    /// Whose turn it is to sign, where several nodes share the log.
    pub(super) turns: Option<Turns>,
    /// Whom a log that is far behind lets go first.
    pub(super) first: Option<watch::Receiver<bool>>,
}

impl Shared {
    pub(super) fn open(
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        options: KeeperOptions,
    ) -> Result<Self, KeeperError> {
        let KeeperOptions { shelf: path, key, place, node, first } = options;
        let shelf = match (Shelf::open(path.as_deref()), &path) {
            // Whatever is wrong with the file, the events are not in it.
            (Err(why), Some(path)) => {
                tracing::warn!(fault = %why, "the tiles of the log are built anew");
                for end in ["", "-wal", "-shm"] {
                    let mut file = path.as_os_str().to_owned();
                    file.push(end);
                    let _ = fs::remove_file(file);
                }
                Shelf::open(Some(path))?
            }
            (opened, _) => opened?,
        };
        Ok(Self {
            store,
            clock,
            key,
            place,
            shelf: Mutex::new(shelf),
            signed: watch::Sender::new(None),
            position: watch::Sender::new(GlobalPosition::START),
            fault: Mutex::default(),
            turns: node.map(Turns::of),
            first,
        })
    }

    pub(super) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops tiles that belong to another store, or to another past of this one.
    pub(super) async fn recognise(&self) -> Result<(), KeeperError> {
        let bookmark = self.shelf().bookmark()?;
        let known = match bookmark {
            Some(bookmark) => match self.store.subscribe(Some(bookmark)).await {
                Ok(_) => true,
                Err(ReadError::ForeignBookmark) => false,
                Err(why) => return Err(why.into()),
            },
            None => self.shelf().size() == 0,
        };
        if !known {
            tracing::warn!("the tiles of the log belong to another store and are built anew");
            self.shelf().clear()?;
        }
        Ok(())
    }

    /// Compares the store with the last checkpoint, for which it may first have to catch up.
    pub(super) async fn compare(&self) -> Result<(), KeeperError> {
        let Some((last, note)) = self.last()? else { return Ok(()) };
        self.catch_up(last.size).await?;
        if !self.agrees(&last)? {
            // The tiles may be at fault, the events not.
            self.shelf().clear()?;
            self.catch_up(last.size).await?;
            if !self.agrees(&last)? {
                return Err(KeeperError::Forked { signed: last.size });
            }
        }
        // Where others sign too, it may have been signed too late to count.
        if self.turns.is_none() {
            self.signed.send_replace(Some(Signed { checkpoint: last, note, at: None }));
        }
        Ok(())
    }

    fn last(&self) -> Result<Option<(Checkpoint, Note)>, KeeperError> {
        match &self.place {
            Some(place) if self.turns.is_some() => Ok(place.last_of_all(&self.key)?),
            Some(place) => Ok(place.last(&self.key)?),
            None => Ok(None),
        }
    }

    pub(super) async fn catch_up(&self, size: u64) -> Result<(), KeeperError> {
        while self.shelf().size() < size {
            if !self.advance().await? && self.shelf().size() < size {
                return Err(KeeperError::Older { events: self.shelf().size(), signed: size });
            }
        }
        Ok(())
    }

    pub(super) fn agrees(&self, last: &Checkpoint) -> Result<bool, KeeperError> {
        match tree::root(&*self.shelf(), last.size) {
            Ok(root) => Ok(root == last.root),
            Err(ShelfError::Tile { .. }) => Ok(false),
            Err(why) => Err(why.into()),
        }
    }

    /// Puts the next page of events on the shelf; whether there may be more.
    pub(super) async fn advance(&self) -> Result<bool, KeeperError> {
        let bookmark = self.shelf().bookmark()?;
        let mut after = bookmark.map_or(GlobalPosition::START, |bookmark| bookmark.position);
        let page = self.store.read_all(after, PAGE).await?;
        let Some(last) = page.last() else {
            self.position.send_replace(after);
            return Ok(false);
        };
        let store = self.store.store_id();
        let bookmark = Bookmark { store, position: last.position, event: last.id };
        let mut leaves = Vec::with_capacity(page.len());
        for event in &page {
            if is_logged(event.stream.as_str()) {
                leaves.push(Placed { hash: leaf_of(event)?.hash, event: event.id, after });
            }
            after = event.position;
        }
        self.shelf().add(&leaves, bookmark)?;
        self.position.send_replace(bookmark.position);
        Ok(page.len() == PAGE)
    }

    /// Signs the head when it has grown since, keeps it, and shows it; where several nodes
    /// share the log, when it is this one's turn.
    async fn sign(&self) -> Result<(), KeeperError> {
        let checkpoint = {
            let tiles = self.shelf();
            let origin = self.key.vkey().name.clone();
            Checkpoint { origin, size: tiles.size(), root: tiles.root() }
        };
        if self.is_signed(checkpoint.size) {
            return Ok(());
        }
        if let Some(turns) = &self.turns {
            return self.sign_in_turn(turns, checkpoint).await;
        }
        let note = checkpoint.sign(&self.key);
        if let Some(place) = &self.place {
            place.keep(&note)?;
        }
        let at = Some(self.clock.now());
        self.signed.send_replace(Some(Signed { checkpoint, note, at }));
        Ok(())
    }

    fn is_signed(&self, size: u64) -> bool {
        self.signed.borrow().as_ref().is_some_and(|signed| signed.checkpoint.size == size)
    }

    /// Ends when there is an event that is not on the shelf.
    async fn news(&self) -> Result<(), KeeperError> {
        let bookmark = self.shelf().bookmark()?;
        let mut subscription = self.store.subscribe(bookmark).await?;
        while !matches!(subscription.next().await?, Notice::Event(_)) {}
        Ok(())
    }

    fn tell(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

pub(super) fn leaf_of(event: &StoredEvent) -> Result<Leaf, KeeperError> {
    Leaf::of(&Logged::from(event))
        .map_err(|_| KeeperError::Leaf { stream: event.stream.clone(), revision: event.revision })
}

pub(super) fn within(size: u64, shelf: &Shelf) -> Result<(), KeeperError> {
    if size <= shelf.size() { Ok(()) } else { Err(KeeperError::Outside) }
}

/// The life of the thread.
pub(super) fn follow(shared: &Shared, mut stop: watch::Receiver<bool>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(why) => {
            shared.tell(Some(why.to_string()));
            return;
        }
    };
    runtime.block_on(async {
        while let Err(why) = keep(shared, &mut stop).await {
            tracing::error!(fault = %why, "the log cannot be kept");
            shared.tell(Some(why.to_string()));
            let rest = tokio::time::timeout(REST, stop.wait_for(|stop| *stop));
            if rest.await.is_ok() {
                return;
            }
        }
    });
}

/// Follows the store until told to stop.
async fn keep(shared: &Shared, stop: &mut watch::Receiver<bool>) -> Result<(), KeeperError> {
    if !shared.shelf().is_sound()? {
        tracing::warn!("the tiles of the log are damaged and are built anew");
        shared.shelf().clear()?;
        shared.compare().await?;
    }
    let mut signed_at: Option<Instant> = None;
    loop {
        let more = shared.advance().await?;
        let stopping = *stop.borrow();
        let due = signed_at.is_none_or(|at| at.elapsed() >= SIGN_EVERY);
        let unsigned = !shared.is_signed(shared.shelf().size());
        if unsigned && (due || stopping && !more) {
            shared.sign().await?;
            signed_at = Some(Instant::now());
        }
        shared.tell(None);
        if more {
            if let Some(mut first) = shared.first.clone() {
                tokio::select! {
                    // A sender that is gone needs nothing any more.
                    _ = first.wait_for(|gone| *gone) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
            continue;
        }
        if stopping {
            shared.hand_over().await;
            return Ok(());
        }
        // Where another node signs, what it signed is looked for again.
        let unsigned = !shared.is_signed(shared.shelf().size());
        let rest = signed_at.map_or(SIGN_EVERY, |at| SIGN_EVERY.saturating_sub(at.elapsed()));
        tokio::select! {
            // A sender that is gone means to stop, too.
            _ = stop.wait_for(|stop| *stop) => {}
            news = shared.news() => {
                news?;
                tokio::time::sleep(PACE).await;
            }
            () = tokio::time::sleep(rest), if unsigned => {}
        }
    }
}
