//! Opening a store: the checks that turn a surprise next month into a sentence now.
//!
//! Deliberately absent: the making of users and rights on the server.
//!
//! Depends on: the port.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::RwLock;
use tokio::time::Instant;
use uuid::Uuid;

use super::Shared;
use super::ahead::Ahead;
use super::append::Turns;
use super::client::{Chosen, Client, Settings, Trouble};
use super::names::Names;
use super::standing::{self, Scavenge};
use super::supervisor::Supervisor;
use super::tail::Tail;
use crate::event_store::ReadError;

/// How often a server that is not there yet is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// How often it is said that it is waited for.
const TELL: Duration = Duration::from_secs(30);

/// How long a plain connection may take that is to tell why there is no answer.
const PLAIN: Duration = Duration::from_secs(2);

/// What is the matter, most probably, when something listens and does not answer.
const NO_TLS: &str = " (something listens there: it has no TLS, or its certificate is not signed \
                      by an authority of tlsCaFile, of this machine without it, or is for another \
                      name)";
const NO_PLAIN: &str = " (something listens there: it is another service, or wants TLS)";

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct EventStoreDbOptions {
    /// The identity for a new store, if there may be none yet.
    pub create: Option<Uuid>,
    /// How long one call may take.
    pub deadline: Duration,
    /// How long an operation is tried again, while servers fail or change their leader.
    pub patience: Duration,
    /// How long a server that is not there yet is waited for at the start; `None` for as
    /// long as it takes.
    pub start: Option<Duration>,
}

impl Default for EventStoreDbOptions {
    fn default() -> Self {
        Self {
            create: None,
            deadline: Duration::from_secs(5),
            patience: Duration::from_secs(10),
            start: Some(Duration::from_secs(30)),
        }
    }
}

/// Why a store could not be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL, or a file that it names, cannot be used.
    #[error("the address of the event store cannot be used: {why}")]
    Address {
        /// What is wrong, without any of the URL.
        why: String,
    },
    /// Nobody answers.
    #[error(
        "{node} does not answer: {why}. See that the server runs and can be reached from here, \
         and that tls in the URL says what the server does: tls=false without certificates, \
         tlsCaFile=FILE for those of your own"
    )]
    Unreachable {
        /// The server.
        node: String,
        /// What happened.
        why: String,
    },
    /// The user has not the rights.
    #[error(
        "{node} does not let this user in: check user and password in the URL (with % escapes \
         where they hold signs); it must read and write streams and read $all"
    )]
    Denied {
        /// The server.
        node: String,
    },
    /// There is no store, and none was to be made.
    #[error(
        "{node} holds no store of quesito yet: `quesito serve` or `quesito import` with the same \
         --store makes one"
    )]
    Missing {
        /// The server.
        node: String,
    },
    /// The server refuses something that the engine cannot do without.
    #[error("{node} cannot be used: {why}")]
    Refused {
        /// The server.
        node: String,
        /// What it said.
        why: String,
    },
    /// The engine has no threads to run on.
    #[error("the engine cannot start: {0}")]
    Threads(std::io::Error),
}

/// Connects, and reads what has to be known at once.
pub(super) async fn open(
    settings: Arc<Settings>,
    names: Names,
    options: EventStoreDbOptions,
) -> Result<Arc<Shared>, OpenError> {
    let node = settings.nodes();
    let failed = |why| told(&node, why);
    let supervisor = Supervisor::new(Arc::clone(&settings), options.patience).map_err(failed)?;
    let (supervisor, names) = (Arc::new(supervisor), Arc::new(names));
    let chosen = reach(&supervisor, &settings, options.start).await?;
    let store = standing::identity(&supervisor, &names, options.create).await.map_err(failed)?;
    let Some(store) = store else { return Err(OpenError::Missing { node }) };
    let unread = |why: ReadError| OpenError::Refused { node: node.clone(), why: why.to_string() };
    let scavenge = Scavenge::of(&supervisor, &names).await.map_err(unread)?;
    let tail = Tail::find(&supervisor, &names).await.map_err(unread)?;
    let tail = Arc::new(tail);
    let Chosen { node: at, version } = &chosen;
    tracing::info!(store.id = %store, node = at, version, head = tail.head().0, "event store opened");
    supervisor.choose(chosen);
    Ok(Arc::new(Shared {
        nodes: node,
        store,
        supervisor,
        names,
        tail,
        ahead: Ahead::default(),
        scavenge,
        open: RwLock::new(true),
        turns: Turns::default(),
        appended: AtomicU64::new(0),
        waiting: AtomicUsize::new(0),
        rings: tokio::sync::Mutex::default(),
    }))
}

/// Waits for a server, and says now and then that it does.
async fn reach(
    supervisor: &Supervisor,
    settings: &Settings,
    start: Option<Duration>,
) -> Result<Chosen, OpenError> {
    let begun = Instant::now();
    let mut told_at = None;
    loop {
        let why = match supervisor.once(Client::chosen).await {
            Ok(chosen) => return Ok(chosen),
            Err(why) => why,
        };
        let over = start.is_some_and(|start| begun.elapsed() + LOOK >= start);
        if over || !why.may_pass() {
            return Err(explained(settings, why).await);
        }
        if told_at.is_none_or(|told: Instant| told.elapsed() >= TELL) {
            told_at = Some(Instant::now());
            let why = explained(settings, why).await;
            tracing::warn!("waiting for the event store: {why}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Why nobody answers, with what a plain connection can tell of it.
async fn explained(settings: &Settings, why: Trouble) -> OpenError {
    let node = settings.nodes();
    let mut why = told(&node, why);
    if let OpenError::Unreachable { why, .. } = &mut why {
        for server in node.split(',') {
            let connected = tokio::time::timeout(PLAIN, TcpStream::connect(server)).await;
            if matches!(connected, Ok(Ok(_))) {
                let listens = if settings.is_secure() { NO_TLS } else { NO_PLAIN };
                why.push_str(listens);
                break;
            }
        }
    }
    why
}

fn told(node: &str, why: Trouble) -> OpenError {
    let node = node.to_owned();
    match why {
        Trouble::Denied => OpenError::Denied { node },
        why if why.may_pass() => OpenError::Unreachable { node, why: why.to_string() },
        why => OpenError::Refused { node, why: why.to_string() },
    }
}
