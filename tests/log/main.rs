//! The log against those who would change it, and against other programs.

mod campaign;
mod copies;
mod file;
mod processes;
mod proofs;
mod rows;
