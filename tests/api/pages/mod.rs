//! The pages as a browser gets them: the real router, in process.

mod asking;
pub mod canaries;
mod cases;
mod frame;
pub mod page;
mod public;
mod questions;
mod report;
