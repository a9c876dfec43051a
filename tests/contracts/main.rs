//! The published contracts: events, their bytes, and the shape of the crate.
//!
//! Every failure names the command that mends it, or says why there is none.

mod codec;
mod documents;
mod events;
mod layers;
mod links;
mod mutations;
mod openapi;
mod security;
