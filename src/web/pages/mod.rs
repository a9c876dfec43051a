//! The pages, one file for each kind.

pub mod access;
pub mod home;
