//! The log of an engine: its key, and the witnesses that were asked for.
//!
//! Depends on: `notary`.

use std::sync::Arc;

use tokio::sync::watch;
use zeroize::Zeroizing;

use super::{AppError, Engine};
use crate::config::ServeArgs;
use crate::notary::keeper::Node;
use crate::notary::key::{KeyError, KeyPlace};
use crate::notary::note::Use;
use crate::notary::witness::WitnessTarget;
use crate::notary::{self, Keeper, KeeperOptions};

impl Engine {
    /// The log of its events, for one use, under the key of the log.
    ///
    /// # Errors
    ///
    /// [`AppError::LogKey`] when there is no key yet, or it cannot be used.
    pub async fn own_log(&self) -> Result<Arc<Keeper>, AppError> {
        let place = KeyPlace::beside(&self.data.keys);
        let key = place.read()?.ok_or(KeyError::None { key: place.key })?;
        let store = self.store.clone();
        Ok(Keeper::once(store, self.clock.clone(), key).await?)
    }

    /// The log of its events, signed from now on. Without a key one is made, and named after
    /// the address of the log; `anew` puts a key aside that is there. What it is far behind
    /// with it reads when `first` is true.
    ///
    /// # Errors
    ///
    /// [`AppError::Log`] when the store is older than its log, or not the one that was signed;
    /// [`AppError::LogKey`] when the key cannot be used.
    pub async fn log(
        &self,
        base: &str,
        anew: bool,
        first: watch::Receiver<bool>,
    ) -> Result<Arc<Keeper>, AppError> {
        let place = KeyPlace::beside(&self.data.keys);
        if anew {
            place.put_aside()?;
        }
        let key = if let Some(key) = place.read()? {
            key
        } else {
            let (mut seed, mut mark) = (Zeroizing::new([0; 32]), [0; 4]);
            self.clock.fill(&mut *seed);
            self.clock.fill(&mut mark);
            let host = base.split_once("://").map_or(base, |(_, host)| host);
            let name = format!("{host}{}/log/{}", crate::http::PREFIX, notary::hex(&mark));
            place.create(&name, Use::Note, &seed)?
        };
        let node = self.node()?.map(|name| Node { name, anew });
        let tiles = Some(self.data.log());
        let options =
            KeeperOptions { shelf: tiles, key, place: Some(place), node, first: Some(first) };
        let store = self.store.clone();
        Ok(Keeper::open(store, self.clock.clone(), options).await?)
    }
}

/// The witnesses that were asked for, each with its key.
pub(super) fn witnesses(settings: &ServeArgs) -> Result<Vec<WitnessTarget>, AppError> {
    if settings.witness.len() != settings.witness_key.len() {
        let why = "each --witness takes the --witness-key that checks its cosignatures";
        return Err(AppError::Witness(why.to_owned()));
    }
    let pairs = settings.witness.iter().zip(&settings.witness_key);
    pairs
        .map(|(url, key)| {
            let key = key.parse().map_err(|why| AppError::Witness(format!("{key}: {why}")))?;
            WitnessTarget::new(url, key).map_err(AppError::Witness)
        })
        .collect()
}
