//! One moment of the past: a file of views, how far it has come, its search index.
//!
//! Depends on: `event_store`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use super::super::ViewsError;
use super::super::cut::Cut;
use super::super::fact::What;
use super::super::files::remove_database;
use super::super::indexer::Indexer;
use super::super::log::Log;
use super::super::projector::{Projector, Quarantined, Seen};
use super::super::readers::Readers;
use super::super::runner::{Logs, Run, follow};
use super::rewind::{self, Begun};
use super::seen_from;
use crate::event_store::{Bookmark, GlobalPosition};

/// Events looked at in one go when only few are new.
const PAGE: usize = 1_000;

/// The views as they stood at a moment.
pub(in super::super) struct Then {
    cut: Cut,
    path: PathBuf,
    search: PathBuf,
    readers: Arc<Readers>,
    reached: Mutex<Reached>,
    words: Mutex<Words>,
}

/// Up to where the log was read.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Reached {
    pub(in super::super) at: Bookmark,
    pub(in super::super) seen: Seen,
    /// Whether there is something to read.
    built: bool,
    bytes: u64,
}

/// What is known of the search index.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    /// Up to where it has come.
    indexed: Option<GlobalPosition>,
    /// Whether somebody is at it.
    busy: bool,
    /// How often words had to be forgotten.
    forgotten: u64,
}

impl Then {
    /// A moment of which nothing is read yet.
    pub(super) fn new(cut: Cut, path: &Path) -> Self {
        let mut search = path.as_os_str().to_owned();
        search.push(".search");
        let search = PathBuf::from(search);
        for old in [path, &search] {
            remove_database(old);
        }
        let at =
            Bookmark { store: Uuid::nil(), position: GlobalPosition::START, event: Uuid::nil() };
        Self {
            cut,
            path: path.to_owned(),
            readers: Arc::new(Readers::new(path.to_owned(), search.clone())),
            search,
            reached: Mutex::new(Reached { at, seen: Seen::default(), built: false, bytes: 0 }),
            words: Mutex::default(),
        }
    }

    pub(in super::super) fn cut(&self) -> &Cut {
        &self.cut
    }

    pub(in super::super) fn readers(&self) -> &Arc<Readers> {
        &self.readers
    }

    pub(in super::super) fn reached(&self) -> Reached {
        *lock(&self.reached)
    }

    /// The size of its files.
    pub(super) fn bytes(&self) -> u64 {
        self.reached().bytes
    }

    /// Whether it answers for a cut as the log stands at a position.
    pub(super) fn serves(&self, cut: &Cut, head: GlobalPosition) -> bool {
        let reached = self.reached();
        let same = (self.cut.as_of, self.cut.effective_on) == (cut.as_of, cut.effective_on);
        let head = match (self.cut.head, cut.head) {
            (None, None) => reached.at.position >= head,
            // Nothing that is seen came after. Without an instant the head says which is meant.
            (None, Some(head)) => {
                cut.as_of.is_some() && reached.at.position >= head && reached.seen.last <= head
            }
            (own, asked) => own == asked,
        };
        same && head && reached.built
    }

    /// Reads the log up to a position. The first time it is begun from the present views,
    /// when `today` names their file.
    pub(super) fn advance(
        &self,
        logs: &Logs,
        today: Option<&Path>,
        head: GlobalPosition,
        aside: Vec<Quarantined>,
    ) -> Result<(), ViewsError> {
        let before = self.reached();
        if before.built && (before.at.position >= head || self.pass_over(logs, before, head)?) {
            return Ok(());
        }
        let begun = match today.filter(|_| !before.built) {
            Some(today) => self.begin(today, &seen_from(logs, self.cut)?),
            None => None,
        };
        let mut projector = Projector::open(&self.path, seen_from(logs, self.cut)?)?;
        match begun {
            Some(Begun { at, seen, touched }) => {
                projector.resume(at, seen, aside);
                projector.go_back(touched)?;
            }
            None if before.built => projector.resume(before.at, before.seen, aside),
            None => projector.resume(projector.bookmark(), before.seen, aside),
        }
        let mut run = Run { projector, path: self.path.clone() };
        if run.projector.bookmark().position < head {
            let never = watch::Sender::new(false);
            let log = seen_from(logs, self.cut)?;
            let wanted = watch::Sender::new(GlobalPosition::START).subscribe();
            follow(&mut run, log, &never.subscribe(), Some(head), wanted, |_, _| {})?;
        }
        if !before.built {
            run.projector.open_to_readers()?;
        }
        run.projector.checkpoint()?;
        let bytes = fs::metadata(&self.path).map_or(0, |file| file.len());
        let (at, seen) = (run.projector.bookmark(), run.projector.seen());
        *lock(&self.reached) = Reached { at, seen, built: true, bytes };
        Ok(())
    }

    /// Begins from the present views; `None` when everything is to be folded.
    fn begin(&self, today: &Path, log: &Log) -> Option<Begun> {
        let begun = rewind::begin(&self.path, today, &self.cut, log).unwrap_or_else(|why| {
            tracing::warn!(%why, "a moment cannot be begun from the present views");
            None
        });
        if begun.is_none() {
            remove_database(&self.path);
        }
        begun
    }

    /// Goes on where nothing is seen; whether that led up to the position.
    fn pass_over(
        &self,
        logs: &Logs,
        mut reached: Reached,
        head: GlobalPosition,
    ) -> Result<bool, ViewsError> {
        let log = seen_from(logs, self.cut)?;
        while reached.at.position < head {
            let page = log.page(reached.at.position, PAGE)?;
            let Some(last) = page.last() else { break };
            for fact in &page {
                match fact.what {
                    What::Nothing => {}
                    What::Outside(_) if fact.revision > 0 => {}
                    _ => return Ok(false),
                }
                reached.seen.latest = reached.seen.latest.max(fact.recorded_at.unwrap_or_default());
            }
            reached.at = Bookmark { position: last.position, event: last.id, ..reached.at };
        }
        *lock(&self.reached) = reached;
        Ok(true)
    }

    /// `None` when words can be looked up; else whether the caller is to see to it.
    pub(super) fn begin_indexing(&self) -> Option<bool> {
        let last = self.reached().seen.last;
        let mut words = lock(&self.words);
        if words.indexed.is_some_and(|indexed| indexed >= last) {
            return None;
        }
        Some(!std::mem::replace(&mut words.busy, true))
    }

    /// Indexes the words that are seen.
    pub(super) fn index(&self, logs: &Logs) {
        let forgotten = lock(&self.words).forgotten;
        let filled = seen_from(logs, self.cut)
            .and_then(|log| Indexer::open(&self.search, log))
            .and_then(|mut indexer| indexer.fill(&self.readers));
        let mut words = lock(&self.words);
        words.busy = false;
        match filled {
            // Something was erased meanwhile: it may be among what was indexed.
            Ok(_) if words.forgotten != forgotten => remove_database(&self.search),
            Ok(indexed) => words.indexed = Some(indexed),
            Err(why) => tracing::error!(%why, "the search index of a moment cannot be written"),
        }
        // Connections that were opened before have it not attached.
        self.readers.renew();
    }

    /// Throws the search index away.
    pub(super) fn forget_words(&self) {
        let mut words = lock(&self.words);
        words.forgotten += 1;
        words.indexed = None;
        self.readers.renew();
        remove_database(&self.search);
    }
}

impl Drop for Then {
    fn drop(&mut self) {
        self.readers.renew();
        remove_database(&self.path);
        remove_database(&self.search);
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
