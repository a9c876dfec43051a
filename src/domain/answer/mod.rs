//! answer

mod events;

pub use events::*;
