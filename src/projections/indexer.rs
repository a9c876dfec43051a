//! The thread that keeps the search index: it follows the views, which tell it what has
//! changed, with a file and a bookmark of its own, since opening words costs as much as all
//! the rest.
//!
//! Indexed is what every reader of an issue may read: title, description, readings,
//! norms, bodies and offices. Notes are not: they have audiences of their own.
//!
//! Depends on: `search`, `codec`, `event_store`.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::watch;
use uuid::Uuid;

use super::log::{Ends, Log};
use super::projector::read_bookmark;
use super::readers::Readers;
use super::schema;
use super::streams;
use super::things::reference;
use super::to_index::Changed;
use super::writer::Shared;
use super::{ViewsError, things::Kind};
use crate::domain::issue::{Issue, IssueState, PositionFate};
use crate::domain::values::{AuthorityId, BodyId, ERASED_IT, Text};
use crate::event_store::{Bookmark, GlobalPosition, StreamName};
use crate::search::{Document, SearchIndex};

/// Events read at once.
const PAGE: usize = 1_000;

/// Most events between two commits: a busy case is indexed once for all of them.
const BATCH: usize = 100_000;

/// Most issues in one transaction.
const ISSUES: usize = 2_000;

/// How often a purge waits for readers to leave the write-ahead log, and how long each time.
const READERS_TRIES: u32 = 200;
const READERS_REST: Duration = Duration::from_millis(10);

/// Rest between two batches, so that one commit takes what a burst brings.
const PACE: Duration = Duration::from_millis(300);

/// While events are being written, after so much work …
const SLICE: Duration = Duration::from_millis(2);

/// … it rests so many times as long,
const EASE: u32 = 2;

/// unless so many issues wait, which is some seconds of work.
const FAR_BEHIND: usize = 50_000;

