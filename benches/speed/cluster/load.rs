//! Writers that append single events to new streams, as fast as they are answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventstore::{AppendToStreamOptions, EventData, ExpectedRevision};
use quesito::event_store::{EventStore, Expected, KeyRing, NewEvent, StreamName};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::open;
use crate::Failure;
use crate::client::count;

/// Bytes of data and of metadata, about as a filing has.
const BYTES: (usize, usize) = (1_024, 620);

/// Keys of a filing: title and description.
const KEYS: usize = 144;

/// Names that no other load has used.
static NEXT: AtomicU64 = AtomicU64::new(1);

fn next() -> (u64, Uuid) {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    (number, Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()))
}

/// Appends a second that the client crate makes by itself.
pub async fn raw(url: &str, writers: usize, time: Duration) -> Result<f64, Failure> {
    let client = eventstore::Client::new(url.parse()?)?;
    let new = AppendToStreamOptions::default().expected_revision(ExpectedRevision::NoStream);
    let (data, metadata) = (bytes(BYTES.0), bytes(BYTES.1));
    rate(writers, time, move || {
        let (client, new) = (client.clone(), new.clone());
        let (data, metadata) = (data.clone(), metadata.clone());
        async move {
            let (number, id) = next();
            let event = EventData::binary("issue-reported.v1", data.into()).id(id);
            let event = event.metadata(metadata.into());
            client.append_to_stream(format!("raw-{number}"), &new, event).await?;
            Ok(())
        }
    })
    .await
}

/// Appends a second that the engine makes, with or without keys.
pub async fn engine(url: &str, writers: usize, time: Duration, keys: bool) -> Result<f64, Failure> {
    let store = Arc::new(open(url).await?);
    let (data, metadata) = (bytes(BYTES.0), bytes(BYTES.1));
    rate(writers, time, move || {
        let store = Arc::clone(&store);
        let (data, metadata) = (data.clone(), metadata.clone());
        async move {
            let (number, id) = next();
            let slot = i64::try_from(number)?;
            let ring = KeyRing { id: slot, epoch: 1, wrapped: vec![7; KEYS], read_at: None };
            let event = NewEvent {
                id,
                stored_type: "issue-reported.v1".into(),
                data,
                metadata,
                keys: keys.then_some(ring),
            };
            let stream = StreamName::new(format!("issue-{number}"))?;
            store.append(&stream, Expected::NoStream, vec![event]).await?;
            Ok(())
        }
    })
    .await
}

fn bytes(length: usize) -> Vec<u8> {
    vec![b'x'; length]
}

/// How often a second something is done by so many at once.
async fn rate<W, F>(writers: usize, time: Duration, work: W) -> Result<f64, Failure>
where
    W: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Failure>> + Send,
{
    // Connections, and threads, are there before it counts.
    work().await?;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..writers {
        let work = work.clone();
        tasks.spawn(async move {
            let mut done = 0;
            while begun.elapsed() < time {
                work().await?;
                done += 1;
            }
            Ok::<usize, Failure>(done)
        });
    }
    let mut done = 0;
    while let Some(one) = tasks.join_next().await {
        done += one??;
    }
    Ok(count(done) / begun.elapsed().as_secs_f64())
}
