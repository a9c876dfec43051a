//! What can be asked of the product: one path for the API, the web and imports.
//!
//! A command goes through the same steps whatever it is about ([`record`]):
//! who acts and for whom → what the command refers to and what other streams say
//! of it ([`references`]) → may the actor do this ([`subject`] says to what) →
//! the decider → the store. Nothing here reads a view to decide.
//!
//! Depends on: `access`, `command_handler`, `codec`, `domain`, `privacy`, `fetch`,
//! `mail`.

pub mod accounts;
pub mod authenticate;
pub mod documents;
pub mod erasure;
mod lease;
pub mod links;
pub mod notices;
mod operational;
pub mod providers;
pub mod reads;
pub mod record;
pub mod references;
pub mod registration;
pub mod rotation;
pub mod sessions;
pub mod settling;
pub mod subject;
mod texts;
pub mod tokens;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use object_store::ObjectStore;

use crate::access::Denial;
use crate::access::providers::Providers;
use crate::clock::Clock;
use crate::command_handler::{CommandHandler, HandleError};
use crate::domain::Rejection;
use crate::event_store::AppendError;
use crate::fetch::{Fetch, Http};
use crate::mail::Mail;
use crate::privacy::ErasureRegister;

pub use record::{Receipt, Submission, Target};

/// Everything an operation needs.
pub struct Operations {
    /// Loads streams and appends decisions.
    pub handler: CommandHandler,
    /// Time.
    pub clock: Arc<dyn Clock>,
    documents: Arc<dyn ObjectStore>,
    register: Arc<ErasureRegister>,
    /// Held by whoever reads rings of keys in order to replace them.
    changing_keys: tokio::sync::Mutex<()>,
    /// Whether an erasure may be in the log and not in the register.
    unfinished: AtomicBool,
    /// Held by the one change of epoch under way.
    rotating: tokio::sync::Mutex<()>,
    in_flight: record::InFlight,
    known_tokens: tokio::sync::Mutex<tokens::KnownTokens>,
    reads: tokio::sync::Mutex<()>,
    known_accounts: tokio::sync::Mutex<accounts::KnownAccounts>,
    creating: tokio::sync::Mutex<()>,
    sign_ins: sessions::SignIns,
    providers: providers::KnownProviders,
    links: links::Links,
    noticing: notices::Noticing,
}

/// A fault in one field of what a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// JSON pointer of the field.
    pub pointer: String,
    /// A stable word for the kind of fault, such as `unknown_body` or `E_DATE`.
    pub kind: &'static str,
    /// What is wrong, in Italian.
    pub detail: String,
    /// A value that would do, when one can be guessed.
    pub hint: Option<String>,
}

/// Why an operation did not come to pass.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// A rule said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Well-formed, but not processable: fields that are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldFault>),
    /// The caller had seen an older revision.
    #[error("the thing has changed since")]
    Stale,
    /// The idempotency key came with another body before.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The same command is being carried out at this moment.
    #[error("the same command is in flight")]
    InFlight,
    /// Others kept writing to the same stream.
    #[error("others kept writing")]
    Contended,
    /// More than one append takes.
    #[error("too large")]
    TooLarge,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Too much of what is costly is asked for at once.
    #[error("too much at once: again in {seconds} s")]
    Busy {
        /// After how many seconds to try again.
        seconds: u32,
    },
    /// The bytes of a document are not where this node looks for them.
    #[error("a document is not in the folder of documents of this node")]
    DocumentMissing,
    /// The store or the views are down or behind.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl From<HandleError> for OperationError {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::Rejected(why) => Self::Rejected(why),
            HandleError::Stale { .. } => Self::Stale,
            HandleError::Contended
            | HandleError::Append(AppendError::Conflict { .. } | AppendError::KeysChanged) => {
                Self::Contended
            }
            HandleError::KeyReused => Self::KeyReused,
            HandleError::Append(AppendError::Full) => Self::Full,
            HandleError::Append(AppendError::TooLarge) => Self::TooLarge,
            HandleError::Append(AppendError::Unavailable(why) | AppendError::Unknown(why)) => {
                Self::Unavailable(why)
            }
            HandleError::Read(why) => Self::Unavailable(why.to_string()),
            HandleError::Codec(why) => Self::Internal(why.to_string()),
        }
    }
}

impl Operations {
    /// Operations over a handler, with documents kept in an object store.
    pub fn new(
        handler: CommandHandler,
        clock: Arc<dyn Clock>,
        documents: Arc<dyn ObjectStore>,
    ) -> Self {
        let mut salt = [0; 16];
        clock.fill(&mut salt);
        Self {
            sign_ins: sessions::SignIns::new(clock.now(), &salt),
            providers: providers::KnownProviders::new(
                Providers::default(),
                Arc::new(Http::default()),
            ),
            links: links::Links::new(None),
            noticing: notices::Noticing::default(),
            handler,
            clock,
            documents,
            register: Arc::new(ErasureRegister::ephemeral()),
            changing_keys: tokio::sync::Mutex::default(),
            unfinished: AtomicBool::new(false),
            rotating: tokio::sync::Mutex::default(),
            in_flight: record::InFlight::default(),
            known_tokens: tokio::sync::Mutex::default(),
            reads: tokio::sync::Mutex::default(),
            known_accounts: tokio::sync::Mutex::default(),
            creating: tokio::sync::Mutex::default(),
        }
    }

    /// How many appends wait for the disk.
    pub fn waiting(&self) -> usize {
        self.handler.store().waiting()
    }

    /// These operations, entering erasures into a register that outlives the process.
    #[must_use]
    pub fn entering(mut self, register: Arc<ErasureRegister>) -> Self {
        self.register = register;
        self
    }

    /// The same operations, sending letters.
    #[must_use]
    pub fn writing(mut self, mail: Arc<dyn Mail>) -> Self {
        self.links = links::Links::new(Some(mail));
        self
    }

    /// The same operations, sending notices; `key` proves the links that stop them.
    #[must_use]
    pub fn noticing(mut self, key: [u8; 32]) -> Self {
        self.noticing = notices::Noticing::under(key);
        self
    }

    /// Who takes letters, if they are sent at all.
    pub fn mail(&self) -> Option<&Arc<dyn Mail>> {
        self.links.mail.as_ref()
    }

    /// The same operations, believing these identity providers.
    #[must_use]
    pub fn believing(mut self, providers: Providers, fetch: Arc<dyn Fetch>) -> Self {
        self.providers = providers::KnownProviders::new(providers, fetch);
        self
    }
}
