//! The pages as a browser gets them: the real router, in process.

mod asking;
pub mod canaries;
mod cases;
mod dashboard;
mod erasing;
mod frame;
pub mod page;
mod past;
mod public;
mod questions;
mod report;
