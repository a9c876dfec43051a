//! The thread that owns the connection that writes.
//!
//! It takes the first waiting job, then whatever else is waiting, and makes all of it
//! durable with one sync. Answers go out after the commit, and so does the new head.
//!
//! Deliberately absent: a timer that waits for more jobs, and any retry of a failed
//! commit: after a failed sync nobody knows what the disk holds, so the store stops
//! writing and says so.
//!
//! Depends on: the port.

use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::batch::{Batch, Broken, Next};
use super::sweep::{Sweep, Sweeper, sweep};
use super::{Shared, SqliteOptions, open, rings, schema};
use crate::event_store::{AppendError, Appended, Expected, KeyRing, NewEvent, StreamName, rules};

/// Most appends in one transaction.
const BATCH_JOBS: usize = 512;

/// Bytes of events after which a transaction takes no more appends.
const BATCH_BYTES: usize = 8 << 20;

/// Quiet time after which the log is copied although it is short.
const IDLE: Duration = Duration::from_millis(200);

/// How long replacing keys, or closing, insists on an empty log while readers hold it.
const INSIST: Duration = Duration::from_secs(2);

/// The log may reach this many times its usual size before the writer tidies it itself.
const LOG_LIMIT: u64 = 8;

/// Where an answer goes. Nobody may be waiting any more, which changes nothing.
type Reply<T> = oneshot::Sender<Result<T, AppendError>>;

/// What the writer is asked to do.
pub(super) enum Job {
    /// Append a batch to a stream, overwriting rings of keys in the same commit.
    Append {
        stream: StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
        rings: Vec<KeyRing>,
        reply: Reply<Appended>,
    },
    /// Overwrite rings of keys.
    Replace { rings: Vec<KeyRing>, reply: Reply<()> },
}

/// An append that waits for its commit.
struct Waiting {
    stream: StreamName,
    expected: Expected,
    events: Vec<NewEvent>,
    rings: Vec<KeyRing>,
    reply: Reply<Appended>,
}

/// A transaction that was rolled back, and at which of its appends.
struct RolledBack {
    at: usize,
    why: Broken,
}

/// The writer's own state.
pub(super) struct Writer {
    db: Connection,
    shared: Arc<Shared>,
    options: SqliteOptions,
    folder: PathBuf,
    next: Next,
    sweeper: Sweeper,
    /// Once set, nothing is written any more.
    failed: bool,
    /// Whether the log holds something since it was last tidied.
    untidy: bool,
    /// Whether log or file may still hold bytes of keys that were destroyed.
    unclean: bool,
    /// Size of the log below which another attempt to start it anew is pointless.
    patience: u64,
}

