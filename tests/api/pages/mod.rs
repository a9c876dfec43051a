//! The pages as a browser gets them: the real router, in process.

mod frame;
pub mod page;
