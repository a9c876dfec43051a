//! Writing: one append from the first look to the certain answer.
//!
//! ```text
//! a turn on the stream ─► look, if there are keys ─► rings ─► events ─► seen at the end of the log
//!                                                        └─ no answer: the same again, same ids
//! ```
//!
//! The server recognises ids at the expected place and answers a repeated append with the
//! first result, without saying that it was one. So an append is only over once its last
//! event was read back: had it been there before, or with other bytes, it was a retry, of
//! this process or of another node.
//!
//! Deliberately absent: an order among appends to different streams. Each is on its own.
//!
//! Depends on: the port.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};

use super::Shared;
use super::client::{Believed, Client, Proposed, Trouble, Written};
use super::names::{self, Names};
use super::reading::GREATEST;
use crate::event_store::rules::{self, Verdict};
use crate::event_store::{
    AppendError, Appended, Expected, GlobalPosition, KeyRing, NewEvent, ReadError, Revision,
    StoredEvent, StreamName,
};

/// Streams that take turns share one of so many places.
const PLACES: usize = 1_024;

/// How long an append waits for the tail to show what it wrote, before it asks itself.
const SHOWN: Duration = Duration::from_millis(250);

/// How long it waits then for the tail to come there, so that what is acknowledged is read
/// at once.
const REACHED: Duration = Duration::from_secs(5);

/// Lets appends to one stream take turns, since only one of them can be right.
pub(super) struct Turns {
    hasher: RandomState,
    places: Vec<Mutex<()>>,
    nonces: AtomicU64,
}

impl Default for Turns {
    fn default() -> Self {
        let places = (0..PLACES).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), places, nonces: AtomicU64::new(0) }
    }
}

impl Turns {
    /// A number that no other call gets, here or on another node.
    pub(super) fn nonce(&self) -> u64 {
        self.hasher.hash_one(self.nonces.fetch_add(1, Ordering::Relaxed))
    }

    async fn wait(&self, stream: &StreamName) -> Option<MutexGuard<'_, ()>> {
        let hash = self.hasher.hash_one(stream.as_str());
        let place = usize::try_from(hash).unwrap_or_default() % PLACES;
        match self.places.get(place) {
            Some(place) => Some(place.lock().await),
            None => None,
        }
    }
}

/// A batch and where it is to go.
pub(super) struct Batch {
    pub(super) stream: StreamName,
    pub(super) expected: Expected,
    pub(super) events: Vec<NewEvent>,
    /// Rings to put in the place of others.
    pub(super) replaced: Vec<KeyRing>,
}

impl Batch {
    fn last_revision(&self) -> Revision {
        self.expected.next().saturating_add(to_u64(self.events.len())).saturating_sub(1)
    }
}

impl Shared {
    /// Carries out an append, whoever still waits for it.
    pub(super) async fn append(&self, batch: Batch) -> Result<Appended, AppendError> {
        let open = self.open.read().await;
        if !*open {
            return Err(rules::closed());
        }
        if names::is_reserved(&batch.stream) {
            return Err(AppendError::Unavailable(format!("{} is the engine's", batch.stream)));
        }
        let _turn = self.turns.wait(&batch.stream).await;
        let seen = self.seen();
        let brings = batch.events.iter().any(|event| event.keys.is_some());
        let impossible = matches!(batch.expected, Expected::Exact(last) if last >= GREATEST - 64);
        if brings || impossible || !batch.replaced.is_empty() {
            // Keys go first, so that it has to be known now whether the events can follow.
            if let Some(outcome) = self.look(&batch).await? {
                return outcome;
            }
            check_ids(&batch.events)?;
            let replacing = self.check_rings(&batch.replaced).await?;
            let added = self.add_rings(&batch.events).await?;
            self.put_rings(replacing).await?;
            let outcome = self.write(&batch, seen).await;
            if matches!(outcome, Err(AppendError::Conflict { .. })) {
                // Somebody came in between: nothing refers to these keys.
                self.drop_rings(&added).await;
            }
            return outcome;
        }
        self.write(&batch, seen).await
    }

    /// The last position that is known to be written.
    fn seen(&self) -> GlobalPosition {
        GlobalPosition(self.appended.load(Ordering::Acquire)).max(self.tail.head())
    }

    async fn write(&self, batch: &Batch, seen: GlobalPosition) -> Result<Appended, AppendError> {
        let events: Vec<Proposed> = batch.events.iter().map(Names::proposed).collect();
        let name = self.names.on_server(&batch.stream);
        match self.put(&name, believed(batch.expected), &events).await {
            Ok(written) => self.confirm(batch, written, seen).await,
            Err(Put::Wrong) => match self.look(batch).await.map_err(doubted)? {
                Some(outcome) => outcome,
                // It stands where it was believed to stand, and still the server said no.
                None => Err(AppendError::Unavailable("the server contradicts itself".into())),
            },
            // A repeated batch of which a part is different may be refused in another way.
            Err(Put::Refused(why)) => match self.look(batch).await.map_err(doubted)? {
                Some(outcome) => outcome,
                None => Err(AppendError::Unavailable(why)),
            },
            Err(Put::Failed(why)) => Err(why),
        }
    }

