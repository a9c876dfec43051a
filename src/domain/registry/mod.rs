//! registry

mod events;

pub use events::*;
