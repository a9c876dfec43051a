//! The views as a whole, over a store in memory.

mod batches;
mod derived;
mod keeping_up;
mod looking_back;
mod readers;
mod rebuilding;
mod story;
pub(super) mod tale;
pub(super) mod world;
