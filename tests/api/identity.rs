//! Who somebody is: accounts, passwords, sessions, providers, links by e-mail.

pub mod accounts;
mod admin;
mod hostile;
mod links;
mod pages;
mod provider;
mod tokens;
