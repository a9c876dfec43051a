//! communication

mod events;

pub use events::*;