impl Writer {
    /// Starts the thread. It ends when the queue's sender is dropped.
    pub(super) fn start(
        path: &Path,
        db: Connection,
        shared: Arc<Shared>,
        options: SqliteOptions,
    ) -> Result<(SyncSender<Job>, JoinHandle<()>), Box<dyn std::error::Error>> {
        let (queue, jobs) = mpsc::sync_channel(options.queue);
        // A crash may have come between the destruction of a key and the end of its bytes.
        let unclean = sweep(&db, Sweep::Truncate)?.blocked;
        let writer = Self {
            next: Next::load(&db)?,
            db,
            shared: Arc::clone(&shared),
            options,
            folder: open::folder(path).to_owned(),
            sweeper: Sweeper::start(path)?,
            failed: false,
            untidy: true,
            unclean,
            patience: 0,
        };
        let thread = thread::Builder::new().name("event-writer".into()).spawn(move || {
            let _done = Done(shared);
            writer.run(&jobs);
        })?;
        Ok((queue, thread))
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let job = if self.untidy {
                jobs.recv_timeout(IDLE)
            } else {
                jobs.recv().map_err(RecvTimeoutError::from)
            };
            match job {
                Ok(first) => self.work(first, jobs),
                Err(RecvTimeoutError::Timeout) => self.rest(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if !self.failed {
            let emptied = self.empty_log();
            tracing::info!(head = self.next.head().0, emptied, "event store closed");
        }
    }

    /// Uses a quiet moment to copy the log, or to end what is left of destroyed keys.
    fn rest(&mut self) {
        if !self.unclean || self.failed {
            self.sweeper.ask();
            self.untidy = false;
            return;
        }
        match sweep(&self.db, Sweep::Truncate) {
            Ok(log) => self.unclean = log.blocked,
            Err(error) => self.fail(&error.to_string()),
        }
    }

    /// Takes what is waiting, up to the size of a batch or to the first other job.
    fn work(&mut self, first: Job, jobs: &Receiver<Job>) {
        let mut appends = Vec::new();
        let mut bytes = 0;
        let mut job = Some(first);
        while let Some(taken) = job.take() {
            match taken {
                Job::Append { stream, expected, events, rings, reply } => {
                    bytes += events.iter().map(|e| e.data.len() + e.metadata.len()).sum::<usize>();
                    appends.push(Waiting { stream, expected, events, rings, reply });
                }
                Job::Replace { rings, reply } => {
                    self.append(mem::take(&mut appends));
                    let _ = reply.send(self.replace(&rings));
                }
            }
            if appends.len() < BATCH_JOBS && bytes < BATCH_BYTES {
                job = jobs.try_recv().ok();
            }
        }
        self.append(appends);
        self.tend_log();
    }

    /// Makes appends durable together and answers them. One that breaks the transaction
    /// is answered alone; the others are carried out again without it.
    fn append(&mut self, mut waiting: Vec<Waiting>) {
        while !waiting.is_empty() {
            if self.failed {
                return refuse(waiting, &stopped());
            }
            let RolledBack { at, why } = match self.commit(&waiting) {
                Ok(outcomes) => return self.tell(waiting, outcomes),
                Err(rolled_back) => rolled_back,
            };
            self.roll_back();
            match why {
                Broken::RingTaken(id) if at < waiting.len() => {
                    refuse(vec![waiting.remove(at)], &rules::ring_taken(id));
                }
                Broken::Refused(why) if at < waiting.len() => {
                    refuse(vec![waiting.remove(at)], &why);
                }
                other => {
                    let error = self.broken(other);
                    refuse(mem::take(&mut waiting), &error);
                }
            }
        }
    }

    /// Answers what was committed. Whoever destroyed keys is told that they are gone only
    /// when their bytes are.
    fn tell(&mut self, waiting: Vec<Waiting>, outcomes: Vec<Result<Appended, AppendError>>) {
        let destroyed =
            |(one, outcome): (&Waiting, &Result<_, _>)| !one.rings.is_empty() && outcome.is_ok();
        let clean = !waiting.iter().zip(&outcomes).any(destroyed) || self.empty_log();
        for (one, outcome) in waiting.into_iter().zip(outcomes) {
            let outcome = match outcome {
                Ok(_) if !clean && !one.rings.is_empty() => Err(held()),
                told => told,
            };
            let _ = one.reply.send(outcome);
        }
    }

    fn commit(
        &mut self,
        waiting: &[Waiting],
    ) -> Result<Vec<Result<Appended, AppendError>>, RolledBack> {
        let begun = Instant::now();
        let full = self.below_floor();
        let at = |at| move |why: Broken| RolledBack { at, why };
        let whole = |error: rusqlite::Error| RolledBack { at: waiting.len(), why: error.into() };
        execute(&self.db, "BEGIN IMMEDIATE").map_err(whole)?;
        let mut batch = Batch::new(&self.db, &self.shared, self.next, full);
        let mut outcomes = Vec::with_capacity(waiting.len());
        for (index, append) in waiting.iter().enumerate() {
            let outcome = batch.append(&append.stream, append.expected, &append.events);
            let outcome = outcome.map_err(at(index))?;
            if outcome.is_ok() {
                overwrite(&self.db, &append.rings).map_err(at(index))?;
            }
            outcomes.push(outcome);
        }
        execute(&self.db, "COMMIT").map_err(whole)?;
        let Batch { next, tails, born, .. } = batch;
        self.shared.names.add(born.iter().map(|(stream, number)| (stream, *number)));
        for (stream, tail) in tails {
            self.shared.tails.insert(stream, tail);
        }
        if next.head() != self.next.head() {
            self.next = next;
            self.untidy = true;
            self.shared.head.send_replace(next.head());
        }
        let duration_us = begun.elapsed().as_micros();
        tracing::trace!(appends = waiting.len(), head = next.head().0, duration_us, "committed");
        Ok(outcomes)
    }

    /// Overwrites rings in place, then leaves no log in which the old bytes could stand.
    fn replace(&mut self, rings: &[KeyRing]) -> Result<(), AppendError> {
        if self.failed {
            return Err(stopped());
        }
        if let Err(broken) = self.commit_rings(rings) {
            self.roll_back();
            return Err(self.broken(broken));
        }
        if self.empty_log() { Ok(()) } else { Err(held()) }
    }

    fn commit_rings(&mut self, rings: &[KeyRing]) -> Result<(), Broken> {
        if rings.is_empty() {
            return Ok(());
        }
        execute(&self.db, "BEGIN IMMEDIATE")?;
        overwrite(&self.db, rings)?;
        execute(&self.db, "COMMIT")?;
        Ok(())
    }

    /// Copies the log and cuts it to nothing, insisting for a while against readers.
    fn empty_log(&mut self) -> bool {
        let begun = Instant::now();
        // Until it has come about, every quiet moment tries again.
        (self.unclean, self.untidy) = (true, true);
        loop {
            match sweep(&self.db, Sweep::Truncate) {
                Ok(log) if !log.blocked => {
                    (self.unclean, self.patience) = (false, 0);
                    return true;
                }
                Ok(_) if begun.elapsed() < INSIST => thread::sleep(Duration::from_millis(1)),
                Ok(_) => return false,
                Err(error) => {
                    self.fail(&error.to_string());
                    return false;
                }
            }
        }
    }

    /// Keeps the log short. Usually it only asks the sweeper.
    fn tend_log(&mut self) {
        if let Some(trouble) = self.sweeper.trouble().map(str::to_owned) {
            return self.fail(&trouble);
        }
        if self.failed {
            return;
        }
        if let Err(error) = self.try_tend_log() {
            self.fail(&error.to_string());
        }
    }

    fn try_tend_log(&mut self) -> rusqlite::Result<()> {
        let page = schema::PAGE_SIZE.unsigned_abs();
        let log = sweep(&self.db, Sweep::Look)?;
        let (size, uncopied) = (log.pages * page, log.uncopied * page);
        let usual = self.options.log_bytes;
        if size < usual {
            self.patience = 0;
        } else if uncopied > usual / 8 && size < usual * LOG_LIMIT {
            self.sweeper.ask();
        } else if size >= self.patience {
            let blocked = sweep(&self.db, Sweep::Restart)?.blocked;
            self.patience = if blocked { size + usual / 2 } else { 0 };
        }
        Ok(())
    }

    /// Whether the disk has less room than the operator wants kept.
    fn below_floor(&self) -> bool {
        match (self.options.free_bytes)(&self.folder) {
            Ok(free) => free < self.options.min_free_bytes,
            // Not knowing is no reason to stop: a full disk says so itself.
            Err(_) => false,
        }
    }

    fn roll_back(&mut self) {
        if !self.db.is_autocommit()
            && let Err(error) = execute(&self.db, "ROLLBACK")
        {
            self.fail(&error.to_string());
        }
    }

    /// What a broken transaction means for those who wait, and for the store.
    fn broken(&mut self, why: Broken) -> AppendError {
        match why {
            Broken::Full => AppendError::Full,
            Broken::Busy => {
                AppendError::Unavailable("another program has locked the events file".into())
            }
            Broken::RingTaken(id) => rules::ring_taken(id),
            Broken::Refused(why) => why,
            Broken::Failed(message) => {
                self.fail(&message);
                AppendError::Unknown(message)
            }
        }
    }

    /// Stops writing for good and tells whoever watches.
    fn fail(&mut self, message: &str) {
        if !self.failed {
            tracing::error!(error = message, "the event store has stopped writing");
            self.failed = true;
            self.shared.failed.send_replace(Some(message.to_owned()));
        }
    }
}

/// Tells that the writer has ended, however it did.
struct Done(Arc<Shared>);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.done.send_replace(true);
    }
}

fn execute(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    db.prepare_cached(sql)?.execute([]).map(drop)
}

/// Overwrites rings in place, inside a transaction.
fn overwrite(db: &Connection, replacements: &[KeyRing]) -> Result<(), Broken> {
    for ring in replacements {
        rings::replace(db, ring)?.map_err(Broken::Refused)?;
    }
    Ok(())
}

fn held() -> AppendError {
    AppendError::Unknown("a reader holds the log with the old keys: repeat".into())
}

fn refuse(waiting: Vec<Waiting>, error: &AppendError) {
    for append in waiting {
        let _ = append.reply.send(Err(error.clone()));
    }
}

fn stopped() -> AppendError {
    AppendError::Unavailable("it has stopped after a failed write; restart it".into())
}
