//! The pages, one file for each kind.

pub mod access;
pub mod divergences;
pub mod feeds;
pub mod home;
pub mod issue;
pub mod issues;
pub mod norm;
pub mod norms;
pub mod report;
pub mod solution;
pub mod solutions;
