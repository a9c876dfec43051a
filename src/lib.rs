//! The library behind the program `quesito`. Its README follows: what it is for, the
//! architecture with its rows of modules, and what must always hold.
#![doc = include_str!("../README.md")]

pub mod access;
pub mod app;
pub mod cli;
pub mod clock;
pub mod codec;
pub mod command_handler;
pub mod config;
pub mod csv;
pub mod decisions;
pub use quesito_domain as domain;
mod endpoint;
pub mod event_store;
pub mod extract;
pub mod fetch;
pub mod http;
pub mod import;
pub mod letter;
pub mod mail;
pub mod notary;
pub mod notices;
pub mod operations;
pub mod privacy;
pub mod private_file;
pub mod projections;
pub mod search;
mod task;
pub mod web;
