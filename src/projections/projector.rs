//! Folds facts into the book and writes the rows that follow from it.
//!
//! One batch is one transaction, the bookmark included: after a crash the views stand
//! exactly where their bookmark says. Rows follow from states alone, never from where
//! a batch ended or which day it is, so that a rebuild gives the same bytes.
//!
//! Depends on: `event_store`, `domain`.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use super::book::{Book, OnShelf};
use super::fact::{Fact, What};
use super::log::Log;
use super::past::rewind;
use super::things::{Ident, Kind};
use super::to_index::Changed;
use super::touched::Touched;
use super::{ViewsError, digests, marks, schema, words, writing};
use crate::event_store::{Bookmark, GlobalPosition, StreamName};

/// A stream that cannot be followed, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Quarantined {
    /// The stream.
    #[schema(max_length = 120)]
    pub stream: String,
    /// The revision that could not be read.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u64,
    /// Why, without content.
    #[schema(max_length = 500)]
    pub reason: String,
}

/// The writing side of one file of views.
pub(super) struct Projector {
    conn: Connection,
    book: Book,
    at: Bookmark,
    quarantine: HashMap<String, Quarantined>,
    seen: Seen,
}

/// How much of the log was seen from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// The last event that a view shows.
    pub(super) last: GlobalPosition,
    /// When the latest event was recorded, whether it is shown or not.
    pub(super) latest: Timestamp,
}

/// What a batch changed beside the rows.
#[derive(Debug)]
pub(super) struct Batch {
    /// After which position it began.
    pub(super) after: GlobalPosition,
    /// Streams of which a text was erased.
    pub(super) erased: Vec<Box<str>>,
    /// How many facts were new.
    pub(super) facts: usize,
    /// What the search index has to know.
    pub(super) changed: Changed,
    /// Whether nothing more was stored when it was read.
    pub(super) caught_up: bool,
}

impl Batch {
    /// One that changes nothing.
    pub(super) fn empty(after: GlobalPosition) -> Self {
        let changed = Changed::default();
        Self { after, erased: Vec::new(), facts: 0, changed, caught_up: false }
    }
}

impl Projector {
    /// Opens a file of views, creating its tables when it is new.
    pub(super) fn open(path: &Path, log: Log) -> Result<Self, ViewsError> {
        let conn = match log.cut {
            None => schema::open_for_writing(path)?,
            Some(_) => schema::open_for_the_past(path)?,
        };
        Self::over(conn, log)
    }

    /// Creates a file of views that nobody reads before it is [settled](Self::settle).
    pub(super) fn build(path: &Path, log: Log) -> Result<Self, ViewsError> {
        Self::over(schema::open_to_build(path)?, log)
    }

    fn over(conn: Connection, log: Log) -> Result<Self, ViewsError> {
        let none = Bookmark {
            store: log.store.store_id(),
            position: GlobalPosition::START,
            event: Uuid::nil(),
        };
        let at = read_bookmark(&conn, "main")?.unwrap_or(none);
        let seen = Seen { last: at.position, latest: read_latest(&conn, "main")? };
        let quarantine = read_quarantine(&conn)?;
        let quarantine = quarantine.into_iter().map(|one| (one.stream.clone(), one)).collect();
        Ok(Self { conn, book: Book::new(log), at, quarantine, seen })
    }

    /// Begins where another left off, with the streams that are set aside elsewhere.
    pub(super) fn resume(&mut self, at: Bookmark, seen: Seen, aside: Vec<Quarantined>) {
        self.at = at;
        self.seen = seen;
        self.quarantine.extend(aside.into_iter().map(|one| (one.stream.clone(), one)));
    }

    /// How much of the log was seen.
    pub(super) fn seen(&self) -> Seen {
        self.seen
    }

    pub(super) fn log(&self) -> &Log {
        &self.book.log
    }

