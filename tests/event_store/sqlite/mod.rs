//! What only the embedded engine promises.

mod backups;
mod disk;
mod file;
mod kill;