    /// Compares a batch with its stream: an outcome, unless it can be appended.
    async fn look(
        &self,
        batch: &Batch,
    ) -> Result<Option<Result<Appended, AppendError>>, AppendError> {
        let last = self.last(&batch.stream).await.map_err(unread)?;
        let actual = last.map(|record| record.revision);
        let conflict = Err(AppendError::Conflict { actual });
        Ok(match rules::judge(batch.expected, actual, batch.events.len()) {
            Verdict::Append(_) => None,
            Verdict::Conflict => Some(conflict),
            Verdict::Compare(first) => {
                let there = self.stream(&batch.stream, first, batch.events.len()).await;
                let there = there.map_err(unread)?;
                let same = there.iter().map(|event| event.id).eq(ids(&batch.events));
                Some(match there.last().filter(|_| same) {
                    Some(last) => Ok(Appended {
                        first_revision: first,
                        last_revision: last.revision,
                        position: last.position,
                        already_done: true,
                    }),
                    None => conflict,
                })
            }
        })
    }

    /// Reads back what the server says was written.
    async fn confirm(
        &self,
        batch: &Batch,
        written: Written,
        seen: GlobalPosition,
    ) -> Result<Appended, AppendError> {
        let last_revision = batch.last_revision();
        let place = written.place.filter(|_| written.revision == last_revision);
        let shown = match place {
            // Of several events, the place may be that of the first or of the last.
            Some(place) => {
                let from = GlobalPosition(place.commit.min(place.prepare));
                self.tail.wait_for(&batch.stream, last_revision, from, SHOWN).await
            }
            None => None,
        };
        let stored = if shown.is_some() {
            shown
        } else {
            let read = self.stream(&batch.stream, last_revision, 1).await;
            let stored = read.map_err(|why| AppendError::Unknown(why.to_string()))?.pop();
            if let Some(stored) = &stored {
                // It is stored in any case; a tail that fails is told of elsewhere.
                self.tail.reach(stored.position, REACHED).await;
            }
            stored
        };
        let (Some(stored), Some(sent)) = (stored, batch.events.last()) else {
            return Err(AppendError::Unknown("what was written is not there yet".into()));
        };
        if stored.id != sent.id {
            return Err(AppendError::Conflict { actual: Some(stored.revision) });
        }
        self.appended.fetch_max(stored.position.0, Ordering::AcqRel);
        Ok(Appended {
            first_revision: batch.expected.next(),
            last_revision,
            position: stored.position,
            already_done: stored.position <= seen || !is_same(&stored, sent),
        })
    }

    /// Appends to a stream of the server, the same again until the outcome is known.
    pub(super) async fn put(
        &self,
        name: &str,
        believed: Believed,
        events: &[Proposed],
    ) -> Result<Written, Put> {
        let mut attempts = self.supervisor.attempts();
        let mut doubt = None;
        loop {
            let call = |client: Client| client.append(name.to_owned(), believed, events.to_vec());
            let why = match self.supervisor.once(call).await {
                Ok(written) => return Ok(written),
                Err(Trouble::WrongRevision) => return Err(Put::Wrong),
                Err(why @ Trouble::Doubtful(_)) => {
                    doubt = Some(why.to_string());
                    why
                }
                Err(why) if why.may_pass() => why,
                Err(why) => return Err(Put::Refused(why.to_string())),
            };
            if !attempts.another().await {
                return Err(Put::Failed(match doubt {
                    Some(doubt) => AppendError::Unknown(doubt),
                    None => AppendError::Unavailable(why.to_string()),
                }));
            }
        }
    }
}

/// Why nothing was written, or nobody knows.
pub(super) enum Put {
    /// The stream stands elsewhere.
    Wrong,
    /// The server will not take it.
    Refused(String),
    /// Patience is over.
    Failed(AppendError),
}

impl From<Put> for AppendError {
    fn from(put: Put) -> Self {
        match put {
            Put::Wrong => Self::Unavailable("somebody else wrote at the same time".into()),
            Put::Refused(why) => Self::Unavailable(why),
            Put::Failed(why) => why,
        }
    }
}

pub(super) fn believed(expected: Expected) -> Believed {
    match expected {
        Expected::NoStream => Believed::NoStream,
        Expected::Exact(revision) => Believed::At(revision),
    }
}

fn ids(events: &[NewEvent]) -> impl Iterator<Item = uuid::Uuid> + '_ {
    events.iter().map(|event| event.id)
}

fn is_same(stored: &StoredEvent, sent: &NewEvent) -> bool {
    stored.data == sent.data && stored.metadata == sent.metadata
}

/// Two rings of one batch cannot share an id.
fn check_ids(events: &[NewEvent]) -> Result<(), AppendError> {
    let mut seen = HashSet::new();
    let mut rings = events.iter().filter_map(|event| event.keys.as_ref());
    match rings.find(|ring| !seen.insert(ring.id)) {
        Some(twin) => Err(rules::ring_taken(twin.id)),
        None => Ok(()),
    }
}

/// Nothing was written yet when a look fails.
pub(super) fn unread(why: ReadError) -> AppendError {
    match why {
        ReadError::Unavailable(why) => AppendError::Unavailable(why),
        other @ ReadError::ForeignBookmark => AppendError::Unavailable(other.to_string()),
    }
}

/// An earlier attempt may have been carried out before a look fails.
fn doubted(why: AppendError) -> AppendError {
    match why {
        AppendError::Unavailable(why) => AppendError::Unknown(why),
        other => other,
    }
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
