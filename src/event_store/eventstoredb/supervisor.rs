//! Owns the client: one deadline around every call, and another client when this one has
//! stopped being of use.
//!
//! The client crate never recovers from a connection that failed once, and does not look
//! for another node when its own dies. So it is thrown away and made anew: after a lost
//! connection always, after a failing or silent server too, since in a cluster another
//! node may lead by now. Each new client reads the certificates of the machine, so that it
//! is made ever more seldom while nobody answers.
//!
//! Deliberately absent: the repeating of writes, which needs to know what may have been
//! written ([`super::append`]).
//!
//! Depends on: the port.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::client::{Chosen, Client, Settings, Trouble};
use crate::event_store::ReadError;

/// How long the first and the longest rest between two attempts is.
const RESTS: (Duration, Duration) = (Duration::from_millis(25), Duration::from_secs(1));

/// A new client at most so often: at first, and once nobody has answered for [`LONG`].
const RENEWALS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(1));

/// How long nobody answers before nothing is lost by asking more seldom.
const LONG: Duration = Duration::from_secs(2);

/// How the servers have been answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Health {
    /// The last call was answered.
    Well,
    /// No call has been answered since.
    Ill {
        /// Since when.
        since: Instant,
        /// What went wrong last.
        why: String,
    },
}

/// The client in use, and what is known of it.
struct Current {
    client: Client,
    number: u64,
    made: Instant,
}

/// Calls the servers.
pub(super) struct Supervisor {
    settings: Arc<Settings>,
    current: Mutex<Current>,
    health: watch::Sender<Health>,
    chosen: Mutex<Option<Chosen>>,
    /// How long an operation is tried again before it is given up.
    pub(super) patience: Duration,
}

/// The growing rests between attempts, up to a moment.
pub(super) struct Attempts {
    until: Instant,
    rest: Duration,
}

impl Attempts {
    /// Rests; false when there is no time for another attempt.
    pub(super) async fn another(&mut self) -> bool {
        let rest = self.rest;
        if Instant::now() + rest >= self.until {
            return false;
        }
        tokio::time::sleep(rest).await;
        self.rest = (rest * 2).min(RESTS.1);
        true
    }
}

impl Supervisor {
    /// Makes the first client, on the runtime of the caller.
    pub(super) fn new(settings: Arc<Settings>, patience: Duration) -> Result<Self, Trouble> {
        let current = Current { client: Client::new(&settings)?, number: 0, made: Instant::now() };
        let health = watch::Sender::new(Health::Well);
        let (current, chosen) = (Mutex::new(current), Mutex::default());
        Ok(Self { settings, current, health, chosen, patience })
    }

    /// The server that answered last, once one has.
    pub(super) fn chosen(&self) -> Option<Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers which server answered.
    pub(super) fn choose(&self, chosen: Chosen) {
        let mut before = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if before.as_ref().is_some_and(|before| *before != chosen) {
            let Chosen { node, version } = &chosen;
            tracing::info!(%node, %version, "another server of the event store answers");
        }
        *before = Some(chosen);
    }

    /// How the servers have been answering.
    pub(super) fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// The attempts that one operation has. When nothing has been answered for longer than
    /// that already, it is one: whoever waits is told at once.
    pub(super) fn attempts(&self) -> Attempts {
        let now = Instant::now();
        let long_ill = match &*self.health.borrow() {
            Health::Ill { since, .. } => now.duration_since(*since) > self.patience,
            Health::Well => false,
        };
        let until = if long_ill { now } else { now + self.patience };
        Attempts { until, rest: RESTS.0 }
    }

    /// One call, within the deadline.
    pub(super) async fn once<T, F>(&self, call: impl FnOnce(Client) -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        // A page is read event by event, each in time; this is for what never ends.
        self.within(self.settings.deadline * 4, call).await
    }

    /// One call, within a time of its own.
    pub(super) async fn within<T, F>(
        &self,
        time: Duration,
        call: impl FnOnce(Client) -> F,
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let (client, number) = {
            let current = self.current();
            (current.client.clone(), current.number)
        };
        let outcome = tokio::time::timeout(time, call(client)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Trouble::Doubtful("the time is over".into())));
        match &outcome {
            Err(Trouble::Unconnected(why) | Trouble::Doubtful(why)) => self.ail(number, why),
            // The crate itself turns to the leader that the answer named.
            Err(Trouble::NotLeader) => {}
            Ok(_) | Err(_) => self.recover(),
        }
        outcome
    }

    /// A call that changes nothing, tried again for as long as patience lasts.
    pub(super) async fn ask<T, F>(&self, call: impl Fn(Client) -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let mut attempts = self.attempts();
        loop {
            match self.once(&call).await {
                Err(why) if why.may_pass() => {
                    if !attempts.another().await {
                        return Err(why);
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// As [`Supervisor::ask`], for those who read.
    pub(super) async fn read<T, F>(&self, call: impl Fn(Client) -> F) -> Result<T, ReadError>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        self.ask(call).await.map_err(|why| ReadError::Unavailable(why.to_string()))
    }

    fn recover(&self) {
        let before = self.health.send_replace(Health::Well);
        if let Health::Ill { since, .. } = before {
            let seconds = since.elapsed().as_secs_f64();
            tracing::info!(seconds, "the event store answers again");
        }
    }

    fn ail(&self, number: u64, why: &str) {
        // A call of a client that was given up says nothing of the one in use.
        if self.current().number != number {
            return;
        }
        let since = match &*self.health.borrow() {
            Health::Ill { since, .. } => *since,
            Health::Well => {
                tracing::warn!(%why, "the event store does not answer");
                Instant::now()
            }
        };
        self.health.send_replace(Health::Ill { since, why: why.to_owned() });
        let rest = if since.elapsed() < LONG { RENEWALS.0 } else { RENEWALS.1 };
        self.renew(number, rest);
    }

    /// Puts another client in the place of this one, unless somebody has just done so.
    fn renew(&self, number: u64, rest: Duration) {
        let mut current = self.current();
        if current.number != number || current.made.elapsed() < rest {
            return;
        }
        match Client::new(&self.settings) {
            Ok(client) => {
                *current = Current { client, number: number + 1, made: Instant::now() };
            }
            Err(why) => tracing::error!(%why, "no client can be made"),
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
