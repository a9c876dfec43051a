//! Why the application cannot run.
//!
//! Depends on: `event_store`, `notary`, `operations`, `privacy`, `private_file`,
//! `projections`.

use std::net::SocketAddr;

use crate::event_store::ReadError;
use crate::event_store::sqlite::OpenError;
use crate::notary::KeeperError;
use crate::notary::key::KeyError;
use crate::operations::OperationError;
use crate::privacy::{EpochError, RegisterError};
use crate::private_file::FileError;
use crate::projections::ViewsError;

/// Why the application cannot run, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The events cannot be opened.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The servers of the events cannot be used.
    #[cfg(feature = "eventstoredb")]
    #[error(transparent)]
    Remote(#[from] crate::event_store::eventstoredb::OpenError),
    /// This build has not the engine that was asked for.
    #[cfg(not(feature = "eventstoredb"))]
    #[error(
        "this build cannot use {store}: it was made without the feature `eventstoredb`. Leave \
         --store out, or build with the default features"
    )]
    NotBuilt {
        /// What was asked for.
        store: String,
    },
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] crate::config::SettingError),
    /// The keys cannot be opened.
    #[error(transparent)]
    Keys(#[from] EpochError),
    /// The register of erasures cannot be opened.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// An erasure could not be brought about, so that nothing may be served.
    #[error("an erasure could not be finished: {0}")]
    Erasure(OperationError),
    /// Events without the keys of their texts.
    #[error(
        "there are events in {data}, but the key file {keys} is missing: no text would open. \
         Restore the key file, or name it with --keys"
    )]
    KeysMissing {
        /// The data folder.
        data: String,
        /// The key file.
        keys: String,
    },
    /// A folder cannot be made or used.
    #[error("the folder {folder} cannot be used: {why}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        why: String,
    },
    /// The events cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The views cannot be opened.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The log cannot be kept, or the store is not the one that was signed.
    #[error(transparent)]
    Log(#[from] KeeperError),
    /// The key of the log cannot be used.
    #[error(transparent)]
    LogKey(#[from] KeyError),
    /// A file beside the keys cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A witness was not given as it should be.
    #[error("{0}")]
    Witness(String),
    /// A setting about signing in cannot be used.
    #[error("{setting} cannot be used: {why}")]
    SignIn {
        /// The flag.
        setting: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {why}. Give another one with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// The address of the metrics cannot be listened on.
    #[error("cannot serve metrics on {address}: {why}. Give another address with --metrics")]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// Why.
        why: std::io::Error,
    },
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(std::io::Error),
    /// The store stopped writing.
    #[error(
        "the event store stopped: {0}. What was acknowledged is safe; look after the disk, then \
         start again"
    )]
    Fatal(String),
}
