//! Reads a stream, lets its decider answer, appends the answer.
//!
//! A retry meets the same ids and gets the first result; two writers that expect
//! the same revision cannot both win: the loser decides again on what the winner
//! wrote, unless it said which revision it had seen.
//!
//! Deliberately absent: authorisation and facts from other streams; an operation
//! brings both.
//!
//! Depends on: `domain`, `event_store`, `codec`, `clock`.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tracing::{Instrument, Span, info_span};
use uuid::Uuid;

use crate::clock::{Clock, civil_date};
use crate::codec::{self, Codec, CodecError, Envelope};
use crate::domain::values::BodyId;
use crate::domain::{Command, Decider, EventSet, Facts, Recorded, Rejection};
use crate::event_store::{
    AppendError, Appended, EventStore, Expected, KeyRing, NewEvent, ReadError, Revision,
    StoredEvent, StreamName,
};
use crate::notary::Logged;

pub use done::Done;
pub use loaded::Loaded;

use kept::Kept;

mod done;
mod kept;
mod loaded;

/// How many events one read of a stream takes.
const PAGE: usize = 500;

/// How often a command decides again after somebody else wrote first.
const TRIES: usize = 4;

/// What is asked of a stream.
#[derive(Debug, Clone)]
pub struct Intent<E> {
    /// The event proposed.
    pub proposed: E,
    /// The envelope; `recorded_at` is set anew for each decision.
    pub envelope: Envelope,
    /// The canonical body of the command, for its digest.
    pub body: Vec<u8>,
    /// The revision the caller has seen, when the command rests on it.
    pub seen: Option<Revision>,
    /// The thing the stream is about; nil where ids are codes.
    pub stream_id: Uuid,
    /// The body for which the actor acts.
    pub acting: BodyId,
    /// Whether the actor is the coordinator's staff.
    pub staff: bool,
    /// What other streams say.
    pub facts: Facts,
}

/// Why a command did not come to pass.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// A rule said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The caller had seen an older revision.
    #[error("the stream has moved on to revision {actual:?}")]
    Stale {
        /// The last revision now.
        actual: Option<Revision>,
    },
    /// Others kept writing first.
    #[error("others kept writing to the stream")]
    Contended,
    /// The same idempotency key came with another body.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The events could not be appended.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The stream could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event could not be read or written.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Loads streams and appends what their deciders say.
pub struct CommandHandler {
    store: Arc<dyn EventStore>,
    codec: Arc<Codec>,
    clock: Arc<dyn Clock>,
    kept: Kept,
    /// Held for reading from the sealing of an event until it is stored.
    sealing: tokio::sync::RwLock<()>,
}

impl CommandHandler {
    /// A handler over a store.
    pub fn new(store: Arc<dyn EventStore>, codec: Arc<Codec>, clock: Arc<dyn Clock>) -> Self {
        Self { store, codec, clock, kept: Kept::default(), sealing: tokio::sync::RwLock::default() }
    }

    /// The store under it.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// The codec it uses.
    pub fn codec(&self) -> &Arc<Codec> {
        &self.codec
    }

    /// A stream, folded, as it is in the store or as this process last left it.
    ///
    /// # Errors
    ///
    /// [`HandleError`] when it cannot be read.
    pub async fn load<D: Decider>(
        &self,
        stream: &StreamName,
    ) -> Result<Arc<Loaded<D>>, HandleError> {
        let kept = self.kept.get::<D>(stream);
        // Where nobody else can write, what this process last saw is what is.
        if let Some(loaded) = &kept
            && self.store.is_exclusive()
        {
            return Ok(loaded.clone());
        }
        self.refresh::<D>(stream, kept).await
    }

