//! Several nodes on one store: the name of this one, and its eye on the key file they share.
//!
//! Depends on: `codec`, `event_store`, `config`.

use std::fs;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use super::{AppError, Engine, unusable};
use crate::codec::Codec;
use crate::event_store::EventStore;

/// How often the key file is read: a node that misses a few readings seals nothing.
const LOOK: Duration = Duration::from_secs(1);

/// How long the store may keep the next reading waiting.
const PATIENCE: Duration = Duration::from_secs(2);

/// The bytes of a name.
const NAME: usize = 4;

impl Engine {
    /// The name of this node, which stays the same over its starts; `None` where one process
    /// alone has the store.
    ///
    /// # Errors
    ///
    /// [`AppError::Folder`].
    pub fn node(&self) -> Result<Option<String>, AppError> {
        if self.store.is_exclusive() {
            return Ok(None);
        }
        let path = self.data.node();
        let named = fs::read_to_string(&path).unwrap_or_default();
        let named = named.trim();
        if named.len() == 2 * NAME && named.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Some(named.to_owned()));
        }
        let mut name = [0; NAME];
        self.clock.fill(&mut name);
        let name = crate::notary::hex(&name);
        super::private_folder(&self.data.folder)?;
        fs::write(&path, format!("{name}\n")).map_err(|why| unusable(&path, &why))?;
        Ok(Some(name))
    }
}

/// Follows the key file, which other nodes change, for as long as the codec is in use.
pub(super) fn share_keys(codec: &Arc<Codec>, store: &Arc<dyn EventStore>) -> Result<(), AppError> {
    codec.share_keys();
    let (codec, store) = (Arc::downgrade(codec), Arc::downgrade(store));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(AppError::Server)?;
    // A thread of its own: the readings must come in time, whatever else is at work.
    thread::Builder::new()
        .name("key file".into())
        .spawn(move || runtime.block_on(keep_up(codec, store)))
        .map_err(AppError::Server)?;
    Ok(())
}

async fn keep_up(codec: Weak<Codec>, store: Weak<dyn EventStore>) {
    let mut well = true;
    loop {
        tokio::time::sleep(LOOK).await;
        let (Some(codec), Some(store)) = (codec.upgrade(), store.upgrade()) else { return };
        let kept = tokio::time::timeout(PATIENCE, codec.keep_up(&*store)).await;
        let kept = match kept {
            Ok(kept) => kept.map_err(|why| why.to_string()),
            Err(_) => Err("the event store does not answer".to_owned()),
        };
        if let Err(why) = &kept
            && well
        {
            tracing::error!(%why, "the key file that nodes share cannot be followed");
        }
        well = kept.is_ok();
    }
}
