//! What the real program owes to those who were answered: nothing acknowledged is lost,
//! and nothing erased comes back, whenever it, or the servers under it, are killed.

#[cfg(feature = "eventstoredb")]
#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "../double/mod.rs"]
mod double;
mod epochs;
mod erased;
mod filing;
mod killed;
mod program;
mod remains;
#[cfg(feature = "eventstoredb")]
mod servers;
