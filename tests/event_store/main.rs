//! The contract of the event store port, on every engine, and what only the embedded
//! engine promises.
//!
//! A new engine is one line below; see [`contract`].

mod contract;
mod kit;
mod model;
mod sqlite;

use contract::event_store_contract;

event_store_contract!(on_memory, kit::memory());
event_store_contract!(on_sqlite, kit::sqlite());
