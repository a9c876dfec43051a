//! The pages as a browser gets them: the real router, in process.

mod acting;
mod asking;
pub mod canaries;
mod cases;
mod correcting;
mod dashboard;
mod desk;
mod erasing;
mod frame;
pub mod page;
mod past;
mod public;
mod questions;
mod report;
mod typing;