    /// Up to where the views have come.
    pub(super) fn bookmark(&self) -> Bookmark {
        self.at
    }

    pub(super) fn quarantined(&self) -> Vec<Quarantined> {
        let mut all: Vec<_> = self.quarantine.values().cloned().collect();
        all.sort_by(|a, b| a.stream.cmp(&b.stream));
        all
    }

    /// Folds facts in global order as they come, then writes what follows and commits.
    /// Facts at or before the bookmark are passed over.
    pub(super) fn apply(
        &mut self,
        pages: impl IntoIterator<Item = Vec<Fact>>,
    ) -> Result<Batch, ViewsError> {
        let (mut at, after) = (self.at, self.at.position);
        let tx = self.conn.transaction()?;
        let mut touched = Touched::default();
        let mut count = 0;
        let mut seen = self.seen;
        let mut news = self.book.log.cut.is_none();
        for fact in pages.into_iter().flatten() {
            if fact.position <= at.position {
                continue;
            }
            count += 1;
            at = Bookmark { position: fact.position, event: fact.id, ..at };
            self.book.up_to = at.position;
            if self.book.log.cut.and_then(|cut| cut.head).is_none_or(|head| at.position <= head) {
                seen.latest = seen.latest.max(fact.recorded_at.unwrap_or_default());
            }
            if self.book.log.cut.is_none() && marks::is_marked(fact.id) {
                marks::write(&tx, fact.position, seen.latest)?;
            }
            match fact.what {
                What::Nothing => {}
                What::Outside(_) => news |= fact.revision == 0,
                _ => {
                    seen.last = fact.position;
                    news = true;
                }
            }
            touched.changed.take(&fact);
            fold(&tx, &mut self.book, &mut self.quarantine, &mut touched, &fact)?;
        }
        if count == 0 {
            return Ok(Batch::empty(after));
        }
        if news {
            self.book.counters.write(&tx)?;
            writing::write(&tx, &mut self.book, &mut touched)?;
            write_bookmark(&tx, &at, seen.latest)?;
        }
        tx.commit()?;
        self.at = at;
        self.seen = seen;
        self.book.trim();
        let Touched { erased, changed, .. } = touched;
        let erased = erased.into_iter().collect();
        Ok(Batch { erased, facts: count, changed, ..Batch::empty(after) })
    }

    /// Writes anew what was touched when the file was begun from the present one.
    pub(super) fn go_back(&mut self, touched: Touched) -> Result<(), ViewsError> {
        let tx = self.conn.transaction()?;
        self.book.up_to = self.at.position;
        writing::write_in_parts(&tx, &mut self.book, touched)?;
        self.seen.last = rewind::last_shown(&tx)?;
        tx.commit()?;
        Ok(())
    }

    /// A file that was built is complete: from now on it is as good as any other.
    pub(super) fn settle(&self, path: &Path) -> Result<(), ViewsError> {
        schema::settle(&self.conn, path)
    }

    /// From now on others read while the file is written.
    pub(super) fn open_to_readers(&self) -> Result<(), ViewsError> {
        self.conn.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        Ok(())
    }