    fn refresh<'a, D: Decider>(
        &'a self,
        stream: &'a StreamName,
        known: Option<Arc<Loaded<D>>>,
    ) -> BoxFuture<'a, Result<Arc<Loaded<D>>, HandleError>> {
        Box::pin(self.reread(stream, known))
    }

    async fn reread<D: Decider>(
        &self,
        stream: &StreamName,
        known: Option<Arc<Loaded<D>>>,
    ) -> Result<Arc<Loaded<D>>, HandleError> {
        let from = known.as_ref().and_then(|known| known.revision).map_or(0, |last| last + 1);
        let mut page = self.store.read_stream(stream, from, PAGE).await?;
        if page.is_empty() {
            return Ok(known.unwrap_or_default());
        }
        let mut loaded = known.map_or_else(Loaded::default, |known| (*known).clone());
        loop {
            let full = page.len() == PAGE;
            for stored in &page {
                self.apply(&mut loaded, stored)?;
            }
            let next = loaded.revision.map_or(0, |last| last + 1);
            if !full {
                break;
            }
            page = self.store.read_stream(stream, next, PAGE).await?;
        }
        let loaded = Arc::new(loaded);
        self.kept.insert(stream, loaded.clone());
        Ok(loaded)
    }

    fn apply<D: Decider>(
        &self,
        loaded: &mut Loaded<D>,
        stored: &StoredEvent,
    ) -> Result<(), CodecError> {
        let fact: Recorded<D::Event> = self.codec.read(stored)?;
        D::evolve(&mut loaded.state, &fact);
        loaded.revision = Some(stored.revision);
        loaded.recorded_at = fact.recorded_at;
        loaded.position = stored.position;
        loaded.events.push(stored.id);
        Ok(())
    }

    /// Carries out a command on a stream.
    ///
    /// # Errors
    ///
    /// [`HandleError`] says which rule, which revision or which fault stood against it.
    pub fn handle<'a, D: Decider>(
        &'a self,
        stream: &'a StreamName,
        intent: Intent<D::Event>,
    ) -> BoxFuture<'a, Result<Done, HandleError>> {
        self.handle_erasing::<D>(stream, intent, &[])
    }

    /// Carries out a command whose events say that keys were destroyed, and puts `rings`
    /// in the place of those that held them.
    ///
    /// # Errors
    ///
    /// As [`CommandHandler::handle`].
    pub fn handle_erasing<'a, D: Decider>(
        &'a self,
        stream: &'a StreamName,
        intent: Intent<D::Event>,
        rings: &'a [KeyRing],
    ) -> BoxFuture<'a, Result<Done, HandleError>> {
        let span = span(stream, intent.envelope.command_id);
        Box::pin(self.decide_and_append::<D>(stream, intent, rings).instrument(span))
    }

    async fn decide_and_append<D: Decider>(
        &self,
        stream: &StreamName,
        mut intent: Intent<D::Event>,
        rings: &[KeyRing],
    ) -> Result<Done, HandleError> {
        let first = codec::event_id(intent.envelope.command_id, 0);
        let mut loaded = self.load::<D>(stream).await?;
        for _ in 0..TRIES {
            if loaded.events.contains(&first) {
                return self.already_done(stream, first, &intent.body).await;
            }
            if intent.seen.is_some() && intent.seen != loaded.revision {
                return Err(HandleError::Stale { actual: loaded.revision });
            }
            let at = self.clock.now().max(codec::next_micro(loaded.recorded_at));
            intent.envelope.recorded_at = at;
            let events = D::decide(&loaded.state, command(&intent, first, at))?;
            if events.is_empty() {
                return Ok(Done {
                    event_id: first,
                    revision: loaded.revision.unwrap_or_default(),
                    position: loaded.position,
                    recorded_at: loaded.recorded_at,
                    already: true,
                    leaf: None,
                });
            }
            match self.append::<D>(stream, &loaded, &events, &intent, rings).await {
                // The same command at the same moment, here or on another node: what is
                // stored was sealed there, and the answer is of what is stored.
                Ok(None) => {
                    let known = self.kept.get::<D>(stream);
                    self.refresh::<D>(stream, known).await?;
                    return self.already_done(stream, first, &intent.body).await;
                }
                Ok(Some(done)) => return Ok(done),
                // Somebody wrote first: decide again on what they wrote.
                Err(HandleError::Append(AppendError::Conflict { .. })) => {
                    let known = self.kept.get::<D>(stream);
                    loaded = self.refresh::<D>(stream, known).await?;
                }
                Err(other) => return Err(other),
            }
        }
        Err(HandleError::Contended)
    }

    /// Appends, unless the command had been carried out before.
    async fn append<D: Decider>(
        &self,
        stream: &StreamName,
        loaded: &Arc<Loaded<D>>,
        events: &[D::Event],
        intent: &Intent<D::Event>,
        rings: &[KeyRing],
    ) -> Result<Option<Done>, HandleError> {
        let _sealing = self.sealing.read().await;
        if !self.codec.may_seal() {
            let why = "the key file, which other nodes may change, cannot be read".to_owned();
            return Err(AppendError::Unavailable(why).into());
        }
        let sealed_at = Instant::now();
        let written = self.codec.write(stream, events, &intent.envelope, &intent.body)?;
        let expected = loaded.revision.map_or(Expected::NoStream, Expected::Exact);
        let stored = self.store_sealed(stream, expected, &written, rings, sealed_at).await?;
        let Some(appended) = stored else { return Ok(None) };
        self.remember::<D>(stream, loaded, expected, &written, appended)?;
        Ok(Some(done::done(stream, expected, &written, appended, intent.envelope.recorded_at)))
    }

    /// Stores what was sealed at that instant; `None` when it was stored before.
    async fn store_sealed(
        &self,
        stream: &StreamName,
        expected: Expected,
        written: &[NewEvent],
        rings: &[KeyRing],
        sealed_at: Instant,
    ) -> Result<Option<Appended>, HandleError> {
        let store = async || match rings {
            [] => self.store.append(stream, expected, written.to_vec()).await,
            _ => {
                self.store.append_erasing(stream, expected, written.to_vec(), rings.to_vec()).await
            }
        };
        let appended = match store().await {
            // The same bytes again tell whether they were stored.
            Err(AppendError::Unknown(_)) => store().await?,
            other => other?,
        };
        if appended.already_done {
            return Ok(None);
        }
        if sealed_at.elapsed() >= codec::FRESH {
            // Another node may have changed the epoch meanwhile: nothing is acknowledged that
            // would not open.
            let kept = self.codec.keep_up(&*self.store).await;
            kept.map_err(|why| AppendError::Unknown(why.to_string()))?;
        }
        Ok(Some(appended))
    }

    /// Keeps what was just appended, so that the next command need not read it.
    fn remember<D: Decider>(
        &self,
        stream: &StreamName,
        loaded: &Arc<Loaded<D>>,
        expected: Expected,
        written: &[NewEvent],
        appended: Appended,
    ) -> Result<(), CodecError> {
        let mut next = (**loaded).clone();
        for (revision, event) in (expected.next()..).zip(written) {
            let stored = StoredEvent {
                position: appended.position,
                stream: stream.clone(),
                revision,
                id: event.id,
                stored_type: event.stored_type.clone(),
                data: event.data.clone(),
                metadata: event.metadata.clone(),
            };
            self.apply(&mut next, &stored)?;
        }
        let newer = self.kept.get::<D>(stream).is_some_and(|known| known.revision > next.revision);
        if !newer {
            self.kept.insert(stream, Arc::new(next));
        }
        Ok(())
    }

    async fn already_done(
        &self,
        stream: &StreamName,
        first: Uuid,
        body: &[u8],
    ) -> Result<Done, HandleError> {
        let stored = self.store.find_command(stream, first).await?.ok_or_else(|| {
            ReadError::Unavailable("an event that was read is no longer found".into())
        })?;
        let metadata = codec::metadata(&stored)?;
        let digest = self.codec.digest_of(&*self.store, &stored, body).await?;
        if digest.is_some_and(|digest| digest != metadata.command_digest.as_str()) {
            return Err(HandleError::KeyReused);
        }
        // A command may have caused several events; the answer names the last.
        let after = self.store.read_stream(stream, stored.revision, PAGE).await?;
        let mut last = stored.clone();
        for event in after {
            if codec::metadata(&event)?.command_id == metadata.command_id {
                last = event;
            }
        }
        Ok(Done {
            event_id: first,
            revision: last.revision,
            position: last.position,
            recorded_at: metadata.recorded_at.0,
            already: true,
            leaf: done::leaf(&Logged::from(&stored)),
        })
    }

    /// Waits until everything that was sealed before is stored or refused: after a change
    /// of epoch, nothing more comes that is wrapped under the old one.
    pub async fn settle(&self) {
        drop(self.sealing.write().await);
    }

    /// Forgets every folded stream, so that the next read sees the store.
    pub fn forget(&self) {
        self.kept.clear();
    }
}

/// Under which names what is done for a command is logged.
fn span(stream: &StreamName, command: Uuid) -> Span {
    info_span!("decide_and_append", %stream, %command)
}

fn command<E: EventSet>(intent: &Intent<E>, event_id: Uuid, at: Timestamp) -> Command<E> {
    Command {
        proposed: intent.proposed.clone(),
        stream_id: intent.stream_id,
        event_id,
        body: intent.acting.clone(),
        staff: intent.staff,
        occurred_on: intent.envelope.occurred_on,
        today: civil_date(at).into(),
        facts: intent.facts.clone(),
    }
}
