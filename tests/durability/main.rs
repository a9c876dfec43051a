//! What the real program owes to those who were answered: nothing acknowledged is lost,
//! and nothing erased comes back, whenever it is killed.

mod epochs;
mod erased;
mod killed;
mod program;
mod remains;
