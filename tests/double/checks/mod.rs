//! What the double is to do, over the network.

mod client;
mod faults;
mod rules;
mod subscriptions;
mod through_proxy;