/// The names of norms, bodies and offices met in one batch, by question and key.
type Names = HashMap<(&'static str, String), String>;

/// The writing side of the search index.
pub(super) struct Indexer {
    conn: Connection,
    index: SearchIndex,
    log: Log,
    at: Bookmark,
    /// Set while it follows a store that others write to.
    easing: Option<Easing>,
}

impl Indexer {
    /// Opens the index, or creates it. One of another store is emptied.
    pub(super) fn open(path: &Path, log: Log) -> Result<Self, ViewsError> {
        let mut conn = schema::open_search_for_writing(path)?;
        let none = Bookmark {
            store: log.store.store_id(),
            position: GlobalPosition::START,
            event: Uuid::nil(),
        };
        let mut at = read_bookmark(&conn, "main")?.unwrap_or(none);
        if at.store != none.store || !log.holds(at)? {
            let tx = conn.transaction()?;
            tx.execute_batch("DROP TABLE IF EXISTS fts; DELETE FROM bookmark;")?;
            tx.commit()?;
            at = none;
        }
        let index = SearchIndex::create(&conn, "main")?;
        Ok(Self { conn, index, log, at, easing: None })
    }

    /// Up to where it has come.
    pub(super) fn position(&self) -> GlobalPosition {
        self.at.position
    }

    /// Follows the views until told to stop.
    pub(super) fn follow(
        &mut self,
        shared: &Shared,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), ViewsError> {
        self.easing = Some(Easing {
            wanted: shared.wanted_searchable.subscribe(),
            ends: Ends { stop: stop.clone(), quit: stop.clone() },
            head: self.at.position,
        });
        loop {
            shared.searchable.send_replace(self.at.position);
            if *stop.borrow() || !self.news(shared, stop.clone()) {
                return Ok(());
            }
            let taken = shared.to_index().take(self.at.position);
            let (changed, at) = match taken {
                Ok(taken) => taken,
                Err(later) => self.gather(later)?,
            };
            self.index(&shared.readers(), &changed.issues, stop)?;
            if *stop.borrow() {
                return Ok(());
            }
            if changed.erased {
                self.purge()?;
            }
            self.note(at)?;
            shared.searchable.send_replace(self.at.position);
            if let Some(easing) = &mut self.easing {
                easing.rest(&self.log, PACE, self.at.position);
            }
        }
    }

    /// Waits until the views show something that is not indexed; false when told to stop.
    fn news(&self, shared: &Shared, mut stop: watch::Receiver<bool>) -> bool {
        let mut caught_up = shared.caught_up.subscribe();
        let mut views = shared.position.subscribe();
        let news = async {
            // Where texts are opened over a network, people wait for the views rather than
            // for words; here, the second core has room for both.
            if !self.log.store.is_exclusive() {
                caught_up.wait_for(|caught_up| *caught_up).await?;
            }
            views.wait_for(|views| *views > self.at.position).await.map(|_| ())
        };
        self.log.block_on(async {
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => false,
                news = news => news.is_ok(),
            }
        })
    }

    /// Indexes everything that is stored, and no more.
    pub(super) fn fill(&mut self, readers: &Arc<Readers>) -> Result<GlobalPosition, ViewsError> {
        let never = watch::Sender::new(false).subscribe();
        let all = GlobalPosition(u64::MAX);
        loop {
            let (changed, at) = self.gather(all)?;
            if at == self.at {
                return Ok(at.position);
            }
            self.index(readers, &changed.issues, &never)?;
            self.note(at)?;
        }
    }

    /// What has changed since, up to a position or a batch, as the store tells it.
    fn gather(&self, until: GlobalPosition) -> Result<(Changed, Bookmark), ViewsError> {
        let mut changed = Changed::default();
        let mut at = self.at;
        let mut read = 0;
        while read < BATCH && at.position < until {
            let page = self.log.page(at.position, PAGE)?;
            read += page.len();
            for fact in page.iter().take_while(|fact| fact.position <= until) {
                changed.take(fact);
                at = Bookmark { position: fact.position, event: fact.id, ..at };
            }
            if page.len() < PAGE {
                break;
            }
        }
        Ok((changed, at))
    }

    fn index(
        &mut self,
        readers: &Arc<Readers>,
        issues: &BTreeSet<Uuid>,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), ViewsError> {
        let mut numbered = readers.reader()?.read(|views| {
            let mut find =
                views.prepare_cached("SELECT no, year, rank FROM things WHERE id = ?1")?;
            let mut numbered = Vec::with_capacity(issues.len());
            for id in issues {
                let found = find
                    .query_row([id.as_bytes().as_slice()], |row| {
                        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?))
                    })
                    .optional()?;
                // One in quarantine from its first event has no number and is not shown.
                numbered.extend(
                    found.map(|(no, year, rank)| (no, *id, reference(Kind::Issue, year, rank))),
                );
            }
            Ok(numbered)
        })?;
        // FTS5 writes out what it holds whenever a row number does not rise.
        numbered.sort_unstable();
        let Self { conn, index, log, easing, at: before } = self;
        let mut names = Names::default();
        let mut left = numbered.len();
        let mut begun = Instant::now();
        for some in numbered.chunks(ISSUES) {
            if *stop.borrow() {
                return Ok(());
            }
            let tx = conn.transaction()?;
            for (no, id, reference) in some {
                left -= 1;
                if let Some(easing) = easing
                    && begun.elapsed() >= SLICE
                {
                    if left < FAR_BEHIND && easing.others_write(log)? {
                        easing.rest(log, begun.elapsed() * EASE, before.position);
                    }
                    begun = Instant::now();
                }
                let words = words(log, readers, &mut names, *id, reference)?;
                let document = Document {
                    title: &words.title,
                    body: &words.body,
                    norms: &words.norms,
                    people: &words.people,
                };
                index.put(&tx, *no, &document)?;
            }
            tx.commit()?;
        }
        Ok(())
    }

    /// Takes the words of what was erased out of the file and of its write-ahead log. Only
    /// then the bookmark moves on, so that a crash in between repeats it.
    fn purge(&self) -> Result<(), ViewsError> {
        self.index.purge(&self.conn)?;
        for _ in 0..READERS_TRIES {
            let busy: i64 =
                self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy == 0 {
                return Ok(());
            }
            std::thread::sleep(READERS_REST);
        }
        Err(ViewsError::Behind)
    }

    fn note(&mut self, at: Bookmark) -> Result<(), ViewsError> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO bookmark VALUES (1, ?1, ?2, ?3)")?
            .execute(params![
                at.store.as_bytes().as_slice(),
                at.position.0.cast_signed(),
                at.event.as_bytes().as_slice(),
            ])?;
        self.at = at;
        Ok(())
    }
}

