//! The double against the rules it is to follow, and its faults.
//!
//! That its messages are those of the protocol, `check.mjs` shows with another client.

mod checks;
#[path = "mod.rs"]
#[expect(dead_code, reason = "some of it is for other test binaries")]
mod double;
