//! The few texts that lists show, opened when they are shown.
//!
//! Rows hold no words, only where they are: the stream and the revision of the event.
//! What was opened is kept for a while, and forgotten when something in that stream
//! is erased.
//!
//! Depends on: `codec`, `event_store`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use uuid::Uuid;

use super::ViewsError;
use super::things::Kind;
use crate::codec::Codec;
use crate::event_store::{EventStore, StreamName};

/// How many opened texts are kept.
const KEPT: usize = 10_000;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextPlace {
    /// What kind of thing it belongs to.
    pub kind: Kind,
    /// Which thing.
    pub id: Uuid,
    /// The revision of the event that carries it.
    pub revision: u32,
    /// Where in the data of that event, as a JSON pointer.
    pub pointer: &'static str,
}

/// Opens texts and remembers them for a while.
pub struct Texts {
    store: Arc<dyn EventStore>,
    codec: Arc<Codec>,
    opened: Cache<TextPlace, Arc<str>>,
    erasures: AtomicU64,
}

impl Texts {
    pub(super) fn new(store: Arc<dyn EventStore>, codec: Arc<Codec>) -> Self {
        Self { store, codec, opened: Cache::new(KEPT), erasures: AtomicU64::new(0) }
    }

    /// The text at a place; empty when there is none.
    ///
    /// # Errors
    ///
    /// [`ViewsError`] when the store cannot be read or a living text does not open.
    pub async fn open(&self, place: TextPlace) -> Result<Arc<str>, ViewsError> {
        if let Some(text) = self.opened.get(&place) {
            return Ok(text);
        }
        let before = self.erasures.load(Ordering::Acquire);
        let name = format!("{}-{}", place.kind.category(), place.id);
        let Ok(stream) = StreamName::new(name) else { return Ok("".into()) };
        let found = self.store.read_stream(&stream, u64::from(place.revision), 1).await?;
        let Some(stored) = found.first() else { return Ok("".into()) };
        let data = self.codec.open_data(&*self.store, stored).await?;
        let words = data.pointer(place.pointer).and_then(serde_json::Value::as_str);
        let text: Arc<str> = words.unwrap_or_default().into();
        self.opened.insert(place, text.clone());
        // What was opened while something was erased may be what was erased.
        if self.erasures.load(Ordering::Acquire) != before {
            self.opened.remove(&place);
        }
        Ok(text)
    }

    pub(super) fn store(&self) -> &dyn EventStore {
        &*self.store
    }

    pub(super) fn codec(&self) -> &Codec {
        &self.codec
    }

    /// Forgets what was opened of a stream.
    pub(super) fn forget(&self, stream: &str) {
        self.erasures.fetch_add(1, Ordering::AcqRel);
        let Some((category, id)) = stream.split_once('-') else { return };
        self.opened
            .retain(|place, _| place.kind.category() != category || place.id.to_string() != id);
    }
}
