//! The pages, one file for each kind.

pub mod access;
pub mod acts;
pub mod admin;
pub mod adopt;
pub mod answer;
pub mod dashboard;
pub mod desk;
pub mod divergences;
pub mod documents;
pub mod erasure;
pub mod feeds;
pub mod home;
pub mod issue;
pub mod issues;
pub mod norm;
pub mod norms;
pub mod past;
pub mod propose;
pub mod question;
pub mod questions;
pub mod report;
pub mod solution;
pub mod solutions;
pub mod thing;
