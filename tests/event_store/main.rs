//! The contract of the event store port, on every engine, and what only some engines
//! promise.
//!
//! A new engine is one line below; see [`contract`].

mod contract;
#[cfg(feature = "eventstoredb")]
#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "../double/mod.rs"]
mod double;
#[cfg(feature = "eventstoredb")]
mod eventstoredb;
mod kit;
mod model;
mod sqlite;

use contract::event_store_contract;

event_store_contract!(on_memory, kit::memory());
event_store_contract!(on_sqlite, kit::sqlite());
#[cfg(feature = "eventstoredb")]
event_store_contract!(on_eventstoredb, kit::eventstoredb().await);
