//! quesito
pub mod clock;
pub mod domain;
pub mod event_store;
pub mod privacy;
pub mod search;
