//! quesito
pub mod event_store;