    /// Moves what the write-ahead log holds into the file.
    pub(super) fn checkpoint(&self) -> Result<(), ViewsError> {
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

fn fold(
    tx: &Transaction<'_>,
    book: &mut Book,
    quarantine: &mut HashMap<String, Quarantined>,
    touched: &mut Touched,
    fact: &Fact,
) -> Result<(), ViewsError> {
    if !quarantine.is_empty()
        && quarantine.get(fact.stream.as_str()).is_some_and(|one| fact.revision >= one.revision)
    {
        return Ok(());
    }
    let place =
        Place { tx, stream: &fact.stream, revision: fact.revision, position: fact.position };
    let folded = match &fact.what {
        What::Issue(id, one) => {
            touched.issues.insert(*id);
            place.fold::<crate::domain::issue::Issue>(book, id, one)?
        }
        What::Question(id, one) => {
            touched.questions.insert(*id);
            place.fold::<crate::domain::question::Question>(book, id, one)?
        }
        What::Answer(id, one) => {
            touched.answers.insert(*id);
            place.fold::<crate::domain::answer::Answer>(book, id, one)?
        }
        What::Solution(id, one) => {
            touched.solutions.insert(*id);
            place.fold::<crate::domain::solution::Solution>(book, id, one)?
        }
        What::Communication(id, one) => {
            touched.communications.insert(*id);
            place.fold::<crate::domain::communication::Communication>(book, id, one)?
        }
        What::Norm(id, one) => {
            touched.norms.insert(*id);
            place.fold::<crate::domain::registry::Norm>(book, id, one)?
        }
        What::Body(id, one) => {
            touched.bodies.insert(id.clone());
            place.fold::<crate::domain::registry::Body>(book, id, one)?
        }
        What::Authority(id, one) => {
            touched.authorities.insert(id.clone());
            place.fold::<crate::domain::registry::Authority>(book, id, one)?
        }
        What::Theme(id, one) => {
            touched.themes.insert(id.clone());
            place.fold::<crate::domain::registry::Theme>(book, id, one)?
        }
        What::Form(id, one) => {
            touched.forms.insert(id.clone());
            place.fold::<crate::domain::registry::Form>(book, id, one)?
        }
        What::Calendar(id, one) => {
            touched.calendars.insert(id.clone());
            place.fold::<crate::domain::registry::Calendar>(book, id, one)?
        }
        What::Person(id, one) => {
            touched.persons.insert(id.clone());
            place.fold::<crate::domain::registry::Person>(book, id, one)?
        }
        What::Notices(person, one) => {
            digests::write(tx, person, one, fact.position)?;
            Ok(())
        }
        What::Nothing => Ok(()),
        What::Outside(recorded_at) => {
            place.number(book, *recorded_at)?;
            Ok(())
        }
        What::Poisoned(why) => Err(why.clone()),
    };
    if let Err(reason) = folded {
        set_aside(tx, quarantine, fact, reason)?;
    } else if is_erasure(&fact.what) {
        touched.erased.insert(fact.stream.as_str().into());
    }
    Ok(())
}

/// Where a fact stands.
struct Place<'a> {
    tx: &'a Transaction<'a>,
    stream: &'a StreamName,
    revision: u64,
    position: GlobalPosition,
}

impl Place<'_> {
    /// Folds one fact; the inner error is a fault of its stream.
    fn fold<D: OnShelf>(
        &self,
        book: &mut Book,
        key: &D::Key,
        fact: &crate::domain::Recorded<D::Event>,
    ) -> Result<Result<(), String>, ViewsError> {
        if self.revision > 0 && D::shelf(book).events(key).is_none() {
            book.fetch::<D>(self.tx, key, Some(self.revision))?;
        }
        let expected = D::shelf(book).events(key).unwrap_or(0);
        if !book.log.follows(expected, self.revision) {
            let found = self.revision;
            return Ok(Err(format!("revision {expected} was expected, {found} was found")));
        }
        let batch = book.batch;
        D::shelf(book).fold(key, (self.revision, self.position), fact, batch);
        if D::KIND.is_some()
            && let Some(ident) = self.number(book, fact.recorded_at)?
            && let Some(entry) = D::shelf(book).get_mut(key)
        {
            entry.ident = Some(ident);
        }
        Ok(Ok(()))
    }

    /// Numbers the thing whose first event this is. References are the same whatever is
    /// seen of the log.
    fn number(&self, book: &mut Book, recorded_at: Timestamp) -> Result<Option<Ident>, ViewsError> {
        if self.revision > 0 {
            return Ok(None);
        }
        match (Kind::of_category(self.stream.category()), self.stream.id().parse()) {
            (Some(kind), Ok(id)) => book.counters.number(self.tx, kind, id, recorded_at).map(Some),
            _ => Ok(None),
        }
    }
}