/// How indexing gives way to those who write events: words can be found a little later,
/// while whoever files waits for an answer.
struct Easing {
    /// The last position that somebody waits to search.
    wanted: watch::Receiver<GlobalPosition>,
    ends: Ends,
    /// The last event of the store when it was looked at last.
    head: GlobalPosition,
}

impl Easing {
    /// Whether events were added since this was asked last.
    fn others_write(&mut self, log: &Log) -> Result<bool, ViewsError> {
        let head = log.head()?;
        Ok(mem::replace(&mut self.head, head) != head)
    }

    /// Rests, unless somebody waits to search what lies after a position.
    fn rest(&mut self, log: &Log, rest: Duration, after: GlobalPosition) {
        log.rest(rest, after, &mut self.wanted, &mut self.ends);
    }
}

/// Whether the words of an event are indexed.
fn is_opened(stored_type: &str) -> bool {
    matches!(
        stored_type,
        "issue-reported.v1"
            | "issue-amended.v1"
            | "norm-cited.v1"
            | "norm-citation-corrected.v1"
            | "position-recorded.v1"
            | "position-corrected.v1"
            | "issue-endorsed.v1"
    )
}

/// The words of one issue.
#[derive(Default)]
struct Indexed {
    title: String,
    body: String,
    norms: String,
    people: String,
}

fn words(
    log: &Log,
    readers: &Arc<Readers>,
    names: &mut Names,
    id: Uuid,
    reference: &str,
) -> Result<Indexed, ViewsError> {
    let Ok(stream) = StreamName::new(format!("issue-{id}")) else { return Ok(Indexed::default()) };
    let state = log.block_on(async {
        let events = streams::history(&*log.store, &stream, log.cut.as_ref()).await?;
        streams::fold::<Issue>(&*log.store, &log.codec, &events, is_opened).await
    })?;
    let Some(report) = &state.report else { return Ok(Indexed::default()) };
    let mut indexed = Indexed::default();
    add(&mut indexed.norms, reference);
    add_text(&mut indexed.title, &report.data.title);
    add_text(&mut indexed.body, &report.data.description);
    for held in state.positions.iter().filter(|held| held.fate != PositionFate::Withdrawn) {
        add_text(&mut indexed.body, &held.data.reading);
    }
    readers.reader()?.read(|views| {
        for (_, norm) in &state.citations {
            add(&mut indexed.norms, &norm.label_it());
            if let Some(norm) = norm.norm_id() {
                let label = "SELECT label FROM norms WHERE norm = ?1";
                let id = norm.as_bytes().as_slice();
                let called = (label, norm.to_string());
                add(&mut indexed.norms, name(names, views, called, id)?);
            }
        }
        for body in state.participants() {
            let called = "SELECT name || ' ' || coalesce(province, '') FROM bodies WHERE body = ?1";
            let called = (called, body.to_string());
            add(&mut indexed.people, name(names, views, called, BodyId::as_str(&body))?);
        }
        for authority in authorities(&state) {
            let called = "SELECT office || ' ' || kind || ' ' || coalesce(province, '')
                          FROM authorities WHERE authority = ?1";
            add(&mut indexed.people, authority.as_str());
            let called = (called, authority.to_string());
            add(&mut indexed.people, name(names, views, called, authority.as_str())?);
        }
        Ok(())
    })?;
    Ok(indexed)
}

fn authorities(state: &IssueState) -> BTreeSet<&AuthorityId> {
    state.positions.iter().map(|held| &held.data.authority).collect()
}

fn name<'n>(
    names: &'n mut Names,
    views: &Connection,
    called: (&'static str, String),
    key: impl rusqlite::ToSql,
) -> Result<&'n str, ViewsError> {
    match names.entry(called) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(unknown) => {
            let mut find = views.prepare_cached(unknown.key().0)?;
            let found = find.query_row([key], |row| row.get(0)).optional()?;
            Ok(unknown.insert(found.unwrap_or_default()))
        }
    }
}

fn add_text<const MAX: usize>(all: &mut String, text: &Text<MAX>) {
    // What stands where a text was erased is nothing to be found by.
    add(all, text.clear().filter(|words| *words != ERASED_IT).unwrap_or_default());
}

fn add(all: &mut String, words: &str) {
    all.push_str(words);
    // A new line keeps phrases from running over.
    all.push('\n');
}
