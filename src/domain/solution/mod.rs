//! solution

mod events;

pub use events::*;
