//! The engine for several machines, over the network, against a double of the server.
//!
//! The contract runs against a real server instead when `QUESITO_TEST_EVENTSTORE` holds its
//! URL: each store then has streams with a prefix of their own. The rest needs the faults
//! of the double and always has it.

mod copying;
mod failing;
mod harmed;
mod keys;
mod nodes;
mod opening;
mod program;
mod roots;
mod sharing;
mod tls;

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use quesito::event_store::eventstoredb::{EventStoreDb, EventStoreDbOptions, OpenError};

use crate::double::{Double, Options};
use crate::kit::{STORE, Subject};

/// An empty store: on a double of its own, or in a corner of the real server.
pub async fn subject() -> Subject {
    if let Ok(url) = std::env::var("QUESITO_TEST_EVENTSTORE") {
        let join = if url.contains('?') { '&' } else { '?' };
        let corner = RandomState::new().hash_one(std::process::id());
        let url = format!("{url}{join}streamPrefix=test-{corner:016x}.");
        return Subject::new(connect(&url).await.expect("the server opens"), ());
    }
    // Every other double does not tell the positions of what is read from a stream, which a
    // server may do.
    let corner = RandomState::new().hash_one(0);
    let stream_positions = corner.is_multiple_of(2);
    let double = Double::start(Options { seed: corner, stream_positions, ..Options::default() });
    let store = connect(&double.url()).await.expect("the double opens");
    Subject::new(store, double)
}

/// Options for tests that make servers fail: nobody waits long.
fn hasty() -> EventStoreDbOptions {
    EventStoreDbOptions {
        create: Some(STORE),
        deadline: Duration::from_secs(1),
        patience: Duration::from_secs(8),
        start: Some(Duration::from_secs(8)),
    }
}

async fn connect(url: &str) -> Result<EventStoreDb, OpenError> {
    let options = EventStoreDbOptions { create: Some(STORE), ..EventStoreDbOptions::default() };
    EventStoreDb::open(url, options).await
}

/// A double and a store on it.
async fn pair() -> (Double, EventStoreDb) {
    let double = Double::start(Options::default());
    let store = EventStoreDb::open(&double.url(), hasty()).await.expect("the double opens");
    (double, store)
}
