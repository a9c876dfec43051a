//! The API as its clients see it: the real router, in process, without sockets.
//!
//! [`app`] is the product, [`client`] asks it, [`walk`] the whole life of a divergence through it. Every
//! reply passes the checks of [`reply`], whatever the test is about.

mod app;
mod bad_input;
mod canaries;
mod client;
mod concurrency;
mod erasures;
mod every_event;
mod extract;
mod faulty;
mod idempotency;
mod identity;
mod matrix;
mod notices;
mod pages;
mod past;
mod personal_data;
mod reply;
mod setting;
mod upgrade;
mod walk;
mod world;
