//! The views as a whole, over a store in memory.

mod keeping_up;
mod world;
