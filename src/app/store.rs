//! Which engine holds the events, and how it is opened.
//!
//! Depends on: `event_store`, `config`.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use super::{Access, AppError, private_folder};
use crate::config::{Data, StoreUrl};
use crate::event_store::sqlite::{SqliteOptions, SqliteStore};
use crate::event_store::{EventStore, GlobalPosition};

/// An open store.
pub(super) struct Opened {
    pub(super) store: Arc<dyn EventStore>,
    /// The engine, by name.
    pub(super) name: &'static str,
    /// Tells when a write could not be made durable, on engines where that ends the process.
    pub(super) failed: Option<watch::Receiver<Option<String>>>,
}

/// Opens the store that the settings name; `id` is for a new one.
pub(super) async fn open(data: &Data, access: Access, id: Uuid) -> Result<Opened, AppError> {
    let creates = matches!(access, Access::Create | Access::Serve);
    if creates {
        private_folder(&data.folder)?;
    }
    match &data.store {
        Some(url) => {
            let store = remote(url, creates.then_some(id), access == Access::Serve).await?;
            if store.head().await? > GlobalPosition::START {
                keys_present(data, url)?;
            }
            Ok(Opened { store, name: "eventstoredb", failed: None })
        }
        None => local(data, access, id),
    }
}

fn local(data: &Data, access: Access, id: Uuid) -> Result<Opened, AppError> {
    let events = data.events();
    if events.exists() {
        keys_present(data, &data.folder.display())?;
    }
    let store = match access {
        Access::Create | Access::Serve => SqliteStore::open(&events, SqliteOptions::creating(id))?,
        Access::Write => SqliteStore::open(&events, SqliteOptions::default())?,
        Access::Read => SqliteStore::open_read_only(&events)?,
    };
    let failed = Some(store.failed());
    Ok(Opened { store: Arc::new(store), name: "sqlite", failed })
}

/// Events whose key file is elsewhere are not opened: the texts would not open, and new
/// ones would be sealed under other keys.
fn keys_present(data: &Data, events: &impl ToString) -> Result<(), AppError> {
    if data.keys.exists() {
        return Ok(());
    }
    let keys = data.keys.display().to_string();
    Err(AppError::KeysMissing { data: events.to_string(), keys })
}

/// Opens a store by its URL alone: `sqlite:DIR`, `esdb://…`, `esdb+discover://…`. With an
/// identity it is opened for writing, and made when it is not there.
///
/// # Errors
///
/// [`AppError`] says what to do.
pub async fn open_store(url: &str, create: Option<Uuid>) -> Result<Arc<dyn EventStore>, AppError> {
    let Some(folder) = url.strip_prefix("sqlite:") else {
        return remote(&StoreUrl::new(url)?, create, false).await;
    };
    let folder = Path::new(folder);
    let events = folder.join("events.db");
    Ok(Arc::new(match create {
        Some(id) => {
            private_folder(folder)?;
            SqliteStore::open(&events, SqliteOptions::creating(id))?
        }
        None => SqliteStore::open_read_only(&events)?,
    }))
}

#[cfg(feature = "eventstoredb")]
async fn remote(
    url: &StoreUrl,
    create: Option<Uuid>,
    wait: bool,
) -> Result<Arc<dyn EventStore>, AppError> {
    use crate::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions};

    let usual = EventStoreDbOptions::default();
    let start = if wait { None } else { usual.start };
    let options = EventStoreDbOptions { create, start, ..usual };
    Ok(Arc::new(EventStoreDb::open(url.secret(), options).await?))
}

#[cfg(not(feature = "eventstoredb"))]
async fn remote(url: &StoreUrl, _: Option<Uuid>, _: bool) -> Result<Arc<dyn EventStore>, AppError> {
    Err(AppError::NotBuilt { store: url.to_string() })
}