fn is_erasure(what: &What) -> bool {
    use crate::domain::answer::AnswerEvent;
    use crate::domain::communication::CommunicationEvent;
    use crate::domain::issue::IssueEvent;
    use crate::domain::question::QuestionEvent;
    use crate::domain::solution::SolutionEvent;
    match what {
        What::Issue(_, one) => matches!(one.event, IssueEvent::TextErased(_)),
        What::Question(_, one) => matches!(one.event, QuestionEvent::TextErased(_)),
        What::Answer(_, one) => matches!(one.event, AnswerEvent::TextErased(_)),
        What::Solution(_, one) => matches!(one.event, SolutionEvent::TextErased(_)),
        What::Communication(_, one) => matches!(one.event, CommunicationEvent::TextErased(_)),
        // Views show no free text of the registry.
        What::Norm(..)
        | What::Body(..)
        | What::Authority(..)
        | What::Theme(..)
        | What::Form(..)
        | What::Calendar(..)
        | What::Person(..)
        | What::Notices(..)
        | What::Nothing
        | What::Outside(_)
        | What::Poisoned(_) => false,
    }
}

fn set_aside(
    tx: &Transaction<'_>,
    quarantine: &mut HashMap<String, Quarantined>,
    fact: &Fact,
    reason: String,
) -> Result<(), ViewsError> {
    let stream = fact.stream.as_str().to_owned();
    tracing::error!(stream, revision = fact.revision, reason, "a stream is set aside");
    let revision = i64::try_from(fact.revision).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT OR REPLACE INTO quarantine (stream, revision, reason) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![stream, revision, reason])?;
    quarantine.insert(stream.clone(), Quarantined { stream, revision: fact.revision, reason });
    Ok(())
}

/// The bookmark in a file of views, or in a search index.
pub(super) fn read_bookmark(
    conn: &Connection,
    database: &str,
) -> Result<Option<Bookmark>, ViewsError> {
    let statement = format!("SELECT store, position, event FROM {database}.bookmark");
    let found = conn
        .query_row(&statement, [], |row| {
            Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?, row.get::<_, [u8; 16]>(2)?))
        })
        .optional()?;
    Ok(found.map(|(store, position, event)| Bookmark {
        store: Uuid::from_bytes(store),
        // Positions are kept bit for bit.
        position: GlobalPosition(position.cast_unsigned()),
        event: Uuid::from_bytes(event),
    }))
}

/// When the latest event had been recorded.
pub(super) fn read_latest(conn: &Connection, database: &str) -> Result<Timestamp, ViewsError> {
    let statement = format!("SELECT latest FROM {database}.bookmark");
    let found = conn.query_row(&statement, [], |row| row.get(0)).optional()?;
    Ok(found.map(|micros| words::instant(0, micros)).transpose()?.unwrap_or_default())
}

fn write_bookmark(
    tx: &Transaction<'_>,
    at: &Bookmark,
    latest: Timestamp,
) -> Result<(), ViewsError> {
    tx.prepare_cached(
        "INSERT INTO bookmark (one, store, position, event, latest) VALUES (1, ?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET store = ?1, position = ?2, event = ?3, latest = ?4",
    )?
    .execute(params![
        at.store.as_bytes().as_slice(),
        at.position.0.cast_signed(),
        at.event.as_bytes().as_slice(),
        latest.as_microsecond(),
    ])?;
    Ok(())
}

fn read_quarantine(conn: &Connection) -> Result<Vec<Quarantined>, ViewsError> {
    let mut found = conn.prepare("SELECT stream, revision, reason FROM quarantine ORDER BY 1")?;
    let rows = found.query_map([], |row| {
        Ok(Quarantined {
            stream: row.get(0)?,
            revision: row.get::<_, i64>(1)?.unsigned_abs(),
            reason: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
