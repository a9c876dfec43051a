//! Opening the texts of stored events.
//!
//! A ring may name an epoch that another process has begun since the key file was read; and
//! while it is on its way here it may pass to another epoch. Then key file and ring are read
//! again.
//!
//! Depends on: `privacy`, `event_store`.

use std::sync::PoisonError;

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Codec, CodecError, malformed, sealed_places};
use crate::domain::values::{ERASED_IT, SealedText};
use crate::event_store::{EventStore, KeyRing, StoredEvent};
use crate::privacy::{self, KeyId, OpenError, Shown, TextContext};

/// How often key file and ring are read for one text.
const TRIES: usize = 3;

/// A text of an event, with its key.
pub struct Opening {
    /// Where it stands in the data.
    pub pointer: String,
    /// What the person typed.
    pub text: String,
    /// The key that opens it.
    pub key: Zeroizing<[u8; 32]>,
}

impl Codec {
    /// The data of an event as JSON with its texts opened.
    ///
    /// # Errors
    ///
    /// As [`Codec::open`].
    pub async fn open_data(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
    ) -> Result<Value, CodecError> {
        self.retried(|| self.open_data_once(store, stored)).await
    }

    async fn open_data_once(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
    ) -> Result<Value, CodecError> {
        let mut data: Value = serde_json::from_slice(&stored.data)
            .map_err(|why| malformed(&stored.stored_type, &why))?;
        let mut places = Vec::new();
        sealed_places(&data, &mut String::new(), &mut places);
        let Some((_, first)) = places.first() else { return Ok(data) };
        // All texts of one event share one ring.
        let ring = match first.key_id.parse::<KeyId>() {
            Ok(id) => store.key_ring(id.ring).await?,
            Err(_) => None,
        };
        for (pointer, sealed) in &places {
            let words = self.open_text(stored, pointer, sealed, ring.as_ref())?;
            if let Some(place) = data.pointer_mut(pointer) {
                *place = Value::String(words);
            }
        }
        Ok(data)
    }

    /// The data of an event with its texts opened, and each text with its key: for a reader
    /// who may see them and wants to check offline that they are those that were sealed.
    ///
    /// # Errors
    ///
    /// As [`Codec::open`].
    pub async fn open_texts(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
    ) -> Result<(Value, Vec<Opening>), CodecError> {
        self.retried(|| self.open_texts_once(store, stored)).await
    }

    async fn open_texts_once(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
    ) -> Result<(Value, Vec<Opening>), CodecError> {
        let mut data: Value = serde_json::from_slice(&stored.data)
            .map_err(|why| malformed(&stored.stored_type, &why))?;
        let mut places = Vec::new();
        sealed_places(&data, &mut String::new(), &mut places);
        let ring = match places.first().map(|(_, sealed)| sealed.key_id.parse::<KeyId>()) {
            Some(Ok(id)) => store.key_ring(id.ring).await?,
            _ => None,
        };
        let context = TextContext {
            stream: stored.stream.as_str(),
            event_id: stored.id,
            stored_type: &stored.stored_type,
        };
        let mut openings = Vec::with_capacity(places.len());
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        for (pointer, sealed) in places {
            let ring = ring.as_ref().filter(|_| !self.is_destroyed(&sealed));
            let words = match privacy::show(&sealed, &context, &pointer, ring, &epochs) {
                Ok(Shown { text, key }) => {
                    openings.push(Opening { pointer: pointer.clone(), text: text.clone(), key });
                    text
                }
                Err(OpenError::Erased) => ERASED_IT.to_owned(),
                Err(why) => return Err(CodecError::Text { event: stored.id, why }),
            };
            if let Some(place) = data.pointer_mut(&pointer) {
                *place = Value::String(words);
            }
        }
        Ok((data, openings))
    }

    fn open_text(
        &self,
        stored: &StoredEvent,
        pointer: &str,
        sealed: &SealedText,
        ring: Option<&KeyRing>,
    ) -> Result<String, CodecError> {
        let context = TextContext {
            stream: stored.stream.as_str(),
            event_id: stored.id,
            stored_type: &stored.stored_type,
        };
        let ring = ring.filter(|_| !self.is_destroyed(sealed));
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        match privacy::open_with_ring(sealed, &context, pointer, ring, &epochs) {
            Ok(opened) => Ok(opened.text),
            Err(OpenError::Erased) => Ok(ERASED_IT.to_owned()),
            Err(why) => Err(CodecError::Text { event: stored.id, why }),
        }
    }

    /// The digest a command with this body would have had, when it caused `stored`;
    /// `None` when its first text was erased, so that nobody can tell any more.
    ///
    /// # Errors
    ///
    /// [`CodecError`] when the event cannot be read.
    pub async fn digest_of(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
        body: &[u8],
    ) -> Result<Option<String>, CodecError> {
        self.retried(|| self.digest_of_once(store, stored, body)).await
    }

    /// Does it again with key file and ring read anew, while a text is under an unknown epoch.
    async fn retried<T, Opened>(&self, once: impl Fn() -> Opened) -> Result<T, CodecError>
    where
        Opened: Future<Output = Result<T, CodecError>>,
    {
        for _ in 1..TRIES {
            match once().await {
                Err(CodecError::Text { why: OpenError::UnknownEpoch { .. }, .. })
                    if self.looks_again() => {}
                outcome => return outcome,
            }
        }
        once().await
    }

    async fn digest_of_once(
        &self,
        store: &dyn EventStore,
        stored: &StoredEvent,
        body: &[u8],
    ) -> Result<Option<String>, CodecError> {
        let data: Value = serde_json::from_slice(&stored.data)
            .map_err(|why| malformed(&stored.stored_type, &why))?;
        let mut places = Vec::new();
        sealed_places(&data, &mut String::new(), &mut places);
        // Slot 0 is the text that came first when the command was written.
        let slot = |sealed: &SealedText| sealed.key_id.parse::<KeyId>().map(|id| id.slot);
        let first = places.iter().map(|(_, sealed)| sealed).find(|sealed| slot(sealed) == Ok(0));
        let Some(sealed) = first else { return Ok(Some(privacy::command_digest(None, body))) };
        let ring = match sealed.key_id.parse::<KeyId>() {
            Ok(id) => store.key_ring(id.ring).await?,
            Err(_) => None,
        };
        let ring = ring.filter(|_| !self.is_destroyed(sealed));
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        match privacy::text_key(sealed, ring.as_ref(), &epochs) {
            Ok(key) => Ok(Some(privacy::command_digest(Some(&key), body))),
            Err(OpenError::Erased) => Ok(None),
            Err(why) => Err(CodecError::Text { event: stored.id, why }),
        }
    }
}
