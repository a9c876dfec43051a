//! A store that fails once, where a test wants it to.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use quesito::event_store::{
    AppendError, Appended, Bookmark, EventStore, Expected, GlobalPosition, KeyRing, NewEvent,
    ReadError, Revision, StoredEvent, StreamName, Subscription,
};
use uuid::Uuid;

/// The append that will fail: to the next stream of a category, with an error.
#[derive(Clone, Default)]
pub struct Fault(Arc<Mutex<Option<(&'static str, AppendError)>>>);

impl Fault {
    /// Lets the next append to a stream of this category fail.
    pub fn at(&self, category: &'static str, error: AppendError) {
        *self.0.lock().unwrap() = Some((category, error));
    }

    fn strike(&self, stream: &StreamName) -> Result<(), AppendError> {
        let mut planned = self.0.lock().unwrap();
        match planned.take_if(|(category, _)| stream.category() == *category) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }
}

/// Another store, with a [`Fault`] before its appends.
pub struct FaultyStore {
    inner: Arc<dyn EventStore>,
    fault: Fault,
}

impl FaultyStore {
    pub fn new(inner: Arc<dyn EventStore>, fault: Fault) -> Self {
        Self { inner, fault }
    }
}

#[async_trait]
impl EventStore for FaultyStore {
    fn store_id(&self) -> Uuid {
        self.inner.store_id()
    }

    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.fault.strike(stream)?;
        self.inner.append(stream, expected, events).await
    }

    async fn append_erasing(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
        rings: Vec<KeyRing>,
    ) -> Result<Appended, AppendError> {
        self.fault.strike(stream)?;
        self.inner.append_erasing(stream, expected, events, rings).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: Revision,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.inner.read_stream(stream, from, limit).await
    }

    async fn read_all(
        &self,
        after: GlobalPosition,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        self.inner.read_all(after, limit).await
    }

    async fn find_command(
        &self,
        stream: &StreamName,
        first_event: Uuid,
    ) -> Result<Option<StoredEvent>, ReadError> {
        self.inner.find_command(stream, first_event).await
    }

    async fn head(&self) -> Result<GlobalPosition, ReadError> {
        self.inner.head().await
    }

    async fn bookmark(&self, position: GlobalPosition) -> Result<Bookmark, ReadError> {
        self.inner.bookmark(position).await
    }

    async fn subscribe(&self, after: Option<Bookmark>) -> Result<Box<dyn Subscription>, ReadError> {
        self.inner.subscribe(after).await
    }

    async fn key_ring(&self, id: i64) -> Result<Option<KeyRing>, ReadError> {
        self.inner.key_ring(id).await
    }

    async fn key_rings(&self, after: i64, limit: usize) -> Result<Vec<KeyRing>, ReadError> {
        self.inner.key_rings(after, limit).await
    }

    async fn replace_key_rings(&self, rings: Vec<KeyRing>) -> Result<(), AppendError> {
        self.inner.replace_key_rings(rings).await
    }

    fn is_exclusive(&self) -> bool {
        self.inner.is_exclusive()
    }

    fn waiting(&self) -> usize {
        self.inner.waiting()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
